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
    """Write a picture of each page: ``out.png``, ``out-2.png`` and so on; returns their paths.

    Only one sheet where it is named. Pages are as the workbook prints them.
    """
    target = Path(picture)
    if target.suffix.lower() != ".png":
        raise HostError(f"{target.name}: give the picture a name that ends in .png")
    with tempfile.TemporaryDirectory(prefix="isomargin-") as folder:
        pdf = Path(folder) / "pages.pdf"
        with LibreOffice(tools) as office:
            office.open(book)
            if recalculate:
                office.recalculate()
            office.pdf(pdf, sheet)
        if not pdf.exists():
            raise HostError("there is nothing on this sheet to print")
        pages = pages_as_png(pdf, dpi)
    written = []
    for number, content in enumerate(pages, 1):
        name = target if number == 1 else target.with_name(f"{target.stem}-{number}.png")
        save_bytes(content, name)
        written.append(name)
    return written


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
