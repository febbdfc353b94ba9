"""freqtrade's liquidation price, where freqtrade is installed; else its published formula."""

from __future__ import annotations

import types
from collections.abc import Callable
from typing import Any, TypeAlias

Price: TypeAlias = Callable[[float, float], float]  # of a long: entry and leverage

REAL = "freqtrade's own function, per call"
RESTATED = "freqtrade's formula, per call"


def freqtrade_peer(maintenance_rate: float) -> tuple[str, Price]:
    """A name that says which of the two it is, and the function."""
    try:
        from freqtrade.enums import MarginMode, RunMode, TradingMode
        from freqtrade.exchange import Binance
    except ImportError:
        return RESTATED, _restated(maintenance_rate)
    pair = "ETH/USDT:USDT"
    tier = {"minNotional": 0.0, "maintenanceMarginRate": maintenance_rate, "maintAmt": 0.0}
    # What the two methods read of an exchange; a real one would go online.
    exchange: Any = types.SimpleNamespace(
        _config={"runmode": RunMode.BACKTEST},
        _leverage_tiers={pair: [tier]},
        name="Binance",
        trading_mode=TradingMode.FUTURES,
        margin_mode=MarginMode.ISOLATED,
    )
    exchange.get_maintenance_ratio_and_amt = types.MethodType(
        Binance.get_maintenance_ratio_and_amt, exchange
    )

    def price(entry: float, leverage: float) -> float:
        margin = entry / leverage
        found: float = Binance.dry_run_liquidation_price(
            exchange, pair, entry, False, 1.0, entry, leverage, margin, []
        )
        return max(found, 0.0)

    return REAL, price


def _restated(maintenance_rate: float) -> Price:
    """The formula of ``Binance.dry_run_liquidation_price`` for isolated margin, without the
    look-up of the tier."""

    def liquidation_price(
        open_rate: float, is_short: bool, amount: float, wallet_balance: float, rate: float
    ) -> float:
        side = -1 if is_short else 1
        return (wallet_balance - side * amount * open_rate) / (amount * rate - side * amount)

    def price(entry: float, leverage: float) -> float:
        margin = entry / leverage
        return max(liquidation_price(entry, False, 1.0, margin, maintenance_rate), 0.0)

    return price
