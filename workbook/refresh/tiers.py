"""Tiers as each exchange publishes them, turned into floors in quote currency.

Plain functions of the answers' own fields: what a client's common form loses (contracts instead of
quote currency, deductions, tables beside the markets) is read from the answer itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from workbook.refresh.checks import ImpossibleFact, number, positive, tiers
from workbook.terms import Tier

Answer = Mapping[str, Any]


def _rows(answer: object) -> list[Answer]:
    if not isinstance(answer, Sequence) or not all(isinstance(row, Mapping) for row in answer):
        raise ImpossibleFact("no list of tiers in the answer")
    return list(answer)


def _stacked(
    rows: Iterable[tuple[object, object, object, object]],
) -> list[tuple[float, object, object, object]]:
    """Rows of (upper end, rate, leverage, deduction): each begins where the one below ends."""
    ordered = sorted(rows, key=lambda row: positive(row[0], "upper end of a tier"))
    if len({number(row[0]) for row in ordered}) < len(ordered):
        raise ImpossibleFact("two tiers with one upper end")
    floors = [0.0, *(positive(row[0], "upper end of a tier") for row in ordered)]
    return [(floor, *row[1:]) for floor, row in zip(floors, ordered, strict=False)]


def bybit(answer: object) -> tuple[Tier, ...]:
    """riskLimitValue is the upper end in quote currency; mmDeduction is what it says."""
    return tiers(
        _stacked(
            (row.get("riskLimitValue"), row.get("maintenanceMargin"), row.get("maxLeverage"),
             row.get("mmDeduction") or None)
            for row in _rows(answer)
        )
    )  # fmt: skip


def okx(answer: object, contract_size: float, mark: float) -> tuple[Tier, ...]:
    """maxSz is in contracts: times the contract's size, times the price, is quote currency."""
    value = positive(contract_size, "contract size") * positive(mark, "mark price")
    rows = [row for row in _rows(answer) if row.get("maxSz")]
    return tiers(
        (round(floor * value, 2), rate, leverage)
        for floor, rate, leverage, _ in _stacked(
            (row.get("maxSz"), row.get("mmr"), row.get("maxLever"), None) for row in rows
        )
    )


def gate(answer: object) -> tuple[Tier, ...]:
    """risk_limit is the upper end in quote currency; deduction is what it says."""
    return tiers(
        _stacked(
            (row.get("risk_limit"), row.get("maintenance_rate"), row.get("leverage_max"),
             row.get("deduction"))
            for row in _rows(answer)
        )
    )  # fmt: skip


def bitget(answer: object) -> tuple[Tier, ...]:
    """startUnit is the floor in quote currency, whatever a client calls its currency."""
    return tiers(
        (row.get("startUnit"), row.get("keepMarginRate"), row.get("leverage"))
        for row in _rows(answer)
    )


def kucoin(answer: object) -> tuple[Tier, ...]:
    """minRiskLimit is the floor in quote currency."""
    return tiers(
        (row.get("minRiskLimit"), row.get("maintainMargin"), row.get("maxLeverage"))
        for row in _rows(answer)
    )


def kraken(market: Answer) -> tuple[Tier, ...]:
    """marginLevels: floors in quote currency for the linear contracts, in contracts for others."""
    levels = _rows(market.get("marginLevels") or ())
    return tiers(
        (
            level.get("numNonContractUnits", level.get("contracts")),
            level.get("maintenanceMargin"),
            1 / positive(level.get("initialMargin"), "initial margin"),
        )
        for level in levels
    )


def hyperliquid(meta: object, instrument: str) -> tuple[Tier, ...]:
    """Maintenance is 1/(2*leverage); a market without a table of its own has one tier."""
    if not isinstance(meta, Mapping):
        raise ImpossibleFact("no table of markets in the answer")
    for market in meta.get("universe") or ():
        if isinstance(market, Mapping) and market.get("name") == instrument:
            break
    else:
        raise ImpossibleFact("not in the venue's table of markets")
    table = _margin_table(meta, market.get("marginTableId"))
    steps = table or [{"lowerBound": 0, "maxLeverage": market.get("maxLeverage")}]
    return tiers(
        (
            step.get("lowerBound"),
            1 / (2 * positive(step.get("maxLeverage"), "highest leverage")),
            step.get("maxLeverage"),
        )
        for step in steps
    )


def _margin_table(meta: Answer, number_of_table: object) -> list[Answer]:
    for pair in meta.get("marginTables") or ():
        if isinstance(pair, Sequence) and len(pair) == 2 and pair[0] == number_of_table:
            return _rows(pair[1].get("marginTiers") if isinstance(pair[1], Mapping) else None)
    return []


def dydx(market: Answer) -> tuple[Tier, ...]:
    """One maintenance fraction at any size; the initial one rises with the open interest."""
    initial = positive(market.get("initialMarginFraction"), "initial margin fraction")
    maintenance = positive(market.get("maintenanceMarginFraction"), "maintenance margin fraction")
    low = number(market.get("openInterestLowerCap")) or 0.0
    high = number(market.get("openInterestUpperCap")) or 0.0
    if high > low:
        interest = (number(market.get("openInterest")) or 0.0) * positive(
            market.get("oraclePrice"), "oracle price"
        )
        share = min(max((interest - low) / (high - low), 0.0), 1.0)
        initial = min(initial + share * (1 - initial), 1.0)
    return tiers([(0, maintenance, 1 / initial)])


def orderly(market: Answer) -> tuple[tuple[Tier, ...], float | None]:
    """The flat part of the rate, and the notional up to which it is flat."""
    initial = positive(market.get("base_imr"), "initial margin rate")
    found = tiers([(0, market.get("base_mmr"), 1 / initial)])
    factor = number(market.get("imr_factor"))
    return found, (initial / factor) ** 1.25 if factor and factor > 0 else None


def unified(rows: object) -> tuple[Tier, ...]:
    """ccxt's own form, as its users and freqtrade's keep it in files; `info.cum` is a deduction."""
    return tiers(
        (
            row.get("minNotional")
            if row.get("minNotional") is not None
            else row.get("notionalFloor"),
            row.get("maintenanceMarginRate"),
            row.get("maxLeverage"),
            _cum(row.get("info")),
        )
        for row in _rows(rows)
    )


def _cum(info: object) -> object:
    return info.get("cum") if isinstance(info, Mapping) else None
