"""What the names in a workbook's formulas mean: its tables, defined names and sheets."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from addin.embedded.pieces import Pieces
from addin.embedded.structured_references import column_span, items_and_columns, row_span
from addin.package import formula_text as ft
from addin.package.addresses import Area, areas, quote_sheet
from addin.package.errors import PackageError

if TYPE_CHECKING:
    from addin.package.package import DefinedName
    from addin.package.tables import PackageTable


class NamesInWorkbook:
    """The tables, defined names and sheets of one workbook."""

    def __init__(
        self, tables: Iterable[PackageTable], names: Iterable[DefinedName], sheets: Iterable[str]
    ) -> None:
        self.tables = {table.name.casefold(): table for table in tables}
        # By sheet ("" for the whole workbook) and name, both in lower case.
        self.names = {
            ((name.sheet or "").casefold(), name.name.casefold()): name
            for name in names
            if not name.name.startswith("_xl")
        }
        self.local = frozenset(key for sheet, key in self.names if sheet)
        self.sheets = list(sheets)

    def named(self, word: str, sheet: str) -> DefinedName | None:
        """A defined name as seen from a sheet."""
        key = word.casefold()
        return self.names.get((sheet.casefold(), key)) or self.names.get(("", key))

    def table_area(self, text: str, own: PackageTable | None) -> tuple[str, Area, bool] | None:
        """The sheet and cells of a structured reference, and whether it means its own row only."""
        name, _, inner = text.partition("[")
        table = self.tables.get(name.casefold()) if name else own
        if table is None:
            return None
        spec = inner[:-1].strip()
        own_row = spec.startswith("@")
        if own_row:
            spec = spec[1:].strip()
        items, columns = items_and_columns(spec)
        span = column_span(table, columns)
        if span is None:
            return None
        if own_row or "#this row" in items:
            return table.sheet, Area(table.first_row, span[0], table.last_row, span[1]), True
        rows = row_span(table, items)
        if rows is None:
            return None
        return table.sheet, Area(rows[0], span[0], rows[1], span[1]), False

    def are_many(self, kind: str, text: str, sheet: str, own: PackageTable | None) -> bool:
        """Whether a name or structured reference means more than one cell."""
        if kind == ft.STRUCTURED:
            found = self.table_area(text, own)
            return found is not None and not found[2] and found[1].rows * found[1].columns > 1
        if kind != ft.NAME or text.upper() in ("TRUE", "FALSE"):
            return False
        key = text.casefold()
        known = self.named(key, sheet)
        if known is None:
            return key in self.tables or key.startswith("_xlpm.")
        return known.target is None or known.target[1].rows * known.target[1].columns > 1

    def area_of(
        self, argument: Pieces, sheet: str, own: PackageTable | None
    ) -> tuple[str, Area] | None:
        """The cells that an argument names, if it does nothing else."""
        pieces = [token for token in argument if token.kind != ft.SPACE]
        if len(pieces) > 1 and pieces[0].kind == ft.SHEET:
            wanted = sheet_of(pieces.pop(0).text).casefold()
            sheet = next((one for one in self.sheets if one.casefold() == wanted), "")
        text = "".join(token.text for token in pieces)
        found = {token.kind for token in pieces}
        if sheet and (found <= {ft.CELL, ft.OPERATOR} or found in ({ft.ROWS}, {ft.COLUMNS})):
            try:
                return sheet, areas(text)[0]
            except (PackageError, IndexError):
                return None
        if len(pieces) == 1 and pieces[0].kind == ft.NAME:
            table = self.tables.get(text.casefold())
            if table is not None:
                return table.sheet, table.data
            name = self.names.get(("", text.casefold()))
            return name.target if name is not None else None
        if len(pieces) == 1 and pieces[0].kind == ft.STRUCTURED:
            meant = self.table_area(text, own)
            return meant[:2] if meant and not meant[2] else None
        return None


def has_relative_cells(text: str) -> bool:
    """Whether a name's text means other cells from another cell."""
    return ft.moved(text, 1, 1, around=True) != text


def prefix_to(there: str, sheet: str) -> str:
    """What goes before cells of one sheet in a formula on another."""
    return "" if there == sheet else f"{quote_sheet(there)}!"


def fixed(block: Area) -> str:
    """An area's address with dollar signs."""
    first, _, last = str(block).partition(":")
    return _dollars(first) + (f":{_dollars(last)}" if last else "")


def _dollars(address: str) -> str:
    letters = address.rstrip("0123456789")
    return f"${letters}${address[len(letters) :]}"


def sheet_of(prefix: str) -> str:
    """The sheet that a prefix such as ``'My plan'!`` names."""
    name = prefix.removesuffix("!")
    return name[1:-1].replace("''", "'") if name.startswith("'") else name
