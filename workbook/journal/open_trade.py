"""Taking a trade: a row of the plan goes to the journal as values, and stays as it was."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from udfs import catalogue
from udfs.version import __version__
from workbook.actions import AppendRows, Changes, SetCell, Snapshot, TableData
from workbook.journal.integrity import fingerprint, seal
from workbook.journal.moments import JournalError, as_serial, moved_as_of
from workbook.template.tables.journal import PLANNED
from workbook.template.version import NAME as TEMPLATE
from workbook.template.version import in_words as version_in_words

TABLES = ("Plan", "Journal")
NAMES = ("As_of", TEMPLATE)

# Without these there is no trade to take; without the others there is one to learn less from.
NEEDED = ("Symbol", "Side", "Entry", "Stop", "Units", "Leverage", "Liq price", "Plan carry", "Risk")
WORDS = frozenset({"Symbol", "Side", "Venue", "Reason"})


@dataclass(frozen=True)
class Planned:
    """A row of the plan as it is computed now, by the journal's headers."""

    row: int  # in the plan, from 1
    values: dict[str, object] = field(repr=False)
    advice: str
    go: bool
    volatility: float | None

    @property
    def symbol(self) -> str:
        """What is traded."""
        return str(self.values["Symbol"])


def find_planned(seen: Snapshot, which: str) -> Planned:
    """The plan row of that number, or the one idea with that symbol."""
    plan = seen.table("Plan")
    symbols = {row: str(plan.value(row, "Symbol")) for row in plan.filled()}
    if which.isdecimal():
        row = int(which)
        if row not in symbols:
            there = ", ".join(f"{at} {name}" for at, name in symbols.items())
            raise JournalError(f"the plan has no row {which}: it has {there or 'no rows yet'}")
    else:
        found = [at for at, name in symbols.items() if name.casefold() == which.casefold()]
        ideas = [at for at in found if plan.value(at, "Status") != "open"] or found
        if not ideas:
            there = ", ".join(symbols.values()) or "no rows yet"
            raise JournalError(f"the plan has no {which}: it has {there}")
        if len(ideas) > 1:
            several = ", ".join(str(at) for at in ideas)
            raise JournalError(
                f"the plan has several rows with {which}: give the number, {several}"
            )
        (row,) = ideas
    if plan.value(row, "Status") == "open":
        raise JournalError(
            f"row {row} of the plan ({symbols[row]}) is open already: if the journal has no such"
            " trade, set the row's Status to idea first"
        )
    return _planned(plan, row)


def _planned(plan: TableData, row: int) -> Planned:
    values: dict[str, object] = {}
    for header, source in PLANNED.items():
        value = plan.value(row, source)
        wanted = str if header in WORDS else (int, float)
        if isinstance(value, wanted) and value != "" and not isinstance(value, bool):
            values[header] = value
        elif header in NEEDED:
            said = "is blank" if value in ("", None) else f"shows {value}"
            advice = plan.value(row, "What to do")
            raise JournalError(f"row {row} of the plan cannot be taken: {source} {said} ({advice})")
    volatility = plan.value(row, "Vol")
    return Planned(
        row, values, str(plan.value(row, "What to do")), plan.value(row, "Go") == 1,
        float(volatility) if isinstance(volatility, (int, float)) else None,
    )  # fmt: skip


def win_chance(planned: Planned) -> float | None:
    """The chance that the first target is reached before the stop, within the planned days."""
    given = [planned.values.get(header) for header in ("Entry", "Target 1", "Stop", "Days")]
    entry, target, stop, days = (one if isinstance(one, (int, float)) else None for one in given)
    if not days or not planned.volatility:
        return None
    answer = catalogue["ISO_TARGET_FIRST_PROBABILITY"](
        entry, target, stop, planned.volatility, days
    )
    return float(answer) if isinstance(answer, (int, float)) else None


def take(
    seen: Snapshot, planned: Planned, at: dt.datetime, actual: Mapping[str, object] | None = None
) -> Changes:
    """Write the plan row into the journal as values, seal it, and mark it open in the plan.

    ``actual`` are cells that are known already: price filled at, size, fees, setup.
    """
    moment = as_serial(at)
    journal = seen.table("Journal")
    numbers = [journal.number(row, "Trade") or 0 for row in journal.filled()]
    trade = int(max(numbers, default=0)) + 1
    template = version_in_words(seen.names.get(TEMPLATE))
    frozen = {
        **planned.values,
        "Opened": moment,
        "Win chance": win_chance(planned),
        "Made by": f"isomargin {__version__}, template {template}",
    }
    total, words = seal(frozen)
    row = {
        "Trade": trade,
        **frozen,
        **(actual or {}),
        "Sealed sum": total,
        "Sealed words": words,
    }
    row["Fingerprint"] = fingerprint(row)
    journal.need(row)
    values = planned.values
    edits = (
        AppendRows("Journal", (row,)),
        SetCell("Plan", planned.row, "Status", "open"),
        *moved_as_of(seen, moment),
    )
    said = (
        f"trade {trade}: {values['Symbol']} {values['Side']}, {values['Units']:.6g} at"
        f" {values['Entry']:.6g}, stop {values['Stop']:.6g}, liquidated at"
        f" {values['Liq price']:.6g}; {values['Risk']:.2f} at risk (seal {row['Fingerprint']})"
    )
    against = () if planned.go else (f"taken against the plan's advice: {planned.advice}",)
    return Changes(edits, (said,), against)
