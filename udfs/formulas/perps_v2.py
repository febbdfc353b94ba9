"""Synthetix Perps V2: the liquidation price of the protocol that ran isolated margin on Optimism.

Its fee has a floor and a cap, and closing a large position costs a premium; both move with the
price, so the chain's own view, which takes today's price for them, is only close.
"""

from __future__ import annotations

import numpy as np

from udfs.catalogue.cell_types import same_as
from udfs.catalogue.evaluation import Result, invalid_where
from udfs.catalogue.formula import formula
from udfs.catalogue.units import (
    Factor,
    MoneyFrom0,
    PositiveMoney,
    Price,
    Quantity,
    Rate,
    Side,
    SignedMoney,
    SkewScale,
)
from udfs.errors import CellError
from udfs.maths.arrays import Numeric


@formula("Liquidation")
def liquidation_price_perps_v2(
    side: Side, entry: Price, quantity: Quantity, margin: PositiveMoney, skew_scale: SkewScale = 0,
    fee_ratio: Rate = 0.0035, buffer_ratio: Rate = 0.0025, min_fee: MoneyFrom0 = 1,
    max_fee: MoneyFrom0 = 1000, keeper_fee: MoneyFrom0 = 2, premium_multiplier: Factor = 1,
    accrued_carry: SignedMoney = 0, mark: Price = same_as("entry"),
) -> Result:  # fmt: skip
    """Liquidation price on Synthetix Perps V2, with its fee's floor and cap and its premium.

    Parameters
    ----------
    skew_scale
        The market's skew scale, in units of the asset; 0 = no premium.
    fee_ratio
        Liquidation fee, a fraction of the notional: 0.35% or 0.0035.
    buffer_ratio
        Liquidation buffer, a fraction of the notional: 0.25% or 0.0025.
    min_fee
        Least liquidation fee, in account currency.
    max_fee
        Most liquidation fee, in account currency.
    keeper_fee
        Flat fee for the keeper who liquidates, in account currency.
    premium_multiplier
        The market's multiplier of the premium.
    accrued_carry
        Funding paid so far, in account currency; negative when received.
    mark
        Price now, of a position that is open; left out, the entry. Whether it is alive is judged
        there.

    Returns
    -------
    The price, in account currency per unit. 0 for a long that no price can liquidate.

    Notes
    -----
    The P at which margin - accrued_carry + side*quantity*(P - entry) - premium(P) =
    buffer_ratio*quantity*P + fee(P) + keeper_fee, with premium(P) = quantity/skew_scale *
    quantity*P*premium_multiplier and fee(P) = max(min(fee_ratio*quantity*P, max_fee), min_fee).
    Solved on the fee's floor, between, and at its cap. On liquidation nothing comes back.

    Errors
    ------
    #NUM! where the position would be liquidated at its own entry (or is at the mark), or is so
    large for the market that the premium and the buffer exceed the notional.

    References
    ----------
    Synthetixio/synthetix, contracts/PerpsV2MarketBase.sol and PerpsV2MarketViews.sol.

    Examples
    --------
    >>> round(liquidation_price_perps_v2("long", 100, 50, 500), 3)
    90.584
    >>> round(liquidation_price_perps_v2("long", 3000, 2, 3018, 0, 0.0035, 0.0025, 1, 1000, 0), 6)
    1500.0
    """
    size = np.where(skew_scale > 0, premium_multiplier * quantity / skew_scale, 0.0)
    share = buffer_ratio + size  # of the notional, beside the fee
    spare = margin - accrued_carry - keeper_fee - side * quantity * entry

    def solved(fee: Numeric, rate: Numeric) -> Numeric:
        """Price with a flat fee, and a fee rate of the notional."""
        return (spare - fee) / (quantity * (share + rate - side))

    floor, between, cap = solved(min_fee, 0.0), solved(0.0, fee_ratio), solved(max_fee, 0.0)
    # What is left over the requirement is the least of "fee at its floor" and the greater of the
    # other two, and each of them falls as the price goes against the trade.
    long_price = np.maximum(floor, np.minimum(between, cap))
    short_price = np.minimum(floor, np.maximum(between, cap))
    # With a fee rate so high that, between, a falling price helps a long, the cap's branch counts
    # as long as the price is up there.
    capped_from = max_fee / (fee_ratio * quantity)
    upside_down = np.where((cap > capped_from) & (mark > capped_from), cap, floor)
    long_price = np.where(share + fee_ratio < 1.0, long_price, np.maximum(upside_down, floor))
    price = np.where(side > 0, np.maximum(long_price, 0.0), short_price)
    fee_now = np.maximum(np.minimum(fee_ratio * quantity * mark, max_fee), min_fee)
    required = share * quantity * mark + fee_now + keeper_fee
    equity = margin - accrued_carry + side * quantity * (mark - entry)
    return invalid_where(
        price,
        (
            equity <= required,
            CellError.NUM,
            "with margin {margin} the position would be liquidated at its own entry {entry}:"
            " add margin or lower the quantity; if it is open and in profit, give today's price as"
            " mark"
            if mark is entry
            else "at the mark {mark} the position is liquidated already: add margin",
        ),
        (
            (side > 0) & (share >= 1.0),
            CellError.NUM,
            "quantity {quantity} is too large for skew_scale {skew_scale}: the premium and the"
            " buffer exceed the notional, so a rising price liquidates the long",
        ),
    )
