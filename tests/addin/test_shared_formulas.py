"""Formulas that a person filled down in Excel: the file shares them, and they are columns too."""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from typing import NamedTuple

import pytest

from addin.embedded import open_book
from addin.package import Package, TableRows
from addin.package import long_rows as reading
from addin.package.addresses import LAST_ROW
from udfs import catalogue

from . import books

ROWS = 60
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(autouse=True)
def _few_rows_are_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "LEAST", 20)
    monkeypatch.setattr(reading, "_HEAD", 5)
    monkeypatch.setattr(reading, "_PIECE", 900)


class Shape(NamedTuple):
    """A formula as it is in a row: of the columns C and D, filled to the right as well."""

    text: str
    right: str = ""

    def at(self, row: int, column: str = "C") -> str:
        text = self.right if column == "D" else self.text
        return text.format(row=row, above=row - 1, below=row + 1)


SHAPES = [
    Shape("A{row}*2", "B{row}*2"),
    Shape("$A{row}+A$1*$B$2", "$A{row}+B$1*$B$2"),
    Shape("SUM(A$1:A{row})-A{above}", "SUM(B$1:B{row})-B{above}"),
    Shape('IF(A{row}&gt;3," a &amp; A{{1}} ",1/0)', 'IF(B{row}&gt;3," a &amp; A{{1}} ",1/0)'),
    Shape("'Bob''s A1 &amp; B2'!A{row}+ A{below}", "'Bob''s A1 &amp; B2'!B{row}+ B{below}"),
    Shape('ISO_LIQUIDATION_PRICE("long",A{row},5,0.005)',
          'ISO_LIQUIDATION_PRICE("long",B{row},5,0.005)'),
    Shape("COUNTA({row}:{row})+SUM(A:A)", "COUNTA({row}:{row})+SUM(B:B)"),
    Shape("1+1", "1+1"),
    Shape("_xldudf_ISO_KELLY(A{row},2)", "_xldudf_ISO_KELLY(B{row},2)"),
]  # fmt: skip
RESULTS = ["<v>{n}</v>", ' t="e"><v>#DIV/0!</v>', ' t="str"><v>x</v>', ' t="b"><v>1</v>',
           ' t="str"><v xml:space="preserve"> a </v>', ""]  # fmt: skip
OTHERS = ["<f>1+2</f><v>3</v>", "<v>7</v>", '<f t="array" ref="C{row}">A{row}</f><v>1</v>']


def element(shape: Shape, row: int, column: str, number: str, ref: str) -> str:
    """A formula that shares with others: with its text where a range is given."""
    if ref:
        return f'<f t="shared" ref="{ref}" si="{number}">{shape.at(row, column)}</f>'
    return f'<f t="shared" si="{number}"/>'


def filled_down(seed: int, *, interrupted: bool = False) -> tuple[str, dict[str, str]]:
    """Rows as Excel writes them, and the formula of each cell."""
    draw = random.Random(seed)
    shape = draw.choice(SHAPES)
    wide = draw.random() < 0.5  # one group over both columns
    size = draw.choice([4, 13, 64])
    numbers = draw.sample(range(500), 250)
    wanted = draw.sample(RESULTS, draw.randint(1, len(RESULTS)))
    group: dict[str, str] = {}
    expected, lines = {}, []
    other = draw.randint(10, ROWS - 2)
    for row in range(1, ROWS + 1):
        cells = [f'<c r="A{row}"><v>{row}</v></c><c r="B{row}"><v>{row / 4:g}</v></c>']
        for column in "CD":
            first = row == 1 or (row - 2) % size == 0
            last = min(ROWS, row + size - 1)
            if row == 1 or draw.random() < 0.03:  # typed, as it is where a fill begins
                text = f"<f>{shape.at(row, column)}</f>"
                ref = ""
                if first and row > 1:
                    group.pop(column, None)
            elif first or column not in group:
                last = row + (size - 1 - (row - 2) % size)
                ref = f"{column}{row}:{'D' if wide else column}{min(ROWS, last)}"
                if column == "D" and wide and first and "C" in group:
                    ref = ""
                    group["D"] = group["C"]
                else:
                    group[column] = str(numbers.pop())
                text = element(shape, row, column, group[column], ref)
            else:
                text = element(shape, row, column, group[column], "")
            result = draw.choice(wanted).format(n=row)
            kind, result = ("", result) if ">" not in result or result.startswith("<") else (
                result.partition(">")[0], result.partition(">")[2]
            )  # fmt: skip
            body = f"{text}{result}"
            expected[f"{column}{row}"] = shape.at(row, column)
            if interrupted and row >= other and column == "C" and "ref" not in text:
                interrupted = False
                kind, body = "", draw.choice(OTHERS).format(row=row)
                expected.pop(f"C{row}")
            cells.append(f'<c r="{column}{row}"{kind}>{body}</c>')
        lines.append(f'<row r="{row}" spans="1:4">{"".join(cells)}</row>')
    return "".join(lines), expected


def book_of(rows: str) -> bytes:
    return books.foreign({"Data": rows, "Bob's A1 & B2": '<row r="1"/>'})


def read(text: str) -> str:
    for sign, meant in (("&lt;", "<"), ("&gt;", ">"), ("&amp;", "&"), ("_xldudf_", "")):
        text = text.replace(sign, meant)
    return text


def as_elements(data: bytes) -> Package:
    package = Package(data)
    package.sheet("Data").make_elements()
    return package


def pieces(data: bytes, pattern: str) -> list[str]:
    return re.findall(pattern, books.parts(data)[SHEET].decode())


@pytest.mark.parametrize("seed", range(80))
def test_what_was_filled_down_is_read_as_columns(seed: int) -> None:
    rows, expected = filled_down(seed)
    data = book_of(rows)
    package, other = Package(data), as_elements(data)
    tab, made = package.sheet("Data"), other.sheet("Data")
    assert tab.grown is not None
    for row in range(1, ROWS + 1):
        for column, letter in enumerate("CD", 3):
            formula = tab.formula(row, column)
            assert formula is not None
            assert formula.text == read(expected[f"{letter}{row}"])
            assert formula == made.formula(row, column)
            ours, theirs = tab.value(row, column), made.value(row, column)
            assert (type(ours), ours) == (type(theirs), theirs)
    assert tab.grown is not None
    package.set_cell("Data", "H1", 1)
    # Cells that were not changed are the same, sign by sign: the formulas, as they are shared.
    saved = package.to_bytes()
    cell = r'<c r="[A-D].*?</c>'
    assert pieces(saved, cell) == pieces(data, cell)
    assert Package(saved).formulas("Data") == Package(data).formulas("Data")


@pytest.mark.parametrize("seed", range(20))
def test_another_cell_in_between_is_read_as_always(seed: int) -> None:
    rows, expected = filled_down(seed, interrupted=True)
    tab = Package(book_of(rows)).sheet("Data")
    assert tab.grown is None
    for address, text in expected.items():
        formula = tab.formula(int(address[1:]), "ABCD".index(address[0]) + 1)
        assert formula is not None
        assert formula.text == read(text)


@pytest.mark.parametrize("seed", [*range(12), 30, 31])
def test_values_are_the_same_with_columns_on_and_off(seed: int) -> None:
    rows, _ = filled_down(seed)
    data = book_of(rows)
    ours, theirs = (open_book(data, catalogue, columns_from=least) for least in (2, 0))
    assert ours.formula_values() == theirs.formula_values()
    assert books.same_workbook(ours.to_bytes(), theirs.to_bytes())


SIMPLE = "".join(
    f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="C{row}">'
    + (f'<f t="shared" ref="C1:C{ROWS}" si="0">A1*2+A3</f>' if row == 1 else "")
    + ('<f t="shared" si="0"/>' if row > 1 else "")
    + f"<v>{row}</v></c></row>"
    for row in range(1, ROWS + 1)
)


def in_row(row: int, new: str, old: str = '<f t="shared" si="0"/>') -> Callable[[str], str]:
    def changed(rows: str) -> str:
        lines = rows.split("</row>")
        assert old in lines[row - 1]
        lines[row - 1] = lines[row - 1].replace(old, new)
        return "</row>".join(lines)

    return changed


@pytest.mark.parametrize(
    "change",
    [
        in_row(30, '<f t="shared" si="7"/>'),
        in_row(30, '<f t="shared"/>'),
        in_row(30, '<f t="shared" si="0" ref="C30:C40"/>'),
        in_row(30, '<f t="shared" si="0" r1="A1"/>'),
        in_row(30, "<f t='shared' si='0'/>"),
        # Two with the text, in the first rows or behind them; the later one counts.
        in_row(30, f'<f t="shared" ref="C30:C{ROWS}" si="0">A30*3</f>'),
        in_row(30, f'<f t="shared" ref="C30:C{ROWS}" si="0">A30*2+A32</f>'),
        in_row(3, f'<f t="shared" ref="C3:C{ROWS}" si="0">A3*3</f>'),
        # Smaller than its use, none at all, or somewhere else.
        in_row(1, "C1:C50", f"C1:C{ROWS}"),
        in_row(1, "C2:C1", f"C1:C{ROWS}"),
        in_row(1, "everywhere", f"C1:C{ROWS}"),
        in_row(1, "D1:D60", f"C1:C{ROWS}"),
        in_row(1, "", f' ref="C1:C{ROWS}"'),
        # Another formula from one row on, by a number of its own or as its text.
        in_row(30, '<f t="shared" ref="C30:C31" si="1">A30*2+A31</f>'),
        in_row(30, "<f>A30*2+A31</f>"),
        in_row(30, '<f t="shared" ref="C30" si="1">A30*2+$A$32</f>'),
        # Past the last row of the sheet: #REF! from there on.
        in_row(1, f"A1*2+A{LAST_ROW - 40}", "A1*2+A3"),
        in_row(1, f"A1*2+A{LAST_ROW - ROWS + 2}", "A1*2+A3"),
        in_row(3, f'<f t="shared" ref="C3:C{ROWS}" si="0">A3+#REF!</f>'),
    ],
)
def test_what_is_not_sure_is_read_as_always(change: Callable[[str], str]) -> None:
    data = book_of(change(SIMPLE))
    package = Package(data)
    tab = package.sheet("Data")
    assert tab.grown is None
    # By hand, where the change leaves them: row 20 is as it was or as its new first cell says.
    formula = tab.formula(2, 3)
    assert formula is not None
    assert formula.text.startswith("A2*2+A")


def test_the_end_of_a_stretch_past_the_sheet_is_no_cell(monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 40 reads a row too far, and the rows below it say as text what it would be there."""
    monkeypatch.setattr(reading, "_PIECE", 100_000)
    rows = in_row(1, f"A1*2+A{LAST_ROW - 38}", "A1*2+A3")(SIMPLE)
    for row in range(41, ROWS + 1):
        rows = in_row(row, f"<f>A{row}*2+A{LAST_ROW - 39 + row}</f>")(rows)
    tab = Package(book_of(rows)).sheet("Data")
    assert tab.grown is None
    assert tab.formula(40, 3) == ("A40*2+#REF!", None, False)


def test_a_cell_in_front_of_the_one_with_the_text_has_no_formula() -> None:
    rows = "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c>'
        + "".join(
            f'<c r="{column}{row}"><f t="shared" si="{number}"'
            + (f' ref="{column}1:{column}{ROWS}">$A1*2</f>' if row == 1 else "/>")
            + "<v>0</v></c>"
            for number, column in enumerate("CD")
        )
        + "</row>"
        for row in range(1, ROWS + 1)
    )
    assert Package(book_of(rows)).sheet("Data").grown is not None
    rows = in_row(31, f'<f t="shared" ref="C28:D{ROWS}" si="2">$A31*2</f>')(rows)
    assert Package(book_of(rows)).sheet("Data").grown is not None
    rows = in_row(30, '<f t="shared" si="2"/>', '<f t="shared" si="1"/>')(rows)
    tab = Package(book_of(rows)).sheet("Data")
    assert tab.grown is None
    assert tab.formula(30, 4) is None


def test_a_formula_of_the_first_rows_only_leaves_the_others() -> None:
    """A group that ends among the first rows, and one with a number that stood there before."""
    rows = in_row(2, '<f t="shared" ref="C2:C3" si="9">A2*2+A4</f>')(SIMPLE)
    assert Package(book_of(rows)).sheet("Data").grown is not None
    rows = in_row(40, '<f t="shared" ref="C40:C41" si="9">A40*2+A42</f>')(rows)
    assert Package(book_of(rows)).sheet("Data").grown is None


@pytest.mark.parametrize(
    "said", ['<f t="shared" ca="1" si="0"/>', '<f t="shared" si="0"></f>',
             '<f si="0" t="shared"/>', "<f>A30*2+A32</f>",
             '<f ref="C30:C31" si="3" t="shared">A30*2+A32</f>', "<f>A30*2&#43;A32</f>"]
)  # fmt: skip
def test_what_is_written_otherwise_and_says_the_same_is_kept_so(said: str) -> None:
    data = book_of(in_row(30, said)(SIMPLE))
    package = Package(data)
    grown = package.sheet("Data").grown
    assert grown is not None
    assert grown.formula(30, 3) == ("A30*2+A32", None, False)
    package.set_cell("Data", "A40", -1)
    saved = package.to_bytes()
    kept = "<f>A30*2+A32</f>" if "#43" in said else said
    assert kept in books.parts(saved)[SHEET].decode()
    assert pieces(saved, r"<f.*?>")[30:] == pieces(data, r"<f.*?>")[30:]


def test_rows_that_a_table_grows_by_have_their_formulas_as_text() -> None:
    table = (
        '<table xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" id="1"'
        f' name="Deals" displayName="Deals" ref="A1:C{ROWS + 1}"><tableColumns count="3">'
        '<tableColumn id="1" name="Id"/><tableColumn id="2" name="Price"/>'
        '<tableColumn id="3" name="Twice"/></tableColumns></table>'
    )
    head = '<row r="1">' + "".join(
        f'<c r="{at}1" t="inlineStr"><is><t>{name}</t></is></c>'
        for at, name in (("A", "Id"), ("B", "Price"), ("C", "Twice"))
    )
    rows = head + "</row>" + "".join(
        f'<row r="{row}"><c r="A{row}"><v>{row}</v></c><c r="B{row}"><v>{row / 4:g}</v></c>'
        f'<c r="C{row}"><f t="shared" si="0"'
        + (f' ref="C2:C{ROWS + 1}">B2*2</f>' if row == 2 else "/>")
        + "</c></row>"
        for row in range(2, ROWS + 2)
    )  # fmt: skip
    body = f'<sheetData>{rows}</sheetData><tableParts count="1"><tablePart r:id="rId1"'
    body += ' xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"/>'
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        '<Relationship Id="rId1" Target="../tables/table1.xml" Type="http://schemas.'
        'openxmlformats.org/officeDocument/2006/relationships/table"/></Relationships>'
    )
    extra = {"xl/tables/table1.xml": table, "xl/worksheets/_rels/sheet1.xml.rels": relations}
    package = Package(books.foreign({"Data": body + "</tableParts>"}, extra=extra))
    TableRows(package, "Deals").extend([{"Id": 1, "Price": 5.5}, {"Id": 2, "Price": 6}])
    assert package.sheet("Data").grown is not None
    book = open_book(package, catalogue, columns_from=2)
    assert book.value("Data", f"C{ROWS + 2}") == 11.0
    assert book.value("Data", f"C{ROWS}") == ROWS / 2
    saved = Package(book.to_bytes())
    assert saved.formulas("Data")[f"C{ROWS + 3}"].text == f"B{ROWS + 3}*2"
    assert saved.formulas("Data")["C40"].text == "B40*2"
    assert saved.value("Data", f"C{ROWS + 3}") == 12.0


@pytest.mark.parametrize("first", [1, 40])
def test_the_others_keep_a_formula_whose_first_cell_gets_another(first: int) -> None:
    """By hand: rows 41 to 44 double A, and row 40, which had the text for them, does not."""
    rows = SIMPLE if first == 1 else in_row(
        40, '<f t="shared" ref="C40:C44" si="4">A40*2+A42</f>'
    )(SIMPLE)  # fmt: skip
    for row in range(41, 45) if first == 40 else ():
        rows = in_row(row, '<f t="shared" si="4"/>')(rows)
    package = Package(book_of(rows))
    package.sheet("Data").set_formula(first, 3, "A1+1")
    for one in (package, Package(package.to_bytes())):
        formulas = one.formulas("Data")
        assert formulas[f"C{first}"].text == "A1+1"
        assert len(formulas) == ROWS
        for row in (first + 1, 44, ROWS):
            assert formulas[f"C{row}"].text == f"A{row}*2+A{row + 2}"
