"""What Excel's file format forbids and no schema sees: the template's build refuses it.

A conditional format or a data validation may hold no structured reference and no leading equals
sign. Excel offers to repair a file that has one, and drops the rule; a defined name does instead.
"""

from __future__ import annotations

from collections.abc import Iterator

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet


class RuleError(ValueError):
    """A rule of a sheet that Excel would refuse."""


def check_rules(book: Workbook) -> None:
    """Refuse rules that Excel would refuse, each named with its sheet and cells."""
    faults = [fault for sheet in book.worksheets for fault in _faults(sheet)]
    if faults:
        raise RuleError("; ".join(faults))


def _faults(sheet: Worksheet) -> Iterator[str]:
    for where, formula in _formulas(sheet):
        if formula.startswith("="):
            yield f"{sheet.title}!{where}: {formula!r} begins with an equals sign: leave it out"
        elif "[" in _without_text(formula):
            yield f"{sheet.title}!{where}: {formula!r} names a table's column: define a name for it"


def _formulas(sheet: Worksheet) -> Iterator[tuple[str, str]]:
    for area in sheet.conditional_formatting:
        for rule in area.rules:
            for formula in rule.formula or ():
                yield str(area.sqref), str(formula)
            for scale in (rule.colorScale, rule.dataBar, rule.iconSet):
                for value in scale.cfvo if scale is not None else ():
                    if value.type == "formula":
                        yield str(area.sqref), str(value.val)
    for rule in sheet.data_validations.dataValidation:
        for formula in (rule.formula1, rule.formula2):
            if formula is not None:
                yield str(rule.sqref), str(formula)


def _without_text(formula: str) -> str:
    """The formula without what stands in quotation marks."""
    return "".join(formula.split('"')[::2])
