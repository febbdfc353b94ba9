"""Making a table longer: new rows look and compute like its last one and hold what is put in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import NamedTuple, TypeAlias

from addin.package.addresses import LAST_ROW, Area, a1, area, areas, quote_sheet
from addin.package.errors import PackageError
from addin.package.grown import GrownColumn, GrownRows
from addin.package.limits import times_as_much
from addin.package.markup import MAIN, XM_NS, quoted
from addin.package.sheet import Sheet
from addin.package.tables import PackageTable
from addin.package.values import Value
from addin.package.xml import Element

# Of a row: what makes it look like the row it is copied from. Hidden rows are not copied as such.
_LOOKS = ("ht", "customHeight", "s", "customFormat", "thickBot", "thickTop")
# What is put into the cells of a column, the first new row first.
ColumnInputs: TypeAlias = Mapping[int, list[Value]]
_SQREF_TAGS = ("dataValidation", "conditionalFormatting", "ignoredError", "protectedRange")


class Growth(NamedTuple):
    """What a table grows by."""

    table: PackageTable
    last_row: int
    new_last_row: int

    def stretched(self, block: Area) -> Area:
        """A range as it is after the growth: longer, if it reached the table's last row."""
        reaches = (
            block.left <= self.table.area.right
            and self.table.area.left <= block.right
            and block.top <= self.last_row <= block.bottom < self.new_last_row
        )
        return block._replace(bottom=self.new_last_row) if reaches else block


def plan_growth(
    sheet: Sheet, table: PackageTable, rows: int, others: list[PackageTable]
) -> Growth | None:
    """Check that the table can have so many data rows; None if it has them already."""
    missing = rows - table.data.rows
    if missing <= 0:
        return None
    if table.totals_rows:
        raise PackageError(
            f"the table {table.name} has a totals row: switch it off before adding rows."
        )
    growth = Growth(table, table.last_row, table.last_row + missing)
    if growth.new_last_row > LAST_ROW:
        raise PackageError(f"the table {table.name} cannot have {rows} rows: the sheet ends.")
    _refuse_too_many(sheet, growth, missing)
    _refuse_obstacles(sheet, growth, others)
    return growth


def _refuse_too_many(sheet: Sheet, growth: Growth, missing: int) -> None:
    """Before any work: so many cells would not fit into the memory that is meant for them."""
    area, row = growth.table.area, growth.last_row
    each = sum(sheet.has_formula(row, column) for column in range(area.left, area.right + 1))
    wanted = sheet.formula_count + each * missing
    # Rows with something below or beside them become elements, which take ten times as much.
    as_columns = sheet.last_row <= growth.last_row
    most = sheet.limits.grown_formulas if as_columns else sheet.limits.formulas
    if wanted > most:
        raise PackageError(
            f"{growth.table.data.rows + missing:,} rows of the table {growth.table.name} would have"
            f" {wanted:,} formulas, and a sheet may have {most:,}: give fewer rows,"
            f" or {times_as_much(wanted / most)}."
        )


def _refuse_obstacles(sheet: Sheet, growth: Growth, others: list[PackageTable]) -> None:
    table = growth.table
    if sheet.grown is not None and sheet.grown.last > growth.last_row:
        sheet.make_elements()
    below = Area(growth.last_row + 1, table.area.left, growth.new_last_row, table.area.right)

    def refuse(where: str) -> PackageError:
        return PackageError(
            f"the table {table.name} cannot grow to row {growth.new_last_row} of"
            f" {table.sheet!r}: {where} is in the way. Move it first."
        )

    for other in others:
        if other.sheet == table.sheet and other.name != table.name and other.area.meets(below):
            raise refuse(f"the table {other.name}")
    for merged in sheet.root.iter(f"{MAIN}mergeCell"):
        if any(block.meets(below) for block in areas(merged.get("ref", ""))):
            raise refuse(f"the merged cell {merged.get('ref')}")
    for array in sheet.arrays:
        if array.meets(below):
            raise refuse(f"the array formula in {array}")
    for row in sheet.element_rows:
        if below.top <= row <= below.bottom:
            for column, element in sheet.row_cells(row).items():
                if below.left <= column <= below.right and len(element):
                    raise refuse(f"the cell {a1(row, column)}")


def grow_rows(sheet: Sheet, growth: Growth, inputs: ColumnInputs) -> None:
    """Put the new rows into the sheet, with inputs in the first ones."""
    there = sheet.grown
    if there is not None and not _goes_on(there, growth):
        sheet.make_elements()
        there = None
    new = _new_rows(sheet, growth, inputs)
    arrays = any(column.array for column in new.columns.values())
    last = sheet.last_row
    sheet.widen(growth.new_last_row, growth.table.area.right)
    if last <= growth.last_row and not arrays:
        sheet.grow(new if there is None else there.with_rows(new))  # nothing beside or below them
        return
    _merge(sheet, growth, new.elements(sheet.part))
    sheet.forget_index()


def _goes_on(there: GrownRows, growth: Growth) -> bool:
    """Whether new rows stand right behind such rows, and take over all that they compute."""
    area = growth.table.area
    return there.last == growth.last_row and all(
        area.left <= number <= area.right
        for number, column in there.columns.items()
        if column.formula is not None
    )


def _new_rows(sheet: Sheet, growth: Growth, given: ColumnInputs) -> GrownRows:
    """The new rows, with the table's own cells only."""
    table, row = growth.table, growth.last_row
    there = sheet.grown
    if there is None:
        model = sheet.rows.get(row)
        looks = "" if model is None else _row_looks(model)
        styles = {column: cell.get("s") for column, cell in sheet.row_cells(row).items()}
    else:
        looks = there.looks
        styles = {column: known.style for column, known in there.columns.items()}
    count = growth.new_last_row - row
    columns = {}
    for column in sorted({*styles, *given}):
        if not table.area.left <= column <= table.area.right:
            continue
        style = styles.get(column)
        formula = sheet.element_formulas.get((row, column))
        known = None if there is None else there.columns.get(column)
        if known is not None and known.formula is not None:
            columns[column] = replace(known, values=[None] * count, written=None)
        elif formula is not None:
            array = formula.array is not None
            columns[column] = GrownColumn(style, formula, [None] * count, array, sheet.web)
        elif style or column in given:
            columns[column] = GrownColumn(style, None, _of_length(given.get(column), count))
    return GrownRows(row + 1, growth.new_last_row, row, looks, columns)


def _of_length(values: list[Value] | None, count: int) -> list[Value]:
    found = values or []
    return found if len(found) == count else [*found, *[None] * (count - len(found))]


def _row_looks(row: Element) -> str:
    return "".join(f" {name}={quoted(value)}" for name, value in row.items() if name in _LOOKS)


def _merge(sheet: Sheet, growth: Growth, new_rows: list[Element]) -> None:
    """Put the rows in their place; cells that stand beside the table stay."""
    table = growth.table
    merged = []
    for new in new_rows:
        number = int(new.get("r"))
        old = sheet.rows.get(number)
        if old is None:
            merged.append(new)
            continue
        beside = {
            column: element
            for column, element in sheet.row_cells(number).items()
            if not table.area.left <= column <= table.area.right
        }
        left = [element for column, element in sorted(beside.items()) if column < table.area.left]
        right = [element for column, element in sorted(beside.items()) if column > table.area.right]
        own = list(new)
        for child in list(old):
            old.remove(child)
        old.extend([*left, *own, *right])
        for name, value in new.items():
            if name not in old.attrib:
                old.set(name, value)
        old.attrib.pop("spans", None)
        merged.append(old)
    below = [row for number, row in sheet.rows.items() if number > growth.new_last_row]
    # Appending moves an element, so this also puts the rows into order.
    sheet.data.extend([*merged, *below])


def stretch_sheet(sheet: Sheet, growth: Growth) -> None:
    """Carry validations, conditional formats and the like on to the new rows."""
    for tag in _SQREF_TAGS:
        for element in sheet.root.iter(f"{MAIN}{tag}"):
            if element.get("sqref"):
                element.set("sqref", _stretched_list(element.get("sqref"), growth))
    for element in sheet.root.iter(f"{{{XM_NS}}}sqref"):
        if element.text:
            element.text = _stretched_list(element.text, growth)


def _stretched_list(sqref: str, growth: Growth) -> str:
    words = []
    for word, block in zip(sqref.split(), areas(sqref), strict=True):
        longer = growth.stretched(block)
        words.append(word if longer == block else str(longer))
    return " ".join(words)


def stretch_table(root: Element, growth: Growth) -> None:
    """Write the table's new size into its part."""
    new = str(growth.table.area._replace(bottom=growth.new_last_row))
    root.set("ref", new)
    for filtered in root.iterchildren(f"{MAIN}autoFilter"):
        filtered.set("ref", new)


_NAMED_AREA = re.compile(r"(\$[A-Z]{1,3}\$)(\d+)(:\$[A-Z]{1,3}\$)(\d+)")


def stretch_name(text: str, growth: Growth) -> str:
    """A defined name's text, longer where it points at the table's rows down to the last one."""
    sheet = growth.table.sheet
    pieces = []
    for part in text.split(","):
        prefix, mark, address = part.rpartition("!")
        own = prefix.strip() in (sheet, quote_sheet(sheet))
        if own and mark and _NAMED_AREA.fullmatch(address):
            block = growth.stretched(area(address))
            if block != area(address):
                head, _, _ = address.rpartition("$")
                part = f"{prefix}!{head}${block.bottom}"
        pieces.append(part)
    return ",".join(pieces)
