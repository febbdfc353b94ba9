"""A copy for people without the add-in: values where its formulas stood, the others alive."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from addin.package import Package
from addin.package.addresses import cell
from addin.package.lock import locked
from addin.package.saving import save_bytes
from udfs.version import __version__

BANNER = "Version_banner"  # what every sheet of the template shows below its title
PREFIX = "ISO_"


@dataclass(frozen=True)
class Shared:
    """The copy, and how many formulas became values and how many still compute."""

    content: bytes
    frozen: int
    alive: int

    def told(self, output: Path) -> str:
        """What the copy is, in words."""
        return (
            f"{output}: {self.frozen:,} formulas of isomargin are values now, {self.alive:,} others"
            " still compute; typing into it does not change the values"
        )


def is_ours(function: str) -> bool:
    """Whether the add-in has to be there for a function."""
    return function.startswith(PREFIX)


def share(book: Package | bytes, now: dt.datetime) -> Shared:
    """The copy of a workbook, computed first; `now` is what every sheet says of its values.

    A `Package` becomes the copy.
    """
    from addin.embedded import open_book
    from workbook.computing import computed as compute

    computed = compute(book)
    computed.write_results()
    package = computed.package
    frozen = package.freeze(is_ours)
    package.drop_macros()
    _say(package, words(now))
    # What shows the banner is a formula like others: it computes once more, without ours.
    again = open_book(package, {})
    content = again.to_bytes()
    alive = sum(package.sheet(name).formula_count for name in package.sheets)
    return Shared(content, frozen, alive)


def share_file(book: Path, output: Path) -> str:
    """Write the copy of a workbook file; what was done, in words."""
    package = Package.open(book)
    shared = share(package, dt.datetime.now(dt.UTC))
    with locked(output):
        save_bytes(shared.content, output, backup=True, keep=package.backups_kept())
    return shared.told(output)


def words(now: dt.datetime) -> str:
    """What every sheet says.

    >>> words(dt.datetime(2026, 11, 28, 21, 40, tzinfo=dt.UTC))
    'as computed at 2026-11-28 21:40 UTC'
    """
    return f"as computed at {now.astimezone(dt.UTC):%Y-%m-%d %H:%M} UTC"


def _say(package: Package, said: str) -> None:
    """Put the words on every sheet: where the template says what it was made for, or on top."""
    shown = set()
    if BANNER in package.names:
        sheet, area = package.place(BANNER)
        package.sheet(sheet).set_input(area.top, area.left, said)
        package.sheet(sheet).forget_index()
        shown = {
            name
            for name in package.sheets
            if any(one.text == BANNER for one in package.sheet(name).element_formulas.values())
        }
    for name in package.sheets:
        if name not in shown:
            _say_on_top(package, name, f"isomargin {__version__}: {said}")


def _say_on_top(package: Package, name: str, said: str) -> None:
    """In the first row, to the right of all that stands in it."""
    sheet = package.sheet(name)
    used = [column for column, _ in sheet.filled_cells(1)]
    used += [
        area.right
        for area in (*(t.area for t in package.tables.values() if t.sheet == name), *sheet.arrays)
        if area.top == 1
    ]
    used += [cell(merged.rpartition(":")[2])[1] for merged in sheet.merged() if _on_top(merged)]
    sheet.set_input(1, max(used, default=0) + (2 if used else 1), said)


def _on_top(merged: str) -> bool:
    return cell(merged.partition(":")[0])[0] == 1
