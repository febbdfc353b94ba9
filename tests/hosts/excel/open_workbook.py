"""Excel's objects for one open workbook, as COM shows them, made from a file.

Only what the buttons need of them, as Microsoft documents it, and what they have to reckon with:
filters hide rows, arrays are not spread over hidden rows, formulas and locked cells refuse. Every
property that is set and every method that is called is noted in `App.log`. Formulas show what the
file keeps for them: nothing computes here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from addin.excel.conversion import ERROR_NUMBERS
from addin.package import Package
from addin.package.addresses import Area, a1, area
from addin.package.formula_text import moved
from udfs.errors import CellError

MANUAL, AUTOMATIC = -4135, -4105
Cell = dict[str, Any]  # value, formula, locked


class ComError(Exception):
    """What pywin32 raises."""

    hresult = -2147352567

    def __init__(self, words: str) -> None:
        super().__init__(self.hresult, "Exception occurred.", (0, "Excel", words, "", 0, 0), None)


def gone() -> ComError:
    """What is left of a workbook that was closed."""
    return ComError("The object invoked has disconnected from its clients.")


class _Closable:
    """What answers as long as the workbook is open."""

    Application: App

    def __getattribute__(self, name: str) -> Any:
        if name[0].isupper() and name != "Application" and self.Application.closed:
            raise gone()
        return object.__getattribute__(self, name)


class App:
    """Excel itself."""

    def __init__(self) -> None:
        self.log: list[tuple[Any, ...]] = []
        self.Calculation = AUTOMATIC
        self.ScreenUpdating = self.EnableEvents = True
        self.ActiveCell: Any = None
        self.Hwnd = 0
        self.fails_after: int | None = None  # so many more writes are taken, then Excel refuses
        self.closes_after: int | None = None  # the same, and then the workbook is not there
        self.closed = False
        # Excel computes a formula as it is entered, whatever the mode.
        self.computes: Callable[[str], None] = lambda formula: None

    def __setattr__(self, name: str, value: Any) -> None:
        if name in ("Calculation", "ScreenUpdating", "EnableEvents"):
            self.__dict__.setdefault("log", []).append(("set", name, value))
        object.__setattr__(self, name, value)

    def note(self, *what: Any) -> None:
        """A change of the workbook; refused where the test says so."""
        if self.closes_after is not None:
            self.closed = self.closed or self.closes_after == 0
            self.closes_after -= 1
        if self.closed:
            raise gone()
        if self.fails_after is not None:
            if self.fails_after == 0:
                self.fails_after = None
                raise ComError("The file is locked for editing by another user.")
            self.fails_after -= 1
        self.log.append(what)


class Items:
    """A collection: counted from 1, or by name."""

    def __init__(self, items: list[Any]) -> None:
        self._items = items

    @property
    def Count(self) -> int:  # noqa: N802
        return len(self._items)

    def Item(self, key: int | str) -> Any:  # noqa: N802
        if isinstance(key, int):
            return self._items[key - 1]
        for item in self._items:
            if item.Name.casefold() == key.casefold():
                return item
        raise ComError(f"there is no {key}")

    __call__ = Item

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items)


class Workbook(_Closable):
    """An open workbook."""

    def __init__(self, content: bytes, app: App, name: str = "C:\\Plans\\my.xlsm") -> None:
        self.package = Package.open(content)
        self.Application = app
        self.FullName = name
        self.Name = name.rpartition("\\")[2]
        styles = etree.fromstring(self.package.part("xl/styles.xml"))
        self.unlocked = {
            at for at, style in enumerate(styles.find("{*}cellXfs"))
            if (rule := style.find("{*}protection")) is not None and rule.get("locked") == "0"
        }  # fmt: skip
        self.Worksheets = Items([Worksheet(self, title) for title in self.package.sheets])
        self.Names = Items([Name(self, one.name, "=" + one.text)
                            for one in self.package.all_names if one.sheet is None])  # fmt: skip

    def sheet(self, title: str) -> Worksheet:
        found: Worksheet = self.Worksheets(title)
        return found

    def table(self, name: str) -> ListObject:
        for sheet in self.Worksheets:
            for table in sheet.ListObjects:
                if table.Name == name:
                    return table  # type: ignore[no-any-return]
        raise KeyError(name)

    def cells(self) -> dict[tuple[str, str], tuple[Any, str]]:
        """Everything in it: value and formula by sheet and address."""
        return {
            (sheet.Name, a1(*at)): (cell["value"], cell["formula"])
            for sheet in self.Worksheets
            for at, cell in sheet.content.items()
            if cell["value"] not in (None, "") or cell["formula"]
        }

    def SaveCopyAs(self, path: str) -> None:  # noqa: N802
        """A copy of it as it stands; without the rows that tables were given."""
        self.Application.note("SaveCopyAs", path)
        copy = Package.open(self.package.to_bytes())
        for sheet in self.Worksheets:
            tab, arrays = copy.sheet(sheet.Name), {block[:2]: block for block in sheet.arrays}
            for at, cell in sheet.content.items():
                formula, now = tab.formulas.get(at), cell["formula"]
                was = "" if formula is None else f"={formula.text}"
                if any(block.holds(*at) and block[:2] != at for block in sheet.arrays):
                    continue
                if now and now != was:
                    tab.set_formula(*at, now[1:], arrays.get(at))
                elif not now and (was or tab.value(*at) != cell["value"]):
                    tab.set_input(*at, cell["value"])
        copy.save(path)


class Name:
    """A defined name."""

    def __init__(self, book: Workbook, name: str, refers_to: str) -> None:
        self._book, self.Name, self._refers_to = book, name, refers_to

    @property
    def RefersTo(self) -> str:  # noqa: N802
        return self._refers_to

    @RefersTo.setter
    def RefersTo(self, text: str) -> None:  # noqa: N802
        self._book.Application.note("RefersTo", self.Name, text)
        self._refers_to = text

    @property
    def RefersToRange(self) -> Range:  # noqa: N802
        pieces = [part.rpartition("!") for part in self._refers_to[1:].split(",")]
        try:
            title = pieces[0][0].strip("'").replace("''", "'")
            areas = [area(address) for _, _, address in pieces]
            sheet = self._book.sheet(title)
        except Exception:
            raise ComError(f"{self.Name} is no range") from None
        return Range(sheet, areas[0], areas)


class Worksheet(_Closable):
    """A sheet: its cells, which rows a filter hides, whether it is protected."""

    def __init__(self, book: Workbook, title: str) -> None:
        self.Parent, self.Name = book, title
        self.Application = book.Application
        tab = book.package.sheet(title)
        self.content: dict[tuple[int, int], Cell] = {}
        for row, column, element in tab.cells():
            formula = tab.formulas.get((row, column))
            text = "" if formula is None else f"={formula.text}"
            self.content[row, column] = {
                "value": tab.element_value(element), "formula": text,
                "locked": int(element.get("s", "0")) not in book.unlocked,
            }  # fmt: skip
        # Every cell that an array formula fills shows the formula.
        self.arrays = [one.array for one in tab.formulas.values() if one.array is not None]
        for block in self.arrays:
            for at in Range(self, block)._each():
                self.at(*at)["formula"] = self.content[block.top, block.left]["formula"]
        rows = tab.root.iterfind("{*}sheetData/{*}row[@hidden='1']")
        self.hidden = {int(row.get("r", "0")) for row in rows}
        self.password: str | None = None
        protection = tab.root.find("{*}sheetProtection")
        self.ProtectContents = protection is not None and protection.get("sheet") == "1"
        self.ProtectDrawingObjects = self.ProtectScenarios = self.ProtectContents
        self.Protection = Allowed()
        self.ListObjects = Items([
            ListObject(self, table.name, table.area, totals=bool(table.totals_rows))
            for table in book.package.tables.values() if table.sheet == title
        ])  # fmt: skip

    def at(self, row: int, column: int) -> Cell:
        blank = {"value": None, "formula": "", "locked": True}
        return self.content.setdefault((row, column), blank)

    def Cells(self, row: int, column: int) -> Range:  # noqa: N802
        return Range(self, Area(row, column, row, column))

    def Range(self, one: Range | str, other: Range | None = None) -> Range:  # noqa: N802
        if isinstance(one, str):
            return Range(self, area(one))
        first, last = one.block, (other or one).block
        return Range(self, Area(first.top, first.left, last.bottom, last.right))

    def Unprotect(self, password: str) -> None:  # noqa: N802
        self.Application.note("Unprotect", self.Name)
        if self.password not in (None, password):
            raise ComError("The password you supplied is not correct.")
        self.ProtectContents = False

    def Protect(self, Password: str, DrawingObjects: bool, Contents: bool, *rest: bool) -> None:  # noqa: N802, N803
        self.Application.note("Protect", self.Name, DrawingObjects, Contents, *rest)
        self.ProtectContents = Contents


class Allowed:
    """What a protected sheet still allows."""

    def __getattr__(self, name: str) -> bool:
        return name in ("AllowSorting", "AllowFiltering", "AllowFormattingColumns")


class Range:
    """Cells; `areas` where they are several blocks."""

    def __init__(self, sheet: Worksheet, block: Area, areas: list[Area] | None = None) -> None:
        self.Worksheet, self.block = sheet, block
        self._areas = areas or [block]

    @property
    def Row(self) -> int:  # noqa: N802
        return self.block.top

    @property
    def Column(self) -> int:  # noqa: N802
        return self.block.left

    @property
    def Rows(self) -> Items:  # noqa: N802
        return Items(list(range(self.block.rows)))

    @property
    def Columns(self) -> Items:  # noqa: N802
        return Items(list(range(self.block.columns)))

    @property
    def Count(self) -> int:  # noqa: N802
        return self.block.rows * self.block.columns

    @property
    def Areas(self) -> Items:  # noqa: N802
        return Items([Range(self.Worksheet, one) for one in self._areas])

    def Cells(self, row: int, column: int) -> Range:  # noqa: N802
        return self.Worksheet.Cells(self.block.top + row - 1, self.block.left + column - 1)

    @property
    def EntireRow(self) -> EntireRow:  # noqa: N802
        return EntireRow(self)

    @property
    def ListObject(self) -> ListObject | None:  # noqa: N802
        for table in self.Worksheet.ListObjects:
            if table.block.holds(self.block.top, self.block.left):
                return table  # type: ignore[no-any-return]
        return None

    @property
    def Locked(self) -> bool | None:  # noqa: N802
        found = {self._locked(row, column) for row, column in self._each()}
        return found.pop() if len(found) == 1 else None

    def _locked(self, row: int, column: int) -> bool:
        """As the file has it: inputs of the template are not locked."""
        cell = self.Worksheet.content.get((row, column))
        return True if cell is None else bool(cell["locked"])

    @property
    def HasFormula(self) -> bool | None:  # noqa: N802
        found = {bool(self.Worksheet.at(*at)["formula"]) for at in self._each()}
        return found.pop() if len(found) == 1 else None

    @property
    def Formula(self) -> Any:  # noqa: N802
        return self._got(lambda cell: cell["formula"] or ("" if cell["value"] is None
                                                          else _plain(cell["value"])))  # fmt: skip

    @Formula.setter
    def Formula(self, text: str) -> None:  # noqa: N802
        self._enter("Formula", text, None)

    @property
    def FormulaArray(self) -> Any:  # noqa: N802
        return self.Formula if self.Count == 1 else self.Cells(1, 1).Formula

    @FormulaArray.setter
    def FormulaArray(self, text: str) -> None:  # noqa: N802
        assert len(text) <= 255, "Excel takes no longer array formula from a program"
        self._enter("FormulaArray", text, self.block)

    def _enter(self, how: str, text: str, array: Area | None) -> None:
        sheet = self.Worksheet
        sheet.Application.note(how, f"{sheet.Name}!{self.block}", text)
        assert text.startswith("=")
        self._refuse_protected()
        self._leave_arrays()
        if array:
            sheet.arrays.append(array)
        for at in self._each():
            sheet.at(*at).update(formula=text, value=None)
        sheet.Application.computes(text)

    def _leave_arrays(self) -> None:
        """Of an array all is changed, or nothing."""
        for block in self.Worksheet.arrays:
            inside = [self.block.holds(*at) for at in Range(self.Worksheet, block)._each()]
            if any(inside) and not all(inside):
                raise ComError("You can't change part of an array.")
        self.Worksheet.arrays = [
            block for block in self.Worksheet.arrays if not self.block.holds(block.top, block.left)
        ]

    def _array_at(self, row: int, column: int) -> Area | None:
        return next((one for one in self.Worksheet.arrays if one.holds(row, column)), None)

    @property
    def HasArray(self) -> bool | None:  # noqa: N802
        found = {self._array_at(*at) is not None for at in self._each()}
        return found.pop() if len(found) == 1 else None

    @property
    def CurrentArray(self) -> Range:  # noqa: N802
        block = self._array_at(self.block.top, self.block.left)
        if block is None:
            raise ComError("No cells were found.")
        return Range(self.Worksheet, block)

    @property
    def Value2(self) -> Any:  # noqa: N802
        return self._got(lambda cell: _sent(cell["value"]))

    @Value2.setter
    def Value2(self, value: Any) -> None:  # noqa: N802
        where = f"{self.Worksheet.Name}!{a1(self.block.top, self.block.left)}"
        self.Worksheet.Application.note("Value2", where, value)
        self._refuse_protected()
        self._leave_arrays()
        if isinstance(value, tuple):
            assert not any(row in self.Worksheet.hidden for row, _ in self._each()), (
                "an array is not spread over rows that a filter hides"
            )
            for row, column in self._each():
                self._type(row, column, value[row - self.block.top][column - self.block.left])
        else:
            for row, column in self._each():
                self._type(row, column, value)

    def _type(self, row: int, column: int, value: Any) -> None:
        """What becomes of it as if somebody had typed it."""
        cell = self.Worksheet.at(row, column)
        cell["formula"] = ""
        if isinstance(value, str):
            if value.startswith("'"):
                value = value[1:]
            elif value.startswith("=") or re.fullmatch(r"[-+\d./:% ]+|TRUE|FALSE|\w+-\d+", value):
                raise AssertionError(f"Excel would make something else of {value!r}")
        elif value is not None and not isinstance(value, bool):
            value = float(value)
        cell["value"] = value

    def _refuse_protected(self) -> None:
        sheet = self.Worksheet
        if sheet.ProtectContents and any(self._locked(*at) for at in self._each()):
            raise ComError("The cell or chart you're trying to change is on a protected sheet.")

    def ClearContents(self) -> None:  # noqa: N802
        self.Worksheet.Application.note("ClearContents", str(self.block))
        self._refuse_protected()
        self._leave_arrays()
        for at in self._each():
            self.Worksheet.at(*at).update(value=None, formula="")

    def Clear(self) -> None:  # noqa: N802
        self.Worksheet.Application.note("Clear", str(self.block))
        for at in self._each():
            self.Worksheet.content.pop(at, None)

    def Copy(self, destination: Range) -> None:  # noqa: N802
        self.Worksheet.Application.note("Copy", str(self.block), str(destination.block))
        assert not any(row in self.Worksheet.hidden for row, _ in self._each()), (
            "a hidden row is copied as nothing"
        )
        for row, column in destination._each():
            source = self.Worksheet.at(self.block.top, column)
            text = source["formula"]
            self.Worksheet.content[row, column] = {
                **source, "formula": text and "=" + moved(text[1:], row - self.block.top, 0)
            }  # fmt: skip

    def _each(self) -> Iterator[tuple[int, int]]:
        for row in range(self.block.top, self.block.bottom + 1):
            for column in range(self.block.left, self.block.right + 1):
                yield row, column

    def _got(self, get: Any) -> Any:
        rows = tuple(
            tuple(
                get(self.Worksheet.content.get((row, column)) or {"value": None, "formula": ""})
                for column in range(self.block.left, self.block.right + 1)
            )
            for row in range(self.block.top, self.block.bottom + 1)
        )
        return rows[0][0] if self.Count == 1 else rows


class EntireRow:
    """Whole rows: whether a filter hides them."""

    def __init__(self, cells: Range) -> None:
        self._cells = cells

    @property
    def Hidden(self) -> bool | None:  # noqa: N802
        block = self._cells.block
        hidden = self._cells.Worksheet.hidden
        found = {row in hidden for row in range(block.top, block.bottom + 1)}
        return found.pop() if len(found) == 1 else None


class ListObject:
    """A table."""

    def __init__(self, sheet: Worksheet, name: str, block: Area, *, totals: bool) -> None:
        self.Parent, self.Name, self.block, self.ShowTotals = sheet, name, block, totals

    @property
    def Range(self) -> Range:  # noqa: N802
        return Range(self.Parent, self.block)

    @property
    def HeaderRowRange(self) -> Range:  # noqa: N802
        return Range(self.Parent, self.block._replace(bottom=self.block.top))

    def Resize(self, cells: Range) -> None:  # noqa: N802
        self.Parent.Application.note("Resize", self.Name, str(cells.block))
        if self.Parent.ProtectContents:
            raise ComError("You cannot use this command on a protected sheet.")
        self.block = cells.block


def _sent(value: Any) -> Any:
    """A value as COM carries it: an error as its number."""
    return ERROR_NUMBERS[value] - 2146828288 if isinstance(value, CellError) else value


def _plain(value: Any) -> Any:
    return f"{value:.15g}" if isinstance(value, float) else str(_sent(value))
