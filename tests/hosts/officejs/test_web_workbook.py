"""isomargin-web.xlsx: the template with formulas named as Excel names an add-in's."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import Path

import pytest

from addin.embedded import open_book
from addin.officejs.book import web_workbook
from addin.package import Package
from tests.evidence.made import many_plans, run
from udfs import catalogue
from workbook import bundled

_FORMULA = re.compile(r"<(?:f|calculatedColumnFormula)\b[^>]*>([^<]*)<")


@pytest.fixture(scope="module")
def web() -> bytes:
    return web_workbook(bundled.worked_example())


def _parts(content: bytes) -> dict[str, str]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {
            name: archive.read(name).decode() for name in archive.namelist() if "xml" in name[-4:]
        }


def _formulas(content: bytes) -> list[str]:
    return [text for part in _parts(content).values() for text in _FORMULA.findall(part)]


def test_every_formula_of_ours_is_named_as_excel_saves_it(web: bytes) -> None:
    plain, prefixed = _formulas(bundled.worked_example()), _formulas(web)
    assert len(plain) == len(prefixed)
    ours = re.compile(r"(?<![\w.])ISO_[A-Z_0-9]+\(")
    outside_text = [re.sub(r"&quot;.*?&quot;|\".*?\"", "", text) for text in prefixed]
    assert not [text for text in outside_text if ours.search(text)]
    assert sum("_xldudf_ISO_" in text for text in prefixed) == sum(
        bool(ours.search(text)) for text in plain
    )
    assert [text.replace("_xldudf_", "") for text in prefixed] == plain


def test_nothing_else_is_changed(web: bytes) -> None:
    plain, prefixed = _parts(bundled.worked_example()), _parts(web)
    assert plain.keys() == prefixed.keys()
    differing = {name for name in plain if plain[name] != prefixed[name]}
    assert differing
    assert all(
        name.startswith(("xl/worksheets/", "xl/tables/", "xl/workbook")) for name in differing
    )


def test_it_computes_as_the_plain_one_does(web: bytes) -> None:
    plain = open_book(bundled.worked_example(), catalogue).formula_values()
    prefixed = open_book(web, catalogue).formula_values()
    assert prefixed == plain


def test_what_is_changed_in_it_keeps_the_names() -> None:
    """A table that grows writes its formulas as that file has them."""
    package = Package.open(web_workbook(bundled.template()))
    table = package.tables["Plan"]
    package.grow_table("Plan", table.last_row - table.first_row + 11)
    texts = _formulas(package.to_bytes())
    assert sum("_xldudf_ISO_" in text for text in texts) > sum(
        "_xldudf_ISO_" in text for text in _formulas(web_workbook(bundled.template()))
    )
    assert not [text for text in texts if re.search(r"(?<![\w.])ISO_[A-Z_0-9]+\(", text)
                and "quot;ISO_" not in text and '"ISO_' not in text]  # fmt: skip


@pytest.mark.parametrize("step", ["fill", "fill over a journal", "take", "calc", "repair"])
def test_commands_leave_it_in_its_form(step: str, web: bytes, tmp_path: Path) -> None:
    """Whatever writes into the file or in its place: Excel still connects its formulas."""
    path, plans = tmp_path / "web.xlsx", tmp_path / "plans.toml"
    plans.write_text(many_plans(2), encoding="utf-8")
    path.write_bytes(web_workbook(bundled.template()) if step == "fill" else web)
    if step == "repair":
        package = Package.open(web)
        table = package.table("Plan")
        package.sheet("Plan").set_input(table.first_row, table.need("Liq price"), 50_000.0)
        path.write_bytes(package.to_bytes())
    commands = {
        "take": ["journal", "take", str(path), "3"],
        "calc": ["calc", str(path)],
        "repair": ["repair", str(path)],
    }
    run(*commands.get(step, ["fill", str(plans), "-o", str(path)]))
    texts = _formulas(path.read_bytes())
    assert sum("_xldudf_ISO_" in text for text in texts) >= sum(
        "_xldudf_ISO_" in text for text in _formulas(web_workbook(bundled.template()))
    )
    named = [text.replace("_xldudf_", "") for text in texts if "_xldudf_" in text]
    assert not set(named) & set(texts)  # no formula stands there in the plain form, too
    shown = Package.open(path).formulas("Plan").values()
    assert not [formula for formula in shown if "_xldudf_" in formula.text]


def test_upper_and_lower_case_and_texts() -> None:
    package = Package.open(
        _with('IF(_XLDUDF_ISO_KELLY(A1,2)>0,"_xldudf_ISO_KELLY(",iso_version())')
    )
    (formula,) = package.sheet("Sheet").formulas.values()
    assert formula.text == 'IF(ISO_KELLY(A1,2)>0,"_xldudf_ISO_KELLY(",iso_version())'


def _with(formula: str) -> bytes:
    from openpyxl import Workbook

    book = Workbook()
    book.active["B1"] = f"={formula}"
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()
