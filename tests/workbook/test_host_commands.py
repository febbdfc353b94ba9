"""Commands that need a spreadsheet program, or say plainly that there is none."""

import zipfile

import pytest

from addin.package import Package
from udfs import CellError
from workbook import bundled

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def example(tmp_path):
    path = tmp_path / "example.xlsx"
    path.write_bytes(bundled.worked_example())
    return path


@pytest.mark.usefixtures("fresh_vba")
def test_a_macro_workbook_carries_the_formulas_macros(isomargin, tmp_path):
    source = tmp_path / "plan.toml"
    source.write_text(bundled.text("examples/optimism.toml"), encoding="utf-8")
    out = tmp_path / "plan.xlsm"
    assert isomargin("fill", source, "-o", out).code == 0
    with zipfile.ZipFile(out) as archive:
        assert "xl/vbaProject.bin" in archive.namelist()
    assert Package.open(out).has_macros


def test_the_excel_host_says_plainly_where_it_cannot_be(isomargin, refused, monkeypatch):
    monkeypatch.setattr("sys.platform", "linux")
    assert "Windows only" in refused("install", "excel")
    result = isomargin("doctor", "excel")
    assert result.code == 1
    assert "Windows only" in result.out


def test_calc_in_excel_says_how_to(refused, example):
    assert "isomargin open" in refused("calc", example, "--host", "excel")


def test_open_needs_a_file(refused, tmp_path):
    assert "no file" in refused("open", tmp_path / "none.xlsx")


def test_without_libreoffice_the_message_says_what_to_install(refused, example, monkeypatch):
    monkeypatch.setenv("ISOMARGIN_SOFFICE", "/nowhere/soffice")
    line = refused("show", example, "-o", example.with_suffix(".png"))
    assert "soffice" in line or "install LibreOffice" in line


@pytest.mark.usefixtures("libreoffice")
def test_libreoffice_computes_what_the_embedded_engine_computes(isomargin, example, tmp_path):
    out = tmp_path / "computed.xlsx"
    assert isomargin("calc", example, "--host", "libreoffice", "-o", out).code == 0
    ours, theirs = Package.open(example), Package.open(out)
    compared = 0
    for sheet in ours.sheets:
        for cell in ours.formulas(sheet):
            a, b = ours.value(sheet, cell), theirs.value(sheet, cell)
            assert not isinstance(b, CellError), (sheet, cell)
            if isinstance(a, float):
                assert b == pytest.approx(a, rel=1e-9, abs=1e-9), (sheet, cell)
                compared += 1
    assert compared > 300


@pytest.mark.usefixtures("libreoffice")
def test_show_makes_a_picture_of_one_sheet(isomargin, example, tmp_path):
    picture = tmp_path / "plan.png"
    result = isomargin("show", example, "--sheet", "plan", "-o", picture)
    assert result.code == 0
    assert result.out == f"{picture}\n"
    assert picture.read_bytes().startswith(PNG)


def test_show_names_the_sheets_there_are(refused, example):
    line = refused("show", example, "--sheet", "Plans", "-o", example.with_suffix(".png"))
    assert "there is no sheet 'Plans'" in line
    assert "Settings" in line
