"""What ``&`` puts together becomes text, and what is compared is compared, as in Excel.

The engine takes all seventeen digits of a number where Excel takes fifteen: every operand that may
be a number is told so.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator

from addin.embedded.cell_functions import ADDED, AS_TEXT, COMPARED, LESS, ZERO
from addin.package import formula_text as ft
from addin.package.formula_text import Token

_COMPARISONS = frozenset("=<>")
_ENDS = frozenset((ft.CLOSE, ft.BRACE_CLOSE, ft.COMMA, ft.SEMICOLON))
_SIGNS = frozenset("+-")
_REFERENCES = frozenset((ft.CELL, ft.ROWS, ft.COLUMNS, ft.SHEET, ft.COMMA, ft.STRUCTURED))
_TEXT_FUNCTIONS = frozenset(("TEXT(", "LEFT(", "RIGHT(", "MID(", "CHAR(", "UPPER(", "LOWER("))


class _Operands:
    """Operands of a formula to be given to a function, but those that it may leave alone."""

    def __init__(
        self, pieces: tuple[Token, ...], left_alone: Callable[[tuple[Token, ...]], bool]
    ) -> None:
        self._pieces = pieces
        self._left_alone = left_alone
        self._before: Counter[int] = Counter()
        self._behind: Counter[int] = Counter()

    def add(self, start: int, end: int) -> None:
        """One operand, the space around it left out."""
        while start < end and self._pieces[start].kind == ft.SPACE:
            start += 1
        while end > start and self._pieces[end - 1].kind == ft.SPACE:
            end -= 1
        if end > start and not self._left_alone(self._pieces[start:end]):
            self._before[start] += 1
            self._behind[end - 1] += 1

    def wrapped(self, function: str) -> tuple[Token, ...]:
        """The formula's tokens with the operands in calls of the function."""
        tokens: list[Token] = []
        for at, token in enumerate(self._pieces):
            tokens += [Token(ft.FUNCTION, f"{function}(")] * self._before[at]
            tokens.append(token)
            tokens += [Token(ft.CLOSE, ")")] * self._behind[at]
        return tuple(tokens)


def with_text_operands(pieces: tuple[Token, ...]) -> tuple[Token, ...]:
    """The formula's tokens with the operands of ``&`` wrapped."""
    if not any(map(_joins, pieces)):
        return pieces
    operands = _Operands(pieces, _is_text)
    for start, end in _sides(pieces, _joins, _compares):
        operands.add(start, end)
    return operands.wrapped(AS_TEXT)


def with_compared_operands(pieces: tuple[Token, ...]) -> tuple[Token, ...]:
    """The formula's tokens with what stands on both sides of a comparison wrapped."""
    if not any(map(_compares, pieces)):
        return pieces
    operands = _Operands(pieces, _is_plain)
    for start, end in _sides(pieces, _compares):
        if not (end < len(pieces) and _compares(pieces[end]) and _text_follows(pieces, end)):
            operands.add(start, end)
    return operands.wrapped(COMPARED)


def _sides(
    pieces: tuple[Token, ...],
    is_between: Callable[[Token], bool],
    ends: Callable[[Token], bool] = lambda token: False,
) -> Iterator[tuple[int, int]]:
    """From where to where each operand of some operators reaches; other operators end it."""
    # Of every open bracket: where its operand starts, and whether the operator stands before that.
    open_at: list[tuple[int, bool]] = [(0, False)]
    for at, token in enumerate(pieces):
        start, is_second = open_at[-1]
        if token.kind in (ft.FUNCTION, ft.OPEN, ft.BRACE_OPEN):
            open_at.append((at + 1, False))
        elif is_between(token):
            yield start, at
            open_at[-1] = (at + 1, True)
        elif token.kind in _ENDS or ends(token):
            if is_second:
                yield start, at
            if token.kind in (ft.CLOSE, ft.BRACE_CLOSE) and len(open_at) > 1:
                open_at.pop()
            else:
                open_at[-1] = (at + 1, False)
    start, is_second = open_at[-1]
    if is_second:
        yield start, len(pieces)


def _joins(token: Token) -> bool:
    return token.kind == ft.OPERATOR and token.text == "&"


def _compares(token: Token) -> bool:
    return token.kind == ft.OPERATOR and token.text in _COMPARISONS


def _text_follows(pieces: tuple[Token, ...], at: int) -> bool:
    """Whether text is on the other side of a comparison: there are no digits to it."""
    while at < len(pieces) and (_compares(pieces[at]) or pieces[at].kind == ft.SPACE):
        at += 1
    return at < len(pieces) and pieces[at].kind == ft.STRING


def _is_plain(operand: tuple[Token, ...]) -> bool:
    """Whether an operand is text or a number written out."""
    if any(token.kind == ft.OPERATOR and token.text == "&" for token in operand):
        return True
    rest = operand[1:] if operand[0].text in _SIGNS else operand
    return len(rest) == 1 and rest[0].kind in (ft.STRING, ft.NUMBER)


def with_last_sum(pieces: tuple[Token, ...]) -> tuple[Token, ...]:
    """The formula's tokens with its last sum or difference as a function, if that is its result.

    There, and at the end of SUM, Excel takes what is only an error of rounding for zero:
    ``0.1+0.2-0.3`` is 0.
    """
    pieces = _with_zero_sums(pieces)
    depth, last = 0, 0
    for at, (kind, text) in enumerate(pieces):
        if kind in (ft.FUNCTION, ft.OPEN, ft.BRACE_OPEN):
            depth += 1
        elif kind in (ft.CLOSE, ft.BRACE_CLOSE):
            depth -= 1
        elif not depth and kind in (ft.COMMA, ft.SEMICOLON):
            return pieces
        elif not depth and kind == ft.OPERATOR:
            if text in _COMPARISONS or text == "&":
                return pieces
            if text in _SIGNS and _ends_operand(pieces, at):
                last = at
    if not last or all(token.kind == ft.SPACE for token in pieces[last + 1 :]):
        return pieces  # the second: a formula that ends too early, for the engine to refuse
    name = ADDED if pieces[last].text == "+" else LESS
    return (
        Token(ft.FUNCTION, f"{name}("), *pieces[:last], Token(ft.COMMA, ","), *pieces[last + 1 :],
        Token(ft.CLOSE, ")"),
    )  # fmt: skip


def _ends_operand(pieces: tuple[Token, ...], at: int) -> bool:
    """Whether an operand ends before this place, so that a sign there is no operand's own."""
    before = next((token for token in reversed(pieces[:at]) if token.kind != ft.SPACE), None)
    if before is None:
        return False
    return before.kind not in (ft.OPERATOR, ft.OPEN, ft.FUNCTION, ft.COMMA) or before.text in "%#"


def _with_zero_sums(pieces: tuple[Token, ...]) -> tuple[Token, ...]:
    """SUM of cells that are written out, told how large the largest of them is."""
    if not any(token.kind == ft.FUNCTION and token.text.upper() == "SUM(" for token in pieces):
        return pieces
    out: list[Token] = []
    at = 0
    while at < len(pieces):
        end = _plain_sum(pieces, at)
        if end:
            given = pieces[at + 1 : end]
            out.append(Token(ft.FUNCTION, f"{ZERO}("))
            out += pieces[at:end]
            for name in ("MAX(", "MIN("):
                out += [Token(ft.COMMA, ","), Token(ft.FUNCTION, name), *given]
            out.append(Token(ft.CLOSE, ")"))
            at = end
        else:
            out.append(pieces[at])
            at += 1
    return tuple(out)


def _plain_sum(pieces: tuple[Token, ...], at: int) -> int:
    """Where a SUM of nothing but ranges and cells that starts here ends; 0 for any other."""
    if pieces[at].kind != ft.FUNCTION or pieces[at].text.upper() != "SUM(":
        return 0
    for end in range(at + 1, len(pieces)):
        kind, text = pieces[end]
        if kind == ft.CLOSE:
            return end + 1
        if kind not in _REFERENCES and not (kind == ft.OPERATOR and text == ":"):
            return 0
    return 0


def with_fifteen_digits(pieces: tuple[Token, ...]) -> tuple[Token, ...]:
    """The formula's tokens with no more than the digits that Excel keeps of a number."""
    if not any(token.kind == ft.NUMBER and len(token.text) > 15 for token in pieces):
        return pieces
    return tuple(
        Token(ft.NUMBER, _cut(token.text)) if token.kind == ft.NUMBER else token for token in pieces
    )


def _cut(number: str) -> str:
    mantissa, mark, power = number.upper().partition("E")
    out, seen = "", 0
    for sign in mantissa:
        if sign.isdigit() and (seen or sign != "0"):
            seen += 1
            out += sign if seen <= 15 else "0"
        else:
            out += sign
    return out + mark + power


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
