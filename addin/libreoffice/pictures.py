"""Pictures of a workbook's pages: LibreOffice prints a PDF file, which becomes PNG files."""

from __future__ import annotations

import importlib
import io
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

from addin.libreoffice.driver import LibreOffice
from addin.libreoffice.host import HostError, HostMissing, Tools
from addin.package import Package
from addin.package.saving import save_bytes

DPI = 110
_SECONDS = 120

HOW_TO_GET_PICTURES = (
    "nothing on this computer turns a PDF file into a picture: pip install 'isomargin[pictures]',"
    " or on Debian and Ubuntu: apt install poppler-utils"
)


def render(
    book: str | Path,
    picture: str | Path,
    sheet: str | None = None,
    *,
    dpi: int = DPI,
    recalculate: bool = True,
    tools: Tools | None = None,
) -> list[Path]:
    """Write a picture of each page; returns their paths.

    Of all sheets, numbered in their order and named by them: ``out-01-Start.png``, and for a
    second page ``out-02-Start-2.png``. Of one sheet ``out.png``, ``out-2.png`` and so on. Pages are
    as the workbook prints them.
    """
    target = Path(picture)
    if target.suffix.lower() != ".png":
        raise HostError(f"{target.name}: give the picture a name that ends in .png")
    names = [sheet] if sheet is not None else Package.open(book).sheets
    pages: list[tuple[str, int, bytes]] = []
    with tempfile.TemporaryDirectory(prefix="isomargin-") as folder:
        with LibreOffice(tools) as office:
            office.open(book)
            if recalculate:
                office.recalculate()
            for number, name in enumerate(names):
                pdf = Path(folder) / f"{number}.pdf"
                try:
                    office.pdf(pdf, name)
                except HostError:
                    if sheet is not None:
                        raise
                    continue  # there is nothing on it
                if pdf.exists():
                    contents = enumerate(pages_as_png(pdf, dpi), 1)
                    pages += [(name, page, content) for page, content in contents]
        if not pages:
            raise HostError("there is nothing on this sheet to print")
    written = []
    for number, (name, page, content) in enumerate(pages, 1):
        behind = "" if page == 1 else f"-{page}"
        if sheet is None:
            behind = f"-{number:02d}-{_in_file_name(name)}{behind}"
        path = target.with_name(f"{target.stem}{behind}.png")
        save_bytes(content, path)
        written.append(path)
    return written


def _in_file_name(sheet: str) -> str:
    """A sheet's name as every file system takes it.

    >>> _in_file_name("Q1 / results")
    'Q1-results'
    """
    return re.sub(r"[^\w.+()-]+", "-", sheet).strip("-.") or "sheet"


def pages_as_png(pdf: Path, dpi: int) -> list[bytes]:
    """A PDF file's pages as PNG files, by pypdfium2 or poppler, whichever is there."""
    try:
        library = importlib.import_module("pypdfium2")
        importlib.import_module("PIL")
    except ImportError:
        return _with_poppler(pdf, dpi)
    return _with_pdfium(library, pdf, dpi)


def _with_pdfium(library: Any, pdf: Path, dpi: int) -> list[bytes]:
    pages = []
    document = library.PdfDocument(pdf)
    try:
        for page in document:
            buffer = io.BytesIO()
            page.render(scale=dpi / 72).to_pil().save(buffer, "PNG")
            pages.append(buffer.getvalue())
    finally:
        document.close()
    return pages


def _with_poppler(pdf: Path, dpi: int) -> list[bytes]:
    program = shutil.which("pdftoppm")
    if program is None:
        raise HostMissing(HOW_TO_GET_PICTURES)
    with tempfile.TemporaryDirectory(prefix="isomargin-") as folder:
        try:
            subprocess.run(
                [program, "-png", "-r", str(dpi), str(pdf), f"{folder}/page"],
                check=True,
                capture_output=True,
                timeout=_SECONDS,
            )
        except (subprocess.SubprocessError, OSError) as problem:
            raise HostError(f"pdftoppm could not make the picture: {problem}") from problem
        files = sorted(Path(folder).glob("page-*.png"), key=_number)
        return [file.read_bytes() for file in files]


def _number(file: Path) -> int:
    match = re.search(r"(\d+)$", file.stem)
    return int(match[1]) if match else 0
