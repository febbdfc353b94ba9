"""What the built site says, and that nothing of it leads nowhere."""

from __future__ import annotations

import io
import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from addin.package import Package
from udfs import catalogue
from workbook import bundled
from workbook.template.fields import TABLES
from workbook.terms import venues


def words(path: Path) -> str:
    """A page's text."""
    text = path.read_text(encoding="utf-8").partition("<article")[2].partition("</article>")[0]
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", text)).split())


@pytest.mark.parametrize("name", catalogue)
def test_a_formula_has_a_page_with_all_that_is_known_of_it(built: Path, name: str) -> None:
    formula = catalogue[name]
    page = words(built / "formulas" / name.lower() / "index.html")
    assert name in page
    assert " ".join(formula.summary.split()) in page
    for argument in formula.arguments:
        assert argument.name in page
        assert " ".join(argument.help.replace("*", "").split())[:40] in page.replace("*", "")
    if "Notes" in formula.docstring.sections:
        assert "Equation" in page
    assert "When it shows an error" in page


def test_a_page_shows_an_example_with_its_answer_and_published_numbers(built: Path) -> None:
    page = words(built / "formulas" / "iso_position_size" / "index.html")
    assert "=ISO_POSITION_SIZE(10000, 0.02, 100, 96" in page
    assert "shows 50" in page
    assert "jesse-ai/jesse" in page


def test_every_sheet_has_a_page_with_its_picture_and_its_columns(built: Path) -> None:
    book = Package.open(bundled.worked_example())
    for sheet in book.sheets:
        folder = built / "sheets" / sheet.lower()
        text = (folder / "index.html").read_text(encoding="utf-8")
        assert f"sheet-{sheet.lower()}.png" in text, f"no picture of {sheet}"
        page = words(folder / "index.html")
        for table in TABLES.values():
            if table.sheet == sheet:
                assert all(column.header in page for column in table.columns if column.key)


def test_every_venue_stands_in_the_dated_table(built: Path) -> None:
    page = words(built / "venues" / "index.html")
    for venue in venues():
        if not venue.illustrative:
            assert venue.name in page
            day = venue.rule.source.as_of
            assert day is None or day.isoformat() in page


def test_the_workbooks_to_download_open_and_are_computed(built: Path) -> None:
    books = list((built / "downloads").glob("*.xlsx"))
    assert len(books) >= 2
    for path in books:
        book = Package.open(io.BytesIO(path.read_bytes()).getvalue())
        assert "Plan" in book.sheets
        assert book.sheet("Start").value(2, 2)


def test_every_link_and_picture_leads_to_a_file(built: Path) -> None:
    """MkDocs checks the links in its sources; these are those in what it built."""
    broken = set()
    for page in built.rglob("*.html"):
        if page.name == "404.html":
            continue
        for target in re.findall(r'\b(?:href|src)="([^"]+)"', page.read_text(encoding="utf-8")):
            parts = urlsplit(unescape(target))
            if parts.scheme or parts.netloc or not parts.path:
                continue
            path = (page.parent / unquote(parts.path)).resolve()
            if not (path.is_file() or (path / "index.html").is_file()):
                broken.add(f"{page.relative_to(built)}: {target}")
    assert not broken


def test_pages_load_nothing_from_elsewhere(built: Path) -> None:
    loading = re.compile(
        r'<(?:script|img|iframe)[^>]*\bsrc="(?:https?:)?//|<link[^>]*rel="stylesheet"[^>]*href="(?:https?:)?//'
    )
    for page in built.rglob("*.html"):
        assert not loading.search(page.read_text(encoding="utf-8")), page.name


def test_llms_txt_lists_formulas_and_pages_that_are_there(built: Path) -> None:
    text = (built / "llms.txt").read_text(encoding="utf-8")
    assert text.startswith("# isomargin")
    for name in catalogue:
        assert f"formulas/{name.lower()}/" in text
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (built / target / "index.html").is_file(), target
