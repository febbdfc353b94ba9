"""LibreOffice without a window: ends, cleans up, and says what is wrong."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest

from addin.computer import Computer
from addin.libreoffice import host, worker
from addin.libreoffice.driver import HostError, HostMissing, LibreOffice, recalculate
from addin.libreoffice.host import Office, Tools
from tests.hosts.libreoffice.other_users import as_nobody, needs_proc, sockets
from tests.hosts.parity_book import parity_book
from tests.hosts.parity_inputs import Case
from udfs import CellError

_CASE = Case("ISO_LIQUIDATION_PRICE", ("long", 100.0, 10.0), "one")


def _book() -> bytes:
    return parity_book([(_CASE, 90.0)])[0]


def _processes(mark: str) -> list[int]:
    """The processes whose command line holds a mark."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if mark.encode() in (folder / "cmdline").read_bytes():
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def _gone(mark: str, seconds: float = 30) -> bool:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not _processes(mark):
            return True
        time.sleep(0.1)
    return False


def test_values_texts_truth_values_errors_and_blanks_come_back_as_they_are(tools: Tools) -> None:
    with LibreOffice(tools) as office:
        office.open(_book())
        (sheet,) = office.sheets
        office.set_many(
            sheet,
            [("K1", 0.1 + 0.2), ("K2", "=1+1"), ("K3", True), ("K4", None), ("K5", "né 📈")],
        )
        office.set(sheet, "B1", 0.0)
        office.recalculate()
        shown = office.values(sheet)
    assert shown["A1"] == "long"
    assert shown["E1"] is CellError.NUM
    assert shown["K1"] == 0.1 + 0.2
    assert shown["K2"] == "=1+1"
    assert shown["K3"] is True
    assert "K4" not in shown
    assert shown["K5"] == "né 📈"


@needs_proc
def test_after_the_block_no_process_and_no_file_is_left(tools: Tools) -> None:
    with LibreOffice(tools) as office:
        folder = office._folder
        assert folder is not None
        assert _processes(str(folder))
        office.open(_book())
        office.recalculate()
    assert not folder.exists()
    assert _gone(str(folder), 1)


@needs_proc
def test_an_error_inside_the_block_ends_it_too(tools: Tools) -> None:
    office = LibreOffice(tools)
    folders = []

    def work() -> None:
        with office:
            folders.append(office._folder)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        work()
    (folder,) = folders
    assert folder is not None
    assert not folder.exists()
    assert _gone(str(folder), 1)


_ENDLESS = """
import sys, time
from addin.libreoffice.driver import LibreOffice
office = LibreOffice()
office.start()
print(office._folder, flush=True)
time.sleep(600)
"""


@needs_proc
def test_when_the_program_is_killed_libreoffice_ends_and_its_files_go(tools: Tools) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _ENDLESS], stdout=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        folder = program.stdout.readline().strip()
        assert _processes(folder)
        os.kill(program.pid, signal.SIGKILL)
    assert _gone(folder)
    assert not Path(folder).exists()


@needs_proc
def test_a_libreoffice_that_hangs_is_ended_after_the_time_limit(tools: Tools) -> None:
    with LibreOffice(tools, request_seconds=3) as office:
        folder = office._folder
        assert folder is not None
        office.open(_book())
        for process in _processes(f"{folder}/profile"):
            os.kill(process, signal.SIGSTOP)
        begin = time.monotonic()
        with pytest.raises(HostError, match="did not answer within 3 seconds"):
            office.recalculate()
        assert time.monotonic() - begin < 30
    assert not folder.exists()
    assert _gone(str(folder), 5)


def test_two_at_a_time_do_not_meet(tools: Tools) -> None:
    with LibreOffice(tools) as first, LibreOffice(tools) as second:
        for office in (first, second):
            office.open(_book())
        first.set(first.sheets[0], "C1", 20.0)
        for office in (first, second):
            office.recalculate()
        assert first.values(first.sheets[0])["E1"] == 95.0
        assert second.values(second.sheets[0])["E1"] == 90.0


def test_the_workbooks_file_is_not_touched_or_locked(tools: Tools, tmp_path: Path) -> None:
    book = tmp_path / "book.xlsx"
    content = _book()
    book.write_bytes(content)
    book.chmod(0o444)
    with LibreOffice(tools) as office:
        office.open(book)
        office.recalculate()
        assert [path.name for path in tmp_path.iterdir()] == ["book.xlsx"]
    assert book.read_bytes() == content


def test_a_file_that_is_no_workbook_is_refused_and_the_next_one_opens(tools: Tools) -> None:
    with LibreOffice(tools) as office:
        with pytest.raises(HostError):
            office.set("Sheet", "A1", 1.0)
        with pytest.raises(HostError, match="cannot read this file"):
            office.open(b"PK\x03\x04 but nothing else")
        office.open(_book())
        with pytest.raises(HostError, match=r"no sheet 'Nowhere'"):
            office.values("Nowhere")
        with pytest.raises(HostError, match=r"\.xlsx or \.xlsm"):
            office.save_as("book.ods")


def test_formulas_compute_in_a_process_beside_too(tools: Tools) -> None:
    with LibreOffice(tools, mode="beside") as office:
        office.open(_book())
        office.recalculate()
        assert office.values(office.sheets[0])["E1"] == 90.0


_KNOCK = "import socket, sys; socket.socket(socket.AF_UNIX).connect(sys.argv[1])"


@needs_proc
def test_another_user_cannot_reach_it_or_its_files(tools: Tools) -> None:
    before = os.umask(0)  # as open as a user can have it
    try:
        with LibreOffice(tools, mode="beside") as office:
            office.open(_book())
            office.recalculate()
            folder = office._folder
            assert folder is not None
            found = [line for process in _processes(str(folder)) for line in sockets(process)]
            assert {line.partition(":")[0] for line in found} == {"unix"}
            names = {path for line in found if (path := line.split()[-1]).startswith("/")}
            assert names == {str(path) for path in worker.sockets(str(folder)) if path.exists()}
            assert len(names) == 2
            for name in names:
                code, words = as_nobody([tools.python, "-c", _KNOCK, name])
                assert code == 1
                assert "PermissionError" in words
                subprocess.run([tools.python, "-c", _KNOCK, name], check=True)
            assert folder.stat().st_mode & 0o777 == 0o700
            code, words = as_nobody(["ls", str(folder)])
            assert code != 0
            assert "ermission denied" in words
    finally:
        os.umask(before)


def test_a_pipe_that_another_user_made_is_not_taken_for_libreoffices(tmp_path: Path) -> None:
    ours, *_ = worker.sockets(str(tmp_path))
    try:
        with socket.socket(socket.AF_UNIX) as fake:
            fake.bind(str(ours))
            worker.refuse_others(str(tmp_path))
            if os.geteuid() != 0:
                pytest.skip("only the administrator can give a file to another user")
            os.chown(ours, 65534, 65534)
            with pytest.raises(worker.DocumentError, match="another user stands in the way"):
                worker.refuse_others(str(tmp_path))
    finally:
        worker.remove(str(tmp_path))


@needs_proc
def test_when_it_is_killed_nothing_is_left_among_the_temporary_files(
    tools: Tools, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    office = LibreOffice(tools)
    office.start()
    office.open(_book())
    folder = office._folder
    assert list(tmp_path.iterdir()) == [folder]
    pipes = [path for path in worker.sockets(str(folder)) if path.exists()]
    assert len(pipes) == 2
    office.stop(at_once=True)
    assert list(tmp_path.iterdir()) == []
    assert not any(path.exists() for path in pipes)


def test_an_active_virtual_environment_does_not_disturb_it(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}:{os.environ['PATH']}")
    monkeypatch.setenv("VIRTUAL_ENV", sys.prefix)
    monkeypatch.setenv("PYTHONPATH", "/nowhere")
    values = recalculate(_book(), tools)
    assert values["LIQUIDATION_PRICE", "E1"] == 90.0


def test_a_component_that_cannot_be_loaded_is_told(
    tools: Tools, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addin.libreoffice import build

    real = build.extension_files
    monkeypatch.setattr(
        build,
        "extension_files",
        lambda **more: {**real(**more), "isomargin_addin.py": b"raise ImportError('broken')"},
    )
    with pytest.raises(HostError, match="does not load the formulas"), LibreOffice(tools):
        pass


# Without LibreOffice


class Elsewhere(Computer):
    """A computer on which nothing is where it might be."""

    @property
    def environ(self) -> dict[str, str]:
        return {}

    def which(self, name: str) -> str | None:
        return None

    def files(self, pattern: str) -> list[str]:
        return []


def test_without_libreoffice_the_message_says_what_to_install() -> None:
    with pytest.raises(HostMissing, match=r"LibreOffice was not found: install LibreOffice 25\.2"):
        host.find_tools(Elsewhere())


def test_with_an_empty_search_path_nothing_is_left_behind(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(host, "_PLACES", {})
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    with pytest.raises(HostMissing, match=r"apt install|libreoffice\.org"):
        recalculate(_book())
    assert not list(tmp_path.iterdir())


def test_a_libreoffice_that_is_too_old_is_refused() -> None:
    class Old(Elsewhere):
        def which(self, name: str) -> str | None:
            return f"/opt/{name}"

        def run(self, command: Any, seconds: float) -> tuple[int, str]:
            return 0, "LibreOffice 7.4.7.2 40(Build:2)"

    with pytest.raises(HostMissing, match=r"LibreOffice 7\.4\.7\.2 is too old"):
        host.find_tools(Old())


def test_the_newest_of_several_is_taken() -> None:
    class Several(Elsewhere):
        def files(self, pattern: str) -> list[str]:
            return ["/opt/libreoffice7.6/program/soffice", "/opt/libreoffice26.2/program/soffice"]

        def run(self, command: Any, seconds: float) -> tuple[int, str]:
            return 0, "LibreOffice 26.2.1.1 x" if "26.2" in command[0] else "LibreOffice 7.6.1.1 x"

    assert host.find_office(Several()).version == (26, 2)


def test_a_libreoffice_without_a_python_that_talks_to_it_is_told() -> None:
    class NoUno(Elsewhere):
        def run(self, command: Any, seconds: float) -> tuple[int, str]:
            return 1, "ModuleNotFoundError: No module named 'uno'"

    with pytest.raises(HostMissing, match="python3-uno"):
        host.find_uno_python(NoUno(), Office("/opt/x/program/soffice", (25, 2)))


def test_a_program_that_is_no_libreoffice_is_reported_and_cleaned_up(tmp_path: Path) -> None:
    fake = Tools(Office("/bin/false", (25, 2)), _uno_or_skip())
    with pytest.raises(HostError, match="ended at once"), LibreOffice(fake, start_seconds=10):
        pass


def _uno_or_skip() -> str:
    try:
        return host.find_tools(Computer()).python
    except HostMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
