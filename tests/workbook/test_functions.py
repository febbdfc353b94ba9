"""``isomargin functions``: the catalogue on the terminal."""

import json

from udfs import catalogue


def test_names_are_the_catalogue_in_order(isomargin):
    assert isomargin("functions", "--names").out.split() == list(catalogue)


def test_the_list_shows_every_formula_under_its_category(isomargin):
    out = isomargin("functions").out
    for one in catalogue.values():
        assert out.index(f"\n{one.category}\n") < out.index(f"  {one.name}\n")


def test_a_page_tells_arguments_units_defaults_equation_and_source(isomargin):
    out = isomargin("functions", "position_size").out
    assert "ISO_POSITION_SIZE(account, risk, entry, stop, [fee_rate=0]" in out
    assert "lot_size  (units of the asset; optional, default 0)" in out
    for part in ("Equation", "Source", "Examples", "Errors"):
        assert f"\n{part}\n" in out


def test_json_holds_what_other_programs_need(isomargin):
    data = json.loads(isomargin("functions", "--json").out)
    assert [one["name"] for one in data] == list(catalogue)
    assert data[0]["arguments"][3]["default"] == "0"


def test_an_unknown_name_is_met_with_near_ones(refused):
    line = refused("functions", "LIQUIDATION")
    assert "ISO_LIQUIDATION_PRICE" in line
