"""A property over any input, and how it is run: short by pytest, for as long as wanted by hand."""

from __future__ import annotations

import contextlib
import faulthandler
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st

# Far more than any input takes on a slow computer: only what hangs gets here.
HANGS_AFTER = 60.0


@dataclass(frozen=True)
class Target:
    """One property: which inputs there are, and what is asserted of each."""

    name: str
    inputs: Callable[[], st.SearchStrategy[Any]]
    check: Callable[[Any], None]
    # How many inputs pytest tries; what takes long is tried less often.
    examples: int = 100
    # How many inputs one example makes.
    inputs_each: int = 1


@dataclass
class Tried:
    """What a run came to."""

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    slowest_input: str = ""
    failure: str = ""

    def add(self, other: Tried) -> None:
        """Count another run's inputs in."""
        self.inputs += other.inputs
        if other.slowest > self.slowest:
            self.slowest, self.slowest_input = other.slowest, other.slowest_input


@contextlib.contextmanager
def watchdog() -> Iterator[None]:
    """End the program, with where it stands, if what is inside hangs; native code as well."""
    # The real stderr: tests put others in its place.
    faulthandler.dump_traceback_later(HANGS_AFTER, exit=True, file=sys.__stderr__)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


def run(
    target: Target,
    examples: int,
    *,
    seed: int | None = None,
    note: Callable[[str], object] = len,
) -> Tried:
    """Try so many inputs; AssertionError and whatever else the property raises come out.

    ``note`` is told each input before it is tried: what hangs cannot be told afterwards.
    """
    tried = Tried()

    def one(value: Any) -> None:
        note(repr(value))
        start = time.perf_counter()
        with watchdog():
            target.check(value)
        took = time.perf_counter() - start
        tried.inputs += target.inputs_each
        if took > tried.slowest:
            tried.slowest, tried.slowest_input = took, repr(value)[:300]

    test = hypothesis.given(target.inputs())(one)
    test = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.shrink],
        derandomize=seed is None and settings().derandomize,
        suppress_health_check=list(HealthCheck),
    )(test)
    if seed is not None:
        test = hypothesis.seed(seed)(test)
    start = time.perf_counter()
    test()
    tried.seconds = time.perf_counter() - start
    return tried
