"""Arguments and options that several commands have alike."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

FILE = click.Path(path_type=Path)

BOOK = click.argument("book", type=FILE)
ELSEWHERE = click.option("-o", "--output", type=FILE, help="Write there instead of into BOOK.")
TABLE_FILE = click.option("-o", "--output", type=FILE, help="A .csv or .parquet file.")
QUIET = click.option("-q", "--quiet", is_flag=True, help="Say nothing on the terminal.")


def output(help: str) -> Callable[..., Any]:  # noqa: A002 - click's own name for it
    """The file to write, which has to be named."""
    return click.option("-o", "--output", type=FILE, required=True, help=help)
