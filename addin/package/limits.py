"""How large a file may be before it is refused; one setting raises all of it."""

from __future__ import annotations

import math
import os
from typing import NamedTuple

from addin.package.errors import PackageError

# "2" reads files twice as large. The words of every refusal name it.
SETTING = "ISOMARGIN_LIMITS"


class Limits(NamedTuple):
    """Bounds that real files stay far below, and zip bombs and their like do not."""

    file_bytes: int = 512 * 2**20
    parts: int = 5_000
    part_bytes: int = 256 * 2**20
    total_bytes: int = 512 * 2**20
    # Of the parts above `part_bytes`, together: they are read piece by piece, for sheets whose rows
    # are kept as columns, and never whole. 50,000 plan rows are 1.9 GB.
    rows_bytes: int = 3 * 2**30
    # A sheet of equal rows packs 1:60; deflate ends near 1:1030, where bombs live.
    ratio: float = 200.0
    # Below this size a part is harmless however well it packs.
    ratio_from_bytes: int = 8 * 2**20
    # Signs < and = in the parts that are read: what they take in memory, about 130 bytes each. A
    # computed cell has ten.
    marks: int = 16_000_000
    # On one sheet, shared ones spelled out: about two kilobytes each.
    formulas: int = 800_000
    # In rows that are kept as columns, on one sheet: about 150 bytes each. As many plan rows as are
    # read from a person's own file have 8 million.
    grown_formulas: int = 10_000_000
    # Cells that one sheet's array formulas fill.
    array_cells: int = 250_000
    # Input files and exports.
    text_bytes: int = 64 * 2**20
    plan_rows: int = 50_000
    fills: int = 300_000
    # In one workbook. Half of each took 1.2 GB to import and 0.9 to compute.
    kept_fills: int = 400_000
    kept_trades: int = 100_000


def times_as_much(factor: float, what: str = "do") -> str:
    """What to set for limits that are so many times those that hold now."""
    times = math.ceil(_times() * factor)
    return f"to {what} it all the same, set {SETTING}={times} ({times} times as much of everything)"


def to_read_it(factor: float = 2.0) -> str:
    """The same of a file that is so much too large; where nobody knows how much, try twice."""
    return times_as_much(factor, "read")


def limits() -> Limits:
    """The limits that hold: as they stand above, or times what the setting says."""
    times = _times()
    plain = Limits()
    return Limits(**{name: type(value)(value * times) for name, value in plain._asdict().items()})


def _times() -> float:
    said = os.environ.get(SETTING, "1")
    try:
        times = float(said)
    except ValueError:
        times = 0.0
    if not 0 < times <= 1000:
        raise PackageError(f"{SETTING} is {said!r}: give a number from 1 to 1000, such as 2.")
    return times
