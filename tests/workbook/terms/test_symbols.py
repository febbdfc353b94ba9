from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbook.terms import base_symbol


@pytest.mark.parametrize(
    "written",
    [
        "ETH", "eth", "eth ", " Eth\u00a0", "ＥＴＨ", "ETHUSDT", "ethusdc", "ETHUSD",
        "ETH-USDT-SWAP",
        "ETH-USDT", "ETH-USD", "ETH_USDT", "ETHUSDTM", "PF_ETHUSD", "PERP_ETH_USDC", "ETHPERP",
        "ETH-PERP", "ETH/USDT:USDT", "ETH/USDC:USDC", "ETH/USD:USD", "ETHUSDT.P",
        "BINANCE:ETHUSDT.P", "BYBIT:ETHUSDT", "tETHF0:USTF0", "ETHUSDT_UMCBL", "ETHFDUSD",
    ],
)  # fmt: skip
def test_one_asset_however_it_is_written(written: str) -> None:
    assert base_symbol(written) == "ETH"


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("XBTUSDTM", "BTC"), ("PF_XBTUSD", "BTC"), ("XBT", "BTC"), ("XBTUSD", "BTC"),
        ("PF_ARBUSD", "ARB"), ("BTCBUSD", "BTC"), ("PF_SHIBUSD", "SHIB"), ("BNBUSD", "BNB"),
        ("XDGUSD", "DOGE"),
        ("1000PEPEUSDT", "1000PEPE"), ("kPEPE", "1000PEPE"), ("KPEPE", "1000PEPE"),
        ("kpepe", "1000PEPE"), ("kSHIB", "1000SHIB"), ("SHIB1000USDT", "1000SHIB"),
        ("PEPE", "PEPE"), ("PEPEUSDT", "PEPE"), ("1INCHUSDT", "1INCH"), ("KAVA", "KAVA"),
        ("kava", "KAVA"), ("KSM", "KSM"), ("FUSDT", "F"), ("USDCUSDT", "USDC"), ("USDT", "USDT"),
        ("PERP", "PERP"), ("PERPUSDT", "PERP"), ("10000LADYSUSDT", "10000LADYS"),
    ],
)  # fmt: skip
def test_names_of_exchanges_and_assets_by_the_thousand(written: str, symbol: str) -> None:
    assert base_symbol(written) == symbol


@pytest.mark.parametrize(
    ("written", "symbol"),
    [
        ("BTC-USD-210430", "BTC-210430"), ("BTCUSDT_250627", "BTC-250627"),
        ("BTC-27JUN25", "BTC-27JUN25"), ("BTCUSDT-28MAR25", "BTC-28MAR25"),
        ("PI_XBTUSD", "PI_XBTUSD"), ("ETHUSD_PERP", "ETHUSD_PERP"), ("XBTUSDM", "XBTUSDM"),
        ("BTC-USD-SWAP", "BTC-USD-SWAP"), ("BTC/USD:BTC", "BTC/USD:BTC"), ("ETH/BTC", "ETH-BTC"),
        ("ETHUSDXM", "ETHUSDXM"), ("XBTMU26", "XBTMU26"), ("ETHUSDTZ26", "ETHUSDTZ26"),
        ("BTC-USD_UM-261030", "BTC-UM-261030"), ("AIXBTUSDTM", "AIXBT"),
        ("ETHBTCUSDTM", "ETHBTC"), ("flx:CRCL", "FLX-CRCL"), ("FLX-CRCL/USDH:USDH", "FLX-CRCL"),
    ],
)  # fmt: skip
def test_another_contract_stays_another_symbol(written: str, symbol: str) -> None:
    """A dated, a coin-margined contract or a pair must never find a perpetual's terms."""
    assert base_symbol(written) == symbol


@pytest.mark.parametrize("nothing", ["", "  ", None, "\u00a0"])
def test_nothing_is_nothing(nothing: str | None) -> None:
    assert base_symbol(nothing) == ""


@pytest.mark.parametrize("odd", ["/", "-USDT", "::", "_", "=1+1", "\u202eETH", 7, 1.5, "£"])
def test_odd_texts_come_back_and_do_not_fail(odd: object) -> None:
    assert isinstance(base_symbol(odd), str)


@given(st.text(max_size=20))
def test_any_text_gives_a_text_without_spaces(text: str) -> None:
    assert not any(letter.isspace() for letter in base_symbol(text))


@given(
    st.sampled_from(["BTC", "ETH", "SOL", "OP", "ARB", "DOGE", "1000PEPE", "1INCH", "S", "W"]),
    st.sampled_from(
        ["{}USDT", "{}-USDT-SWAP", "{}_USDT", "{}/USDT:USDT", "PERP_{}_USDC", "{}USDTM"]
    ),
)
def test_every_layout_gives_the_asset_and_twice_is_once(asset: str, layout: str) -> None:
    symbol = base_symbol(layout.format(asset))
    assert symbol == asset
    assert base_symbol(symbol) == symbol
