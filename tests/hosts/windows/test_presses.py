"""Excel's buttons over the genuine COM server: what they say and write, and what half of it leaves.

The VBA runs in an interpreter and Excel's objects are played, both on the Windows Python; between
them are xlwings' DLL, its COM server in a process of its own, and pywin32.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.hosts.excel.open_workbook import AUTOMATIC, MANUAL
from tests.hosts.windows.environment import windows_path
from tests.hosts.windows.test_formulas import BOOK, EMPTY_PATH
from tests.hosts.windows.vba_command import command_line
from tests.hosts.windows.windows import Windows
from tests.workbook.journal.imports.samples import FOLDER
from tests.workbook.live.conftest import books, planned, taken_book
from tests.workbook.live.hosts import AT, ClosedFile
from tests.workbook.live.test_parity import assert_same, play
from tests.workbook.live.test_repair import damaged
from udfs import __version__
from udfs.errors import CellError

__all__ = ["books", "planned", "taken_book"]

EXPORT = FOLDER / "hyperliquid.csv"
HELD = [["set", "ScreenUpdating", "False"], ["set", "EnableEvents", "False"],
        ["set", "Calculation", str(MANUAL)]]  # fmt: skip
GIVEN_BACK = [["set", "Calculation", str(AUTOMATIC)], ["set", "EnableEvents", "True"],
              ["set", "ScreenUpdating", "True"]]  # fmt: skip
# The moment of every press is that of the closed file's.
MOMENT = f"import datetime; from workbook.live import press; press.now = lambda at={AT!r}: at"
# One after the other in one workbook: button, row of Plan, what is typed, the same for the file.
STORY: list[tuple[str, int, list[Any], dict[str, str]]] = [
    ("take", 2, [], {}),
    ("close", 1, [None, "104", "20", "", "", "=1+1"],
     {"trade": "ETH", "price": "104", "quantity": "20", "note": "=1+1"}),
    ("review", 1, ["103", "1.9"], {"ETH": "103", "OP": "1.9"}),
    ("import", 1, [[windows_path(EXPORT)], "", ""], {"files": str(EXPORT)}),
]  # fmt: skip


@pytest.fixture(scope="module")
def played(
    windows: Windows, scratch: Path, xlwings: Any, pyopenvba: Any, books: Callable[[str], bytes]
) -> dict[str, Any]:
    """What came of all the scenes, in one go: starting a server takes seconds."""
    from addin.excel.vba import modules

    copy = windows_path(scratch / "to look at.xlsx")
    made, full = books("as made"), books("full")
    wanted: dict[str, dict[str, Any]] = {
        "story": {"book": made, "presses": [
            *((button, row, answers) for button, row, answers, _ in STORY),
            *[("undo", 1, [])] * (len(STORY) + 1),
        ]},
        "longer": {"book": full, "presses": [("take", 2, []), ("undo", 1, [])]},
        "refused": {"book": full, "presses": [("take", 2, []), ("undo", 1, [])], "fails_after": 9},
        "no row": {"book": made, "presses": [("take", 0, [])]},
        "wrong": {"book": made, "presses": [("close", 1, ["ETH", "-3", "", "", "", ""])]},
        "refresh": {"book": made, "presses": [("refresh", 1, [])]},
        "share": {"book": made, "presses": [("share", 1, [copy])]},
        "repair": {"book": damaged(made)[0], "presses": [("repair", 1, []), ("undo", 1, [])],
                   "computes": True},
    }  # fmt: skip
    told = []
    for name, scene in wanted.items():
        path = scratch / f"{name}.xlsx"
        path.write_bytes(scene["book"])
        told.append({**scene, "book": windows_path(path)})
    job = {
        "command": command_line(BOOK, windows.python_there),
        "first": [EMPTY_PATH, MOMENT],
        "modules": modules(),
        "scenes": told,
    }
    return dict(zip(wanted, windows.do("presses", job, scratch), strict=True))


def inputs_of(file: ClosedFile, tables: Mapping[str, Any]) -> dict[str, Any]:
    """What is typed into tables of the file, as a scene has it."""
    seen = file.snapshot(list(tables))
    return {
        name: [
            {
                header: cell.value if isinstance(cell, CellError) else cell
                for header, cell in record.items()
                if header not in table.computed and cell not in (None, "")
            }
            for record in table.records()
        ]
        for name, table in seen.tables.items()
    }


@pytest.mark.parametrize("at", range(len(STORY)), ids=[step[0] for step in STORY])
def test_the_cells_are_those_of_the_closed_file(
    played: dict[str, Any], books: Callable[[str], bytes], at: int
) -> None:
    file = ClosedFile()
    play(file, books("as made"), [(b, row, answers) for b, row, _, answers in STORY[: at + 1]])
    found = played["story"]["pressed"][at]["cells"]
    assert_same(found, inputs_of(file, found))


def test_undo_takes_back_press_after_press(played: dict[str, Any]) -> None:
    pressed = played["story"]["pressed"]
    assert [one["state"] for one in pressed] == [1, 2, 3, 4, 3, 2, 1, 0, 0]
    names = ("import", "review ETH", "close ETH", "take OP")
    for name, one in zip(names, pressed[len(STORY) :], strict=False):
        assert f"{name} is taken back" in one["said"]
    assert "there is nothing to take back" in pressed[-1]["said"]


def writes(one: Mapping[str, Any]) -> list[int]:
    return [at for at, entry in enumerate(one["log"]) if entry[0] not in ("set", "SaveCopyAs")]


def test_nothing_computes_or_is_drawn_while_it_writes_and_all_is_given_back(
    played: dict[str, Any],
) -> None:
    changing = [one for scene in played.values() for one in scene["pressed"] if writes(one)]
    assert len(changing) == 13
    for one in changing:
        first, last = min(writes(one)), max(writes(one))
        assert one["log"][first - 3 : first] == HELD
        assert one["log"][last + 1 :] == GIVEN_BACK


def test_python_is_asked_for_nothing_else_meanwhile(played: dict[str, Any]) -> None:
    for name, scene in played.items():
        for one in scene["pressed"]:
            steps = [step for called, step in one["asked"] if called == "isomargin_press"]
            assert len(steps) == len(one["asked"]), name
            assert steps == ["form", "preview", "commit", "after"][: len(steps)]


def test_a_table_that_grew_is_short_again(played: dict[str, Any]) -> None:
    take, undo = played["longer"]["pressed"]
    assert ["Resize", "Journal"] in [entry[:2] for entry in take["log"]]
    assert (take["state"], undo["state"]) == (1, 0)


def test_a_failure_half_way_leaves_the_workbook_as_it_was(played: dict[str, Any]) -> None:
    take, undo = played["refused"]["pressed"]
    refused = "Excel refused, and nothing was changed: The file is locked for editing by another"
    assert take["said"].count(refused) == 1
    assert len(writes(take)) > 9
    assert (take["state"], undo["state"]) == (0, 0)
    assert "there is nothing to take back" in undo["said"]


def test_what_is_wrong_is_one_message_in_the_words_of_the_command(played: dict[str, Any]) -> None:
    (take,), (close,) = played["no row"]["pressed"], played["wrong"]["pressed"]
    assert take["said"] == "choose a row of Plan first: click into the idea, then press Take"
    assert close["said"] == "'-3' is not a number above 0: write it like 107.10"
    assert (take["state"], close["state"]) == (0, 0)
    assert not writes(take) + writes(close)


def test_share_writes_a_copy_and_nothing_else(played: dict[str, Any], scratch: Path) -> None:
    (one,) = played["share"]["pressed"]
    assert "formulas of isomargin are values now" in one["said"]
    assert one["state"] == 0
    assert (scratch / "to look at.xlsx").stat().st_size > 100_000


def test_repair_puts_formulas_back_while_excel_asks_for_others(played: dict[str, Any]) -> None:
    """Excel computes what is entered at once: Python answers it in the midst of writing."""
    repair, undo = played["repair"]["pressed"]
    assert "5 formulas are back" in repair["said"]
    kinds = [entry[0] for entry in repair["log"]]
    assert (kinds.count("Formula"), kinds.count("FormulaArray")) == (4, 1)
    assert played["repair"]["computed"] == [__version__] * 5
    assert (repair["state"], undo["state"]) == (1, 0)


def test_refresh_says_what_it_needs_and_changes_nothing(played: dict[str, Any]) -> None:
    """Here nothing that asks exchanges is installed."""
    (one,) = played["refresh"]["pressed"]
    assert 'pip install "isomargin[live]"' in one["said"]
    assert one["state"] == 0
    assert not writes(one)
