"""Slow, plain re-derivations of the formulas, to hold the real ones against.

Each oracle takes plain numbers, in the order of the formula's arguments, and returns a number,
rows, or the text of a spreadsheet error. Loops and ifs only: nothing here shares code with the
formulas it checks, and nothing here tries to be fast.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

NUM = "#NUM!"
NA = "#N/A"

DAYS_PER_YEAR = 365
BGK_BETA = 0.5825971579390106  # -zeta(1/2) / sqrt(2 pi)

Cell = float | str | bool
Rows = list[list[Any]]


def sign(side: str | float) -> int:
    """+1 for a long, -1 for a short."""
    if isinstance(side, str):
        return 1 if side.lower() in ("long", "buy", "l") else -1
    return 1 if side > 0 else -1


def flat(values: Any) -> list[Any]:
    """Every cell of a range, row by row, blanks left out."""
    if not isinstance(values, list):
        return [values]
    cells: list[Any] = []
    for value in values:
        for cell in flat(value):
            if cell is not None:
                cells.append(cell)
    return cells


# --- liquidation ------------------------------------------------------------------------------


def liquidation_price(
    side: str | float,
    entry: float,
    leverage: float,
    maintenance_rate: float = 0,
    liquidation_fee: float = 0,
    quantity: float = 1,
    extra_margin: float = 0,
    accrued_carry: float = 0,
    maintenance_amount: float = 0,
    model: str = "mark",
) -> Cell:
    """Price at which equity equals the requirement."""
    s = sign(side)
    if model == "inverse":
        # Contracts of one unit of quote money; margin and value are in coins.
        value = quantity / entry
        margin = value / leverage + extra_margin - accrued_carry
        if margin <= (maintenance_rate + liquidation_fee) * value - maintenance_amount:
            return NUM
        # margin + s*(V - V*x) = m*V + f*V*x - c, solved for x = entry/price
        x = (margin + s * value - maintenance_rate * value + maintenance_amount) / (
            value * (s + liquidation_fee)
        )
        if x <= 0:
            return NA  # a short that no price can liquidate
        return entry / x
    margin = quantity * entry / leverage + extra_margin - accrued_carry
    at_entry = (maintenance_rate + liquidation_fee) * quantity * entry - maintenance_amount
    if margin <= at_entry:
        return NUM
    if model == "mark":
        fixed = -maintenance_amount
        per_price = (maintenance_rate + liquidation_fee) * quantity
    else:
        fixed = maintenance_rate * quantity * entry - maintenance_amount
        per_price = liquidation_fee * quantity
    if s > 0 and per_price >= quantity:
        return 0.0  # as the price falls the requirement falls faster than the equity
    # margin + s*q*(P - E) = fixed + per_price*P
    price = (fixed - margin + s * quantity * entry) / (s * quantity - per_price)
    if s > 0:
        return max(price, 0.0)
    return price


def tier_amounts(tiers: list[list[float]]) -> list[float]:
    """The deduction of each tier that makes the requirement continuous at every floor."""
    amounts = [0.0]
    for i in range(1, len(tiers)):
        floor, rate = tiers[i]
        amounts.append(amounts[-1] + floor * (rate - tiers[i - 1][1]))
    return amounts


def liquidation_price_tiered(
    side: str | float,
    entry: float,
    leverage: float,
    quantity: float,
    tiers: list[list[float]],
    liquidation_fee: float = 0,
    extra_margin: float = 0,
    accrued_carry: float = 0,
) -> Cell:
    """Try each tier; the right one holds its own answer."""
    amounts = tier_amounts(tiers)
    for i, (floor, rate) in enumerate(tiers):
        ceiling = tiers[i + 1][0] if i + 1 < len(tiers) else math.inf
        if floor <= quantity * entry <= ceiling:
            margin = quantity * entry / leverage + extra_margin - accrued_carry
            if margin <= (rate + liquidation_fee) * quantity * entry - amounts[i]:
                return NUM
    s = sign(side)
    margin = quantity * entry / leverage + extra_margin - accrued_carry
    for i, (floor, rate) in enumerate(tiers):
        ceiling = tiers[i + 1][0] if i + 1 < len(tiers) else math.inf
        price = (-amounts[i] - margin + s * quantity * entry) / (
            quantity * (s - rate - liquidation_fee)
        )
        if price > 0 and floor * (1 - 1e-12) <= quantity * price <= ceiling * (1 + 1e-12):
            return price
    return 0.0


def max_leverage(
    side: str | float,
    entry: float,
    stop: float,
    maintenance_rate: float = 0,
    liquidation_fee: float = 0,
    buffer: float = 0,
) -> Cell:
    """Leverage whose liquidation price is exactly the stop moved away by the buffer."""
    s = sign(side)
    if s * (entry - stop) <= 0:
        return NUM
    limit = stop - s * buffer * entry
    rate = maintenance_rate + liquidation_fee
    # Per unit: margin + s*(limit - entry) = rate*limit
    margin = rate * limit - s * (limit - entry)
    return entry / margin


def margin_for_liquidation(
    side: str | float,
    entry: float,
    quantity: float,
    liquidation_price: float,
    maintenance_rate: float = 0,
    liquidation_fee: float = 0,
    accrued_carry: float = 0,
) -> Cell:
    """Requirement at that price, plus what the position has lost on the way there."""
    required = (maintenance_rate + liquidation_fee) * quantity * liquidation_price
    lost = sign(side) * quantity * (entry - liquidation_price)
    return required + lost + accrued_carry


def liquidation_price_perps_v2(
    side: str | float,
    entry: float,
    quantity: float,
    margin: float,
    skew_scale: float = 0,
    fee_ratio: float = 0.0035,
    buffer_ratio: float = 0.0025,
    min_fee: float = 1,
    max_fee: float = 1000,
    keeper_fee: float = 2,
    premium_multiplier: float = 1,
    accrued_carry: float = 0,
) -> Cell:
    """Bisection on what is left over above the liquidation margin."""
    s = sign(side)

    def spare(price: float) -> float:
        notional = quantity * price
        fee = max(min(notional * fee_ratio, max_fee), min_fee)
        premium = quantity / skew_scale * notional * premium_multiplier if skew_scale > 0 else 0
        equity = margin - accrued_carry + s * quantity * (price - entry)
        return equity - premium - (notional * buffer_ratio + fee + keeper_fee)

    if spare(entry) <= 0:
        return NUM
    if s > 0:
        if spare(0.0) > 0:
            return 0.0
        alive, dead = entry, 0.0
    else:
        alive, dead = entry, entry * 2
        while spare(dead) > 0:
            dead *= 2
    for _ in range(200):
        middle = (alive + dead) / 2
        if spare(middle) > 0:
            alive = middle
        else:
            dead = middle
    return (alive + dead) / 2


def days_to_liquidation(
    side: str | float,
    entry: float,
    leverage: float,
    mark: float,
    funding_rate: float,
    funding_hours: float = 8,
    borrow_rate: float = 0,
    maintenance_rate: float = 0,
    liquidation_fee: float = 0,
) -> Cell:
    """Spare margin of one unit over what carry takes from it in a day."""
    s = sign(side)
    margin = entry / leverage
    spare = margin + s * (mark - entry) - (maintenance_rate + liquidation_fee) * mark
    if spare <= 0:
        return 0.0
    a_day = s * entry * funding_rate * 24 / funding_hours
    a_day += max(entry - margin, 0) * borrow_rate / DAYS_PER_YEAR
    if a_day <= 0:
        return NA
    return spare / a_day


def liquidation_outcome(
    side: str | float,
    entry: float,
    quantity: float,
    margin: float,
    trigger_price: float,
    penalty_rate: float = 0,
    slippage: float = 0,
    remainder: str = "trader",
    headers: bool = False,
) -> Rows:
    """Who gets what when the position is closed: the collateral pays first."""
    s = sign(side)
    fill = trigger_price * (1 - s * slippage)
    equity = margin + s * quantity * (trigger_price - entry)
    slipped = quantity * abs(trigger_price - fill)
    left = equity - slipped
    penalty = 0.0
    fund = 0.0
    if left > 0:
        penalty = min(penalty_rate * quantity * fill, left)
    else:
        fund = -left
    returned = 0.0
    if remainder == "trader" and left > penalty:
        returned = left - penalty
    rows: Rows = [["Step", "Amount"]] if headers else []
    rows.append(["Equity at trigger", equity])
    rows.append(["Slippage loss", slipped])
    rows.append(["Penalty charged", penalty])
    rows.append(["Returned to trader", returned])
    rows.append(["Insurance fund pays", fund])
    rows.append(["Loss of margin", (margin - returned) / margin])
    return rows


# --- size, carry ------------------------------------------------------------------------------


def to_lots(quantity: float, lot_size: float) -> float:
    """Round down to whole lots; a hair below a whole lot counts as that lot."""
    if lot_size <= 0:
        return quantity
    lots = quantity / lot_size
    nearest = round(lots)
    if abs(lots - nearest) <= 1e-9:
        return nearest * lot_size
    return math.floor(lots) * lot_size


def position_size(
    account: float,
    risk: float,
    entry: float,
    stop: float,
    fee_rate: float = 0,
    slippage: float = 0,
    lot_size: float = 0,
    max_leverage: float = 0,
) -> Cell:
    """Cash at risk over what one unit loses at the stop."""
    loss = abs(entry - stop) + slippage * stop + fee_rate * (entry + stop)
    if loss == 0:
        return NUM
    quantity = account * risk / loss
    if max_leverage > 0:
        quantity = min(quantity, account * max_leverage / entry)
    return to_lots(quantity, lot_size)


def position_size_vol(
    account: float,
    risk: float,
    entry: float,
    volatility: float,
    multiple: float = 1,
    fee_rate: float = 0,
    lot_size: float = 0,
    max_leverage: float = 0,
) -> Cell:
    """Cash at risk over an adverse move; both fees are counted on the entry price."""
    loss = entry * volatility * multiple + 2 * fee_rate * entry
    if loss == 0:
        return NUM
    quantity = account * risk / loss
    if max_leverage > 0:
        quantity = min(quantity, account * max_leverage / entry)
    return to_lots(quantity, lot_size)


def carry_cost(
    side: str | float,
    notional: float,
    days: float,
    funding_rate: float,
    funding_hours: float = 8,
    borrow_rate: float = 0,
    borrowed: float | None = None,
    compounds_per_year: float = 0,
) -> Cell:
    """Funding pro rata plus interest; a year has 365 days."""
    funding = sign(side) * notional * funding_rate * days * 24 / funding_hours
    debt = notional if borrowed is None else borrowed
    years = days / DAYS_PER_YEAR
    if compounds_per_year == 0:
        interest = debt * borrow_rate * years
    else:
        periods = compounds_per_year * years
        interest = debt * math.expm1(periods * math.log1p(borrow_rate / compounds_per_year))
    return funding + interest


def breakeven_price(
    side: str | float, entry: float, quantity: float, fee_rate: float = 0, carry: float = 0
) -> Cell:
    """Exit price P with s*(P - E)*q = f*E*q + f*P*q + carry."""
    s = sign(side)
    return (s * entry + fee_rate * entry + carry / quantity) / (s - fee_rate)


# --- exits ------------------------------------------------------------------------------------


def scale_out(
    side: str | float,
    entry: float,
    quantity: float,
    leverage: float,
    triggers: Any = (0.5, 1.0),
    fractions: Any = (0.25, 0.25),
    basis: str = "margin",
    of: str = "original",
    fee_rate: float = 0,
    trail: float = 0,
    maintenance_rate: float = 0,
    headers: bool = False,
) -> Rows:
    """The tranches one after another, then the runner (fees are left out)."""
    assert fee_rate == 0, "this oracle knows no fees"
    s = sign(side)
    moves = list(triggers) if isinstance(triggers, tuple) else flat(triggers)
    parts = list(fractions) if isinstance(fractions, tuple) else flat(fractions)
    margin = quantity * entry / leverage
    remaining = quantity
    total = 0.0
    price = entry
    rows: Rows = []
    if headers:
        rows.append(
            [
                "Tranche",
                "Trigger",
                "Price",
                "Close fraction",
                "Close quantity",
                "Realised P&L",
                "Remaining quantity",
                "Cumulative P&L",
                "Liquidation price after",
            ]
        )
    for i, (move, part) in enumerate(zip(moves, parts, strict=True)):
        price_move = move / leverage if basis == "margin" else move
        price = entry * (1 + s * price_move)
        close = part * (quantity if of == "original" else remaining)
        gain = s * close * (price - entry)
        remaining -= close
        total += gain
        after: Cell = NA
        if remaining > 1e-12 * quantity:
            if margin <= maintenance_rate * remaining * entry:
                after = NUM
            else:
                left_over = remaining * entry - s * margin
                after = max(left_over / (remaining * (1 - s * maintenance_rate)), 0.0)
        rows.append([i + 1, move, price, part, close, gain, remaining, total, after])
    exit_price = price * (1 - s * trail)
    gain = s * remaining * (exit_price - entry)
    part = remaining / quantity if of == "original" else 1.0
    move = s * (exit_price - entry) / entry * (leverage if basis == "margin" else 1)
    rows.append(["Runner", move, exit_price, part, remaining, gain, 0.0, total + gain, NA])
    return rows


def stop_ladder(
    side: str | float,
    entry: float,
    stop: float,
    quantity: float,
    soft_at: float = 0.3,
    soft_close: float = 0.5,
    hard: str = "price",
    fee_rate: float = 0,
    leverage: float = 0,
    maintenance_rate: float = 0,
    headers: bool = False,
) -> Rows:
    """Soft tier, hard tier (fees and the liquidation check are left out)."""
    assert fee_rate == 0, "this oracle knows no fees"
    s = sign(side)
    planned = quantity * abs(entry - stop)
    soft_price = entry - s * soft_at * planned / quantity
    closed = soft_close * quantity
    soft_loss = closed * abs(entry - soft_price)
    left = quantity - closed
    hard_price = stop
    if hard == "loss" and left > 0:
        hard_price = entry - s * (planned - soft_loss) / left
    hard_loss = left * abs(entry - hard_price)
    rows: Rows = []
    if headers:
        rows.append(
            [
                "Tier",
                "Price",
                "Close quantity",
                "Loss at tier",
                "Cumulative loss",
                "Remaining quantity",
            ]
        )
    rows.append(["Soft", soft_price, closed, soft_loss, soft_loss, left])
    rows.append(["Hard", hard_price, left, hard_loss, soft_loss + hard_loss, 0.0])
    return rows


def trailing_stop(
    side: str | float, entry: float, best_price: float, trail: float, activate_at: float = 0
) -> Cell:
    """Best price less the trail, once the move is the activation or more."""
    best_price = max(entry, best_price) if sign(side) > 0 else min(entry, best_price)
    s = sign(side)
    moved = s * (best_price - entry) / entry
    if activate_at > 0 and moved < activate_at - 1e-12:
        return NA
    return best_price * (1 - s * trail)


# --- chance -----------------------------------------------------------------------------------


def normal_cdf(x: float) -> float:
    """Standard normal distribution function."""
    return math.erfc(-x / math.sqrt(2)) / 2


def touch_probability(
    price: float,
    barrier: float,
    volatility: float,
    days: float,
    drift: float = 0,
    looks_per_day: float = 0,
) -> Cell:
    """Reflection principle with drift; discrete looks move the barrier away."""
    if barrier == price:
        return 1.0
    if barrier == 0 or days == 0 or volatility == 0:
        return 0.0
    up = barrier > price
    if looks_per_day > 0:
        shift = BGK_BETA * volatility / math.sqrt(looks_per_day)
        barrier *= math.exp(shift if up else -shift)
    log_drift = drift - volatility**2 / 2
    b = math.log(barrier / price)
    spread = volatility * math.sqrt(days)
    tilt = 2 * log_drift * b / volatility**2
    if up:
        ended = normal_cdf((-b + log_drift * days) / spread)
        came_back = normal_cdf((-b - log_drift * days) / spread)
    else:
        ended = normal_cdf((b - log_drift * days) / spread)
        came_back = normal_cdf((b + log_drift * days) / spread)
    if came_back > 0:
        ended += math.exp(tilt + math.log(came_back))
    return ended


def target_first_probability(
    price: float,
    target: float,
    stop: float,
    volatility: float,
    days: float,
    drift: float = 0,
) -> Cell:
    """Chance of ever reaching the target first, less the part that takes longer than `days`."""
    if not min(target, stop) < price < max(target, stop):
        return NUM
    v = volatility**2
    log_drift = drift - v / 2
    reach = math.log(target / price)
    room = math.log(price / stop)
    if target < price:  # mirror it: a short's target lies below
        reach, room, log_drift = -reach, -room, -log_drift
    width = reach + room
    if abs(log_drift) < 1e-15:
        ever = room / width
    else:
        ever = math.expm1(-2 * log_drift * room / v) / math.expm1(-2 * log_drift * width / v)
    later = 0.0
    for n in range(1, 1_000_000):
        decay = log_drift**2 / (2 * v) + (n * math.pi / width) ** 2 * v / 2
        term = n * (-1) ** (n + 1) * math.sin(n * math.pi * room / width) / decay
        later += term * math.exp(-decay * days)
        if decay * days > 50:
            break
    later *= v * math.pi / width**2 * math.exp(log_drift * reach / v)
    return ever - later


# --- portfolio --------------------------------------------------------------------------------


def portfolio_risk(risks: Any, correlation: Rows) -> Cell:
    """sqrt(r' C r), for a matrix that needs no repair."""
    r: list[float] = flat(risks)
    total = 0.0
    for i in range(len(r)):
        for j in range(len(r)):
            total += r[i] * r[j] * correlation[i][j]
    return math.sqrt(max(total, 0.0))


def effective_bets(risks: Any, correlation: Rows) -> Cell:
    """Naive sum over combined risk, squared."""
    naive = 0.0
    for r in flat(risks):
        naive += abs(r)
    combined = portfolio_risk(risks, correlation)
    assert isinstance(combined, float)
    return (naive / combined) ** 2


def stress(
    sides: Any,
    entries: Any,
    quantities: Any,
    margins: Any,
    prices: Any,
    shocks: Any,
    maintenance_rates: Any = 0,
    headers: bool = False,
) -> Rows:
    """Each position at its shocked price, then the sum; P&L counts from the entry."""
    columns = [flat(x) for x in (sides, entries, quantities, margins, prices, shocks)]
    columns.append(flat(maintenance_rates))
    count = max(len(column) for column in columns)
    columns = [column * count if len(column) == 1 else column for column in columns]
    rows: Rows = []
    if headers:
        rows.append(["P&L under the shock", "Equity", "Liquidated", "Loss capped at margin"])
    pnl_sum = equity_sum = loss_sum = 0.0
    dead = False
    for i in range(count):
        side, entry, quantity, margin, price, shock, rate = (column[i] for column in columns)
        shocked = price * (1 + shock)
        pnl = sign(side) * quantity * (shocked - entry)
        equity = margin + pnl
        liquidated = equity <= rate * quantity * shocked
        loss = margin if liquidated else min(max(-pnl, 0.0), margin)
        rows.append([pnl, equity, liquidated, loss])
        pnl_sum += pnl
        equity_sum += equity
        loss_sum += loss
        dead = dead or liquidated
    rows.append([pnl_sum, equity_sum, dead, loss_sum])
    return rows


def cross_margin(
    side: str | float,
    entry: float,
    quantity: float,
    margin: float,
    mark: float,
    other_equity: float,
    maintenance_rate: float = 0,
    headers: bool = False,
) -> Rows:
    """The same position on its own margin, and backed by the rest of the account."""
    rows: Rows = []
    if headers:
        rows.append(["Mode", "Liquidation price", "Distance", "Capital at risk"])
    for name, capital in (("Isolated", margin), ("Cross", margin + other_equity)):
        price = liquidation_price(
            side, entry, quantity * entry / capital, maintenance_rate, 0, quantity
        )
        distance = NUM if isinstance(price, str) else abs(mark - price) / mark
        rows.append([name, price, distance, capital])
    return rows


# --- journal ----------------------------------------------------------------------------------


def r_multiple(
    side: str | float,
    entry: float,
    initial_stop: float,
    exit_price: float,
    quantity: float = 1,
    costs: float = 0,
) -> Cell:
    """Net result over the risk at the initial stop."""
    s = sign(side)
    risk = s * (entry - initial_stop) * quantity
    if risk <= 0:
        return NUM
    return (s * (exit_price - entry) * quantity - costs) / risk


def journal_stats(results: Any, headers: bool = False) -> Rows:
    """Every statistic from its own definition."""
    trades = flat(results)
    n = len(trades)
    wins = [x for x in trades if x > 0]
    losses = [x for x in trades if x < 0]
    average_win: Cell = sum(wins) / len(wins) if wins else NA
    average_loss: Cell = sum(losses) / len(losses) if losses else NA
    payoff: Cell = NA
    if isinstance(average_win, float) and isinstance(average_loss, float):
        payoff = average_win / -average_loss
    mean = sum(trades) / n
    deviation: Cell = NA
    if n > 1:
        deviation = math.sqrt(sum((x - mean) ** 2 for x in trades) / (n - 1))
    sqn: Cell = NA
    if isinstance(deviation, float) and deviation > 0:
        sqn = math.sqrt(n) * mean / deviation
    running = peak = worst = 0.0
    winning = losing = longest_winning = longest_losing = 0
    for x in trades:
        running += x
        peak = max(peak, running)
        worst = max(worst, peak - running)
        # A break-even trade neither extends a streak nor ends it.
        if x > 0:
            winning, losing = winning + 1, 0
        if x < 0:
            winning, losing = 0, losing + 1
        longest_winning = max(longest_winning, winning)
        longest_losing = max(longest_losing, losing)
    fraction: Cell = NA
    if not isinstance(payoff, str):
        fraction = kelly(len(wins) / n, payoff)
    rows: Rows = [["Name", "Value"]] if headers else []
    rows += [
        ["Trades", n],
        ["Wins", len(wins)],
        ["Losses", len(losses)],
        ["Win rate", len(wins) / n],
        ["Average win", average_win],
        ["Average loss", average_loss],
        ["Payoff ratio", payoff],
        ["Expectancy", mean],
        ["Profit factor", sum(wins) / -sum(losses) if losses else NA],
        ["Standard deviation", deviation],
        ["SQN", sqn],
        ["Total", sum(trades)],
        ["Max drawdown", worst],
        ["Longest winning streak", longest_winning],
        ["Longest losing streak", longest_losing],
        ["Kelly fraction", fraction],
    ]
    return rows


def equity_curve(start: float, results: Any) -> Rows:
    """Running sum on top of the start."""
    rows: Rows = []
    equity = start
    for x in flat(results):
        equity += x
        rows.append([equity])
    return rows


def drawdown(start: float, results: Any) -> Rows:
    """Fall from the highest equity so far, the start included, as a fraction of it."""
    rows: Rows = []
    peak = start
    for (equity,) in equity_curve(start, results):
        peak = max(peak, equity)
        rows.append([(peak - equity) / peak])
    return rows


def kelly(win_rate: float, payoff: float) -> Cell:
    """p - (1 - p)/b, never negative."""
    return max(win_rate - (1 - win_rate) / payoff, 0.0)


def risk_of_ruin(win_rate: float, payoff: float, risk_units: float) -> Cell:
    """Gambler's ruin with steps +payoff and -1: z**units, z the root below 1."""
    if win_rate * payoff <= 1 - win_rate:
        return 1.0
    low, high = 0.0, 1.0
    # Between the root and 1 the polynomial is negative; walk in from 1 to find such a point.
    step = 0.5
    while win_rate * (1 - step) ** (payoff + 1) - (1 - step) + (1 - win_rate) >= 0:
        step /= 2
    high = 1 - step
    for _ in range(200):
        z = (low + high) / 2
        if win_rate * z ** (payoff + 1) - z + (1 - win_rate) > 0:
            low = z
        else:
            high = z
    return float(((low + high) / 2) ** risk_units)


ORACLES: dict[str, Callable[..., Any]] = {
    "ISO_LIQUIDATION_PRICE": liquidation_price,
    "ISO_LIQUIDATION_PRICE_TIERED": liquidation_price_tiered,
    "ISO_MAX_LEVERAGE": max_leverage,
    "ISO_MARGIN_FOR_LIQUIDATION": margin_for_liquidation,
    "ISO_LIQUIDATION_PRICE_PERPS_V2": liquidation_price_perps_v2,
    "ISO_DAYS_TO_LIQUIDATION": days_to_liquidation,
    "ISO_LIQUIDATION_OUTCOME": liquidation_outcome,
    "ISO_POSITION_SIZE": position_size,
    "ISO_POSITION_SIZE_VOL": position_size_vol,
    "ISO_CARRY_COST": carry_cost,
    "ISO_BREAKEVEN_PRICE": breakeven_price,
    "ISO_SCALE_OUT": scale_out,
    "ISO_STOP_LADDER": stop_ladder,
    "ISO_TRAILING_STOP": trailing_stop,
    "ISO_TOUCH_PROBABILITY": touch_probability,
    "ISO_TARGET_FIRST_PROBABILITY": target_first_probability,
    "ISO_PORTFOLIO_RISK": portfolio_risk,
    "ISO_EFFECTIVE_BETS": effective_bets,
    "ISO_STRESS": stress,
    "ISO_CROSS_MARGIN": cross_margin,
    "ISO_R_MULTIPLE": r_multiple,
    "ISO_JOURNAL_STATS": journal_stats,
    "ISO_EQUITY_CURVE": equity_curve,
    "ISO_DRAWDOWN": drawdown,
    "ISO_KELLY": kelly,
    "ISO_RISK_OF_RUIN": risk_of_ruin,
}

# Formulas whose arguments may all be ranges, taken cell by cell.
ELEMENTWISE = {
    "ISO_LIQUIDATION_PRICE",
    "ISO_MAX_LEVERAGE",
    "ISO_MARGIN_FOR_LIQUIDATION",
    "ISO_LIQUIDATION_PRICE_PERPS_V2",
    "ISO_DAYS_TO_LIQUIDATION",
    "ISO_POSITION_SIZE",
    "ISO_POSITION_SIZE_VOL",
    "ISO_CARRY_COST",
    "ISO_BREAKEVEN_PRICE",
    "ISO_TRAILING_STOP",
    "ISO_TOUCH_PROBABILITY",
    "ISO_TARGET_FIRST_PROBABILITY",
    "ISO_R_MULTIPLE",
    "ISO_KELLY",
    "ISO_RISK_OF_RUIN",
}


def evaluate(name: str, arguments: Sequence[Any]) -> Any:
    """Call an oracle as a formula is called: blanks are defaults, columns go row by row."""
    oracle = ORACLES[name]
    names = oracle.__code__.co_varnames[: oracle.__code__.co_argcount]

    def call(values: Sequence[Any]) -> Any:
        given = {k: v for k, v in zip(names, values, strict=False) if v is not None}
        assert len(values) <= len(names), f"{name} takes at most {len(names)} arguments"
        return oracle(**given)

    if name not in ELEMENTWISE or not any(isinstance(a, list) for a in arguments):
        return call(arguments)
    height = max(len(a) for a in arguments if isinstance(a, list))
    rows: Rows = []
    for i in range(height):
        rows.append([call([a[i][0] if isinstance(a, list) else a for a in arguments])])
    return rows
