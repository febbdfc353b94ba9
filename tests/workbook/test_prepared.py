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


def plain_parts(package: Package) -> dict[str, bytes]:
    """Blank text may be written in two ways that are one."""
    found = books.parts(package.to_bytes())
    return {name: part.replace(b"<v></v>", b"<v/>") for name, part in found.items()}


@pytest.mark.parametrize("name", ["isomargin.xlsx", "blank.xlsx", "isomargin.xlsm"])
def test_it_fits_what_ships(name: str) -> None:
    package = Package.open(Path(bundled.__file__).parent / name)
    assert prepared().copy(package, catalogue, None) is not None
