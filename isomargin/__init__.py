"""isomargin for scripts and notebooks: every formula under its Python name.

>>> import isomargin as im
>>> im.position_size(10_000, 0.02, 100, 96)
50.0

Arguments are numbers, words, sequences, arrays or Series; the result has their shape. What is
wrong for all of it raises `FormulaError`; a bad element of an array is NaN, and `explain` says
which and why.
"""

from __future__ import annotations

from typing import Any

from isomargin.shadowing import refuse_shadowed


# The formulas are made at the first use, so that the command line starts without them, and can
# say in one line which file is in their way.
def __getattr__(name: str) -> Any:
    if name.startswith("_") and name not in ("__all__", "__version__"):
        raise AttributeError(f"module 'isomargin' has no attribute '{name}'")
    refuse_shadowed()
    from isomargin.functions import OFFERED

    if name == "__all__":
        return list(OFFERED)
    if name not in OFFERED:
        raise AttributeError(f"module 'isomargin' has no attribute '{name}'")
    globals().update(OFFERED)
    return OFFERED[name]


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
