"""What can be read, in words for people, and samples of the two layouts of our own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from addin.package.saving import save_bytes
from workbook.journal.imports.venues import EXPORTS
from workbook.journal.imports.venues.generic import GenericFills, GenericTrades

GENERIC_FIELDS = tuple(
    dict.fromkeys(
        choices[0]
        for export in (GenericFills, GenericTrades)
        for choices in export.columns.values()
    )
)

_FILLS = """\
time,symbol,side,quantity,price,fee,fee_currency,funding,id,position_side,venue,account
2026-11-20T09:30:00Z,ETHUSDT,buy,2,2000,1.2,USDT,,1,,Venue,main
2026-11-20T16:00:00Z,ETHUSDT,,,,,,0.4,2,,Venue,main
2026-11-21T17:00:00Z,ETHUSDT,sell,2,2100,1.3,USDT,,3,,Venue,main
"""
_TRADES = """\
opened,closed,symbol,side,quantity,entry,exit,fees,carry,stop,high,low,venue,account
2026-11-20T09:30:00Z,2026-11-21T17:00:00Z,ETHUSDT,long,2,2000,2100,2.5,0.4,1950,2110,1990,Venue,main
"""


def formats() -> Iterator[str]:
    """Every kind of export: its key, its name, the columns that it is known by."""
    for export in EXPORTS.values():
        yield f"{export.key}: {export.name}"
        if not export.strict:
            needed = ", ".join(export.columns[name][0] for name in export.required)
            yield f"    known by {needed} (as of {export.as_of})"
            continue
        needed = ", ".join(export.columns[name][0] for name in export.required)
        more = ", ".join(
            choices[0] for name, choices in export.columns.items() if name not in export.required
        )
        yield f"    needs {needed}"
        yield f"    and takes {more}"
    yield "Costs are positive when paid. A row with time, symbol and funding alone is a payment."
    yield "Times are UTC where they do not say otherwise: 2026-11-20T09:30:00Z, or --zone."
    yield "Columns of another name: --map time=Date,price=Px. A sample: --sample FILE.csv"


def write_sample(path: Path) -> str:
    """Write a sample that can be imported; what it is, in words."""
    trades = "trade" in path.stem.lower()
    save_bytes((_TRADES if trades else _FILLS).encode(), path)
    return f"{path}: a sample of a {GenericTrades.name if trades else GenericFills.name}"
