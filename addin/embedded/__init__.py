"""Workbooks and formulas computed where no spreadsheet is installed (engine: formualizer).

What the engine does not do as Excel does, and no workaround here corrects:

- operators between arrays of unlike size give #VALUE!, not #N/A in the cells that one lacks;
- text in an operator that only a person reads as a number (``"$5"+1``) gives #VALUE!;
- ``0^0`` is 1, not #NUM!; MATCH, VLOOKUP and HLOOKUP find a number that differs in its last digit;
- a chain of more than 256 operators (``1+1+1+...``) cannot be read and gives #NAME?;
- circular formulas give #REF! instead of 0 and a warning;
- there is a minus zero (``0*-1``), which shows in text made of it: ``"-0"``.

What it cannot compute at all (other workbooks, functions that it lacks, LAMBDA and its like,
intersections, and what `rewrite` says) keeps the value that the file has, and `EmbeddedBook.kept`
names the cell and the reason; where the file has none, the cell shows an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from addin.lazily import lazily

if TYPE_CHECKING:
    from addin.embedded.book import EmbeddedBook, open_book
    from addin.embedded.evaluator import Evaluator, evaluate
    from addin.engine import ErrorCell, FormulaSyntaxError

__all__ = ["EmbeddedBook", "ErrorCell", "Evaluator", "FormulaSyntaxError", "evaluate", "open_book"]

# Where each of them is: a single formula does not wait for what whole workbooks need.
__getattr__ = lazily(
    __name__,
    {
        "EmbeddedBook": "addin.embedded.book",
        "ErrorCell": "addin.engine",
        "Evaluator": "addin.embedded.evaluator",
        "FormulaSyntaxError": "addin.engine",
        "evaluate": "addin.embedded.evaluator",
        "open_book": "addin.embedded.book",
    },
)
