"""Formulas of long rows that no column can hold: the engine gets them filled down, as text."""

from __future__ import annotations

import random

import pytest

from addin.embedded import open_book
from addin.embedded.book import EmbeddedBook
from addin.package import Package
from addin.package import long_rows as reading
from addin.package.addresses import a1
from udfs import catalogue

from . import books

ROWS = 90


@pytest.fixture(autouse=True)
def _few_rows_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LEAST", 20)
    monkeypatch.setattr(reading, "_HEAD", 5)


# All of them name another row than their own.
TAKEN = [
    "C{above}+A{row}",
    'IF(A{row}="","",N(C{above})+$A{row}*B$2)',
    "ROUND(Data!C{above}-'Data'!B{below},2)",
    "A{above}&A{row}",
    'ISO_LIQUIDATION_PRICE("long",A{above}+1,B{row}+1,0.005)',
    "(A{above}-A{row}) / B{row}",
    "C{above}-0.1-A{row}+1E2",
    "IFERROR(C{above}/0,ROW()+COLUMN(B{above}))",
]
NOT_TAKEN = [
    "SUM(A$2:A{row})+C{above}", "A{above}*Rate", "@A{above}", "A{above}#", "A{above}:A{row}",
    "SUM({above}:{above})", "A{above}+SUM({{1,2}})", "A{above}*TRUE", "COUNTA(B:B)+A{above}",
    "A{above} A{above}", "SUBTOTAL(109,A{above}:A{row})", "[1]Other!A{above}",
]  # fmt: skip


def book_of(shape: str, seed: int = 0, change: str = "") -> bytes:
    draw = random.Random(seed)
    lines = []
    for row in range(1, ROWS + 1):
        text = shape.format(row=row, above=row - 1, below=row + 1) if row > 1 else "0"
        text = text.replace("&", "&amp;").replace('"', "&quot;")
        typed = ["<v>3</v>", "<v>0.25</v>", f"<v>{draw.uniform(-9, 99):.2f}</v>"]
        if seed:
            typed += [' t="str"><v>x</v>', ' t="e"><v>#N/A</v>', ' t="str"><v>12</v>', "<v/>"]
        cells = [draw.choice(typed) for _ in "AB"]
        both = "".join(
            f'<c r="{letter}{row}"{cell if cell[:1] == " " else f">{cell}"}</c>'
            for letter, cell in zip("AB", cells, strict=True)
        )
        lines.append(
            f'<row r="{row}">{both}<c r="C{row}"><f>{text}</f></c>'
            f'<c r="D{row}"><f>C{row}&amp;A{row}</f></c></row>'
        )
    name = '<definedName name="Rate">Data!$B$2</definedName>'
    return books.foreign({"Data": "".join(lines)}, name)


def opened(data: bytes, *, by_column: bool) -> EmbeddedBook:
    package = Package(data)
    assert package.sheet("Data").grown is not None
    return open_book(package, catalogue, columns_from=4 if by_column else 0)


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("shape", [*TAKEN, *NOT_TAKEN])
def test_the_values_are_those_of_elements(shape: str, seed: int) -> None:
    data = book_of(shape, seed)
    ours, theirs = opened(data, by_column=True), opened(data, by_column=False)
    if not ours.kept():
        assert (ours.package.sheet("Data").grown is not None) == (shape in TAKEN)
    draw = random.Random(seed)
    for _ in range(3):
        mine, others = ours.formula_values(), theirs.formula_values()
        assert mine == others
        assert {at: type(value) for at, value in mine.items()} == {
            at: type(value) for at, value in others.items()
        }
        assert ours.errors() == theirs.errors() or sorted(ours.errors()) == sorted(theirs.errors())
        at, new = a1(draw.randint(1, ROWS), draw.randint(1, 2)), draw.choice([7.0, "5", None])
        for book in (ours, theirs):
            book.set("Data", at, new)
            book.recalculate()
    assert books.same_workbook(ours.to_bytes(), theirs.to_bytes())


def test_a_balance_is_computed_and_its_rows_stay_columns() -> None:
    """By hand: the balance of 1 to n is n (n + 1) / 2, and B shows twice as much."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c>'
        f'<c r="B{row}"><f>C{row}*2</f></c>'
        f'<c r="C{row}"><f>{f"C{row - 1}+A{row}" if row > 1 else "A1"}</f></c></row>'
        for row in range(1, ROWS + 1)
    )
    book = opened(books.foreign({"Data": rows}), by_column=True)
    assert book.package.sheet("Data").grown is not None
    assert book.value("Data", f"C{ROWS}") == ROWS * (ROWS + 1) / 2
    assert book.value("Data", f"B{ROWS}") == ROWS * (ROWS + 1)
    book.set("Data", "A50", 150)
    book.recalculate()
    assert book.value("Data", "B49") == 49 * 50
    assert book.value("Data", f"B{ROWS}") == ROWS * (ROWS + 1) + 200
    saved = Package(book.to_bytes())
    assert saved.value("Data", f"B{ROWS}") == ROWS * (ROWS + 1) + 200
    assert saved.formulas("Data")[f"C{ROWS}"].text == f"C{ROWS - 1}+A{ROWS}"


def test_a_value_of_the_file_that_is_kept_makes_elements_of_the_rows() -> None:
    """A date as text, which the engine does not add to: Excel does, and the file has its answer."""
    data = book_of("A{above}+1")
    part = books.parts(data)["xl/worksheets/sheet1.xml"].decode()
    start = part.index('<c r="A39">')
    part = part[:start] + part[start:].replace(
        part[start : part.index("</c>", start)], '<c r="A39" t="str"><v>5 Mar 2024</v>', 1
    )
    part = part.replace("<f>A39+1</f>", "<f>A39+1</f><v>45357</v>")
    book = opened(
        books.with_parts(data, {"xl/worksheets/sheet1.xml": part.encode()}), by_column=True
    )
    assert [kept.cell for kept in book.kept()] == ["C40"]
    assert book.value("Data", "C40") == 45357.0
    assert str(book.value("Data", "D40")).startswith("45357")
