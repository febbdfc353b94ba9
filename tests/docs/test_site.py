"""What the built site says, and that nothing of it leads nowhere."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from addin.embedded import open_book
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


def test_the_workbooks_to_download_are_computed_and_no_check_of_them_fails(built: Path) -> None:
    """Computed again, every cell shows what the file says: nothing was left out or is stale."""
    books = sorted((built / "downloads").glob("*.xlsx"))
    assert {path.stem for path in books} == {
        "optimism", "first-idea", "large-position", "journal", "blank", "isomargin-web",
    }  # fmt: skip
    for path in books:
        book = Package.open(path.read_bytes())
        shown = {
            (sheet, cell): book.value(sheet, cell)
            for sheet in ("Plan", "Checks", "Journal")
            for cell in book.formulas(sheet)
        }
        words = {value for value in shown.values() if isinstance(value, str)}
        assert not {"#NAME?", "#VALUE!", "FAIL"} & words, path.name
        if path.stem not in ("blank", "isomargin-web"):
            assert sum(isinstance(value, float) for value in shown.values()) > 100, path.name
            again = open_book(path.read_bytes(), catalogue)
            for place, value in shown.items():
                assert again.value(*place) == (
                    pytest.approx(value) if isinstance(value, float) else value
                ), (path.name, place)


def test_the_imported_journal_is_worked_out_by_hand(built: Path) -> None:
    book = Package.open((built / "downloads" / "journal.xlsx").read_bytes())
    table = book.table("Journal")
    net = {}
    for row in range(table.first_row, table.last_row + 1):
        value = book.sheet("Journal").value
        if value(row, table.need("Symbol")):
            net[int(value(row, table.need("Trade")))] = value(row, table.need("Net"))
    # ETH: 2 x 90 + 2 x 65 = 310, less fees of 9.755 and funding of 0.8. SOL short: -240 - 9.12.
    assert net[1] == pytest.approx(299.445)
    assert net[2] == pytest.approx(-249.12)
    assert len(net) == 8


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
    for name in ("venues", "sheets", "gallery", "article", "changelog", "start", "recipes"):
        assert f"]({name}/)" in text
    for target in re.findall(r"\]\(([^)]+)\)", text):
        assert (built / target / "index.html").is_file(), target
