"""A file on its way from lines to events."""

from __future__ import annotations

from typing import NamedTuple

from workbook.journal.imports.reading.layout import Layout
from workbook.journal.imports.reading.options import Options
from workbook.journal.imports.reading.result import Findings
from workbook.journal.imports.reading.table import Table
from workbook.journal.imports.venues.base import Export


class OpenFile(NamedTuple):
    """A file whose layout is known, while it is read."""

    table: Table
    layout: Layout
    export: Export  # what reads the layout's kind of export, new for each file
    options: Options
    findings: Findings
