"""The exports that can be read, one file a venue. A new one is a class more and its sample."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from workbook.journal.imports.venues import (
    binance,
    bitget,
    blofin,
    bybit,
    deribit,
    freqtrade,
    generic,
    hyperliquid,
    kraken_futures,
    kucoin,
    lighter,
    mexc,
    okx,
    paradex,
)
from workbook.journal.imports.venues.base import Export

EXPORTS: Mapping[str, type[Export]] = MappingProxyType(
    {
        export.key: export
        for module in (
            generic,
            binance,
            bybit,
            okx,
            hyperliquid,
            kraken_futures,
            lighter,
            bitget,
            mexc,
            kucoin,
            blofin,
            paradex,
            deribit,
            freqtrade,
        )
        for export in module.EXPORTS
    }
)
