"""The catalogue's own rules, and that what others derive from it is there."""

import re

import pytest

from udfs import catalogue
from udfs.catalogue import formula as registry
from udfs.catalogue.docstrings import parse
from udfs.catalogue.formula import HELP_LIMIT, CatalogueError, formula
from udfs.catalogue.units import Price, Side

# The public interface: names, order of arguments and defaults are fixed, because files that
# people fill in depend on them. A new optional argument may come at the end.
SIGNATURES = (
    "ISO_LIQUIDATION_PRICE(side, entry, leverage, [maintenance_rate=0], [liquidation_fee=0], "
    "[quantity=1], [extra_margin=0], [accrued_carry=0], [maintenance_amount=0], "
    '[model="mark"])',
    "ISO_LIQUIDATION_PRICE_TIERED(side, entry, leverage, quantity, tiers, "
    "[liquidation_fee=0], [extra_margin=0], [accrued_carry=0])",
    "ISO_MAX_LEVERAGE(side, entry, stop, [maintenance_rate=0], [liquidation_fee=0], "
    "[buffer=0])",
    "ISO_MARGIN_FOR_LIQUIDATION(side, entry, quantity, liquidation_price, "
    "[maintenance_rate=0], [liquidation_fee=0], [accrued_carry=0])",
    "ISO_DAYS_TO_LIQUIDATION(side, entry, leverage, mark, funding_rate, [funding_hours=8], "
    "[borrow_rate=0], [maintenance_rate=0], [liquidation_fee=0])",
    "ISO_LIQUIDATION_OUTCOME(side, entry, quantity, margin, trigger_price, [penalty_rate=0], "
    '[slippage=0], [remainder="trader"], [headers=FALSE])',
    "ISO_LIQUIDATION_PRICE_PERPS_V2(side, entry, quantity, margin, [skew_scale=0], "
    "[fee_ratio=0.0035], [buffer_ratio=0.0025], [min_fee=1], [max_fee=1000], [keeper_fee=2], "
    "[premium_multiplier=1], [accrued_carry=0])",
    "ISO_POSITION_SIZE(account, risk, entry, stop, [fee_rate=0], [slippage=0], [lot_size=0], "
    "[max_leverage=0])",
    "ISO_POSITION_SIZE_VOL(account, risk, entry, volatility, [multiple=1], [fee_rate=0], "
    "[lot_size=0], [max_leverage=0])",
    "ISO_CARRY_COST(side, notional, days, funding_rate, [funding_hours=8], [borrow_rate=0], "
    "[borrowed=notional], [compounds_per_year=0])",
    "ISO_BREAKEVEN_PRICE(side, entry, quantity, [fee_rate=0], [carry=0])",
    "ISO_SCALE_OUT(side, entry, quantity, leverage, [triggers={0.5,1}], "
    '[fractions={0.25,0.25}], [basis="margin"], [of="original"], [fee_rate=0], [trail=0], '
    "[maintenance_rate=0], [headers=FALSE])",
    "ISO_STOP_LADDER(side, entry, stop, quantity, [soft_at=0.3], [soft_close=0.5], "
    '[hard="price"], [fee_rate=0], [leverage=0], [maintenance_rate=0], [headers=FALSE])',
    "ISO_TRAILING_STOP(side, entry, best_price, trail, [activate_at=0])",
    "ISO_TOUCH_PROBABILITY(price, barrier, volatility, days, [drift=0], [looks_per_day=0])",
    "ISO_TARGET_FIRST_PROBABILITY(price, target, stop, volatility, days, [drift=0])",
    "ISO_JOINT_LIQUIDATION(sides, prices, liquidation_prices, volatilities, correlation, "
    "days, [paths=20000], [seed=1], [headers=FALSE])",
    "ISO_PORTFOLIO_RISK(risks, correlation)",
    "ISO_EFFECTIVE_BETS(risks, correlation)",
    "ISO_STRESS(sides, entries, quantities, margins, prices, shocks, [maintenance_rates=0], "
    "[headers=FALSE])",
    "ISO_CROSS_MARGIN(side, entry, quantity, margin, mark, other_equity, "
    "[maintenance_rate=0], [headers=FALSE])",
    "ISO_VENUE_COMPARISON(side, entry, quantity, leverage, days, venues, [headers=FALSE])",
    "ISO_R_MULTIPLE(side, entry, initial_stop, exit_price, [quantity=1], [costs=0])",
    "ISO_JOURNAL_STATS(results, [headers=FALSE])",
    "ISO_JOURNAL_BY(groups, results, [headers=FALSE])",
    "ISO_EQUITY_CURVE(start, results)",
    "ISO_DRAWDOWN(start, results)",
    "ISO_KELLY(win_rate, payoff)",
    "ISO_RISK_OF_RUIN(win_rate, payoff, risk_units)",
    "ISO_EXPLAIN(name, ...)",
    "ISO_VERSION()",
)  # fmt: skip


def test_names_order_and_defaults_are_as_published():
    assert tuple(one.signature for one in catalogue.values()) == SIGNATURES


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("ISO_EXPLAIN", 1, None), ("ISO_VERSION", 0, 0), ("ISO_KELLY", 2, 2), ("ISO_STRESS", 6, 8)],
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
