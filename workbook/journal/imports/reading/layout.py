"""Which kind of export a table is, and where its fields stand."""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from workbook.journal.imports.parsing import without_zone
from workbook.journal.imports.reading.options import Options
from workbook.journal.imports.reading.table import HEADER_WITHIN, Refused, Table
from workbook.journal.imports.venues import EXPORTS
from workbook.journal.imports.venues.base import Export

# What people export instead, by columns that tell it.
_OTHER_KINDS: Sequence[tuple[str, frozenset[str]]] = (
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"date", "pair", "side", "price", "executed", "amount", "fee"})),
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"date", "market", "type", "price", "amount", "total", "fee", "fee coin"})),
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"txid", "ordertxid", "pair", "vol", "cost"})),
    ("an export of spot trades, which a journal of margin trades does not take",
     frozenset({"spot pairs", "direction", "filled price"})),
    ("an account statement that does not say which contract: export the trade history",
     frozenset({"operation", "coin", "change", "remark"})),
    ("an order history without what was filled: export the trade history",
     frozenset({"order no", "symbol", "type", "side"})),
)  # fmt: skip
_NEAR = 0.5  # of the required columns, for naming an export that a file may be meant to be


@dataclass(frozen=True)
class Layout:
    """A kind of export and where its fields stand in this file."""

    export: type[Export]
    header_at: int  # among the table's lines
    header: Sequence[str]
    at: Mapping[str, int]  # field: column
    unknown: Sequence[str]
    known: int  # columns that the export explains


def layout_of(table: Table, options: Options) -> Layout:
    """The kind of export that explains most columns; the generic one only if no venue's fits."""
    file = table.file
    if options.format is not None and options.format not in EXPORTS:
        known = ", ".join(EXPORTS)
        raise Refused(file, 1, f'there is no format "{options.format}": it may be {known}')
    candidates = [EXPORTS[options.format]] if options.format else list(EXPORTS.values())
    if options.columns and not options.format:
        candidates = [export for export in candidates if export.strict]
    renamed = {without_zone(header): name for name, header in options.columns.items()}
    found: list[Layout] = []
    nearest: tuple[float, int, type[Export], list[str]] | None = None
    for header_at, (line, header) in enumerate(table.lines[:HEADER_WITHIN]):
        for candidate in candidates:
            layout, missing = _fit(candidate, header_at, header, renamed)
            if not missing:
                found.append(layout)
                continue
            near = 1 - len(missing) / len(candidate.required)
            if nearest is None or near > nearest[0]:
                nearest = (near, line, candidate, missing)
        if found:
            break
    if not found:
        raise _unknown_file(table, nearest, options)
    best = max(found, key=lambda one: (one.known, len(one.export.required), not one.export.strict))
    if best.export.strict and best.unknown and not options.columns:
        may_be = [choices[0] for choices in best.export.columns.values()]
        near_name = difflib.get_close_matches(best.unknown[0].lower(), may_be, 1)
        guess = f"did you mean {near_name[0]}? " if near_name else ""
        raise Refused(
            file,
            table.lines[best.header_at][0],
            f'there is no column "{best.unknown[0][:60]}": {guess}it may be {", ".join(may_be)}'
            " (or say --map FIELD=COLUMN)",
        )
    return best


def _unknown_file(
    table: Table, nearest: tuple[float, int, type[Export], list[str]] | None, options: Options
) -> Refused:
    file = table.file
    line, near = (nearest[1], nearest[0]) if nearest else (1, 0.0)
    words = "these columns are no known export"
    headers = max((cells for _, cells in table.lines[:HEADER_WITHIN]), key=len)
    kinds = [words for words, need in _OTHER_KINDS if need <= set(map(without_zone, headers))]
    if kinds:
        words = f"this is {kinds[0]}"
    elif not "".join(headers).replace("\ufeff", "").isascii():
        words += ", and not in English: set the venue's page to English and export again"
    if nearest and (options.format or (near >= _NEAR and not kinds)):
        names = ", ".join(nearest[2].columns[name][0] for name in nearest[3])
        words += f": nearest is the {nearest[2].name}, which also has {names}"
    return Refused(
        file,
        line,
        f"{words}; isomargin journal import --formats lists the known ones, and --map"
        " time=Date,price=Px names the columns of any other",
    )


def _fit(
    candidate: type[Export], header_at: int, header: Sequence[str], renamed: Mapping[str, str]
) -> tuple[Layout, list[str]]:
    """Where the export's fields stand under this header, and which required ones are missing."""
    names = [renamed.get(name, name) for name in map(without_zone, header)]
    at: dict[str, int] = {}
    for name, choices in candidate.columns.items():
        for choice in choices:
            if choice in names:
                at[name] = names.index(choice)
                break
    known = {choice for choices in candidate.columns.values() for choice in choices}
    known.update(candidate.unused)
    unknown = [
        cell.strip() for cell, name in zip(header, names, strict=True) if name and name not in known
    ]
    explained = sum(name in known for name in names if name)
    missing = [name for name in candidate.required if name not in at]
    return Layout(candidate, header_at, header, at, unknown, explained), missing
