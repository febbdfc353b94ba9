"""What Excel would refuse in a rule of a sheet is refused when the template is built."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from openpyxl import Workbook
from openpyxl.formatting.rule import ColorScaleRule, FormulaRule
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.rules import RuleError, check_rules


def _format(formula: str) -> Callable[[Worksheet], None]:
    return lambda sheet: sheet.conditional_formatting.add("B2:C9", FormulaRule(formula=[formula]))


def _list(formula: str) -> Callable[[Worksheet], None]:
    def plant(sheet: Worksheet) -> None:
        rule = DataValidation(type="list", formula1=formula)
        rule.add("D4")
        sheet.add_data_validation(rule)

    return plant


def _between(low: str, high: str) -> Callable[[Worksheet], None]:
    def plant(sheet: Worksheet) -> None:
        rule = DataValidation(type="whole", operator="between", formula1=low, formula2=high)
        rule.add("D4")
        sheet.add_data_validation(rule)

    return plant


def _scale(value: str) -> Callable[[Worksheet], None]:
    rule = ColorScaleRule(
        start_type="formula", start_value=value, start_color="FFFFFF",
        end_type="num", end_value=1, end_color="000000",
    )  # fmt: skip
    return lambda sheet: sheet.conditional_formatting.add("B2:C9", rule)


@pytest.mark.parametrize(
    "plant",
    [
        _format('SUMIF(Plan[Risk],">0")>Total_budget'),
        _format("AND(COUNT(Exits[Trade])>0,SUM(Journal[Off])=0)"),
        _format("=$B2>0"),
        _list("=Venue_names"),
        _list("Venues[Name]"),
        _between("1", "ROWS(Plan[No])"),
        _scale("MAX(Plan[Risk])"),
    ],
)
def test_a_planted_rule_is_refused_with_its_place(plant: Callable[[Worksheet], None]) -> None:
    book = Workbook()
    plant(book.active)
    with pytest.raises(RuleError, match=r"Sheet!(B2:C9|D4): "):
        check_rules(book)


@pytest.mark.parametrize(
    "plant",
    [
        _format("Plan_risk>Total_budget"),
        _format('$B2="[a bracket in words]"'),
        _list("Venue_names"),
        _list('"long,short"'),
        _between("1", "ROWS(Plan_numbers)"),
    ],
)
def test_names_and_words_do(plant: Callable[[Worksheet], None]) -> None:
    book = Workbook()
    plant(book.active)
    check_rules(book)


def test_the_template_is_built_under_that_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    from workbook.template import build

    planted = frame.print_setup

    def with_a_fault(sheet: Worksheet, *rest: object, **more: object) -> None:
        planted(sheet, *rest, **more)  # type: ignore[arg-type]
        frame.highlight(sheet, "B2", "SUM(Plan[Risk])>0", "bad")

    monkeypatch.setattr(frame, "print_setup", with_a_fault)
    with pytest.raises(RuleError, match=r"Plan\[Risk\]"):
        build.build_template()


def test_no_rule_in_the_file_names_a_column_or_begins_with_an_equals_sign(
    parts: dict[str, bytes],
) -> None:
    found = [
        formula
        for name, part in parts.items()
        if name.startswith("xl/worksheets/sheet")
        for rules in re.findall(
            rb"<(?:conditionalFormatting|dataValidations).*?</(?:conditionalFormatting|data"
            rb"Validations)>", part, re.DOTALL,
        )
        for formula in re.findall(rb"<formula\d?>(.*?)</formula", rules)
    ]  # fmt: skip
    assert len(found) > 150
    assert [one for one in found if b"[" in one or one.startswith(b"=")] == []


def test_no_cell_is_an_inline_text_without_text(parts: dict[str, bytes]) -> None:
    for name, part in parts.items():
        if name.startswith("xl/worksheets/sheet"):
            assert not re.findall(rb'<c [^>]*t="inlineStr"[^>]*/>', part), name


def test_fonts_list_what_they_have_in_the_formats_order(parts: dict[str, bytes]) -> None:
    order = [
        *(b"b", b"i", b"strike", b"condense", b"extend", b"outline", b"shadow", b"u", b"vertAlign"),
        *(b"sz", b"color", b"name", b"family", b"charset", b"scheme"),
    ]
    fonts = re.findall(rb"<font>(.*?)</font>", parts["xl/styles.xml"], re.DOTALL)
    assert len(fonts) > 20
    for font in fonts:
        places = [order.index(tag) for tag in re.findall(rb"<(\w+)", font)]
        assert places == sorted(places), font
