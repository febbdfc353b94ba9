"""The template's own formulas against those in a workbook: what was overtyped, moved or deleted.

A formula is compared by what it reads, not by its letters: LibreOffice writes a column of the same
row as a cell, and after a column was deleted it reads the neighbour without a word.
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass

from addin.embedded.structured_references import items_and_columns
from addin.package import Package, PackageTable
from addin.package.addresses import Area, a1, cell, column_number
from addin.package.formula_text import (
    CELL,
    FUNCTION,
    NAME,
    NUMBER,
    SPACE,
    STRUCTURED,
    cell_parts,
    moved,
    tokens,
)
from workbook.actions import Changes, PutFormula
from workbook.template.fields import TABLES

# Sheets on which so many formulas differ were rearranged: cell by cell nothing can be said.
_REARRANGED = 0.5
_HEADERS = {c.header.upper(): c.header for table in TABLES.values() for c in table.columns}
_BETWEEN = "\n"  # the pieces of a formula
_REFERENCE = re.compile(r"\[@[^\]]+\]|\$?[A-Z]{1,3}\$?\d+")
_PREFIX = re.compile(r"^(_xlfn\.|_xlws\.|_xll\.|_xludf\.)+", re.IGNORECASE)


@dataclass(frozen=True)
class Damage:
    """One thing that is not as the template has it; a cell can be put back by `formula`."""

    sheet: str
    address: str
    words: str
    formula: str = ""
    array: Area | None = None

    def __str__(self) -> str:
        return f"{self.sheet}!{self.address}: {self.words}" if self.address else self.words


# The tables whose rows people work in: what calc looks at each time.
DAILY = ("Plan", "Journal", "Exits")


def faults(book: Package, template: Package) -> list[Damage]:
    """Everything in which a workbook's formulas differ from the template's, sheet by sheet."""
    found = table_faults(book, template, tuple(TABLES))
    found += [
        Damage(sheet, "", f"the sheet {sheet} is gone")
        for sheet in template.sheets
        if sheet not in book.sheets
    ]
    for sheet in template.sheets:
        if sheet in book.sheets:
            found += _outside_tables(book, template, sheet)
    return found


def table_faults(book: Package, template: Package, names: tuple[str, ...] = DAILY) -> list[Damage]:
    """The same for the rows of some tables."""
    found: list[Damage] = []
    for name in names:
        if name not in book.tables:
            found.append(Damage("", "", f"the table {name} is gone"))
            continue
        there = book.table(name)
        found += [
            Damage(there.sheet, "", f"{name}: the column {header} is gone")
            for header in template.table(name).columns
            if there.column(header) is None
        ]
        found += _in_table(book, template, name)
    return found


def told(found: list[Damage]) -> list[str]:
    """The faults in lines for a person: those of one column, one below the other, as one."""
    lines = []
    for _, group in itertools.groupby(enumerate(found), lambda item: _run(item[0], item[1])):
        one, *more = [fault for _, fault in group]
        if more:
            lines.append(f"{one.sheet}!{one.address}:{more[-1].address}: {one.words}")
        else:
            lines.append(str(one))
    return lines


def _run(at: int, fault: Damage) -> tuple[object, ...]:
    if not fault.address:
        return (at,)
    row, column = cell(fault.address)
    return fault.sheet, column, row - at, "another" in fault.words


def put_back(found: list[Damage]) -> Changes:
    """The template's formulas for the cells that lack them."""
    back = [fault for fault in found if fault.formula]
    edits = tuple(
        PutFormula(
            fault.sheet, fault.address, fault.formula, str(fault.array) if fault.array else ""
        )
        for fault in back
    )
    return Changes(edits, (f"{len(back)} formulas are back",))


def is_torn(found: list[Damage]) -> bool:
    """Whether columns, tables or sheets are gone: no formula in a cell helps there."""
    return any(not fault.address for fault in found)


def _in_table(book: Package, template: Package, name: str) -> Iterator[Damage]:
    mine, own = book.table(name), template.table(name)
    wanted = template.sheet(own.sheet).formulas
    tab = book.sheet(mine.sheet)
    for at, header in enumerate(own.columns, own.area.left):
        first = wanted.get((own.first_row, at))
        column = mine.column(header)
        if first is None or column is None:
            continue
        same: set[str] = set()
        fixed = all(kind != CELL for kind, _ in tokens(first.text))
        grown, fine = tab.grown, 0
        for row in range(mine.first_row, mine.last_row + 1):
            if grown is not None and grown.holds(row) and grown.holds(fine):
                continue  # the same formula filled down
            text = first.text if fixed else moved(first.text, row - own.first_row, 0)
            held = tab.formula(row, column)
            if held is not None and (held.text == text or held.text in same):
                fine = row
                continue
            right = _read(text, template, own.sheet, row - mine.first_row + own.first_row)
            reads = None if held is None else _read(held.text, book, mine.sheet, row)
            if reads == right:
                if held is not None and "[" in held.text:
                    same.add(held.text)
                fine = row
                continue
            back = moved(first.text, row - own.first_row, column - at)
            other = _other_reads(reads or "", right)
            yield _fault(book, mine.sheet, row, column, header, back, other=other)


def _outside_tables(book: Package, template: Package, sheet: str) -> list[Damage]:
    areas = [t.area for t in template.tables.values() if t.sheet == sheet and t.name in TABLES]
    tab = book.sheet(sheet)
    found = []
    count = 0
    for (row, column), formula in template.sheet(sheet).formulas.items():
        if any(area.holds(row, column) for area in areas):
            continue
        count += 1
        now = tab.formula(row, column)
        if now is not None and now.text == formula.text:
            continue
        wanted = _read(formula.text, template, sheet, row)
        reads = None if now is None else _read(now.text, book, sheet, row)
        if reads == wanted:
            continue
        other = _other_reads(reads or "", wanted)
        found.append(_fault(book, sheet, row, column, "", formula.text, formula.array, other=other))
    if count and len(found) > count * _REARRANGED:
        return [Damage(sheet, "", f"{sheet}: its cells were moved; nothing was compared there")]
    return found


def _fault(
    book: Package,
    sheet: str,
    row: int,
    column: int,
    header: str,
    back: str,
    array: Area | None = None,
    *,
    other: str = "",
) -> Damage:
    tab = book.sheet(sheet)
    held = tab.formula(row, column)
    what = f" of {header}" if header else ""
    if held is not None:
        words = f"the formula{what} is another one: {other or f'={held.text[:60]}'}"
    else:
        value = tab.value(row, column)
        words = f"the formula{what} is gone"
        if value not in (None, ""):
            words += f", {value:g} stands there" if isinstance(value, float) else f": {value}"
    return Damage(sheet, a1(row, column), words, back, array)


def _other_reads(held: str, wanted: str) -> str:
    """What a formula reads instead of what it should, where nothing else in it differs."""
    pieces, right = held.split(_BETWEEN), wanted.split(_BETWEEN)
    if len(pieces) != len(right):
        return ""
    pairs = dict.fromkeys(pair for pair in zip(pieces, right, strict=True) if pair[0] != pair[1])
    if not all(_REFERENCE.fullmatch(piece) for pair in pairs for piece in pair):
        return ""
    named = (f"{_plain(other)} where {_plain(own)} belongs" for other, own in pairs)
    return f"it reads {', '.join(named)}"


def _plain(reference: str) -> str:
    """A reference as a person says it: a column of the same row by its header alone."""
    header = reference.removeprefix("[@").removesuffix("]")
    return _HEADERS.get(header, header)


def _read(text: str, package: Package, sheet: str, row: int) -> str:
    """A formula as what it reads: cells of the row of a table by header, the rest in capitals."""
    pieces = []
    tables = [table for table in package.tables.values() if table.sheet == sheet]
    here = next((t for t in tables if t.first_row <= row <= t.last_row), None)
    for kind, piece in tokens(text):
        if kind == SPACE:
            continue
        if kind == CELL:
            pieces.append(_cell(piece, here, row))
        elif kind == STRUCTURED:
            pieces.append(_structured(piece))
        elif kind == FUNCTION:
            pieces.append(_PREFIX.sub("", piece).upper())
        elif kind == NUMBER:
            pieces.append(repr(float(piece)) if _is_number(piece) else piece)
        elif kind == NAME:
            pieces.append(piece.upper())
        else:
            pieces.append(piece)
    joined = _BETWEEN.join(pieces)
    return joined.replace(f"TRUE({_BETWEEN})", "TRUE").replace(f"FALSE({_BETWEEN})", "FALSE")


def _cell(piece: str, here: PackageTable | None, row: int) -> str:
    parts = cell_parts(piece)
    if parts is None or here is None:
        return piece.upper()
    _, letters, _, at = parts
    column = column_number(letters)
    if at == row and here.area.left <= column <= here.area.right:
        return f"[@{here.columns[column - here.area.left].upper()}]"
    return piece.upper()


def _structured(piece: str) -> str:
    name, _, rest = piece.partition("[")
    items, columns = items_and_columns(rest[:-1])
    if items == {"#this row"} and columns:
        return ":".join(f"[@{column.upper()}]" for column in columns)
    return f"{name.upper()}[{','.join(sorted(items))}|{'|'.join(c.upper() for c in columns)}]"


def _is_number(piece: str) -> bool:
    try:
        float(piece)
    except ValueError:
        return False
    return True
