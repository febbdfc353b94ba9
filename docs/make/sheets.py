"""One page a sheet: what it is for, its picture, its columns."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from addin.package import Package
from workbook import bundled
from workbook.template.fields import INPUTS, TABLES

# What a trader does there; the sheet's own subtitle stands above it.
_WORDS = {
    "Start": "Read it once: five steps, what the colours mean, and whether the add-in is there.",
    "Settings": "Account and rules, each with its unit and where it comes from. Nothing is hidden"
    " in formulas: whatever a sheet assumes stands here and can be changed.",
    "Markets": "Facts, not opinions: every row names its source and its date. `isomargin refresh`"
    " renews them; what you type yourself stays.",
    "Plan": "The first question of every row is whether the stop comes before the liquidation."
    " Then: how large, what it costs, and what to do next, in words.",
    "Trade": "Choose a row of Plan and see its price ladder, its two stops, its scale-out, what a"
    " liquidation would take, and how the liquidation price drifts while you hold. Type the prices"
    " of further orders to scale in: the size is spread over them, the loss at the stop stays.",
    "Risk": "Positions that fall together are one position. Correlations, the chance that several"
    " are liquidated at once, a shock to the whole market, isolated beside cross.",
    "Now": "Open positions at today's price: how far each is from its stop and its liquidation, and"
    " the one thing to do next, the most urgent first. Below the table you see a change before it"
    " is made, and what cross margin would put at risk.",
    "Journal": "The plan is frozen when a trade is taken, so that what you expected cannot change"
    " afterwards. Results in R, equity, drawdown, what each setup earns.",
    "Exits": "A trade closed in parts has a row for each part.",
    "Curve": "The order of closing, for charts and statistics.",
    "Fills": "What was imported, with venue, account and file, so that nothing counts twice.",
    "Reference": "Every formula, every error, and the article checked, in the workbook.",
    "Checks": "What must hold before you trust the rest: PASS, WARN or FAIL, with the reason.",
}


@cache
def _book() -> Package:
    return Package.open(bundled.worked_example())


def _path(sheet: str) -> str:
    return f"sheets/{sheet.lower()}.md"


def navigation() -> list[Any]:
    """The sheets in tab order."""
    return ["sheets/index.md", *({sheet: _path(sheet)} for sheet in _book().sheets)]


def pages(pictures: Path) -> dict[str, str]:
    """Every page by path."""
    found = {"sheets/index.md": _index(pictures)}
    for sheet in _book().sheets:
        found[_path(sheet)] = _page(sheet, pictures)
    return found


def _subtitle(sheet: str) -> str:
    value = _book().sheet(sheet).value(2, 2)
    return value if isinstance(value, str) else ""


def _picture(sheet: str, pictures: Path) -> list[str]:
    name = f"sheet-{sheet.lower()}.png"
    if not (pictures / name).exists():
        return []
    shown = f"![The {sheet} sheet of the worked example](../pictures/{name})"
    return [f"[{shown}](../pictures/{name})", "", "*Press the picture for its full size.*", ""]


def _index(pictures: Path) -> str:
    lines = [
        "# The workbook",
        "",
        "One file, the same in Excel, LibreOffice and without either. You type into yellow cells;"
        " everything else is computed.",
        "",
        *_picture("Plan", pictures),
        "| sheet | what it is for |",
        "|---|---|",
        *(f"| [{s}]({s.lower()}.md) | {_subtitle(s)} |" for s in _book().sheets),
    ]
    return "\n".join(lines) + "\n"


def _page(sheet: str, pictures: Path) -> str:
    lines = [f"# {sheet}", "", _subtitle(sheet), "", *_picture(sheet, pictures)]
    if sheet in _WORDS:
        lines += [_WORDS[sheet], ""]
    fields = [field for field in INPUTS if field.sheet == sheet]
    if fields:
        lines += [
            "## What you type",
            "",
            "| cell | unit | what | to begin with |",
            "|---|---|---|---|",
        ]
        for field in fields:
            default = "" if field.default is None else f"{field.default}"
            row = (field.label, field.unit, field.prompt, default)
            lines.append(f"| {' | '.join(map(_cell, row))} |")
        lines.append("")
    for table in TABLES.values():
        if table.sheet != sheet:
            continue
        inputs = [column for column in table.columns if column.key]
        lines += [f"## Table {table.name}", ""]
        if inputs:
            lines += ["| column | unit | what to type |", "|---|---|---|"]
            for column in inputs:
                row = (column.header, column.unit, column.prompt)
                lines.append(f"| {' | '.join(map(_cell, row))} |")
            lines.append("")
        computed = [column.header for column in table.columns if column.formula]
        if computed:
            lines += [f"Computed: {', '.join(computed)}.", ""]
    return "\n".join(lines)


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("*", r"\*").replace("<", "&lt;")
