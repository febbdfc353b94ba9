"""Pictures of sheets."""

from __future__ import annotations

import struct
import sys
from pathlib import Path

import pytest

from addin.libreoffice import pictures
from addin.libreoffice.driver import LibreOffice
from addin.libreoffice.host import HostError, HostMissing, Tools
from addin.package import Package

TEMPLATE = Path(__file__).parents[3] / "workbook" / "isomargin.xlsx"


def _size(picture: Path) -> tuple[int, int]:
    content = picture.read_bytes()
    assert content[:8] == b"\x89PNG\r\n\x1a\n"
    width, height = struct.unpack(">II", content[16:24])
    return width, height


def test_one_sheet_is_drawn_and_no_other(tools: Tools, tmp_path: Path) -> None:
    written = pictures.render(TEMPLATE, tmp_path / "start.png", "Start", tools=tools)
    assert written[0] == tmp_path / "start.png"
    assert sorted(written) == sorted(tmp_path.iterdir())
    width, height = _size(written[0])
    assert width > 500
    assert height > 300
    (tmp_path / "all").mkdir()
    everything = pictures.render(TEMPLATE, tmp_path / "all" / "x.png", dpi=40, tools=tools)
    assert len(everything) >= len(Package.open(TEMPLATE).sheets) > len(written)
    names = [path.stem for path in everything]
    assert names[0] == "x-01-Start"
    sheets = list(dict.fromkeys(name.split("-")[2] for name in names))
    assert sheets == Package.open(TEMPLATE).sheets
    assert [int(name.split("-")[1]) for name in names] == list(range(1, len(names) + 1))


def test_twice_as_many_dots_make_it_twice_as_wide(tools: Tools, tmp_path: Path) -> None:
    with LibreOffice(tools) as office:
        office.open(TEMPLATE)
        office.pdf(tmp_path / "pages.pdf", "Start")
    small, large = tmp_path / "small.png", tmp_path / "large.png"
    small.write_bytes(pictures.pages_as_png(tmp_path / "pages.pdf", 50)[0])
    large.write_bytes(pictures.pages_as_png(tmp_path / "pages.pdf", 100)[0])
    assert _size(large)[0] == pytest.approx(2 * _size(small)[0], abs=2)


def test_an_unknown_sheet_is_named_with_those_there_are(tools: Tools, tmp_path: Path) -> None:
    with pytest.raises(HostError, match="no sheet 'Plans': there are Start, "):
        pictures.render(TEMPLATE, tmp_path / "x.png", "Plans", tools=tools)
    assert not list(tmp_path.iterdir())


def test_a_picture_has_to_be_called_png(tmp_path: Path) -> None:
    with pytest.raises(HostError, match=r"ends in \.png"):
        pictures.render(TEMPLATE, tmp_path / "x.jpg", "Start")


def test_without_a_way_from_pdf_to_picture_it_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pypdfium2", None)
    monkeypatch.setenv("PATH", "")
    with pytest.raises(HostMissing, match=r"isomargin\[pictures\]"):
        pictures.pages_as_png(tmp_path / "x.pdf", 100)
