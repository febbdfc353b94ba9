"""What each exchange answers, in short: field names and figures from these sources.

Samples in the sources of ccxt 4.5.90 and in its test fixtures (MIT, copyright Igor Kroitor),
recorded answers in hyperliquid-python-sdk (MIT), the exchanges' own API documentation, and figures
of recordings in nautilus_trader and in BYTEX-TRADE/bytex (numbers only). Bodies are cut down to
what is read here; prices of one moment are put together from different days.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

NOW = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


def ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


DAYS = [datetime(2026, 11, 26, tzinfo=UTC) + timedelta(days=day) for day in range(3)]
"""The third has not ended at NOW."""
CLOSES = (3010.0, 3050.0, 2990.0)


def rows(text: bool = False) -> list[list[Any]]:
    """Candles as [ms, open, high, low, close, volume]."""
    cell = str if text else float
    return [
        [ms(day), cell(3000), cell(3100), cell(2900), cell(close), cell(12.5)]
        for day, close in zip(DAYS, CLOSES, strict=True)
    ]


def settled(hours: float, count: int = 90) -> list[datetime]:
    return [NOW - timedelta(hours=hours * (count - place)) for place in range(count)]


# Bybit: docs v5; fundingInterval in minutes


def bybit_instrument(symbol: str, base: str, **more: Any) -> dict[str, Any]:
    return {
        "symbol": symbol, "contractType": "LinearPerpetual", "status": "Trading",
        "baseCoin": base, "quoteCoin": "USDT", "launchTime": "1585526400000",
        "deliveryTime": "0", "deliveryFeeRate": "", "priceScale": "2",
        "leverageFilter": {"minLeverage": "1", "maxLeverage": "100.00", "leverageStep": "0.01"},
        "priceFilter": {"minPrice": "0.01", "maxPrice": "999999.00", "tickSize": "0.01"},
        "lotSizeFilter": {
            "maxOrderQty": "7240.00", "minOrderQty": "0.01", "qtyStep": "0.01",
            "postOnlyMaxOrderQty": "7240.00", "minNotionalValue": "5",
        },
        "unifiedMarginTrade": True, "fundingInterval": 480, "settleCoin": "USDT", **more,
    }  # fmt: skip


def bybit_result(category: str = "linear", **result: Any) -> dict[str, Any]:
    return {
        "retCode": 0, "retMsg": "OK", "retExtInfo": {}, "time": ms(NOW),
        "result": {"category": category, **result},
    }  # fmt: skip


BYBIT: dict[str, Any] = {
    "/bybit/v5/market/instruments-info": lambda query: bybit_result(
        list=[] if query.get("status") == "PreLaunch" else [
            bybit_instrument("BTCUSDT", "BTC"), bybit_instrument("ETHUSDT", "ETH"),
            bybit_instrument("OLDUSDT", "OLD", status="Closed"),
        ],
        nextPageCursor="",
    ),
    "/bybit/v5/market/tickers": bybit_result(
        list=[
            {"symbol": "BTCUSDT", "lastPrice": "19255.50", "bidPrice": "19255",
             "askPrice": "19255.5", "markPrice": "19255.00", "indexPrice": "19260.68",
             "fundingRate": "0.0001", "nextFundingTime": "1663689600000"},
            {"symbol": "ETHUSDT", "lastPrice": "3001", "markPrice": "3000.5",
             "indexPrice": "3000.1", "fundingRate": "-0.00005",
             "nextFundingTime": "1663689600000"},
        ]
    ),
    # The figures of the ladder of BTC from Bybit's page; in no order, as nothing promises one.
    "/bybit/v5/market/risk-limit": lambda query: bybit_result(
        list=[
            {"id": 2, "symbol": query["symbol"], "riskLimitValue": "2600000",
             "maintenanceMargin": "0.0056", "initialMargin": "0.0111", "isLowestRisk": 0,
             "maxLeverage": "90.00", "mmDeduction": "1200"},
            {"id": 1, "symbol": query["symbol"], "riskLimitValue": "2000000",
             "maintenanceMargin": "0.005", "initialMargin": "0.01", "isLowestRisk": 1,
             "maxLeverage": "100.00", "mmDeduction": ""},
            {"id": 3, "symbol": query["symbol"], "riskLimitValue": "3200000",
             "maintenanceMargin": "0.0063", "initialMargin": "0.0125", "isLowestRisk": 0,
             "maxLeverage": "80.00", "mmDeduction": "3020"},
        ],
        nextPageCursor="",
    ),
    "/bybit/v5/market/kline": lambda query: bybit_result(
        symbol=query["symbol"], list=[[str(cell) for cell in row] for row in reversed(rows())]
    ),
    "/bybit/v5/market/funding/history": lambda query: bybit_result(
        list=[
            {"symbol": query["symbol"], "fundingRate": "0.0001" if place % 2 else "0.0003",
             "fundingRateTimestamp": str(ms(at))}
            for place, at in enumerate(settled(8))
        ]
    ),
}  # fmt: skip

# OKX: docs v5; sizes in contracts of ctVal


def okx(*data: Any) -> dict[str, Any]:
    return {"code": "0", "msg": "", "data": list(data)}


OKX: dict[str, Any] = {
    "/okx/api/v5/public/instruments": okx(
        {"instType": "SWAP", "instId": "ETH-USDT-SWAP", "uly": "ETH-USDT",
         "instFamily": "ETH-USDT", "baseCcy": "", "quoteCcy": "", "settleCcy": "USDT",
         "ctVal": "0.1", "ctMult": "1", "ctValCcy": "ETH", "ctType": "linear", "lever": "100",
         "tickSz": "0.01", "lotSz": "0.01", "minSz": "0.01", "state": "live", "alias": "",
         "listTime": "1611916828000", "expTime": "", "optType": "", "stk": ""},
    ),
    "/okx/api/v5/public/mark-price": okx(
        {"instId": "ETH-USDT-SWAP", "instType": "SWAP", "markPx": "2403.98",
         "ts": str(ms(NOW) - 500)}
    ),
    "/okx/api/v5/public/funding-rate": okx(
        {"instId": "ETH-USDT-SWAP", "instType": "SWAP", "fundingRate": "0.00027815",
         "fundingTime": str(ms(NOW)), "nextFundingRate": "0.00017",
         "nextFundingTime": str(ms(NOW + timedelta(hours=4)))}
    ),
    "/okx/api/v5/public/funding-rate-history": okx(
        *(
            {"instId": "ETH-USDT-SWAP", "instType": "SWAP", "fundingRate": "0.0002",
             "realizedRate": "0.0002", "fundingTime": str(ms(at))}
            for at in reversed(settled(8, 50))
        )
    ),
    # The levels of the announcement of 2021-06-11: 3,000 and 6,000 contracts of 0.1 ETH.
    "/okx/api/v5/public/position-tiers": lambda query: okx(
        *(
            [
                {"instFamily": "ETH-USDT", "instId": "", "tier": "1", "minSz": "0",
                 "maxSz": "3000", "mmr": "0.004", "imr": "0.008", "maxLever": "125"},
                {"instFamily": "ETH-USDT", "instId": "", "tier": "2", "minSz": "3001",
                 "maxSz": "6000", "mmr": "0.005", "imr": "0.01", "maxLever": "100"},
                {"instFamily": "ETH-USDT", "instId": "", "tier": "3", "minSz": "6001",
                 "maxSz": "18000", "mmr": "0.01", "imr": "0.015", "maxLever": "66.66"},
            ]
            if query.get("tdMode") == "isolated"
            else [{"instFamily": "ETH-USDT", "instId": "", "tier": "1", "minSz": "0",
                   "maxSz": "9", "mmr": "0.4", "imr": "0.5", "maxLever": "2"}]
        )
    ),
    "/okx/api/v5/market/candles": okx(
        *([*[str(cell) for cell in row], "1", "1", "1"] for row in reversed(rows()))
    ),
    "/okx/api/v5/market/history-candles": okx(
        *([*[str(cell) for cell in row], "1", "1", "1"] for row in reversed(rows()))
    ),
}  # fmt: skip

# Hyperliquid: info endpoint; tables of margins beside the markets

UNIVERSE = [
    {"name": "BTC", "szDecimals": 5, "maxLeverage": 40, "marginTableId": 56},
    {"name": "ETH", "szDecimals": 4, "maxLeverage": 25, "marginTableId": 55},
    {"name": "OP", "szDecimals": 1, "maxLeverage": 10, "marginTableId": 10},
    {"name": "kPEPE", "szDecimals": 0, "maxLeverage": 10, "marginTableId": 52},
    {"name": "MATIC", "szDecimals": 1, "maxLeverage": 20, "marginTableId": 20,
     "isDelisted": True},
]  # fmt: skip
MARGIN_TABLES = [
    [50, {"description": "", "marginTiers": [{"lowerBound": "0.0", "maxLeverage": 50}]}],
    [52, {"description": "tiered 10x", "marginTiers": [
        {"lowerBound": "0.0", "maxLeverage": 10}, {"lowerBound": "20000000.0", "maxLeverage": 5}]}],
    [55, {"description": "tiered 25x", "marginTiers": [
        {"lowerBound": "0.0", "maxLeverage": 25},
        {"lowerBound": "100000000.0", "maxLeverage": 15}]}],
    [56, {"description": "tiered 40x", "marginTiers": [
        {"lowerBound": "0.0", "maxLeverage": 40},
        {"lowerBound": "150000000.0", "maxLeverage": 20}]}],
]  # fmt: skip


def context(mark: str, funding: str) -> dict[str, Any]:
    return {
        "funding": funding, "openInterest": "10764.48", "prevDayPx": mark, "dayNtlVlm": "9450588",
        "premium": "0.00055561", "oraclePx": mark, "markPx": mark, "midPx": mark,
        "impactPxs": [mark, mark],
    }  # fmt: skip


def hyperliquid(query: Mapping[str, str]) -> Any:
    kind = query.get("type")
    if kind == "spotMeta":
        return {"tokens": [{"name": "USDC", "szDecimals": 8, "weiDecimals": 8, "index": 0,
                            "tokenId": "0x6d1e7cde53ba9467b783cb7c530ce054",
                            "isCanonical": True}], "universe": []}  # fmt: skip
    meta = {"universe": UNIVERSE, "marginTables": MARGIN_TABLES, "collateralToken": 0}
    if kind == "meta":
        return meta
    if kind == "metaAndAssetCtxs":
        return [
            meta,
            [
                context("91000.0", "0.0000125"), context("3000.5", "0.0000198"),
                context("0.3151", "-0.00001"), context("0.0047", "0.0000125"),
                context("0.4", "0.0"),
            ],
        ]  # fmt: skip
    if kind == "fundingHistory":
        start = int(query["startTime"])
        past = [at for at in settled(1, 720) if ms(at) >= start][:500]  # 500 rows a call
        return [
            {"coin": query["coin"], "fundingRate": "0.0000125", "premium": "0.00057962",
             "time": ms(at) + 31} for at in past
        ]  # fmt: skip
    if kind == "candleSnapshot":
        return [
            {"t": row[0], "T": row[0] + 86_399_999, "s": "ETH", "i": "1d", "o": str(row[1]),
             "h": str(row[2]), "l": str(row[3]), "c": str(row[4]), "v": str(row[5]), "n": 3}
            for row in rows()
        ]  # fmt: skip
    return None


HYPERLIQUID: dict[str, Any] = {"/hyperliquid/info": hyperliquid}

# dYdX v4: indexer; everything in the market


def dydx_market(ticker: str, **more: Any) -> dict[str, Any]:
    return {
        "clobPairId": "0", "ticker": ticker, "status": "ACTIVE", "oraclePrice": "3000.25",
        "priceChange24H": "6", "volume24H": "1292729.3605", "trades24H": 9387,
        "nextFundingRate": "0.0000125", "initialMarginFraction": "0.02",
        "maintenanceMarginFraction": "0.012", "openInterest": "52.0691",
        "atomicResolution": -10, "quantumConversionExponent": -9, "tickSize": "0.1",
        "stepSize": "0.001", "stepBaseQuantums": 1000000, "subticksPerTick": 100000,
        "marketType": "CROSS", "openInterestLowerCap": "0", "openInterestUpperCap": "0",
        "baseOpenInterest": "50.3776", "defaultFundingRate1H": "0", **more,
    }  # fmt: skip


DYDX: dict[str, Any] = {
    "/dydx/v4/perpetualMarkets": {
        "markets": {
            "ETH-USD": dydx_market("ETH-USD"),
            # Open interest halfway between the caps: 10,000 of 3,000.25 is 30,002,500.
            "SOL-USD": dydx_market(
                "SOL-USD", initialMarginFraction="0.05", maintenanceMarginFraction="0.03",
                openInterest="10000", openInterestLowerCap="20002500",
                openInterestUpperCap="40002500", stepSize="0.1", tickSize="0.01",
            ),
        }
    },
    "/dydx/v4/historicalFunding/ETH-USD": {
        "historicalFunding": [
            {"ticker": "ETH-USD", "rate": "0.00001", "price": "3000.2",
             "effectiveAtHeight": "44865196", "effectiveAt": at.strftime("%Y-%m-%dT%H:%M:%S.013Z")}
            for at in reversed(settled(1, 700))
        ]
    },
    "/dydx/v4/candles/perpetualMarkets/ETH-USD": {
        "candles": [
            {"startedAt": day.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "ticker": "ETH-USD",
             "resolution": "1DAY", "low": "2900", "high": "3100", "open": "3000",
             "close": str(close), "baseTokenVolume": "12.5", "usdVolume": "1", "trades": 2,
             "startingOpenInterest": "1"}
            for day, close in reversed(list(zip(DAYS, CLOSES, strict=True)))
        ]
    },
}  # fmt: skip

# Kraken Futures: v3; funding in USD per contract-hour, floors in quote currency

KRAKEN: dict[str, Any] = {
    "/krakenfutures/derivatives/api/v3/instruments": {
        "result": "success",
        "instruments": [
            {"symbol": "PF_ETHUSD", "type": "flexible_futures_vanilla", "tradeable": True,
             "tickSize": 0.1, "contractSize": 1, "contractValueTradePrecision": 3,
             "impactMidSize": 1, "maxPositionSize": 1, "openingDate": "2022-03-22T15:18:00.000Z",
             "marginLevels": [
                 {"numNonContractUnits": 0, "initialMargin": 0.02, "maintenanceMargin": 0.01},
                 {"numNonContractUnits": 2000000, "initialMargin": 0.04,
                  "maintenanceMargin": 0.02}],
             "retailMarginLevels": [
                 {"numNonContractUnits": 0, "initialMargin": 0.5, "maintenanceMargin": 0.25}]},
            # The inverse contract of the same asset must not be taken for it.
            {"symbol": "PI_ETHUSD", "type": "futures_inverse", "tradeable": True, "tickSize": 0.05,
             "contractSize": 1, "contractValueTradePrecision": 0,
             "marginLevels": [{"contracts": 0, "initialMargin": 0.02, "maintenanceMargin": 0.01}]},
        ],
        "serverTime": "2026-11-28T12:00:00.000Z",
    },
    "/krakenfutures/derivatives/api/v3/tickers": {
        "result": "success",
        "tickers": [
            # 0.03 USD a contract and hour at a mark of 3,000 is a rate of 0.00001.
            {"symbol": "PF_ETHUSD", "last": 2999.0, "lastTime": "2026-11-28T11:59:58.599Z",
             "tag": "perpetual", "pair": "ETH:USD", "markPrice": 3000.0, "bid": 2998.9,
             "ask": 2999.1, "fundingRate": 0.03, "fundingRatePrediction": 0.02,
             "suspended": False, "indexPrice": 3000.4, "open24h": 2950.0, "vol24h": 1696},
        ],
        "serverTime": "2026-11-28T12:00:00.000Z",
    },
    "/krakenfutures/derivatives/api/v3/historicalfundingrates": {
        "rates": [
            {"timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "fundingRate": 0.06,
             "relativeFundingRate": 0.00002}
            for at in settled(1, 720)
        ]
    },
    "/krakenfutures/derivatives/api/v4/historicalfundingrates": {
        "rates": [
            {"timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.000Z"), "fundingRate": 0.06,
             "relativeFundingRate": 0.00002}
            for at in settled(1, 720)
        ]
    },
    "/krakenfutures/api/charts/v1/trade/PF_ETHUSD/1d": {
        "candles": [
            {"time": row[0], "open": str(row[1]), "high": str(row[2]), "low": str(row[3]),
             "close": str(row[4]), "volume": row[5]} for row in rows()
        ],
        "more_candles": False,
    },
}  # fmt: skip

# Bitget: v2 mix


def bitget(data: Any) -> dict[str, Any]:
    return {"code": "00000", "msg": "success", "requestTime": ms(NOW), "data": data}


BITGET: dict[str, Any] = {
    "/bitget/api/v2/mix/market/contracts": lambda query: bitget(
        [
            {"symbol": "ETHUSDT", "baseCoin": "ETH", "quoteCoin": "USDT",
             "buyLimitPriceRatio": "0.01", "sellLimitPriceRatio": "0.01",
             "feeRateUpRatio": "0.005", "makerFeeRate": "0.0002", "takerFeeRate": "0.0006",
             "openCostUpRatio": "0.01", "supportMarginCoins": ["USDT"], "minTradeNum": "0.01",
             "priceEndStep": "1", "volumePlace": "2", "pricePlace": "2",
             "sizeMultiplier": "0.01", "symbolType": "perpetual", "minTradeUSDT": "5",
             "maxSymbolOrderNum": "200", "maxProductOrderNum": "400", "maxPositionNum": "150",
             "symbolStatus": "normal", "offTime": "-1", "limitOpenTime": "-1",
             "deliveryTime": "", "deliveryStartTime": "", "launchTime": "", "fundInterval": "8",
             "minLever": "1", "maxLever": "100", "posLimit": "0.05", "maintainTime": ""}
        ]
        if query.get("productType") == "USDT-FUTURES"
        else []
    ),
    "/bitget/api/v2/mix/market/tickers": bitget(
        [{"symbol": "ETHUSDT", "lastPr": "3001", "askPr": "3001.1", "bidPr": "3000.9",
          "high24h": "3100", "low24h": "2900", "ts": str(ms(NOW) - 400), "change24h": "0",
          "baseVolume": "0", "quoteVolume": "0", "usdtVolume": "0", "openUtc": "0",
          "changeUtc24h": "0", "indexPrice": "3000.4", "fundingRate": "-0.0007",
          "holdingAmount": "125.6844", "open24h": "0", "markPrice": "3000.5"}]
    ),
    "/bitget/api/v2/mix/market/current-fund-rate": bitget(
        [{"symbol": "ETHUSDT", "fundingRate": "-0.000013", "fundingRateInterval": "4",
          "nextUpdate": str(ms(NOW) + 1), "minFundingRate": "-0.003", "maxFundingRate": "0.003"}]
    ),
    "/bitget/api/v2/mix/market/history-fund-rate": bitget(
        [{"symbol": "ETHUSDT", "fundingRate": "0.0002", "fundingTime": str(ms(at))}
         for at in reversed(settled(4, 90))]
    ),
    "/bitget/api/v2/mix/market/query-position-lever": bitget(
        [{"symbol": "ETHUSDT", "level": "1", "startUnit": "0", "endUnit": "50000",
          "leverage": "125", "keepMarginRate": "0.004"},
         {"symbol": "ETHUSDT", "level": "2", "startUnit": "50000", "endUnit": "200000",
          "leverage": "100", "keepMarginRate": "0.005"}]
    ),
    "/bitget/api/v2/mix/market/candles": bitget(
        [[*[str(cell) for cell in row], "1"] for row in rows()]
    ),
    "/bitget/api/v2/mix/market/history-candles": bitget(
        [[*[str(cell) for cell in row], "1"] for row in rows()]
    ),
}  # fmt: skip

# Gate: v4 futures; one contract is quanto_multiplier of the asset


def gate_contract(name: str, **more: Any) -> dict[str, Any]:
    return {
        "name": name, "type": "direct", "quanto_multiplier": "0.01", "ref_discount_rate": "0",
        "order_price_deviate": "0.5", "maintenance_rate": "0.005", "mark_type": "index",
        "last_price": "3001", "mark_price": "3000.5", "index_price": "3000.4",
        "funding_rate_indicative": "0.000219", "mark_price_round": "0.01", "funding_offset": 0,
        "in_delisting": False, "risk_limit_base": "1000000", "interest_rate": "0.0003",
        "order_price_round": "0.05", "order_size_min": 1, "ref_rebate_rate": "0.2",
        "funding_interval": 14400, "risk_limit_step": "1000000", "leverage_min": "1",
        "leverage_max": "100", "risk_limit_max": "8000000", "maker_fee_rate": "-0.00025",
        "taker_fee_rate": "0.00075", "funding_rate": "0.0001", "order_size_max": 1000000,
        "funding_next_apply": int(NOW.timestamp()) + 60, "config_change_time": 1609899548,
        "create_time": 1609899548, "status": "trading", "launch_time": 1758124392, **more,
    }  # fmt: skip


GATE: dict[str, Any] = {
    "/gate/api/v4/futures/usdt/contracts": [
        gate_contract("ETH_USDT"), gate_contract("GONE_USDT", in_delisting=True),
    ],
    "/gate/api/v4/futures/btc/contracts": [],
    "/gate/api/v4/futures/usdt/contracts/ETH_USDT": gate_contract("ETH_USDT"),
    "/gate/api/v4/futures/usdt/risk_limit_tiers": [
        {"maintenance_rate": "0.003", "tier": 1, "initial_rate": "0.005", "leverage_max": "200",
         "risk_limit": "500000", "deduction": "0"},
        {"maintenance_rate": "0.0035", "tier": 2, "initial_rate": "0.006666",
         "leverage_max": "150.01", "risk_limit": "1000000", "deduction": "250"},
    ],
    "/gate/api/v4/futures/usdt/funding_rate": [
        {"r": "0.0001", "t": int(at.timestamp())} for at in reversed(settled(4, 100))
    ],
    "/gate/api/v4/futures/usdt/candlesticks": [
        {"t": row[0] // 1000, "v": 1250, "o": str(row[1]), "h": str(row[2]), "l": str(row[3]),
         "c": str(row[4]), "sum": "1"} for row in rows()
    ],
}  # fmt: skip

# KuCoin Futures: v1; the mark in the contract, the interval in milliseconds


def kucoin(data: Any) -> dict[str, Any]:
    return {"code": "200000", "data": data}


KUCOIN: dict[str, Any] = {
    "/kucoinfutures/api/v1/contracts/active": kucoin(
        [
            {"symbol": "ETHUSDTM", "rootSymbol": "USDT", "type": "FFWCSX",
             "firstOpenDate": 1591086000000, "expireDate": None, "settleDate": None,
             "baseCurrency": "ETH", "quoteCurrency": "USDT", "settleCurrency": "USDT",
             "maxOrderQty": 1000000, "maxPrice": 1000000.0, "lotSize": 1, "tickSize": 0.05,
             "multiplier": 0.01, "initialMargin": 0.01, "maintainMargin": 0.005,
             "makerFeeRate": 0.0002, "takerFeeRate": 0.0006, "isInverse": False,
             "status": "Open", "fundingFeeRate": 0.000535, "markPrice": 4534.07,
             "indexPrice": 4531.92, "lastTradePrice": 4545.45, "nextFundingRateTime": 25481884,
             "maxLeverage": 100},
            {"symbol": "ETHUSDM", "rootSymbol": "ETH", "type": "FFWCSX",
             "baseCurrency": "ETH", "quoteCurrency": "USD", "settleCurrency": "ETH",
             "lotSize": 1, "tickSize": 0.05, "multiplier": -1.0, "isInverse": True,
             "status": "Open", "markPrice": 4500.0, "nextFundingRateTime": 1, "maxLeverage": 50},
        ]
    ),
    "/kucoinfutures/api/v1/funding-rate/ETHUSDTM/current": kucoin(
        {"symbol": ".ETHUSDTMFPI8H", "granularity": 28800000, "timePoint": ms(NOW) - 1000,
         "value": -3.2e-5, "dailyInterestRate": 3e-4, "fundingRateCap": 0.00375,
         "fundingRateFloor": -0.00375, "period": 1, "fundingTime": ms(NOW) + 1000}
    ),
    "/kucoinfutures/api/v1/contract/funding-rates": kucoin(
        [{"symbol": "ETHUSDTM", "fundingRate": 1e-4, "timepoint": ms(at)}
         for at in reversed(settled(8, 80))]
    ),
    "/kucoinfutures/api/v1/contracts/risk-limit/ETHUSDTM": kucoin(
        [
            {"symbol": "ETHUSDTM", "level": 1, "maxRiskLimit": 300000, "minRiskLimit": 0,
             "maxLeverage": 100, "initialMargin": 0.01, "maintainMargin": 0.005},
            {"symbol": "ETHUSDTM", "level": 2, "maxRiskLimit": 500000, "minRiskLimit": 300000,
             "maxLeverage": 50, "initialMargin": 0.02, "maintainMargin": 0.01},
        ]
    ),
    "/kucoinfutures/api/v1/kline/query": kucoin(
        [[row[0], row[1], row[2], row[3], row[4], row[5], row[5]] for row in rows()]
    ),
}  # fmt: skip

# Orderly through WOOFi Pro: v1 public; the interval from two times, candles only with a key


def orderly(data: Any) -> dict[str, Any]:
    return {"success": True, "timestamp": ms(NOW), "data": data}


ORDERLY: dict[str, Any] = {
    "/woofipro/v1/public/info": orderly(
        {
            "rows": [
                {"symbol": "PERP_ETH_USDC", "quote_min": 0, "quote_max": 100000,
                 "quote_tick": 0.01, "base_min": 0.0001, "base_max": 500, "base_tick": 0.0001,
                 "min_notional": 10, "price_range": 0.02, "price_scope": 0.4,
                 "std_liquidation_fee": 0.006, "liquidator_fee": 0.003, "funding_period": 8,
                 "created_time": 1684140107326, "updated_time": 1748217600000,
                 "base_mmr": 0.006, "base_imr": 0.01, "imr_factor": 3.846e-07,
                 "liquidation_tier": "1"}
            ]
        }
    ),
    "/woofipro/v1/public/token": orderly({"rows": []}),
    "/woofipro/v1/public/chain_info": orderly({"rows": []}),
    "/woofipro/v1/public/futures": orderly(
        {"rows": [
            {"symbol": "PERP_ETH_USDC", "index_price": 3000.4, "mark_price": 3000.5,
             "sum_unitary_funding": 26522.3, "est_funding_rate": 0.0001,
             "last_funding_rate": 0.00010041, "next_funding_time": ms(NOW) + 7200000,
             "open_interest": 110.64612, "24h_open": 2990.0, "24h_close": 3001.0,
             "24h_high": 3100.0, "24h_low": 2900.0, "24h_volume": 102.2, "24h_amount": 1.0}]}
    ),
    "/woofipro/v1/public/funding_rates": orderly(
        {"rows": [
            {"symbol": "PERP_ETH_USDC", "est_funding_rate": 0.00012,
             "est_funding_rate_timestamp": ms(NOW) - 1, "last_funding_rate": -0.00002094,
             "last_funding_rate_timestamp": ms(NOW) - 3600000,
             "next_funding_time": ms(NOW) + 10800000, "sum_unitary_funding": 521.367}]}
    ),
    "/woofipro/v1/public/funding_rate_history": orderly(
        {"rows": [
            {"symbol": "PERP_ETH_USDC", "funding_rate": 0.0001,
             "funding_rate_timestamp": ms(at), "next_funding_time": ms(at) + 14400000}
            for at in reversed(settled(4, 60))],
         "meta": {"total": 60, "records_per_page": 100, "current_page": 1}}
    ),
}  # fmt: skip

# Binance USDT-M: fapi v1; the mark beside the funding, no tiers without a key


def binance_symbol(symbol: str, base: str, **more: Any) -> dict[str, Any]:
    return {
        "symbol": symbol, "pair": symbol, "contractType": "PERPETUAL", "status": "TRADING",
        "deliveryDate": 4133404800000, "onboardDate": 1569398400000, "baseAsset": base,
        "quoteAsset": "USDT", "marginAsset": "USDT", "pricePrecision": 2, "quantityPrecision": 3,
        "baseAssetPrecision": 8, "quotePrecision": 8, "underlyingType": "COIN",
        "liquidationFee": "0.012500", "maintMarginPercent": "2.5000",
        "requiredMarginPercent": "5.0000",
        "filters": [
            {"filterType": "PRICE_FILTER", "minPrice": "39.86", "maxPrice": "306177",
             "tickSize": "0.01"},
            {"filterType": "LOT_SIZE", "minQty": "0.001", "maxQty": "10000",
             "stepSize": "0.001"},
            {"filterType": "MARKET_LOT_SIZE", "minQty": "0.001", "maxQty": "2000",
             "stepSize": "0.001"},
            {"filterType": "MIN_NOTIONAL", "notional": "20"},
        ],
        "orderTypes": ["LIMIT", "MARKET"], "timeInForce": ["GTC"], **more,
    }  # fmt: skip


BINANCE: dict[str, Any] = {
    "/binanceusdm/fapi/v1/exchangeInfo": {
        "timezone": "UTC", "serverTime": ms(NOW), "rateLimits": [], "exchangeFilters": [],
        "assets": [], "symbols": [
            binance_symbol("ETHUSDT", "ETH"),
            # A dated future of the same asset must not be taken for the perpetual.
            binance_symbol("ETHUSDT_261225", "ETH", contractType="CURRENT_QUARTER",
                           deliveryDate=1798185600000),
            binance_symbol("1000PEPEUSDT", "1000PEPE"),
        ],
    },
    "/binanceusdm/fapi/v1/premiumIndex": [
        {"symbol": "ETHUSDT", "markPrice": "3000.50000000", "indexPrice": "3000.40000000",
         "estimatedSettlePrice": "3000.1", "lastFundingRate": "0.00010000",
         "interestRate": "0.00010000", "nextFundingTime": ms(NOW) + 1000, "time": ms(NOW) - 300},
        {"symbol": "1000PEPEUSDT", "markPrice": "0.0047", "indexPrice": "0.0047",
         "estimatedSettlePrice": "0.0047", "lastFundingRate": "0.00005",
         "interestRate": "0.0001", "nextFundingTime": ms(NOW) + 1000, "time": ms(NOW) - 300},
    ],
    # Only markets whose interval was changed are listed.
    "/binanceusdm/fapi/v1/fundingInfo": [
        {"symbol": "1000PEPEUSDT", "adjustedFundingRateCap": "0.02",
         "adjustedFundingRateFloor": "-0.02", "fundingIntervalHours": 4, "disclaimer": False},
    ],
    "/binanceusdm/fapi/v1/fundingRate": lambda query: [
        {"symbol": query["symbol"], "fundingTime": ms(at), "fundingRate": "0.0001",
         "markPrice": "3000"} for at in settled(8)
    ],
    "/binanceusdm/fapi/v1/klines": [
        [row[0], *[str(cell) for cell in row[1:]], row[0] + 86399999, "1", 2, "1", "1", "0"]
        for row in rows()
    ],
}  # fmt: skip

ALL: dict[str, Any] = {
    **BYBIT, **OKX, **HYPERLIQUID, **DYDX, **KRAKEN, **BITGET, **GATE, **KUCOIN, **ORDERLY,
    **BINANCE,
}  # fmt: skip
