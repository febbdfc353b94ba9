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
POSITION_SIDES: Mapping[str, PositionSide] = {
    "long": "long",
    "short": "short",
    "both": "",
    "net": "",
}
