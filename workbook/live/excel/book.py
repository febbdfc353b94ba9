"""`workbook.actions.live.LiveBook` in Excel, through xlwings and Excel's own objects below it."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from addin.excel.conversion import from_excel
from addin.package.addresses import Area, a1, area
from addin.package.values import Value
from udfs.errors import CellError
from workbook.actions import ActionError
from workbook.actions.live import CellPosition, LiveTable
from workbook.live.excel.steps import Computing, Done, Grown, Step, Unprotected, Written

if TYPE_CHECKING:
    import xlwings

Api = Any  # Excel's own objects

# What was done in each workbook since Python was started, by the workbook's full name.
_history: dict[str, list[Done]] = {}

# Of a protected sheet: what people may do there all the same, in the order that Protect takes it.
_ALLOWED = (
    "AllowFormattingCells", "AllowFormattingColumns", "AllowFormattingRows",
    "AllowInsertingColumns", "AllowInsertingRows", "AllowInsertingHyperlinks",
    "AllowDeletingColumns", "AllowDeletingRows", "AllowSorting", "AllowFiltering",
    "AllowUsingPivotTables",
)  # fmt: skip


class ExcelBook:
    """One open workbook."""

    def __init__(self, book: xlwings.Book) -> None:
        self._book = book
        self._title = ""
        self._steps: list[Step] = []

    # What is there

    def tables(self) -> list[LiveTable]:
        """The tables as they stand now."""
        found = []
        for sheet in self._book.sheets:
            for table in sheet.api.ListObjects:
                head = table.HeaderRowRange
                if head is None:
                    continue
                top, left, totals = int(head.Row), int(head.Column), bool(table.ShowTotals)
                bottom = top + int(table.Range.Rows.Count) - 1 - totals
                titles = tuple(str(title) for title in _rows(head.Value2)[0])
                found.append(
                    LiveTable(str(table.Name), sheet.name, top, left, bottom, titles, totals)
                )
        return found

    def named(self, name: str) -> CellPosition | None:
        """The first cell of what a name of the workbook stands for."""
        try:
            cells = self._book.api.Names(name).RefersToRange
        except Exception:  # Excel's way to say that there is none, or that it is no range
            str(self._book.api.FullName)  # which a workbook that was closed does not tell
            return None
        return CellPosition(str(cells.Worksheet.Name), int(cells.Row), int(cells.Column))

    def selected(self) -> CellPosition | None:
        """The cell that the person has chosen."""
        cell = self._book.app.api.ActiveCell
        if cell is None or cell.Worksheet.Parent.FullName != self._book.api.FullName:
            return None
        return CellPosition(str(cell.Worksheet.Name), int(cell.Row), int(cell.Column))

    def read(self, sheet: str, top: int, left: int, bottom: int, right: int) -> list[list[Value]]:
        """What cells show, row by row."""
        return _rows(self._cells(sheet, top, left, bottom, right).Value2)

    def formulas(
        self, sheet: str, top: int, left: int, bottom: int, right: int
    ) -> list[tuple[int, int]]:
        """Which of the cells hold formulas."""
        cells = self._cells(sheet, top, left, bottom, right)
        if cells.HasFormula is False:
            return []
        texts, shown = _rows(cells.Formula), _rows(cells.Value2)
        # Text that only looks like a formula shows itself.
        return [
            (row, column)
            for row, (typed, seen) in enumerate(zip(texts, shown, strict=True), top)
            for column, (text, value) in enumerate(zip(typed, seen, strict=True), left)
            if isinstance(text, str) and text.startswith("=") and text != value
        ]

    def save_copy(self, path: str) -> None:
        """Save a copy of the workbook, macros and all."""
        self._book.api.SaveCopyAs(path)

    # Changes

    def begin(self, title: str) -> None:
        """From here on every change is kept; the VBA holds calculation and screen."""
        self._title, self._steps = title, []

    def write(self, sheet: str, row: int, column: int, values: Sequence[Value]) -> None:
        """Put values below each other into input cells."""
        cells = self._cells(sheet, row, column, row + len(values) - 1, column)
        self._open(sheet, cells)
        before = tuple(line[0] for line in _rows(cells.Value2))
        self._steps.append(Written(sheet, row, column, before, tuple(values)))
        _put(cells, values)

    def put_formula(self, place: CellPosition, formula: str, array: str) -> None:
        """A file's formula: Excel's `Formula` reads it as the file does, in English."""
        block = area(array) if array else Area(place.row, place.column, place.row, place.column)
        cells = self._block(place.sheet, block)
        self._open(place.sheet, cells)
        self._steps.append(self._held(place.sheet, block))
        _compute(cells, f"={formula}", array=bool(array))

    def grow(self, table: LiveTable, rows: int) -> None:
        """Make a table longer; the new rows are copies of one, without its inputs."""
        first, last = table.bottom + 1, table.bottom + rows
        new = self._cells(table.sheet, first, table.left, last, table.right)
        self._open(table.sheet, new, whole=True)
        model = self._model_row(table)
        names = self._names_down_to(table)
        self._steps.append(Grown(table, rows, names))
        self._resize(table, last)
        self._cells(table.sheet, model, table.left, model, table.right).Copy(new)
        held = self.formulas(table.sheet, model, table.left, model, table.right)
        computing = {column for _, column in held}
        for column in range(table.left, table.right + 1):
            if column not in computing:
                self._cells(table.sheet, first, column, last, column).ClearContents()
        for name, meant in names.items():
            # Excel stretches some of them itself.
            longer = _to_row(table.bottom).sub(f"${last}", meant)
            if self._book.names[name].refers_to == meant:
                self._book.names[name].refers_to = longer

    def end(self) -> None:
        """Protect again what was protected, and keep what was done."""
        self._protect(self._steps)
        self.history.append(Done(self._title, tuple(self._steps)))

    def abandon(self) -> None:
        """Take back what was done since `begin`."""
        self._take_back(self._steps)

    # Taking back

    @property
    def history(self) -> list[Done]:
        """What the buttons did in this workbook, the last one last."""
        return _history.setdefault(str(self._book.api.FullName), [])

    def undo(self, done: Done) -> None:
        """Take an action back; what Excel refuses of it can be taken back later."""
        try:
            self._take_back(done.steps)
        except Exception as problem:
            problem.add_note("Not all of it is taken back: press Undo again")
            raise
        self.history.remove(done)

    def refuse_if_changed(self, done: Done) -> None:
        """Raise ActionError where somebody has typed over what an action wrote."""
        # What an Undo that was refused half way has put back is no change, either.
        wrote: dict[CellPosition, tuple[Value, Value]] = {}
        for step in done.steps:
            if isinstance(step, Written):
                pairs = zip(step.before, step.after, strict=True)
                for row, (before, after) in enumerate(pairs, step.row):
                    at = CellPosition(step.sheet, row, step.column)
                    wrote[at] = (wrote[at][0] if at in wrote else before, after)
            elif isinstance(step, Computing):
                at = CellPosition(step.sheet, step.block.top, step.block.left)
                ((now,),) = self.read(at.sheet, at.row, at.column, at.row, at.column)
                typed = now not in (None, "", step.before[0][0])
                if typed and not self.formulas(at.sheet, at.row, at.column, at.row, at.column):
                    raise ActionError(
                        f"{at.sheet}!{a1(at.row, at.column)} was changed after {done.name}: press"
                        " Repair again first"
                    )
        for at, (before, value) in wrote.items():
            ((now,),) = self.read(at.sheet, at.row, at.column, at.row, at.column)
            if not any(_same(now, one) for one in (value, before)):
                raise ActionError(
                    f"{at.sheet}!{a1(at.row, at.column)} was changed after {done.name}: put"
                    f" {'nothing' if value is None else value} back there first"
                )

    def _take_back(self, steps: Sequence[Step]) -> None:
        """All that can be: what is refused does not keep the rest from it."""
        opened = [step for step in steps if isinstance(step, Unprotected)]
        doing = [*(partial(self._unprotect, step) for step in opened),
                 *(partial(self._take_back_one, step) for step in reversed(steps)),
                 *(partial(self._protect, [step]) for step in opened)]  # fmt: skip
        troubles = []
        for do in doing:
            try:
                do()
            except Exception as trouble:
                troubles.append(trouble)
        if troubles:
            raise troubles[0]

    def _take_back_one(self, step: Step) -> None:
        if isinstance(step, Written):
            last = step.row + len(step.before) - 1
            _put(self._cells(step.sheet, step.row, step.column, last, step.column), step.before)
        elif isinstance(step, Computing):
            self._put_back(step)
        elif isinstance(step, Grown):
            self._shorten(step)

    def _unprotect(self, step: Unprotected) -> None:
        sheet = self._book.sheets[step.sheet].api
        if sheet.ProtectContents:
            sheet.Unprotect("")

    def _held(self, sheet: str, block: Area) -> Computing:
        """What stands in cells that a formula is about to fill."""
        cells = self._block(sheet, block)
        array = ""
        if cells.HasArray is not False:  # all of them, or some
            filled = cells.Cells(1, 1).CurrentArray if cells.HasArray else None
            if filled is None or filled.Count != cells.Count or filled.Row != block.top:
                raise ActionError(
                    f"{sheet}!{block}: an array formula stands in some of these cells: clear all"
                    " that it fills first"
                )
            array = str(cells.Cells(1, 1).Formula)
        computed = frozenset(self.formulas(sheet, *block))
        texts, shown = _rows(cells.Formula), _rows(cells.Value2)
        before = tuple(
            tuple(
                text if (row, column) in computed else value
                for column, (text, value) in enumerate(zip(typed, seen, strict=True), block.left)
            )
            for row, (typed, seen) in enumerate(zip(texts, shown, strict=True), block.top)
        )
        return Computing(sheet, block, before, computed, array)

    def _put_back(self, step: Computing) -> None:
        cells = self._block(step.sheet, step.block)
        if step.array:
            _compute(cells, step.array, array=True)
            return
        cells.ClearContents()  # of an array no single cell can be changed
        for row, values in enumerate(step.before, step.block.top):
            for column, value in enumerate(values, step.block.left):
                cell = self._cells(step.sheet, row, column, row, column)
                if (row, column) in step.computed:
                    _compute(cell, str(value), array=False)
                elif value is not None:
                    _put(cell, (value,))

    def _shorten(self, step: Grown) -> None:
        table = step.table
        now = self._book.sheets[table.sheet].api.ListObjects(table.name).Range.Rows.Count
        if table.top + now - 1 > table.bottom:  # else somebody's cells stand there
            first, last = table.bottom + 1, table.bottom + step.rows
            self._cells(table.sheet, first, table.left, last, table.right).Clear()
            self._resize(table, table.bottom)
        for name, meant in step.names.items():
            self._book.names[name].refers_to = meant

    # Excel's own objects

    def _cells(self, sheet: str, top: int, left: int, bottom: int, right: int) -> Api:
        # By address: each thing that is asked of Excel is a call to another program.
        return self._book.sheets[sheet].api.Range(str(Area(top, left, bottom, right)))

    def _block(self, sheet: str, block: Area) -> Api:
        return self._cells(sheet, block.top, block.left, block.bottom, block.right)

    def _resize(self, table: LiveTable, last: int) -> None:
        sheet = self._book.sheets[table.sheet]
        sheet.tables[table.name].resize(sheet.range((table.top, table.left), (last, table.right)))

    def _model_row(self, table: LiveTable) -> int:
        """The last row that is seen: one that a filter hides would be copied as nothing."""
        for row in range(table.bottom, table.top, -1):
            if not self._cells(table.sheet, row, table.left, row, table.left).EntireRow.Hidden:
                return row
        raise ActionError(
            f"a filter hides every row of the table {table.name}: clear the filter, then press the"
            " button again"
        )

    def _names_down_to(self, table: LiveTable) -> dict[str, str]:
        """The names that reach to a table's last row, and what they mean."""
        found = {}
        for name in self._book.api.Names:
            meant = str(name.RefersTo)
            if not _to_row(table.bottom).search(meant):
                continue
            try:
                areas = list(name.RefersToRange.Areas)
            except Exception:  # a constant or a formula
                continue
            if areas[0].Worksheet.Name == table.sheet and any(
                table.top < area.Row <= table.bottom == area.Row + area.Rows.Count - 1
                and table.left <= area.Column <= table.right
                for area in areas
            ):
                found[str(name.Name)] = meant
        return found

    def _open(self, sheet: str, cells: Api, *, whole: bool = False) -> None:
        """Take a sheet's protection off, without a password, where it is in the way."""
        tab = self._book.sheets[sheet].api
        if not tab.ProtectContents or not (whole or cells.Locked is not False):
            return
        options = {name: bool(getattr(tab.Protection, name)) for name in _ALLOWED}
        options["DrawingObjects"] = bool(tab.ProtectDrawingObjects)
        options["Scenarios"] = bool(tab.ProtectScenarios)
        with contextlib.suppress(Exception):  # the password is another one
            tab.Unprotect("")
        if tab.ProtectContents:
            raise ActionError(
                f"the sheet {sheet} is protected with a password: take the protection off"
                " (Review > Unprotect Sheet), then press the button again"
            )
        self._steps.append(Unprotected(sheet, options))

    def _protect(self, steps: Sequence[Step]) -> None:
        for step in steps:
            if isinstance(step, Unprotected):
                # By place: where Excel is too busy to describe itself, pywin32 knows no names.
                kept = step.options
                self._book.sheets[step.sheet].api.Protect(
                    "", kept["DrawingObjects"], True, kept["Scenarios"], False,
                    *(kept[name] for name in _ALLOWED),
                )  # fmt: skip


def _same(one: Value, other: Value) -> bool:
    return one == other or {one, other} == {None, ""}


def _to_row(row: int) -> re.Pattern[str]:
    """What stands in a name's meaning that reaches to a row."""
    return re.compile(rf"\${row}(?!\d)")


def _rows(value: Any) -> list[list[Value]]:
    """What Excel gives for cells, one or many, as rows."""
    found = from_excel(value)
    return found if isinstance(found, list) else [[found]]


def _put(cells: Api, values: Sequence[Value]) -> None:
    sent = [_sent(value) for value in values]
    # Where a filter hides rows, Excel does not spread an array as it stands.
    if len(sent) > 1 and cells.EntireRow.Hidden is False:
        cells.Value2 = tuple((value,) for value in sent)
        return
    for at, value in enumerate(sent, 1):
        cells.Cells(at, 1).Value2 = value


def _compute(cells: Api, formula: str, *, array: bool) -> None:
    if array:
        cells.FormulaArray = formula
    else:
        cells.Formula = formula


def _sent(value: Value) -> float | bool | str | None:
    """A value as Excel takes it; the apostrophe keeps a text from becoming anything else."""
    if isinstance(value, CellError):
        return value.value
    if isinstance(value, str):
        return f"'{value}" if value else None
    return value
