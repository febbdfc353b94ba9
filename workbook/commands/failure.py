"""The end of a command that the person can do something about."""

from __future__ import annotations

import click


class Failure(click.ClickException):
    """Something that the person can correct: one line, exit 2, nothing written."""

    exit_code = 2
