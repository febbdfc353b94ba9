"""The plan's arithmetic as any spreadsheet program's own formulas, from a computed workbook.

All calculated columns of Plan, with cells for the table's references and, for our four formulas in
it, the same mathematics in native functions. What they read on other sheets are values.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.workbook.defined_name import DefinedName

from addin.embedded import EmbeddedBook
from addin.embedded.engine_copy import value_cell
from addin.package import Package
from addin.package import formula_text as ft
from addin.package.addresses import a1, column_letters
from addin.package.markup import escaped
from addin.package.tables import PackageTable
from addin.package.values import Value

_OWN_ROW = re.compile(r"Plan\[\[#This Row\],\[([^\]]+)\](?::\[([^\]]+)\])?\]")
_HEADER = re.compile(r"Plan\[\[#Headers\],\[([^\]]+)\]\]")
_COLUMN = re.compile(r"\b([A-Z]\w+)\[([^\[\]#]+)\]")
_ROW = "{row}"
_NO_ROWS = re.compile(rb"<sheetData ?/>|<sheetData></sheetData>")
# One cell that is counted or added up by a rule: not every program takes that for a range.
_COUNTED = re.compile(r'(?<=[(,])(\$[A-Z]+\{row\}),(?="[<>=])')


def _liquidation(*given: str) -> str:
    side, entry, leverage, rate, fee, _, _, _, relief, model = given
    sign = f'IF({side}="long",1,-1)'
    spare = f"{entry}/{leverage}+{relief}-{sign}*{entry}"
    return (
        f'MAX(0,IF({model}="entry",({spare}-{rate}*{entry})/({fee}-{sign}),'
        f"({spare})/({rate}+{fee}-{sign})))"
    )


def _touch(price: str, barrier: str, volatility: str, days: str) -> str:
    log = f"LN({barrier}/{price})"
    half, spread = f"{volatility}*{volatility}/2*{days}", f"({volatility}*SQRT({days}))"
    return (
        f"NORMSDIST(-SIGN({log})*({log}+{half})/{spread})"
        f"+{price}/({barrier})*NORMSDIST(-SIGN({log})*({log}-{half})/{spread})"
    )


def _size(*given: str) -> str:
    account, risk, entry, stop, fee, slippage, lot, leverage = given
    loss = f"(ABS({entry}-{stop})+{slippage}*{stop}+{fee}*({entry}+{stop}))"
    most = f"MIN({account}*{risk}/{loss},{account}*{leverage}/{entry})"
    return f"IF({lot}>0,INT({most}/MAX({lot},0.000000001)+0.000000001)*{lot},{most})"


def _carry(*given: str) -> str:
    side, notional, days, rate, hours, yearly, borrowed = given
    return (
        f'(IF({side}="long",1,-1)*{notional}*{rate}*24*{days}/{hours}'
        f"+{borrowed}*{yearly}*{days}/365)"
    )


_OURS: dict[str, Callable[..., str]] = {
    "ISO_LIQUIDATION_PRICE": _liquidation,
    "ISO_TOUCH_PROBABILITY": _touch,
    "ISO_POSITION_SIZE": _size,
    "ISO_CARRY_COST": _carry,
}


def native_plan(book: EmbeddedBook) -> bytes:
    """A workbook of the plan's rows with native formulas, none of them computed."""
    package = book.package
    table = package.table("Plan")
    columns = _columns(book, table)
    rows = []
    for name in package.sheets:
        tab = package.sheet(name)
        if name != table.sheet:
            rows.append("".join(_values(book, name)))
            continue
        kept = []
        for row in range(table.first_row, table.last_row + 1):
            cells = []
            for column in range(table.area.left, table.area.right + 1):
                if column in columns:
                    cells.append(columns[column].replace(_ROW, str(row)))
                elif (value := tab.value(row, column)) is not None:
                    cells.append(value_cell(a1(row, column), value))
            kept.append(f'<row r="{row}">{"".join(cells)}</row>')
        rows.append("".join(kept))
    return _written(package, rows)


def _written(package: Package, rows: list[str]) -> bytes:
    """A file of these sheets with all the parts that other readers ask for."""
    empty = Workbook()
    empty.remove(empty.active)
    for sheet in package.sheets:
        empty.create_sheet(sheet)
    for name in package.all_names:
        if name.sheet is None and name.target is not None and not name.name.startswith("_xlnm."):
            empty.defined_names[name.name] = DefinedName(name.name, attr_text=name.text)
    frame, whole = io.BytesIO(), io.BytesIO()
    empty.save(frame)
    with ZipFile(frame) as source, ZipFile(whole, "w", ZIP_DEFLATED, compresslevel=1) as target:
        for part in source.namelist():
            content = source.read(part)
            if found := re.fullmatch(r"xl/worksheets/sheet(\d+)\.xml", part):
                before, after = _NO_ROWS.split(content)
                inner = f"<sheetData>{rows[int(found[1]) - 1]}</sheetData>"
                content = before + inner.encode() + after
            target.writestr(part, content)
    return whole.getvalue()


def _columns(book: EmbeddedBook, table: PackageTable) -> dict[int, str]:
    """The cell of each calculated column, with its row left open."""
    # The first row's: all rows of a calculated column hold one formula.
    formulas = book.package.sheet(table.sheet).element_formulas
    found = {}
    for column in range(table.area.left, table.area.right + 1):
        if (formula := formulas.get((table.first_row, column))) is not None:
            text = _without_ours(_in_cells(formula.text, book, table))
            found[column] = (
                f'<c r="{column_letters(column)}{_ROW}"><f>{escaped(text)}</f><v></v></c>'
            )
    return found


def _in_cells(text: str, book: EmbeddedBook, table: PackageTable) -> str:
    """A formula with cells in place of a table's parts."""

    def letters(header: str) -> str:
        return "$" + column_letters(table.column(header) or 0)

    def own_row(found: re.Match[str]) -> str:
        first, last = found[1], found[2]
        return f"{letters(first)}{_ROW}" + (f":{letters(last)}{_ROW}" if last else "")

    def whole(found: re.Match[str]) -> str:
        other = book.package.table(found[1])
        column = column_letters(other.column(found[2]) or 0)
        return f"{other.sheet}!${column}${other.first_row}:${column}${other.last_row}"

    text = _OWN_ROW.sub(own_row, text)
    text = _HEADER.sub(lambda found: f"{letters(found[1])}${table.first_row - 1}", text)
    return _COUNTED.sub(r"\1:\1,", _COLUMN.sub(whole, text))


def _without_ours(text: str) -> str:
    """A formula with native functions in place of ours."""
    pieces = [token.text for token in ft.tokens(text)]
    kinds = [token.kind for token in ft.tokens(text)]
    for at, piece in enumerate(pieces):
        native = _OURS.get(piece.rstrip("(").upper()) if kinds[at] == ft.FUNCTION else None
        if native is None:
            continue
        arguments, depth, end = [""], 0, at + 1
        while not (kinds[end] == ft.CLOSE and depth == 0):
            depth += {ft.FUNCTION: 1, ft.OPEN: 1, ft.CLOSE: -1}.get(kinds[end], 0)
            if kinds[end] == ft.COMMA and depth == 0:
                arguments.append("")
            else:
                arguments[-1] += pieces[end]
            end += 1
        return "".join(pieces[:at]) + native(*arguments) + _without_ours("".join(pieces[end + 1 :]))
    return text


def _value_cell(address: str, value: Value) -> str:
    """A value; text of no length is no blank cell, and only a formula keeps it apart."""
    return f'<c r="{address}"><f>""</f><v></v></c>' if value == "" else value_cell(address, value)


def _values(book: EmbeddedBook, name: str) -> Iterator[str]:
    """A sheet's rows as plain values."""
    tab = book.package.sheet(name)
    for row in sorted(tab.element_rows):
        cells = [
            _value_cell(a1(row, column), book.value(name, a1(row, column)))
            for column, _ in tab.filled_cells(row)
        ]
        yield f'<row r="{row}">{"".join(cells)}</row>'
