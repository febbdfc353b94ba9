"""Contrast, type size and named styles: what a script can see of the look."""

from __future__ import annotations

import pytest
from openpyxl import Workbook
from openpyxl.cell import Cell

from addin.package.addresses import area
from workbook.template import styles
from workbook.template.frame import TONES

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
