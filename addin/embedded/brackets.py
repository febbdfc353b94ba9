"""The brackets around a place in a formula, and what they make of a range that stands there."""

from __future__ import annotations

from dataclasses import KW_ONLY, dataclass, field
from typing import NamedTuple

from addin.embedded import function_kinds as kinds

# Whose a bracket is.
OURS = "a formula of ours"
OTHER = "another function"
BY_CELL = "a function that works cell by cell"
ONE_CELL = "a function of one cell"
LIST = "a function of a list"
SINGLE_CELL = "one cell is meant"
NOBODY = ""


class Bracket(NamedTuple):
    """An open bracket: whose it is, and what comes behind it when it is closed."""

    owner: str
    behind: str = ""
    name: str = ""  # of the function, as `kinds` has it
    argument: int = 0
    # The arguments in which something is computed, so that no range is handed on as it is.
    computed: frozenset[int] = frozenset()
    ours: bool = False  # a function of ours, in place of the engine's: it takes ranges as they are
    marks: bool = False  # a left-out argument is told


@dataclass(slots=True)
class Brackets:
    """Those that are open, the innermost last."""

    array: bool  # whether all of the formula takes ranges whole
    _: KW_ONLY
    strict: bool
    open: list[Bracket] = field(default_factory=list)

    @property
    def owner(self) -> str:
        """Whose the innermost is."""
        return self.open[-1].owner if self.open else NOBODY

    @property
    def marks(self) -> bool:
        """Whether an argument that is left out here is told."""
        return bool(self.open) and self.open[-1].marks

    def put(self, bracket: Bracket) -> None:
        """One more is opened."""
        self.open.append(bracket)

    def close(self) -> Bracket:
        """The innermost is closed."""
        return self.open.pop() if self.open else Bracket(NOBODY)

    def next_argument(self) -> None:
        """A comma: another argument of the innermost."""
        if self.open:
            last = self.open[-1]
            self.open[-1] = last._replace(argument=last.argument + 1)

    def all_by_cell(self) -> bool:
        """Whether nothing around takes more than one cell at a time."""
        return all(b.owner in (NOBODY, BY_CELL) for b in self.open)

    @property
    def whole_ranges(self) -> bool:
        """Whether ranges stand for all of their cells here."""
        if self.array:
            return True
        for bracket in reversed(self.open):
            if bracket.name in kinds.AS_CELL and self.strict:
                return False
            if bracket.name in kinds.ARRAYS:
                return True
            if bracket.argument in kinds.ARRAYS_AT.get(bracket.name, ()):
                return True
        return False

    @property
    def one_cell(self) -> bool:
        """Whether a range that stands here means its cell in the formula's row or column."""
        if self.owner == SINGLE_CELL:
            return True
        if self.whole_ranges:
            return False
        for bracket in reversed(self.open):
            if bracket.owner == ONE_CELL:
                return True
            if bracket.owner == OURS:
                return False
            if not self.strict and bracket.owner in (NOBODY, BY_CELL):
                continue
            if bracket.argument in bracket.computed:
                return True
            if bracket.owner == NOBODY:
                continue
            if bracket.name in kinds.HANDING_ON and bracket.argument:
                continue
            places = kinds.ONE_CELL_AT.get(bracket.name, ())
            return bracket.owner == BY_CELL or bracket.argument in places
        return True

    def cannot_take_many(self) -> str:
        """Of whom it is too much that more than one cell stands here; "" of nobody."""
        if not self.whole_ranges:
            return ""
        for bracket in reversed(self.open):
            if bracket.owner == NOBODY:
                continue
            if bracket.ours:
                return ""
            places = kinds.ONE_CELL_AT.get(bracket.name, ())
            if bracket.argument in places or bracket.name in kinds.ONE_CELL_OF_THE_ENGINE:
                return f"{bracket.name} over many cells at once"
            if bracket.owner not in (ONE_CELL, BY_CELL):
                return ""
        return ""
