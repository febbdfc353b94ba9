"""Start: what this is, how to use it, and what the colours mean."""

from __future__ import annotations

from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.worksheet import Worksheet

from workbook.template import frame
from workbook.template.frame import Card
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style
from workbook.template.version import TEMPLATE_VERSION

BUILD_DATE = (2026, 11, 22)
LAST = 12

STEPS = (
    "Settings: type your account and your rules; Markets has the venues' terms.",
    "Plan: one row a trade idea. Symbol, side, venue, entry, stop, days; the rest may stay blank.",
    "Read 'Stop first' and 'What to do': it names the cell and what to type, until it says go.",
    "Trade: choose the row; it shows the stops, the targets, the carry and the worst case.",
    "Risk: type how the prices move together; it shows what the positions are as one.",
    "Take it: set the stop at once, press Take (isomargin journal take; or copy it into Journal).",
    "Twice a day: press Refresh and Review (isomargin refresh, review), or type; read Now.",
    "Closed: press Close or Import (isomargin journal close, import), or type; empty the plan row.",
)
LEGEND = (
    ("Input", "yellow, blue ink, sand edge", "you type here; a prompt says what"),
    ("Result", "white, black ink, hair line", "computed; leave it alone"),
    ("Working", "grey ink", "a step on the way; there to be read"),
    ("Good", "green, and the words say so", "holds"),
    ("Warn", "amber, and the words say so", "look at it"),
    ("Bad", "red, and the words say so", "fix it before you trade"),
)
SHEETS = (
    ("Settings", "account, policy, methods"),
    ("Markets", "venues, markets, tiers, daily closes"),
    ("Plan", "one row a trade idea, and what to do"),
    ("Trade", "one idea in detail, with charts"),
    ("Risk", "the positions together: correlation, stress"),
    ("Now", "open trades at today's price, what to do with each"),
    ("Journal", "expected beside actual; Exits, Curve and Fills serve it"),
    ("Reference", "verdicts, errors, every formula"),
    ("Checks", "what must hold, and what does"),
)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay the sheet out."""
    frame.header(
        sheet, "isomargin", "Plan an isolated-margin trade before you open it; keep its journal "
        "after.", LAST, (8, 11),
    )
    frame.widths(sheet, {2: 6, 3: 22, 4: 30, 5: 16, 6: 16, 7: 4, 8: 16, 9: 20, 10: 20, 11: 12})
    frame.widths(sheet, {12: 2})
    frame.cards(
        sheet, 4,
        (
            Card(2, 4, "Where you stand", "=Master_check", "see Checks for each",
                 good='ISNUMBER(SEARCH("pass",Master_check))',
                 bad='ISNUMBER(SEARCH("FAIL",Master_check))'),
            Card(5, 6, "Whose rows are these", '=IF(Data_kind="example","EXAMPLE","yours")',
                 '=IF(Data_kind="example","see the last line here","")',
                 warn='Data_kind="example"'),
            Card(8, 11, "Add-in", '=IF(ISERROR(Addin_version),"missing",Addin_version)',
                 "=Version_banner", bad="ISERROR(Addin_version)"),
        ),
    )
    _steps(sheet)
    _legend(sheet)
    _sheets(sheet)
    end = _versions(sheet, context)
    frame.view(sheet, "B4", "A4")
    frame.print_setup(sheet, LAST, end, context.version)
    frame.protect(sheet)


def _steps(sheet: Worksheet) -> None:
    frame.heading(sheet, 8, 2, "How to use it")
    for number, text in enumerate(STEPS, start=1):
        row = 8 + number
        apply_style(sheet.cell(row, 2, number), "Step", "whole")
        apply_style(sheet.cell(row, 3, text), "Body")
        sheet.row_dimensions[row].height = 22


def _legend(sheet: Worksheet) -> None:
    frame.heading(sheet, 18, 2, "What the cells mean")
    for row, (role, look, meaning) in enumerate(LEGEND, start=19):
        apply_style(sheet.cell(row, 3, role.lower()), f"{role} sample")
        apply_style(sheet.cell(row, 4, look), "Body indented")
        apply_style(sheet.cell(row, 5, meaning), "Note")
        sheet.row_dimensions[row].height = 20


def _sheets(sheet: Worksheet) -> None:
    frame.heading(sheet, 8, 8, "Sheets")
    for row, (name, what) in enumerate(SHEETS, start=9):
        frame.link(sheet, row, 8, name, f"'{name}'!A1")
        apply_style(sheet.cell(row, 9, what), "Body")
        sheet.row_dimensions[row].height = 22


def _versions(sheet: Worksheet, context: Context) -> int:
    frame.heading(sheet, 18, 8, "Versions and licence")
    frame.say_without_addin(sheet, "H6:K6")  # the note of the card above
    date = "-".join(f"{part:02d}" for part in BUILD_DATE)
    rows = (
        ("Addin_version", "Add-in", "=ISO_VERSION()"),
        ("Made_for", "Made for add-in", context.version),
        ("Template_version", "Template", TEMPLATE_VERSION),
        ("Build_date", "Built on", date),
        ("Licence", "Licence", "MIT"),
        ("Addin_ready", "Versions match",
         "=IF(ISERROR(Addin_version),FALSE,Addin_version=Made_for)"),
        ("Version_banner", "In words", (
            f'=IF(ISERROR(Addin_version),"{frame.WITHOUT_ADDIN}",Version_words)'
        )),
        ("Version_words", "If it is there", (
            '=IF(Addin_ready,"isomargin "&Made_for&" ready",'
            '"Add-in "&Addin_version&", template for "&Made_for)'
        )),
    )
    for row, (name, label, value) in enumerate(rows, start=19):
        apply_style(sheet.cell(row, 8, label), "Note")
        cell = apply_style(sheet.cell(row, 9, value), "Body")
        if name == "Addin_version":
            # As an array it is computed at every opening, by a program without the add-in, too.
            cell.value = ArrayFormula(cell.coordinate, value)
        context.name_cell(name, sheet, row, 9)
        if name in ("Version_banner", "Version_words"):
            frame.say_without_addin(sheet, cell.coordinate)
        sheet.row_dimensions[row].height = 20
    for row, text in enumerate(
        (
            "Educational, not advice. Leveraged trading can lose all you post; numbers are only "
            "as good as what you type.",
            "Protection has no password: it guards against slips. Markets, Plan and Journal are "
            "not protected, because Excel lets no table grow on a protected sheet.",
            "Removing the example in one step: `isomargin new my-plan.xlsx` makes an empty copy. "
            "By hand: choose Plan_inputs in the Name Box, press Delete; the same with "
            "Journal_inputs.",
        ),
        start=28,
    ):
        apply_style(sheet.cell(row, 2, text), "Note")
        sheet.row_dimensions[row].height = 20
    return 30
