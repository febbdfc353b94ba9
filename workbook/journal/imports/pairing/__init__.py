"""From events to trades: a position is opened when it leaves zero and closed when it is back there.

A position is one venue's, one account's, in one symbol, on one side. Everything in between is one
trade: adding to it, taking a part off, funding. A fill that turns a long into a short ends one
trade and begins the next, its fee shared by quantity.

Where the venue says what a fill closed (a word, the position's side, a realised result, the
position afterwards) that is believed before any guess; where its own result is not the one that
average cost gives, the fills begin inside a position, or some are missing, and that is said.
"""

from workbook.journal.imports.pairing.from_events import Pairing, pair
from workbook.journal.imports.pairing.trade import Part, Trade

__all__ = ["Pairing", "Part", "Trade", "pair"]
