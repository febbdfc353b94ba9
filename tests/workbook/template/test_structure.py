"""Sheets, names, protection, print set-up: what stands where, and that nothing is hidden."""

from __future__ import annotations

import re
import time

import pytest
from lxml import etree
from openpyxl import Workbook
from openpyxl.worksheet.formula import ArrayFormula

from udfs import catalogue
from workbook.template.build import SHEETS, build_template
from workbook.template.fields import FIXED, INPUTS, TABLES
from workbook.template.sheets.start import BUILD_DATE

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
NAMES = [name for name, _, _ in SHEETS]
# A protected sheet does not let a table grow, so these stay open.
GROWING = {"Now", "Markets", "Plan", "Journal", "Exits"}


def test_the_same_build_gives_the_same_bytes(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert build_template() == data


def test_no_time_of_this_machine_is_in_the_file(parts: dict[str, bytes]) -> None:
    stamps = re.findall(rb"\d{4}-\d\d-\d\dT[0-9:]+Z", parts["docProps/core.xml"])
    assert stamps == [b"%04d-%02d-%02dT00:00:00Z" % BUILD_DATE] * 2


def test_sheets_stand_in_reading_order_and_the_first_is_active(book: Workbook) -> None:
    assert book.sheetnames == NAMES
    assert NAMES[0] == "Start"
    assert book.active.title == "Start"
    assert [sheet.title for sheet in book if sheet.sheet_view.tabSelected] == ["Start"]


def test_nothing_is_hidden_and_nothing_leads_outside(
    book: Workbook, parts: dict[str, bytes]
) -> None:
    for sheet in book.worksheets:
        assert sheet.sheet_state == "visible"
        assert not [key for key, row in sheet.row_dimensions.items() if row.hidden]
        assert not [key for key, column in sheet.column_dimensions.items() if column.hidden]
    assert not [name for name in parts if "vba" in name.lower() or "externalLink" in name]
    for name, part in parts.items():
        if name.endswith(".rels"):
            assert b'TargetMode="External"' not in part, name


def test_code_names_are_set_for_a_later_vba_project(book: Workbook) -> None:
    assert book.code_name == "ThisWorkbook"
    names = [sheet.sheet_properties.codeName for sheet in book.worksheets]
    assert names == [f"{name}Sheet" for name in NAMES]


def test_no_cells_are_merged(book: Workbook) -> None:
    assert {sheet.title: sheet.merged_cells.ranges for sheet in book if sheet.merged_cells} == {}


def test_every_input_and_fixed_number_is_a_defined_name(book: Workbook) -> None:
    for name, value in [(f.name, f.default) for f in INPUTS] + [(f.name, f.value) for f in FIXED]:
        sheet, cell = next(iter(book.defined_names[name].destinations))
        shown = book[sheet][cell.replace("$", "")].value
        if hasattr(shown, "year"):
            continue  # openpyxl reads a date back as one
        assert shown == value, name


def test_defined_names_look_like_no_cell_and_have_a_target(book: Workbook) -> None:
    for name, defined in book.defined_names.items():
        assert not re.fullmatch(r"[A-Za-z]{1,3}\d+|[Rr]\d*[Cc]\d*", name), name
        assert "#REF" not in defined.attr_text, name


def test_each_table_has_its_columns_and_nothing_below_it(book: Workbook) -> None:
    for table in TABLES.values():
        sheet = book[table.sheet]
        found = sheet.tables[table.name]
        assert [c.name for c in found.tableColumns] == [c.header for c in table.columns]
        assert len({c.header.lower() for c in table.columns}) == len(table.columns)
        right = table.left + len(table.columns) - 1
        below = [
            cell.coordinate
            for row in sheet.iter_rows(
                min_row=table.last_row + 1, min_col=table.left, max_col=right
            )
            for cell in row
            if cell.value is not None
        ]
        # Twelve open positions are more than anybody watches; what a change does stands below.
        assert below == [] or table.name == "Now"


def test_new_rows_of_a_table_fill_themselves(book: Workbook, parts: dict[str, bytes]) -> None:
    checked = 0
    for name, part in parts.items():
        if not name.startswith("xl/tables/"):
            continue
        root = etree.fromstring(part)
        table = TABLES.get(root.get("displayName"))
        if table is None:
            continue
        for column in root.iter(f"{MAIN}tableColumn"):
            formula = column.findtext(f"{MAIN}calculatedColumnFormula")
            spec = table.column(column.get("name"))
            assert (formula is None) == spec.is_input, spec.header
            if formula is not None:
                letter = table.index(spec.header)
                rows = range(table.first_row, table.last_row + 1)
                cells = {book[table.sheet].cell(row, letter).value for row in rows}
                assert cells == {f"={formula}"}, spec.header
                checked += 1
    assert checked == sum(not c.is_input for t in TABLES.values() for c in t.columns)


def test_table_headers_are_the_cells_above_the_data(book: Workbook) -> None:
    for sheet in book.worksheets:
        for table in sheet.tables.values():
            assert table.headerRowCount == 1
            head = sheet[table.ref][0]
            assert [cell.value for cell in head] == [c.name for c in table.tableColumns]
            assert table.autoFilter is not None


def test_protection_is_a_guard_without_a_password(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.protection.password is None
        assert sheet.protection.sheet == (sheet.title not in GROWING), sheet.title
        if sheet.protection.sheet:
            assert not sheet.protection.sort, "false means allowed"
            assert not sheet.protection.autoFilter


def test_panes_are_frozen_and_the_cursor_stands_at_the_first_input(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.freeze_panes, sheet.title
        assert sheet.sheet_view.zoomScale == 100
    cursors = {sheet.title: sheet.sheet_view.selection[-1].activeCell for sheet in book}
    assert cursors["Plan"] == f"B{TABLES['Plan'].first_row}"
    assert cursors["Journal"] == f"B{TABLES['Journal'].first_row}"
    for title, cell in (("Settings", cursors["Settings"]), ("Trade", cursors["Trade"])):
        assert not book[title][cell].protection.locked


def test_every_sheet_prints_on_one_page_width_with_a_footer(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert sheet.print_area, sheet.title
        assert sheet.print_title_rows, sheet.title
        assert sheet.page_setup.orientation == "landscape"
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert (sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight) == (1, 0)
        assert "isomargin" in sheet.oddFooter.left.text
        assert sheet.oddFooter.center.text == "&A"
        room = sheet.page_margins.bottom - sheet.page_margins.footer  # inches
        assert room >= 20 / 72, f"{sheet.title}: its footer is cut off"


def test_the_master_check_and_the_version_stand_on_every_sheet(book: Workbook) -> None:
    for sheet in book.worksheets:
        assert "=Master_check" in [cell.value for cell in sheet[1]], sheet.title
        assert "=Version_banner" in [cell.value for cell in sheet[2]], sheet.title


def test_every_sheet_says_that_the_add_in_is_missing(book: Workbook) -> None:
    """Where the banner stays as it was computed: by a format, and a probe that is an array."""
    for sheet in book.worksheets:
        banner = next(cell.coordinate for cell in sheet[2] if cell.value == "=Version_banner")
        said = [
            rule.dxf.numFmt.formatCode
            for where, rules in sheet.conditional_formatting._cf_rules.items()
            if banner in where
            for rule in rules
            if rule.formula == ["ISERROR(Addin_version)"]
        ]
        assert said == [';;;"Add-in missing: values are as last computed"'], sheet.title
    probe = book["Start"]["I19"].value
    assert isinstance(probe, ArrayFormula)
    assert (probe.ref, probe.text) == ("I19", "=ISO_VERSION()")


def test_links_lead_to_places_in_the_book(book: Workbook) -> None:
    links = [
        cell.hyperlink
        for sheet in book.worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.hyperlink
    ]
    assert len(links) > 20
    for link in links:
        assert link.target is None
        sheet, _, cell = link.location.replace("'", "").partition("!")
        assert book[sheet][cell] is not None


def test_checks_that_send_to_a_table_send_to_its_first_row(book: Workbook) -> None:
    sent = {
        cell.hyperlink.location
        for row in book["Checks"].iter_rows()
        for cell in row
        if cell.hyperlink
    }
    for name in ("Plan", "Journal"):
        assert f"{name}!B{TABLES[name].first_row}" in sent
    (twins,) = {place for place in sent if place.startswith("Checks!")}
    assert book["Checks"][twins.partition("!")[2]].value.startswith("Twins")


def test_start_says_how_to_in_at_most_eight_lines(book: Workbook) -> None:
    steps = [row[1].value for row in book["Start"].iter_rows(max_row=16)]
    numbered = [value for value in steps if isinstance(value, int)]
    assert numbered == list(range(1, len(numbered) + 1))
    assert 3 <= len(numbered) <= 8
    text = " ".join(str(c.value) for row in book["Start"].iter_rows() for c in row if c.value)
    for words in ("not advice", "MIT", "Template", "one step", "guards against slips"):
        assert words in text


def test_start_names_every_sheet(book: Workbook) -> None:
    said = [str(c.value) for row in book["Start"].iter_rows() for c in row if c.value]
    served = " ".join(text for text in said if text.endswith("serve it"))
    for sheet in book.sheetnames[1:]:
        assert sheet in said or sheet in served, sheet


def test_reference_lists_every_formula_of_the_add_in(book: Workbook) -> None:
    sheet = book["Reference"]
    rows = sheet[sheet.tables["Formulas"].ref]
    assert [row[0].value for row in rows[1:]] == list(catalogue)


def test_without_recomputing_the_file_keeps_its_values(book: Workbook) -> None:
    assert not book.calculation.fullCalcOnLoad


@pytest.mark.parametrize("title", ["Trade", "Risk", "Journal"])
def test_charts_have_titles_axis_titles_and_alternative_text(
    title: str, book: Workbook, parts: dict[str, bytes]
) -> None:
    charts = book[title]._charts
    assert len(charts) >= 2
    drawings = b"".join(part for name, part in parts.items() if "/drawings/drawing" in name)
    texts = re.findall(rb'cNvPr [^>]*descr="([^"]+)"', drawings)
    assert len(texts) == sum(len(sheet._charts) for sheet in book.worksheets)
    assert all(len(text) > 60 for text in texts)
    for chart in charts:
        assert chart.title is not None
        assert chart.legend is None
        assert chart.y_axis.title is not None
        assert chart.x_axis.delete or chart.x_axis.title is not None
