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
    open: float | None = None  # positions
    risk: float | None = None  # lost if all stops are hit, in account currency
    risk_share: float | None = None
    correlated: float | None = None  # risk of all together, in account currency
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

    equity, risk, moment = number("Account_equity"), number("Plan_risk"), number("As_of")
    symbol, distance = _nearest(package)
    return Desk(
        str(path),
        None if moment is None else from_serial(moment, date1904=package.date1904),
        equity,
        str(_named(package, "Currency") or ""),
        number("Plan_open"),
        risk,
        risk / equity if risk is not None and equity else None,
        number("Risk_correlated"),
        symbol,
        distance,
        number("Checks_failed"),
        str(_named(package, "Master_check") or "not computed yet: isomargin calc"),
        str(_named(package, "Brake_words") or "").strip() if number("Brake_on") else "",
    )


def _named(package: Package, name: str) -> Value:
    known = package.names.get(name)
    return package.named(name) if known is not None and known.target is not None else None


def _nearest(package: Package) -> tuple[str, float | None]:
    """The open position whose liquidation is nearest to its entry, and how far that is."""
    found: list[tuple[float, str]] = []
    rows = TableRows(package, "Plan")
    for row in rows.numbers:
        entry, liquidation = rows.number(row, "Entry"), rows.number(row, "Liq price")
        if rows.value(row, "Status") == "open" and entry and liquidation is not None:
            side = rows.value(row, "Side")
            found.append((abs(entry - liquidation) / entry, f"{rows.value(row, 'Symbol')} {side}"))
    if not found:
        return "", None
    distance, symbol = min(found)
    return symbol, distance
