"""Times side by side: each peer does the same work, in turns, several times.

Our own and not pytest-benchmark or asv, because those time one after the other: on a shared
computer only turns give ratios that hold.
"""

from __future__ import annotations

import datetime as dt
import gc
import math
import os
import platform
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

OURS = "isomargin"

# A measurement shorter than this is repeated until it is as long: clocks and noise.
_SHORTEST = 0.02


class Missing(Exception):
    """A peer that is not installed; the words say which."""


class Disagreement(Exception):
    """Two that should compute the same numbers do not."""


@dataclass(frozen=True)
class Effort:
    """How much to measure."""

    quick: bool = False

    def rounds(self, seconds_a_round: float) -> int:
        """Times each peer has its turn."""
        if self.quick:
            return 1 if seconds_a_round > 0.5 else 3
        return 3 if seconds_a_round > 10 else 9

    def size(self, full: int, quick: int) -> int:
        """A number of rows, paths or trades."""
        return quick if self.quick else full


@dataclass(frozen=True)
class Aim:
    """What is aimed at: seconds, or a ratio to a peer's time. Missing it fails nothing."""

    at_most: float
    peer: str = ""

    @property
    def words(self) -> str:
        """The aim as the table shows it."""
        if not self.peer:
            return f"< {seconds(self.at_most)}"
        if self.at_most < 1:
            return f"{1 / self.at_most:g} times faster"
        return f"≤ {self.at_most:g} times"


@dataclass
class Result:
    """The times of one piece of work, in seconds, by who did it; ours first."""

    work: str
    times: Mapping[str, list[float]]
    aims: tuple[Aim, ...] = ()
    note: str = ""
    figures: Mapping[str, float] = field(default_factory=dict)  # anything else worth a number

    def median(self, who: str) -> float:
        """The median of one's times."""
        return statistics.median(self.times[who])

    def ratio(self, peer: str) -> float:
        """Our time over a peer's: the median over the turns, in each of which both ran."""
        return statistics.median(
            ours / theirs for ours, theirs in zip(self.times[OURS], self.times[peer], strict=True)
        )

    def met(self, aim: Aim) -> bool:
        """Whether the aim is met."""
        return (self.ratio(aim.peer) if aim.peer else self.median(OURS)) <= aim.at_most

    def as_json(self) -> dict[str, Any]:
        """All of it for a file."""
        return {
            "work": self.work,
            "seconds": {who: self.median(who) for who in self.times},
            "all_seconds": {who: list(times) for who, times in self.times.items()},
            "ratios": {peer: self.ratio(peer) for peer in self.times if peer != OURS},
            "aims": [
                {"at_most": aim.at_most, "of": aim.peer or "seconds", "met": self.met(aim)}
                for aim in self.aims
            ],
            "figures": dict(self.figures),
            "note": self.note,
        }


@dataclass(frozen=True)
class Peer:
    """Somebody's way to do the work; ``share`` where it does a part of it and is scaled up."""

    run: Callable[[], Any]
    share: float = 1.0


def side_by_side(
    work: str,
    peers: Mapping[str, Callable[[], Any] | Peer],
    effort: Effort,
    *,
    aims: tuple[Aim, ...] = (),
    note: str = "",
    figures: Mapping[str, float] | None = None,
) -> Result:
    """Each peer's times, taken in turns: what slows the computer down slows down all of them."""
    turns = {who: peer if isinstance(peer, Peer) else Peer(peer) for who, peer in peers.items()}
    repeats, first = {}, 0.0
    for who, peer in turns.items():
        once = _timed(peer.run, 1)
        if once < 1.0:  # what happens once, such as an import, is not the work
            once = _timed(peer.run, 1)
        first += once
        repeats[who] = max(1, min(100_000, math.ceil(_SHORTEST / max(once, 1e-7))))
    times: dict[str, list[float]] = {who: [] for who in turns}
    for _ in range(effort.rounds(first)):
        for who, peer in turns.items():
            gc.collect()
            times[who].append(_timed(peer.run, repeats[who]) / repeats[who] / peer.share)
    return Result(work, times, aims, note, figures or {})


def _timed(run: Callable[[], Any], times: int) -> float:
    begin = time.perf_counter()
    for _ in range(times):
        run()
    return time.perf_counter() - begin


def agree(what: str, ours: Any, theirs: Any, *, tolerance: float = 1e-9) -> None:
    """Raise Disagreement unless the numbers are the same, up to a relative tolerance."""
    left, right = np.asarray(ours, dtype=float).ravel(), np.asarray(theirs, dtype=float).ravel()
    if left.shape != right.shape:
        raise Disagreement(f"{what}: {left.size} numbers and {right.size} numbers")
    same = np.isclose(left, right, rtol=tolerance, atol=tolerance, equal_nan=True)
    if not same.all():
        at = int(np.argmin(same))
        raise Disagreement(f"{what}, number {at + 1}: {left[at]!r} here, {right[at]!r} there")


def as_users() -> dict[str, str]:
    """The environment of a child process that keeps its bytecode, as everybody's Python does."""
    return {name: v for name, v in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def seconds(value: float) -> str:
    """A duration as a person reads it."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= size * 0.9995:
            return f"{value / size:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


def machine() -> dict[str, Any]:
    """Where and when this was measured, and how busy the computer was."""
    return {
        "date": dt.datetime.now(dt.UTC).isoformat(timespec="minutes"),
        "processor": _processor(),
        "cores": os.cpu_count(),
        "load": round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None,
        "system": f"{platform.system()} {platform.release()}",
        "python": platform.python_version(),
        "numpy": np.__version__,
    }


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:  # noqa: PTH123
            for line in file:
                if line.startswith("model name"):
                    return line.partition(":")[2].strip()
    except OSError:
        pass
    return platform.processor() or platform.machine()
