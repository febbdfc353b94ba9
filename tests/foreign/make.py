"""Makes the committed books of those that are no Python: ``python -m tests.foreign.make FOLDER``.

Needs node with the packages xlsx and exceljs in the folder named by the one argument, and
LibreOffice. A third of the books each; those of one writer are made anew with all others.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

from tests.foreign.cases import BOOKS, Book
from tests.foreign.writers import by_openpyxl

FOLDER = Path(__file__).parent / "books"
WRITERS = ("sheetjs", "exceljs", "libreoffice")


def writer_of(number: int) -> str:
    """Whose file of a book is committed."""
    return WRITERS[number % len(WRITERS)]


def file_of(book: Book, writer: str) -> str:
    """The name of a committed book."""
    return f"{book.name.replace(' ', '-')}.{writer}.xlsx"


def main(modules: str) -> None:
    """Write all of them."""
    with tempfile.TemporaryDirectory() as folder:
        given = []
        for number, book in enumerate(BOOKS):
            writer = writer_of(number)
            if writer == "libreoffice":
                path = Path(folder) / file_of(book, writer)
                path.write_bytes(by_openpyxl(book))
                subprocess.run(
                    ["soffice", f"-env:UserInstallation=file://{folder}/profile", "--headless",
                     "--convert-to", "xlsx", "--outdir", FOLDER, path],
                    check=True, stdout=subprocess.DEVNULL,
                )  # fmt: skip
                continue
            formulas = {
                cell: [formula, cell in book.arrays] for cell, (formula, _) in book.formulas.items()
            }
            given.append(
                {
                    "file": file_of(book, writer), "writer": writer, "cells": book.cells,
                    "formulas": formulas, "names": dict(book.names), "date1904": book.date1904,
                }
            )  # fmt: skip
        source = Path(folder) / "books.json"
        source.write_text(json.dumps(given), encoding="utf-8")
        script = Path(__file__).with_name("make.mjs")
        subprocess.run(["node", script, source, FOLDER], cwd=modules, check=True)


if __name__ == "__main__":
    main(sys.argv[1])
