"""What is prepared for the template fits its workbooks, and computes the same."""

from __future__ import annotations

from pathlib import Path

import pytest

from addin.embedded.prepared import Prepared
from addin.package import Package
from tests.addin import books
from udfs import catalogue
from workbook import bundled
from workbook.computing import computed
from workbook.fill import fill, write_inputs
from workbook.inputs import Inputs, read

EXAMPLE = Path(__file__).parents[2] / "workbook" / bundled.EXAMPLE_INPUTS


def prepared() -> Prepared:
    content = bundled.prepared()
    assert content is not None
    return Prepared(content)


def filled(rows: int) -> Package:
    """The template with the example in it, the ideas repeated until there are so many."""
    inputs: Inputs = read(EXAMPLE)
    ideas = inputs.tables["Plan"]
    inputs.tables["Plan"] = [dict(ideas[at % len(ideas)]) for at in range(rows)]
    package = Package.open(bundled.template())
    write_inputs(package, inputs)
    return package


@pytest.mark.parametrize("rows", [3, 90])
def test_it_computes_what_it_would_without(rows: int) -> None:
    plain = computed(filled(rows), use_prepared=False)
    assert prepared().copy(filled(rows), catalogue, None) is not None
    ready = computed(filled(rows))
    assert ready.formula_values() == plain.formula_values()
    assert ready.to_bytes() == plain.to_bytes()


@pytest.mark.parametrize("rows", [3, 90])
def test_the_template_as_built_gives_the_same_workbook(rows: int) -> None:
    inputs = read(EXAMPLE)
    ideas = inputs.tables["Plan"]
    inputs.tables["Plan"] = [dict(ideas[at % len(ideas)]) for at in range(rows)]
    by_tree = fill(bundled.template(), inputs).package
    by_text = fill(bundled.template(), inputs, as_built=True).package
    assert {name: by_text.values(name) for name in by_text.sheets} == {
        name: by_tree.values(name) for name in by_tree.sheets
    }
    assert plain_parts(by_text) == plain_parts(by_tree)


# Cells typed into the template as it ships: sheet, cell, value.
TYPED: list[list[tuple[str, str, object]]] = [
    [],
    [("Settings", "E5", 25_000.0)],
    [("Settings", "E5", "a lot"), ("Markets", "G9", -1.0)],
    [("Markets", "B9", "Platform A")],
]


@pytest.mark.parametrize("typed", TYPED)
def test_what_nothing_changed_for_is_as_in_the_file(typed: list[tuple[str, str, object]]) -> None:
    books_ = []
    for as_built in (True, False):
        package = Package.open(bundled.template(), as_built=as_built)
        for sheet, cell, value in typed:
            package.set_cell(sheet, cell, value)
        books_.append(computed(package, use_prepared=as_built))
    quick, whole = books_
    assert quick.formula_values() == whole.formula_values()
    # The next inputs are set as in any open book.
    for book in books_:
        for cell, value in (("B11", "ETH"), ("D11", "Platform B"), ("E11", 3000.0), ("F11", 2945)):
            book.set("Plan", cell, value)
        book.set("Markets", "F10", 0.001)
        book.recalculate()
    assert quick.formula_values() == whole.formula_values()


def test_a_book_written_again_after_edits_has_its_results_again() -> None:
    """Of the template's results only others are written: those that come back later, too."""
    book = fill(bundled.template(), read(EXAMPLE), as_built=True)
    whole = fill(bundled.template(), read(EXAMPLE))
    first = book.to_bytes()
    for sheet, cell, value in (("Settings", "E5", 25_000.0), ("Plan", "E11", None)):
        for one in (book, whole):
            one.set(sheet, cell, value)
            one.recalculate()
        assert values_in(book.to_bytes()) == values_in(whole.to_bytes())
    assert book.to_bytes() != first


def test_what_is_left_out_is_there_for_whoever_asks() -> None:
    """The engine gets no results that are in the file already and that nothing reads."""
    whole = fill(bundled.template(), read(EXAMPLE))
    known = whole.formula_values()
    place = next(  # of a market's row that is not used
        (sheet, cell)
        for (sheet, cell), value in known.items()
        if sheet == "Markets" and value == ""
    )
    ready = prepared()
    package = Package.open(bundled.template(), as_built=True)
    write_inputs(package, read(EXAMPLE))
    sizes = [
        len(copy[0].content)
        for wanted in (False, True)
        if (copy := ready.copy(package, catalogue, None, whole=wanted)) is not None
    ]
    assert sizes[0] < sizes[1]
    for ask in (
        lambda book: book.value(*place),
        lambda book: book.formula_values(),
        lambda book: dict(book.results()),
        lambda book: book.errors(),
        lambda book: book.would_show(f"LEN({place[1]})", *place),
    ):
        quick = fill(bundled.template(), read(EXAMPLE), as_built=True)
        assert ask(quick) == ask(whole)
    # Asked after it was written, too, and written once more after that.
    quick.to_bytes()
    assert quick.formula_values() == known
    assert values_in(quick.to_bytes()) == values_in(whole.to_bytes())


def values_in(content: bytes) -> dict[str, object]:
    package = Package.open(content)
    return {name: package.values(name) for name in package.sheets}


def test_a_template_of_another_text_is_read_as_it_is() -> None:
    """Where its cells stand was noted of each part as it ships, and of no other."""
    parts = books.parts(bundled.template())
    package = Package.open(bundled.template())
    name = package.sheet_parts["Settings"]
    other = parts[name].replace(b"<is><t>", b"<is><t>More: ")
    content = books.with_parts(bundled.template(), {name: other})
    by_text = fill(content, read(EXAMPLE), as_built=True)
    by_tree = fill(content, read(EXAMPLE), use_prepared=False)
    assert values_in(by_text.to_bytes()) == values_in(by_tree.to_bytes())
    assert str(by_text.value("Settings", "B5")).startswith("More: ")


def test_only_the_template_as_built_has_results_to_keep() -> None:
    copies = []
    for as_built in (True, False):
        package = Package.open(bundled.template(), as_built=as_built)
        package.set_named("As_of", 46_000.0)
        copies.append(prepared().copy(package, catalogue, None))
    quick, whole = (copy[0] for copy in copies if copy is not None)
    assert (quick.partial, whole.partial) == (True, False)
    assert quick.content.count(b"<f>") < whole.content.count(b"<f>")


def plain_parts(package: Package) -> dict[str, bytes]:
    """Blank text may be written in two ways that are one."""
    found = books.parts(package.to_bytes())
    return {name: part.replace(b"<v></v>", b"<v/>") for name, part in found.items()}


@pytest.mark.parametrize("name", ["isomargin.xlsx", "blank.xlsx", "isomargin.xlsm"])
def test_it_fits_what_ships(name: str) -> None:
    package = Package.open(Path(bundled.__file__).parent / name)
    assert prepared().copy(package, catalogue, None) is not None
