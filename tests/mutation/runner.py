"""Runs tests against mutants: a fork a mutant, everything slow to import already in the parent.

The parent must know neither `udfs` nor the tests: each child imports them anew, with the mutated
module in place of the real one. Nothing is written into the working tree.
"""

from __future__ import annotations

import contextlib
import functools
import gc
import importlib.abc
import importlib.machinery
import importlib.util
import json
import os
import resource
import signal
import sys
import time
import traceback
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import Any

# One thread: a fork copies no others, and two children share two cores.
os.environ |= {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
os.environ.pop("CI", None)

import _hypothesis_pytestplugin
import hypothesis
import pytest

from tests.mutation.mutants import ROOT, Mutant

for _slow_to_import in ("numpy.random", "scipy.integrate", "scipy.special", "scipy.stats.qmc"):
    importlib.import_module(_slow_to_import)

TESTS = ("udfs", "tests/udfs")
# What runs whenever the mistake is in code that runs at import: names and defaults of arguments.
_ALWAYS = "tests/udfs/catalogue/test_formula.py"

# No function of these is called, but all others hang on them.
_ASKED_BY_ALL = ("units", "errors", "version")

# What takes a second or more a time is not run on mutants: large simulations, far sums, memory.
_SLOW = (
    "twenty_thousand_paths", "more_paths_come_closer", "seeds_scatter", "simulation", "memory",
    "finite_differences", "a_million", "hundred_thousand", "hang_together", "knows_no_spreadsheet",
)  # fmt: skip

# Of more tests than this, a few cases each.
_MANY = 400

_MEMORY = 4 << 30
_LEAST_SECONDS = 20.0
_TIMES_SLOWER = 5.0

hypothesis.settings.register_profile(
    "mutation",
    max_examples=25,
    derandomize=True,
    deadline=None,
    database=None,
    # A mutant is killed by what it computes, not by being slow to generate for.
    suppress_health_check=list(hypothesis.HealthCheck),
    phases=[hypothesis.Phase.explicit, hypothesis.Phase.generate],
)


@dataclass
class Baseline:
    """What each test takes and touches, on the real modules."""

    seconds: dict[str, float]
    touched: dict[str, list[str]]  # by test: "udfs/formulas/carry.py carry_cost"
    at_import: list[str]

    def can_be_swapped(self, mutant: Mutant) -> bool:
        """Whether the mistake is in a function that has not run before the tests do."""
        return bool(mutant.function) and f"{mutant.module} {mutant.function}" not in self.at_import

    def plan(self, mutant: Mutant) -> list[str]:
        """The tests that can notice the mutant: its module's own, then others, fastest first."""
        name = Path(mutant.module).stem
        swapped = self.can_be_swapped(mutant)
        if swapped:
            place = f"{mutant.module} {mutant.function}"
            wanted = [test for test, places in self.touched.items() if place in places]
        else:
            # An argument that is refused calls nothing: what is named after the module runs, too.
            prefix = f"{mutant.module} "
            wanted = [
                test
                for test, places in self.touched.items()
                if name in test
                or test.startswith(_ALWAYS)
                or any(one.startswith(prefix) for one in places)
            ]
            if name in _ASKED_BY_ALL:
                wanted = list(self.touched)
        own = [test for test in wanted if name in test]
        others = [test for test in wanted if name not in test]
        if len(others) > _MANY:  # what every formula runs through
            others = _few_of_each(others, 8 if swapped else 2)
        return sorted(own, key=self.seconds.__getitem__) + sorted(
            others, key=self.seconds.__getitem__
        )


@dataclass
class Result:
    """How a child ended."""

    outcome: str  # "killed", "timed out", "survived" or "error"
    seconds: float
    killer: str = ""  # the test that failed first; of an error, what was printed


class _Watch:
    """A pytest plugin: the tests that are wanted, in that order, and the first that failed."""

    def __init__(self, wanted: list[str] | None = None) -> None:
        self._order = None if wanted is None else {name: at for at, name in enumerate(wanted)}
        self.killer = ""
        self.seconds: dict[str, float] = defaultdict(float)

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        order = self._order
        if order is not None:
            kept = [item for item in items if item.nodeid in order]
            items[:] = sorted(kept, key=lambda item: order[item.nodeid])

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        self.seconds[report.nodeid] += report.duration
        if report.failed and not self.killer:
            self.killer = report.nodeid


class _Touches:
    """Which functions of `udfs` run at import; as a pytest plugin, which ones each test calls."""

    def __init__(self) -> None:
        self.touched: dict[str, list[str]] = {}
        self._codes: set[CodeType] = set()
        self._prefix = f"{ROOT / 'udfs'}{os.sep}"
        self.start()

    def start(self) -> _Touches:
        """From now on."""
        sys.settrace(self._trace)
        return self

    def stop(self) -> list[str]:
        """What was called since."""
        sys.settrace(None)
        places = {
            f"{Path(code.co_filename).relative_to(ROOT).as_posix()} "
            f"{code.co_qualname.split('.<locals>')[0]}"
            for code in self._codes
        }
        self._codes.clear()
        return sorted(places)

    def _trace(self, frame: FrameType, event: str, argument: Any) -> None:
        if frame.f_code.co_filename.startswith(self._prefix):
            self._codes.add(frame.f_code)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Iterator[None]:
        self.start()
        result = yield
        self.touched[item.nodeid] = self.stop()
        return result


class _Mutated(importlib.machinery.SourceFileLoader):
    """Loads a module from the mutant's text."""

    def __init__(self, name: str, path: str, source: str) -> None:
        super().__init__(name, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


class _Finder(importlib.abc.MetaPathFinder):
    """Finds the mutant before anybody finds the real module. A pytest plugin, too."""

    def __init__(self, mutant: Mutant) -> None:
        self._name = mutant.module.removesuffix(".py").replace("/", ".")
        self._path = str(ROOT / mutant.module)
        self._source = mutant.source
        self.was_used = False

    def pytest_sessionstart(self) -> None:
        sys.meta_path.insert(0, self)  # before pytest's own, which is there by now

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> Any:
        if fullname != self._name:
            return None
        self.was_used = True
        loader = _Mutated(fullname, self._path, self._source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


def _pytest(files: Iterable[str], *plugins: object) -> int:
    return int(
        pytest.main(
            [
                "-x",
                "-q",
                "-s",
                "--tb=short",
                "-p",
                "no:cacheprovider",
                "--hypothesis-profile=mutation",
                f"--rootdir={ROOT}",
                *files,
            ],
            plugins=[_hypothesis_pytestplugin, *plugins],
        )
    )


def _few_of_each(tests: list[str], most: int) -> list[str]:
    """Of a test with many parameters only some, from its first to its last."""
    cases: dict[str, list[str]] = defaultdict(list)
    for test in sorted(tests):
        cases[test.split("[")[0]].append(test)
    return [one for each in cases.values() for one in each[:: 1 + (len(each) - 1) // most]]


def _files(tests: Iterable[str]) -> list[str]:
    return sorted({test.split("::")[0] for test in tests})


class _Workshop:
    """A pytest plugin that, in place of running the tests, tries mutants on them.

    All is imported and collected once; each fork swaps the code of one function. A fraction of a
    second a mutant is saved, which over thousands of them is most of the time.
    """

    def __init__(self, work: _Work, say: Callable[[dict[str, Any]], None]) -> None:
        self._work = work
        self._say = say
        self._touches = _Touches()

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if not any(slow in item.nodeid for slow in _SLOW)]

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        at_import = self._touches.stop()
        functions = _functions()
        gc.collect()
        gc.freeze()
        items = {item.nodeid: item for item in session.items}
        folder = self._work.folder
        pid, child = _fork("", lambda: self._measure(session), 1800, folder)
        _, report = _wait({pid: child})
        if report is None or report["killer"] or not report["touched"]:
            self._say({"failed": (folder / "output.txt").read_text()[-3000:]})
            return True
        baseline = Baseline(report["seconds"], report["touched"], at_import)
        self._say(vars(baseline))

        def trial(mutant: Mutant, wanted: list[str]) -> dict[str, Any]:
            _swap(mutant, functions)
            session.items = [items[name] for name in wanted]
            return {"code": 1 if (killer := _until_failure(session)) else 0, "killer": killer}

        mutants = {
            key: mutant
            for key, mutant in self._work.mutants.items()
            if baseline.can_be_swapped(mutant)
        }
        for key, result in _trials(mutants, baseline, trial, self._work):
            self._say({"key": key, **vars(result)})
        return True

    def _measure(self, session: pytest.Session) -> dict[str, Any]:
        """In a child: every test on the real modules."""
        watch = _Watch()
        session.config.pluginmanager.register(watch)
        session.config.pluginmanager.register(self._touches.start())
        killer = _until_failure(session)
        return {"killer": killer, "seconds": watch.seconds, "touched": self._touches.touched}


def _until_failure(session: pytest.Session) -> str:
    """Run the session's tests; the name of the first that fails, or nothing."""
    watch = _Watch()
    session.config.pluginmanager.register(watch)
    for item, following in zip(session.items, [*session.items[1:], None], strict=True):
        item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        if watch.killer:
            break
    return watch.killer


def _functions() -> dict[tuple[str, str], list[FunctionType]]:
    """Every function and method that there is, wherever it is held, by file and name."""
    found: dict[tuple[str, str], list[FunctionType]] = defaultdict(list)
    for one in gc.get_objects():
        if isinstance(one, FunctionType):
            found[one.__code__.co_filename, one.__code__.co_qualname].append(one)
    return found


def _swap(mutant: Mutant, functions: dict[tuple[str, str], list[FunctionType]]) -> None:
    """Give the function the mutant's code."""
    path = str(ROOT / mutant.module)
    code = _code(compile(mutant.source, path, "exec", dont_inherit=True), mutant.function)
    if not functions[path, mutant.function]:
        raise RuntimeError(f"the tests do not run on {mutant.name}")
    for function in functions[path, mutant.function]:
        function.__code__ = code


def _code(within: CodeType, name: str) -> CodeType:
    for constant in within.co_consts:
        if isinstance(constant, CodeType):
            if constant.co_qualname == name:
                return constant
            if name.startswith(f"{constant.co_qualname}."):
                return _code(constant, name)
    raise LookupError(name)


def _import_and_try(mutant: Mutant, wanted: list[str]) -> dict[str, Any]:
    """In a child that knows nothing yet: the tests wanted, on the mutant."""
    finder, watch = _Finder(mutant), _Watch(wanted)
    code = _pytest(_files(wanted), finder, watch)
    if not finder.was_used:
        raise RuntimeError(f"the tests did not run on {mutant.name}")
    return {"code": code, "killer": watch.killer}


@dataclass
class _Child:
    key: str
    begun: float
    most: float
    folder: Path


def _fork(
    key: str, work: Callable[[], dict[str, Any]], most: float, folder: Path
) -> tuple[int, _Child]:
    """A child that does the work and leaves what came of it in a file."""
    report = folder / "report.json"
    report.unlink(missing_ok=True)
    pid = os.fork()
    if pid:
        return pid, _Child(key, time.monotonic(), most, folder)
    try:
        os.setpgid(0, 0)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        out = os.open(folder / "output.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)
        report.write_text(json.dumps(work()))
    except BaseException:
        os.write(1, traceback.format_exc().encode())
    finally:
        os._exit(0)
    raise AssertionError


def _wait(children: dict[int, _Child]) -> tuple[_Child, dict[str, Any] | None]:
    """The next child to end, and its report; None where it was stopped for being slow."""
    while True:
        pid, _ = os.waitpid(-1, os.WNOHANG)
        if pid:
            child = children.pop(pid)
            report = child.folder / "report.json"
            return child, json.loads(report.read_text()) if report.exists() else {"code": -1}
        for slow, child in children.items():
            if time.monotonic() - child.begun > child.most:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(slow, signal.SIGKILL)
                os.waitpid(slow, 0)
                del children[slow]
                return child, None
        time.sleep(0.005)


def prepare() -> None:
    """Leave as little as possible for the children to copy."""
    sys.dont_write_bytecode = False
    os.chdir(ROOT)
    gc.collect()
    gc.freeze()


@dataclass
class _Work:
    mutants: dict[str, Mutant]
    jobs: int
    folder: Path


def run(mutants: dict[str, Mutant], jobs: int, folder: Path) -> Iterator[tuple[str, Result]]:
    """Every mutant's result, as they come."""
    folder.mkdir(parents=True, exist_ok=True)
    sys.stdout.flush()
    os.chdir(ROOT)
    gc.collect()
    gc.freeze()  # as little as possible for the children to copy
    work = _Work(mutants, jobs, folder)
    reading, writing = os.pipe()
    pid = os.fork()
    if not pid:
        _workshop(work, writing)
    os.close(writing)
    baseline = None
    with os.fdopen(reading, encoding="utf-8") as lines:
        for line in lines:
            report = json.loads(line)
            if baseline is None:
                if "failed" in report:
                    raise SystemExit(f"the tests fail on the real modules:\n{report['failed']}")
                baseline = Baseline(**report)
            else:
                yield report.pop("key"), Result(**report)
    os.waitpid(pid, 0)
    if baseline is None:
        raise SystemExit((folder / "workshop.txt").read_text()[-3000:])
    rest = {k: m for k, m in mutants.items() if not baseline.can_be_swapped(m)}
    if rest:
        # In this other set-up, too, the real modules must pass before a failure means anything.
        module = max(rest.values(), key=lambda mutant: len(baseline.plan(mutant))).module
        real = Mutant(module, "", "nothing", "", (ROOT / module).read_text(encoding="utf-8"))
        for key, result in _trials({"real": real}, baseline, _import_and_try, work):
            if result.outcome != "survived":
                raise SystemExit(f"{key} {module}: {result.outcome} by {result.killer}")
        yield from _trials(rest, baseline, _import_and_try, work)


def _workshop(work: _Work, writing: int) -> None:
    """In a child: all that can be done with everything imported once."""
    try:
        out = os.open(work.folder / "workshop.txt", os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
        os.dup2(out, 1)
        os.dup2(out, 2)

        lines = os.fdopen(writing, "w", encoding="utf-8")

        def say(report: dict[str, Any]) -> None:
            print(json.dumps(report), file=lines, flush=True)

        _pytest(TESTS, _Workshop(work, say))
    except BaseException:
        os.write(1, traceback.format_exc().encode())
    finally:
        os._exit(0)


def _trials(
    mutants: dict[str, Mutant],
    baseline: Baseline,
    trial: Callable[[Mutant, list[str]], dict[str, Any]],
    work: _Work,
) -> Iterator[tuple[str, Result]]:
    """A fork a mutant, a few at a time."""
    free = [work.folder / str(job) for job in range(work.jobs)]
    for one in free:
        one.mkdir(exist_ok=True)
    waiting = iter(mutants.items())
    children: dict[int, _Child] = {}
    while True:
        while free and (following := next(waiting, None)):
            key, mutant = following
            wanted = baseline.plan(mutant)
            if not wanted:
                yield key, Result("survived", 0.0, "no test runs it")
                continue
            usual = sum(baseline.seconds[test] for test in wanted)
            most = _LEAST_SECONDS + _TIMES_SLOWER * usual
            pid, child = _fork(key, functools.partial(trial, mutant, wanted), most, free.pop())
            children[pid] = child
        if not children:
            return
        child, report = _wait(children)
        yield child.key, _result(child, report)
        free.append(child.folder)


def _result(child: _Child, report: dict[str, Any] | None) -> Result:
    seconds = time.monotonic() - child.begun
    if report is None:
        return Result("timed out", seconds)
    outcome = {0: "survived", 1: "killed", 2: "killed"}.get(report["code"], "error")
    if outcome == "error":
        return Result(outcome, seconds, (child.folder / "output.txt").read_text()[-2000:])
    killer = report.get("killer") or ("at import" if outcome == "killed" else "")
    return Result(outcome, seconds, killer)
