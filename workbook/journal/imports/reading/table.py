"""A file's text as lines of cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass

from addin.package.limits import limits, to_read_it
from workbook.journal.imports.events import FileLine, Problem
from workbook.journal.imports.json_table import json_lines, looks_like_json
from workbook.journal.imports.parsing import BadCell

HEADER_WITHIN = 40  # lines; some exports begin with lines about the account


class Refused(Exception):
    """The file as a whole cannot be read."""

    def __init__(self, file: str, line: int, words: str) -> None:
        super().__init__(words)
        self.problem = Problem(FileLine(file, line), words)


@dataclass(frozen=True)
class Table:
    """The lines of a file as cells; blank ones are left out."""

    file: str
    separator: str
    lines: Sequence[tuple[int, list[str]]]  # line number and cells


def too_many_rows(file: str, line: int) -> Refused:
    """More rows than are taken, the first of them in this line."""
    most = limits().fills
    words = f"more than {most:,} rows: split the file by year, or {to_read_it()}"
    return Refused(file, line, words)


def table_of(text: str, file: str) -> Table:
    """The lines of a CSV text, or of a JSON one; `Refused` where there are none to be had."""
    text = text.lstrip("\ufeff")
    if looks_like_json(text):
        return _json_table(text, file)
    if text[:4].lower() == "sep=":
        text = text.split("\n", 1)[-1]
    head = text[:16384].splitlines()[:HEADER_WITHIN]
    # The header line has the most separators of the kind that the file uses.
    separator = max(",;\t", key=lambda mark: max((line.count(mark) for line in head), default=0))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    lines = []
    most = limits().fills
    try:
        for cells in reader:
            if any(cells) and any(cell.strip() for cell in cells):
                lines.append((reader.line_num, cells))
                if len(lines) > most:
                    raise too_many_rows(file, reader.line_num)
    except csv.Error as error:
        raise Refused(file, reader.line_num, f"this is no CSV line ({error})") from None
    return Table(file, separator, lines)


def _json_table(text: str, file: str) -> Table:
    try:
        lines = json_lines(text)
    except BadCell as fault:
        raise Refused(file, 1, str(fault)) from None
    if len(lines) > limits().fills:
        raise too_many_rows(file, 1)
    return Table(file, ",", list(enumerate(lines, 1)))
