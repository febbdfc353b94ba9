"""The catalogue's own rules, and that what others derive from it is there."""

import re
from pathlib import Path

import pytest

from udfs import CellError, IsomarginError, catalogue
from udfs.catalogue import formula as registry
from udfs.catalogue.arguments import HELP
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
    def undocumented(side: Side, limit: Price) -> float:
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

    with pytest.raises(CatalogueError, match="ISO_UNDOCUMENTED does not document limit"):
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


def test_a_docstring_does_not_repeat_what_an_argument_means_everywhere():
    written = [(f.name, name, text) for f in catalogue.values()
               for name, text in f.docstring.parameters.items()]  # fmt: skip
    assert [entry for entry in written if HELP.get(entry[1]) == entry[2]] == []
    names = [p.name for f in catalogue.values() for p in f.arguments if p.help == HELP.get(p.name)]
    assert {name for name in HELP if names.count(name) < 2} == set()


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


@pytest.mark.usefixtures("_declared_is_forgotten")
@pytest.mark.parametrize(
    ("signature", "words"),
    [
        ("price", "the argument price has no type of the catalogue"),
        ("price: float", "the argument price has no type of the catalogue"),
        ("price: Price = -1", "price has a default it refuses: price is -1"),
        ("price: Literal['a', 'b'] = 'c'", 'price has a default it refuses: price is the text "c"'),
        ("price: Price, headers: Headers = False", "has the argument headers, and is no table"),
        ("price: Price = same_as('stop')", "has a default for price that is no argument: stop"),
    ],
)
def test_a_wrong_declaration_names_formula_and_argument(signature, words):
    from typing import Literal

    from udfs.catalogue.cell_types import same_as
    from udfs.catalogue.units import Headers

    scope = {"Price": Price, "Literal": Literal, "Headers": Headers, "same_as": same_as}
    exec(f"def declared({signature}) -> float: ...", scope)
    scope["declared"].__doc__ = (
        "Something.\n\nParameters\n----------\nprice\n    A price.\n\n"
        "Examples\n--------\n>>> 1\n1\n"
    )
    with pytest.raises(CatalogueError, match="ISO_DECLARED") as found:
        formula("Liquidation")(scope["declared"])
    assert words in str(found.value)
    assert isinstance(found.value, IsomarginError)
    assert "ISO_DECLARED" not in catalogue


def test_a_text_over_a_range_is_a_text_for_each_cell():
    def declared(price: Price) -> str:
        """Something.

        Parameters
        ----------
        price
            A price.

        Examples
        --------
        >>> 1
        1
        """
        return "dear" if price > 100 else "cheap"

    try:
        one = formula("Liquidation")(declared)
        assert one.result == "text"
        assert one(150) == "dear"
        assert one([[50.0, 150.0], [-1.0, None]]) == [
            ["cheap", "dear"],
            [CellError.NUM, CellError.NA],
        ]
    finally:
        registry._formulas.pop("ISO_DECLARED", None)


UNITS = {
    "account currency": "CARRY_COST.borrowed"
    " LIQUIDATION_PRICE_PERPS_V2.min_fee LIQUIDATION_PRICE_PERPS_V2.max_fee"
    " LIQUIDATION_PRICE_PERPS_V2.keeper_fee",
    "times a year": "CARRY_COST.compounds_per_year",
    "units of the asset": "LIQUIDATION_PRICE_PERPS_V2.skew_scale POSITION_SIZE.lot_size",
    "times the account": "POSITION_SIZE.max_leverage",
    "times margin": "STOP_LADDER.leverage",
    "fraction of the entry price": "TRAILING_STOP.activate_at MAX_LEVERAGE.buffer",
    "times a day": "TOUCH_PROBABILITY.looks_per_day",
}


@pytest.mark.parametrize("unit", UNITS)
def test_units_are_each_arguments_own(unit):
    for name in UNITS[unit].split():
        formula, _, argument = name.partition(".")
        assert catalogue[f"ISO_{formula}"].parameter(argument).unit == unit, name


def test_names_given_wrong_or_twice_are_refused_with_the_right_one():
    size = catalogue["ISO_POSITION_SIZE"]
    assert size(10000, 0.02, 100, 96, fees=0.01) is CellError.VALUE
    assert "did you mean fee_rate?" in size.explain(10000, 0.02, 100, 96, fee_rte=0.01)
    assert size(10000, 0.02, 100, 96, stop=50) is CellError.VALUE
    assert "stop is given twice" in size.explain(10000, 0.02, 100, 96, stop=50)


def test_every_formula_says_what_shapes_it_takes():
    assert catalogue["ISO_POSITION_SIZE"].shapes == (
        "Each argument: a cell or a range; the result has their broadcast shape."
    )
    assert catalogue["ISO_SCALE_OUT"].shapes == "The result is a table of 9 columns."
    assert catalogue["ISO_DRAWDOWN"].shapes == "The result has the shape of results."
    assert catalogue["ISO_PORTFOLIO_RISK"].shapes == "The result is one cell."
    assert "budget: a cell or a range" in catalogue["ISO_RISK_ROOM"].shapes


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("POSITION_SIZE_VOL", (10000, 0.02, 100, 5), "volatility is 5"),
        ("TOUCH_PROBABILITY", (100, 90, 5, 1), "volatility is 5"),
        ("JOINT_LIQUIDATION", ("long", 100, 90, 5, 0, 7), "volatilities 1 is 5"),
        ("POSITION_SIZE", (10000, 0.02, 100, 96, 0, 5), "slippage is 5"),
        ("LIQUIDATION_OUTCOME", ("long", 100, 50, 500, 90, 0, 5), "slippage is 5"),
        ("BREAKEVEN_PRICE", ("long", 100, 1, 5), "fee_rate is 5"),
        ("LIQUIDATION_PRICE", ("long", 100, 10, 5), "maintenance_rate is 5"),
    ],
)
def test_a_5_for_5_per_cent_is_asked_about(name, arguments, words):
    one = catalogue[f"ISO_{name}"]
    assert one(*arguments) is CellError.NUM
    assert words in one.explain(*arguments)
    assert "did you mean 5%?" in one.explain(*arguments)
