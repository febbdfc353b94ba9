"""A workbook file, opened for reading and for a few lossless changes."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import NamedTuple

from addin.package import saving
from addin.package.addresses import Area, a1, area, cell
from addin.package.archive import Archive
from addin.package.bounded_read import read_named
from addin.package.cell_formula import CellFormula
from addin.package.cell_index import CellIndex
from addin.package.errors import PackageError
from addin.package.formula_text import without_web_prefix
from addin.package.freeze import freeze_sheet, freeze_table, mentions
from addin.package.gc_paused import gc_paused
from addin.package.grow import (
    grow_rows,
    plan_growth,
    stretch_name,
    stretch_sheet,
    stretch_table,
)
from addin.package.grown import GrownRows
from addin.package.limits import Limits, to_read_it
from addin.package.limits import limits as limits_that_hold
from addin.package.long_rows import split_rows
from addin.package.markup import MAIN, OFFICE_RELATIONS_NS
from addin.package.parts import PLAIN_TYPE
from addin.package.relations import content_type, declare, drop_part, relations
from addin.package.sheet import Sheet, rich_text
from addin.package.streamed import streamed_rows
from addin.package.tables import PackageTable, read_table
from addin.package.values import LONGEST_TEXT, Value, as_input
from addin.package.xml import Element, parse, serialise

# Formulas that a table has grown by, from which on its sheet is packed quickly rather than well.
LONG_TABLE = 30_000
# A sheet's part longer than that is not unpacked as a whole, where it can be helped.
_IN_PIECES = 16 * 2**20
# The cell in which a workbook says how many earlier versions of it stay.
BACKUPS = "Backups"
# A sheet (not several, nor one of another workbook) and cells on it (not a list of them).
_ONE_RANGE = re.compile(
    r"(?:'(?P<quoted>(?:[^':\[]|'')+)'|(?P<plain>[^'!,:()\[\]{}\s\"#]+))!(?P<address>[$A-Za-z0-9:]+)"
)


class DefinedName(NamedTuple):
    """A name of the workbook and what it stands for."""

    name: str
    text: str
    sheet: str | None = None  # the sheet it belongs to, if not to the whole workbook

    @property
    def target(self) -> tuple[str, Area] | None:
        """Sheet and cells, where the name stands for one fixed range."""
        return _one_range(self.text)


@lru_cache(maxsize=4_096)  # a workbook has some hundred names, and is asked for them all
def _one_range(text: str) -> tuple[str, Area] | None:
    found = _ONE_RANGE.fullmatch(text.strip())
    if found is None:
        return None
    prefix = (found["quoted"] or "").replace("''", "'") or found["plain"]
    try:
        return prefix, area(found["address"])
    except PackageError:
        return None


class Package:
    """An .xlsx or .xlsm file. Parts that are not changed are written back byte for byte.

    Open one with `Package.open`; sheets are named as on their tabs, cells as in ``C12``.
    """

    def __init__(
        self,
        data: bytes,
        limits: Limits | None = None,
        *,
        as_built: bool = False,
        indexes: Mapping[str, CellIndex] | None = None,
    ) -> None:
        self._as_built = as_built
        self._indexes = indexes
        self._archive = Archive(data, limits)
        self._workbook_part = self._find_workbook_part()
        self._workbook = parse(self._archive.read(self._workbook_part), self._workbook_part)
        self._workbook_changed = False
        self._links = {link.id: link for link in relations(self._archive, self._workbook_part)}
        self._sheet_parts = self._find_sheets()
        self._sheets: dict[str, Sheet] = {}
        self._strings: list[str] | None = None
        self._tables: dict[str, PackageTable] | None = None
        self._names: list[DefinedName] | None = None

    @classmethod
    def open(
        cls,
        source: str | Path | bytes,
        limits: Limits | None = None,
        *,
        as_built: bool = False,
        indexes: Mapping[str, CellIndex] | None = None,
    ) -> Package:
        """Open a workbook file, or the bytes of one.

        Bytes that are a workbook `as_built`, by this very program, need not be looked through; nor
        need the cells of a part be looked for of which there is an index, by the part's digest.
        """
        if isinstance(source, bytes):
            return cls(source, limits, as_built=as_built, indexes=indexes)
        path = Path(source)
        limits = limits or limits_that_hold()
        data = read_named(path, limits.file_bytes, PackageError, "a workbook file")
        try:
            return cls(data, limits)
        except PackageError as error:
            raise PackageError(f"{path}: {error}") from error

    # What is in it

    @property
    def sheets(self) -> list[str]:
        """The names of the worksheets, in tab order."""
        return list(self._sheet_parts)

    @property
    def sheet_parts(self) -> Mapping[str, str]:
        """The part that holds each worksheet."""
        return MappingProxyType(self._sheet_parts)

    def sheet(self, name: str) -> Sheet:
        """A worksheet; upper and lower case are one, as in Excel."""
        name = self.sheet_name(name)
        found = self._sheets.get(name)
        if found is None:
            part = self._sheet_parts[name]
            split = self._split(part)
            found = self._taken(name, *(split or (self._archive.read(part, kept=False), None)))
        return found

    def _taken(self, name: str, content: bytes, grown: GrownRows | None) -> Sheet:
        """A sheet of what its part holds."""
        part = self._sheet_parts[name]
        self._archive.count(part, content)
        found = self._sheets[name] = Sheet(
            name,
            part,
            content,
            self._shared_strings(),
            self._archive.limits,
            date1904=self.date1904,
            grown=grown,
            as_text=self._as_built,
            indexes=self._indexes,
        )
        return found

    def _split(self, part: str) -> tuple[bytes, GrownRows] | None:
        """A sheet's part without its long block of rows, and these; None where it has none."""
        archive, strings = self._archive, self._shared_strings()
        most = archive.limits.grown_formulas
        if archive.size(part) > _IN_PIECES or archive.is_long(part):
            split = split_rows(archive.chunks(part), strings, 3 * most)
        else:
            split = split_rows(archive.read(part, kept=False), strings, 3 * most)
        if split is not None and split[1].formulas > most:
            wanted = split[1].formulas
            raise PackageError(
                f"the part {part} has {wanted:,} formulas, and a sheet may have {most:,}:"
                f" split it, or {to_read_it(wanted / most)}."
            )
        return split

    def long_rows(self, name: str) -> GrownRows | None:
        """The rows of a sheet that are kept as columns; None where it has no such block.

        Where it has none, the sheet is not read.
        """
        name = self.sheet_name(name)
        found = self._sheets.get(name)
        if found is None:
            split = self._split(self._sheet_parts[name])
            if split is None:
                return None
            found = self._taken(name, *split)
        return found.grown

    def streamed(self, name: str) -> Iterator[tuple[int, dict[int, Value], set[int]]] | None:
        """A sheet's rows for reading once: number, values by column, columns with formulas.

        None where the sheet is in memory already, with changes perhaps.
        """
        name = self.sheet_name(name)
        if name in self._sheets:
            return None
        part = self._sheet_parts[name]
        return streamed_rows(self._archive.read(part, kept=False), part, self._shared_strings())

    def sheet_name(self, name: str) -> str:
        """A sheet's name as its tab has it."""
        if name in self._sheet_parts:
            return name
        for known in self._sheet_parts:
            if known.casefold() == name.casefold():
                return known
        raise PackageError(f"there is no sheet {name!r}: there are {', '.join(self.sheets)}.")

    @property
    def names(self) -> dict[str, DefinedName]:
        """The defined names of the whole workbook."""
        return {name.name: name for name in self.all_names if name.sheet is None}

    @property
    def all_names(self) -> list[DefinedName]:
        """Every defined name, those of single sheets too."""
        if self._names is None:
            self._names = self._read_names()
        return list(self._names)

    def _read_names(self) -> list[DefinedName]:
        tabs = [sheet.get("name") for sheet in self._workbook.iter(f"{MAIN}sheet")]
        numbered = {str(number): name for number, name in enumerate(tabs)}
        return [
            DefinedName(
                name,
                without_web_prefix(element.text or ""),
                numbered.get(element.get("localSheetId")),
            )
            for element in self._workbook.iter(f"{MAIN}definedName")
            if (name := element.get("name"))
        ]

    def place(self, name: str) -> tuple[str, Area]:
        """Sheet and cells that a name of the workbook stands for; PackageError without it."""
        known = self.names.get(name)
        if known is None or known.target is None:
            raise PackageError(
                f"the workbook has no cell called {name}: it was made by another version of the"
                " template; start from a new one with isomargin new."
            )
        return known.target

    def named(self, name: str) -> Value:
        """What the cell of a name holds (of a range, its first cell)."""
        sheet, area = self.place(name)
        return self.sheet(sheet).value(area.top, area.left)

    def set_named(self, name: str, value: object) -> None:
        """Put a value into the input cell of a name (of a range, into its first cell)."""
        sheet, area = self.place(name)
        self._set_input(self.sheet(sheet), area.top, area.left, value)

    @property
    def tables(self) -> Mapping[str, PackageTable]:
        """The tables by name."""
        if self._tables is None:
            self._tables = self._read_tables()
        return MappingProxyType(self._tables)

    def table(self, name: str) -> PackageTable:
        """A table; upper and lower case are one."""
        tables = self.tables
        if name in tables:
            return tables[name]
        for known, table in tables.items():
            if known.casefold() == name.casefold():
                return table
        there = ", ".join(tables) or "none"
        raise PackageError(f"there is no table {name!r}: there are {there}.")

    def table_root(self, name: str) -> Element:
        """A table's part, to be read: its filters and the like."""
        part = self.table(name).part
        return parse(self._archive.read(part), part)

    def formulas(self, sheet: str) -> dict[str, CellFormula]:
        """A sheet's formulas by address."""
        return {a1(*at): formula for at, formula in self.sheet(sheet).formulas.items()}

    def value(self, sheet: str, address: str) -> Value:
        """A cell's value; for a formula the value that the file keeps. Dates are numbers."""
        return self.sheet(sheet).value(*cell(address))

    def values(self, sheet: str) -> dict[str, Value]:
        """All cells of a sheet that hold something."""
        tab = self.sheet(sheet)
        found: dict[str, Value] = {}
        for row, column, element in tab.cells():
            value = tab.element_value(element)
            if value is not None:
                found[a1(row, column)] = value
        return found

    @property
    def part_names(self) -> list[str]:
        """The names of all parts, in file order."""
        return self._archive.names

    def part(self, name: str) -> bytes:
        """One part's content as the file has it (changes not yet in it)."""
        return self._archive.read(name)

    @cached_property
    def date1904(self) -> bool:
        """Whether dates count from 1904, as in old Mac workbooks."""
        properties = self._workbook.find(f"{MAIN}workbookPr")
        return properties is not None and properties.get("date1904") in ("1", "true")

    @property
    def has_macros(self) -> bool:
        """Whether it is a macro workbook, which has to be named .xlsm."""
        return "macroEnabled" in content_type(self._archive, self._workbook_part)

    # Changes

    def set_cell(self, sheet: str, address: str, value: object) -> None:
        """Put a value into an input cell; None empties it. Its style stays.

        Text stays text, even if it starts with ``=``. Formulas and table headers are refused.
        """
        self._set_input(self.sheet(sheet), *cell(address), value)

    def _set_input(self, tab: Sheet, row: int, column: int, value: object) -> None:
        where = f"{tab.name}!{a1(row, column)}"
        if tab.has_formula(row, column):
            raise PackageError(f"{where} holds a formula: type into an input cell instead.")
        for block in tab.arrays:
            if block.holds(row, column):
                raise PackageError(f"{where} belongs to the array formula in {block}.")
        for table in self.tables.values():
            header = table.header_rows and row == table.area.top
            if header and table.sheet == tab.name and table.area.holds(row, column):
                raise PackageError(f"{where} is a column title of the table {table.name}.")
        tab.set_input(row, column, self._as_input(value, where))

    def _as_input(self, value: object, where: str) -> Value:
        try:
            return as_input(value, date1904=self.date1904)
        except PackageError as error:
            raise PackageError(f"{where}: {error}") from None

    def put_rows(self, name: str, first: int, rows: Collection[Mapping[int, object]]) -> None:
        """Put values into a table's cells: row by row from a sheet row on, by sheet column.

        As many `set_cell`, and much faster where the table has to grow for them. Cells that are
        not named keep what they hold.
        """
        table = self.table(name)
        there = max(0, table.last_row + 1 - first)
        tab = self.sheet(table.sheet)
        count = len(rows) - there
        new: dict[int, list[Value]] = {}
        known: list[Mapping[int, object]] = []
        for at, values in enumerate(rows, -there):
            if at < 0:
                known.append(values)
                continue
            for column, value in values.items():
                cells = new.get(column)
                if cells is None:
                    outside = not table.area.left <= column <= table.area.right
                    if outside or tab.has_formula(table.last_row, column):
                        where = f"{table.sheet}!{a1(first + there + at, column)}"
                        raise PackageError(f"{where} is no input cell of the table {name}.")
                    cells = new[column] = [None] * count
                if (type(value) is float and math.isfinite(value)) or (
                    type(value) is str and value.isascii() and 0 < len(value) <= LONGEST_TEXT
                ):
                    cells[at] = value  # most often, so first
                else:
                    row = first + there + at
                    cells[at] = self._as_input(value, f"{table.sheet}!{a1(row, column)}")
        for row, values in enumerate(known, first):
            for column, value in values.items():
                self._set_input(tab, row, column, value)
        self.grow_table(name, first + len(rows) - table.first_row, new)

    def grow_table(
        self, name: str, rows: int, inputs: Mapping[int, list[Value]] | None = None
    ) -> None:
        """Give a table at least so many data rows.

        New rows take the last row's styles, height and formulas, and the inputs of each column, the
        first new row first; the table, validations, conditional formats and names that reached its
        last row reach the new one.
        """
        table = self.table(name)
        tab = self.sheet(table.sheet)
        growth = plan_growth(tab, table, rows, list(self.tables.values()))
        if growth is None:
            return
        with gc_paused():
            grow_rows(tab, growth, inputs or {})
        stretch_sheet(tab, growth)
        content = self._archive.read(table.part)
        root = parse(content, table.part)
        stretch_table(root, growth)
        self._archive.replace(table.part, serialise(root, content))
        self._names = None
        for element in self._workbook.iter(f"{MAIN}definedName"):
            longer = stretch_name(element.text or "", growth)
            if longer != (element.text or ""):
                element.text = longer
                self._workbook_changed = True
        self._drop_calculation_chain()
        self._tables = None

    def freeze(self, ours: Callable[[str], bool]) -> int:
        """Put values where formulas call certain functions; how many cells that were.

        `ours` is asked with a function's name in capitals. Defined names, column formulas of
        tables, conditional formats and validations that call one go, too; all other formulas stay.
        """
        calls = mentions(ours, [(name.name, name.text) for name in self.all_names])
        count = sum(freeze_sheet(self.sheet(name), calls) for name in self.sheets)
        for table in self.tables.values():
            content = self._archive.read(table.part)
            root = parse(content, table.part)
            if freeze_table(root, calls):
                self._archive.replace(table.part, serialise(root, content))
        self._names = None
        for element in list(self._workbook.iter(f"{MAIN}definedName")):
            if calls(element.text or ""):
                element.getparent().remove(element)
                self._workbook_changed = True
        names = self._workbook.find(f"{MAIN}definedNames")
        if names is not None and not len(names):
            names.getparent().remove(names)
        if count:
            self._drop_calculation_chain()
        return count

    def drop_macros(self) -> None:
        """Make a macro workbook a plain one, to be named .xlsx."""
        if not self.has_macros:
            return
        self._drop_parts("vbaProject")
        for link in relations(self._archive, ""):
            if link.kind == "extensibility":  # a tab on the ribbon would call what is gone
                drop_part(self._archive, "", link)
        declare(self._archive, self._workbook_part, PLAIN_TYPE)

    @property
    def full_calc_on_load(self) -> bool:
        """Whether spreadsheet programs compute everything anew when they open the file."""
        found = self._workbook.find(f"{MAIN}calcPr")
        return found is not None and found.get("fullCalcOnLoad") in ("1", "true")

    @full_calc_on_load.setter
    def full_calc_on_load(self, wanted: bool) -> None:
        if wanted == self.full_calc_on_load:
            return
        found = self._workbook.find(f"{MAIN}calcPr")
        if found is None:
            found = self._add_calc_properties()
        if wanted:
            found.set("fullCalcOnLoad", "1")
        else:
            del found.attrib["fullCalcOnLoad"]
        self._workbook_changed = True

    # Output

    def to_bytes(self) -> bytes:
        """The workbook file. The same content gives the same bytes."""
        return b"".join(self.pieces())

    def pieces(self, *, quick: bool = False) -> Iterator[bytes]:
        """The workbook file piece by piece; a `quick` one is a fifth longer."""
        for tab in self._sheets.values():
            if tab.changed:
                long = tab.grown is not None and tab.grown.formulas > LONG_TABLE
                self._archive.replace(tab.part, tab.chunks, long=long)
        if self._workbook_changed:
            original = self._archive.read(self._workbook_part)
            self._archive.replace(self._workbook_part, serialise(self._workbook, original))
        return self._archive.pieces(quick=quick)

    def save(self, path: str | Path, *, backup: bool = False) -> None:
        """Write the workbook; with `backup` the file that was there is kept as ``.bak``.

        How many of those stay is what the workbook itself says in a cell named Backups.
        """
        path = Path(path)
        suffix = path.suffix.lower()
        if self.has_macros and suffix == ".xlsx":
            raise PackageError(f"{path.name}: a workbook with macros has to be named .xlsm.")
        if not self.has_macros and suffix == ".xlsm":
            raise PackageError(f"{path.name}: a workbook without macros has to be named .xlsx.")
        keep = self.backups_kept() if backup else None
        saving.save_bytes(self.pieces(quick=True), path, backup=backup, keep=keep)

    def backups_kept(self) -> int | None:
        """How many earlier versions stay beside the file; None where the workbook says nothing."""
        try:
            value = self.named(BACKUPS)
        except (PackageError, KeyError):
            return None
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            return None
        return int(value) if 1 <= value <= saving.MOST_KEPT else None

    # Inside

    def _find_workbook_part(self) -> str:
        if "[Content_Types].xml" not in self._archive:
            raise PackageError("this is no workbook: it is some other zip file.")
        for link in relations(self._archive, ""):
            if link.kind == "officeDocument":
                root = parse(self._archive.read(link.target), link.target)
                if root.tag == f"{MAIN}workbook":
                    return link.target
        raise PackageError(
            "this is no .xlsx or .xlsm workbook (a .docx, .pptx or .xlsb?): save it as .xlsx."
        )

    def _find_sheets(self) -> dict[str, str]:
        sheets: dict[str, str] = {}
        for element in self._workbook.iter(f"{MAIN}sheet"):
            link = self._links.get(element.get(f"{{{OFFICE_RELATIONS_NS}}}id", ""))
            # Chart sheets have no cells.
            if link is not None and link.kind == "worksheet" and not link.external:
                sheets[element.get("name", "")] = link.target
        if not sheets:
            raise PackageError("the workbook has no worksheet: use another file.")
        return sheets

    def _shared_strings(self) -> list[str]:
        if self._strings is None:
            self._strings = []
            for link in self._links.values():
                if link.kind == "sharedStrings":
                    root = parse(self._archive.read(link.target), link.target)
                    self._strings = [rich_text(item) for item in root.iterchildren(f"{MAIN}si")]
        return self._strings

    def _read_tables(self) -> dict[str, PackageTable]:
        tables = {}
        for sheet, part in self._sheet_parts.items():
            for link in relations(self._archive, part):
                if link.kind == "table":
                    root = parse(self._archive.read(link.target), link.target)
                    table = read_table(root, sheet, link.target)
                    tables[table.name] = table
        return tables

    def _add_calc_properties(self) -> Element:
        """A calcPr element where the schema wants it: behind the names."""
        before = ("sheets", "functionGroups", "externalReferences", "definedNames")
        anchor = [c for c in self._workbook if c.tag in {f"{MAIN}{name}" for name in before}][-1]
        anchor.addnext(self._workbook.makeelement(f"{MAIN}calcPr"))
        return anchor.getnext()

    def _drop_calculation_chain(self) -> None:
        """Take out Excel's list of formula cells, now incomplete: Excel makes a new one."""
        self._drop_parts("calcChain")

    def _drop_parts(self, kind: str) -> None:
        """Take out what the workbook is linked to as this kind."""
        for link in list(self._links.values()):
            if link.kind != kind:
                continue
            del self._links[link.id]
            drop_part(self._archive, self._workbook_part, link)
