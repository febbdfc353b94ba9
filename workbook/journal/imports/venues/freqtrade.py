"""freqtrade: its own list of trades, with the stop, so that results in R can be told."""

from __future__ import annotations

from decimal import Decimal

from workbook.journal.imports.events import Event
from workbook.journal.imports.venues.base import Export, LeftOut, Row, export, headers
from workbook.journal.imports.venues.generic import opening

_ROUNDING = Decimal("1e-7")  # of the value: results are given to eight digits


@export(
    "freqtrade",
    "freqtrade trades",
    "github.com/freqtrade/freqtrade, columns of a backtest's trades",
)
class FreqtradeTrades(Export):
    """One row a trade; fees are rates, the result is after fees and funding."""

    venue = "freqtrade"
    columns = headers("""
        symbol: pair
        quantity: amount
        opened: open_date
        time: close_date
        price: open_rate
        exit: close_rate
        fee: fee_open
        closing_fee: fee_close
        realised: profit_abs
        stop: initial_stop_loss_abs
        low: min_rate
        high: max_rate
        open: is_open
        leverage: leverage
        side: is_short
    """)
    required = (
        "symbol", "quantity", "opened", "time", "price", "exit", "fee", "closing_fee", "realised",
    )  # fmt: skip
    unused = (
        "stake_amount", "max_stake_amount", "trade_duration", "profit_ratio", "exit_reason",
        "initial_stop_loss_ratio", "stop_loss_abs", "stop_loss_ratio", "enter_tag",
        "open_timestamp", "close_timestamp", "orders", "weekday", "funding_fees",
    )  # fmt: skip
    numbers = ("quantity", "price", "exit", "fee", "closing_fee", "realised", "stop")

    def without_time(self, row: Row) -> str:
        """A trade that has not ended has no time of its end."""
        return "trade that is still open"

    def read(self, row: Row) -> Event:
        """A closed trade; what its result lacks against prices and fees is funding."""
        if row.text("open").lower() in ("true", "1"):
            raise LeftOut("trade that is still open")
        side = "short" if row.text("side").lower() in ("true", "1") else "long"
        quantity, entry, exit_ = (row.number(name) for name in ("quantity", "price", "exit"))
        gross = quantity * (exit_ - entry) * (1 if side == "long" else -1)
        fees = quantity * (entry * row.number("fee") + exit_ * row.number("closing_fee"))
        carry = gross - fees - row.number("realised")
        if abs(carry) <= quantity * entry * _ROUNDING:
            carry = Decimal(0)
        return row.closed(
            side,  # type: ignore[arg-type]
            quantity=quantity, entry=entry, exit=exit_, opened=opening(row), gross=gross,
            fees=fees, carry=carry, stop=row.number_or("stop"), high=row.number_or("high"),
            low=row.number_or("low"), leverage=row.number_or("leverage"),
        )  # fmt: skip


EXPORTS = (FreqtradeTrades,)
