"""Between the engine's values and ours.

The engine has errors as ``{"type": "Error", "kind": "Na"}``, ranges as nested lists, blanks as
None and dates as serial numbers. A left-out argument would reach a function as 0, so the formula
text handed to the engine says OMITTED_MARK in its place.
"""

from __future__ import annotations

import marshal
import math
from collections import Counter
from collections.abc import Callable
from typing import Any, TypeAlias

from udfs.catalogue.cells import OMITTED
from udfs.errors import CellError

EngineValue: TypeAlias = Any  # the engine's side has no types
Callback: TypeAlias = Callable[..., EngineValue]

OMITTED_MARK = "\ue000omitted\ue000"

_TO_KIND = {
    CellError.NA: "Na",
    CellError.NUM: "Num",
    CellError.VALUE: "Value",
    CellError.DIV0: "Div",
    CellError.REF: "Ref",
    CellError.NAME: "Name",
    CellError.NULL: "Null",
}
_FROM_KIND = {kind: error for error, kind in _TO_KIND.items()} | {
    "Spill": CellError.VALUE,
    "Calc": CellError.VALUE,
    # Excel shows 0 and warns; a wrong 0 in a saved file would warn nobody.
    "Circ": CellError.REF,
    "NImpl": CellError.NAME,
    # A formula that the engine's parser refuses.
    "Error": CellError.NAME,
}
_REASONS = {
    "Spill": "something stands where the result should go",
    "Calc": "the result is an empty array",
    "Circ": "the formula depends on its own result",
    "NImpl": "the formula uses something that the embedded engine does not have",
    "Error": "the formula cannot be read",
}
_ENGINE_ERRORS: dict[CellError, EngineValue] = {
    error: {"type": "Error", "kind": kind} for error, kind in _TO_KIND.items()
}
_PLAIN_IN = frozenset({float, int, bool, type(None)})
_WITH_TYPES = 2  # the format of `marshal` in which equal values of equal types are the same bytes
_PLAIN_OUT = frozenset({bool, str, type(None)})


def decode(value: EngineValue) -> Any:
    """A value from the engine as ours."""
    kind = type(value)
    if kind in _PLAIN_IN:
        return value
    if kind is str:
        return OMITTED if value == OMITTED_MARK else value
    if kind is list:
        if not any(dict in map(type, row) for row in value):
            return value
        return [[cell if type(cell) is not dict else decode(cell) for cell in row] for row in value]
    if kind is dict:
        return _FROM_KIND.get(str(value.get("kind")), CellError.VALUE)
    return value


def encode(value: Any) -> EngineValue:
    """A value of ours as the engine's; never NaN or infinity, which would leak into cells."""
    kind = type(value)
    if kind is float:
        return value if math.isfinite(value) else _ENGINE_ERRORS[CellError.NUM]
    if kind in _PLAIN_OUT:
        return value
    if kind is CellError:
        return _ENGINE_ERRORS[value]
    if kind is list or kind is tuple:
        return _encode_rows(value)
    if kind is int:
        return encode(float(value))  # the engine's own integers are 64 bits wide
    if value is OMITTED:
        return None
    if hasattr(value, "tolist"):  # NumPy scalars and arrays
        return encode(value.tolist())
    if isinstance(value, (int, float)):
        return encode(float(value))
    raise TypeError(f"a formula returned a {kind.__name__}")


def _encode_rows(rows: Any) -> EngineValue:
    """Rows made rectangular; a flat list is one row."""
    if not any(isinstance(row, (list, tuple)) for row in rows):
        rows = [rows]
    encoded = [[encode(cell) for cell in row] for row in rows]
    width = max(map(len, encoded), default=0)
    if not width:
        return _ENGINE_ERRORS[CellError.VALUE]
    for row in encoded:
        row.extend([_ENGINE_ERRORS[CellError.NA]] * (width - len(row)))
    return encoded


def reason(value: EngineValue) -> str:
    """Why the engine gave this error, if it is one of its own."""
    return _REASONS.get(str(value.get("kind")), "") if isinstance(value, dict) else ""


def is_spill_error(value: EngineValue) -> bool:
    """Whether an array found its cells taken."""
    return isinstance(value, dict) and value.get("kind") == "Spill"


class Interrupt:
    """Ctrl-C pressed while the engine runs: kept, as the engine would swallow it."""

    def __init__(self) -> None:
        self.pending: BaseException | None = None

    def raise_pending(self) -> None:
        """Raise what was pressed, once."""
        pending, self.pending = self.pending, None
        if pending is not None:
            raise pending


def callback(
    name: str,
    formula: Callable[..., Any],
    calls: Counter[str],
    interrupted: Callable[[BaseException], None],
    after_call: Callable[[], None] | None = None,
) -> Callback:
    """The function that the engine calls for a formula. It never raises."""
    # Of an array formula the engine often asks the same twice in a row.
    last: tuple[bytes, EngineValue] = (b"", None)

    def call(*arguments: EngineValue) -> EngineValue:
        nonlocal last
        calls[name] += 1
        try:
            asked = marshal.dumps(arguments, _WITH_TYPES)
            if asked != last[0]:
                given = [a if type(a) in _PLAIN_IN else decode(a) for a in arguments]
                last = asked, encode(formula(*given))
            if after_call is not None:
                after_call()
        except Exception:
            import logging  # only for a mistake of ours: it is not needed at every start

            logging.getLogger(__name__).exception("%s failed", name)
            return _ENGINE_ERRORS[CellError.VALUE]
        except BaseException as pressed:
            interrupted(pressed)
            return _ENGINE_ERRORS[CellError.VALUE]
        return last[1]

    return call


def fit(rows: int, columns: int, value: EngineValue) -> EngineValue:
    """A result in the shape of the range that an array formula fills, as Excel fits it.

    One cell, row or column is repeated; what is missing is #N/A; what is too much is cut.
    """
    grid = value if isinstance(value, list) else [[value]]
    height, width = len(grid), len(grid[0])
    missing = _ENGINE_ERRORS[CellError.NA]
    fitted = []
    for r in range(rows):
        if r >= height > 1:
            fitted.append([missing] * columns)
            continue
        source = grid[r if height > 1 else 0]
        if width == 1:
            fitted.append(source * columns)
        else:
            fitted.append(source[:columns] + [missing] * (columns - width))
    return fitted
