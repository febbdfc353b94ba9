"""The errors a cell can hold.

A spreadsheet understands errors, not prose: SUM passes them on, IFERROR catches them, charts
leave a gap. So a formula that cannot answer returns one of these, and ISO_EXPLAIN says why.
"""

from __future__ import annotations

from enum import Enum


class CellError(Enum):
    """An Excel error value; ``str()`` gives it as a cell shows it.

    >>> str(CellError.NUM), CellError("#N/A") is CellError.NA
    ('#NUM!', True)
    """

    NA = "#N/A"
    NUM = "#NUM!"
    VALUE = "#VALUE!"
    DIV0 = "#DIV/0!"
    REF = "#REF!"
    NAME = "#NAME?"
    NULL = "#NULL!"

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"<{self.value}>"


class IsomarginError(Exception):
    """What a person can correct: the words say what is wrong and what to do about it.

    Everything of this package that is raised for a person derives from it; the command line shows
    it as one line. Every other exception that comes out is a fault of this package.
    """
