"""Every formula through the way that Excel takes: DLL, COM server, pywin32, xlwings, formula.

What the VBA does in Excel, a client of our own does here; the rest is the genuine thing.
"""

from __future__ import annotations

import math
import statistics
from pathlib import Path
from typing import Any

import pytest

from addin.embedded import open_book
from addin.excel import XLWINGS_VERSION
from tests.hosts.excel import com
from tests.hosts.parity_book import parity_book
from tests.hosts.parity_inputs import Case, all_cases, answer, same
from tests.hosts.windows.conftest import whole
from tests.hosts.windows.vba_command import command_line
from tests.hosts.windows.windows import Windows, sent
from udfs import OMITTED, CellError, __version__, catalogue

EMPTY_PATH = "import sys; sys.path[:] = [folder for folder in sys.path if folder]"
BOOK = r"C:\plans\plan.xlsm"
# The arithmetic of another C library.
CLOSE = 1e-9


def started(name: str) -> list[Any]:
    """What a workbook's first formula does: start Python, keep the current folder out."""
    return [["start", name], ["exec", name, EMPTY_PATH]]


def asked(name: str, case: Case) -> list[Any]:
    """A call with every argument that the wrapper has, those not given marked as left out."""
    formula = catalogue[case.formula]
    given = list(case.arguments)
    if not formula.variadic:
        given += [OMITTED] * (len(formula.arguments) - len(given))
    return ["udf", name, case.formula, [sent(value) for value in given]]


@pytest.fixture(scope="module")
def chosen() -> list[Case]:
    """All inputs, or every eighth in the quick form; the examples always."""
    return [
        case
        for at, case in enumerate(all_cases())
        if whole() or at % 8 == 0 or case.about == "example"
    ]


@pytest.fixture(scope="module")
def in_engine(chosen: list[Case]) -> list[Any]:
    """What the embedded engine shows for each."""
    book, placed = parity_book([(case, answer(case.formula, case.arguments)) for case in chosen])
    values = open_book(book, catalogue).formula_values()
    return [place.result(values) for place in placed]


@pytest.fixture(scope="module")
def through_com(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any, chosen: list[Case]
) -> list[Any]:
    command = command_line(BOOK, windows.python_there)
    steps = [*started("book"), *(asked("book", case) for case in chosen)]
    return windows.ask({"book": command}, steps, scratch)[2:]


def _worst(left: Any, right: Any) -> float:
    """The greatest relative difference between the numbers of two answers of one shape."""
    if isinstance(left, list):
        return max((_worst(a, b) for a, b in zip(left, right, strict=True)), default=0.0)
    numbers = all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in (left, right))
    if not numbers or left == right:
        return 0.0
    return abs(left - right) / max(abs(left), abs(right))


def test_every_formula_gives_through_com_what_the_engine_gives(
    chosen: list[Case], in_engine: list[Any], through_com: list[Any]
) -> None:
    assert {case.formula for case in chosen} == set(catalogue)
    worst, differing = 0.0, []
    for case, engine, found in zip(chosen, in_engine, through_com, strict=True):
        expected, shown = com.shown(engine), com.received(found)
        if same(expected, shown, CLOSE):
            worst = max(worst, _worst(expected, shown))
        else:
            differing.append(f"{case}\n  engine {expected}\n  COM    {shown}")
    print(f"\n{len(chosen)} calls through COM, worst relative difference {worst:.1e}")
    assert not differing, f"{len(differing)} differ:\n" + "\n".join(differing[:5])


def test_ten_thousand_rows_with_awkward_cells(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any
) -> None:
    awkward: list[Any] = [None, "x", True, -5.0, "né 📈 漢", *CellError]
    rows = [
        [awkward[at // 7 % len(awkward)] if at % 7 == 0 else 100.0 + at] for at in range(10_000)
    ]
    case = Case("ISO_LIQUIDATION_PRICE", ("long", rows, 10.0, 0.005), "ten thousand rows")
    command = command_line(BOOK, windows.python_there)
    found = windows.ask({"book": command}, [*started("book"), asked("book", case)], scratch)[2]
    assert same(com.shown(answer(case.formula, case.arguments)), found, CLOSE)


def test_texts_of_every_script_come_back_as_they_are(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any
) -> None:
    odd = ["é€漢", "📈", "Привет", "a\0b", "=1+1", "x" * 30_000]
    cases = [Case("ISO_EXPLAIN", ("ISO_KELLY", text, 2.0), "a text") for text in odd]
    command = command_line(BOOK, windows.python_there)
    steps = [*started("book"), *(asked("book", case) for case in cases)]
    found = windows.ask({"book": command}, steps, scratch)[2:]
    assert found == [answer(case.formula, case.arguments) for case in cases]


# Names and places of workbooks and of Python, as VBA puts them into a command line.

PLACES = {
    "plain": BOOK,
    "blanks, apostrophe, ampersand": r"C:\My plans & co\O'Brien's plan (1).xlsm",
    "umlauts": r"C:\Käufe\plän für März.xlsm",
    "Cyrillic": r"C:\планы\план.xlsm",
    "OneDrive's address": "https://d.docs.live.net/0123456789abcdef/Plans/my plan.xlsm",
    "a share": r"\\server\share\plan.xlsm",
    "per cent and caret": r"C:\100%^2\plan.xlsm",
    "never saved": "Book1",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_workbook_anywhere_starts_python(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any, place: str
) -> None:
    if not whole() and place not in ("blanks, apostrophe, ampersand", "OneDrive's address"):
        pytest.skip("in the whole form only")
    command = command_line(PLACES[place], windows.python_there)
    steps = [*started("book"), ["udf", "book", "ISO_VERSION", []]]
    assert windows.ask({"book": command}, steps, scratch)[2] == __version__


@pytest.mark.parametrize("folder", ["py sp & co", "pyth'on é"])
def test_a_python_in_an_odd_folder_is_started(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any, tmp_path: Path, folder: str
) -> None:
    if not whole():
        pytest.skip("in the whole form only")
    place = tmp_path / folder
    place.symlink_to(windows.python.parent, target_is_directory=True)
    there = windows.python_there.replace(
        windows.python_there, "Z:" + str(place / "python.exe").replace("/", "\\")
    )
    steps = [*started("book"), ["udf", "book", "ISO_VERSION", []]]
    assert windows.ask({"book": command_line(BOOK, there)}, steps, scratch)[2] == __version__


def test_python_that_was_ended_is_started_again_and_others_go_on(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any
) -> None:
    commands = {
        name: command_line(rf"C:\plans\{name}.xlsm", windows.python_there)
        for name in ("first", "second")
    }
    version = ["ISO_VERSION", []]
    steps: list[Any] = [
        *started("first"),
        *started("second"),
        ["udf", "first", *version],
        ["udf", "second", *version],
        ["kill", "first"],
        ["udf", "first", *version],
        ["udf", "second", *version],
        ["start", "first"],
        ["udf", "first", *version],
    ]
    found = windows.ask(commands, steps, scratch)
    assert found[4:6] == [__version__, __version__]
    assert found[7]["fault"], "a call of a server that is gone fails"
    assert found[8] == __version__, "the other workbook has a Python of its own"
    assert found[10] == __version__


def test_an_exception_reaches_the_vba_as_an_error(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any
) -> None:
    command = command_line(BOOK, windows.python_there)
    steps = [*started("book"), ["udf", "book", "ISO_NOT_THERE", []]]
    found = windows.ask({"book": command}, steps, scratch)[2]
    assert found["fault"] == 0x80020009
    assert "ISO_NOT_THERE" in found["words"]


def test_a_python_that_is_not_there_is_an_error_and_no_hang(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any
) -> None:
    if not whole():
        pytest.skip("in the whole form only: the DLL waits for half a minute")
    command = command_line(BOOK, r"C:\gone\python.exe")
    found = windows.ask({"book": command}, [["start", "book"]], scratch)[0]
    assert found["fault"] == 1000


def test_calls_are_measured(windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any) -> None:
    """No limits, for another machine has other figures: the README says what was seen."""
    scalar = asked("book", Case("ISO_KELLY", (0.5, 2.0), ""))[2:]
    rows = [[100.0 + at * 0.01] for at in range(1000)]
    column = asked("book", Case("ISO_LIQUIDATION_PRICE", ("long", rows, 10.0, 0.005), ""))[2:]
    command = command_line(BOOK, windows.python_there)
    steps = [
        *started("book"),
        ["time", "book", *scalar, 300],
        ["time", "book", *column, 20],
        ["time", "book", *scalar, 200],
    ]
    start, _, cells, columns, recalculation = windows.ask({"book": command}, steps, scratch)
    assert all(math.isfinite(seconds) for seconds in cells)
    print(
        f"\nunder wine, xlwings {XLWINGS_VERSION}: start {start:.1f} s,"
        f" one cell {1000 * statistics.median(cells[1:]):.2f} ms,"
        f" 1,000 rows {1000 * statistics.median(columns):.1f} ms,"
        f" 200 calls {sum(recalculation):.2f} s"
    )
