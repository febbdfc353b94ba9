"""The workbook held open: edited at random, looked at in between, compared with a fresh one."""

from __future__ import annotations

import gc
import random
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from addin.embedded import EmbeddedBook, open_book
from addin.engine import Address
from addin.package.values import Value
from tests.memory import resident
from tests.soak.edits import inputs_of, typed
from udfs import catalogue
from workbook import bundled

_MINUS_ZERO = re.compile(r"-0(?![.\d])")

Progress = Callable[[int], None]


@dataclass
class Soaked:
    """What came of it."""

    edits: int
    formulas: int
    compared: int = 0  # times that all values were held against a fresh calculation
    # Cells that were out of date, with the edit after which that was seen.
    stale: list[tuple[int, Address, Value, Value]] = field(default_factory=list)
    memory: list[float] = field(default_factory=list)  # MiB, at equal distances
    seconds: float = 0.0

    @property
    def growth(self) -> float:
        """MiB between the second tenth of the edits, when everything is warm, and the last."""
        tenth = max(1, len(self.memory) // 10)
        early, late = sorted(self.memory[tenth : 2 * tenth]), sorted(self.memory[-tenth:])
        return late[len(late) // 2] - early[len(early) // 2]


def soak(edits: int, seed: int, compare_every: int, told: Progress = lambda _: None) -> Soaked:
    """Edit and recalculate so many times; compare now and then, and at the end."""
    book = open_book(bundled.worked_example(), catalogue)
    inputs, draw = inputs_of(book.package), random.Random(seed)
    result = Soaked(edits, len(book.formula_values()))
    warm = max(1, edits // 10)  # a comparison, too, belongs to what memory holds from here on
    for done in range(1, edits + 1):
        cell = draw.choice(inputs)
        begin = time.perf_counter()
        book.set(cell.sheet, cell.address, typed(cell, draw))
        book.recalculate()
        result.seconds += time.perf_counter() - begin
        if done % compare_every == 0 or done in (warm, edits):
            result.compared += 1
            result.stale += [(done, *cell) for cell in out_of_date(book)]
            if result.stale:
                break
        if done % max(1, edits // 100) == 0:
            gc.collect()
            result.memory.append(resident())
        told(done)
    return result


def out_of_date(book: EmbeddedBook) -> list[tuple[Address, Value, Value]]:
    """Cells whose values are not those of the same file opened anew."""
    here = book.formula_values()
    fresh = open_book(book.to_bytes(), catalogue).formula_values()
    return [(at, here[at], value) for at, value in fresh.items() if not _same(here[at], value)]


def _same(one: Value, other: Value) -> bool:
    """Whether it is the very same value, to a number's last digit; the kind counts.

    But for the sign of a zero, which Excel does not have, and the engine now keeps, now loses.
    """
    if isinstance(one, str) and isinstance(other, str):
        return _MINUS_ZERO.sub("0", one) == _MINUS_ZERO.sub("0", other)
    return type(one) is type(other) and one == other
