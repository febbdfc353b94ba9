"""A benchmark of whole processes takes no failed one for a quick one."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.benchmarks.processes import Work, isomargin, used

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="processes are told by os.wait4")

_WRITES = "from pathlib import Path; Path('out').write_text('done'); raise SystemExit({code})"


def work(code: str, makes: Path | None = None) -> Work:
    return Work([sys.executable, "-c", code], makes, (0, 1))


@pytest.mark.parametrize("code", ["0", "1"])
def test_what_ends_as_it_may_and_makes_its_file_is_measured(code: str, tmp_path: Path) -> None:
    done = used(work(_WRITES.format(code=code), tmp_path / "out"), tmp_path)
    assert done.seconds > 0
    assert (tmp_path / "out").read_text() == "done"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("raise SystemExit(1)", "made no out"),
        ("import no_such_module", "no_such_module"),
        (_WRITES.format(code="2"), "ends with 2"),
        ("from pathlib import Path; Path('out').touch(); 1 / 0", "ZeroDivisionError"),
    ],
)
def test_a_failed_start_is_no_time(code: str, words: str, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("of an earlier turn")
    with pytest.raises(AssertionError, match=words):
        used(work(code, tmp_path / "out"), tmp_path)


def test_only_what_makes_a_workbook_may_end_with_a_check_that_fails(tmp_path: Path) -> None:
    assert isomargin("python", "eval", "=1").may_end == (0,)
    assert isomargin("python", "fill", makes=tmp_path / "out").may_end == (0, 1)
