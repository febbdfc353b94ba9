"""Reading a venue's export: its kind found by its columns, its rows as events.

All or nothing: a file with a single row that cannot be read gives problems and no events, so that
no journal is ever made of half a file. Rows that are none of ours are counted, by the reason.
"""

from workbook.journal.imports.reading.from_file import (
    Progress,
    content_of,
    decoded,
    file_bytes,
    read_file,
    read_lines,
    read_text,
)
from workbook.journal.imports.reading.options import Options, Zone
from workbook.journal.imports.reading.result import Reading

__all__ = [
    "Options",
    "Progress",
    "Reading",
    "Zone",
    "content_of",
    "decoded",
    "file_bytes",
    "read_file",
    "read_lines",
    "read_text",
]
