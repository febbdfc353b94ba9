"""Formulas that the embedded engine computes otherwise than Excel, each with both values.

The list may only shrink.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from udfs.errors import CellError


class Known(NamedTuple):
    """What is shown, and what Excel shows."""

    ours: Any
    excel: Any


KNOWN = {
    "=0^0": Known(1.0, CellError.NUM),
    '="$5"*2': Known(CellError.VALUE, 10.0),
    "=MATCH(0.1*3,{0.1,0.3},0)": Known(2.0, CellError.NA),
    "=VLOOKUP(0.1*3,{0.1,1;0.3,2},2,FALSE)": Known(2.0, CellError.NA),
    '=IF("TRUE",1,2)': Known(CellError.VALUE, 1.0),
    "=TYPE({1,2})": Known(1.0, 64.0),
    '=IMSQRT("-4")': Known("2i", "1.22464679914735E-16+2i"),
    "=INDEX({1,2;3,4},-1,1)": Known(CellError.REF, CellError.VALUE),
}
