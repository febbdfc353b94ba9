"""A workbook's formulas made ready for the engine beforehand, for every workbook that has them.

Of a template's workbooks each has the same formulas, however many rows its tables have and whatever
is typed in. What the engine gets for them is worked out once, when the template is built; a
workbook that has other formulas, tables or names is made ready as any other.

Of the template as it was built more is known: where its cells stand, and what its formulas show. Of
what depends on nothing that was typed in, the results are in the file already.
"""

from __future__ import annotations

import gzip
import itertools
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, NamedTuple

from addin.embedded.columns.runs import (
    LEAST,
    WORTH_IT,
    Block,
    Run,
    columns_left,
    parsed,
    readers_of_columns,
    with_readers,
)
from addin.embedded.engine_copy import EngineCopy, Place, Stretch, grown_inputs, value_cell
from addin.embedded.engine_names import engine_name
from addin.embedded.parts import ROW
from addin.embedded.prepared_form import (
    FORMAT,
    LAST_ROWS,
    Array,
    Group,
    mark_of,
    names_of,
    shape,
)
from addin.embedded.settled import changed_inputs, read_by_none, settled
from addin.embedded.unread import unread_columns
from addin.engine import Formulas
from addin.package import Area, Package
from addin.package.addresses import a1, column_letters
from addin.package.cell_index import CellIndex
from addin.package.markup import escaped
from addin.package.parts import minimal_workbook
from addin.package.sheet import Sheet
from addin.package.values import Value

# What stands for a last row, of which there are fewer than a hundred.
_END = re.compile(rb"%d\d\d" % (LAST_ROWS // 100))


class Prepared:
    """What `preparing.prepare` made, for the workbooks that it fits."""

    def __init__(self, data: bytes) -> None:
        form, *lines = gzip.decompress(data).split(b"\n")
        # One of another form, as a checkout may have until it is built anew, fits nothing.
        lines = lines if form == str(FORMAT).encode() else [b""] * 5
        # Each is read where it is needed only.
        self._ends, self._indexes, self._texts, self._as_built, self._content = lines

    @cached_property
    def indexes(self) -> dict[str, CellIndex]:
        """Where the cells of the template as built stand, by a part's digest."""
        indexes = json.loads(self._indexes or b"{}")
        return {part: CellIndex.of(one) for part, one in indexes.items()}

    def copy(
        self,
        package: Package,
        formulas: Formulas,
        from_rows: int | None,
        *,
        whole: bool = True,
    ) -> tuple[EngineCopy, list[Run]] | None:
        """The workbook for the engine and the runs computed elsewhere; None where it fits not.

        Where it need not be `whole`, results that the file has and that nothing reads are left out.
        """
        content = self._for(package)
        if content is None or not self._fits(content, package, formulas):
            return None
        changed = changed_inputs(content, package)
        as_typed = any(cells is not None for cells in changed.values())
        as_built = json.loads(self._as_built) if as_typed else {}
        in_file = settled(content, changed)
        left_out = set[int]() if whole else read_by_none(content, in_file)
        parted = _parted(content, in_file, left_out, as_built)
        groups = {name: one.to_compute for name, one in parted.items()}
        blocks: list[Block] = [(sheet, Area(*sides)) for sheet, *sides in content["blocks"]]
        runs = _runs(groups, package, formulas, from_rows, blocks)
        for tab in map(package.sheet, package.sheets):
            # Rows that are no elements cannot be given to the engine.
            if columns_left(tab, runs):
                tab.make_elements()
        done = {(run.sheet, run.column, run.first) for run in runs}
        unread = unread_columns(package)
        inputs = {
            name: _inputs(as_built[name], cells)
            for name, cells in changed.items()
            if cells is not None
        }
        copies = [
            _OneSheet(
                package.sheet(name),
                [one for one in groups[name] if (name, one.column, one.first) not in done],
                parted[name],
                sheet,
                inputs.get(name),
                unread.get(name, ()),
            )
            for name, sheet in zip(package.sheets, content["sheets"], strict=True)
        ]
        workbook = minimal_workbook(
            [engine_name(name) for name in package.sheets],
            [one.rows() for one in copies],
            content["names_xml"],
        )
        texts, reads = _texts(copies, blocks) if runs else ({}, {})
        candidates = [place for one in copies for place in one.candidates()]
        copy = EngineCopy(
            workbook,
            candidates,
            {},
            {},
            texts,
            reads,
            partial=bool(in_file),
            lacking=bool(left_out),
            filed={name: _stretches(groups[name]) for name in inputs},
            in_place=_in_place(parted),
        )
        return copy, runs

    def _for(self, package: Package) -> dict[str, Any] | None:
        """What was prepared, for tables as long as those of the workbook."""
        if not self._content:
            return None
        lasts, tables = {}, package.tables
        for number, (names, at_least) in enumerate(json.loads(self._ends)):
            if not tables.keys() >= set(names):
                return None
            last = max(at_least, *(tables[name].last_row for name in names))
            lasts[b"%d" % (LAST_ROWS + number)] = b"%d" % last
        text = _END.sub(lambda end: lasts.get(end[0], end[0]), self._content)
        content: dict[str, Any] = json.loads(text)
        return content

    def _fits(self, content: Mapping[str, Any], package: Package, formulas: Formulas) -> bool:
        """Whether a workbook has the very formulas, tables and names that were prepared."""
        names = [[name.name, name.sheet, name.text] for name in names_of(package)]
        return (
            content["formulas"] == mark_of(formulas)
            and content["tables"] == [shape(table) for table in package.tables.values()]
            and content["names"] == names
            and [sheet["name"] for sheet in content["sheets"]] == package.sheets
            and all(
                self._has_formulas(package.sheet(one["name"]), one) for one in content["sheets"]
            )
        )

    @cached_property
    def _filed(self) -> dict[str, list[str]]:
        """By sheet the formulas of the groups as the file has them."""
        found: dict[str, list[str]] = json.loads(self._texts)
        return found

    def _has_formulas(self, tab: Sheet, content: Mapping[str, Any]) -> bool:
        if content["part"] and content["part"] == tab.filed_formulas:
            return True
        return _has_formulas(tab, content, self._filed[tab.name])


class _Parted(NamedTuple):
    """A sheet's formulas, by where their results come from."""

    to_compute: list[Group]
    known: list[Group]  # the file has them
    known_arrays: list[Array]
    left_out: list[Array]  # known, and the engine need not


def _stretches(groups: Iterable[Group]) -> list[Stretch]:
    """What the file has of formulas that are computed."""
    return [Stretch(one.column, one.first, one.values) for one in groups]


def _in_place(parted: Mapping[str, _Parted]) -> frozenset[Place]:
    """The arrays whose results are in the file."""
    return frozenset(
        (name, array.row, array.column)
        for name, one in parted.items()
        for array in (*one.known_arrays, *one.left_out)
    )


def _parted(
    content: Mapping[str, Any],
    settled: Collection[int],
    left_out: Collection[int],
    as_built: Mapping[str, Any],
) -> dict[str, _Parted]:
    found: dict[str, _Parted] = {}
    number = 0
    for sheet in content["sheets"]:
        parted = found[sheet["name"]] = _Parted([], [], [], [])
        shown = as_built[sheet["name"]]["shown"] if as_built else itertools.repeat([])
        for group, values in zip(sheet["groups"], shown, strict=bool(as_built)):
            if number not in left_out:
                known = parted.known if number in settled else parted.to_compute
                known.append(Group(*(*group, values)))
            number += 1
        for array in itertools.starmap(Array, sheet["arrays"]):
            if number in settled:
                (parted.left_out if number in left_out else parted.known_arrays).append(array)
            number += 1
    return found


def _has_formulas(tab: Sheet, content: Mapping[str, Any], texts: list[str]) -> bool:
    formulas, grown = tab.element_formulas, tab.grown
    count = len(content["arrays"])
    for (column, first, last, *_), as_filed in zip(content["groups"], texts, strict=True):
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
    groups: Mapping[str, Collection[Group]],
    package: Package,
    formulas: Formulas,
    from_rows: int | None,
    blocks: list[Block],
) -> list[Run]:
    least = LEAST if from_rows is None else from_rows
    if not least:
        return []
    long: list[tuple[str, Group]] = []
    short: list[tuple[str, Group]] = []
    for sheet, of_sheet in groups.items():
        for one in of_sheet:
            if one.is_run:
                (long if one.last - one.first + 1 >= least else short).append((sheet, one))
    if from_rows is None and sum(one.last - one.first + 1 for _, one in long) < WORTH_IT:
        return []

    def run(sheet: str, one: Group) -> Run:
        node, reads = parsed(one.text, formulas), [blocks[at] for at in one.reads]
        return Run(sheet, one.column, one.first, one.last, one.text, node, reads=reads)

    runs = list(itertools.starmap(run, long))
    read = ((one, [blocks[at] for at in one[1].reads]) for one in short)
    readers = list(itertools.starmap(run, readers_of_columns(runs, read)))
    return with_readers(runs, readers, package)


def _texts(
    copies: Collection[_OneSheet], blocks: list[Block]
) -> tuple[dict[str, dict[str, Area]], dict[tuple[str, str], list[Block]]]:
    """By sheet the formulas that the engine has, each with the range around its cells; and by sheet
    and formula what it reads."""
    texts: dict[str, dict[str, Area]] = {}
    reads: dict[tuple[str, str], list[Block]] = {}
    for one in copies:
        of_sheet = texts[one.name] = {}
        for text, area, read in one.formulas():
            known = of_sheet.get(text)
            of_sheet[text] = area if known is None else known.around(area)
            reads.setdefault((one.name, text), []).extend([blocks[at] for at in read])
    return texts, reads


class _OneSheet:
    """One sheet's cells for the engine."""

    def __init__(
        self,
        tab: Sheet,
        groups: list[Group],
        parted: _Parted,
        content: Mapping[str, Any],
        inputs: Mapping[tuple[int, int], str] | None,
        unread: Collection[int] = (),
    ) -> None:
        self._unread = unread
        self.name = tab.name
        self._tab = tab
        self._groups = groups
        self._known = parted.known
        self._known_arrays = [Area(*array.block) for array in parted.known_arrays]
        self._left_out = [Area(*array.block) for array in parted.left_out]
        self._content = content
        self._inputs = inputs

    def candidates(self) -> list[Place]:
        """The plain formulas whose results may be arrays."""
        return [
            (self.name, row, one.column)
            for one in self._groups
            if one.may_be_array
            for row in range(one.first, one.last + 1)
        ]

    def formulas(self) -> Iterator[tuple[str, Area, list[int]]]:
        """Each formula with the range of its cells, and what it reads."""
        for one in self._groups:
            yield one.text, Area(one.first, one.column, one.last, one.column), one.reads
        for array in itertools.starmap(Array, self._content["arrays"]):
            yield array.text, Area(*array.block), array.reads

    def rows(self) -> str:
        """The row elements; the engine takes them, and cells within them, in any order."""
        pieces = []
        for one in self._groups:
            body = f"<f>{escaped(one.text)}</f></c></row>"
            cell = f'<row r="{ROW}"><c r="{column_letters(one.column)}{ROW}">{body}'
            pieces += [cell.replace(ROW, str(row)) for row in range(one.first, one.last + 1)]
        for one in self._known:
            letters = column_letters(one.column)
            for row, value in enumerate(one.values, one.first):
                pieces.append(f'<row r="{row}">{_shown(f"{letters}{row}", value)}</row>')
        pieces += self._array_cells()
        pieces += self._constants()
        return "".join(pieces)

    def _array_cells(self) -> Iterator[str]:
        """The cells that arrays fill."""
        for row, column, cell in self._content["array_cells"]:
            if any(block.holds(row, column) for block in self._left_out):
                continue
            if any(block.holds(row, column) for block in self._known_arrays):
                cell = _shown(a1(row, column), self._tab.value(row, column))
            if cell:
                yield f'<row r="{row}">{cell}</row>'

    def _constants(self) -> Iterator[str]:
        """The cells without a formula, those that arrays fill left out."""
        tab = self._tab
        if self._inputs is None:
            inputs: Iterable[tuple[int, int, Value]] = tab.inputs()
        else:  # all others are as they were
            yield from self._inputs.values()
            changed = tab.changed_inputs() or ()
            inputs = ((*place, tab.value(*place)) for place in changed)
        arrays = {(row, column) for row, column, _ in self._content["array_cells"]}
        for row, column, value in inputs:
            if value is not None and (row, column) not in arrays:
                yield f'<row r="{row}">{value_cell(a1(row, column), value)}</row>'
        yield from grown_inputs(tab, self._unread)


def _shown(address: str, value: Value) -> str:
    """A formula's cell with nothing but its result."""
    # The engine takes an empty text in the file for a blank cell.
    return f'<c r="{address}"><f>""</f></c>' if value == "" else value_cell(address, value)


def _inputs(
    as_built: Mapping[str, Any], changed: Collection[tuple[int, int]]
) -> dict[tuple[int, int], str]:
    """A sheet's inputs as elements, but for those that are others by now."""
    rows, columns, elements = as_built["inputs"]
    found = dict(zip(zip(rows, columns, strict=True), elements, strict=True))
    for place in changed:
        found.pop(place, None)
    return found
