"""One symbol for one market, however an exchange, an export or a person writes it.

The symbol is the asset, not the pair: ``ETHUSDT``, ``ETH-USDT-SWAP``, ``PF_ETHUSD`` and ``eth``
are all ``ETH``. What is another contract stays another symbol: a thousand PEPE are ``1000PEPE``,
a dated future keeps its date, a coin-margined contract keeps its whole name.
"""

from __future__ import annotations

import re
import unicodedata

# Longest first: FDUSD before USD.
_QUOTES = ("FDUSD", "USDT0", "USDT", "USDC", "USDE", "USDH", "BUSD", "USD", "EUR")
_PAIR_QUOTES = frozenset((*_QUOTES, "TUSD", "UST", "USDD", "DAI"))
# Words beside the pair that say "perpetual".
_PERPETUAL = frozenset(("PERP", "PERPETUAL", "SWAP", "P", "LINEAR", "UMCBL", "FUTURES"))
_NAMES = {"XBT": "BTC", "XXBT": "BTC", "XDG": "DOGE"}
# Assets that venues list by the thousand under a name with a K before it.
_THOUSANDS = frozenset(
    ("PEPE", "SHIB", "BONK", "FLOKI", "LUNC", "DOGS", "NEIRO", "SATS", "RATS", "CAT")
)
# Kraken's inverse and dated ones; Binance COIN-M; KuCoin's and OKX's inverse.
_COIN_MARGINED = re.compile(r"^(PI|FI|FF)_|USD_PERP$|[A-Z]USDM$|-USD-SWAP$")
_BITFINEX = re.compile(r"^T([A-Z0-9]+)F0:USTF0$")
_PREFIX = re.compile(r"^(PF|PERP)_")
_DATED = re.compile(r"^(\d{6}|\d{8}|\d{1,2}[A-Z]{3}\d{2,4})$")
_EXCHANGES = frozenset(
    (
        "BINANCE", "BINANCEUSDM", "BYBIT", "OKX", "BITGET", "GATE", "GATEIO", "KUCOIN", "KRAKEN",
        "HYPERLIQUID", "DYDX", "ORDERLY", "WOOFIPRO", "BITFINEX", "MEXC", "BINGX", "COINBASE",
    )
)  # fmt: skip


def base_symbol(text: object) -> str:
    """The symbol of a market as the workbook's tables have it.

    >>> [base_symbol(name) for name in ("ETHUSDT", "ETH-USDT-SWAP", "PF_XBTUSD", " eth ")]
    ['ETH', 'ETH', 'BTC', 'ETH']
    >>> base_symbol("kPEPE"), base_symbol("1000PEPEUSDT"), base_symbol("PEPE")
    ('1000PEPE', '1000PEPE', 'PEPE')

    A text without a name of an asset in it comes back as it is, without spaces, in capitals.
    """
    written = unicodedata.normalize("NFKC", "" if text is None else str(text)).strip()
    name = re.sub(r"\s+", "", written)
    if re.match(r"^k[A-Z]{2}", name):  # kPEPE; a lower k is no part of an asset's name
        name = "1000" + name[1:]
    name = name.upper()
    if not name or _COIN_MARGINED.search(name):
        return name
    if bitfinex := _BITFINEX.match(name):
        name = bitfinex[1]
    dex, name = _without_place(name)
    parts = [part for part in re.split(r"[/\-_.:]", _PREFIX.sub("", name)) if part]
    if not parts:
        return name
    dates = [part for part in parts[1:] if _DATED.match(part)]
    words = [part for part in parts if part not in dates and part not in _PERPETUAL]
    if not words:  # an asset that is called like one of the words, such as PERP
        words = parts[:1]
    base, rest = words[0], words[1:]
    if len(rest) == 2 and rest[1] == base:  # BTC/USD:BTC is margined in the coin itself
        return name
    if rest and not all(part in _PAIR_QUOTES for part in rest):
        # Another asset after the first: a pair against it, or a place's own listing (FLX-CRCL).
        base = "-".join([base, *(part for part in rest if part not in _PAIR_QUOTES)])
    elif not rest:
        base = _without_quote(base)
    base = _asset(base)
    return "-".join([*dex, base, *dates])


def _without_place(name: str) -> tuple[list[str], str]:
    """A prefix before a colon: an exchange's name is dropped, a place within one is kept."""
    before, colon, after = name.partition(":")
    if not colon or "/" in before:
        return [], name
    return ([], after) if before in _EXCHANGES else ([before], after)


def _without_quote(name: str) -> str:
    """ETHUSDTM, ETHUSDT, ETHPERP -> ETH."""
    for ending in ("PERP", *(quote + "M" for quote in _QUOTES), *_QUOTES):
        if ending == "BUSD" and (len(name) < 7 or name.endswith("SHIBUSD")):
            continue  # ARBUSD is ARB in USD, BTCBUSD is BTC in BUSD
        if name.endswith(ending) and len(name) > len(ending):
            return name[: -len(ending)]
    return name


def _asset(name: str) -> str:
    name = _NAMES.get(name, name)
    if name[:1] == "K" and name[1:] in _THOUSANDS:
        return "1000" + name[1:]
    behind = re.match(r"^([A-Z]{2,})(1000+)$", name)  # SHIB1000
    return behind[2] + behind[1] if behind else name
