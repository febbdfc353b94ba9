"""The text of a formula as tokens, as far as moving and rewriting references needs them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

from addin.package.addresses import LAST_COLUMN, LAST_ROW, column_letters, column_number

STRING = "string"
SHEET = "sheet"  # with its "!": 'My plan'!
EXTERNAL = "external"  # [1]! or '[1]Sheet'! : another workbook
CELL = "cell"  # $C12
ROWS = "rows"  # 3:5
STRUCTURED = "structured"  # Plan[[#This Row],[Entry]]
FUNCTION = "function"  # with its "(": SUM(
OPEN = "open"
CLOSE = "close"
BRACE_OPEN = "brace open"
BRACE_CLOSE = "brace close"
COMMA = "comma"
SEMICOLON = "semicolon"
SPACE = "space"
NAME = "name"
NUMBER = "number"
ERROR = "error"
OPERATOR = "operator"

_PUNCTUATION = {
    "(": OPEN,
    ")": CLOSE,
    "{": BRACE_OPEN,
    "}": BRACE_CLOSE,
    ",": COMMA,
    ";": SEMICOLON,
}
_START = re.compile(
    r"""
      (?P<string>"(?:[^"]|"")*"?)
    | (?P<quoted>'(?:[^']|'')*'!)
    | (?P<space>\s+)
    | (?P<error>\#(?:NULL!|DIV/0!|VALUE!|REF!|NAME\?|NUM!|N/A|GETTING_DATA|SPILL!|CALC!))
    | (?P<rows>\$?\d+:\$?\d+(?![\w.]))
    | (?P<number>(?:\d+\.?\d*|\.\d+)(?:[Ee][+-]?\d+)?)
    | (?P<word>[$\w\\][\w.$\\?]*)
    | (?P<bracket>\[)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})")
_ROW_NUMBER = re.compile(r"(?<![\d$])\d+")
_EXTERNAL = re.compile(r"\[\d+\][^\[\]'!,;(){}\"\s]*!")


class Token(NamedTuple):
    """A piece of a formula; the pieces put together are the formula again."""

    kind: str
    text: str


def cell_parts(word: str) -> tuple[bool, str, bool, int] | None:
    """A cell reference taken apart: column fixed?, column, row fixed?, row; None if it is none."""
    found = _CELL.fullmatch(word)
    if not found:
        return None
    row = int(found[4])
    if row > LAST_ROW or column_number(found[2]) > LAST_COLUMN:
        return None
    return bool(found[1]), found[2], bool(found[3]), row


@lru_cache(maxsize=4_096)
def tokens(text: str) -> tuple[Token, ...]:
    """The tokens of a formula (without its leading ``=``). Never fails: odd text stays odd."""
    pieces = []
    at = 0
    while at < len(text):
        token = _next(text, at)
        pieces.append(token)
        at += len(token.text)
    return tuple(pieces)


def _next(text: str, at: int) -> Token:
    found = _START.match(text, at)
    assert found is not None  # the last alternative takes anything
    kind, piece = found.lastgroup or "other", found[0]
    if kind == "word":
        return _word(text, at, piece)
    if kind == "quoted":
        return Token(EXTERNAL if piece.startswith("'[") or ":\\" in piece else SHEET, piece)
    if kind == "bracket":
        outside = _EXTERNAL.match(text, at)
        if outside:
            return Token(EXTERNAL, outside[0])
        return Token(STRUCTURED, text[at : _bracket_end(text, at)])
    if kind == "other":
        return Token(_PUNCTUATION.get(piece, OPERATOR), piece)
    return Token(kind, piece)


def _word(text: str, at: int, word: str) -> Token:
    end = at + len(word)
    after = text[end : end + 1]
    if after == "(":
        return Token(FUNCTION, word + "(")
    if after == "!":
        return Token(SHEET, word + "!")
    if after == "[":
        return Token(STRUCTURED, text[at : _bracket_end(text, end)])
    return Token(CELL if cell_parts(word) else NAME, word)


def _bracket_end(text: str, start: int) -> int:
    """Where the bracket that opens here is closed; a ``'`` takes the next sign as it is."""
    depth = 0
    at = start
    while at < len(text):
        sign = text[at]
        if sign == "'":
            at += 1
        elif sign == "[":
            depth += 1
        elif sign == "]":
            depth -= 1
            if not depth:
                return at + 1
        at += 1
    return len(text)


def row_template(text: str, base_row: int, steps: dict[int, int]) -> str:
    """A formula of `base_row` as text for ``str.format``, ready to be filled down.

    `steps` gathers the slots: how far each row is from the one that the formula is written into,
    and the slot's number. References with a ``$`` before the row stay.

    >>> steps = {}
    >>> row_template("A5*$B$2+SUM(C4:C5)", 5, steps), steps
    ('A{0}*$B$2+SUM(C{1}:C{0})', {0: 0, -1: 1})
    """

    def slot(found: re.Match[str]) -> str:
        return f"{{{steps.setdefault(int(found[0]) - base_row, len(steps))}}}"

    return "".join(
        _ROW_NUMBER.sub(slot, token.text)
        if token.kind in (CELL, ROWS)
        else token.text.replace("{", "{{").replace("}", "}}")
        for token in tokens(text)
    )


def fill_down(text: str, from_row: int, to_row: int) -> str:
    """The formula as it stands after being filled from one row to another.

    >>> fill_down("A5*$B$2", 5, 9)
    'A9*$B$2'
    """
    steps: dict[int, int] = {}
    return row_template(text, from_row, steps).format(*(to_row + step for step in steps))


def moved(text: str, rows: int, columns: int) -> str:
    """The formula with its relative references moved: how a shared formula is read."""
    pieces = []
    for token in tokens(text):
        parts = cell_parts(token.text) if token.kind == CELL else None
        if parts is None:
            pieces.append(token.text)
            continue
        column_fixed, letters, row_fixed, row = parts
        column = column_number(letters) + (0 if column_fixed else columns)
        row += 0 if row_fixed else rows
        if not (1 <= row <= LAST_ROW and 1 <= column <= LAST_COLUMN):
            pieces.append("#REF!")
            continue
        pieces.append(f"{'$' * column_fixed}{column_letters(column)}{'$' * row_fixed}{row}")
    return "".join(pieces)
