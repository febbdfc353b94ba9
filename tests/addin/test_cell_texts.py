"""Sheets as isomargin writes them, changed as text: the same file as by a tree."""

from __future__ import annotations

import hashlib
import json

import pytest

from addin.package.cell_index import CellIndex
from addin.package.cell_texts import CellTexts
from addin.package.limits import Limits
from addin.package.sheet import Sheet
from addin.package.values import Value
from tests.addin.books import MAIN
from udfs.errors import CellError

ROWS = (
    '<row r="1" ht="32"><c r="A1" s="1" t="inlineStr"><is><t>A &amp; B</t></is></c>'
    '<c r="B1" s="2" t="n"/><c r="C1" s="3"><v>0.1</v></c></row>'
    '<row r="2"><c r="A2" t="str"><f>IF(C1&lt;1,"",1)</f><v/></c>'
    '<c r="B2" s="4"><f>C1*2</f><v>0.2</v></c><c r="AA2" t="e"><f>1/0</f><v>#DIV/0!</v></c></row>'
    '<row r="12"><c r="A12" cm="1"><f t="array" ref="A12:B12">SORT(C1:D1)</f><v>1</v></c>'
    '<c r="B12"><v>2</v></c><c r="C12" t="b"><v>1</v></c></row>'
)


def part(rows: str = ROWS) -> bytes:
    return f'<worksheet xmlns="{MAIN[1:-1]}"><sheetData>{rows}</sheetData></worksheet>'.encode()


def sheet(rows: str = ROWS, *, as_text: bool, indexes: dict[str, CellIndex] | None = None) -> Sheet:
    return Sheet(
        "Plan", "sheet1.xml", part(rows), ["shared"], Limits(), as_text=as_text, indexes=indexes
    )


def noted(rows: str = ROWS) -> dict[str, CellIndex]:
    """The index of a part, as it comes back from a file."""
    texts = CellTexts.read(part(rows))
    assert texts is not None
    content = json.loads(json.dumps(texts.index().content()))
    return {hashlib.sha256(part(rows)).hexdigest(): CellIndex.of(content)}


@pytest.fixture(params=["looked for", "noted"])
def indexes(request: pytest.FixtureRequest) -> dict[str, CellIndex] | None:
    """Whether the cells have to be looked for, or where they stand was noted."""
    return noted() if request.param == "noted" else None


@pytest.fixture
def both(indexes: dict[str, CellIndex] | None) -> tuple[Sheet, Sheet]:
    return sheet(as_text=True, indexes=indexes), sheet(as_text=False)


def is_text(tab: Sheet) -> bool:
    return tab._texts is not None


def test_it_reads_what_the_tree_reads(both: tuple[Sheet, Sheet]) -> None:
    text, tree = both
    assert [*text.formula_places] == [*tree.formula_places]
    assert text.array_formulas == tree.array_formulas
    assert text.formula_count == tree.formula_count
    assert text.element_formulas == tree.element_formulas
    assert list(text.element_formulas) == [(2, 1), (2, 2), (2, 27), (12, 1)]
    assert text.element_formulas[2, 1].text == 'IF(C1<1,"",1)'
    assert text.element_formulas[12, 1].dynamic
    assert text.arrays == tree.arrays
    assert [*text.inputs()] == [*tree.inputs()]
    assert [*text.formulas_in_error()] == [*tree.formulas_in_error()] == [(2, 27)]
    places = [(row, column) for row in (1, 2, 3, 12) for column in range(1, 29)]
    assert [text.value(*at) for at in places] == [tree.value(*at) for at in places]
    assert is_text(text)
    assert text.to_bytes() == tree.to_bytes()  # as they were


VALUES: list[Value] = [
    3.0, 1e-300, True, "", "a<b & c", " padded ", "line\rend", "_x000D_ & _x", "=1+1", CellError.NA,
    float("inf"), None,
]  # fmt: skip


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("at", [(2, 1), (2, 2), (2, 27), (12, 1), (12, 2)])
def test_results_are_written_as_by_the_tree(
    at: tuple[int, int], value: Value, both: tuple[Sheet, Sheet]
) -> None:
    text, tree = both
    for tab in (text, tree):
        tab.set_cached(*at, value)
        tab.set_cached(1, 2, 7.0)  # blank so far
    assert is_text(text)
    assert same(text, tree)
    assert text.value(*at) == tree.value(*at)


@pytest.mark.parametrize("value", VALUES)
@pytest.mark.parametrize("at", [(1, 1), (1, 2), (1, 3), (12, 3)])
def test_inputs_are_written_as_by_the_tree(
    at: tuple[int, int], value: Value, both: tuple[Sheet, Sheet]
) -> None:
    if isinstance(value, float) and value > 1e300:
        value = 0.0  # no input is infinite
    text, tree = both
    for tab in (text, tree):
        tab.set_input(*at, value)
    assert is_text(text)
    assert text.value(*at) == tree.value(*at)
    assert held(text) == held(tree)
    assert same(text, tree)


def held(tab: Sheet) -> dict[tuple[int, int], Value]:
    """The inputs, in any order."""
    return {(row, column): value for row, column, value in tab.inputs() if value is not None}


def same(text: Sheet, tree: Sheet) -> bool:
    """Blank text is `<v></v>` where it was written and `<v/>` where it was read: one and the same;
    so is a kind `n` that is said and one that is not."""
    return shape(text) == shape(tree)


def shape(tab: Sheet) -> bytes:
    return tab.to_bytes().replace(b"<v></v>", b"<v/>").replace(b' t="n"', b"")


def test_a_result_that_is_there_already_changes_nothing(both: tuple[Sheet, Sheet]) -> None:
    text, _ = both
    text.set_cached(2, 2, 0.2)
    text.set_cached(2, 1, "")
    text.set_cached(2, 27, CellError.DIV0)
    text.set_array(12, 1, text.arrays[0])
    text.clear_spill(3, 3)
    assert is_text(text)
    assert not text.changed


def test_what_takes_a_tree_goes_on_from_what_was_written(both: tuple[Sheet, Sheet]) -> None:
    text, tree = both
    for tab in (text, tree):
        tab.set_cached(2, 2, 0.5)
        tab.set_input(1, 3, 0.25)
        tab.set_input(40, 2, "a new row")
        tab.set_cached(2, 27, 1.0)
        tab.set_formula(1, 4, "A1")
    assert not is_text(text)
    assert same(text, tree)
    assert text.element_formulas == tree.element_formulas
    assert (1, 4) in text.element_formulas


def test_errors_are_those_that_are_shown_now(both: tuple[Sheet, Sheet]) -> None:
    for tab in both:
        tab.set_cached(2, 27, 1.0)  # so far the one error
        assert not [*tab.formulas_in_error()]
        tab.set_cached(12, 1, CellError.NUM)
        tab.set_cached(2, 2, CellError.NA)
        tab.set_input(1, 3, CellError.NA)  # nothing that was computed
        assert [*tab.formulas_in_error()] == [(2, 2), (12, 1)]


def test_what_was_noted_of_one_part_is_not_used_for_another() -> None:
    """Not one letter may be another one: the cells would be looked for beside their places."""
    changed = ROWS.replace("A &amp; B", "A &amp; B and more")
    tab = sheet(changed, as_text=True, indexes=noted())
    assert is_text(tab)
    assert [*tab.inputs()] == [*sheet(changed, as_text=False).inputs()]
    tab.set_cached(2, 2, 0.5)
    assert tab.to_bytes() == part(changed).replace(b"<v>0.2</v>", b"<v>0.5</v>")


def test_an_empty_sheet_and_a_long_one_are_noted_too() -> None:
    # Steps from one row to the next that take one, two and four bytes.
    rows = "".join(
        f'<row r="{row}"><c r="XFD{row}"><v>{row}</v></c></row>' for row in (1, 300, 70_000)
    )
    for content in ("", rows):
        text = sheet(content, as_text=True, indexes=noted(content))
        assert [*text.inputs()] == [*sheet(content, as_text=False).inputs()]


@pytest.mark.parametrize(
    "cell",
    [
        '<c r="A1"><f t="shared" si="0"/><v>1</v></c>',
        '<c r="A1"><f t="shared" ref="A1:A2" si="0">1</f><v>1</v></c>',
        '<c r="A1" t="inlineStr"><is><r><t>a</t></r></is></c>',
        '<c r="A1"><v>1</v><f>1</f></c>',
        '<c s="1" r="A1"><v>1</v></c>',
        "<c><v>1</v></c>",
        '<c r="A1"><!-- <c r="A1"><v>1</v></c> --><v>1</v></c>',
        '<c r="A1" t="str"><v><![CDATA[<v>]]></v></c>',
        '<c r="A1"><f>_xldudf_ISOMARGIN_ISO_VERSION()</f><v>1</v></c>',
        '<c r="A1"><v>1</v><extLst/></c>',
    ],
)
def test_any_other_form_is_left_to_the_tree(cell: str) -> None:
    assert CellTexts.read(part(f'<row r="1">{cell}</row>')) is None
    assert not is_text(sheet(f'<row r="1">{cell}</row>', as_text=True))
