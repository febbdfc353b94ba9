"""The pictures of the sheets show the sheets as they are."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from addin.package import Package
from workbook import bundled

SCRIPT = Path(__file__).parents[2] / "docs" / "make" / "pictures.py"


def test_no_sheet_has_other_words_than_its_picture() -> None:
    spec = importlib.util.spec_from_file_location("pictures", SCRIPT)
    assert spec is not None
    assert spec.loader is not None
    pictures = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pictures)
    package = Package.open(bundled.worked_example())
    changed = [
        sheet
        for sheet in package.sheets
        if pictures.words(package, sheet) != pictures.words_when_taken(sheet)
    ]
    assert changed == [], "run: python docs/make/pictures.py, then look at these"
