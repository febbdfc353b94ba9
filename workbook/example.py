"""The worked example: three ideas, twelve closed trades and two open ones, three venues.

Illustrative figures, dated, made to show one row that is good, one that is good enough and one
that asks to be mended. Nobody traded them.
"""

from __future__ import annotations

import datetime as dt

from workbook.sheets.context import Rows
from workbook.spec import Default

SETTINGS: dict[str, Default] = {"Data_kind": "example"}
_EPOCH = dt.datetime(1899, 12, 30)
_SOURCE = "illustrative terms, not a real venue"


def serial(text: str) -> float:
    """Excel's number for a date or a moment.

    >>> serial("2026-11-21 18:00")
    46347.75
    """
    moment = dt.datetime.fromisoformat(text)
    return round((moment - _EPOCH) / dt.timedelta(days=1), 8)


def _rows(keys: str, *values: tuple[Default, ...]) -> Rows:
    names = keys.split()
    return [dict(zip(names, row, strict=True)) for row in values]


_READ = serial("2026-11-01")
VENUES = _rows(
    "name max_leverage maintenance_rate liquidation_penalty fee_rate spread funding_rate "
    "funding_hours borrow_rate model remainder source as_of",
    ("Platform A", 50, 0.005, 0.12, 0.0006, 0.0002, 0.0001, 8, 0, "mark", "seized",
     _SOURCE, _READ),
    ("Platform B", 10, 0.008, 0.02, 0.0003, 0.0001, 0.0001, 8, 0, "mark", "trader",
     _SOURCE, _READ),
    ("Platform C", 25, 0.006, 0.05, 0.0005, 0.0003, 0.00012, 8, 0, "entry", "trader",
     _SOURCE, _READ),
)  # fmt: skip
PLAN = _rows(
    "symbol side venue entry stop days leverage volatility funding lot status reason",
    ("ETH", "long", "Platform A", 100, 96, 7, 10, 0.05, None, 0.1, "open",
     "range low held twice"),
    ("OP", "long", "Platform B", 1.84, 1.74, 5, 8, 0.06, None, 1, "open",
     "breakout, retest"),
    ("ARB", "short", "Platform C", 0.92, 0.97, 3, 25, 0.065, None, 1, "idea", None),
)  # fmt: skip
_KEYS = (
    "opened symbol side setup entry stop units leverage liq_price plan_carry risk "
    "closed exit fees carry reviewed rules_kept mistake note"
)
JOURNAL = _rows(
    _KEYS,
    *[
        (serial(opened), symbol, side, setup, entry, stop, units, leverage, liq, plan_carry, risk,
         serial(closed), exit_price, fees, carry, None, kept, mistake, note)
        for (opened, symbol, side, setup, entry, stop, units, leverage, liq, plan_carry, risk,
             closed, exit_price, fees, carry, kept, mistake, note) in (
            ("2026-10-03 08:30", "ETH", "long", "pullback", 104.0, 100.0, 48, 10, 94.07, 10.48,
             198.0, "2026-10-09 15:00", 111.2, 6.2, 9.4, "yes", None,
             "Scaled out at both targets; the runner was trailed out."),
            ("2026-10-05 12:00", "OP", "long", "breakout", 1.92, 1.82, 1900, 8, 1.694, 5.5, 192.0,
             "2026-10-06 03:10", 1.82, 2.13, 0.8, "yes", None,
             "Stopped as planned; the breakout failed in the night."),
            ("2026-10-08 09:15", "ARB", "short", "news", 0.98, 1.03, 3800, 10, 1.072, -3.4, 194.0,
             "2026-10-10 18:40", 0.945, 3.66, -2.1, "yes", None,
             "Took half early; the thesis played out faster than expected."),
            ("2026-10-12 16:45", "ETH", "long", "breakout", 109.5, 105.5, 47, 10, 99.05, 10.8,
             197.0, "2026-10-13 07:20", 104.1, 6.02, 1.5, "no", "moved stop",
             "Moved the stop down once, lost more than planned."),
            ("2026-10-14 10:00", "SOL", "long", "pullback", 151.0, 146.0, 38, 10, 136.58, 12.1,
             196.0, "2026-10-18 11:30", 158.8, 7.05, 6.9, "yes", None,
             "First target hit, rest stopped at break-even later."),
            ("2026-10-17 13:20", "OP", "long", "pullback", 1.78, 1.69, 2100, 8, 1.57, 5.2, 192.0,
             "2026-10-19 21:00", 1.902, 2.32, 2.4, "yes", None,
             "Clean trade: two targets and a trailing stop."),
            ("2026-10-20 08:00", "ARB", "short", "breakout", 0.905, 0.95, 4100, 12, 0.975, -3.0,
             192.0, "2026-10-20 19:30", 0.951, 3.81, -0.5, "no", "no reason typed",
             "Above policy leverage without a reason; stopped."),
            ("2026-10-23 09:40", "ETH", "short", "news", 106.0, 110.0, 47, 10, 116.02, -9.2,
             196.0, "2026-10-25 14:10", 101.4, 5.85, -2.6, "yes", None,
             "Expected a sell-off after the vote, got it."),
            ("2026-10-28 17:00", "SOL", "long", "breakout", 163.0, 157.0, 32, 10, 147.44, 11.0,
             198.0, "2026-10-30 02:15", 157.0, 6.14, 2.3, "yes", None,
             "Stopped as planned."),
            ("2026-11-02 11:30", "OP", "long", "pullback", 1.71, 1.62, 2100, 8, 1.508, 5.0, 193.0,
             "2026-11-06 09:00", 1.83, 2.23, 3.6, "yes", None,
             "Both targets; let the runner go too early?"),
            ("2026-11-07 15:10", "ARB", "long", "pullback", 0.87, 0.83, 4700, 10, 0.786, 4.3,
             193.0, "2026-11-09 16:00", 0.874, 4.1, 1.9, "no", "closed early",
             "Fear: closed before the first target, no reason in the plan."),
            ("2026-11-12 07:50", "ETH", "long", "pullback", 97.5, 93.6, 49, 10, 88.19, 10.0,
             197.0, "2026-11-17 20:20", 105.6, 5.98, 7.8, "yes", None,
             "Both targets in five days, carry as planned."),
        )
    ],
    (serial("2026-11-20 09:30"), "ETH", "long", "pullback", 100, 96, 48.3, 10, 90.45, 10.14, 200.0,
     None, None, None, None, serial("2026-11-21 08:30"), None, None,
     "Range low held twice; expect the range high within a week."),
    (serial("2026-11-21 10:00"), "OP", "long", "breakout", 1.84, 1.74, 1976, 8, 1.623, 5.45, 200.0,
     None, None, None, None, serial("2026-11-21 17:30"), None, None,
     "Retest of the breakout; wrong if it closes below 1.74."),
)  # fmt: skip
ROWS: dict[str, Rows] = {"Venues": VENUES, "Plan": PLAN, "Journal": JOURNAL}
