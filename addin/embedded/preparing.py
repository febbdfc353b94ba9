"""Making a workbook's formulas ready for the engine beforehand: what `prepared` reads."""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from addin.embedded.columns.runs import cells_read_in, parsed, stretches
from addin.embedded.engine_copy import SheetCopy, names_xml, value_cell
from addin.embedded.prepared_form import (
    FORMAT,
    LAST_ROWS,
    Array,
    Group,
    Plain,
    mark_of,
    names_of,
    plain_values,
    shape,
)
from addin.embedded.rewrite import Rewriter
from addin.embedded.subtotals import SUBTOTAL
from addin.engine import Formulas
from addin.package import Area, Package
from addin.package.addresses import LAST_ROW, a1, area
from addin.package.cell_texts import CellTexts
from addin.package.grow import Growth, stretch_name
from addin.package.package import DefinedName
from addin.package.tables import PackageTable

# The result is another one each time, whatever is typed.
_VOLATILE = re.compile(r"\b(?:TODAY|NOW|RAND\w*|CELL|INFO)\(", re.IGNORECASE)


def prepare(
    package: Package,
    formulas: Formulas,
    rewriter: Rewriter,
    may_be_array: Callable[[str], bool],
) -> bytes:
    """What `Prepared` reads, of a workbook none of whose tables has been grown."""
    ends = _Ends(list(package.tables.values()))
    names = [ends.of_name(name) for name in names_of(package)]
    rewriter.tables = {name.casefold(): ends.of_table(t) for name, t in package.tables.items()}
    rewriter.names = {key: ends.of_name(known) for key, known in rewriter.names.items()}
    numbers = itertools.count()
    blocks = _Blocks(package, rewriter)
    of_sheets = [
        _Preparing(package, name, rewriter, formulas, may_be_array, ends, blocks)
        for name in package.sheets
    ]
    sheets = [one.content(numbers) for one in of_sheets]
    content = {
        "blocks": blocks.found,
        **_order(sheets, blocks.found),
        "formulas": mark_of(formulas),
        "tables": [shape(table) for table in package.tables.values()],
        "names": [[name.name, name.sheet, name.text] for name in names],
        "names_xml": names_xml(names, rewriter),
        "sheets": sheets,
    }
    texts = {one.name: one.texts for one in of_sheets}
    as_built = {one.name: one.as_built() for one in of_sheets}
    lines = list(map(_json, (ends.numbers, _indexes(package), texts, as_built, content)))
    if SUBTOTAL in lines[-1]:
        raise ValueError("hidden rows cannot be prepared")
    return gzip.compress("\n".join((str(FORMAT), *lines)).encode(), 9, mtime=0)


def _json(content: Any) -> str:
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _indexes(package: Package) -> dict[str, Any]:
    """By a part's digest where its cells stand, as far as it has them in the usual form."""
    found = {}
    for name in package.sheets:
        tab = package.sheet(name)
        texts = CellTexts.read(package.part(tab.part))
        if texts is not None:
            found[tab.filed_formulas] = texts.index().content()
    return found


class _Ends:
    """Numbers for the last rows of tables, which may be any, and of what reaches down to them."""

    def __init__(self, tables: list[PackageTable]) -> None:
        self._tables = tables
        # By number: the tables, and the row down to which it reaches in any case.
        self.numbers: list[tuple[list[str], int]] = []

    def _number(self, tables: list[PackageTable], at_least: int = 0) -> int:
        end = ([table.name for table in tables], at_least)
        if end not in self.numbers:
            self.numbers.append(end)
        return LAST_ROWS + self.numbers.index(end)

    def last_row(self, table: PackageTable) -> int:
        """What stands for a table's last row."""
        return self._number([table])

    def of_table(self, table: PackageTable) -> PackageTable:
        """The table with any last row."""
        return replace(table, area=table.area._replace(bottom=self._number([table])))

    def of_name(self, name: DefinedName) -> DefinedName:
        """The name with any last row, where a range of it reaches down to a table's."""
        return name._replace(text=",".join(map(self._of_range, name.text.split(","))))

    def _of_range(self, text: str) -> str:
        reached = [
            table
            for table in self._tables
            if stretch_name(text, Growth(table, table.last_row, LAST_ROW)) != text
        ]
        if not reached:
            return text
        bottom = area(text.rpartition("!")[2].replace("$", "")).bottom
        beyond = bottom > min(table.last_row for table in reached)
        end = self._number(reached, bottom if beyond else 0)
        return stretch_name(text, Growth(reached[0], reached[0].last_row, end))


class _Blocks:
    """The ranges that formulas read, each once: a sheet and its four sides."""

    def __init__(self, package: Package, rewriter: Rewriter) -> None:
        self._sheets = package.sheets
        names = rewriter.names.items()
        self._targets = {name: known.target for (sheet, name), known in names if not sheet}
        self._numbers: dict[tuple[str, Area], int] = {}

    @property
    def found(self) -> list[list[Any]]:
        """All of them, by number."""
        return [[sheet, *block] for sheet, block in self._numbers]

    def read(self, text: str, sheet: str, first: int, last: int) -> list[int]:
        """The numbers of those that a formula names, in the rows from one to another."""
        found = cells_read_in((text,), sheet, (first, last), self._sheets, self._targets)
        numbers = self._numbers
        return [numbers.setdefault(one, len(numbers)) for one in dict.fromkeys(found)]


class _Preparing:
    """One sheet being made ready."""

    def __init__(
        self,
        package: Package,
        name: str,
        rewriter: Rewriter,
        formulas: Formulas,
        may_be_array: Callable[[str], bool],
        ends: _Ends,
        blocks: _Blocks,
    ) -> None:
        self.name = name
        self.texts: list[str] = []  # of the groups, as the file has them
        self._shown: list[list[Plain]] = []
        self._array_cells: list[tuple[int, int, str]] = []
        self._tab = package.sheet(name)
        self._tables = [table for table in package.tables.values() if table.sheet == name]
        self._rewriter = rewriter
        self._formulas = formulas
        self._may_be_array = may_be_array
        self._ends = ends
        self._blocks = blocks

    def content(self, numbers: Iterator[int]) -> dict[str, Any]:
        """What holds whatever is typed; arrays are numbered with the next of the numbers."""
        tab = self._tab
        copy = SheetCopy(tab, self._rewriter, self._may_be_array, numbers, (), {})
        groups = list(self._groups())
        arrays = sorted(copy.arrays.items())
        self._array_cells = [(row, column, x) for row, of in arrays for column, x in of.items()]
        if copy.kept:
            raise ValueError("cells that the engine cannot know are not prepared")
        return {
            "name": self.name,
            "part": tab.filed_formulas,
            "groups": [group[:-1] for group in groups],  # what they show stands elsewhere
            "arrays": list(self._arrays()),
            "array_cells": self._array_cells,
        }

    def as_built(self) -> dict[str, Any]:
        """What the groups show, and the cells that hold values, but for those of arrays: rows,
        columns, elements."""
        arrays = {(row, column) for row, column, _ in self._array_cells}
        inputs = [
            (row, column, f'<row r="{row}">{value_cell(a1(row, column), value)}</row>')
            for row, column, value in self._tab.inputs()
            if value is not None and (row, column) not in arrays
        ]
        listed = [list(one) for one in zip(*inputs, strict=True)] or [[], [], []]
        return {"shown": self._shown, "inputs": listed}

    def _groups(self) -> Iterator[Group]:
        tab, rewriter = self._tab, self._rewriter
        for stretch in stretches(tab, self._tables, 1):
            column, first, last = stretch.column, stretch.first, stretch.last
            text = rewriter.open_text(stretch.formula.text, tab.name, first, column)
            if text is None:  # more than the row changes in it
                for row in range(first, last + 1):
                    filed = tab.element_formulas[row, column].text
                    text = rewriter.rewrite(filed, tab.name, row, column)
                    yield self._group(column, (row, row), row, text, filed, is_run=False)
                continue
            if rewriter.why_not(stretch.formula.text, tab.name, first, column):
                raise ValueError("cells that the engine cannot know are not prepared")
            end = last
            for table in self._tables:
                inside = table.area.left <= column <= table.area.right
                if inside and table.first_row <= first and last == table.last_row:
                    end = self._ends.last_row(table)
            is_run = parsed(text, self._formulas) is not None
            yield self._group(column, (first, last), end, text, stretch.opened, is_run=is_run)

    def _group(
        self, column: int, rows: tuple[int, int], end: int, text: str, filed: str, *, is_run: bool
    ) -> Group:
        """The group of these rows, which ends at `end` whatever row that may be."""
        first, last = rows
        self.texts.append(filed)
        self._shown.append(plain_values(self._tab.column_values(column, first, last)))
        reads = self._blocks.read(text, self.name, first, end)
        return Group(column, first, end, text, self._may_be_array(text), is_run, reads, [])

    def _arrays(self) -> Iterator[Array]:
        tab = self._tab
        for (row, column), formula in tab.array_formulas.items():
            block = formula.array
            assert block is not None
            fixed = None if formula.dynamic else block
            text = self._rewriter.rewrite(
                formula.text, tab.name, row, column, array=True, shape=fixed
            )
            reads = self._blocks.read(text, tab.name, block.top, block.bottom)
            yield Array(row, column, formula.text, list(block), formula.dynamic, text, reads)


def _nodes(sheets: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Area, str, list[int]]]:
    """Each group and array of formulas: sheet, cells, text, what it reads; by its place it is
    known."""
    for sheet in sheets:
        for one in (Group(*(*group, [])) for group in sheet["groups"]):
            block = Area(one.first, one.column, one.last, one.column)
            yield sheet["name"], block, one.text, one.reads
        for array in sheet["arrays"]:
            yield sheet["name"], Area(*array.block), array.text, array.reads


def _order(sheets: list[dict[str, Any]], blocks: list[list[Any]]) -> dict[str, Any]:
    """For each group and array those that read its cells, and those that are never settled."""
    nodes = list(_nodes(sheets))
    by_sheet: dict[str, list[tuple[int, Area]]] = defaultdict(list)
    for number, (sheet, block, *_) in enumerate(nodes):
        by_sheet[sheet].append((number, block))
    in_block = [
        {other for other, block in by_sheet[sheet] if block.meets(Area(*sides))}
        for sheet, *sides in blocks
    ]
    read_by: list[list[int]] = [[] for _ in nodes]
    for number, (*_, reads) in enumerate(nodes):
        met = set().union(*(in_block[one] for one in reads)) - {number}
        for other in sorted(met):
            read_by[other].append(number)
    volatile = [number for number, (*_, text, _) in enumerate(nodes) if _VOLATILE.search(text)]
    return {"read_by": read_by, "volatile": volatile}
