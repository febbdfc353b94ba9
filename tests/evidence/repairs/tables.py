"""Tables."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.evidence.parts import MAIN, Parts, Sheet, area, meet
from tests.evidence.repairs.book import bad_name
from tests.evidence.repairs.checks import check
from tests.evidence.repairs.formulas import formula_faults


@check("tables")
def _tables(parts: Parts) -> Iterator[str]:
    ids: Counter[str] = Counter()
    names: Counter[str] = Counter()
    dxfs = len(parts.styles.findall(f"{MAIN}dxfs/{MAIN}dxf"))
    for sheet in parts.sheets:
        listed = sheet.find("tableParts")
        if (0 if listed is None else len(listed)) != len(sheet.tables):
            yield f"{sheet.name}: {len(sheet.tables)} tables, not all listed"
        for at, (_, table) in enumerate(sheet.tables):
            name = table.get("displayName") or ""
            ids[table.get("id")] += 1
            names[name.casefold()] += 1
            if bad_name(name):
                yield f"{name!r} is no name"
            others = [area(other.get("ref")) for _, other in sheet.tables[at + 1 :]]
            if any(meet(area(table.get("ref")), other) for other in others):
                yield f"{name} overlaps another"
            yield from (f"{name}: {words}" for words in _table(parts, sheet, table, dxfs))
    for found in (ids, names):
        yield from (f"table {name} twice" for name, count in found.items() if count > 1)


def _table(parts: Parts, sheet: Sheet, table: Any, dxfs: int) -> Iterator[str]:
    top, left, bottom, right = area(table.get("ref"))
    listed = table.find(f"{MAIN}tableColumns")
    columns = list(listed)
    if not int(listed.get("count")) == len(columns) == right - left + 1:
        yield f"{len(columns)} columns in {table.get('ref')}"
    for attribute in ("name", "id"):
        told = Counter((column.get(attribute) or "").casefold() for column in columns)
        yield from (f"{attribute} {name} twice" for name, count in told.items() if count > 1)
    if table.get("headerRowCount", "1") != "0":
        for at, column in enumerate(columns):
            cell = sheet.cells.get((top, left + at))
            wanted = re.sub("_x000a_", "\n", column.get("name"), flags=re.IGNORECASE)
            text = cell and cell.kind in ("s", "str", "inlineStr") and cell.formula is None
            if not text or parts.text(cell).replace("\r", "") != wanted:
                yield f"the header of {column.get('name')!r} is not its name as text"
    totals = int(table.get("totalsRowCount", 0))
    if bottom - top - totals < 1:
        yield "no row of data"
    filtered = table.find(f"{MAIN}autoFilter")
    if filtered is not None and area(filtered.get("ref")) != (top, left, bottom - totals, right):
        yield f"filter {filtered.get('ref')} on {table.get('ref')}"
    for column in columns:
        for attribute in ("dataDxfId", "headerRowDxfId", "totalsRowDxfId"):
            if int(column.get(attribute, 0)) >= max(dxfs, 1):
                yield f"{attribute} {column.get(attribute)} is not there"
        if not 1 <= len(column.get("name")) <= 255:
            yield f"the column {column.get('name')!r}"
        formula = column.find(f"{MAIN}calculatedColumnFormula")
        if formula is not None:
            if not formula.text or formula.text.startswith("="):
                yield f"{column.get('name')}: formula {formula.text!r}"
            yield from formula_faults(parts, formula.text or "")


@check("filters of a sheet")
def _sheet_filters(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        filtered = sheet.find("autoFilter")
        for _, table in sheet.tables:
            if filtered is not None and meet(area(filtered.get("ref")), area(table.get("ref"))):
                yield f"{sheet.name}: over the table {table.get('displayName')}"


@check("calculated columns")
def _calculated_columns(parts: Parts) -> Iterator[str]:
    """Not repaired, but each cell that differs gets a green triangle and new rows the other one."""
    for sheet in parts.sheets:
        for _, table in sheet.tables:
            top, left, bottom, _ = area(table.get("ref"))
            bottom -= int(table.get("totalsRowCount", 0))
            for at, column in enumerate(table.iter(f"{MAIN}tableColumn")):
                wanted = column.findtext(f"{MAIN}calculatedColumnFormula")
                for row in range(top + 1, bottom + 1):
                    cell = sheet.cells.get((row, left + at))
                    formula = None if cell is None or cell.formula is None else cell.formula.text
                    if formula != wanted:
                        yield f"{table.get('displayName')}[{column.get('name')}], row {row}"
                        break
