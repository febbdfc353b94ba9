"""The VBA read by a static analyser: no error that Excel's compiler would stop at."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

from addin.excel import prebuilt
from tests.hosts.excel.conftest import need
from workbook import bundled


def analysed(*paths: Path) -> subprocess.CompletedProcess[str]:
    need(importlib.util.find_spec("pyvbaanalysis"), "type  pip install pyvbaanalysis==3.0.1")
    command = [sys.executable, "-m", "pyvbaanalysis", "--whole-project", "--fail-level", "error"]
    return subprocess.run(
        [*command, *map(str, paths)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("name", ["plan.xlsm", "isomargin.xlam"])
def test_the_vba_has_no_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    macros = name.endswith(".xlsm")
    path.write_bytes(
        prebuilt.to_macro_workbook(bundled.template()) if macros else prebuilt.addin_file()
    )
    done = analysed(path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "IsomarginSupport" in done.stdout, "it was read"


_WRONG = {
    "a name that is nowhere": "Sub A()\n    Nowhere 1\nEnd Sub\n",
    "an undeclared variable": "Sub A()\n    x = 1\nEnd Sub\n",
}


@pytest.mark.parametrize("fault", _WRONG)
def test_a_planted_error_is_seen(tmp_path: Path, fault: str) -> None:
    module = tmp_path / "Wrong.bas"
    module.write_text(f'Attribute VB_Name = "Wrong"\nOption Explicit\n{_WRONG[fault]}', "utf-8")
    done = analysed(module)
    assert done.returncode not in (0, 2), done.stdout + done.stderr
