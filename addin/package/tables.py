"""Excel tables: where they stand and what their columns are called."""

from __future__ import annotations

from dataclasses import dataclass, field

from addin.package.addresses import Area, a1, area
from addin.package.errors import PackageError
from addin.package.markup import MAIN
from addin.package.values import unescape
from addin.package.xml import Element


@dataclass(frozen=True)
class PackageTable:
    """A table of a sheet. Rows are sheet rows."""

    name: str
    sheet: str
    part: str
    area: Area
    columns: tuple[str, ...]
    header_rows: int = 1
    totals_rows: int = 0
    _index: dict[str, int] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._index.update({name.casefold(): at for at, name in enumerate(self.columns)})

    @property
    def first_row(self) -> int:
        """The first data row."""
        return self.area.top + self.header_rows

    @property
    def last_row(self) -> int:
        """The last data row."""
        return self.area.bottom - self.totals_rows

    @property
    def data(self) -> Area:
        """The data rows, without headers and totals."""
        return self.area._replace(top=self.first_row, bottom=self.last_row)

    def need(self, header: str) -> int:
        """The sheet column of a table column that has to be there; PackageError where it is not."""
        column = self.column(header)
        if column is None:
            raise PackageError(
                f"the table {self.name} has no column {header}: put it back, or start from a new"
                " workbook with isomargin new."
            )
        return column

    def cell(self, row: int, header: str) -> str:
        """The address of the cell in a sheet row, by its column's header: ``C12``."""
        return a1(row, self.need(header))

    def column(self, name: str) -> int | None:
        """The sheet column of a table column; upper and lower case are one."""
        at = self._index.get(name.casefold())
        return None if at is None else self.area.left + at


def read_table(root: Element, sheet: str, part: str) -> PackageTable:
    """The table that a table part describes."""
    # LibreOffice leaves displayName out now and then.
    name = root.get("displayName") or root.get("name")
    columns = [column.get("name") for column in root.iter(f"{MAIN}tableColumn")]
    counts = [root.get("headerRowCount", "1"), root.get("totalsRowCount", "0")]
    damaged = PackageError(f"the file is damaged: its part {part} is no table. Use another copy.")
    if not name or None in columns or not set(counts) <= {"0", "1"}:
        raise damaged
    try:
        where = area(root.get("ref", ""))
    except PackageError:
        raise damaged from None
    if where.columns != len(columns) or where.rows < sum(map(int, counts)):
        raise damaged
    header_rows, totals_rows = map(int, counts)
    return PackageTable(
        name, sheet, part, where, tuple(map(unescape, columns)), header_rows, totals_rows
    )
