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
COLUMNS = "columns"  # B:D
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
    | (?P<columns>\$?[A-Za-z]{1,3}:\$?[A-Za-z]{1,3}(?![\w.$?\\(!\[]))
    | (?P<word>[$\w\\][\w.$\\?]*)
    | (?P<bracket>\[)
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CELL = re.compile(r"(\$?)([A-Za-z]{1,3})(\$?)([1-9][0-9]{0,6})")
# One end of a reference: its column, its row, or both.
_END = re.compile(r"(?:(\$?)([A-Za-z]{1,3}))?(?:(\$?)([1-9][0-9]*))?")
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
    if kind == "columns" and not _are_columns(piece):
        kind, piece = "word", piece.partition(":")[0]  # of two names
    if kind == "rows" and not _are_rows(piece):
        piece = piece.partition(":")[0]  # of two numbers
        kind = "word" if piece.startswith("$") else "number"
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


def _are_columns(piece: str) -> bool:
    return all(column_number(end.lstrip("$")) <= LAST_COLUMN for end in piece.split(":"))


def _are_rows(piece: str) -> bool:
    rows = [end.lstrip("$") for end in piece.split(":")]
    return all(len(row) < 8 and 0 < int(row) <= LAST_ROW for row in rows)


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


# What Excel puts before a formula of an Office.js add-in when it saves a file.
WEB_PREFIX = "_xldudf_"
_WEB_NAME = re.compile(r"_xldudf_(?=ISO_)", re.IGNORECASE)


def without_web_prefix(text: str) -> str:
    """A formula as the other hosts write it.

    >>> without_web_prefix('_xldudf_ISO_KELLY(A1,2)&"_xldudf_ISO_"')
    'ISO_KELLY(A1,2)&"_xldudf_ISO_"'
    """
    if WEB_PREFIX not in text.lower():
        return text
    return "".join(
        _WEB_NAME.sub("", token.text) if token.kind == FUNCTION else token.text
        for token in tokens(text)
    )


def with_web_prefix(text: str) -> str:
    """A formula as Excel saves it where an Office.js add-in computes it.

    >>> with_web_prefix('IF(ISO_KELLY(A1,2)>0,"ISO_KELLY(",iso_version())')
    'IF(_xldudf_ISO_KELLY(A1,2)>0,"ISO_KELLY(",_xldudf_iso_version())'
    """
    if "iso_" not in text.lower():
        return text
    return "".join(
        WEB_PREFIX + token.text
        if token.kind == FUNCTION and token.text[:4].upper() == "ISO_"
        else token.text
        for token in tokens(text)
    )


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


def moved(text: str, rows: int, columns: int, *, around: bool = False) -> str:
    """The formula with its relative references moved: how a shared formula is read.

    What would leave the sheet is #REF!, or with `around` comes in on its other side, as in a name.

    >>> moved("SUM(A:$A,B2)*$C3", 0, 1), moved("SUM(3:$4)+A1", -2, 0)
    ('SUM(B:$A,C2)*$C3', 'SUM(1:$4)+#REF!')
    """
    pieces = []
    for kind, piece in tokens(text):
        if kind in (CELL, ROWS, COLUMNS):
            ends = [_moved_end(end, rows, columns, around) for end in piece.split(":")]
            piece = ":".join(end for end in ends if end) if all(ends) else "#REF!"
        pieces.append(piece)
    return "".join(pieces)


def _moved_end(end: str, rows: int, columns: int, around: bool) -> str:
    """A cell, row or column moved; nothing where it would leave the sheet."""
    found = _END.fullmatch(end)
    assert found is not None  # the tokens see to that
    column_fixed, letters, row_fixed, digits = found.groups("")
    if letters:
        column = _moved_number(column_number(letters), columns, column_fixed, LAST_COLUMN, around)
        letters = column_letters(column)
    if digits:
        row = _moved_number(int(digits), rows, row_fixed, LAST_ROW, around)
        digits = str(row) if row else ""
    gone = bool(found[2]) > bool(letters) or bool(found[4]) > bool(digits)
    return "" if gone else f"{column_fixed}{letters}{row_fixed}{digits}"


def _moved_number(number: int, by: int, fixed: str, last: int, around: bool) -> int:
    if fixed:
        return number
    number += by
    if around:
        return (number - 1) % last + 1
    return number if 1 <= number <= last else 0
