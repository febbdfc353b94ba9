"""Contrast, type size and named styles: what a script can see of the look."""

from __future__ import annotations

import pytest
from openpyxl import Workbook
from openpyxl.cell import Cell

from addin.package.addresses import area
from workbook.template import styles
from workbook.template.frame import TONES, head_width

SMALLEST = 11
CONTRAST = 4.5


def _luminance(colour: str) -> float:
    def linear(part: int) -> float:
        share = part / 255
        return share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4

    red, green, blue = (linear(int(colour[-6:][at : at + 2], 16)) for at in (0, 2, 4))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, two: str) -> float:
    dark, light = sorted((_luminance(one), _luminance(two)))
    return (light + 0.05) / (dark + 0.05)


def _fill(cell: Cell) -> str:
    return cell.fill.start_color.rgb if cell.fill.fill_type == "solid" else "FFFFFFFF"


def test_contrast_is_computed_as_the_guidelines_do() -> None:
    assert round(contrast("000000", "FFFFFF"), 1) == 21.0
    assert round(contrast("777777", "FFFFFF"), 2) == 4.48


def test_text_stands_out_from_its_fill(book: Workbook) -> None:
    seen = set()
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.has_style and cell.value is not None:
                    seen.add((cell.font.color.rgb, _fill(cell), cell.style))
    assert len(seen) > 20
    assert [pair for pair in seen if contrast(pair[0], pair[1]) < CONTRAST] == []


def test_tones_stand_out_whatever_they_lie_on() -> None:
    for ink, fill in TONES.values():
        assert contrast(ink, fill) >= CONTRAST
    assert contrast(styles.MUTED, styles.WHITE) >= CONTRAST


def test_type_is_never_small_and_always_the_same(book: Workbook) -> None:
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.has_style:
                    assert cell.font.size >= SMALLEST, (sheet.title, cell.coordinate)
                    assert cell.font.name == styles.FONT


def test_cells_wear_named_styles(book: Workbook) -> None:
    roles = tuple(styles.ROLES)
    for sheet in book.worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    assert cell.style.startswith(roles), (sheet.title, cell.coordinate)


def test_type_in_charts_is_not_small_either(parts: dict[str, bytes]) -> None:
    import re

    sizes = [
        int(size)
        for name, part in parts.items()
        if name.startswith("xl/charts/")
        for size in re.findall(rb' sz="(\d+)"', part)
    ]
    assert len(sizes) > 10
    assert min(sizes) >= SMALLEST * styles_points()


def styles_points() -> int:
    from workbook.template.sheets.charts import POINTS

    return POINTS


@pytest.mark.parametrize(
    "price", [1.234e-9, 8.4376e-6, 0.0000123561, 0.00123456, 0.0123456, 1.5e9, 12_345_678.0]
)
def test_every_printed_price_on_trade_has_digits_enough(book: Workbook, price: float) -> None:
    """Two prices that differ in the fourth digit are told apart, and fit into their column."""
    sheet = book["Trade"]
    last = area(str(sheet.print_area).split("!")[1].replace("$", "")).bottom
    rules = [
        (area(str(block)), rule)
        for formatted in sheet.conditional_formatting
        for block in formatted.sqref.ranges
        for rule in sorted(formatted.rules, key=lambda rule: rule.priority)
        if rule.dxf is not None and rule.dxf.numFmt is not None
    ]
    widths = {
        column: dimension.width
        for dimension in sheet.column_dimensions.values()
        for column in range(dimension.min, dimension.max + 1)
    }
    seen = 0
    for row in sheet.iter_rows(min_row=5, max_row=last):
        for at in row:
            if not at.style.endswith(" price"):
                continue
            seen += 1
            fitting = [
                rule.dxf.numFmt.formatCode
                for where, rule in rules
                if where.holds(at.row, at.column) and _holds(rule.formula[0], price)
            ]
            assert fitting or price > 1, at.coordinate
            fitting.append("#,##0")
            shown, near = (_shown(number, fitting[0]) for number in (price, price * 1.0015))
            assert shown != near, (at.coordinate, shown)
            assert len(shown) + 1 <= widths[at.column], at.coordinate
    assert seen > 60


def _holds(formula: str, price: float) -> bool:
    for sign in (">=", "<"):
        left, _, limit = formula.rstrip(")").rpartition(sign)
        if left:
            return price >= float(limit) if sign == ">=" else price < float(limit)
    return False


def _shown(number: float, code: str) -> str:
    if code == "#,##0":
        return f"{number:,.0f}"
    if "E" in code:
        return f"{number:.{len(code.split('E')[0]) - 2}E}"
    return f"{number:.{len(code) - 2}f}"


# How far Calibri's bold letters reach, in thousandths of the type's size: read from Carlito, which
# has the same measures.
BOLD = dict(zip(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789- ",
    [494, 537, 418, 537, 503, 316, 474, 537, 246, 255, 480, 246, 813, 537, 538, 537, 537, 355, 399,
     347, 537, 473, 745, 459, 474, 397, 606, 561, 529, 630, 488, 459, 637, 631, 267, 331, 547, 423,
     874, 659, 676, 532, 686, 563, 473, 495, 653, 591, 906, 551, 520, 478, *[507] * 10, 306, 226],
    strict=True,
))  # fmt: skip


def pixels(text: str) -> int:
    """Of 11-point type at 96 pixels an inch."""
    return int(sum(BOLD.get(letter, 537) for letter in text) / 1000 * 11 * 96 / 72)


def test_no_head_of_a_table_breaks_within_a_word(book: Workbook) -> None:
    """Beside the filter's button, as LibreOffice lays it out: 18 pixels, and 14 of margins."""
    seen = 0
    for sheet in book.worksheets:
        width = {
            column: int(dimension.width * 7 + 5)
            for dimension in sheet.column_dimensions.values()
            for column in range(dimension.min, dimension.max + 1)
        }
        for table in sheet.tables.values():
            for cell in sheet[table.ref][0]:
                seen += 1
                head, room = str(cell.value), width[cell.column] - 14
                if pixels(head) > room:
                    assert max(map(pixels, head.split())) <= room - 18, (table.name, head)
    assert seen > 300


def test_a_head_gets_no_more_room_than_it_needs() -> None:
    assert head_width("Own size", 9) == 9  # one line: 7.4 digits and the margins
    assert head_width("What to do", 62) == 62
    assert 9 < head_width("Own margin", 9) < 11  # "margin" is 5.8 digits wide, the button 2.6
    assert 8 < head_width("Entry as", 8) < 10
