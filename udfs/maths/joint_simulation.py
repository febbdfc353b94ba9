"""How many of several correlated prices reach their barriers, and how likely, by simulation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from threading import Lock
from typing import NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

from udfs.maths.arrays import Floats
from udfs.maths.normal import ndtr, ndtri
from udfs.maths.sobol import DIMENSIONS, Sobol

# Looks at a path; between them the bridge is exact for each position. They lie closer at the
# start, where near barriers are hit. With 16 the error they leave is below 0.0005.
_STEPS = 16
_TIMES = (np.arange(_STEPS + 1) / _STEPS) ** 2

# A path is drawn from its end to its details: the middle of each two times between what is there.
_MIDDLES = [
    (left, left + gap // 2, left + gap)
    for gap in (_STEPS >> level for level in range(_STEPS.bit_length() - 1))
    for left in range(0, _STEPS, gap)
]
_DRAWN = [_STEPS, *(middle for _, middle, _ in _MIDDLES)]

# Far more than a simulation knows, and less than processors differ in their last digits.
_DIGITS = 12

# Chances closer than this to 0 or 1 are not worth a path.
_CERTAIN = 1e-9
# Positions are tied together within a step where at least two may hit there with this chance.
_TIED = 1e-3
# The bridge's first levels carry most of a path's shape: Sobol numbers for those.
_LEVELS = 4
# Numbers held at once, so that a large simulation takes no more memory than a small one.
_AT_ONCE = 400_000
# Walks of no more numbers than this are kept from call to call, and as much of what they came to.
_KEPT = 3_000_000
# Ties drawn at once.
_TIES = 2_048
# Fewer paths a position than this are too few to estimate how the controls weigh.
_PATHS_FOR_CONTROLS = 100
# What the positions before one leave of its variance, and is no more than rounding.
_SINGULAR = 1e-12


def chances(
    distance: Floats, drift: Floats, marginal: Floats, correlation: Floats, paths: int, seed: int
) -> Floats:
    """The chance of each number of hits, from none to all.

    Distances and drifts are towards the barriers and in units of the horizon, as in
    `first_passage`; ``marginal`` holds each position's own chance.
    """
    certain = int(np.count_nonzero(marginal >= 1.0 - _CERTAIN))
    open_ = (marginal > _CERTAIN) & (marginal < 1.0 - _CERTAIN)
    undecided = distance[open_], drift[open_], marginal[open_], correlation[np.ix_(open_, open_)]
    among = _kept_chances(*(tuple(numbers.ravel().tolist()) for numbers in undecided), paths, seed)
    whole = np.zeros(len(marginal) + 1)
    whole[certain : certain + len(among)] = among
    return whole


@lru_cache(maxsize=8)
def _kept_chances(
    distance: tuple[float, ...],
    drift: tuple[float, ...],
    marginal: tuple[float, ...],
    correlation: tuple[float, ...],
    paths: int,
    seed: int,
) -> Floats:
    """`chances` of positions that may or may not be hit: a sheet asks for the same once more
    whenever anything in its row changes."""
    count = len(marginal)
    found = _simulate_undecided(
        np.array(distance),
        np.array(drift),
        np.array(marginal),
        np.array(correlation).reshape(count, count),
        paths,
        seed,
    )
    found.flags.writeable = False
    return found


def _simulate_undecided(
    distance: Floats, drift: Floats, marginal: Floats, correlation: Floats, paths: int, seed: int
) -> Floats:
    """`chances` of positions that may or may not be hit."""
    count = len(marginal)
    if not np.any(correlation - np.eye(count)):
        return poisson_binomial(marginal)
    root = _root(correlation)
    # Sums over the paths, chunk by chunk: 1 and the positions' hits, times those and the counts.
    own = np.zeros((1 + count, 1 + count))
    shared = np.zeros((1 + count, 1 + count))
    for hits, counts in _simulate(distance, drift, root, paths, seed):
        controls = np.concatenate([np.ones((1, hits.shape[1])), hits])
        own += controls @ controls.T
        shared += controls @ counts.T
    return _clip_to_frechet_bounds(
        _control_variates(own / paths, shared / paths, marginal, paths), marginal
    )


def _simulate(
    distance: Floats, drift: Floats, root: Floats, paths: int, seed: int
) -> Iterator[tuple[Floats, Floats]]:
    """Each position's hits, and the chance of each number of hits, path by path, in chunks."""
    count = len(root)
    chunk = max(_AT_ONCE // (_STEPS * count), 1)
    if _STEPS * count * paths <= _KEPT:
        yield from _kept_simulation(count, paths, seed, chunk).run(distance, drift, root)
        return
    ties = _Ties(root, seed)
    for walks in _walks(count, paths, seed, chunk):
        moves = np.matmul(root, walks).swapaxes(0, 1)
        yield _counted([*map(_fate, distance, drift, moves)], ties.take)


# Distance and drift of each position.
_Asked: TypeAlias = Sequence[tuple[float, float]]


class _Fate(NamedTuple):
    """What becomes of one position on each path."""

    hit: Floats  # chance that the barrier is hit within a step, shape (step, path)
    crossed: npt.NDArray[np.bool_]  # whether the price is beyond it at one of the times
    likely: npt.NDArray[np.bool_]  # where it is not, the steps that are worth tying together
    alive: Floats  # chance that it is never hit


class _Ties:
    """Uniform numbers correlated as the prices are, a row for each step that is tied together."""

    def __init__(self, root: Floats, seed: int) -> None:
        # A generator of their own: how many ties there are must not shift the walks.
        self._random = np.random.default_rng([seed, 1])
        self._root = root
        self._left = np.empty((0, len(root)))

    def take(self, number: int) -> Floats:
        """The next so many rows."""
        drawn = [self._left]
        # Always as many: how long a matrix is shows in the last digits of its products.
        for _ in range(len(self._left), number, _TIES):
            normals = self._random.standard_normal((_TIES, len(self._root)))
            drawn.append(ndtr(normals @ self._root.T))
        rows = np.concatenate(drawn)
        self._left = rows[number:]
        return rows[:number]


class _KeptTies:
    """The same rows for each who asks."""

    def __init__(self, root: Floats, seed: int) -> None:
        self._ties = _Ties(root, seed)
        self._rows = self._ties.take(0)

    def from_first(self) -> Callable[[int], Floats]:
        """What gives the next so many rows, from the first one on."""
        used = 0

        def take(number: int) -> Floats:
            nonlocal used
            used += number
            if used > len(self._rows):
                more = self._ties.take(used - len(self._rows))
                self._rows = np.concatenate([self._rows, more])
            return self._rows[used - number : used]

        return take


class _Simulation:
    """Paths of so many positions, and what became of each position when it was asked for last.

    A sheet that is edited asks again and again with as many, of which one or none has changed.
    """

    def __init__(self, count: int, paths: int, seed: int, chunk: int) -> None:
        self._walks = tuple(_walks(count, paths, seed, chunk))
        self._seed = seed
        self._root = np.zeros((count, count))  # no correlations have this one
        self._ties = _KeptTies(self._root, seed)
        self._known: list[tuple[object, list[_Fate]]] = [(None, [])] * count
        self._asked_before = False
        self._lock = Lock()

    def run(self, distance: Floats, drift: Floats, root: Floats) -> list[tuple[Floats, Floats]]:
        """As `_simulate`."""
        with self._lock:
            if not np.array_equal(root, self._root):
                self._root, self._ties = root, _KeptTies(root, self._seed)
            asked = list(zip(distance.tolist(), drift.tolist(), strict=True))
            # Most books are computed once: of the first time nothing is kept but the paths.
            chunks = self._kept_fates(asked) if self._asked_before else self._fates(asked)
            self._asked_before = True
            try:
                ties = self._ties.from_first()
                return [_counted(fates, ties) for fates in chunks]
            except BaseException:  # Ctrl-C: rows may have been drawn that are not kept
                self._root = np.zeros_like(root)
                raise

    def _fates(self, asked: _Asked) -> Iterator[Sequence[_Fate]]:
        """What becomes of the positions, chunk by chunk."""
        for walks in self._walks:
            yield [self._fate(at, walks, *one) for at, one in enumerate(asked)]

    def _kept_fates(self, asked: _Asked) -> Iterator[Sequence[_Fate]]:
        """The same; only what is asked otherwise than before is followed anew."""
        for at, one in enumerate(asked):
            known = (one, self._root[at].tolist())
            if self._known[at][0] != known:
                self._known[at] = known, [self._fate(at, walks, *one) for walks in self._walks]
        return zip(*(fates for _, fates in self._known), strict=True)

    def _fate(self, position: int, walks: Floats, distance: float, drift: float) -> _Fate:
        return _fate(distance, drift, np.matmul(self._root[position], walks))


def _walks(count: int, paths: int, seed: int, chunk: int) -> Iterator[Floats]:
    """Independent Brownian paths, chunk by chunk, of shape (time, position, path)."""
    random = np.random.default_rng(seed)
    sobol = Sobol(min(_LEVELS * count, DIMENSIONS), random)
    for start in range(0, paths, chunk):
        points = sobol.points(start, min(start + chunk, paths))
        walks = np.empty((_STEPS + 1, count, points.shape[1]))
        walks[0] = 0.0
        for time in _DRAWN:
            random.standard_normal(out=walks[time])
        # One by one: what a step of the work needs then stays in the processor's cache.
        for row, uniform in enumerate(points):
            walks[_DRAWN[row // count], row % count] = ndtri(uniform)
        _bridge(walks)
        yield walks


# The paths once more, and what became of them.
_kept_simulation = lru_cache(maxsize=2)(_Simulation)


def _root(correlation: Floats) -> Floats:
    """The lower triangular square root of the matrix, which may be singular.

    There is only one, so that a seed gives the same answer on every computer. Eigenvectors are
    free to turn where correlations are equal, and each computer's library turns them its own way.
    """
    root = np.zeros_like(correlation)
    for at in range(len(correlation)):
        left = correlation[at:, at] - root[at:, :at] @ root[at, :at]
        if left[0] > _SINGULAR:  # else the positions before it move this one, and nothing else
            root[at:, at] = left / np.sqrt(left[0])
    return root


def _fate(distance: float, drift: float, moves: Floats) -> _Fate:
    """What becomes of a position whose price moves as given, shape (time, path); uses them up."""
    left = _to_distance_left(distance, drift, moves)
    # Of a bridge, 1 where an end has crossed.
    hit = left[:-1] * left[1:]
    hit *= (-2.0 / np.diff(_TIMES))[:, None]
    np.exp(hit, out=hit)
    crossed = (left[1:] == 0.0).any(axis=0)
    likely = hit > _TIED
    likely &= ~crossed
    alive = np.subtract(1.0, hit, out=left[1:]).prod(axis=0)
    return _Fate(hit, crossed, likely, alive)


def _counted(fates: Sequence[_Fate], ties: Callable[[int], Floats]) -> tuple[Floats, Floats]:
    """Each position's hits, and the chance of each number of hits, path by path."""
    # Bridges of one step move together as the prices do. Where two or more positions may be hit
    # in it, draw which; everywhere else their hits are as good as independent.
    likely = np.zeros(fates[0].likely.shape, dtype=np.min_scalar_type(len(fates)))
    for fate in fates:
        likely += fate.likely
    tied = likely >= 2
    hits = 1.0 - np.stack([fate.alive for fate in fates])
    counts = poisson_binomial(hits)
    paths = np.flatnonzero(tied.any(axis=0))
    hits[:, paths], counts[:, paths] = _counted_with_ties(fates, paths, tied[:, paths], ties)
    return hits, counts


def _counted_with_ties(
    fates: Sequence[_Fate],
    paths: npt.NDArray[np.intp],
    tied: npt.NDArray[np.bool_],
    ties: Callable[[int], Floats],
) -> tuple[Floats, Floats]:
    """`_counted` of some paths, of which some steps are tied."""
    ties_at = np.flatnonzero(tied)  # quicker than a mask, for each position
    path = ties_at % len(paths)
    alive = np.empty((len(fates), len(paths)))
    chance = np.empty((len(fates), len(path)))
    for position, fate in enumerate(fates):
        hit = fate.hit.take(paths, axis=1)
        hit.take(ties_at, out=chance[position])
        np.subtract(1.0, hit, out=hit)
        hit.put(ties_at, 1.0)
        hit.prod(axis=0, out=alive[position])
        alive[position, fate.crossed[paths]] = 0.0
    drawn = ties(len(path)).T
    hits, counts = np.zeros(alive.shape), np.zeros((len(fates) + 1, len(paths)))
    for uniform in (drawn, 1.0 - drawn):  # a draw and its mirror image: less scatter
        struck = np.zeros(alive.shape, dtype=bool)
        who, when = np.nonzero(uniform < chance)
        struck[who, path[when]] = True
        each = 1.0 - alive * ~struck
        hits += each / 2.0
        counts += poisson_binomial(each) / 2.0
    return hits, counts


def _bridge(walks: Floats) -> None:
    """Make independent Brownian paths of normal numbers, shape (time, position, path), in place."""
    for left, middle, right in _MIDDLES:
        before = _TIMES[middle] - _TIMES[left]
        after = _TIMES[right] - _TIMES[middle]
        both = before + after
        walks[middle] *= np.sqrt(before * after / both)
        walks[middle] += (walks[left] * after + walks[right] * before) / both


def _to_distance_left(distance: float, drift: float, moves: Floats) -> Floats:
    """The moves, turned into the distance left to the barrier, 0 where it is crossed then."""
    moves += drift * _TIMES[:, None]
    np.subtract(distance, moves, out=moves)
    return np.maximum(moves, 0.0, out=moves)


def poisson_binomial(marginal: Floats) -> Floats:
    """Chance of each number of hits where positions are independent (Poisson binomial); the
    first axis runs over the positions."""
    counts = np.zeros((len(marginal) + 1, *marginal.shape[1:]))
    counts[0] = 1.0
    for done, hit in enumerate(marginal, 1):
        counts[1 : done + 1] += hit * (counts[:done] - counts[1 : done + 1])
        counts[0] *= 1.0 - hit
    return counts


def _control_variates(own: Floats, shared: Floats, marginal: Floats, paths: int) -> Floats:
    """Mean counts, corrected by how far the positions' own hits are from their exact chances."""
    hits: Floats = own[0, 1:]
    counts: Floats = shared[0]
    if paths < _PATHS_FOR_CONTROLS * len(marginal):
        return counts
    between = own[1:, 1:] - np.outer(hits, hits)
    with_counts = shared[1:] - np.outer(hits, counts)
    weights = np.linalg.lstsq(between, with_counts, rcond=1e-10)[0]
    corrected: Floats = counts - (hits - marginal) @ weights
    return corrected


def _clip_to_frechet_bounds(exactly: Floats, marginal: Floats) -> Floats:
    """The chances with what scatter may have broken corrected: none is negative, the first hit is
    at least as likely as the likeliest position's, all hits at most as the least likely one's."""
    least = np.clip(at_least(exactly), 0.0, 1.0)
    least[0] = 1.0
    least[1] = np.clip(least[1], marginal.max(), min(1.0, marginal.sum()))
    least[-1] = np.clip(least[-1], max(0.0, marginal.sum() - len(marginal) + 1.0), marginal.min())
    least[1:-1] = np.clip(least[1:-1], least[-1], least[1])
    least = np.minimum.accumulate(least).round(_DIGITS)
    return -np.diff(least, append=0.0)


def at_least(exactly: Floats) -> Floats:
    """Chances of at least so many, from those of exactly so many."""
    least: Floats = np.minimum(np.cumsum(exactly[::-1])[::-1], 1.0)
    return least
