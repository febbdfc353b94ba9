"""A formula filled down a column: its text in each row, as the file has it between tags."""

from __future__ import annotations

from collections.abc import Iterable
from string import Formatter

from addin.package.formula_text import row_template
from addin.package.markup import escaped


class FilledDown:
    """The texts of one formula in many rows; references without a ``$`` go with the row.

    >>> down = FilledDown("A5*$B$2&C4", 5)
    >>> down.texts([7, 8]), FilledDown("Plan[Entry]<1", 5).same
    (['A7*$B$2&amp;C6', 'A8*$B$2&amp;C7'], 'Plan[Entry]&lt;1')
    >>> FilledDown('A5&"{1}"&{1,2}', 5).texts([6])
    ['A6&amp;"{1}"&amp;{1,2}']
    """

    def __init__(self, text: str, row: int) -> None:
        steps: dict[int, int] = {}
        self._texts = [""]  # one more than there are slots
        self._slots: list[int] = []
        for literal, slot, *_ in Formatter().parse(escaped(row_template(text, row, steps))):
            self._texts[-1] += literal
            if slot:
                self._slots.append(int(slot))
                self._texts.append("")
        self._steps = list(steps)

    @property
    def same(self) -> str | None:
        """The text, where it is the same in all rows."""
        return None if self._slots else "".join(self._texts)

    @property
    def own_row_only(self) -> bool:
        """Whether no other row than the formula's own is named, but for fixed ones."""
        return {self._steps[slot] for slot in self._slots} <= {0}

    def in_own_row(self, number: str) -> str:
        """The text with this for the number of the formula's own row, where it names no other."""
        return number.join(self._texts)

    def texts(self, rows: Iterable[int]) -> list[str]:
        """The texts in these rows."""
        texts, slots = self._texts, self._slots
        if not slots:
            return ["".join(texts)] * len(list(rows))
        if len(set(slots)) == 1:
            step = self._steps[slots[0]]
            return [str(row + step).join(texts) for row in rows]
        first, rest = texts[0], list(zip(slots, texts[1:], strict=True))
        found = []
        for row in rows:
            numbers = [str(row + step) for step in self._steps]
            found.append(first + "".join([numbers[slot] + text for slot, text in rest]))
        return found
