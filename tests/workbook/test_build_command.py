"""``isomargin build``: what it writes, and what it says where it cannot."""

import sys

import pytest

from addin.package import Package


def test_two_builds_write_the_same_bytes(isomargin, tmp_path):
    first, second = tmp_path / "first", tmp_path / "deep" / "second"
    for folder in (first, second):
        run = isomargin("build", "-o", folder)
        assert run.code == 0
        assert run.out.split() == [str(folder / "blank.xlsx"), str(folder / "isomargin.xlsx")]
    for name in ("blank.xlsx", "isomargin.xlsx"):
        assert (first / name).read_bytes() == (second / name).read_bytes()
        assert "Plan" in Package.open(first / name).tables


@pytest.mark.parametrize("missing", ["xlwings", "pyopenvba"])
def test_without_its_extras_the_excel_host_says_what_to_install(
    refused, tmp_path, monkeypatch, missing
):
    monkeypatch.setitem(sys.modules, missing, None)
    line = refused("build", "--host", "excel", "-o", tmp_path / "built")
    assert 'pip install "isomargin[' in line
    assert "should not happen" not in line
    assert not (tmp_path / "built").exists()


def test_where_to_is_asked_for(refused, tmp_path):
    assert "-o FOLDER" in refused("build")
    assert "leave out -o" in refused("build", "--all", "-o", tmp_path)
