"""The help of arguments that mean the same in most formulas; a docstring tells what differs."""

from __future__ import annotations

from collections.abc import Mapping

HELP: Mapping[str, str] = {
    "side": '"long" or "short".',
    "entry": "Entry price, in account currency per unit.",
    "leverage": "Entry notional over margin posted, like 10.",
    "maintenance_rate": "Maintenance margin rate, a fraction of the notional.",
    "liquidation_fee": "Fee rate that the venue counts in the trigger, a fraction of the notional.",
    "quantity": "Position size in units of the asset.",
    "accrued_carry": (
        "Funding and borrowing paid so far, in account currency; negative when received."
    ),
    "model": (
        'What maintenance is counted on: "mark", "entry", "inverse" or "inverse_mark",'
        " as in ISO_LIQUIDATION_PRICE."
    ),
    "funding_hours": "Length of the funding interval, in hours.",
    "margin": "Margin posted, in account currency.",
    "fee_rate": "Trading fee of the entry, a fraction of the notional; minus = a rebate.",
    "exit_fee_rate": (
        "Trading fee of the exit, a fraction of the notional; left out, as at the entry."
    ),
    "days": "Days ahead.",
    "method": '"ewma" = what happened lately counts most, "close" = all rows alike.',
    "half_life": 'Of "ewma": a return so many rows older counts half.',
    "funding_rate": "Funding per interval, a fraction of the notional; positive: longs pay.",
    "borrow_rate": "Interest per year on what is borrowed, a fraction.",
    "account": "Account equity, in account currency.",
    "lot_size": "Smallest step of the quantity, in units; the result is rounded down. 0 = no step.",
    "volatility": "Standard deviation of one day's log return: 5% or 0.05.",
    "sides": '"long" or "short", one cell a position. Blank rows of the ranges are left out.',
    "prices": "Prices now, in account currency per unit.",
    "headers": "TRUE puts the columns' names in a row on top.",
    "risks": (
        "Cash at risk of each position, one row or column: plus for a long, minus for a short."
    ),
    "correlation": (
        "Correlations of the prices' returns: a square, one row and column a position, or one"
        " number for every pair."
    ),
}
