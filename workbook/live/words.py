"""The words of the commands, for somebody who has a form in front of him and no command line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from workbook.actions import Changes

# What a form has no place for.
_ELSEWHERE = (
    (", or give --venue and --symbols", ""),
    ("a file with --from", "a file, with the command isomargin refresh"),
    ("a file (--from)", "a file (the command isomargin refresh reads one)"),
    ("isomargin journal import --formats lists the known ones", "the manual lists the known ones"),
    ("import the file again with --zone, like --zone", "import the file again with a zone, like"),
    (" or --zone ", " or "),
    ("another --zone", "another zone"),
)
_OPTION = re.compile(r"--([a-z][a-z-]*)")


def in_a_form(words: str) -> str:
    """The words without options of a command; what they ask for is what the form takes.

    >>> in_a_form("say --decimal point or --decimal comma")
    'say decimal point or decimal comma'
    """
    for command, form in _ELSEWHERE:
        words = words.replace(command, form)
    return _OPTION.sub(lambda found: found[1].replace("-", " "), words)


def told_in_a_form(changes: Changes) -> Changes:
    """The same edits, with their words for a form."""
    return Changes(changes.edits, _each(changes.words), _each(changes.warnings))


def _each(lines: Iterable[str]) -> tuple[str, ...]:
    return tuple(in_a_form(line) for line in lines)
