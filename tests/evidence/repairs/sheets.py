"""Sheets: elements, cells, merged cells, columns."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.evidence.parts import MAIN, Area, Parts, Sheet, area, meet, place
from tests.evidence.repairs.checks import check

_ORDER = """
sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection
protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells
phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup
headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing
legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts
extLst
""".split()  # noqa: SIM905


@check("order of a sheet's elements")
def _sheet_order(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        names = [e.tag.removeprefix(MAIN) for e in sheet.root if isinstance(e.tag, str)]
        known = [name for name in names if name in _ORDER]
        if known != sorted(known, key=_ORDER.index):
            yield f"{sheet.name}: {' '.join(dict.fromkeys(known))}"
        for name, count in Counter(known).items():
            if count > 1 and name != "conditionalFormatting":
                yield f"{sheet.name}: {name} {count} times"


_KINDS = {"n", "s", "str", "inlineStr", "b", "e", "d"}
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}


@check("cells")
def _cells(parts: Parts) -> Iterator[str]:
    formats = len(parts.styles.findall(f"{MAIN}cellXfs/{MAIN}xf"))
    for sheet in parts.sheets:
        last_row = 0
        for row in sheet.all("row"):
            number = int(row.get("r", last_row + 1))
            if number <= last_row:
                yield f"{sheet.name}: row {number} after row {last_row}"
            last_row, last_column = number, 0
            if not 0 <= float(row.get("ht", 15)) <= 409.5:
                yield f"{sheet.name}: row {number} is {row.get('ht')} high"
            for cell in row.findall(f"{MAIN}c"):
                try:
                    at = place(cell.get("r"))
                except ValueError as error:
                    yield f"{sheet.name}: {error}"
                    continue
                if at[0] != number or at[1] <= last_column:
                    yield f"{sheet.name}!{cell.get('r')}: out of order"
                last_column = at[1]
                if int(cell.get("s", 0)) >= formats:
                    yield f"{sheet.name}!{cell.get('r')}: format {cell.get('s')} is not there"
                yield from (
                    f"{sheet.name}!{cell.get('r')}: {words}" for words in _content(parts, cell)
                )


def _content(parts: Parts, cell: Any) -> Iterator[str]:
    kind = cell.get("t", "n")
    value = cell.findtext(f"{MAIN}v")
    if kind not in _KINDS:
        yield f"a cell of kind {kind}"
    if kind == "inlineStr" and cell.find(f"{MAIN}is") is None:
        yield "a text without text"
    text = "".join(cell.itertext(f"{MAIN}t")) or value or ""
    if len(text) > 32_767:
        yield f"{len(text)} characters"
    if text.count("\n") > 253:
        yield f"{text.count(chr(10))} lines"
    if kind == "s" and not (value and value.isdigit() and int(value) < len(parts.shared_texts)):
        yield f"shared text {value}"
    if kind == "e" and value not in _ERRORS:
        yield f"the error {value}"
    if kind == "b" and value not in ("0", "1", None):
        yield f"the truth value {value}"
    if kind == "n" and value:
        try:
            if not abs(float(value)) < 1e309 or value.casefold() in ("nan", "inf"):
                yield f"the number {value}"
        except ValueError:
            yield f"the number {value}"


@check("merged cells")
def _merged_cells(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        element = sheet.find("mergeCells")
        if element is not None and int(element.get("count", len(element))) != len(element):
            yield f"{sheet.name}: {element.get('count')} told, {len(element)} there"
        merged = merged_areas(sheet)
        for at, mine in enumerate(merged):
            if mine[:2] == mine[2:]:
                yield f"{sheet.name}: one cell merged"
            if any(meet(mine, other) for other in merged[at + 1 :]):
                yield f"{sheet.name}: {mine} overlaps another"
            for _, table in sheet.tables:
                if meet(mine, area(table.get("ref"))):
                    yield f"{sheet.name}: {mine} is in the table {table.get('displayName')}"


def merged_areas(sheet: Sheet) -> list[Area]:
    return [area(element.get("ref")) for element in sheet.all("mergeCell")]


@check("columns")
def _columns(parts: Parts) -> Iterator[str]:
    formats = len(parts.styles.findall(f"{MAIN}cellXfs/{MAIN}xf"))
    for sheet in parts.sheets:
        last = 0
        for column in sheet.all("col"):
            first, end = int(column.get("min")), int(column.get("max"))
            if not last < first <= end <= 16_384:
                yield f"{sheet.name}: columns {first} to {end} after {last}"
            if (
                not 0 <= float(column.get("width", 8)) <= 255
                or int(column.get("style", 0)) >= formats
            ):
                yield f"{sheet.name}: column {first}, width {column.get('width')}"
            last = end
