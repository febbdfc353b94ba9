"""The way from LibreOffice's Python to the formulas, tried without LibreOffice."""

from __future__ import annotations

import math
import struct
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addin.libreoffice.blanks import FORMULAS
from addin.libreoffice.link import formulas as link
from addin.libreoffice.link import remote as remote_link
from addin.libreoffice.link import settings as setup
from addin.libreoffice.link.conversion import CODES, outgoing, without_trailing_blanks
from addin.libreoffice.paths import this_python
from tests.hosts.parity_inputs import cases
from udfs import OMITTED, CellError, catalogue


def _code(number: object) -> int:
    assert isinstance(number, float)
    assert math.isnan(number)
    (bits,) = struct.unpack("<Q", struct.pack("<d", number))
    return int(bits) & 0xFFFF


def test_an_error_is_a_number_that_carries_libreoffices_code() -> None:
    for error in CellError:
        ((number,),) = outgoing(error)
        assert _code(number) == CODES[error.value]


def test_results_become_grids_of_floats_and_text() -> None:
    assert outgoing(2) == ((2.0,),)
    assert outgoing(True) == ((1.0,),)
    assert outgoing("ok") == (("ok",),)
    assert outgoing([[1.0, "a"], [None, False]]) == ((1.0, "a"), (None, 0.0))
    assert type(outgoing(3)[0][0]) is float


def test_arguments_left_out_at_the_end_are_not_handed_on() -> None:
    assert without_trailing_blanks((1.0, None, "a", None, None)) == (1.0, None, "a")
    assert without_trailing_blanks((None,)) == ()


def _settings(mode: str) -> setup.Settings:
    return this_python(mode)


@pytest.fixture(scope="module")
def beside() -> Iterator[link.Formulas]:
    formulas = link.Formulas(_settings(setup.BESIDE))
    yield formulas
    formulas.close()


def test_the_same_version_of_python_computes_inside_libreoffice() -> None:
    formulas = link.Formulas(_settings(setup.AUTO))
    assert formulas.place == ("inside" if sys.platform == "linux" else "beside")
    assert formulas.call("ISO_LIQUIDATION_PRICE", ("long", 100.0, 10.0)) == ((90.0,),)
    formulas.close()


def test_another_version_of_python_computes_beside_it() -> None:
    found = _settings(setup.AUTO)
    formulas = link.Formulas(setup.Settings(found.python, "3.1", found.paths))
    assert formulas.place == "beside"
    formulas.close()


def test_both_places_give_the_same_grids(beside: link.Formulas) -> None:
    inside = link.Formulas(_settings(setup.INSIDE))
    for name in catalogue:
        for case in cases(name)[::40]:
            given = tuple(_as_libreoffice_hands_over(value) for value in case.arguments)
            here, there = inside.call(name, given), beside.call(name, given)
            assert repr(here) == repr(there), case
            assert [[_bits(cell) for cell in row] for row in here] == [
                [_bits(cell) for cell in row] for row in there
            ], case


def _as_libreoffice_hands_over(value: Any) -> Any:
    if value is OMITTED:
        return None
    if isinstance(value, list):
        cells = [[_as_libreoffice_hands_over(cell) for cell in row] for row in value]
        return tuple(tuple("" if cell is None else cell for cell in row) for row in cells)
    if isinstance(value, CellError):
        return ""
    return float(value) if isinstance(value, (int, float)) else value


def _bits(cell: Any) -> Any:
    return struct.pack("<d", cell) if isinstance(cell, float) else cell


def test_ranges_of_ten_thousand_rows_go_through(beside: link.Formulas) -> None:
    entries = tuple((100.0 + row / 100,) for row in range(10_000))
    grid = beside.call("ISO_LIQUIDATION_PRICE", ("long", entries, 10.0))
    assert len(grid) == 10_000
    assert grid[-1][0] == pytest.approx(entries[-1][0] * 0.9)


def test_without_the_package_cells_show_an_error_and_the_service_formulas_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link, "_inside", lambda paths: None)
    gone = setup.Settings(str(tmp_path / "python"), "3.11", [str(tmp_path / "nothing")])
    formulas = link.Formulas(gone)
    assert formulas.place == "nowhere"
    ((error,),) = formulas.call("ISO_LIQUIDATION_PRICE", ("long", 100.0, 10.0))
    assert _code(error) == CODES["#NAME?"]
    for name in ("ISO_VERSION", "ISO_EXPLAIN"):
        ((words,),) = formulas.call(name, ())
        assert "isomargin install libreoffice" in str(words)


def test_a_python_that_cannot_start_the_formulas_is_told_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    started = []
    real = remote_link.subprocess.Popen
    monkeypatch.setattr(
        remote_link.subprocess, "Popen", lambda *a, **k: started.append(1) or real(*a, **k)
    )
    broken = tmp_path / "python"
    broken.write_text("#!/bin/sh\nexit 3\n")
    broken.chmod(0o755)
    formulas = link.Formulas(setup.Settings(str(broken), "3.1", [], setup.BESIDE))
    ((words,),) = formulas.call("ISO_VERSION", ())
    assert "isomargin doctor" in str(words)
    ((error,),) = formulas.call("ISO_KELLY", (0.5, 2.0))
    assert _code(error) == CODES["#NAME?"]
    assert len(started) == 1, "hundreds of cells must not start hundreds of processes"
    formulas.close()


def test_a_formula_that_the_installed_package_lacks_is_an_error() -> None:
    formulas = link.Formulas(_settings(setup.INSIDE))
    ((error,),) = formulas.call("ISO_OF_TOMORROW", (1.0,))
    assert _code(error) == CODES["#NAME?"]


def test_the_process_beside_is_started_anew_when_it_died() -> None:
    remote = remote_link.Remote(sys.executable, this_python().paths)
    try:
        assert remote.call("ISO_KELLY", (0.5, 2.0)) == 0.25
        first = remote.process_id
        assert remote._process is not None
        remote._process.kill()
        remote._process.wait()
        assert remote.call("ISO_KELLY", (0.5, 2.0)) == 0.25
        assert remote.process_id != first
    finally:
        remote.close()
    assert remote.process_id is None


@pytest.mark.parametrize("text", ["", "x" * 1_000_000], ids=["waiting", "handing over"])
def test_a_call_that_takes_too_long_ends_the_process(tmp_path: Path, text: str) -> None:
    slow = tmp_path / "addin" / "libreoffice"
    slow.mkdir(parents=True)
    (tmp_path / "addin" / "__init__.py").write_text("")
    (slow / "__init__.py").write_text("")
    (slow / "backend.py").write_text(
        "import sys, time\n"
        "def main():\n"
        "    sys.stdout.write('\\0\\0\\0\\x0b\"isomargin\"')\n"
        "    sys.stdout.flush()\n"
        "    time.sleep(60)\n"
    )
    remote = remote_link.Remote(sys.executable, [str(tmp_path)], call_seconds=0.3)
    with pytest.raises(remote_link.Unreachable, match=r"no answer within 0\.3 seconds"):
        remote.call("ISO_VERSION", (text,))
    assert remote.process_id is None


def test_settings_are_read_from_where_the_system_keeps_them(tmp_path: Path) -> None:
    file = setup.settings_file
    home = Path("/home/ann")
    assert file({}, "linux", home) == home / ".config/isomargin/libreoffice.json"
    assert file({"XDG_CONFIG_HOME": "/c"}, "linux", home) == Path("/c/isomargin/libreoffice.json")
    assert file({}, "darwin", home).parts[-4:-2] == ("Library", "Application Support")
    assert file({"APPDATA": "/app"}, "win32", home) == Path("/app/isomargin/libreoffice.json")
    assert file({setup.VARIABLE: "/x.json"}, "linux", home) == Path("/x.json")


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"paths": 3}', "not json"])
def test_a_damaged_settings_file_counts_as_none(text: str) -> None:
    assert setup.parse(text) is None


def test_settings_survive_the_file() -> None:
    found = setup.parse(this_python("beside").to_json())
    assert found is not None
    assert (found.python, found.mode) == (sys.executable, "beside")


def test_a_blank_that_arrives_as_0_is_no_comfort() -> None:
    touch, risk = FORMULAS["ISO_TOUCH_PROBABILITY"], FORMULAS["ISO_PORTFOLIO_RISK"]
    joint, first = FORMULAS["ISO_JOINT_LIQUIDATION"], FORMULAS["ISO_TARGET_FIRST_PROBABILITY"]
    assert touch(100.0, 90.0, 0.05, 0.0) is CellError.NA
    assert touch(100.0, 90.0, 0.0, 7.0) is CellError.NA
    assert risk(((100.0,), (200.0,)), 0.0) is CellError.NA
    assert joint((("long",),), 100.0, 90.0, 0.05, 0.0, 7.0) is CellError.NA
    assert first(100.0, 110.0, 90.0, 0.05, 0.0) is CellError.NA
    # Where 0 is an answer like any other, it stays one; and in a range a blank is known.
    assert FORMULAS["ISO_CARRY_COST"]("long", 5000.0, 0.0, 0.0001) == 0.0
    # A required argument arrives as a grid, also where it is one cell.
    assert touch(((100.0,),), ((98.0,),), ((0.0,),), ((1.0,),)) is CellError.NA
    assert risk(((100.0,), (200.0,)), ((0.0,),)) is CellError.NA
    assert touch(100.0, 90.0, 0.05, ((0.0,), (7.0,)))[0] == [0.0]
    assert catalogue["ISO_TOUCH_PROBABILITY"](100, 90, 0.05, 0) == 0.0


def test_the_formulas_that_answer_in_words_are_the_catalogues() -> None:
    assert set(link.WORDS) == {one.name for one in catalogue.values() if one.result == "text"}
