"""Every formula that is not ours, computed by another engine than the one that filled the file.

pyOpenVBA's rules were measured in Excel by its author. It is asked for all cells but those with
formulas of ours, which it does not know: they keep their values.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import random
import zipfile
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from lxml import etree

from addin.package import Package
from tests.evidence.made import run
from tests.evidence.parts import MAIN, place

# It spells errors as numbers.
_ERRORS = {
    "Error 2000": "#NULL!", "Error 2007": "#DIV/0!", "Error 2015": "#VALUE!",
    "Error 2023": "#REF!", "Error 2029": "#NAME?", "Error 2036": "#NUM!", "Error 2042": "#N/A",
}  # fmt: skip


def without_values(data: bytes) -> tuple[bytes, set[tuple[str, str]]]:
    """The workbook with formulas of ours as values and no values of others, and their places."""
    package = Package.open(data)
    others = {
        (sheet, cell)
        for sheet in package.sheets
        for cell, formula in package.formulas(sheet).items()
        if "ISO_" not in str(formula)
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as before, zipfile.ZipFile(buffer, "w") as after:
        for name in before.namelist():
            content = before.read(name)
            if name.startswith("xl/worksheets/sheet"):
                root = etree.fromstring(content)
                for cell in root.iter(f"{MAIN}c"):
                    _strip(cell)
                content = etree.tostring(root)
            after.writestr(name, content)
    return buffer.getvalue(), others


def _strip(cell: Any) -> None:
    formula, value = cell.find(f"{MAIN}f"), cell.find(f"{MAIN}v")
    if formula is None:
        return
    if "ISO_" in (formula.text or ""):
        cell.remove(formula)
        return
    if value is not None:
        cell.remove(value)
    cell.attrib.pop("t", None)


def differing(data: bytes, path: Path) -> tuple[int, list[str]]:
    """How many formulas were compared, and those that the two engines do not agree about."""
    from pyopenvba.apps.excel import ExcelApplication

    stripped, others = without_values(data)
    path.write_bytes(stripped)
    application = ExcelApplication.open(str(path))
    package = Package.open(data)
    values = {sheet: package.values(sheet) for sheet in package.sheets}
    found = []
    for sheet, cell in sorted(others):
        ours = _plain(values[sheet].get(cell))
        theirs = _plain(application.sheet(sheet).value(cell))
        if not _same(ours, theirs):
            found.append(f"{sheet}!{cell}: {ours!r}, the other engine {theirs!r}")
    return len(others), found


def _plain(value: Any) -> Any:
    if value is None:
        return ""
    if hasattr(value, "value"):
        value = value.value  # an error
    if isinstance(value, dt.datetime):
        return (value - dt.datetime(1899, 12, 30)) / dt.timedelta(days=1)
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return float(value)
    if isinstance(value, bool):
        return value
    return _ERRORS.get(str(value), str(value))


def _same(ours: Any, theirs: Any) -> bool:
    if isinstance(ours, float) and isinstance(theirs, float):
        return math.isclose(ours, theirs, rel_tol=1e-9, abs_tol=1e-9)
    return type(ours) is type(theirs) and ours == theirs


@pytest.mark.parametrize("kind", ["worked example", "new"])
def test_another_engine_computes_the_same(
    made: dict[str, bytes], pyopenvba: ModuleType, tmp_path: Path, kind: str
) -> None:
    count, found = differing(made[kind], tmp_path / "stripped.xlsx")
    print(f"\n{kind}: {count} formulas compared")
    assert count > 1000
    assert found == []


def random_plans(seed: int) -> str:
    """An input file with plans that nobody would make."""
    chance = random.Random(seed)
    rows = [f"[account]\nequity = {chance.choice([1, 10_000, 1e7])}\n"]
    for at in range(chance.randint(1, 9)):
        entry = round(math.exp(chance.uniform(-5, 10)), 6)
        side = chance.choice(["long", "short"])
        away = chance.uniform(-0.02, 0.3) * (-1 if side == "long" else 1)
        rows.append(
            f'[[plans]]\nsymbol = "{chance.choice(["ETH", "OP", "ARB"])}"\n'
            f'venue = "Platform {chance.choice("AB")}"\nside = "{side}"\nentry = {entry!r}\n'
            f"stop = {entry * (1 + away)!r}\ndays = {chance.choice([0, 1, 7, 400])}\n"
            f"leverage = {chance.choice([1, 2, 10, 50])}\n"
            f'status = "{chance.choice(["open", "idea"]) if at else "open"}"\n'
        )
    return "".join(rows)


@pytest.mark.parametrize("seed", range(2))
def test_another_engine_computes_odd_plans_the_same(
    pyopenvba: ModuleType, tmp_path: Path, seed: int
) -> None:
    source, book = tmp_path / "odd.toml", tmp_path / "odd.xlsx"
    source.write_text(random_plans(seed), encoding="utf-8")
    run("fill", str(source), "-o", str(book))
    count, found = differing(book.read_bytes(), tmp_path / "stripped.xlsx")
    assert count > 1000
    assert found == []


def test_a_wrong_value_is_seen(
    made: dict[str, bytes], pyopenvba: ModuleType, tmp_path: Path
) -> None:
    """One value of another formula changed in the file, as an engine that is wrong would."""
    package = Package.open(made["new"])
    sheet, cell = next(
        (sheet, cell)
        for sheet in package.sheets
        for cell, formula in package.formulas(sheet).items()
        if "ISO_" not in str(formula) and isinstance(package.values(sheet).get(cell), float)
    )
    package.sheet(sheet).set_cached(*place(cell), 123456.5)
    _, found = differing(package.to_bytes(), tmp_path / "stripped.xlsx")
    assert any(words.startswith(f"{sheet}!{cell}: 123456.5") for words in found)
