"""Settings: the account, the policy and the methods; everything a person sets once."""

from __future__ import annotations

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.fields import FIXED, INPUTS, OWN
from workbook.template.sheets import brakes
from workbook.template.sheets.context import Context
from workbook.template.spec import KINDS, Setting
from workbook.template.styles import apply_style

LABEL, VALUE, UNIT, DEFAULT, PROMPT, SOURCE = 2, 5, 6, 8, 9, 15
LOW, HIGH, GOOD, FAULT = 18, 19, 20, 21  # beside what is printed
LAST = 16
FIRST_ROW = 5
GROUPS = {
    "account": "Account",
    "risk": "Risk policy",
    "market": "Market data",
    "stops": "Stops",
    "exits": "Taking profit",
    "review": "Review",
    "brakes": "Brakes",
    "portfolio": "Portfolio",
    "file": "This file",
}
HERE = tuple(field for field in INPUTS if field.sheet == "Settings")


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "Settings", "Your account, your rules, your methods. Type in the yellow cells.",
        LAST, (8, 11),
    )
    row = _inputs(sheet, context, FIRST_ROW - 1)
    row = brakes.lines(sheet, context, row, (LABEL, VALUE, UNIT, PROMPT))
    row = _fixed(sheet, context, row)
    frame.widths(sheet, {5: 18, PROMPT: 14, 13: 16, 14: 34, SOURCE: 26, LAST: 12})
    frame.widths(sheet, {17: 3, LOW: 12, HIGH: 12, GOOD: 8, FAULT: 60})
    frame.print_setup(sheet, LAST, row, context.version)
    frame.view(sheet, "E5", "A4")
    frame.protect(sheet)


def _inputs(sheet: Worksheet, context: Context, row: int) -> int:
    group = ""
    for field in HERE:
        if field.section != group:
            group = field.section
            frame.heading(sheet, row, LABEL, GROUPS[group])
            apply_style(sheet.cell(row, VALUE, "Value"), "Note right")
            apply_style(sheet.cell(row, DEFAULT, "Default"), "Note right")
            for column, text in ((UNIT, "Unit"), (PROMPT, "What it means"),
                                 (SOURCE, "Where the default is from")):
                apply_style(sheet.cell(row, column, text), "Note indented")
            row += 1
        kind = KINDS[field.kind]
        apply_style(sheet.cell(row, LABEL, field.label), "Body")
        frame.input_cell(sheet, context, field, row, VALUE)
        apply_style(sheet.cell(row, UNIT, field.unit), "Note indented")
        default = apply_style(sheet.cell(row, DEFAULT), "Fixed", kind.format)
        frame.write_input(default, None if field.source == OWN else field.default)
        apply_style(sheet.cell(row, PROMPT, field.prompt), "Note indented")
        apply_style(sheet.cell(row, SOURCE, field.source), "Note indented")
        _held(sheet, row, field)
        sheet.row_dimensions[row].height = 19
        row += 1
    context.name("Settings_values", sheet, f"$E${FIRST_ROW}:$E${row - 1}")
    at = letter(FAULT)
    context.name("Settings_faults", sheet, f"${at}${FIRST_ROW}:${at}${row - 1}")
    apply_style(sheet.cell(FIRST_ROW - 1, LOW, "At least"), "Note right")
    apply_style(sheet.cell(FIRST_ROW - 1, HIGH, "At most"), "Note right")
    apply_style(sheet.cell(FIRST_ROW - 1, GOOD, "1 = good"), "Note right")
    apply_style(sheet.cell(FIRST_ROW - 1, FAULT, "What is wrong"), "Note indented")
    rows = {field.name: context.book.defined_names[field.name].attr_text for field in HERE}
    for name, pair in (("Triggers", ("Trigger_1", "Trigger_2")),
                       ("Fractions", ("Fraction_1", "Fraction_2"))):
        first, last = (rows[one].split("!")[1] for one in pair)
        context.name(name, sheet, f"{first}:{last}")
    return row


def _held(sheet: Worksheet, row: int, field: Setting) -> None:
    """What the cell may hold, and a sentence where it holds something else."""
    kind = KINDS[field.kind]
    value = f"{letter(VALUE)}{row}"
    meant = ""
    if field.choices:
        words = ",".join(f'"{word}"' for word in field.choices)
        good = f"ISNUMBER(MATCH({value},{{{words}}},0))"
        cure = f"type {' or '.join(field.choices)}"
    elif kind.validation == "textLength":
        good, cure = f"LEN({value})>0", "type a word"
    else:
        low = kind.low if field.low is None else field.low
        high = kind.high if field.high is None else field.high
        for column, bound in ((LOW, low), (HIGH, high)):
            cell = apply_style(sheet.cell(row, column), "Fixed", kind.format)
            frame.write_input(cell, bound)
        bounds = f'">="&{letter(LOW)}{row},{value},"<="&{letter(HIGH)}{row}'
        blank = f'({value}="")+' if field.optional else ""
        good, cure = f"{blank}COUNTIFS({value},{bounds})=1", "see its bounds"
        if kind.format in ("percent", "percent1", "rate"):
            meant = f'&REPT(" Did you mean "&{value}&"%?",COUNTIF({value},">"&{letter(HIGH)}{row}))'
    said = f'{letter(LABEL)}{row}&" (Settings {letter(VALUE)}"&ROW()&") is "'
    held = f"{letter(GOOD)}{row}"
    apply_style(sheet.cell(row, GOOD), "Working", "flag").value = f"=N({good})"
    cell = apply_style(sheet.cell(row, FAULT), "Working left")
    cell.value = (
        f'=IF({held}=1,"",{said}&REPT("blank",N({value}=""))&{value}&": {cure}."{meant}&" ")'
    )


def _fixed(sheet: Worksheet, context: Context, row: int) -> int:
    frame.heading(sheet, row, LABEL, "Fixed numbers")
    apply_style(sheet.cell(row, PROMPT, "Why it is here"), "Note indented")
    for fixed in FIXED:
        row += 1
        apply_style(sheet.cell(row, LABEL, fixed.label), "Body")
        apply_style(sheet.cell(row, VALUE, fixed.value), "Fixed", fixed.format)
        apply_style(sheet.cell(row, UNIT, fixed.unit), "Note indented")
        apply_style(sheet.cell(row, PROMPT, fixed.why), "Note indented")
        context.name_cell(fixed.name, sheet, row, VALUE)
        sheet.row_dimensions[row].height = 19
    row += 1
    apply_style(sheet.cell(row, LABEL, "Budget of all trades together"), "Body")
    apply_style(
        sheet.cell(row, VALUE), "Result", "cents"
    ).value = "=Equity_now*Max_total_risk*(1+Tolerance)"
    apply_style(sheet.cell(row, UNIT, "=Currency"), "Note indented")
    apply_style(sheet.cell(row, PROMPT, "equity x risk of all trades together"), "Note indented")
    context.name_cell("Total_budget", sheet, row, VALUE)
    row += 1
    apply_style(sheet.cell(row, LABEL, "First setting that is wrong"), "Body")
    apply_style(sheet.cell(row, VALUE), "Result left").value = (
        '=IF(COUNTIF(Settings_faults,"?*")=0,"",'
        'INDEX(Settings_faults,MATCH("?*",Settings_faults,0)))'
    )
    context.name_cell("Settings_fault", sheet, row, VALUE)
    return row
