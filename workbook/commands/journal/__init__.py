"""``isomargin journal``: trades taken, closed, reviewed; fills imported; results counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import click

from workbook.commands.groups import LazyGroup


class JournalCommands(LazyGroup):
    """What is done with the journal."""

    modules: ClassVar[Mapping[str, str]] = {
        **{name: f"{__name__}.{name}" for name in ("take", "close", "review")},
        "import": f"{__name__}.imports",
        **{name: f"{__name__}.{name}" for name in ("undo", "check", "export", "stats")},
    }


@click.group("journal", cls=JournalCommands)
def command() -> None:
    """Take plan rows as trades, close them, review them, import fills, count results."""
