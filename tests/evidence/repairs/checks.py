"""The checks by name, and how one is declared."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tests.evidence.parts import Parts

Check = Callable[[Parts], Iterator[str]]
CHECKS: dict[str, Check] = {}


def check(words: str) -> Callable[[Check], Check]:
    def register(function: Check) -> Check:
        CHECKS[words] = function
        return function

    return register


def readable(read: Callable[[Any], Any], text: str | None) -> tuple[Any, str]:
    """What a place says, or None and why it cannot be read."""
    try:
        return read(text), ""
    except ValueError as error:
        return None, str(error)


def misread(read: Callable[[Any], Any], text: str | None) -> Iterator[str]:
    """Why a place cannot be read, if it cannot."""
    _, wrong = readable(read, text)
    if wrong:
        yield wrong
