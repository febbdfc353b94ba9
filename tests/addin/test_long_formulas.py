"""Long blocks of rows with formulas filled down: read as columns, and the same as with elements."""

from __future__ import annotations

import io
import random
import re
import struct
import zipfile
from collections.abc import Callable
from functools import cache

import openpyxl
import pytest

from addin.embedded import open_book
from addin.package import Limits, Package, PackageError, TableRows
from addin.package import long_rows as reading
from addin.package import package as package_module
from udfs import CellError, catalogue
from workbook.actions.package import snapshot

from . import books

ROWS = reading.LEAST + 300
PRICE = '=ISO_LIQUIDATION_PRICE("long",A{row},B{row},0.005)'
Part = Callable[[str], str]


@cache
def own_rows(formula: str = PRICE, other: str = "=C{row}*2+A{above}&A$1") -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    for row in range(1, ROWS + 1):
        given = {"row": row, "above": max(1, row - 1)}
        sheet.append([100 + row / 8, 2 + row % 50, formula.format(**given), other.format(**given)])
    return books.to_bytes(book)


def changed(change: Part, data: bytes | None = None) -> bytes:
    """The same file with other XML of its sheet."""
    data = own_rows() if data is None else data
    name = "xl/worksheets/sheet1.xml"
    text = books.parts(data)[name].decode()
    new = change(text)
    assert new != text
    return books.with_parts(data, {name: new.encode()})


def cell(address: str, new: str) -> Part:
    """Another cell in place of one."""
    return lambda text: re.sub(rf'<c r="{address}".*?</c>', lambda _: new, text, count=1)


def formula(old: str, new: str) -> Part:
    return lambda text: text.replace(f"<f>{old}</f>", f"<f{new}</f>")


def as_elements(data: bytes) -> Package:
    package = Package(data)
    package.sheet("Sheet").make_elements()
    return package


def test_the_formulas_are_columns_and_each_cell_has_its_own() -> None:
    tab = Package(own_rows()).sheet("Sheet")
    made = as_elements(own_rows()).sheet("Sheet")
    grown = tab.grown
    assert grown is not None
    assert grown.formulas == 2 * (ROWS - 64)
    for row in (1, 64, 65, 66, 999, ROWS):
        for column in range(1, 6):
            assert tab.formula(row, column) == made.formula(row, column)
            assert tab.value(row, column) == made.value(row, column)
    # What was written is read: row 1000 by hand.
    assert tab.formula(1000, 3) == (PRICE.format(row=1000)[1:], None, False)
    assert tab.formula(1000, 4) == ("C1000*2+A999&A$1", None, False)
    assert tab.grown is grown, "looking made elements of them"


@pytest.mark.parametrize("columns_from", [64, 0])
def test_nothing_is_written_where_nothing_else_comes_out(columns_from: int) -> None:
    once = open_book(own_rows(other="=A{row}&A$1"), catalogue, columns_from=64).to_bytes()
    book = open_book(once, catalogue, columns_from=columns_from)
    assert (book.package.sheet("Sheet").grown is not None) == (columns_from > 0)
    assert book.to_bytes() == once


@pytest.mark.parametrize("columns_from", [64, 0])
def test_the_file_is_the_one_of_elements(columns_from: int | None) -> None:
    data = own_rows(other='=IF(A{row}>200,"more & <more>",A{row}>150)')
    ours = open_book(data, catalogue, columns_from=columns_from)
    others = open_book(as_elements(data), catalogue, columns_from=0)
    assert ours.formula_values() == others.formula_values()
    assert books.same_workbook(ours.to_bytes(), others.to_bytes())
    sheet = books.reopened(ours.to_bytes())["Sheet"]
    assert sheet["C3000"].value == PRICE.format(row=3000)
    assert sheet["D3000"].value == '=IF(A3000>200,"more & <more>",A3000>150)'


@pytest.mark.parametrize(
    "change",
    [
        cell("C2000", '<c r="C2000"><v>7</v></c>'),
        cell("C2000", '<c r="C2000"><f>A2000*2</f><v>7</v></c>'),
        cell("C2000", '<c r="C2000"/>'),
        cell("C2000", '<c r="C2000"><f t="array" ref="C2000">A2000</f><v>7</v></c>'),
        cell("C2000", '<c r="C2000" cm="1"><f>A2000</f><v>7</v></c>'),
        cell("D2000", '<c r="D2000" s="0"><f>C2000*2+A1999&amp;A$1</f><v>7</v></c>'),
        cell("D2000", '<c r="D2000" t="e"><f>C2000*2+A1999&amp;A$1</f><v>#SPILL!</v></c>'),
        cell("A2000", '<c r="A2000"><f>B2000</f></c>'),
        cell("A2000", '<c r="A2000"><is><r><t>bold</t></r></is></c>'),
        cell("A2000", '<c r="A2000"><v>12</v></c><c r="A2000"><v>13</v></c>'),
        cell("A2000", '<c r="A2000"><!-- said --><v>12</v></c>'),
        cell("A2000", '<c r="A2001"><v>12</v></c>'),
        cell("A2000", '<c r="A2000" s="0"><v>12</v></c>'),
        cell("A2000", '<c r="A2000" t="d"><v>2026-11-29</v></c>'),
        cell("A2000", '<c r="A2000" ph="1"><v>1</v></c>'),
        formula("C2000*2+A1999&amp;A$1", ' t="shared" si="0">C2000*2+A1999&amp;A$1'),
        formula("C2000*2+A1999&amp;A$1", ' ca="1">C2000*2+A1999&amp;A$1'),
        formula("C2000*2+A1999&amp;A$1", ">C2000*2+A1998&amp;A$1"),
        formula("C2000*2+A1999&amp;A$1", ">C2000*2+A1999&amp;A$2"),
        lambda text: text.replace('<row r="2000">', '<row r="2000" hidden="1">'),
        lambda text: text.replace('<row r="2000">', ' <row r="2000">'),
        lambda text: text.replace('<row r="2000">', '<row r="2000"><!-- said -->'),
        lambda text: text.replace("</sheetData>", '<row r="9999"><c r="A9999"/></row></sheetData>'),
    ],
)  # fmt: skip
def test_rows_that_are_not_alike_are_read_as_always(change: Part) -> None:
    package = Package(changed(change))
    assert package.sheet("Sheet").grown is None
    assert package.sheet("Sheet").value(3000, 1) == 475.0


@pytest.mark.parametrize(
    "change",
    [
        # As LibreOffice writes them, and as Excel does with quotation marks as entities.
        lambda text: text.replace("<f>", '<f aca="false">'),
        lambda text: text.replace('"long"', "&quot;long&quot;"),
        lambda text: text.replace("<v></v>", "").replace("<v/>", ""),
        lambda text: re.sub(r'(<row r="\d+")>', r'\1 spans="1:4">', text),
        lambda text: text.replace('<c r="B2000" t="n"><v>2</v></c>', ""),
        lambda text: text.replace('<c r="B2000" t="n"><v>2</v></c>', '<c r="B2000"/>'),
        lambda text: text.replace("</row>", "</row>\n").replace("</row>\n", "</row>", ROWS).replace(
            "<sheetData>", "<sheetData>\n"
        ),
    ],
)  # fmt: skip
def test_rows_as_other_programs_write_them_are_columns(change: Part) -> None:
    data = changed(change)
    package = Package(data)
    assert package.sheet("Sheet").grown is not None
    package.set_cell("Sheet", "F1", "typed")
    other = as_elements(data)
    other.set_cell("Sheet", "F1", "typed")
    one, two = (books.reopened(package.to_bytes()) for package in (package, other))
    for ours, theirs in zip(one["Sheet"].iter_rows(), two["Sheet"].iter_rows(), strict=True):
        assert [(c.value, c.data_type) for c in ours] == [(c.value, c.data_type) for c in theirs]


def test_a_good_value_of_the_file_is_kept_in_a_column_too() -> None:
    """A date as text, which the engine does not add to: Excel does, and the file has its answer."""
    data = own_rows(formula="=A{row}+1", other="=C{row}*2")
    data = changed(cell("A2000", '<c r="A2000" t="inlineStr"><is><t>5 Mar 2024</t></is></c>'), data)
    data = changed(
        lambda text: text.replace("<f>A2000+1</f><v></v>", "<f>A2000+1</f><v>45357</v>").replace(
            "<f>A2000+1</f><v/>", "<f>A2000+1</f><v>45357</v>"
        ),
        data,
    )  # fmt: skip
    assert Package(data).sheet("Sheet").grown is not None
    book = open_book(data, catalogue, columns_from=64)
    assert [(kept.cell, kept.reason) for kept in book.kept()] == [
        ("C2000", "#VALUE! by this engine")
    ]
    assert book.value("Sheet", "C2000") == 45357.0
    assert book.value("Sheet", "D2000") == 90714.0
    assert book.value("Sheet", "D1999") == 2 * (100 + 1999 / 8 + 1)
    saved = Package(book.to_bytes())
    assert saved.value("Sheet", "C2000") == 45357.0
    assert saved.value("Sheet", "D2000") == 90714.0


def test_a_column_of_the_engine_keeps_a_good_value_too() -> None:
    """The same where rows are elements and the formulas are computed as a column."""
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><f>A{row}+1</f></c></row>'
        for row in range(1, 101)
    )
    rows = rows.replace('<c r="A50"><v>50</v></c>', '<c r="A50" t="str"><v>5 Mar 2024</v></c>')
    rows = rows.replace("<f>A50+1</f>", "<f>A50+1</f><v>45357</v>")
    book = open_book(books.foreign({"Data": rows}), catalogue, columns_from=64)
    assert [kept.cell for kept in book.kept()] == ["B50"]
    assert [book.value("Data", f"B{row}") for row in (49, 50, 51)] == [50, 45357, 52]


def test_errors_that_the_rows_have_for_good_are_errors() -> None:
    data = own_rows(formula="=1/(A{row}-350)", other="=C{row}+1")
    book = open_book(data, catalogue, columns_from=64)
    assert [(one.cell, one.error) for one in book.errors()] == [
        ("C2000", CellError.DIV0), ("D2000", CellError.DIV0)
    ]  # fmt: skip
    assert not book.kept()


def test_an_edit_and_a_formula_asked_about() -> None:
    book = open_book(own_rows(other="=C{row}-1"), catalogue, columns_from=64)
    book.set("Sheet", "A3000", 80)
    book.set("Sheet", "B3000", 4)
    book.recalculate()
    # 80 * (1 - 1/4) / (1 - 0.005)
    assert book.value("Sheet", "C3000") == pytest.approx(60 / 0.995)
    assert book.value("Sheet", "D3000") == pytest.approx(60 / 0.995 - 1)
    assert book.would_show("SUM(A2999:A3000)", "Sheet", "F1") == 80 + 100 + 2999 / 8


def table_book() -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.append(["Id", "Price", "Twice"])
    for row in range(2, ROWS + 1):
        sheet.append([f"id {row}", row / 4, "=Deals[[#This Row],[Price]]*2"])
    table = openpyxl.worksheet.table.Table(displayName="Deals", ref=f"A1:C{ROWS}")
    sheet.add_table(table)
    return books.to_bytes(book)


def test_a_table_with_long_rows_grows_with_its_formulas() -> None:
    package = Package(table_book())
    TableRows(package, "Deals").extend([{"Id": "new", "Price": 5.5}, {"Id": "more", "Price": 6}])
    grown = package.sheet("Sheet").grown
    assert grown is not None
    assert grown.last == ROWS + 2
    book = open_book(package, catalogue, columns_from=64)
    assert book.value("Sheet", f"C{ROWS + 1}") == 11.0
    saved = books.reopened(book.to_bytes())["Sheet"]
    assert saved[f"C{ROWS + 2}"].value == "=Deals[[#This Row],[Price]]*2"
    assert saved[f"A{ROWS + 2}"].value == "more"
    assert saved[f"C{ROWS}"].value == "=Deals[[#This Row],[Price]]*2"


VALUES: list[str] = [
    "<v>{n}</v>", "<v>1E3</v>", "<v></v>", "<v/>", "", " t=\"b\"><v>1</v>", " t=\"b\"><v>false</v>",
    " t=\"e\"><v>#N/A</v>", " t=\"str\"><v>a &amp; b</v>", " t=\"str\"><v>_x000D_</v>",
    " t=\"str\"><v xml:space=\"preserve\"> a </v>", " t=\"str\"><v>two\r\nlines</v>",
    " t=\"inlineStr\"><is><t>in &lt;it&gt;</t></is>",
    " t=\"inlineStr\"><is><t xml:space=\"preserve\">  </t></is>", " t=\"inlineStr\"><is><t/></is>",
    " t=\"n\"><v>-0.5</v>", "/", "absent",
]  # fmt: skip
FORMULAS = [
    "B{row}*2", 'A{above}&amp;"x{{1}}"&amp;$B$2', "Deals[[#This Row],[A]]&lt;{{1,2}}", "1+1",
]  # fmt: skip


def random_rows(seed: int) -> str:
    draw = random.Random(seed)
    styles = [draw.choice(["", ' s="1"']) for _ in "ABCDE"]
    wanted = draw.sample(VALUES, draw.randint(1, len(VALUES)))
    formulas = {letter: draw.choice(FORMULAS) for letter in "DE"}
    lines = []
    for row in range(1, 41):
        cells = []
        for letter, style in zip("ABCDE", styles, strict=True):
            value = draw.choice(wanted)
            text = ""
            if letter in formulas:
                text = f"<f>{formulas[letter].format(row=row, above=max(1, row - 1))}</f>"
                if "inlineStr" in value or value in ("/", "absent"):
                    value = "<v>{n}</v>"
            head = f'<c r="{letter}{row}"{style}'
            value = value.format(n=draw.choice([1, 0.25, -1e-9]))
            if value == "/":
                cells.append(f"{head}/>")
            elif value != "absent":
                kind, value = _split(value)
                cells.append(f"{head}{kind}>{text}{value}</c>")
        lines.append(f'<row r="{row}">{"".join(cells)}</row>')
    return "".join(lines)


def _split(value: str) -> tuple[str, str]:
    """The kind, and the rest, of one of `VALUES`."""
    kind, _, rest = value.partition(">")
    return (kind, rest) if value.startswith(" t=") else ("", value)


@pytest.mark.parametrize("seed", range(60))
def test_random_rows_are_the_same_both_ways(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LEAST", 20)
    monkeypatch.setattr(reading, "_HEAD", 5)
    monkeypatch.setattr(reading, "_PIECE", 700)
    data = books.foreign({"Data": random_rows(seed)})
    package = Package(data)
    tab = package.sheet("Data")
    monkeypatch.setattr(reading, "LEAST", 10_000)
    other = Package(data)
    made = other.sheet("Data")
    assert made.grown is None
    assert tab.grown is not None
    for row in range(1, 41):
        for column in range(1, 7):
            assert tab.formula(row, column) == made.formula(row, column)
            ours, theirs = tab.value(row, column), made.value(row, column)
            assert (type(ours), ours) == (type(theirs), theirs)
    for one in (package, other):
        one.set_cell("Data", "H1", 1)
    ours, theirs = (Package(one.to_bytes()) for one in (package, other))
    assert ours.values("Data") == theirs.values("Data")
    assert ours.formulas("Data") == theirs.formulas("Data")
    styles = [
        {(row, column): element.get("s") for row, column, element in one.sheet("Data").cells()}
        for one in (ours, theirs)
    ]
    assert styles[0] == styles[1], "a cell more or fewer, or another style"


# Very long parts: read piece by piece, and never whole


def small(data: bytes, **limits: int) -> Package:
    return Package(data, Limits(**{"part_bytes": 200_000, **limits}))


def test_a_part_above_the_limit_is_read_piece_by_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "_IN_PIECES", 10_000)
    book = open_book(small(own_rows(other="=C{row}*2")), catalogue, columns_from=64)
    assert book.package.sheet("Sheet").grown is not None
    assert book.value("Sheet", "A3000") == 475.0
    saved = Package(book.to_bytes())
    # 475 * (1 - 1/2) / (1 - 0.005)
    assert saved.value("Sheet", "C3000") == pytest.approx(237.5 / 0.995)


def test_a_long_part_of_other_rows_is_refused() -> None:
    data = changed(cell("C2000", '<c r="C2000"><v>7</v></c>'))
    with pytest.raises(PackageError, match=r"zip bomb.*set ISOMARGIN_LIMITS=\d+ "):
        small(data).sheet("Sheet")


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"rows_bytes": 300_000}, "zip bomb"),
        ({"grown_formulas": 6_000}, "6,472 formulas, and a sheet may have 6,000: split it"),
    ],
)
def test_long_parts_have_limits_too(limits: dict[str, int], words: str) -> None:
    with pytest.raises(PackageError, match=words):
        small(own_rows(), **limits).sheet("Sheet")


def test_a_long_part_that_is_damaged_at_its_end_is_refused() -> None:
    data = own_rows()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        info = archive.getinfo("xl/worksheets/sheet1.xml")
    wrong = data.replace(struct.pack("<L", info.CRC), struct.pack("<L", info.CRC ^ 1))
    with pytest.raises(PackageError, match="cannot be unpacked"):
        small(wrong).sheet("Sheet")
    cut = changed(lambda text: text[: text.index('<row r="3000"')])
    with pytest.raises(PackageError, match=r"zip bomb|damaged"):
        small(cut).sheet("Sheet")


# Tables read at once


@pytest.mark.parametrize("computed", [True, False])
def test_a_long_table_is_read_by_columns_as_by_cells(computed: bool) -> None:
    data = table_book()
    one, two = Package(data), as_elements(data)
    if computed:
        TableRows(one, "Deals").put(3000, "Price", 1.5)
        TableRows(two, "Deals").put(3000, "Price", 1.5)
    shown = [
        open_book(package, catalogue, columns_from=least).results() if computed else None
        for package, least in ((one, 64), (two, 0))
    ]
    ours, theirs = (
        snapshot(package, ["Deals"], (), known).table("Deals")
        for package, known in zip((one, two), shown, strict=True)
    )
    assert one.sheet("Sheet").grown is not None
    assert [list(row) for row in ours.rows] == [list(row) for row in theirs.rows]
    assert (ours.headers, ours.computed, ours.room) == (
        theirs.headers,
        theirs.computed,
        theirs.room,
    )
    if computed:
        assert ours.value(2999, "Twice") == 3.0
        assert ours.value(ROWS - 1, "Twice") == ROWS / 2
        assert shown[0] is not None
        assert dict(shown[0]) == shown[1]
        with pytest.raises(KeyError):
            shown[0]["Sheet", "B3000"]


def test_values_are_put_for_formulas_as_among_elements() -> None:
    data = own_rows(other='=IF(A{row}>150,"a"&A{row},1/(A{row}-120))')
    computed = open_book(data, catalogue, columns_from=64).to_bytes()
    one, two = Package(computed), as_elements(computed)
    counts = [package.freeze(lambda name: name.startswith("ISO_")) for package in (one, two)]
    assert counts == [ROWS, ROWS]
    assert one.sheet("Sheet").grown is not None
    ours, theirs = Package(one.to_bytes()), Package(two.to_bytes())
    assert ours.values("Sheet") == theirs.values("Sheet") == Package(computed).values("Sheet")
    formulas = ours.formulas("Sheet")
    assert formulas == theirs.formulas("Sheet")
    assert list(formulas) == [f"D{row}" for row in range(1, ROWS + 1)]
    # With an error and texts among the values.
    ours, theirs = Package(one.to_bytes()), Package(two.to_bytes())
    assert ours.freeze(lambda name: name == "IF") == theirs.freeze(lambda name: name == "IF")
    assert ours.sheet("Sheet").grown is not None
    assert Package(ours.to_bytes()).values("Sheet") == Package(theirs.to_bytes()).values("Sheet")
    assert Package(ours.to_bytes()).value("Sheet", "D160") == CellError.DIV0
    assert Package(ours.to_bytes()).formulas("Sheet") == {}
