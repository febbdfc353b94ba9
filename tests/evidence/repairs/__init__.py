"""What makes Excel offer to repair a file, or change it without a word: one check each.

Excel is not here to ask, and no validator knows all of this: the schemas do not say what a formula
in a conditional format may hold. Each check is a function that yields what it found, in words. They
are written from [MS-XLSX], [MS-OI29500], ECMA-376 and Excel's own limits.
"""

from __future__ import annotations

from tests.evidence.parts import Parts
from tests.evidence.repairs import (  # noqa: F401 -- each adds its checks
    archive,
    book,
    formulas,
    rest,
    rules,
    sheets,
    styles,
    tables,
)
from tests.evidence.repairs.checks import CHECKS

__all__ = ["CHECKS", "repairs"]


def repairs(data: bytes) -> list[str]:
    """Everything that was found in a workbook, each with the check's name."""
    parts = Parts(data)
    found = [f"XML: {name}: {words}" for name, words in parts.broken.items()]
    if found:
        return found
    return [f"{name}: {words}" for name, run in CHECKS.items() for words in run(parts)]
