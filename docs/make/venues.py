"""Which liquidation formula a venue uses, from the terms that ship, each with source and date."""

from __future__ import annotations

from workbook.terms import Source, Venue, venues

_MODELS = {
    "mark": "the notional at the price then",
    "entry": "the notional at the entry",
    "inverse": "coin-margined, the entry's value",
    "inverse_mark": "coin-margined, the value then",
}
_HEAD = """# Which liquidation formula does my venue use?

Two venues with the same leverage and the same maintenance rate liquidate at different prices: they
count maintenance on different things, some count a fee in the trigger, and large positions need
more. The table says what each one's documents or code said on the day beside it. Terms change:
**look them up before you rely on them**; `isomargin refresh` renews what exchanges publish.

The formula for most is [`ISO_LIQUIDATION_PRICE`](formulas/iso_liquidation_price.md) with the model
of the table; where maintenance rises with the size,
[`ISO_LIQUIDATION_PRICE_TIERED`](formulas/iso_liquidation_price_tiered.md).

| venue | maintenance counts on | fee in the trigger | tiers | what is left | as of | how sure |
|---|---|---|---|---|---|---|
"""


def pages() -> dict[str, str]:
    """The page."""
    real = [venue for venue in venues() if not venue.illustrative]
    lines = [_HEAD + "\n".join(_row(venue) for venue in real), ""]
    for venue in real:
        lines += _section(venue)
    lines += [
        "## Platforms A, B and C",
        "",
        "The worked example also has three platforms of the article that it follows. Their terms"
        " are illustrative: no such venue was looked up.",
        "",
    ]
    return {"venues.md": "\n".join(lines)}


def _row(venue: Venue) -> str:
    rule = venue.rule
    fee = "no"
    if rule.fee_in_trigger:
        fee = "yes" if rule.trigger_fee is None else f"{rule.trigger_fee:.4%}".rstrip("0%") + "%"
    tiers = "on the part above a floor" if venue.tiering == "marginal" else "on the whole"
    left = "comes back" if venue.remainder == "trader" else "is kept"
    anchor = _anchor(venue)
    return (
        f"| [{venue.name}](#{anchor}) | {_MODELS[rule.model]} | {fee} | {tiers} | {left} |"
        f" {_day(rule.source)} | {rule.source.confidence} |"
    )


def _section(venue: Venue) -> list[str]:
    lines = [f"## {venue.name} {{ #{_anchor(venue)} }}", ""]
    for rule in venue.rules:
        since = f"Since {rule.since.isoformat()}" if rule.since else "The rule"
        lines += [
            f"{since}: `{rule.formula}`" + (f" ({_text(rule.note)})" if rule.note else ""),
            "",
        ]
        lines += [f"Source: {_source(rule.source)}", ""]
    lines += [f"What is left after a liquidation: {_text(venue.remainder_note)}.", ""]
    if venue.markets:
        lines += [
            "| market | most leverage | maintenance, by notional | as of |",
            "|---|---|---|---|",
        ]
        for market in venue.markets:
            tiers = "; ".join(f"from {t.floor:,.0f}: {t.rate:.4g}" for t in market.tiers[:6])
            more = "; ..." if len(market.tiers) > 6 else ""
            lines.append(
                f"| {market.symbol} | {market.max_leverage:g} | {tiers}{more} |"
                f" {_day(market.source)} |"
            )
        lines.append("")
    return lines


def _anchor(venue: Venue) -> str:
    return venue.name.lower().replace(" ", "-")


def _day(source: Source) -> str:
    return "unknown" if source.as_of is None else source.as_of.isoformat()


def _source(source: Source) -> str:
    what = _text(source.what)
    shown = f"[{what}]({source.address})" if source.address.startswith("https://") else what
    return f"{shown}, {_day(source)}, {source.confidence} confidence."


def _text(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;").replace("*", r"\*").rstrip(".")
