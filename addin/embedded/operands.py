"""What ``&`` puts together becomes text as in Excel: every operand that may be a number is told so.

The engine writes all seventeen digits of a number where Excel writes fifteen.
"""

from __future__ import annotations

from addin.embedded.cell_functions import AS_TEXT
from addin.package import formula_text as ft
from addin.package.formula_text import Token

_COMPARISONS = frozenset("=<>")
_ENDS = frozenset((ft.CLOSE, ft.BRACE_CLOSE, ft.COMMA, ft.SEMICOLON))
_TEXT_FUNCTIONS = frozenset(("TEXT(", "LEFT(", "RIGHT(", "MID(", "CHAR(", "UPPER(", "LOWER("))


def with_text_operands(pieces: tuple[Token, ...]) -> tuple[Token, ...]:
    """The formula's tokens with the operands of ``&`` wrapped."""
    if not any(token.kind == ft.OPERATOR and token.text == "&" for token in pieces):
        return pieces
    before: dict[int, int] = {}
    behind: dict[int, int] = {}
    # Of every open bracket: where its operand starts, and whether & stands before that.
    open_at: list[tuple[int, bool]] = [(0, False)]

    def close(start: int, end: int) -> None:
        while start < end and pieces[start].kind == ft.SPACE:
            start += 1
        while end > start and pieces[end - 1].kind == ft.SPACE:
            end -= 1
        if end > start and not _is_text(pieces[start:end]):
            before[start] = before.get(start, 0) + 1
            behind[end - 1] = behind.get(end - 1, 0) + 1

    for at, (kind, text) in enumerate(pieces):
        start, joined = open_at[-1]
        if kind in (ft.FUNCTION, ft.OPEN, ft.BRACE_OPEN):
            open_at.append((at + 1, False))
        elif kind == ft.OPERATOR and text == "&":
            close(start, at)
            open_at[-1] = (at + 1, True)
        elif kind in _ENDS or (kind == ft.OPERATOR and text in _COMPARISONS):
            if joined:
                close(start, at)
            if kind in (ft.CLOSE, ft.BRACE_CLOSE) and len(open_at) > 1:
                open_at.pop()
            else:
                open_at[-1] = (at + 1, False)
    start, joined = open_at[-1]
    if joined:
        close(start, len(pieces))
    wrapped: list[Token] = []
    for at, token in enumerate(pieces):
        wrapped += [Token(ft.FUNCTION, f"{AS_TEXT}(")] * before.get(at, 0)
        wrapped.append(token)
        wrapped += [Token(ft.CLOSE, ")")] * behind.get(at, 0)
    return tuple(wrapped)


def _is_text(operand: tuple[Token, ...]) -> bool:
    """Whether an operand is text for sure: a text, or one call of a function that gives text."""
    if len(operand) == 1:
        return operand[0].kind == ft.STRING
    if operand[0].kind != ft.FUNCTION or operand[0].text.upper() not in _TEXT_FUNCTIONS:
        return False
    depth = 0
    for at, token in enumerate(operand):
        if token.kind in (ft.FUNCTION, ft.OPEN, ft.BRACE_OPEN):
            depth += 1
        elif token.kind in (ft.CLOSE, ft.BRACE_CLOSE):
            depth -= 1
            if not depth:
                return at == len(operand) - 1
    return False
