"""Inputs: each unlocked, validated, prompted, dated; and nothing else is."""

from __future__ import annotations

from openpyxl import Workbook
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template.fields import INPUTS, TABLES
from workbook.template.spec import KINDS


def _validations(sheet: Worksheet) -> dict[str, DataValidation]:
    return {
        f"{cell.column_letter}{cell.row}" if hasattr(cell, "column_letter") else str(cell): rule
        for rule in sheet.data_validations.dataValidation
        for block in rule.sqref.ranges
        for row in sheet[block.coord if ":" in block.coord else f"{block.coord}:{block.coord}"]
        for cell in row
    }


def _unlocked(sheet: Worksheet) -> set[str]:
    return {
        cell.coordinate
        for row in sheet.iter_rows()
        for cell in row
        if cell.has_style and not cell.protection.locked
    }


def test_unlocked_cells_are_the_validated_ones_and_no_others(book: Workbook) -> None:
    total = 0
    for sheet in book.worksheets:
        rules = _validations(sheet)
        assert _unlocked(sheet) == set(rules), sheet.title
        total += len(rules)
    assert total > 500


def test_every_validation_says_what_to_type(book: Workbook) -> None:
    for sheet in book.worksheets:
        for rule in sheet.data_validations.dataValidation:
            assert rule.showErrorMessage, rule.promptTitle
            assert rule.showInputMessage, rule.promptTitle
            assert rule.errorStyle == "stop"
            assert rule.error.startswith(("Type", "Choose")), rule.error
            assert 10 < len(rule.prompt) <= 255
            assert len(rule.error) <= 255
            assert 0 < len(rule.promptTitle) <= 32
            assert 0 < len(rule.errorTitle) <= 32
            if rule.type == "list":
                assert rule.formula1
            else:
                assert rule.formula1 != rule.formula2


def test_inputs_have_no_formula_in_them(book: Workbook) -> None:
    for sheet in book.worksheets:
        for cell in _unlocked(sheet):
            assert sheet[cell].data_type != "f", (sheet.title, cell)


def test_inputs_wear_the_input_style(book: Workbook) -> None:
    for sheet in book.worksheets:
        for cell in _unlocked(sheet):
            assert sheet[cell].style.startswith("Input"), (sheet.title, cell, sheet[cell].style)


def test_every_default_says_where_it_is_from_and_when() -> None:
    for field in INPUTS:
        assert field.source == "yours" or "20" in field.source, field.key
        assert field.unit, field.key
        assert field.prompt.endswith("."), field.key


def test_percentages_are_fractions_and_the_prompt_warns() -> None:
    for table in TABLES.values():
        for column in table.inputs:
            if KINDS[column.kind].format in ("percent", "rate"):
                assert "%, not" in column.prompt, column.header
    for field in INPUTS:
        if KINDS[field.kind].format == "percent":
            assert "%, not" in field.prompt, field.key
            assert isinstance(field.default, float)
            assert field.default <= 1


def test_defaults_pass_their_own_validation() -> None:
    for field in INPUTS:
        kind = KINDS[field.kind]
        if field.default is None:
            assert field.optional
        elif field.choices:
            assert field.default in field.choices
        elif isinstance(field.default, str):
            assert len(field.default) <= (kind.high or 0)
        else:
            low = kind.low if field.low is None else field.low
            high = kind.high if field.high is None else field.high
            assert low is not None
            assert high is not None
            assert low <= field.default <= high, field.key


def test_keys_are_unique_within_their_section_and_table() -> None:
    pairs = [(field.section, field.key) for field in INPUTS]
    assert len(set(pairs)) == len(pairs)
    for table in TABLES.values():
        keys = [column.key for column in table.inputs]
        assert all(keys)
        assert len(set(keys)) == len(keys)


def test_every_number_has_a_unit_above_its_header(book: Workbook) -> None:
    for table in TABLES.values():
        for column in table.columns:
            above = book[table.sheet].cell(table.header_row - 1, table.index(column.header)).value
            assert bool(above) == (column.unit != "word"), (table.name, column.header)
            number = not column.is_input and column.format not in ("text", "moment")
            if number or (column.is_input and KINDS[column.kind].align == "right"):
                assert column.unit != "word", (table.name, column.header)
