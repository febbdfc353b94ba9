"""Many workbooks as one table: what each has at risk, how near a liquidation is, what fails.

Read as they were last computed, without changing them; `isomargin calc` computes one anew.
"""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, fields
from multiprocessing import get_context
from pathlib import Path

from addin.package import Package, TableRows, Value
from addin.package.values import from_serial
from udfs.errors import IsomarginError
from workbook.template.version import version_of

# Fewer books than that are read sooner than a process starts.
_ALONE = 4


@dataclass(frozen=True)
class Desk:
    """One workbook in a line; None where it says nothing of that."""

    book: str
    as_of: dt.datetime | None = None
    equity: float | None = None
    currency: str = ""
    open: int | None = None  # rows of Plan whose status is open
    open_risk: float | None = None  # lost if all their stops are hit, in account currency
    rows: int | None = None  # of Plan that have a risk, ideas too
    risk: float | None = None  # lost if all stops of Plan are hit
    risk_share: float | None = None  # of the equity
    correlated: float | None = None  # what those on the sheet Risk lose together
    correlated_rows: int | None = None  # how many these are: the sheet has room for the first ones
    nearest: str = ""  # the open position whose liquidation is nearest to its entry
    distance: float | None = None  # that far, as a share of the entry
    failed: float | None = None  # checks
    words: str = ""  # what the workbook says of its checks, or why it could not be read
    brakes: str = ""  # the limit of loss that is reached, in the workbook's words

    @property
    def is_well(self) -> bool:
        """Whether it was read, and no check fails."""
        return self.failed == 0


COLUMNS = tuple(field.name for field in fields(Desk))


def read(path: Path) -> Desk:
    """One workbook's line; what cannot be read says why."""
    try:
        return _read(path)
    except IsomarginError as error:
        return Desk(str(path), words=" ".join(str(error).split()))


def read_all(paths: Sequence[Path]) -> Iterator[Desk]:
    """The lines in the order of the paths, read in as many processes as there are cores."""
    cores = os.cpu_count() or 1
    if cores == 1 or len(paths) < _ALONE:
        yield from map(read, paths)
        return
    with ProcessPoolExecutor(min(cores, len(paths)), get_context("spawn")) as pool:
        yield from pool.map(read, paths, chunksize=max(1, len(paths) // (4 * cores)))


def _read(path: Path) -> Desk:
    package = Package.open(path)
    if version_of(package) is None:
        return Desk(str(path), words="this is no workbook of isomargin's template")

    def number(name: str) -> float | None:
        value = _named(package, name)
        return value if isinstance(value, float) else None

    rows = TableRows(package, "Plan")
    if _named(package, "Checks_failed") is None:
        return Desk(str(path), words="not computed yet: isomargin calc")
    risks = {row: risk for row in rows.numbers if (risk := rows.number(row, "Risk")) is not None}
    opened = [row for row in rows.numbers if rows.value(row, "Status") == "open"]
    equity, moment, together = number("Account_equity"), number("As_of"), number("Risk_count")
    risk = sum(one for one in risks.values() if one > 0)
    symbol, distance = _nearest(rows, opened)
    return Desk(
        str(path),
        None if moment is None else from_serial(moment, date1904=package.date1904),
        equity,
        str(_named(package, "Currency") or ""),
        len(opened),
        sum(one for row in opened if (one := risks.get(row, 0.0)) > 0),
        len(risks),
        risk,
        risk / equity if equity else None,
        number("Risk_correlated"),
        None if together is None else int(together),
        symbol,
        distance,
        number("Checks_failed"),
        str(_named(package, "Master_check") or ""),
        str(_named(package, "Brake_words") or "").strip() if number("Brake_on") else "",
    )


def _named(package: Package, name: str) -> Value:
    known = package.names.get(name)
    return package.named(name) if known is not None and known.target is not None else None


def _nearest(rows: TableRows, opened: Sequence[int]) -> tuple[str, float | None]:
    """The open position whose liquidation is nearest to its entry, and how far that is."""
    found: list[tuple[float, str]] = []
    for row in opened:
        entry, liquidation = rows.number(row, "Entry"), rows.number(row, "Liq price")
        if entry and liquidation is not None:
            side = rows.value(row, "Side")
            found.append((abs(entry - liquidation) / entry, f"{rows.value(row, 'Symbol')} {side}"))
    if not found:
        return "", None
    distance, symbol = min(found)
    return symbol, distance
