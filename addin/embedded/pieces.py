"""Questions about a formula's tokens: arguments, unions, ranges that are written out."""

from __future__ import annotations

from typing import TypeAlias

from addin.package import formula_text as ft
from addin.package.addresses import Area, areas
from addin.package.formula_text import Token

Pieces: TypeAlias = tuple[Token, ...]


def whole_number(argument: Pieces) -> int | None:
    """The whole number that an argument is."""
    text = "".join(token.text for token in argument).strip()
    return int(text) if text.isdecimal() else None


def asks_for_a_whole_line(pieces: Pieces, at: int) -> bool:
    """Whether an INDEX asks for all rows or columns: which cell Excel shows depends on its own."""
    arguments, end = arguments_at(pieces, at)
    if ":" in (token.text for token in (*pieces[max(at - 1, 0) : at], *pieces[end : end + 1])):
        return False  # the end of a range
    return any(not place or whole_number(place) == 0 for place in arguments[1:])


def arguments_at(pieces: Pieces, at: int) -> tuple[list[Pieces], int]:
    """The arguments of the function whose name stands here, and where it ends."""
    arguments: list[list[Token]] = [[]]
    depth = 1
    at += 1
    while at < len(pieces):
        token = pieces[at]
        at += 1
        if token.kind in (ft.FUNCTION, ft.OPEN, ft.BRACE_OPEN):
            depth += 1
        elif token.kind in (ft.CLOSE, ft.BRACE_CLOSE):
            depth -= 1
            if not depth:
                break
        if token.kind == ft.COMMA and depth == 1:
            arguments.append([])
        else:
            arguments[-1].append(token)
    return [tuple(argument) for argument in arguments], at


def is_union(pieces: Pieces, at: int) -> bool:
    """Whether a bracket holds several ranges."""
    return len(arguments_at(pieces, at)[0]) > 1


def asks_by_year(pieces: Pieces, at: int) -> bool:
    """Whether DATEDIF is asked for days without years, which the engine counts wrong."""
    unit = arguments_at(pieces, at)[0][-1]
    return "".join(token.text for token in unit).strip().lower() == '"yd"'


def computed_arguments(pieces: Pieces, at: int) -> frozenset[int]:
    """The arguments of a bracket that an operator makes a value of; ``:`` makes none."""
    found = set()
    depth = argument = 0
    for kind, text in pieces[at + 1 :]:
        if kind in (ft.FUNCTION, ft.OPEN, ft.BRACE_OPEN):
            depth += 1
        elif kind in (ft.CLOSE, ft.BRACE_CLOSE):
            depth -= 1
            if depth < 0:
                break
        elif not depth and kind == ft.COMMA:
            argument += 1
        elif not depth and kind == ft.OPERATOR and text not in ":#@":
            found.add(argument)
    return frozenset(found)


def written_range(pieces: Pieces, at: int) -> tuple[Area, int] | None:
    """The range that is written out here, and how many tokens it is."""
    kind, text = pieces[at]
    if kind in (ft.ROWS, ft.COLUMNS):
        return areas(text)[0], 1
    if kind != ft.CELL:
        return None
    if is_range(pieces, at + 1):
        return areas(f"{text}:{pieces[at + 2].text}")[0], 3
    return areas(text)[0], 1


def common_cells(one: Area, other: Area) -> str:
    """The cells that two ranges share, as text."""
    top, bottom = max(one.top, other.top), min(one.bottom, other.bottom)
    left, right = max(one.left, other.left), min(one.right, other.right)
    return str(Area(top, left, bottom, right)) if top <= bottom and left <= right else "#NULL!"


def is_range(pieces: Pieces, at: int) -> bool:
    """Whether the second half of a range, ``:B9``, stands here."""
    following = pieces[at : at + 2]
    return len(following) == 2 and following[0].text == ":" and following[1].kind == ft.CELL


def crossed(pieces: Pieces) -> Pieces:
    """The tokens with the common cells of two ranges that are written out, ``A1:B9 B2:C3``."""
    if all(kind != ft.SPACE for kind, _ in pieces):
        return pieces
    out: list[Token] = []
    at = 0
    while at < len(pieces):
        first = written_range(pieces, at)
        gap = at + first[1] if first else at
        second = None
        if first and gap + 1 < len(pieces) and pieces[gap].kind == ft.SPACE:
            second = written_range(pieces, gap + 1)
        if first is None or second is None or (at and pieces[at - 1].kind == ft.SHEET):
            out.append(pieces[at])
            at += 1
            continue
        out.extend(ft.tokens(common_cells(first[0], second[0])))
        at = gap + 1 + second[1]
    return tuple(out)
