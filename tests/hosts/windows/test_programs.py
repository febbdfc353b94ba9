"""isomargin itself on Windows: what a person types, files, the lock, time zones."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from addin.excel import prebuilt, settings
from addin.package import Package
from tests.hosts.excel.conftest import required
from tests.hosts.windows.conftest import whole
from tests.hosts.windows.environment import ROOT, windows_path
from tests.hosts.windows.windows import Listening, NotAnswered, Windows
from tests.turns import TURNS
from udfs import __version__

EXAMPLE = ROOT / "workbook" / "examples" / "optimism.toml"


@pytest.fixture
def person(windows: Windows, tmp_path: Path) -> dict[str, str]:
    """A person's folders, as Windows' variables name them."""
    (tmp_path / "Jörg O'Neil").mkdir()
    home = windows_path(tmp_path / "Jörg O'Neil")
    return {"USERPROFILE": home, "APPDATA": rf"{home}\AppData\Roaming"}


def test_the_version_is_told(windows: Windows) -> None:
    done = windows.isomargin("--version")
    assert done.returncode == 0, done.stderr
    assert __version__ in done.stdout.decode()


def test_complex_numbers_are_what_they_are_here(windows: Windows) -> None:
    """The bodies that `gaps/complex_parts.py` puts into wine's library."""
    points = [0.5, 1 + 2j, -3.5 + 0.1j, 2 - 40j, -700 + 1j, 1e-9 - 1e-9j]
    told = windows.run(
        "-c",
        f"import numpy as n; p = n.array({points}); print(*n.exp(p), *n.log(p), *n.sqrt(p),"
        " *n.abs(p), *n.angle(p), *p.real, *p.imag)",
    )
    here = np.array(points)
    wanted = [*np.exp(here), *np.log(here), *np.sqrt(here), *np.abs(here), *np.angle(here)]
    wanted += [*here.real, *here.imag]
    found = [complex(text) for text in told.stdout.decode().split()]
    assert found == pytest.approx(wanted, rel=1e-14)


def test_a_program_that_is_silent_is_ended_with_what_it_said() -> None:
    waiting = "import sys; print('so far', file=sys.stderr, flush=True); sys.stdin.read()"
    with subprocess.Popen(
        [sys.executable, "-c", waiting],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as program:  # fmt: skip
        told = Listening(program, limit=600, silence=600)
        while b"so far" not in told.err:
            told.listen()
        told.silence = 0
        with pytest.raises(NotAnswered, match=r"silent for 0 s: .*\n\nso far"):
            told.listen()
        told.silence, told.limit = 600, 0
        with pytest.raises(NotAnswered, match=r"not done after 0 s: .*\n\nso far"):
            told.listen()


def test_installing_and_looking_for_faults_and_taking_away(
    windows: Windows, person: dict[str, str], tmp_path: Path
) -> None:
    done = windows.isomargin("install", "excel", variables=person)
    assert done.returncode == 0, done.stdout + done.stderr
    home = tmp_path / "Jörg O'Neil"
    addin = home / "AppData/Roaming/Microsoft/Excel/XLSTART/isomargin.xlam"
    template = home / "AppData/Roaming/Microsoft/Templates/isomargin.xlsm"
    assert addin.read_bytes() == prebuilt.addin_file()
    assert Package.open(template.read_bytes()).has_macros
    told = settings.read(home / ".isomargin" / "isomargin.conf")
    assert told["INTERPRETER_WIN"].lower().endswith(r"\python.exe")
    assert told["ADD_WORKBOOK_TO_PYTHONPATH"] == "false"

    found = windows.isomargin("doctor", "excel", variables=person).stdout.decode()
    assert "No Excel of the desktop" in " ".join(found.split())
    for good in ("Python", "xlwings", "Settings", "Add-in"):
        assert good.lower() in found.lower()

    gone = windows.isomargin("install", "excel", "--uninstall", variables=person)
    assert gone.returncode == 0, gone.stderr
    assert not addin.exists()
    assert not template.exists()


def test_a_workbook_filled_there_is_the_one_filled_here(
    windows: Windows, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    from workbook.cli import main

    here, there = tmp_path / "here.xlsx", tmp_path / "there.xlsx"
    with pytest.raises(SystemExit) as ended:
        main(["fill", str(EXAMPLE), "-o", str(here)])
    done = windows.isomargin("fill", windows_path(EXAMPLE), "-o", windows_path(there))
    assert done.returncode == ended.value.code, done.stderr.decode(errors="replace")
    capsys.readouterr()  # this command prints what is measured, and no plans
    ours, theirs = Package.open(here.read_bytes()), Package.open(there.read_bytes())
    assert ours.sheets == theirs.sheets
    for sheet in ours.sheets:
        assert ours.formulas(sheet) == theirs.formulas(sheet)
        others = theirs.values(sheet)
        for cell, value in ours.values(sheet).items():
            other = others[cell]
            if isinstance(value, float) and isinstance(other, float):
                assert other == pytest.approx(value, rel=1e-9), (sheet, cell)
            else:
                assert other == value, (sheet, cell)


EXPORT = (
    "time,coin,dir,px,sz,ntl,fee,closedPnl\n"
    "2026-01-05 10:00:00,ETH,Open Long,3000,1,3000,1.05,-1.05\n"
    "2026-01-07 12:30:00,ETH,Close Long,3100,1,3100,1.085,98.915\n"
)


def test_an_export_is_imported(windows: Windows, tmp_path: Path) -> None:
    book, export = tmp_path / "my plän.xlsx", tmp_path / "my export.csv"
    export.write_text(EXPORT, "utf-8")
    assert windows.isomargin("new", windows_path(book)).returncode == 0
    done = windows.isomargin("journal", "import", windows_path(book), windows_path(export))
    said = (done.stdout + done.stderr).decode(errors="replace")
    assert done.returncode == 0, said
    if whole():
        again = windows.isomargin("journal", "import", windows_path(book), windows_path(export))
        assert again.returncode == 0, again.stderr
    assert not [p for p in book.parent.iterdir() if "lock" in p.name]


# Four programs at one workbook.

FOUR = """
import subprocess, sys
command = [sys.executable, "-X", "utf8", "-c", sys.argv[1], sys.argv[2], sys.argv[3]]
programs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(4)]
print(*[program.communicate()[0].strip() for program in programs])
"""


def test_of_four_programs_none_loses_its_change(windows: Windows, tmp_path: Path) -> None:
    book, count = tmp_path / "counted.xlsx", 25
    book.write_text("0")
    done = windows.run("-c", FOUR, TURNS, windows_path(book), str(count))
    assert done.stdout.decode().split() == [str(count)] * 4, done.stderr.decode()[-2000:]
    assert book.read_text() == str(4 * count)


def test_the_lock_of_a_program_that_was_killed_is_taken_away(
    windows: Windows, tmp_path: Path
) -> None:
    book = tmp_path / "my.xlsx"
    book.write_text("0")
    left = (
        "import os, sys; from pathlib import Path; from addin.package.lock import locked\n"
        "with locked(Path(sys.argv[1])): os._exit(1)"
    )
    windows.run("-c", left, windows_path(book))
    done = windows.run("-c", TURNS, windows_path(book), "1")
    assert done.stdout.split() == [b"1"], done.stderr.decode()[-2000:]


def test_times_with_a_zone_come_out_of_a_parquet_file(windows: Windows, tmp_path: Path) -> None:
    polars = required("polars", 'type  pip install "isomargin[files]"')
    zones = ["UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata"]
    moment = dt.datetime(2026, 7, 1, 12, 30, tzinfo=dt.UTC)
    for zone in zones:
        frame = polars.DataFrame({"when": [moment]}).with_columns(
            polars.col("when").dt.convert_time_zone(zone)
        )
        frame.write_parquet(tmp_path / f"{zone.replace('/', '-')}.parquet")
    read = (
        "import sys, pathlib, polars\n"
        "for path in sorted(pathlib.Path(sys.argv[1]).glob('*.parquet')):\n"
        "    print(path.stem, *(row[0].isoformat() for row in polars.read_parquet(path).rows()))\n"
    )
    done = windows.run("-c", read, windows_path(tmp_path))
    assert done.stdout.decode().splitlines() == [
        "America-New_York 2026-07-01T08:30:00-04:00",
        "Asia-Kolkata 2026-07-01T18:00:00+05:30",
        "Europe-Berlin 2026-07-01T14:30:00+02:00",
        "UTC 2026-07-01T12:30:00+00:00",
    ], done.stderr.decode()[-2000:]


# What touches files, locks, processes, times and text of other systems, and what computes. Not
# there: LibreOffice, Chromium, pandas.
OWN_TESTS = (
    ["tests/addin"],
    ["tests/hosts/excel"],
    ["tests/workbook/journal", "tests/workbook/actions"],
    ["tests/workbook/test_fill_and_calc.py", "tests/workbook/test_merging.py"],
    ["tests/workbook/test_upgrade.py", "tests/workbook/test_share.py"],
    ["udfs", "isomargin"],
)


@pytest.mark.timeout(2000)
@pytest.mark.parametrize("parts", OWN_TESTS, ids=lambda parts: parts[0])
def test_the_projects_own_tests_pass_there(
    windows: Windows, scratch: Path, parts: list[str]
) -> None:
    """Minutes each, so not in the quick form."""
    if not whole():
        pytest.skip("in the whole form only")
    done = windows.run(
        "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short",
        "--rootdir", windows_path(ROOT), *(windows_path(ROOT / part) for part in parts),
        timeout=1800,
    )  # fmt: skip
    log = scratch / f"{Path(parts[0]).name}.log"
    log.write_bytes(done.stdout + done.stderr)
    print(f"\n{done.stdout.decode(errors='replace').strip().splitlines()[-1:]}; all of it in {log}")
    assert done.returncode == 0, done.stdout.decode(errors="replace")[-6000:]
