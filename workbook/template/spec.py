"""What an input is: its kind, its bounds, and the words Excel shows beside it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

Default = str | float | int | None

SERIAL_FROM = 40000.0  # 2009-07-06: before it nothing that this workbook plans could be traded
SERIAL_TO = 73050.0  # 2099-12-31


WORKINGS = "WORKINGS"  # band of the columns that only explain others


class Kind(NamedTuple):
    """A type of input: how it looks, what Excel accepts, and the error that says what to type."""

    name: str
    format: str
    validation: str
    low: float | None = None
    high: float | None = None
    error: str = ""
    align: str = "right"


_KINDS = (
    Kind("money", "money", "decimal", 0.0, 1e12, "Type an amount above 0, e.g. 10000."),
    Kind("floor", "money", "decimal", 0.0, 1e12, "Type an amount from 0, e.g. 50000."),
    Kind("cash", "cash", "decimal", -1e12, 1e12, "Type an amount; paid is +, received is -."),
    Kind("price", "price", "decimal", 1e-12, 1e12, "Type a price above 0, e.g. 100."),
    Kind("quantity", "quantity", "decimal", 0.0, 1e15, "Type a number of units, e.g. 50."),
    Kind("share", "percent", "decimal", 0.0, 1.0, "Type a percentage from 0% to 100%, e.g. 2%."),
    Kind("fraction", "percent", "decimal", 0.0, 10.0, "Type a percentage, e.g. 50% or 100%."),
    Kind("rate", "rate", "decimal", -0.999, 0.999, "Type a percentage, e.g. 0.01%."),
    Kind("cost rate", "rate", "decimal", 0.0, 0.999, "Type a percentage, e.g. 0.06%."),
    Kind("leverage", "times", "decimal", 1.0, 1000.0, "Type a number from 1 to 1000, e.g. 10."),
    Kind("multiple", "times", "decimal", 0.0, 1000.0, "Type a number of times, e.g. 1.5."),
    Kind("days", "days", "decimal", 0.0, 3650.0, "Type a number of days from 0 to 3650, e.g. 7."),
    Kind("hours", "days", "decimal", 0.01, 8760.0, "Type a number of hours above 0, e.g. 8."),
    Kind("count", "whole", "whole", 1.0, 1000.0, "Type a whole number from 1 to 1000, e.g. 3."),
    Kind("correlation", "ratio", "decimal", -1.0, 1.0, "Type a number from -1 to 1, e.g. 0.8."),
    Kind("shock", "percent", "decimal", -0.99, 10.0, "Type a percentage, e.g. -10%."),
    Kind("beta", "ratio", "decimal", -10.0, 10.0, "Type a number from -10 to 10, e.g. 1.3."),
    Kind("digits", "whole", "whole", 0.0, 20.0, "Type a whole number from 0, e.g. 4."),
    Kind("number", "whole", "whole", 1.0, 1e6, "Type a whole number above 0, e.g. 15."),
    Kind("minutes", "days", "decimal", 0.0, 1e5, "Type a number of minutes, e.g. 1."),
    Kind("text", "text", "textLength", 1.0, 40.0, "Type at most 40 characters.", "left"),
    Kind("note", "text", "textLength", 0.0, 200.0, "Type at most 200 characters.", "left"),
    Kind("choice", "text", "list", None, None, "Choose one of the list.", "left"),
    Kind("date", "date", "date", SERIAL_FROM, SERIAL_TO, "Type a date, e.g. 2026-11-20.", "left"),
    Kind(
        "moment",
        "moment",
        "date",
        SERIAL_FROM,
        SERIAL_TO,
        "Type a date and a time in UTC, e.g. 2026-11-20 18:00.",
        "left",
    ),
)
KINDS: Mapping[str, Kind] = MappingProxyType({kind.name: kind for kind in _KINDS})


class Setting(NamedTuple):
    """One input of the whole book; `name` is its defined name, section and key name it in TOML.

    An `optional` one may stay blank. It stands on Settings or on another `sheet`.
    """

    section: str
    key: str
    name: str
    label: str
    unit: str
    kind: str
    prompt: str
    source: str
    default: Default = None
    choices: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    sheet: str = "Settings"
    optional: bool = False


class Column(NamedTuple):
    """One column of a table: an input where it has a key, computed where it has a formula.

    A formula is written as Excel shows it (`[@Entry]`), without the equals sign and without the
    test for an empty row, which the builder puts around it. An `always` column is computed in rows
    that the table's gate shuts. `formerly` and `former_keys` are the names that older workbooks
    and files of inputs have for it.
    """

    header: str
    unit: str
    band: str
    width: float
    kind: str = ""
    key: str = ""
    prompt: str = ""
    choices: tuple[str, ...] = ()
    list_name: str = ""
    required: bool = False
    formula: str = ""
    format: str = "text"
    align: str = "right"
    strong: bool = False
    formerly: tuple[str, ...] = ()
    former_keys: tuple[str, ...] = ()
    always: bool = False
    wrap: bool = False

    @property
    def is_input(self) -> bool:
        """True where a person types."""
        return not self.formula


@dataclass(frozen=True)
class Table:
    """An Excel table: its columns in order, where it stands, how many rows it starts with.

    A row is blank while its `row_key` is. Where there is a `gate`, the name of a column, nothing
    of a row is computed while that column is not 1.
    """

    name: str
    sheet: str
    top: int
    left: int
    rows: int
    row_key: str
    columns: tuple[Column, ...]
    gate: str = ""

    def column(self, header: str) -> Column:
        """The column of that header."""
        return next(column for column in self.columns if column.header == header)

    @property
    def inputs(self) -> tuple[Column, ...]:
        """The columns that people fill in."""
        return tuple(column for column in self.columns if column.is_input)

    @property
    def header_row(self) -> int:
        """Row of the table's header; bands and units stand in the two rows above it."""
        return self.top + 2

    @property
    def first_row(self) -> int:
        """First data row."""
        return self.top + 3

    @property
    def last_row(self) -> int:
        """Last data row of the template."""
        return self.first_row + self.rows - 1

    def index(self, header: str) -> int:
        """Sheet column number of a header."""
        return self.left + [column.header for column in self.columns].index(header)
