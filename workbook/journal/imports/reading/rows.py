"""The rows below the headers, and how their numbers are written."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from workbook.journal.imports.events import FileLine
from workbook.journal.imports.parsing import (
    BadCell,
    NumberForm,
    number,
    settle_number_form,
    without_unit,
    without_zone,
)
from workbook.journal.imports.reading.open_file import OpenFile
from workbook.journal.imports.venues.base import Row, bare_cells

_NOTHING_THERE = re.compile(
    r"no\b.*\b(data|records?|results?|match\w*|history|trades|orders)\b", re.IGNORECASE
)
_TOTALS = frozenset(
    {"total", "totals", "grand total", "subtotal", "sum", "summe", "gesamt", "suma", "合计"}
)
_WORDS = re.compile(r"[^\W\d].*\s.*")  # more than one word: no cell of a row
_UID = re.compile(r"\bUID:\s*(\w+)", re.IGNORECASE)


class Rows:
    """The rows of a table whose layout is known."""

    def __init__(self, file: OpenFile) -> None:
        self._table, self._layout, self._export, self._options, self._findings = file
        self._names = [without_zone(cell) for cell in self._layout.header]

    def read(self) -> list[Row]:
        """Those that hold something of ours; bad ones are told, others counted."""
        width = len(self._layout.header)
        above = " ".join(
            cell for _, cells in self._table.lines[: self._layout.header_at] for cell in cells
        )
        uid = _UID.search(above.replace("\ufeff", ""))
        account = self._options.account or (uid[1] if uid else "")
        kept: list[tuple[int, list[str]]] = []
        for line, written in self._table.lines[self._layout.header_at + 1 :]:
            cells = bare_cells(written)
            filled = list(filter(None, cells))
            if not filled:
                continue
            if len(filled) == 1 and width > 2 and _NOTHING_THERE.match(filled[0]):
                continue
            if filled[0].lower().rstrip(":") in _TOTALS:
                self._findings.skip("line of totals", line)
                continue
            if self._is_header(cells):
                self._findings.skip("line of headers again", line)
                continue
            if len(filled) == 1 and width > 3 and _WORDS.fullmatch(filled[0]):
                self._findings.skip("line of words", line)
                continue
            # A comma at a line's end is no cell; a missing last cell is a blank one.
            if len(cells) > width and any(cells[width:]):
                self._findings.problem(line, f"has {len(cells)} cells under {width} columns")
                continue
            kept.append((line, cells))
        form = self._settle_form(kept)
        rows = []
        for line, cells in kept:
            place = FileLine(self._table.file, line)
            row = Row(self._export, self._layout.at, cells, place, form, account)
            if not account and row.knows("uid"):
                row.account = row.text("uid")
            rows.append(row)
        return rows

    def _is_header(self, cells: Sequence[str]) -> bool:
        """Whether a row says the headers again, as where files were put together."""
        names, at = self._names, self._layout.at["time"]
        if at >= len(cells) or (cells[at][:1].isdigit() and not names[at][:1].isdigit()):
            return False  # most often
        return (
            without_zone(cells[at]) == names[at]  # mostly not, and then the rest is not asked
            and [without_zone(cell) for cell in cells[: len(names)]] == names
        )

    def _settle_form(self, lines: Sequence[tuple[int, list[str]]]) -> NumberForm:
        if self._options.decimal:
            return self._options.decimal
        columns = [
            self._layout.at[name] for name in self._export.numbers if name in self._layout.at
        ]

        def cells() -> Iterator[str]:
            for _, row in lines:
                for column in columns:
                    if column < len(row) and ("," in row[column] or "." in row[column]):
                        yield row[column]

        form = settle_number_form(cells(), self._table.separator)
        if form in ("point", "comma"):
            return form  # type: ignore[return-value]
        by_value = self._form_by_value(lines)
        if by_value:
            return by_value
        self._findings.unknown(lines[0][0], form)
        return "point"

    def _form_by_value(self, lines: Sequence[tuple[int, list[str]]]) -> NumberForm | None:
        """The form in which price times quantity is the value beside them."""
        names = ("quantity", "price", "value")
        if any(name not in self._layout.at for name in names):
            return None
        fits: Counter[NumberForm] = Counter()
        forms: tuple[NumberForm, ...] = ("point", "comma")
        for _, cells in lines:
            for form in forms:
                try:
                    quantity, price, value = (
                        number(without_unit(cells[self._layout.at[name]]), name, form)
                        for name in names
                    )
                except (BadCell, IndexError):
                    continue
                if value and abs(abs(quantity * price) - abs(value)) <= abs(value) / 100:
                    fits[form] += 1
        found = [form for form in forms if fits[form]]
        return found[0] if len(found) == 1 else None
