"""A workbook's formulas made ready for the engine beforehand, for every workbook that has them.

Of a template's workbooks each has the same formulas, however many rows its tables have and whatever
is typed in. What the engine gets for them is worked out once, when the template is built; a
workbook that has other formulas, tables or names is made ready as any other.
"""

from __future__ import annotations

import gzip
import hashlib
import itertools
import json
import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from addin.embedded.columns.runs import (
    LEAST,
    WORTH_IT,
    Block,
    Run,
    cells_read_in,
    computes_all,
    in_order,
    parsed,
    stretches,
)
from addin.embedded.engine_copy import (
    EngineCopy,
    Place,
    SheetCopy,
    grown_inputs,
    names_xml,
    value_cell,
)
from addin.embedded.engine_names import engine_name
from addin.embedded.parts import ROW
from addin.embedded.rewrite import Rewriter
from addin.embedded.subtotals import SUBTOTAL
from addin.embedded.unread import unread_columns
from addin.engine import Formulas
from addin.package import Area, Package
from addin.package.addresses import LAST_ROW, area, column_letters
from addin.package.grow import Growth, stretch_name
from addin.package.markup import escaped
from addin.package.package import DefinedName
from addin.package.parts import minimal_workbook
from addin.package.sheet import Sheet
from addin.package.tables import PackageTable

# Numbers of rows from here on stand for the last row of a table; nobody's formulas name them.
_LAST_ROWS = 1_040_000
_FORMAT = 4


class _Group(NamedTuple):
    """Cells below each other with one formula, as the file has it and as the engine gets it."""

    column: int
    first: int
    last: int
    as_filed: str
    text: str
    may_be_array: bool
    is_run: bool
    reads: list[list[Any]]  # sheet and range


class _Array(NamedTuple):
    """An array formula."""

    row: int
    column: int
    as_filed: str
    block: list[int]
    dynamic: bool
    text: str
    reads: list[list[Any]]


def prepare(
    package: Package,
    formulas: Formulas,
    rewriter: Rewriter,
    may_be_array: Callable[[str], bool],
) -> bytes:
    """What `Prepared` reads, of a workbook none of whose tables has been grown."""
    ends = _Ends(list(package.tables.values()))
    names = [ends.of_name(name) for name in _names(package)]
    rewriter.tables = {name.casefold(): ends.of_table(t) for name, t in package.tables.items()}
    rewriter.names = {key: ends.of_name(known) for key, known in rewriter.names.items()}
    numbers = itertools.count()
    sheets = []
    for name in package.sheets:
        copy = SheetCopy(package.sheet(name), rewriter, may_be_array, numbers, (), {})
        groups = _groups(package, copy, rewriter, formulas, may_be_array, ends)
        cells = [[row, c, x] for row, of in sorted(copy.arrays.items()) for c, x in of.items()]
        sheets.append(
            {
                "name": name,
                "part": package.sheet(name).filed_formulas,
                "groups": groups,
                "arrays": _arrays(package, package.sheet(name), rewriter),
                "array_cells": cells,
            }
        )
        if copy.kept:
            raise ValueError("cells that the engine cannot know are not prepared")
    content = {
        "format": _FORMAT,
        **_order(sheets),
        "formulas": _of_formulas(formulas),
        "tables": [_shape(table) for table in package.tables.values()],
        "names": [[name.name, name.sheet, name.text] for name in names],
        "names_xml": names_xml(names, rewriter),
        "sheets": sheets,
    }
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"))
    if SUBTOTAL in text:
        raise ValueError("hidden rows cannot be prepared")
    first = json.dumps(ends.numbers)  # in a line of its own, to be read before the rest
    return gzip.compress(f"{first}\n{text}".encode(), 9, mtime=0)


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
        return _LAST_ROWS + self.numbers.index(end)

    def last_row(self, table: PackageTable) -> int:
        """What stands for a table's last row."""
        return self._number([table])

    def of_table(self, table: PackageTable) -> PackageTable:
        """The table with any last row."""
        return replace(table, area=table.area._replace(bottom=self._number([table])))

    def of_name(self, name: DefinedName) -> DefinedName:
        """The name with any last row, where a range of it reaches down to a table's."""
        return replace(name, text=",".join(map(self._of_range, name.text.split(","))))

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


def _names(package: Package) -> list[DefinedName]:
    """The names but for the spreadsheet program's own, such as what is printed."""
    return [name for name in package.all_names if not name.name.startswith("_xl")]


def _shape(table: PackageTable) -> list[Any]:
    area = table.area
    return [table.name, table.sheet, area.top, area.left, list(table.columns),
            table.header_rows, table.totals_rows]  # fmt: skip


def _of_formulas(formulas: Formulas) -> str:
    told = [f"{name}:{getattr(one, 'result', '')}" for name, one in sorted(formulas.items())]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def _groups(
    package: Package,
    copy: SheetCopy,
    rewriter: Rewriter,
    formulas: Formulas,
    may_be_array: Callable[[str], bool],
    ends: _Ends,
) -> list[_Group]:
    tab = package.sheet(copy.name)
    tables = [table for table in package.tables.values() if table.sheet == tab.name]
    reads = _reader(package, rewriter)
    groups = []
    for stretch in stretches(tab, tables, 1):
        column, first, last = stretch.column, stretch.first, stretch.last
        text = rewriter.open_text(stretch.formula.text, tab.name, first, column)
        if text is None:  # more than the row changes in it
            for row in range(first, last + 1):
                filed = tab.element_formulas[row, column].text
                text = rewriter.rewrite(filed, tab.name, row, column)
                read = reads(text, tab.name, row, row)
                one = _Group(column, row, row, filed, text, may_be_array(text), False, read)
                groups.append(one)
            continue
        for table in tables:
            inside = table.area.left <= column <= table.area.right
            if inside and table.first_row <= first and last == table.last_row:
                last = ends.last_row(table)
        if rewriter.why_not(stretch.formula.text, tab.name, first, column):
            raise ValueError("cells that the engine cannot know are not prepared")
        is_run = parsed(text, formulas) is not None
        read, may_be = reads(text, tab.name, first, last), may_be_array(text)
        groups.append(_Group(column, first, last, stretch.opened, text, may_be, is_run, read))
    return groups


def _reader(
    package: Package, rewriter: Rewriter
) -> Callable[[str, str, int, int], list[list[Any]]]:
    """What tells the cells that a formula names, in the rows from one to another."""
    targets = {name: known.target for (sheet, name), known in rewriter.names.items() if not sheet}

    def reads(text: str, sheet: str, first: int, last: int) -> list[list[Any]]:
        found = cells_read_in(text, sheet, (first, last), package.sheets, targets)
        return [[on, *block] for on, block in dict.fromkeys(found)]

    return reads


# The result is another one each time, whatever is typed.
_VOLATILE = re.compile(r"\b(?:TODAY|NOW|RAND\w*|CELL|INFO)\(", re.IGNORECASE)


def _nodes(sheets: Iterable[Mapping[str, Any]]) -> Iterator[tuple[str, Area, str, list[list[Any]]]]:
    """Each group and array of formulas: sheet, cells, text, what it reads; by its place it is
    known."""
    for sheet in sheets:
        for one in itertools.starmap(_Group, sheet["groups"]):
            block = Area(one.first, one.column, one.last, one.column)
            yield sheet["name"], block, one.text, one.reads
        for array in itertools.starmap(_Array, sheet["arrays"]):
            yield sheet["name"], Area(*array.block), array.text, array.reads


def _order(sheets: list[dict[str, Any]]) -> dict[str, Any]:
    """For each group and array those that read its cells, and those that are never settled."""
    nodes = list(_nodes(sheets))
    by_sheet: dict[str, list[tuple[int, Area]]] = defaultdict(list)
    for number, (sheet, block, *_) in enumerate(nodes):
        by_sheet[sheet].append((number, block))
    read_by: list[list[int]] = [[] for _ in nodes]
    for number, (*_, reads) in enumerate(nodes):
        met = {
            other
            for sheet, *area in reads
            for other, block in by_sheet[sheet]
            if block.meets(Area(*area))
        }
        for other in sorted(met - {number}):
            read_by[other].append(number)
    volatile = [number for number, (*_, text, _) in enumerate(nodes) if _VOLATILE.search(text)]
    return {"read_by": read_by, "volatile": volatile}


def _around(cells: Collection[tuple[int, int]]) -> Area:
    rows, columns = zip(*cells, strict=True)
    return Area(min(rows), min(columns), max(rows), max(columns))


def _settled(content: Mapping[str, Any], package: Package) -> set[int]:
    """The groups whose results the file has already: nothing that they depend on was changed.

    That can be told of the template as it was built, into whose cells something is typed.
    """
    changed: dict[str, set[tuple[int, int]] | None] = {}  # None: anything may be another one
    for sheet in content["sheets"]:
        tab = package.sheet(sheet["name"])
        cells = tab.changed_inputs() if tab.filed_formulas == sheet["part"] else None
        if cells is None or cells:
            changed[tab.name] = cells
    if len(changed) == len(content["sheets"]) and not any(changed.values()):
        return set()

    around = {sheet: _around(cells) for sheet, cells in changed.items() if cells}

    @cache
    def is_changed(sheet: str, *block: int) -> bool:
        cells, area = changed.get(sheet, set()), Area(*block)
        if not cells:
            return cells is None
        if area.rows == area.columns == 1:
            return area[:2] in cells
        return area.meets(around[sheet]) and any(area.holds(*at) for at in cells)

    nodes = [
        (sheet["name"], reads)
        for sheet in content["sheets"]
        for *_, reads in (*sheet["groups"], *sheet["arrays"])
    ]
    stirred = set(content["volatile"])
    for number, (name, reads) in enumerate(nodes):
        anything = name in changed and changed[name] is None
        if anything or any(is_changed(*block) for block in reads):
            stirred.add(number)
    left = list(stirred)
    while left:
        for reader in content["read_by"][left.pop()]:
            if reader not in stirred:
                stirred.add(reader)
                left.append(reader)
    return set(range(len(nodes))) - stirred


def _arrays(package: Package, tab: Sheet, rewriter: Rewriter) -> list[_Array]:
    reads = _reader(package, rewriter)
    found = []
    for (row, column), formula in tab.element_formulas.items():
        block = formula.array
        if block is not None:
            shape = None if formula.dynamic else block
            text = rewriter.rewrite(formula.text, tab.name, row, column, array=True, shape=shape)
            read = reads(text, tab.name, block.top, block.bottom)
            found.append(
                _Array(row, column, formula.text, list(block), formula.dynamic, text, read)
            )
    return found


class Prepared:
    """What `prepare` made, for the workbooks that it fits."""

    def __init__(self, data: bytes) -> None:
        self._text = gzip.decompress(data).decode()
        self._ends: list[tuple[list[str], int]] = json.loads(self._text.partition("\n")[0])

    def copy(
        self, package: Package, formulas: Formulas, from_rows: int | None
    ) -> tuple[EngineCopy, list[Run]] | None:
        """The workbook for the engine and the runs computed elsewhere; None where it fits not."""
        text = self._text
        tables = package.tables
        for number, (names, at_least) in enumerate(self._ends):
            if not tables.keys() >= set(names):
                return None
            last = max(at_least, *(tables[name].last_row for name in names))
            text = text.replace(str(_LAST_ROWS + number), str(last))
        content = json.loads(text.partition("\n")[2])
        if not _fits(content, package, formulas):
            return None
        sheets = {sheet["name"]: sheet for sheet in content["sheets"]}
        groups, known = _apart(content, _settled(content, package))
        runs = _runs(groups, package, formulas, from_rows)
        for tab in map(package.sheet, package.sheets):
            # Rows that are no elements cannot be given to the engine.
            if tab.grown is not None and not computes_all(tab, runs):
                tab.make_elements()
        done = {(run.sheet, run.column, run.first) for run in runs}
        unread = unread_columns(package)
        copies = [
            _OneSheet(
                package.sheet(name),
                [one for one in groups[name] if (name, one.column, one.first) not in done],
                known[name],
                [_Array(*one) for one in sheets[name]["arrays"]],
                sheets[name]["array_cells"],
                unread.get(name, ()),
            )
            for name in package.sheets
        ]
        workbook = minimal_workbook(
            [engine_name(name) for name in package.sheets],
            [one.rows() for one in copies],
            content["names_xml"],
        )
        candidates = [place for one in copies for place in one.candidates]
        texts = {one.name: one.texts for one in copies}
        reads = {key: blocks for one in copies for key, blocks in one.reads.items()}
        partial = any(known.values())
        return EngineCopy(workbook, candidates, {}, {}, texts, reads, partial), runs


def _apart(
    content: Mapping[str, Any], settled: Collection[int]
) -> tuple[dict[str, list[_Group]], dict[str, list[_Group]]]:
    """Each sheet's groups: those to compute, and those whose results are known."""
    to_compute: dict[str, list[_Group]] = {}
    known: dict[str, list[_Group]] = {}
    number = 0
    for sheet in content["sheets"]:
        lists: tuple[list[_Group], list[_Group]] = [], []
        to_compute[sheet["name"]], known[sheet["name"]] = lists
        for group in itertools.starmap(_Group, sheet["groups"]):
            lists[number in settled].append(group)
            number += 1
        number += len(sheet["arrays"])
    return to_compute, known


def _fits(content: Mapping[str, Any], package: Package, formulas: Formulas) -> bool:
    """Whether a workbook has the very formulas, tables and names that were prepared."""
    names = [[name.name, name.sheet, name.text] for name in _names(package)]
    return (
        content["format"] == _FORMAT
        and content["formulas"] == _of_formulas(formulas)
        and content["tables"] == [_shape(table) for table in package.tables.values()]
        and content["names"] == names
        and [sheet["name"] for sheet in content["sheets"]] == package.sheets
        and all(_has_formulas(package.sheet(one["name"]), one) for one in content["sheets"])
    )


def _has_formulas(tab: Sheet, content: Mapping[str, Any]) -> bool:
    if content["part"] and content["part"] == tab.filed_formulas:
        return True
    formulas, grown = tab.element_formulas, tab.grown
    count = len(content["arrays"])
    for column, first, last, as_filed, *_ in content["groups"]:
        if grown is not None and grown.holds(last):
            added = grown.columns.get(column)
            if added is None or added.formula is None or grown.last != last:
                return False
            last = grown.first - 1
            if added.formula.text != as_filed.replace(ROW, str(grown.model_row)):
                return False
        count += last - first + 1
        for row in range(first, last + 1):
            there = formulas.get((row, column))
            filed = as_filed.replace(ROW, str(row))
            if there is None or there.text != filed or there.array is not None:
                return False
    for row, column, as_filed, block, dynamic, *_ in content["arrays"]:
        there = formulas.get((row, column))
        if there is None or there.text != as_filed or there.dynamic != dynamic:
            return False
        if there.array != Area(*block):
            return False
    return count == len(formulas)


def _runs(
    groups: Mapping[str, Collection[_Group]],
    package: Package,
    formulas: Formulas,
    from_rows: int | None,
) -> list[Run]:
    least = LEAST if from_rows is None else from_rows
    if not least:
        return []
    long = [
        (sheet, one)
        for sheet, of_sheet in groups.items()
        for one in of_sheet
        if one.is_run and one.last - one.first + 1 >= least
    ]
    if from_rows is None and sum(one.last - one.first + 1 for _, one in long) < WORTH_IT:
        return []
    return in_order(
        [
            Run(
                sheet,
                one.column,
                one.first,
                one.last,
                one.text,
                parsed(one.text, formulas),
                reads=_blocks(one.reads),
            )
            for sheet, one in long
        ],
        package,
    )


def _blocks(reads: list[list[Any]]) -> list[Block]:
    return [(sheet, Area(*area)) for sheet, *area in reads]


class _OneSheet:
    """One sheet's cells for the engine."""

    def __init__(
        self,
        tab: Sheet,
        groups: list[_Group],
        known: list[_Group],
        arrays: list[_Array],
        array_cells: list[tuple[int, int, str]],
        unread: Collection[int] = (),
    ) -> None:
        self._unread = unread
        self.name = tab.name
        self.candidates: list[Place] = []
        self.texts: dict[str, Area] = {}
        self.reads: dict[tuple[str, str], list[Block]] = {}
        self._tab = tab
        self._groups = groups
        self._known = known
        self._array_cells = array_cells
        for one in groups:
            area = Area(one.first, one.column, one.last, one.column)
            self._stands(one.text, area, one.reads)
            if one.may_be_array:
                rows = range(one.first, one.last + 1)
                self.candidates += [(tab.name, row, one.column) for row in rows]
        for array in arrays:
            self._stands(array.text, Area(*array.block), array.reads)

    def _stands(self, text: str, area: Area, reads: list[list[Any]]) -> None:
        known = self.texts.get(text)
        self.texts[text] = area if known is None else known.around(area)
        self.reads.setdefault((self.name, text), []).extend(_blocks(reads))

    def rows(self) -> str:
        """The row elements; the engine takes them, and cells within them, in any order."""
        pieces = []
        for one in self._groups:
            letters = column_letters(one.column)
            body = f"<f>{escaped(one.text)}</f></c></row>"
            for row in range(one.first, one.last + 1):
                cell = f'<row r="{row}"><c r="{letters}{row}">'
                pieces.append(cell + (body.replace(ROW, str(row)) if ROW in body else body))
        for one in self._known:
            letters = column_letters(one.column)
            for row in range(one.first, one.last + 1):
                value = self._tab.value(row, one.column)
                # The engine takes an empty text in the file for a blank cell.
                cell = value_cell(f"{letters}{row}", value)
                if value == "":
                    cell = f'<c r="{letters}{row}"><f>""</f></c>'
                pieces.append(f'<row r="{row}">{cell}</row>')
        taken = set()
        for row, column, cell in self._array_cells:
            taken.add((row, column))
            if cell:
                pieces.append(f'<row r="{row}">{cell}</row>')
        pieces += self._constants(taken)
        return "".join(pieces)

    def _constants(self, taken: set[tuple[int, int]]) -> Iterator[str]:
        tab = self._tab
        for row, column, value in tab.inputs():
            if value is not None and (row, column) not in taken:
                yield f'<row r="{row}">{value_cell(f"{column_letters(column)}{row}", value)}</row>'
        yield from grown_inputs(tab, self._unread)
