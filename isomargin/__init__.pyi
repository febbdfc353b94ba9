"""isomargin for scripts and notebooks."""

from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any, Literal, Protocol, TypeAlias, overload

import numpy as np
import numpy.typing as npt

from isomargin.calling import FormulaError as FormulaError
from udfs import IsomarginError as IsomarginError
from udfs import __version__ as __version__

class Series(Protocol):
    def to_numpy(self) -> Any: ...

Number: TypeAlias = float | Decimal
Numbers: TypeAlias = Number | Sequence[float | Decimal | None] | npt.ArrayLike | Series
Words: TypeAlias = list[str] | tuple[str, ...] | npt.NDArray[Any] | Series
Side: TypeAlias = Literal["long", "short", "buy", "sell", 1, -1] | str
Table: TypeAlias = Sequence[Sequence[Any]] | npt.ArrayLike | Series
Rows: TypeAlias = list[list[Any]]
Array: TypeAlias = npt.NDArray[np.float64]

def explain(formula: Callable[..., Any] | str, *arguments: Any, **named: Any) -> str: ...

# The formulas, made by isomargin build --all

@overload
def liquidation_price(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, leverage: Number, maintenance_rate: Number | None = ...,
    liquidation_fee: Number | None = ..., quantity: Number | None = ...,
    extra_margin: Number | None = ..., accrued_carry: Number | None = ...,
    maintenance_amount: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
    mark: Number | None = ...,
) -> float: ...
@overload
def liquidation_price(
    side: Side | Words, entry: Numbers, leverage: Numbers, maintenance_rate: Numbers | None = ...,
    liquidation_fee: Numbers | None = ..., quantity: Numbers | None = ...,
    extra_margin: Numbers | None = ..., accrued_carry: Numbers | None = ...,
    maintenance_amount: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
    mark: Numbers | None = ...,
) -> Array: ...

@overload
def liquidation_price_now(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, quantity: Number, mark: Number, equity: Number,
    maintenance_rate: Number | None = ..., liquidation_fee: Number | None = ...,
    maintenance_amount: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
    entry: Number | None = ...,
) -> float: ...
@overload
def liquidation_price_now(
    side: Side | Words, quantity: Numbers, mark: Numbers, equity: Numbers,
    maintenance_rate: Numbers | None = ..., liquidation_fee: Numbers | None = ...,
    maintenance_amount: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
    entry: Numbers | None = ...,
) -> Array: ...

@overload
def liquidation_price_tiered(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, leverage: Number, quantity: Number, tiers: Table,
    liquidation_fee: Number | None = ..., extra_margin: Number | None = ...,
    accrued_carry: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
    tiering: Literal["marginal", "whole"] | None = ..., mark: Number | None = ...,
) -> float: ...
@overload
def liquidation_price_tiered(
    side: Side | Words, entry: Numbers, leverage: Numbers, quantity: Numbers, tiers: Table,
    liquidation_fee: Numbers | None = ..., extra_margin: Numbers | None = ...,
    accrued_carry: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
    tiering: Literal["marginal", "whole"] | Words | None = ..., mark: Numbers | None = ...,
) -> Array: ...

@overload
def max_leverage(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, stop: Number, maintenance_rate: Number | None = ...,
    liquidation_fee: Number | None = ..., buffer: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
) -> float: ...
@overload
def max_leverage(
    side: Side | Words, entry: Numbers, stop: Numbers, maintenance_rate: Numbers | None = ...,
    liquidation_fee: Numbers | None = ..., buffer: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Array: ...

@overload
def margin_for_liquidation(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, quantity: Number, liquidation_price: Number,
    maintenance_rate: Number | None = ..., liquidation_fee: Number | None = ...,
    accrued_carry: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
) -> float: ...
@overload
def margin_for_liquidation(
    side: Side | Words, entry: Numbers, quantity: Numbers, liquidation_price: Numbers,
    maintenance_rate: Numbers | None = ..., liquidation_fee: Numbers | None = ...,
    accrued_carry: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Array: ...

@overload
def days_to_liquidation(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, leverage: Number, mark: Number, funding_rate: Number,
    funding_hours: Number | None = ..., borrow_rate: Number | None = ...,
    maintenance_rate: Number | None = ..., liquidation_fee: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
) -> float: ...
@overload
def days_to_liquidation(
    side: Side | Words, entry: Numbers, leverage: Numbers, mark: Numbers, funding_rate: Numbers,
    funding_hours: Numbers | None = ..., borrow_rate: Numbers | None = ...,
    maintenance_rate: Numbers | None = ..., liquidation_fee: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Array: ...

def liquidation_outcome(
    side: Side | Words, entry: Numbers, quantity: Numbers, margin: Numbers, trigger_price: Numbers,
    penalty_rate: Numbers | None = ..., slippage: Numbers | None = ...,
    remainder: Literal["trader", "seized"] | Words | None = ..., headers: bool | None = ...,
    penalty_on: Literal["notional", "margin", "remaining"] | Words | None = ...,
    minimum_penalty: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Rows: ...

@overload
def liquidation_price_perps_v2(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, quantity: Number, margin: Number, skew_scale: Number | None = ...,
    fee_ratio: Number | None = ..., buffer_ratio: Number | None = ..., min_fee: Number | None = ...,
    max_fee: Number | None = ..., keeper_fee: Number | None = ...,
    premium_multiplier: Number | None = ..., accrued_carry: Number | None = ...,
    mark: Number | None = ...,
) -> float: ...
@overload
def liquidation_price_perps_v2(
    side: Side | Words, entry: Numbers, quantity: Numbers, margin: Numbers,
    skew_scale: Numbers | None = ..., fee_ratio: Numbers | None = ...,
    buffer_ratio: Numbers | None = ..., min_fee: Numbers | None = ...,
    max_fee: Numbers | None = ..., keeper_fee: Numbers | None = ...,
    premium_multiplier: Numbers | None = ..., accrued_carry: Numbers | None = ...,
    mark: Numbers | None = ...,
) -> Array: ...

@overload
def position_size(  # type: ignore[overload-overlap, unused-ignore]
    account: Number, risk: Number, entry: Number, stop: Number, fee_rate: Number | None = ...,
    slippage: Number | None = ..., lot_size: Number | None = ..., max_leverage: Number | None = ...,
    exit_fee_rate: Number | None = ..., carry: Number | None = ...,
    min_notional: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
) -> float: ...
@overload
def position_size(
    account: Numbers, risk: Numbers, entry: Numbers, stop: Numbers, fee_rate: Numbers | None = ...,
    slippage: Numbers | None = ..., lot_size: Numbers | None = ...,
    max_leverage: Numbers | None = ..., exit_fee_rate: Numbers | None = ...,
    carry: Numbers | None = ..., min_notional: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Array: ...

@overload
def position_size_vol(  # type: ignore[overload-overlap, unused-ignore]
    account: Number, risk: Number, entry: Number, volatility: Number, multiple: Number | None = ...,
    fee_rate: Number | None = ..., lot_size: Number | None = ..., max_leverage: Number | None = ...,
    exit_fee_rate: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
) -> float: ...
@overload
def position_size_vol(
    account: Numbers, risk: Numbers, entry: Numbers, volatility: Numbers,
    multiple: Numbers | None = ..., fee_rate: Numbers | None = ..., lot_size: Numbers | None = ...,
    max_leverage: Numbers | None = ..., exit_fee_rate: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Array: ...

@overload
def carry_cost(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, notional: Number, days: Number, funding_rate: Number,
    funding_hours: Number | None = ..., borrow_rate: Number | None = ...,
    borrowed: Number | None = ..., compounds_per_year: Number | None = ...,
) -> float: ...
@overload
def carry_cost(
    side: Side | Words, notional: Numbers, days: Numbers, funding_rate: Numbers,
    funding_hours: Numbers | None = ..., borrow_rate: Numbers | None = ...,
    borrowed: Numbers | None = ..., compounds_per_year: Numbers | None = ...,
) -> Array: ...

@overload
def breakeven_price(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, quantity: Number, fee_rate: Number | None = ...,
    carry: Number | None = ..., exit_fee_rate: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
) -> float: ...
@overload
def breakeven_price(
    side: Side | Words, entry: Numbers, quantity: Numbers, fee_rate: Numbers | None = ...,
    carry: Numbers | None = ..., exit_fee_rate: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Array: ...

@overload
def funding_stamps(  # type: ignore[overload-overlap, unused-ignore]
    opened: Number, closed: Number, funding_hours: Number | None = ...,
    offset_hours: Number | None = ...,
) -> float: ...
@overload
def funding_stamps(
    opened: Numbers, closed: Numbers, funding_hours: Numbers | None = ...,
    offset_hours: Numbers | None = ...,
) -> Array: ...

def scale_out(
    side: Side | Words, entry: Numbers, quantity: Numbers, leverage: Numbers,
    triggers: Numbers | None = ..., fractions: Numbers | None = ...,
    basis: Literal["margin", "price"] | Words | None = ...,
    of: Literal["original", "remaining"] | Words | None = ..., fee_rate: Numbers | None = ...,
    trail: Numbers | None = ..., maintenance_rate: Numbers | None = ..., headers: bool | None = ...,
    margin_after: Literal["stays", "pro_rata", "with_profit"] | Words | None = ...,
    exit_fee_rate: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Rows: ...

def stop_ladder(
    side: Side | Words, entry: Numbers, stop: Numbers, quantity: Numbers,
    soft_at: Numbers | None = ..., soft_close: Numbers | None = ...,
    hard: Literal["price", "loss"] | Words | None = ..., fee_rate: Numbers | None = ...,
    leverage: Numbers | None = ..., maintenance_rate: Numbers | None = ...,
    headers: bool | None = ..., exit_fee_rate: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Rows: ...

@overload
def trailing_stop(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, best_price: Number, trail: Number, activate_at: Number | None = ...,
    trail_by: Literal["share", "amount"] | None = ...,
) -> float: ...
@overload
def trailing_stop(
    side: Side | Words, entry: Numbers, best_price: Numbers, trail: Numbers,
    activate_at: Numbers | None = ..., trail_by: Literal["share", "amount"] | Words | None = ...,
) -> Array: ...

def scale_in(
    side: Side | Words, entries: Numbers, stop: Numbers, budget: Numbers,
    weights: Numbers | None = ..., leverage: Numbers | None = ...,
    maintenance_rate: Numbers | None = ..., fee_rate: Numbers | None = ...,
    exit_fee_rate: Numbers | None = ..., lot_size: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
    headers: bool | None = ...,
) -> Rows: ...

@overload
def touch_probability(  # type: ignore[overload-overlap, unused-ignore]
    price: Number, barrier: Number, volatility: Number, days: Number, drift: Number | None = ...,
    looks_per_day: Number | None = ..., jump_share: Number | None = ...,
    jumps_per_day: Number | None = ...,
) -> float: ...
@overload
def touch_probability(
    price: Numbers, barrier: Numbers, volatility: Numbers, days: Numbers,
    drift: Numbers | None = ..., looks_per_day: Numbers | None = ...,
    jump_share: Numbers | None = ..., jumps_per_day: Numbers | None = ...,
) -> Array: ...

@overload
def target_first_probability(  # type: ignore[overload-overlap, unused-ignore]
    price: Number, target: Number, stop: Number, volatility: Number, days: Number,
    drift: Number | None = ...,
) -> float: ...
@overload
def target_first_probability(
    price: Numbers, target: Numbers, stop: Numbers, volatility: Numbers, days: Numbers,
    drift: Numbers | None = ...,
) -> Array: ...

def joint_liquidation(
    sides: Numbers | Words, prices: Numbers, liquidation_prices: Numbers, volatilities: Numbers,
    correlation: Number | Table, days: Numbers, paths: Numbers | None = ...,
    seed: Numbers | None = ..., headers: bool | None = ...,
) -> Rows: ...

def portfolio_risk(
    risks: Numbers, correlation: Number | Table,
) -> float: ...

def effective_bets(
    risks: Numbers, correlation: Number | Table,
) -> float: ...

@overload
def risk_room(  # type: ignore[overload-overlap, unused-ignore]
    risks: Numbers, correlation: Number | Table, budget: Number,
) -> float: ...
@overload
def risk_room(
    risks: Numbers, correlation: Number | Table, budget: Numbers,
) -> Array: ...

def stress(
    sides: Numbers | Words, entries: Numbers, quantities: Numbers, margins: Numbers,
    prices: Numbers, shocks: Numbers, maintenance_rates: Numbers | None = ...,
    headers: bool | None = ..., models: Numbers | Words | None = ...,
) -> Rows: ...

def cross_margin(
    side: Side | Words, entry: Numbers, quantity: Numbers, margin: Numbers, mark: Numbers,
    other_equity: Numbers, maintenance_rate: Numbers | None = ..., headers: bool | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Rows: ...

def venue_comparison(
    side: Side | Words, entry: Numbers, quantity: Numbers, leverage: Numbers, days: Numbers,
    venues: Table, headers: bool | None = ...,
) -> Rows: ...

@overload
def volatility(  # type: ignore[overload-overlap, unused-ignore]
    closes: Numbers, opens: Numbers | None = ..., highs: Numbers | None = ...,
    lows: Numbers | None = ...,
    method: Literal["ewma", "close", "parkinson", "garman_klass", "rogers_satchell", "yang_zhang"] | None = ...,
    half_life: Number | None = ..., interval_hours: Number | None = ...,
) -> float: ...
@overload
def volatility(
    closes: Numbers, opens: Numbers | None = ..., highs: Numbers | None = ...,
    lows: Numbers | None = ...,
    method: Literal["ewma", "close", "parkinson", "garman_klass", "rogers_satchell", "yang_zhang"] | Words | None = ...,
    half_life: Numbers | None = ..., interval_hours: Numbers | None = ...,
) -> Array: ...

def correlation(
    prices: Table, method: Literal["ewma", "close"] | Words | None = ...,
    half_life: Numbers | None = ..., shrink: Numbers | None = ..., headers: bool | None = ...,
) -> Rows: ...

def beta(
    prices: Table, market: Numbers, method: Literal["ewma", "close"] | Words | None = ...,
    half_life: Numbers | None = ...,
) -> Rows: ...

@overload
def r_multiple(  # type: ignore[overload-overlap, unused-ignore]
    side: Side, entry: Number, initial_stop: Number, exit_price: Number,
    quantity: Number | None = ..., costs: Number | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | None = ...,
) -> float: ...
@overload
def r_multiple(
    side: Side | Words, entry: Numbers, initial_stop: Numbers, exit_price: Numbers,
    quantity: Numbers | None = ..., costs: Numbers | None = ...,
    model: Literal["mark", "entry", "inverse", "inverse_mark"] | Words | None = ...,
) -> Array: ...

def journal_stats(
    results: Numbers, headers: bool | None = ...,
) -> Rows: ...

def journal_by(
    groups: Numbers, results: Numbers, headers: bool | None = ...,
) -> Rows: ...

def equity_curve(
    start: Numbers, results: Numbers,
) -> Array: ...

def drawdown(
    start: Numbers, results: Numbers,
) -> Array: ...

@overload
def kelly(  # type: ignore[overload-overlap, unused-ignore]
    win_rate: Number, payoff: Number,
) -> float: ...
@overload
def kelly(
    win_rate: Numbers, payoff: Numbers,
) -> Array: ...

@overload
def risk_of_ruin(  # type: ignore[overload-overlap, unused-ignore]
    win_rate: Number, payoff: Number, risk_units: Number,
) -> float: ...
@overload
def risk_of_ruin(
    win_rate: Numbers, payoff: Numbers, risk_units: Numbers,
) -> Array: ...

def journal_simulation(
    results: Numbers, trades: Numbers | None = ..., paths: Numbers | None = ...,
    seed: Numbers | None = ..., ruin: Numbers | None = ..., headers: bool | None = ...,
) -> Rows: ...
