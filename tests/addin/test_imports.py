"""A command imports what it uses, and nothing at the price of another one's libraries."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from workbook import bundled

HEAVY = (
    "lxml openpyxl scipy rich filelock addin.package.package addin.embedded.book"
    " statistics difflib json zipfile pathlib"
)
TELL = """
import sys
sys.argv = ["isomargin", *sys.argv[1:]]
from workbook.cli import main
try:
    main()
except SystemExit:
    pass
import os
print(os.environ["OPENBLAS_NUM_THREADS"], *sys.modules)
"""


@pytest.mark.parametrize(
    "formula", ["=1+1", "=ISO_TOUCH_PROBABILITY(100,90,0.04,7)", '="a"&0.1+0.2']
)
def test_one_formula_needs_no_workbook_library(formula: str) -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELL, "eval", formula], capture_output=True, text=True, check=True
    )
    threads, *modules = done.stdout.splitlines()[-1].split()
    assert threads == "1"
    assert "numpy" in modules
    assert not set(HEAVY.split()) & set(modules)


def test_a_plan_of_one_row_needs_no_columns(tmp_path: Path) -> None:
    inputs = tmp_path / "plan.toml"
    inputs.write_text(bundled.text(bundled.EXAMPLE_INPUTS), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-c", TELL, "fill", "-q", str(inputs), "-o", str(tmp_path / "plan.xlsx")],
        capture_output=True,
        text=True,
        check=False,  # 1 where the plan's own checks fail
    )
    assert (tmp_path / "plan.xlsx").exists(), done.stderr
    modules = done.stdout.splitlines()[-1].split()
    assert "addin.embedded.book" in modules
    assert not [name for name in modules if name.startswith("addin.embedded.columns.functions")]


def test_threads_that_somebody_asks_for_are_left_alone() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TELL, "eval", "=1+1"],
        capture_output=True,
        text=True,
        check=True,
        env={"OPENBLAS_NUM_THREADS": "2", "PATH": ""},
    )
    assert done.stdout.splitlines()[-1].split()[0] == "2"
