"""Groups of commands, each in a module of its own that is imported when it is asked for."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Mapping
from typing import ClassVar

import click

from addin.package.gc_paused import gc_paused


class LazyGroup(click.Group):
    """A group whose commands' imports cost nothing until it is theirs that runs."""

    modules: ClassVar[Mapping[str, str]]  # command to module, in the order people meet them

    def list_commands(self, ctx: click.Context) -> list[str]:
        """All commands, in the order people meet them."""
        return list(self.modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        module = self.modules.get(cmd_name)
        if module is None:
            return None
        with gc_paused(all_is_kept=module not in sys.modules):
            command: click.Command = importlib.import_module(module).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Each command with the first sentence of its help, folded where it is too wide."""
        rows = []
        for name in self.list_commands(ctx):
            one = self.get_command(ctx, name)
            if one is not None and not one.hidden:
                rows.append((name, one.get_short_help_str(limit=1_000)))
        with formatter.section("Commands"):
            formatter.write_dl(rows)
