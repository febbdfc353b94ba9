"""The catalogue's own rules, and that what others derive from it is there."""

import re
from pathlib import Path

import pytest

from udfs import catalogue
from udfs.catalogue import formula as registry
from udfs.catalogue.docstrings import parse
from udfs.catalogue.formula import HELP_LIMIT, CatalogueError, formula
from udfs.catalogue.units import Price, Side


def test_what_was_published_keeps_its_name_order_and_defaults():
    """Files that people fill in depend on it; a new optional argument may come at the end."""
    published = Path(__file__).with_name("signatures_0_1.txt").read_text(encoding="utf-8")
    for line in published.splitlines():
        name = line.partition("(")[0]
        assert name in catalogue, f"{name} is gone"
        before, now = line.removesuffix(")"), catalogue[name].signature.removesuffix(")")
        assert now == before or now.startswith(f"{before}, ["), f"{line} became {now})"


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("ISO_EXPLAIN", 1, None), ("ISO_VERSION", 0, 0), ("ISO_KELLY", 2, 2), ("ISO_STRESS", 6, 9)],
)
def test_how_many_arguments_a_formula_takes(name, least, most):
    assert (catalogue[name].min_args, catalogue[name].max_args) == (least, most)


@pytest.mark.parametrize("one", catalogue.values(), ids=lambda one: one.name)
def test_every_formula_can_be_shown_in_the_function_wizard(one):
    assert re.fullmatch(r"ISO_[A-Z0-9_]+", one.name)
    assert one.summary.endswith((".", "?"))
    assert len(one.summary) <= HELP_LIMIT
    assert sum(len(argument.name) + 2 for argument in one.arguments) < HELP_LIMIT
    for argument in one.arguments:
        assert 0 < len(argument.help) <= HELP_LIMIT, argument.name
        assert argument.unit


@pytest.mark.parametrize("one", catalogue.values(), ids=lambda one: one.name)
def test_every_formula_documents_its_result_and_source(one):
    assert "Returns" in one.docstring.sections
    if one.category != "Service":
        assert "References" in one.docstring.sections
    if one.result == "elementwise" and one.category != "Service":
        assert "Notes" in one.docstring.sections, "the equation is missing"


def declare(body):
    return formula("Liquidation")(body)


def test_a_declaration_that_breaks_a_rule_says_which():
    def undocumented(side: Side, entry: Price) -> float:
        """Something.

        Parameters
        ----------
        side
            "long" or "short".

        Examples
        --------
        >>> 1
        1
        """
        return 1.0

    with pytest.raises(CatalogueError, match="ISO_UNDOCUMENTED does not document entry"):
        declare(undocumented)

    def silent(side: Side) -> float:
        return 1.0

    with pytest.raises(CatalogueError, match="needs a summary line and a runnable example"):
        declare(silent)


@pytest.fixture
def _declared_is_forgotten():
    yield
    registry._formulas.pop("ISO_DECLARED", None)


def declared(
    name="entry", summary="Something.", words="A price.", examples=">>> 1\n1", others="", **more
):
    """Declare a formula of one argument (and what others say)."""
    scope = {"Price": Price}
    exec(f"def declared({name}: Price{others}) -> float: ...", scope)
    body = scope["declared"]
    body.__doc__ = (
        f"{summary}\n\nParameters\n----------\n{name}\n    {words}\nstop\n    Another.\n\n"
        f"Examples\n--------\n{examples}\n"
    )
    return formula(**{"category": "Liquidation"} | more)(body)


@pytest.mark.usefixtures("_declared_is_forgotten")
@pytest.mark.parametrize(
    "most",
    [{"summary": "x" * 254 + "."}, {"words": "x" * 255}, {"name": "x" * 252}, {"name": "price"}],
    ids=str,
)
def test_what_just_fits_the_function_wizard_is_declared(most):
    assert catalogue[declared(**most).name].function == "declared"
    # In the reference's order, though declared last.
    categories = [one.category for one in catalogue.values()]
    assert categories == sorted(categories, key=registry.CATEGORIES.index)


@pytest.mark.usefixtures("_declared_is_forgotten")
@pytest.mark.parametrize(
    ("more", "words"),
    [
        ({"summary": "x" * 255 + "."}, "has a summary longer than 255"),
        ({"words": "x" * 256}, "has help for entry longer than 255"),
        ({"name": "x" * 253}, "has argument names too long"),
        ({"name": "a1"}, "has an argument a1 that reads as a cell"),
        ({"name": "R1C1"}, "has an argument R1C1 that reads as a cell"),
        ({"category": "Luck"}, "has the unknown category Luck"),
        ({"follows": "entry"}, "runs along entry, which is no series"),
        ({"summary": ""}, "needs a summary line and a runnable example"),
        ({"examples": ""}, "needs a summary line and a runnable example"),
        ({"others": " = 1, *, stop: Price"}, "has the required argument stop after an optional"),
    ],
    ids=str,
)
def test_what_a_host_could_not_show_is_refused(more, words):
    with pytest.raises(CatalogueError, match=words):
        declared(**more)
    assert "ISO_DECLARED" not in catalogue


@pytest.mark.usefixtures("_declared_is_forgotten")
def test_a_name_is_declared_once():
    declared()
    with pytest.raises(CatalogueError, match="is declared twice"):
        declared()


def test_an_argument_may_be_documented_with_its_type():
    text = "Sum.\n\nParameters\n----------\na : float\n    First,\n    and more.\nb\n    Second.\n"
    assert parse(text).parameters == {"a": "First, and more.", "b": "Second."}


def test_a_refused_declaration_leaves_the_catalogue_as_it_was():
    assert "ISO_UNDOCUMENTED" not in catalogue


def test_the_catalogue_cannot_be_changed_from_outside():
    with pytest.raises(TypeError):
        catalogue["ISO_VERSION"] = None


def test_udfs_knows_no_spreadsheet():
    """The arithmetic is reachable without any host's library."""
    import subprocess
    import sys

    code = (
        "import sys, udfs; "
        "print([m for m in ('xlwings', 'openpyxl', 'formualizer', 'lxml', 'scipy') "
        "if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
