"""What a person typed, as an action takes it: at the command line, or into a form."""

from __future__ import annotations

from workbook.actions.edits import ActionError


def number(text: object, *, signed: bool = False) -> float:
    """A plain number, above 0 where it may not be below.

    >>> number("107.10"), number("-2", signed=True)
    (107.1, -2.0)
    """
    try:
        value = float(str(text))
    except ValueError:
        value = float("nan")
    if not abs(value) < 1e15 or (value <= 0 and not signed):
        kind = "a number" if signed else "a number above 0"
        raise ActionError(f"{text!r} is not {kind}: write it like 107.10")
    return value


def one_line(words: str | None, most: int) -> str | None:
    """What somebody wrote, as one line that fits a cell; None where it is nothing."""
    from workbook import terminal

    if words is None:
        return None
    cleaned = " ".join(words.split())
    if terminal.one_line(cleaned) != cleaned:
        raise ActionError(f"{cleaned[:20]!r}... has a control character: write it in plain words")
    if len(cleaned) > most:
        raise ActionError(f"{cleaned[:20]!r}... has {len(cleaned)} characters: at most {most} fit")
    return cleaned or None
