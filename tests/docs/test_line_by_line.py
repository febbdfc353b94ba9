"""The page that says what serves each statement of the article: all that it names is there."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from udfs import catalogue
from workbook.cli import COMMANDS
from workbook.template.build import SHEETS

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "pages" / "line-by-line.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text(encoding="utf-8").splitlines()
    if re.match(r"\| \d+ \|", line)
]


def test_there_are_45_in_order() -> None:
    assert [int(row[0]) for row in ROWS] == list(range(1, 46))
    assert len({row[1] for row in ROWS}) == 45


@pytest.mark.parametrize("row", ROWS, ids=[row[0] for row in ROWS])
def test_what_serves_it_and_what_shows_it_exist(row: list[str]) -> None:
    _, _, serves, shown = row
    formulas = re.findall(r"`(ISO_\w+)`", serves)
    commands = re.findall(r"`isomargin (\w+)", serves)
    sheets = re.findall(r"(?:^|; )([A-Z]\w+)(?=:|$|;)", serves)
    assert formulas or commands or sheets
    assert [name for name in formulas if name not in catalogue] == []
    assert [name for name in commands if name not in COMMANDS] == []
    assert [name for name in sheets if name not in {title for title, _, _ in SHEETS}] == []
    file, _, test = shown.strip("`").partition("::")
    assert f"def {test}(" in (ROOT / file).read_text(encoding="utf-8")
