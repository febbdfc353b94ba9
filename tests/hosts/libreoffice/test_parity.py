"""One truth in every host: the formulas, the embedded engine and LibreOffice agree."""

from __future__ import annotations

import io
from typing import Any

import pytest
from openpyxl import Workbook

from addin.embedded import open_book
from addin.libreoffice.driver import LibreOffice
from addin.package import Package
from tests.hosts.libreoffice.differences import DIFFERENCES, comforting_zeros, libreoffice_expects
from tests.hosts.parity_book import Placed, parity_book
from tests.hosts.parity_inputs import all_cases, answer, cases, same
from udfs import CellError, __version__, catalogue


@pytest.fixture(scope="module")
def in_libreoffice(office: LibreOffice) -> dict[str, list[tuple[Placed, Any, Any]]]:
    """By formula: each case, what LibreOffice should show and what it does show."""
    shaped = [(case, libreoffice_expects(case)) for case in all_cases()]
    book, placed = parity_book(shaped)
    office.open(book)
    office.recalculate()
    return _by_formula(placed, shaped, office.all_values())


@pytest.fixture(scope="module")
def in_engine() -> dict[str, list[tuple[Placed, Any, Any]]]:
    """The same in the embedded engine."""
    shaped = [(case, answer(case.formula, case.arguments)) for case in all_cases()]
    book, placed = parity_book(shaped)
    return _by_formula(placed, shaped, open_book(book, catalogue).formula_values())


def _by_formula(placed: Any, shaped: Any, values: Any) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = {name: [] for name in catalogue}
    for place, (case, wanted) in zip(placed, shaped, strict=True):
        found[case.formula].append((place, wanted, place.result(values)))
    return found


def _differing(compared: list[tuple[Placed, Any, Any]]) -> list[str]:
    return [
        f"{place.case}\n  should be {wanted}\n  shows     {shown}"
        for place, wanted, shown in compared
        if not same(wanted, shown)
    ]


@pytest.mark.parametrize("name", catalogue)
def test_libreoffice_shows_what_the_formula_answers(in_libreoffice: Any, name: str) -> None:
    differing = _differing(in_libreoffice[name])
    assert not differing, "\n".join(differing[:5])


@pytest.mark.parametrize("name", catalogue)
def test_the_embedded_engine_shows_what_the_formula_answers(in_engine: Any, name: str) -> None:
    differing = _differing(in_engine[name])
    assert not differing, "\n".join(differing[:5])


def test_every_formula_with_arguments_is_tried_with_hundreds_of_inputs() -> None:
    for name, formula in catalogue.items():
        if formula.arguments:
            assert len(cases(name)) >= 100 * min(len(formula.arguments), 2) / 2, name


def test_the_inputs_reach_answers_and_errors_of_every_formula() -> None:
    for name, formula in catalogue.items():
        answers = [answer(name, case.arguments) for case in cases(name)]
        assert any(not isinstance(given, CellError) for given in answers), name
        if formula.arguments and formula.max_args is not None:
            assert CellError.VALUE in answers or CellError.NUM in answers, name


def test_every_difference_of_libreoffice_is_still_needed(in_libreoffice: Any) -> None:
    """A difference that no longer shows has to leave the list."""
    compared = [entry for entries in in_libreoffice.values() for entry in entries]
    for difference in DIFFERENCES:
        touched = 0
        for place, _, shown in compared:
            case = place.case
            forced = difference.answer(case)
            arrives = [difference.arrives(value) for value in case.arguments]
            if difference.name.startswith("a 0 is blank"):
                arrives = list(comforting_zeros(case, case.arguments))
            if repr(arrives) != repr(list(case.arguments)) or forced is shown:
                touched += not same(answer(case.formula, case.arguments), shown)
        if difference.name != "numbers are floats":
            assert touched, difference.name


def test_a_book_saved_by_libreoffice_keeps_the_formulas_names(
    office: LibreOffice, tmp_path: Any
) -> None:
    one_each = [cases(name)[0] for name in catalogue]
    book, placed = parity_book([(case, libreoffice_expects(case)) for case in one_each])
    office.open(book)
    office.recalculate()
    saved = tmp_path / "saved.xlsx"
    office.save_as(saved)
    package = Package.open(saved)
    for place in placed:
        formulas = package.sheet(place.sheet).formulas
        assert formulas[place.row, place.column].text.startswith(f"{place.case.formula}(")


def test_errors_are_errors_to_the_spreadsheets_own_functions(office: LibreOffice) -> None:
    office.open(_book({
        "A1": '=IFERROR(ISO_LIQUIDATION_PRICE("long",100,0),7)',
        "A2": '=ISERROR(ISO_LIQUIDATION_PRICE("long",-1,10))',
        "A3": '=ERROR.TYPE(B3)',
        "B3": '=ISO_LIQUIDATION_PRICE("long",100,0)',
        "A4": '=ISNA(ISO_TRAILING_STOP("long",100,101,0.03,0.1))',
        "A5": '=SUM(ISO_LIQUIDATION_PRICE("long",100,10),1)',
    }))  # fmt: skip
    office.recalculate()
    shown = office.values("Sheet")
    assert shown == {
        "A1": 7.0,
        "A2": True,
        "A3": 6.0,
        "A4": True,
        "A5": 91.0,
        "B3": CellError.NUM,
    }


def test_formulas_inside_other_formulas_work_as_in_the_engine(office: LibreOffice) -> None:
    book = _book({f"A{row}": text for row, text in enumerate(_NESTED, 1)})
    office.open(book)
    office.recalculate()
    shown = office.values("Sheet")
    computed = open_book(book, catalogue).formula_values()
    for row, text in enumerate(_NESTED, 1):
        assert same(computed["Sheet", f"A{row}"], shown.get(f"A{row}")), text


_PRICE = 'ISO_LIQUIDATION_PRICE("long",100,10)'
_NESTED = [
    '=ISO_VERSION()="x"',
    f'=ISO_VERSION()="{__version__}"',
    '=IF(ISO_EXPLAIN("POSITION_SIZE",10000,2%,100,96)="ok",1,2)',
    f"=LEN(ISO_VERSION())&{_PRICE}",
    f'={_PRICE}&"x"',
    f"=ROUND({_PRICE}/7,2)",
    f'=TEXT({_PRICE},"0.00")',
    f"=IF(AND({_PRICE}>1,ISNUMBER({_PRICE})),1,2)",
    f"=MAX({_PRICE},95)-MIN(-{_PRICE},3)",
    f"=MATCH({_PRICE},{{1,90}},0)",
    f"=SUMPRODUCT({_PRICE}*2)",
    f'=ISO_BREAKEVEN_PRICE("long",{_PRICE},50)',
    '=INDEX(ISO_STOP_LADDER("long",100,96,50),2,2)',
    '=SUM(INDEX(ISO_STOP_LADDER("long",100,96,50),0,3))',
    '=IF(ISO_LIQUIDATION_PRICE("long",100,0)>1,1,2)',
]


def _book(cells: dict[str, str]) -> bytes:
    book = Workbook()
    for address, text in cells.items():
        book.active[address] = text
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
