"""Formulas: short, flat, without bare numbers, and calling only what the add-in has."""

from __future__ import annotations

import re
from collections import Counter

from openpyxl import Workbook
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from addin.package import Package
from tests.hosts.calls import CallGraph
from tests.workbook.template.conftest import FormulaCell
from udfs import catalogue
from workbook import bundled
from workbook.template.fields import TABLES

VOLATILE = {"NOW", "TODAY", "RAND", "RANDBETWEEN", "OFFSET", "INDIRECT", "CELL", "INFO"}
LONGEST = 160


def _functions(text: str) -> list[str]:
    return [
        token.value.rstrip("(").upper()
        for token in Tokenizer(text).items
        if token.type == Token.FUNC and token.subtype == Token.OPEN
    ]


def _unlike(formulas: list[FormulaCell]) -> dict[str, FormulaCell]:
    return {formula.text: formula for formula in formulas}


def test_the_tokenizer_sees_the_formulas(formulas: list[FormulaCell]) -> None:
    assert len(_unlike(formulas)) > 250


def test_no_number_but_0_and_1_stands_in_a_formula(formulas: list[FormulaCell]) -> None:
    wrong = []
    for formula in _unlike(formulas).values():
        for token in Tokenizer(formula.text).items:
            number = token.type == Token.OPERAND and token.subtype == Token.NUMBER
            if number and float(token.value) not in (0, 1):
                wrong.append((formula, token.value))
    assert wrong == []


def test_formulas_are_short_as_excel_shows_them(formulas: list[FormulaCell]) -> None:
    assert [f for f in _unlike(formulas).values() if len(f.text) > LONGEST] == []


def test_if_stands_in_at_most_one_other_if(formulas: list[FormulaCell]) -> None:
    deep = []
    for formula in _unlike(formulas).values():
        stack: list[str] = []
        for token in Tokenizer(formula.text).items:
            if token.type == Token.FUNC and token.subtype == Token.OPEN:
                stack.append(token.value.upper())
                if stack.count("IF(") > 2:
                    deep.append(formula)
            elif token.type == Token.FUNC:
                stack.pop()
    assert deep == []


def test_no_volatile_function_and_nothing_that_hides_errors(formulas: list[FormulaCell]) -> None:
    for formula in _unlike(formulas).values():
        used = set(_functions(formula.text))
        assert not used & VOLATILE, formula
        assert not used & {"IFERROR", "IFNA", "_XLFN.IFNA"}, formula
        assert not [name for name in used if name.startswith("_XLFN")], formula


def test_sums_over_a_column_take_no_error_with_them(formulas: list[FormulaCell]) -> None:
    """A criterion like "<>0" holds for an error, too, and then the whole sum is one."""
    for formula in _unlike(formulas).values():
        assert not re.search(r'(SUM|COUNT|AVERAGE)IFS?\(.*"<>', formula.text), formula


def test_no_whole_columns_and_no_stray_at_sign(formulas: list[FormulaCell]) -> None:
    for formula in _unlike(formulas).values():
        assert not re.search(r"\$?[A-Z]{1,3}:\$?[A-Z]{1,3}(?!\d)", formula.text), formula
        assert "@" not in re.sub(r'\[@|"[^"]*"', "", formula.text), formula


def test_every_add_in_formula_exists_and_has_a_valid_number_of_arguments(
    formulas: list[FormulaCell],
) -> None:
    seen = set()
    for formula in _unlike(formulas).values():
        for name, count in _calls(formula.text):
            assert name in catalogue, formula
            known = catalogue[name]
            assert known.min_args <= count, formula
            assert known.max_args is None or count <= known.max_args, formula
            seen.add(name)
    assert len(seen) >= 9


def _calls(text: str) -> list[tuple[str, int]]:
    """Name and number of arguments of every ISO_ call."""
    calls, stack = [], []
    for token in Tokenizer(text).items:
        if token.type in (Token.FUNC, Token.PAREN) and token.subtype == Token.OPEN:
            stack.append([token.value.rstrip("(").upper(), 0, False])
        elif token.type in (Token.FUNC, Token.PAREN):
            name, commas, filled = stack.pop()
            if name.startswith("ISO_"):
                calls.append((name, commas + 1 if filled else 0))
            if stack:
                stack[-1][2] = True
        elif token.type == Token.SEP and token.subtype == Token.ARG:
            stack[-1][1] += 1
        elif stack and token.type != Token.WSPACE:
            stack[-1][2] = True
    return calls


def test_calls_are_counted_rightly() -> None:
    assert _calls('=IF(A1="","",ISO_A(1,(2+3),ISO_B()))') == [("ISO_B", 0), ("ISO_A", 3)]


def test_one_edited_plan_row_calls_the_add_in_at_most_twelve_times() -> None:
    """The row that is shown on Trade, with everything that Risk says of all of them."""
    graph = CallGraph(Package.open(bundled.worked_example()))
    cell, calls = graph.worst_input("Plan")
    assert calls <= 12, graph.depending(cell)
    sheets = Counter(place.sheet for place in graph.depending(cell))
    assert sheets == {"Plan": 4, "Trade": 5, "Risk": 3}


def test_a_row_that_is_not_shown_on_trade_calls_the_add_in_no_more_than_the_shown_one() -> None:
    graph = CallGraph(Package.open(bundled.worked_example()))
    assert graph.worst_input("Plan", 2)[1] <= graph.worst_input("Plan", 1)[1]


def test_a_full_recalculation_calls_the_add_in_at_most_two_hundred_times() -> None:
    assert CallGraph(Package.open(bundled.worked_example())).full <= 200


def test_no_add_in_formula_feeds_another_through_more_than_one(book: Workbook) -> None:
    """In the plan: the longest way through its columns meets at most two add-in calls."""
    plan = TABLES["Plan"]
    depth: dict[str, int] = {}

    def through(header: str, path: tuple[str, ...] = ()) -> int:
        assert header not in path, f"circular: {path}"
        if header not in depth:
            column = plan.column(header)
            uses = re.findall(r"\[@\[?([^\[\]:]+)\]?\]", column.formula)
            before = [through(use, (*path, header)) for use in uses]
            depth[header] = max(before, default=0) + ("ISO_" in column.formula)
        return depth[header]

    assert max(through(column.header) for column in plan.columns) == 2


def test_blank_rows_look_blank() -> None:
    from workbook.template.frame import formula_of

    for table in TABLES.values():
        for column in table.columns:
            if not column.is_input:
                formula = formula_of(table, column)
                if column.formula.startswith("="):  # it finds out itself
                    assert formula.startswith("=IF(COUNTA(")
                    assert ',"",' in formula
                elif table.gate and not column.always:
                    gate = f"=IF({table.name}[[#This Row],[{table.gate}]]=1,"
                    assert formula.startswith(gate)
                    assert formula.endswith(',"")')
                else:
                    start = f'=IF({table.name}[[#This Row],[{table.row_key}]]="","",'
                    assert formula.startswith(start)


def test_array_formulas_have_a_range_as_large_as_their_block(book: Workbook) -> None:
    found = 0
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if hasattr(cell.value, "ref"):
                    if "ISO_VERSION" in cell.value.text:
                        # One cell on purpose: the probe for the add-in, an array so that a program
                        # without it computes it anew.
                        assert cell.value.ref == cell.coordinate
                        continue
                    found += 1
                    assert ":" in cell.value.ref
                    assert cell.value.ref.startswith(f"{cell.coordinate}:")
    assert found == 14
