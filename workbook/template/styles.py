"""The look: one palette, one font, number formats, and named cell styles made of them.

A named style is a role and a number format ("Input percent"), so that people find them in
Excel's style gallery and change the look of the whole book in one place.
"""

from __future__ import annotations

from dataclasses import dataclass

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import (
    Alignment,
    Border,
    Font,
    NamedStyle,
    PatternFill,
    Protection,
    Side,
)

FONT = "Calibri"

NAVY = "10243E"
SLATE = "33506F"
STEEL = "4A6583"
INK = "1B2733"
MUTED = "4F5D6B"
HAIR = "D3DAE2"
RULE = "9AA9B8"
WHITE = "FFFFFF"
PALE = "C9D6E4"
PAPER = "F4F7FA"
INPUT_FILL = "FFF7DC"
INPUT_INK = "1A4A94"
SAND = "E2D3A0"
GREEN, GREEN_FILL = "14603A", "DFF3E6"
AMBER, AMBER_FILL = "7A4700", "FFEBC8"
COLD, HOT = "C3D8F2", "F7CBAE"
RED, RED_FILL = "9A1B1B", "FBDFDC"

FORMATS: dict[str, str] = {
    "text": "General",
    "money": "#,##0",
    "cents": "#,##0.00",
    "cash": "#,##0.00",
    "signed": "+#,##0;-#,##0;0",
    "price": "[>=100000]#,##0;[>=10]#,##0.00;0.0000",
    "quantity": "[>=10000]#,##0;[>=10]#,##0.00;0.00####",
    "percent": "0.0%",
    "percent1": "0.0%",
    "rate": "0.00##%",
    "times": "0.0",
    "days": "General",
    "whole": "0",
    "tiny": "0E+00",
    "flag": "0",
    "ratio": "0.00",
    "points": "+0.0;-0.0;0.0",
    "r": "+0.00;-0.00;0.00",
    "date": "yyyy-mm-dd",
    "moment": "yyyy-mm-dd hh:mm",
}


@dataclass(frozen=True)
class Role:
    """What a cell is for, and so how it looks."""

    size: float = 11
    bold: bool = False
    italic: bool = False
    color: str = INK
    fill: str = ""
    bottom: tuple[str, str] | None = None
    box: tuple[str, str] | None = None
    left: tuple[str, str] | None = None
    horizontal: str = "left"
    vertical: str = "center"
    wrap: bool = False
    unlocked: bool = False
    underline: bool = False
    indent: int = 0


ROLES: dict[str, Role] = {
    "Title": Role(20, bold=True, color=WHITE, fill=NAVY),
    "Subtitle": Role(11, color=PALE, fill=NAVY),
    "Header band": Role(11, color=WHITE, fill=NAVY),
    "Master check": Role(12, bold=True, color=AMBER, fill=AMBER_FILL, indent=1),
    "Example mark": Role(12, bold=True, color=INPUT_FILL, fill=NAVY, indent=1),
    "Banner": Role(11, color=WHITE, fill=NAVY, indent=1),
    "Heading": Role(13, bold=True, color=NAVY, vertical="bottom"),
    "Choice label": Role(13, bold=True, color=NAVY, indent=1),
    "Body": Role(11),
    "Body wrapped": Role(11, wrap=True, vertical="top"),
    "Cell wrapped": Role(11, bottom=("thin", HAIR), wrap=True, vertical="top", indent=1),
    "Cell value": Role(11, bold=True, bottom=("thin", HAIR), horizontal="right", vertical="top",
                       indent=1),
    "Note": Role(11, color=MUTED),
    "Note indented": Role(11, color=MUTED, indent=1),
    "Note right": Role(11, color=MUTED, horizontal="right", indent=1),
    "Note wrapped": Role(11, color=MUTED, wrap=True, vertical="top"),
    "Step": Role(14, bold=True, color=STEEL, horizontal="center"),
    "Link": Role(11, color=INPUT_INK, underline=True),
    "Card label": Role(11, color=MUTED, left=("thick", STEEL), vertical="bottom", indent=1),
    "Card value": Role(18, bold=True, color=NAVY, left=("thick", STEEL), indent=1),
    "Card note": Role(11, color=MUTED, left=("thick", STEEL), vertical="top", indent=1),
    "Card body": Role(11, color=MUTED),
    "Band": Role(11, bold=True, color=WHITE, fill=SLATE, indent=1),
    "Band other": Role(11, bold=True, color=WHITE, fill=STEEL, indent=1),
    "Unit": Role(11, color=MUTED, horizontal="right", indent=1, vertical="bottom", wrap=True),
    "Unit left": Role(11, color=MUTED, vertical="bottom", wrap=True, indent=1),
    "Unit centre": Role(11, color=MUTED, horizontal="center", vertical="bottom", wrap=True),
    "Header": Role(11, bold=True, bottom=("medium", STEEL), horizontal="right", indent=1,
                   vertical="top", wrap=True),
    "Header left": Role(11, bold=True, bottom=("medium", STEEL), vertical="top", wrap=True,
                        indent=1),
    "Header centre": Role(11, bold=True, bottom=("medium", STEEL), horizontal="center",
                          vertical="top", wrap=True),
    "Input": Role(11, color=INPUT_INK, fill=INPUT_FILL, box=("thin", SAND), unlocked=True,
                  horizontal="right", indent=1),
    "Input centre": Role(11, color=INPUT_INK, fill=INPUT_FILL, box=("thin", SAND), unlocked=True,
                         horizontal="center"),
    "Input left": Role(11, color=INPUT_INK, fill=INPUT_FILL, box=("thin", SAND), unlocked=True,
                       indent=1),
    "Input sample": Role(11, color=INPUT_INK, fill=INPUT_FILL, box=("thin", SAND),
                         horizontal="center"),
    "Result sample": Role(11, bottom=("thin", HAIR), horizontal="center"),
    "Working sample": Role(11, color=MUTED, bottom=("thin", HAIR), horizontal="center"),
    "Good sample": Role(11, bold=True, color=GREEN, fill=GREEN_FILL, horizontal="center"),
    "Warn sample": Role(11, bold=True, color=AMBER, fill=AMBER_FILL, horizontal="center"),
    "Bad sample": Role(11, bold=True, color=RED, fill=RED_FILL, horizontal="center"),
    "Body indented": Role(11, indent=1),
    "Input large": Role(14, bold=True, color=INPUT_INK, fill=INPUT_FILL, box=("thin", SAND),
                        unlocked=True, horizontal="center"),
    "Result": Role(11, bottom=("thin", HAIR), horizontal="right", indent=1),
    "Result left": Role(11, bottom=("thin", HAIR), indent=1),
    "Result centre": Role(11, bottom=("thin", HAIR), horizontal="center"),
    "Result strong": Role(11, bold=True, bottom=("thin", HAIR), horizontal="right", indent=1),
    "Result strong left": Role(11, bold=True, bottom=("thin", HAIR), indent=1),
    "Result strong wrapped": Role(11, bold=True, bottom=("thin", HAIR), wrap=True, indent=1),
    "Result strong centre": Role(11, bold=True, bottom=("thin", HAIR), horizontal="center"),
    "Working": Role(11, color=MUTED, bottom=("thin", HAIR), horizontal="right", indent=1),
    "Working left": Role(11, color=MUTED, bottom=("thin", HAIR), indent=1),
    "Fixed": Role(11, color=MUTED, fill=PAPER, horizontal="right", indent=1),
}  # fmt: skip


def _side(pair: tuple[str, str] | None) -> Side:
    return Side() if pair is None else Side(style=pair[0], color=pair[1])


def _make(name: str, role: Role, number_format: str) -> NamedStyle:
    style = NamedStyle(name=name)
    style.font = Font(
        name=FONT,
        size=role.size,
        bold=role.bold,
        italic=role.italic,
        color=role.color,
        underline="single" if role.underline else None,
    )
    if role.fill:
        style.fill = PatternFill("solid", start_color=role.fill, end_color=role.fill)
    box = _side(role.box)
    style.border = Border(
        left=_side(role.left or role.box),
        right=box,
        top=box,
        bottom=_side(role.bottom or role.box),
    )
    style.alignment = Alignment(
        horizontal=role.horizontal, vertical=role.vertical, wrap_text=role.wrap, indent=role.indent
    )
    style.protection = Protection(locked=not role.unlocked)
    style.number_format = number_format
    return style


def apply_style(cell: Cell, role: str, fmt: str = "text") -> Cell:
    """Give a cell the named style of its role and number format; returns the cell."""
    book: Workbook = cell.parent.parent
    name = role if fmt == "text" else f"{role} {fmt}"
    if name not in book.named_styles:
        book.add_named_style(_make(name, ROLES[role], FORMATS[fmt]))
    cell.style = name
    return cell


def set_default_font(book: Workbook) -> None:
    """Make the style that every other cell falls back on use the same font and size."""
    normal = book._named_styles["Normal"]
    normal.font = Font(name=FONT, size=11, color=INK)
    normal.bind(book)
