"""A property over any input: which inputs there are, and what is asserted of each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st


@dataclass(frozen=True)
class Target:
    """One property; pytest tries it, for longer with another profile of Hypothesis."""

    name: str
    inputs: Callable[[], st.SearchStrategy[Any]]
    check: Callable[[Any], None]
    # How many inputs the usual profile tries; what takes long is tried less often.
    examples: int = 100
