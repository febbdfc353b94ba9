"""The pictures of the sheets show the sheets as they are."""

from __future__ import annotations

from addin.package import Package
from tests.docs.scripts import script
from workbook import bundled


def test_no_sheet_has_other_words_than_its_picture() -> None:
    pictures = script("pictures")
    package = Package.open(bundled.worked_example())
    changed = [
        sheet
        for sheet in package.sheets
        if pictures.words(package, sheet) != pictures.words_when_taken(sheet)
    ]
    assert changed == [], "run: python docs/make/pictures.py, then look at these"
