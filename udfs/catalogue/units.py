"""The kinds' names: what a formula writes in its signature, each with unit, domain and wording."""

from __future__ import annotations

from enum import IntEnum
from typing import Annotated, Any

from udfs.catalogue.cell_types import Number, Text, Word
from udfs.catalogue.cells import Cell
from udfs.catalogue.range_types import Columns, Line, Records, Slots, Square, Vector
from udfs.maths.arrays import Floats, Numeric


class Sides(IntEnum):
    """Long profits when the price rises, short when it falls."""

    LONG = 1
    SHORT = -1


_SIDE = Word(
    "side",
    Sides,
    {"buy": 1, "l": 1, "sell": -1, "s": -1},
    numbers=True,
)

_price = Number("price", "account currency per unit", "type a price, like 100", 0, low_open=True)
_barrier = Number("price", "account currency per unit", "type a price, like 90 (0 = never)", 0)
_quantity = Number(
    "quantity",
    "units of the asset",
    "type a quantity, like 50, and the side apart",
    0,
    low_open=True,
)
_money = Number("amount", "account currency", "type an amount, like 10000", 0, low_open=True)
_amount = Number("amount", "account currency", "type an amount, like 12.5; minus = the other way")
_leverage = Number("leverage", "times margin", "type 10 for ten times", 0, low_open=True)
_share = Number("share", "fraction", "type 2% or 0.02, not 2", 0, 1, low_open=True)
_portion = Number("share", "fraction", "type 30% or 0.3, not 30", 0, 1, low_open=True)
_rate = Number("rate", "fraction", "type 0.5% or 0.005, not 0.5", 0, 1, high_open=True)
_slippage = Number("slippage", "fraction of the price", "type 0.1% or 0.001", 0)
_funding = Number(
    "funding rate",
    "fraction per funding interval",
    "type 0.01% or 0.0001",
    -1,
    1,
    low_open=True,
    high_open=True,
)
_yearly = Number("yearly rate", "fraction per year", "type 8% or 0.08", 0)
_hours = Number("hours", "hours", "type 8 for every eight hours", 0, low_open=True)
_days = Number("days", "days", "type 7 for a week", 0)
_volatility = Number("volatility", "fraction per day", "type 5% or 0.05, one day's deviation", 0)
_count = Number("count", "number", "type a number, 0 or more", 0)
_drift = Number("drift", "fraction per day", "type 0.1% or 0.001, minus = falling")
_part = Number("fraction", "fraction", "type 25% or 0.25", 0, 1)
_trail = Number("trail", "fraction of the price", "type 3% or 0.03", 0, 1, high_open=True)
_trigger = Number("trigger", "fraction", "type 50% or 0.5", 0, low_open=True)

FormulaName = Annotated[str, Text("formula", 'type a formula\'s name, like "ISO_POSITION_SIZE"')]

Side = Annotated[Numeric, _SIDE]
Price = Annotated[Numeric, _price]
Barrier = Annotated[Numeric, _barrier]
Quantity = Annotated[Numeric, _quantity]
Money = Annotated[Numeric, _money]
Amount = Annotated[Numeric, _amount]
Leverage = Annotated[Numeric, _leverage]
Share = Annotated[Numeric, _share]
Portion = Annotated[Numeric, _portion]
Rate = Annotated[Numeric, _rate]
Slippage = Annotated[Numeric, _slippage]
FundingRate = Annotated[Numeric, _funding]
YearlyRate = Annotated[Numeric, _yearly]
Hours = Annotated[Numeric, _hours]
Days = Annotated[Numeric, _days]
Volatility = Annotated[Numeric, _volatility]
Count = Annotated[Numeric, _count]
Drift = Annotated[Numeric, _drift]

Trail = Annotated[Numeric, _trail]

Triggers = Annotated[Any, Vector(_trigger)]
Fractions = Annotated[Any, Vector(_part)]
Tiers = Annotated[
    Floats,
    Columns(
        "tiers",
        {
            "notional floor": Number("floor", "account currency", "start at 0", 0),
            "maintenance rate": _rate,
        },
        "notional floor in account currency, maintenance rate as a fraction",
        "give two columns, floors rising from 0, like {0,0.004;50000,0.005}",
    ),
]

EachSide = Annotated[Line, Slots(_SIDE)]
EachPrice = Annotated[Line, Slots(_price)]
EachBarrier = Annotated[Line, Slots(_barrier)]
EachQuantity = Annotated[Line, Slots(_quantity)]
EachMargin = Annotated[Line, Slots(_money)]
EachVolatility = Annotated[Line, Slots(_volatility)]
EachRate = Annotated[Any, Slots(_rate)]
EachRisk = Annotated[
    Line, Slots(Number("risk", "account currency", "type a cash risk, like 200; minus for a short"))
]
EachShock = Annotated[
    Line, Slots(Number("shock", "fraction of the price", "type -10% or -0.1 for a fall", -1))
]
Correlation = Annotated[
    list[list[Any]],
    Square(
        Number("correlation", "correlation", "type a number from -1 to 1, like 0.8"),
        "correlation",
        "correlation of the prices' returns, -1 to 1",
        "give a square of correlations with 1 on the diagonal, or one number for every pair",
        "a square of numbers from -1 to 1, or one number",
    ),
]
Paths = Annotated[Numeric, Number("paths", "number", "type 20000", 1, 10_000_000)]
Seed = Annotated[Numeric, Number("seed", "number", "type a whole number, like 1", 0, 2**53)]
Venues = Annotated[
    list[tuple[Cell, list[Any]]],
    Records(
        "venues",
        "Name",
        {
            "Max leverage": _leverage,
            "Maintenance rate": _rate,
            "Liquidation penalty": _rate,
            "Fee rate": _rate,
            "Spread": _rate,
            "Funding rate": _funding,
            "Funding hours": _hours,
            "Borrow rate": _yearly,
        },
        "times margin, fractions of the notional, hours, fraction per year",
        "give the venues' table, a row each, without its headings",
        {"Funding hours": 8.0, "Borrow rate": 0.0},
    ),
]
