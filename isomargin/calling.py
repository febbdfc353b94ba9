"""Calling a formula from Python: numbers, sequences, arrays, Series in; numbers, arrays out."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import numpy.typing as npt

from udfs import CellError, Formula, IsomarginError, catalogue
from udfs.catalogue.cells import CellProblem
from udfs.catalogue.docstrings import with_parameters
from udfs.catalogue.evaluation import first_error, to_array
from udfs.catalogue.parameter import Parameter

Shape = tuple[int, ...]


class FormulaError(IsomarginError, ValueError):
    """A formula cannot answer; the message names the argument, and what to give instead."""


def function_of(formula: Formula) -> Callable[..., Any]:
    """The formula as a Python function with its signature and its documentation."""

    def call(*arguments: Any, **named: Any) -> Any:
        return _answer(formula, arguments, named)

    call.__name__ = call.__qualname__ = formula.function
    # The examples show cells, as a spreadsheet has them.
    written = with_parameters(formula.__doc__ or "", {p.name: p.help for p in formula.arguments})
    text = written.partition("\nExamples\n---")[0].rstrip()
    call.__doc__ = f"{text}\n\n{formula.shapes}"
    call.__module__ = "isomargin"
    call.__signature__ = inspect.signature(formula.body)  # type: ignore[attr-defined]
    call.formula = formula  # type: ignore[attr-defined]
    return call


def explain(formula: Callable[..., Any] | str, *arguments: Any, **named: Any) -> str:
    """``ok``, or which argument (and which element of it) is wrong, why, and what to give.

    >>> import isomargin as im
    >>> im.explain(im.position_size, 10_000, 0.02, [100, -1], 96)
    'element 1: entry is -1: it must be greater than 0; type a price, like 100'
    """
    asked = _formula(formula)
    try:
        given, shape = _prepared(asked, arguments, named)
        if shape is None:
            return asked.explain(**given)
        _, codes = asked.over_range(given)
    except (CellProblem, FormulaError) as problem:
        return str(problem)
    at = first_error(codes)
    if at is None:
        return "ok"
    flat = at[0] * (1 if codes is None else codes.shape[1]) + at[1]
    place = np.unravel_index(flat, shape)
    one = {
        name: np.ravel(np.broadcast_to(value, shape))[flat] if _is_array(value) else value
        for name, value in _converted(asked, arguments, named).items()
        if name not in _whole(asked)
    }
    whole = {name: value for name, value in given.items() if name in _whole(asked)}
    where = ", ".join(str(int(index)) for index in place)
    return f"element {where}: {asked.explain(**one, **whole)}"


def _formula(asked: Callable[..., Any] | str) -> Formula:
    found = getattr(asked, "formula", None)
    if isinstance(found, Formula):
        return found
    name = str(asked).strip().upper()
    if name not in catalogue and f"ISO_{name}" not in catalogue:
        raise FormulaError(f"there is no formula called {asked}: give one, like im.position_size")
    return catalogue[name if name in catalogue else f"ISO_{name}"]


def _answer(formula: Formula, arguments: tuple[Any, ...], named: dict[str, Any]) -> Any:
    try:
        given, shape = _prepared(formula, arguments, named)
        if shape is None:
            return _plain(formula.answer(given))
        values, codes = formula.over_range(given)
        return to_array(values, codes).reshape(shape)
    except CellProblem as problem:
        raise FormulaError(problem.message) from None


def _plain(answer: Any) -> Any:
    """A table's errors as NaN; everything else as it is."""
    if not isinstance(answer, list):
        return answer
    return [[np.nan if isinstance(cell, CellError) else cell for cell in row] for row in answer]


def _prepared(
    formula: Formula, arguments: tuple[Any, ...], named: dict[str, Any]
) -> tuple[dict[str, Any], Shape | None]:
    """The arguments as the catalogue takes them, and the result's shape; None for one answer."""
    given = _converted(formula, arguments, named)
    along = [p for p in formula.parameters if p.name in given and p.name not in _whole(formula)]
    arrays = {p.name: given[p.name] for p in along if _is_array(given[p.name])}
    if not arrays:
        return given, None
    for p in along:
        if p.name not in arrays:
            p.parse(given[p.name])  # what is wrong for every element is said at once
    for p in formula.parameters:
        if p.required and p.name not in given:
            p.parse(None)
    try:
        shape = np.broadcast_shapes(*(np.shape(array) for array in arrays.values()))
    except ValueError:
        sizes = ", ".join(f"{name} {np.shape(array)}" for name, array in arrays.items())
        raise FormulaError(f"the arrays do not fit together: {sizes}") from None
    for name, array in arrays.items():
        given[name] = np.reshape(np.broadcast_to(array, shape), (1, -1))
    return given, shape


def _whole(formula: Formula) -> set[str]:
    """The arguments that the formula takes as a whole."""
    if formula.columns:
        return {p.name for p in formula.arguments}
    return {p.name for p in formula.parameters if p.kind.takes_range}


def _is_array(value: Any) -> bool:
    return isinstance(value, np.ndarray)


def _converted(
    formula: Formula, arguments: tuple[Any, ...], named: dict[str, Any]
) -> dict[str, Any]:
    whole = _whole(formula)
    given = formula.bound(arguments, named)
    return {
        name: _rows(value) if name in whole else _array(value, formula.parameter(name))
        for name, value in given.items()
    }


def _array(value: Any, parameter: Parameter) -> Any:
    """A cell as it is; anything longer as an array of numbers, or of cells where it holds words."""
    value = _from_others(value)
    if isinstance(value, (list, tuple, range)):
        value = np.array([_from_others(item) for item in value])
    if isinstance(value, np.ndarray) and value.dtype.kind in "fiu":
        return value.astype(np.float64, copy=False)
    if isinstance(value, np.ndarray):
        cells = [
            float(cell) if isinstance(cell, Decimal) else cell for cell in value.ravel().tolist()
        ]
        array = np.empty(len(cells), dtype=object)
        array[:] = cells
        return array.reshape(value.shape)
    return value


def _rows(value: Any) -> Any:
    """A range that the formula takes as a whole: lists of rows."""
    value = _from_others(value)
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, (list, tuple, range)):
        return [_rows(item) for item in value]
    if isinstance(value, float) and np.isnan(value):
        return None  # a row without a value
    return value


def _from_others(value: Any) -> Any:
    """What other libraries hold numbers in (Series, Decimal, NumPy's own) as what we take."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (np.ndarray, str, int, float, list, tuple, range)) or value is None:
        return value
    for way in ("to_numpy", "__array__"):
        if hasattr(value, way):
            array: npt.NDArray[Any] = np.asarray(getattr(value, way)())
            return array
    return value
