"""The pictures of the sheets, made anew: ``python docs/make/pictures.py``. Needs LibreOffice.

They are taken of the worked example as it ships, each sheet's first printed page without its
margins and footer. By hand and not by ``isomargin build --all``, since LibreOffice's fonts differ
between computers: before a release, as the checklist says, and when a test says that a sheet has
other words than its picture.
"""

from __future__ import annotations

import hashlib
import io
import re
import tempfile
from pathlib import Path

from addin.libreoffice.pictures import render
from addin.package import Package
from udfs import __version__
from workbook import bundled

FOLDER = Path(__file__).parents[1] / "pages" / "pictures"
_FOOTER = 0.07  # of the page's height
_DPI = 150
_MARGIN = 16
_COLOURS = 64


def main() -> None:
    """Write them over those that are there."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "isomargin.xlsx"
        book.write_bytes(bundled.worked_example())
        package = Package.open(book)
        for sheet in package.sheets:
            picture = Path(folder) / f"{sheet}.png"
            first = render(book, picture, sheet, dpi=_DPI, recalculate=False)[0]
            of(sheet).write_bytes(cut(first.read_bytes(), words(package, sheet)))


def of(sheet: str) -> Path:
    """A sheet's picture."""
    return FOLDER / f"sheet-{sheet.lower()}.png"


def words(package: Package, sheet: str) -> str:
    """A mark of all words on a sheet but the version: what formulas and people put in is left out.

    A sheet with the mark that its picture bears looks much as the picture does.
    """
    texts = sorted(
        f"{row} {column} {value.replace(__version__, '')}"
        for row, column, value in package.sheet(sheet).inputs()
        if isinstance(value, str)
    )
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:16]


def words_when_taken(sheet: str) -> str:
    """The mark that a sheet's picture bears; blank where it bears none."""
    found = re.search(rb"tEXtwords\0([0-9a-f]{16})", of(sheet).read_bytes())
    return found[1].decode() if found else ""


def cut(page: bytes, mark: str) -> bytes:
    """What is on a page, with a small margin, in few colours; it says its version and its words."""
    from PIL import Image, ImageChops, PngImagePlugin

    picture = Image.open(io.BytesIO(page)).convert("RGB")
    picture = picture.crop((0, 0, picture.width, round(picture.height * (1 - _FOOTER))))
    paper = Image.new("RGB", picture.size, "white")
    box = ImageChops.difference(picture, paper).getbbox() or (0, 0, *picture.size)
    around = (
        max(0, box[0] - _MARGIN),
        max(0, box[1] - _MARGIN),
        min(picture.width, box[2] + _MARGIN),
        min(picture.height, box[3] + _MARGIN),
    )
    said = PngImagePlugin.PngInfo()
    said.add_text("isomargin", __version__)
    said.add_text("words", mark)
    buffer = io.BytesIO()
    small = picture.crop(around).quantize(_COLOURS, dither=Image.Dither.NONE)
    small.save(buffer, "PNG", optimize=True, pnginfo=said)
    return buffer.getvalue()


if __name__ == "__main__":
    main()
