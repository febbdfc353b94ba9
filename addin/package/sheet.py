"""One worksheet's XML: its cells by address, and the few changes that are made to them."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterator, Mapping
from functools import cached_property

from lxml import etree

from addin.package.addresses import (
    Area,
    a1,
    area,
    column_in_row,
    column_letters,
    stored_cell,
    stored_row,
)
from addin.package.cell_formula import CellFormula
from addin.package.cell_index import CellIndex
from addin.package.cell_texts import CellTexts, Content
from addin.package.errors import PackageError
from addin.package.formula_text import WEB_PREFIX, moved, with_web_prefix, without_web_prefix
from addin.package.grown import GrownRows
from addin.package.limits import Limits, times_as_much, to_read_it
from addin.package.markup import MAIN, SPACE
from addin.package.values import (
    Value,
    cached,
    error_from_text,
    escape,
    stored_date,
    unescape,
)
from addin.package.xml import Element, parse, serialise

_ROW = f"{MAIN}row"
_C = f"{MAIN}c"
_F = f"{MAIN}f"
_V = f"{MAIN}v"
_IS = f"{MAIN}is"
_T = f"{MAIN}t"


class Sheet:
    """A worksheet part, read when first needed and written back only if it was changed."""

    def __init__(
        self,
        name: str,
        part: str,
        content: bytes,
        shared_strings: list[str],
        limits: Limits,
        *,
        date1904: bool = False,
        grown: GrownRows | None = None,
        as_text: bool = False,
        indexes: Mapping[str, CellIndex] | None = None,
    ) -> None:
        self.name = name
        self.part = part
        self.changed = False
        # Whether its formulas are named as Excel names those of an Office.js add-in; once read.
        self.web = grown is not None and any(one.web for one in grown.columns.values())
        self._original = content
        self._strings = shared_strings
        self._limits = limits
        self._date1904 = date1904
        # The cells as texts, as long as that is enough, or else a tree.
        self._texts: CellTexts | None = None
        if as_text and grown is None:
            self._texts = CellTexts.read(content, indexes.get(self._digest) if indexes else None)
        self._root: Element = None
        self._data: Element = None
        self._row_elements: dict[int, Element] = {}
        self._cells: dict[int, dict[int, Element]] = {}
        self._formulas: dict[tuple[int, int], CellFormula] | None = None
        self._formula_elements: dict[tuple[int, int], Element] = {}
        self._arrays: list[Area] = []
        self._widened: Area | None = None
        self._grown = grown
        self._is_whole = grown is None  # whether the content is all of the part
        if self._texts is None:
            self._make_tree()
        else:
            self._arrays = [one.array for one in self._texts.arrays.values() if one.array]

    def _make_tree(self) -> None:
        content = self._original
        if self._texts is not None:
            self._formulas, content = self._texts.formulas, self._texts.text().encode()
        self._texts = None
        self._root = parse(content, self.part)
        data = self._root.find(f"{MAIN}sheetData")
        if data is None:
            raise PackageError(f"the file is damaged: the sheet {self.name!r} has no cells part.")
        self._data = data
        self._number_cells()
        self._row_elements = self._index_rows()

    @property
    def root(self) -> Element:
        """The part's root element."""
        if self._texts is not None:
            self._make_tree()
        return self._root

    @property
    def data(self) -> Element:
        """The element that holds the rows."""
        if self._texts is not None:
            self._make_tree()
        return self._data

    @property
    def filed_formulas(self) -> str:
        """A mark of the part as the file has it; "" where its formulas may be others by now."""
        known = self._texts is not None or not (self.changed or self._grown)
        return self._digest if known else ""

    @cached_property
    def _digest(self) -> str:
        return hashlib.sha256(self._original).hexdigest()

    def to_bytes(self) -> bytes:
        """The part: the original bytes where nothing was changed."""
        return b"".join(self.chunks())

    def changed_inputs(self) -> set[tuple[int, int]] | None:
        """The cells typed into since the file was opened, where that and nothing else is known."""
        return None if self._texts is None else self._texts.changed_inputs()

    def chunks(self) -> Iterator[bytes]:
        """The part in pieces: a table that has grown is never in memory as one text."""
        if not self.changed and self._is_whole:
            yield self._original
            return
        if self._texts is not None:
            yield self._texts.text().encode()
            return
        self._state_extent()
        content = serialise(self.root, self._original)
        if self._grown is None:
            yield content
            return
        end = content.rindex(b"</sheetData>")
        yield content[:end]
        yield from self._grown.text()
        yield content[end:]

    # Rows that a table has grown by, or that the file has as a long block of plain rows

    @property
    def grown(self) -> GrownRows | None:
        """Rows that are there, but not as elements; whoever asks for their elements makes them."""
        return self._grown

    @property
    def last_row(self) -> int:
        """The last row that is there; 0 where there is none."""
        last = max(self.element_rows, default=0)
        return last if self._grown is None else max(last, self._grown.last)

    def grow(self, rows: GrownRows) -> None:
        """Take rows in behind the last one."""
        if self._texts is not None:
            self._make_tree()
        self.changed = True
        self._grown = rows

    def make_elements(self) -> None:
        """Turn grown rows into elements."""
        grown = self._grown
        if grown is None:
            return
        wanted, most = self.formula_count, self._limits.formulas
        if wanted > most:
            raise PackageError(
                f"the sheet {self.name!r} would have {wanted:,} formulas, and where they cannot be"
                f" computed as columns it may have {most:,}: give fewer rows, put the template's"
                f" formulas back (isomargin repair), or {times_as_much(wanted / most)}."
            )
        self._grown = None
        self.data.extend(grown.elements(self.part))
        changed = self.changed
        self.forget_index()
        self.changed = changed  # it is the same sheet

    def has_formula(self, row: int, column: int) -> bool:
        """Whether a cell holds a formula."""
        if self._grown is not None and self._grown.holds(row):
            return self._grown.has_formula(column)
        return (row, column) in self.formula_places

    def formula(self, row: int, column: int) -> CellFormula | None:
        """What a cell computes; None where it does not."""
        if self._grown is not None and self._grown.holds(row):
            return self._grown.formula(row, column)
        return self.element_formulas.get((row, column))

    @property
    def limits(self) -> Limits:
        """The limits that the workbook was opened with."""
        return self._limits

    @property
    def formula_count(self) -> int:
        """How many formulas the sheet has."""
        return len(self.formula_places) + (0 if self._grown is None else self._grown.formulas)

    # Reading

    def _number_cells(self) -> None:
        """Spell out the positions of cells that the file leaves to counting: legal, and rare."""
        unnumbered = self.data.xpath("boolean(*[not(@r)] | */*[local-name()='c'][not(@r)])")
        if not unnumbered:
            return
        row = 0
        for element in self.data.iterchildren(_ROW):
            row = stored_row(element.get("r") or str(row + 1))
            element.set("r", str(row))
            column = 0
            for child in element.iterchildren(_C):
                reference = child.get("r")
                column = stored_cell(reference)[1] if reference else column + 1
                child.set("r", a1(row, column))

    def row_cells(self, row: int) -> dict[int, Element]:
        """The cell elements of a row by column."""
        if self._grown is not None and self._grown.holds(row):
            self.make_elements()
        cells = self._cells.get(row)
        if cells is None:
            element = self.element_rows.get(row)
            children = () if element is None else element.iterchildren(_C)
            number = str(row)
            cells = {column_in_row(child.get("r"), number): child for child in children}
            self._cells[row] = cells
        return cells

    def filled_cells(self, row: int) -> Iterator[tuple[int, Element]]:
        """The cells of a row that hold a value or a formula, with their columns."""
        if self._grown is not None and self._grown.holds(row):
            self.make_elements()
        element = self.element_rows.get(row)
        number = str(row)
        for child in () if element is None else element.iterchildren(_C):
            if len(child):
                yield column_in_row(child.get("r"), number), child

    def cells(self) -> Iterator[tuple[int, int, Element]]:
        """Every cell element with its row and column."""
        self.make_elements()
        for row in self.data.iterchildren(_ROW):
            # Of two cells with one address the last one counts, as where it is looked up.
            cells = {stored_cell(element.get("r")): element for element in row.iterchildren(_C)}
            for at, element in cells.items():
                yield *at, element

    @property
    def rows(self) -> dict[int, Element]:
        """The row elements by number."""
        self.make_elements()
        return self.element_rows

    @property
    def element_rows(self) -> dict[int, Element]:
        """The row elements by number, without the `grown` rows."""
        if self._texts is not None:
            self._make_tree()
        return self._row_elements

    def value(self, row: int, column: int) -> Value:
        """A cell's value; for a formula the value that the file keeps for it."""
        if self._grown is not None and self._grown.holds(row):
            return self._grown.value(row, column)
        if self._texts is not None:
            content = self._texts.content((row, column))
            return None if content is None else self._typed(*content)
        element = self.row_cells(row).get(column)
        return None if element is None else self.element_value(element)

    def column_values(self, column: int, first: int, last: int) -> list[Value]:
        """The values of a column's cells, from one row to another."""
        grown = self._grown
        if grown is None or last < grown.first:
            return [self.value(row, column) for row in range(first, last + 1)]
        end = min(last, grown.last)
        start = max(first, grown.first)
        cells = grown.columns.get(column)
        taken: list[Value] = [None] * (end + 1 - start)
        if cells is not None:
            taken = cells.values[start - grown.first : end + 1 - grown.first]
        above = [self.value(row, column) for row in range(first, start)]
        return [*above, *taken, *[self.value(row, column) for row in range(end + 1, last + 1)]]

    def inputs(self) -> Iterator[tuple[int, int, Value]]:
        """Row, column and value of the cells without a formula, `grown` rows left out."""
        if self._texts is not None:
            for at, content in self._texts.inputs():
                yield *at, self._typed(*content)
            return
        formulas = self.element_formulas
        for row in self.element_rows:
            for column, element in self.filled_cells(row):
                if (row, column) not in formulas:
                    yield row, column, self.element_value(element)

    def element_value(self, element: Element) -> Value:
        """The value in a cell element."""
        kind = element.get("t", "n")
        if kind == "inlineStr":
            return self._rich_text(element.find(_IS))
        for child in element:  # findtext is slower
            if child.tag == _V:
                text = child.text or ""
                break
        else:
            return None
        try:
            return self._typed(kind, text)
        except (ValueError, IndexError) as error:
            raise PackageError(
                f"the file is damaged: {self.name}!{element.get('r')} holds {text!r}."
            ) from error

    def _typed(self, kind: str, text: str) -> Value:
        match kind:
            case "n":
                return float(text) if text.strip() else None
            case "s":
                return self._strings[int(text)]
            case "b":
                return text.strip() in ("1", "true")
            case "e":
                return error_from_text(text)
            case "d":
                return stored_date(text, date1904=self._date1904)
        return unescape(text)

    @staticmethod
    def _rich_text(element: Element) -> str:
        return "" if element is None else rich_text(element)

    @property
    def formulas(self) -> dict[tuple[int, int], CellFormula]:
        """Every formula by row and column; shared formulas are spelled out."""
        self.make_elements()
        return self.element_formulas

    @property
    def element_formulas(self) -> dict[tuple[int, int], CellFormula]:
        """The formulas by row and column, without those of the `grown` rows."""
        if self._formulas is None:
            self._formulas = self._read_formulas() if self._texts is None else self._texts.formulas
        return self._formulas

    @property
    def formula_places(self) -> Collection[tuple[int, int]]:
        """Row and column of the `element_formulas`, which need not be read for that."""
        return self.element_formulas if self._texts is None else self._texts.formula_places

    @property
    def array_formulas(self) -> Mapping[tuple[int, int], CellFormula]:
        """The array formulas among the `element_formulas`."""
        if self._texts is not None:
            return self._texts.arrays
        return {at: one for at, one in self.element_formulas.items() if one.array is not None}

    def formulas_in_error(self) -> Iterator[tuple[int, int]]:
        """Row and column of the formulas for which the file keeps an error."""
        if self._texts is not None:
            yield from self._texts.formulas_in_error()
        else:
            for at in self.element_formulas:
                if self._formula_element(at).get("t") == "e":
                    yield at
        if self._grown is not None:
            yield from self._grown.errors()

    def _formula_element(self, at: tuple[int, int]) -> Element:
        found = self._formula_elements.get(at)
        return self.element(*at) if found is None else found

    @property
    def arrays(self) -> list[Area]:
        """The ranges that array formulas fill."""
        # None in `grown` rows: a table with array formulas grows by elements.
        if self._formulas is None and self._texts is None:
            self._formulas = self._read_formulas()
        return self._arrays

    def merged(self) -> list[str]:
        """The ranges of merged cells."""
        return [found.get("ref", "A1") for found in self.root.iter(f"{MAIN}mergeCell")]

    def _read_formulas(self) -> dict[tuple[int, int], CellFormula]:
        formulas: dict[tuple[int, int], CellFormula] = {}
        masters: dict[str, tuple[int, int, str]] = {}
        plain: dict[str, CellFormula] = {}  # one for all cells of a table's column
        elements = self._formula_elements = {}
        filled = 0
        count = sum(1 for _ in self.data.iter(_F))
        if count > self._limits.formulas:
            raise PackageError(
                f"the sheet {self.name!r} has more than {self._limits.formulas:,} formulas:"
                f" split it, or {to_read_it(count / self._limits.formulas)}."
            )
        for row, number, element, formula in self._formula_parts():
            column = column_in_row(element.get("r"), number)
            text = formula.text or ""
            if WEB_PREFIX in text:
                self.web = True
                text = without_web_prefix(text)
            kind = formula.get("t")
            if kind is None:
                if text:
                    known = plain.get(text)
                    if known is None:
                        known = plain[text] = CellFormula(text)
                    elements[row, column] = element
                    formulas[row, column] = known
                continue
            if kind == "dataTable":
                continue
            if kind == "shared":
                index = formula.get("si", "")
                if text:
                    masters[index] = (row, column, text)
                elif index in masters:
                    from_row, from_column, text = masters[index]
                    text = moved(text, row - from_row, column - from_column)
            array = None
            if kind == "array":
                array = area(formula.get("ref") or a1(row, column))
                self._arrays.append(array)
                filled += array.rows * array.columns
                if filled > self._limits.array_cells:
                    raise PackageError(
                        f"the array formulas on the sheet {self.name!r} fill more than"
                        f" {self._limits.array_cells:,} cells: make {array} smaller,"
                        f" or {to_read_it()}."
                    )
            if text:
                elements[row, column] = element
                formulas[row, column] = CellFormula(
                    text, array, array is not None and bool(element.get("cm"))
                )
        return formulas

    def _formula_parts(self) -> Iterator[tuple[int, str, Element, Element]]:
        """Every cell with a formula, and the formula's element, by row."""
        for row, line in self.element_rows.items():
            number = str(row)
            for cell in line.iterchildren(_C):
                parts = len(cell)
                if not parts:
                    continue
                formula = cell[0]
                if formula.tag != _F and parts > 1:
                    formula = cell.find(_F)  # out of order, but it is there
                if formula is not None and formula.tag == _F:
                    yield row, number, cell, formula

    # Writing

    def element(self, row: int, column: int) -> Element:
        """The element of a cell, put in its place where the file has none yet."""
        cells = self.row_cells(row)
        found = cells.get(column)
        if found is not None:
            return found
        parent = self.element_rows.get(row)
        if parent is None:
            parent = self._add_row(row)
        element = etree.Element(_C)
        element.set("r", f"{column_letters(column)}{row}")
        if cells and max(cells) > column:
            cells[min(c for c in cells if c > column)].addprevious(element)
        else:
            parent.append(element)
        # A hint that may now be too narrow; readers do without it.
        parent.attrib.pop("spans", None)
        cells[column] = element
        self.widen(row, column)
        self.changed = True
        return element

    def _add_row(self, row: int) -> Element:
        self.make_elements()
        element = etree.Element(_ROW)
        element.set("r", str(row))
        last = self.data[-1] if len(self.data) else None
        if last is None or int(last.get("r")) < row:
            self.data.append(element)
        else:
            self.element_rows[
                min(number for number in self.element_rows if number > row)
            ].addprevious(element)
        self.element_rows[row] = element
        return element

    def widen(self, row: int, column: int) -> None:
        """Take a cell into the extent that the sheet states."""
        old = self._widened
        if old is None or not old.holds(row, column):
            new = Area(row, column, row, column)
            self._widened = new if old is None else old.around(new)

    def _state_extent(self) -> None:
        dimension = self.root.find(f"{MAIN}dimension")
        if dimension is None or self._widened is None:
            return
        stated = area(dimension.get("ref") or "A1")
        if stated.around(self._widened) != stated:
            dimension.set("ref", str(stated.around(self._widened)))

    def set_input(self, row: int, column: int, value: Value) -> None:
        """Put a typed-in value into a cell; its style stays."""
        if self._grown is not None and self._grown.put(row, column, value):
            self.changed = True
            return
        texts, at = self._texts, (row, column)
        if texts is not None and texts.has(at):
            if value is not None or texts.holds(at):
                texts.put(at, _typed_in(value))
                self.changed = True
            return
        if value is None and self.row_cells(row).get(column) is None:
            return
        element = self.element(row, column)
        _clear(element)
        self.changed = True
        if value is None:
            return
        if isinstance(value, str):
            # Text in the cell itself, never a formula whatever it starts with.
            element.set("t", "inlineStr")
            text = etree.SubElement(etree.SubElement(element, _IS), _T)
            _set_text(text, escape(value))
            return
        kind, written = cached(value)
        if kind:
            element.set("t", kind)
        etree.SubElement(element, _V).text = written

    def set_cached(self, row: int, column: int, value: Value) -> None:
        """Write a formula's result beside the formula, if the file has another one."""
        kind, text = cached(value)
        texts, at = self._texts, (row, column)
        if texts is not None and texts.has(at):
            there = texts.content(at)
            if there is None or not _is_same(there, kind or "n", text):
                texts.put(at, (kind or "n", text))
                self.changed = True
            return
        element = self._formula_element((row, column))
        last = element[-1] if len(element) else None
        if last is not None and last.tag == _V:
            if _is_same((element.get("t", "n"), last.text or ""), kind or "n", text):
                return
            element.remove(last)
        elif last is not None and last.tag != _F:
            _clear(element, keep_formula=True)
        self.changed = True
        if kind:
            element.set("t", kind)
        elif element.get("t"):
            del element.attrib["t"]
        if element.get("vm"):  # describes the old value
            del element.attrib["vm"]
        _set_text(etree.SubElement(element, _V), text)

    def set_formula(self, row: int, column: int, text: str, array: Area | None = None) -> None:
        """Put a formula (without ``=``) into a cell; its style stays, its value is computed."""
        element = self.element(row, column)
        self._spell_out_those_of(element.find(_F))
        _clear(element)
        formula = etree.SubElement(element, _F)
        _set_text(formula, text)
        if array is not None:
            formula.set("t", "array")
            formula.set("ref", str(array))
        self.changed = True
        self._formulas = None
        self._arrays = []

    def _spell_out_those_of(self, first: Element) -> None:
        """Give the text of a shared formula to all its cells, where this is the one that has it."""
        if first is None or first.get("t") != "shared" or not first.text:
            return
        number = first.get("si")
        for at, formula in self.formulas.items():
            element = self._formula_element(at).find(_F)
            if element.get("t") == "shared" and element.get("si") == number:
                for name in ("t", "ref", "si"):
                    element.attrib.pop(name, None)
                _set_text(element, with_web_prefix(formula.text) if self.web else formula.text)

    def clear_spill(self, row: int, column: int) -> None:
        """Blank a cell that an array used to reach."""
        if self._texts is not None and not self._texts.holds((row, column)):
            return
        element = self.row_cells(row).get(column)
        if element is not None and (len(element) or element.get("t")):
            _clear(element)
            self.changed = True

    def set_array(self, row: int, column: int, extent: Area) -> None:
        """Record how far a dynamic array reaches now."""
        if self._texts is not None and self._texts.arrays[row, column].array == extent:
            return
        formula = self.element(row, column).find(_F)
        if formula is not None and formula.get("ref") != str(extent):
            formula.set("ref", str(extent))
            self.changed = True
            self._formulas = None
            self._arrays = []

    def _index_rows(self) -> dict[int, Element]:
        return {stored_row(row.get("r")): row for row in self.data.iterchildren(_ROW)}

    def forget_index(self) -> None:
        """Look everything up anew: rows were put in behind the index's back."""
        self.changed = True
        self._row_elements = self._index_rows()
        self._cells = {}
        self._formulas = None
        self._arrays = []


def rich_text(element: Element) -> str:
    """The text of a string item: plain, or the runs of a formatted one (no phonetic hints)."""
    plain = element.findtext(_T)
    if plain is not None:
        return unescape(plain)
    return unescape("".join(run.findtext(_T) or "" for run in element.iterchildren(f"{MAIN}r")))


def _typed_in(value: Value) -> Content | None:
    """A typed-in value as a cell's kind and text; text is in the cell itself, never a formula."""
    if value is None:
        return None
    if isinstance(value, str):
        return "inlineStr", escape(value)
    kind, text = cached(value)
    return kind or "n", text


def _is_same(there: Content, kind: str, text: str) -> bool:
    # 0.1 and 0.10000000000000001 are one number: no change, no new bytes.
    have = there[1]
    return there[0] == kind and (have == text or (kind == "n" and _same_number(have, text)))


def _same_number(left: str, right: str) -> bool:
    try:
        return float(left) == float(right)
    except ValueError:
        return False


def _clear(element: Element, *, keep_formula: bool = False) -> None:
    for child in list(element):
        if not (keep_formula and child.tag == _F):
            element.remove(child)
    element.attrib.pop("t", None)
    element.attrib.pop("vm", None)  # describes the old value


def _set_text(element: Element, text: str) -> None:
    element.text = text
    if text != text.strip():
        element.set(SPACE, "preserve")
