"""Where LibreOffice cannot hand an argument over as it stands in the cell.

Each difference says what arrives at the formula, or what LibreOffice answers without asking it.
The parity test applies them to its inputs; whatever else differs is a mistake of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.hosts.parity_inputs import Case, answer, same
from udfs import OMITTED, CellError, catalogue

_NOTHING = object()


@dataclass(frozen=True)
class Difference:
    """One thing that the host forces, and why."""

    name: str
    reason: str
    # The answer without the formula, or _NOTHING.
    answer: Callable[[Case], Any] = lambda case: _NOTHING
    # An argument as it arrives.
    arrives: Callable[[Any], Any] = lambda value: value


def _holds_error(value: Any) -> bool:
    return isinstance(value, list) and any(
        isinstance(cell, CellError) for row in value for cell in row
    )


def _error_in_a_range(case: Case) -> Any:
    return CellError.VALUE if any(map(_holds_error, case.arguments)) else _NOTHING


def _error_in_a_cell(case: Case) -> Any:
    for value in case.arguments:
        if isinstance(value, CellError):
            return value
    return _NOTHING


def _required_left_out(case: Case) -> Any:
    formula = catalogue[case.formula]
    required = [argument.required for argument in formula.arguments]
    given = (*case.arguments, *[OMITTED] * len(required))
    left_out = any(
        needed and value is OMITTED for needed, value in zip(required, given, strict=False)
    )
    return CellError.VALUE if left_out else _NOTHING


def _each_cell(change: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def arrives(value: Any) -> Any:
        if isinstance(value, list):
            return [[change(cell) for cell in row] for row in value]
        return change(value)

    return arrives


def comforting_zeros(case: Case, arguments: tuple[Any, ...]) -> tuple[Any, ...]:
    """What arrives as 0 taken for blank, where the catalogue says so."""
    known = catalogue[case.formula].arguments
    flags = [p.zero_is_blank_in_libreoffice for p in known]
    flags += [False] * (len(arguments) - len(flags))
    return tuple(
        None if comforts and _is_zero(value) else value
        for value, comforts in zip(arguments, flags, strict=False)
    )


def _is_zero(value: Any) -> bool:
    if isinstance(value, list) and len(value) == 1 and len(value[0]) == 1:
        value = value[0][0]
    return type(value) in (int, float) and value == 0


DIFFERENCES = (
    Difference(
        "a required argument left out is #VALUE!",
        "LibreOffice itself refuses the call (Err:504); so it marks the argument as required in"
        " the function wizard. Excel does not even take such a formula.",
        answer=_required_left_out,
    ),
    Difference(
        "an error in a range makes the whole result #VALUE!",
        "LibreOffice refuses to hand over a range with an error cell in it (Err:504), so one bad"
        " row does spoil the others: keep error cells out of the ranges.",
        answer=_error_in_a_range,
    ),
    Difference(
        "an error in a cell is the result",
        "LibreOffice passes the error on without a call: the same error for all formulas, but"
        " ISO_EXPLAIN cannot put it into words.",
        answer=_error_in_a_cell,
    ),
    Difference(
        "a blank cell is 0",
        "LibreOffice hands a reference to one blank cell over as the number 0, so a default does"
        " not step in; in a range, even one like B2:B2, a blank stays a blank.",
        arrives=lambda value: 0.0 if value is None else value,
    ),
    Difference(
        "a 0 is blank where it would comfort",
        "As a blank cell is 0, days, volatilities and correlations of 0 are #N/A in the formulas"
        " of chances and of the portfolio, typed or not: nobody shall read 0% where a cell was"
        " forgotten.",
    ),
    Difference(
        "TRUE is 1 and FALSE is 0",
        "LibreOffice has no truth values of their own: they are numbers that are shown as words.",
        arrives=_each_cell(lambda cell: float(cell) if isinstance(cell, bool) else cell),
    ),
    Difference(
        "numbers are floats",
        "LibreOffice has no whole numbers.",
        arrives=_each_cell(lambda cell: float(cell) if isinstance(cell, int) else cell),
    ),
)


def libreoffice_expects(case: Case) -> Any:
    """What LibreOffice has to show for a case."""
    for difference in DIFFERENCES:
        forced = difference.answer(case)
        if forced is not _NOTHING:
            return forced
    arguments = case.arguments
    # An example is typed as it stands: what it leaves blank is left out there, too.
    typed = case.about.endswith("example")
    for difference in DIFFERENCES:
        # Blanks that are typed into the formula are left out, which LibreOffice does tell apart.
        arguments = tuple(
            value if value is OMITTED or (value is None and typed) else difference.arrives(value)
            for value in arguments
        )
    return shown(answer(case.formula, comforting_zeros(case, arguments)))


def shown(result: Any) -> Any:
    """A result as LibreOffice's cells have it: TRUE and FALSE as numbers."""
    if isinstance(result, list):
        return [[shown(cell) for cell in row] for row in result]
    if result == "":
        return None  # a text without letters is a blank cell there
    return float(result) if isinstance(result, (bool, int)) else result


def same_in_workbook(computed: Any, shown: Any, *, blank_input: bool = False) -> bool:
    """Whether the engine's value of a workbook's cell and LibreOffice's agree.

    LibreOffice's own plus and minus give 0 where two numbers differ in their last digits only; the
    engine gives that last digit. A cell of text that is empty is a blank cell to LibreOffice. And
    a truth value that went through a number format, or through our formulas, is 1 or 0. While a
    required input is blank, which LibreOffice hands over as 0, the error may be another one.
    """
    if blank_input and isinstance(computed, CellError):
        return isinstance(shown, CellError)
    if shown == 0.0 and type(computed) is float:
        return abs(computed) < 1e-9
    if isinstance(computed, bool) and type(shown) is float:
        return computed == (shown == 1.0)
    return same(computed, shown)
