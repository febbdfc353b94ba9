"""``isomargin journal``: trades taken, closed, reviewed; fills imported; results counted."""

from __future__ import annotations

import importlib

import click

# Command to module; its imports cost nothing until it is the one that runs.
COMMANDS = {
    "take": "take",
    "close": "close",
    "review": "review",
    "import": "imports",
    "undo": "undo",
    "check": "check",
    "export": "export",
    "stats": "stats",
}


class JournalCommands(click.Group):
    """A group that imports a command only when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order people meet them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        module = COMMANDS.get(cmd_name)
        if module is None:
            return None
        found = importlib.import_module(f"workbook.commands.journal.{module}")
        command: click.Command = found.command
        return command


@click.group("journal", cls=JournalCommands)
def command() -> None:
    """Take plan rows as trades, close them, review them, import fills, count results."""
