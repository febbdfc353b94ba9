"""What words for a side mean: of a fill, and of the position that it changes."""

from __future__ import annotations

from collections.abc import Mapping

from workbook.journal.imports.events import Effect, FillSide, PositionSide

# What a word for a fill's direction means: side, effect on the position, side of the position.
Direction = tuple[FillSide, Effect, PositionSide]

BUY_SELL: Mapping[str, Direction] = {
    "buy": ("buy", "", ""),
    "sell": ("sell", "", ""),
    "b": ("buy", "", ""),
    "s": ("sell", "", ""),
}
OPEN_CLOSE: Mapping[str, Direction] = {
    "open long": ("buy", "open", "long"),
    "close long": ("sell", "close", "long"),
    "open short": ("sell", "open", "short"),
    "close short": ("buy", "close", "short"),
}
# What venues write on their pages and in exports in another language.
LOCAL_WORDS: Mapping[str, str] = {
    "买入": "buy", "買入": "buy", "买": "buy", "買": "buy", "買い": "buy", "매수": "buy",
    "卖出": "sell", "賣出": "sell", "卖": "sell", "賣": "sell", "売り": "sell", "매도": "sell",
    "kauf": "buy", "kaufen": "buy", "verkauf": "sell", "verkaufen": "sell",
    "compra": "buy", "comprar": "buy", "venta": "sell", "vender": "sell", "venda": "sell",
    "achat": "buy", "acheter": "buy", "vente": "sell", "vendre": "sell",
    "покупка": "buy", "купить": "buy", "продажа": "sell", "продать": "sell",
    "alış": "buy", "satış": "sell",
    "开多": "open long", "開多": "open long", "平多": "close long",
    "开空": "open short", "開空": "open short", "平空": "close short",
    "做多": "long", "多": "long", "多仓": "long", "做空": "short", "空": "short", "空仓": "short",
}  # fmt: skip
POSITION_SIDES: Mapping[str, PositionSide] = {
    "long": "long",
    "short": "short",
    "both": "",
    "net": "",
}
MAYBE_POSITION_SIDES: Mapping[str, PositionSide] = {"": "", **POSITION_SIDES}
