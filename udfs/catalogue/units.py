"""The arguments' types by name: what a formula writes in its signature, each with its unit."""

from __future__ import annotations

from typing import Annotated, Any, get_args

from udfs.catalogue.cell_types import Boolean, Choice, Number, Text
from udfs.catalogue.cells import Cell
from udfs.catalogue.parameter import ZERO_IS_BLANK
from udfs.catalogue.range_types import (
    MatrixType,
    NamedColumns,
    NamedRows,
    PerPosition,
    PositionColumn,
    Series,
    SquareMatrix,
    WholeSeries,
)
from udfs.catalogue.range_types import Numbers as NumbersType
from udfs.maths.arrays import Floats, Numeric
from udfs.maths.contract import Model

_MONEY = "account currency"
_UNITS = "units of the asset"
_FRACTION = "fraction"
_RESULT = "account currency or R"

_side = Choice(
    "side",
    ("long", "short"),
    (1.0, -1.0),
    {"buy": 1.0, "l": 1.0, "sell": -1.0, "s": -1.0},
)
_price = Number("price", "account currency per unit", "type a price, like 100", 0, low_open=True)
_barrier = Number("price", "account currency per unit", "type a price, like 90 (0 = never)", 0)
_quantity = Number(
    "quantity", _UNITS, "type a quantity, like 50, and the side apart", 0, low_open=True
)
_positive_money = Number("amount", _MONEY, "type an amount, like 10000", 0, low_open=True)
_signed_money = Number("amount", _MONEY, "type an amount, like 12.5; minus = the other way")
_money_from_0 = Number("amount", _MONEY, "type an amount, 0 or more", 0)
_leverage = Number("leverage", "times margin", "type 10 for ten times", 0, low_open=True)
_leverage_from_0 = Number("leverage", "times margin", "type 10 for ten times, 0 = none", 0)
_account_leverage = Number("leverage", "times the account", "type 10 for ten times, 0 = none", 0)
_risk = Number("share", _FRACTION, "type 2% or 0.02, not 2", 0, 1, low_open=True)
_fraction_above_0 = Number("share", _FRACTION, "type 30% or 0.3, not 30", 0, 1, low_open=True)
_rate = Number("rate", _FRACTION, "type 0.5% or 0.005, not 0.5", 0, 1, high_open=True)
_fee_rate = Number(
    "fee rate",
    f"{_FRACTION} of the notional",
    "type 0.05% or 0.0005; minus = a rebate",
    -1,
    1,
    low_open=True,
    high_open=True,
)
_carry_rate = Number(
    "carry",
    f"{_FRACTION} of the entry notional",
    "type 0.5% or 0.005; minus = received",
    -1,
    1,
    low_open=True,
    high_open=True,
)
_slippage = Number(
    "slippage", f"{_FRACTION} of the price", "type 0.1% or 0.001", 0, 1, high_open=True
)
_buffer = Number("buffer", f"{_FRACTION} of the entry price", "type 2% or 0.02", 0)
_move = Number("move", f"{_FRACTION} of the entry price", "type 5% or 0.05, 0 = at once", 0)
_funding = Number(
    "funding rate",
    f"{_FRACTION} per funding interval",
    "type 0.01% or 0.0001",
    -1,
    1,
    low_open=True,
    high_open=True,
)
_yearly = Number("yearly rate", f"{_FRACTION} per year", "type 8% or 0.08", 0)
_hours = Number("hours", "hours", "type 8 for every eight hours", 0, low_open=True)
_offset = Number("hours", "hours", "type 0 for midnight, 4 for 04:00", 0)
_days = Number("days", "days", "type 7 for a week", 0)
_volatility = Number(
    "volatility",
    f"{_FRACTION} per day",
    "type 5% or 0.05, one day's deviation",
    0,
    3,
    high_open=True,
)
_drift = Number("drift", f"{_FRACTION} per day", "type 0.1% or 0.001, minus = falling")
_fraction = Number("fraction", _FRACTION, "type 25% or 0.25", 0, 1)
_trail = Number("trail", f"{_FRACTION} of the price", "type 3% or 0.03", 0, 1, high_open=True)
_trigger = Number("trigger", _FRACTION, "type 50% or 0.5", 0, low_open=True)
_lot = Number("lot size", _UNITS, "type a step, like 0.001, 0 = none", 0)
_skew = Number("skew scale", _UNITS, "type the market's skew scale, 0 = no premium", 0)
_factor = Number("factor", "times", "type a factor, like 1", 0)
_per_day = Number("count", "times a day", "type how often in a day, 0 or more", 0)
_per_year = Number("count", "times a year", "type how often in a year, 0 = simple interest", 0)
_deviations = Number("count", "standard deviations", "type how many, like 2", 0)
_risk_units = Number("count", "losses in a row", "type how many, like 10", 0)
_correlation = Number("correlation", "correlation", "type a number from -1 to 1, like 0.8")
_shrink = Number("share", _FRACTION, "type 0 for none, 1 for the mean alone", 0, 1)
_half_life = Number("half-life", "rows", "type how many rows, like 20", 0, low_open=True)
_moment = Number("date and time", "days since 1900", "type a date and a time", 0)
_close = Number("price", "account currency per unit", "type a price, like 100", 0, low_open=True)

_jump_share = Number("share", _FRACTION, "type 50% or 0.5, 0 = no jumps", 0, 1, high_open=True)
_jumps = Number("count", "times a day", "type how many a day, like 0.2", 0, low_open=True)
_result = Number("result", _RESULT, "type a result, like 150 or -1; minus = lost")

FormulaName = Annotated[str, Text("formula", 'type a formula\'s name, like "ISO_POSITION_SIZE"')]
Headers = Annotated[bool, Boolean("headers")]

Side = Annotated[Numeric, _side]
Price = Annotated[Numeric, _price]
Barrier = Annotated[Numeric, _barrier]
Quantity = Annotated[Numeric, _quantity]
PositiveMoney = Annotated[Numeric, _positive_money]
SignedMoney = Annotated[Numeric, _signed_money]
MoneyFrom0 = Annotated[Numeric, _money_from_0]
Leverage = Annotated[Numeric, _leverage]
LeverageFrom0 = Annotated[Numeric, _leverage_from_0]
AccountLeverage = Annotated[Numeric, _account_leverage]
RiskFraction = Annotated[Numeric, _risk]
FractionAbove0 = Annotated[Numeric, _fraction_above_0]
Rate = Annotated[Numeric, _rate]
FeeRate = Annotated[Numeric, _fee_rate]
CarryRate = Annotated[Numeric, _carry_rate]
Slippage = Annotated[Numeric, _slippage]
Buffer = Annotated[Numeric, _buffer]
Move = Annotated[Numeric, _move]
FundingRate = Annotated[Numeric, _funding]
YearlyRate = Annotated[Numeric, _yearly]
Hours = Annotated[Numeric, _hours]
OffsetHours = Annotated[Numeric, _offset]
Days = Annotated[Numeric, _days]
DaysAhead = Annotated[Numeric, _days, ZERO_IS_BLANK]
Volatility = Annotated[Numeric, _volatility]
VolatilityAhead = Annotated[Numeric, _volatility, ZERO_IS_BLANK]
Drift = Annotated[Numeric, _drift]
Trail = Annotated[Numeric, _trail]
LotSize = Annotated[Numeric, _lot]
SkewScale = Annotated[Numeric, _skew]
Factor = Annotated[Numeric, _factor]
TimesPerDay = Annotated[Numeric, _per_day]
TimesPerYear = Annotated[Numeric, _per_year]
Deviations = Annotated[Numeric, _deviations]
RiskUnits = Annotated[Numeric, _risk_units]
Fraction = Annotated[Numeric, _fraction]
HalfLife = Annotated[Numeric, _half_life]
Moment = Annotated[Numeric, _moment]

TrailDistance = Annotated[
    Numeric,
    Number("trail", "fraction of the price, or account currency per unit", "type 3% or 0.03", 0),
]
Entries = Annotated[Floats, NumbersType(_price)]
Weights = Annotated[Any, NumbersType(Number("weight", "times", "type a weight, like 1", 0))]
JumpShare = Annotated[Numeric, _jump_share]
JumpsPerDay = Annotated[Numeric, _jumps]
Shrink = Annotated[Numeric, _shrink]
Results = Annotated[Floats, NumbersType(_result, skip_blanks=True)]
ResultSeries = Annotated[Floats, Series(_result)]
Ruin = Annotated[Numeric, Number("loss", _RESULT, "type a loss, like 20", 0, low_open=True)]
Trades = Annotated[
    Numeric, Number("trades", "number", "type how many trades, like 100", 1, 100_000)
]
Closes = Annotated[Any, WholeSeries(_price)]
PricesOfSymbols = Annotated[
    Floats,
    MatrixType(
        _price,
        "prices",
        "account currency per unit, one column a symbol",
        "give the closes, a column a symbol, the oldest row first",
    ),
]

Triggers = Annotated[Any, NumbersType(_trigger)]
Fractions = Annotated[Any, NumbersType(_fraction)]
Tiers = Annotated[
    Floats,
    NamedColumns(
        "tiers",
        {
            "notional floor": Number("floor", _MONEY, "start at 0", 0),
            "maintenance rate": _rate,
        },
        "notional floor in account currency, maintenance rate as a fraction",
        "give two columns, floors rising from 0, like {0,0.004;50000,0.005}",
    ),
]

EachSide = Annotated[PositionColumn, PerPosition(_side)]
EachPrice = Annotated[PositionColumn, PerPosition(_price)]
EachBarrier = Annotated[PositionColumn, PerPosition(_barrier)]
EachQuantity = Annotated[PositionColumn, PerPosition(_quantity)]
EachMargin = Annotated[PositionColumn, PerPosition(_positive_money)]
EachVolatility = Annotated[PositionColumn, PerPosition(_volatility), ZERO_IS_BLANK]
EachRate = Annotated[Any, PerPosition(_rate)]
EachModel = Annotated[Any, PerPosition(Choice("model", get_args(Model)))]
EachRisk = Annotated[
    PositionColumn,
    PerPosition(Number("risk", _MONEY, "type a cash risk, like 200; minus for a short")),
]
EachShock = Annotated[
    PositionColumn,
    PerPosition(Number("shock", "fraction of the price", "type -10% or -0.1 for a fall", -1)),
]
Correlation = Annotated[
    list[list[Any]],
    SquareMatrix(
        _correlation,
        "correlation",
        "correlation of the prices' returns, -1 to 1",
        "give a square of correlations with 1 on the diagonal, or one number for every pair",
        "a square of numbers from -1 to 1, or one number",
    ),
    ZERO_IS_BLANK,
]
Paths = Annotated[Numeric, Number("paths", "number", "type 20000", 1, 10_000_000)]
Seed = Annotated[Numeric, Number("seed", "number", "type a whole number, like 1", 0, 2**53)]
Venues = Annotated[
    list[tuple[Cell, list[Any]]],
    NamedRows(
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
