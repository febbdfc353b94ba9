"""``isomargin grid``: every combination of what runs, in order, by one call a block."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pytest

from udfs import catalogue
from workbook.commands.grid import _parquet
from workbook.grid import GridError, parse


def table(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_every_combination_the_last_one_fastest(isomargin):
    run = isomargin(
        "grid", '=ISO_LIQUIDATION_PRICE("long",entry,leverage)',
        "--over", "entry=100:200:2", "--over", "leverage=5:10:2",
    )  # fmt: skip
    assert run.code == 0
    assert run.err == ""
    # A long at 5x without maintenance is liquidated a fifth below its entry, at 10x a tenth.
    assert run.out == (
        "entry,leverage,liquidation_price\n"
        "100.0,5.0,80.0\n100.0,10.0,90.0\n200.0,5.0,160.0\n200.0,10.0,180.0\n"
    )


@pytest.mark.parametrize(
    "formula",
    [
        "ISO_POSITION_SIZE(10000, r, 100, s)",
        "=iso_position_size(10^4, R, 50*2, S)",
        "POSITION_SIZE(10000,r,100,s,,)",
    ],
)
def test_names_of_ones_own_and_arguments_that_compute(isomargin, formula):
    run = isomargin("grid", formula, "--over", "s=96:98:2", "--over", "r=1%:2%:2")
    rows = table(run.out)
    assert list(rows[0]) == ["stop", "risk", "position_size"]
    # 100 or 200 to lose, 4 or 2 a unit
    assert [float(row["position_size"]) for row in rows] == [25, 50, 50, 100]


def test_arguments_that_are_not_in_the_text_run_by_their_name(isomargin):
    run = isomargin(
        "grid", "ISO_KELLY", "--over", "win_rate=0.5:0.6:2", "--over", "payoff=2:2:1"
    )  # fmt: skip
    # p - (1 - p) / b: 0.5 - 0.25, 0.6 - 0.2
    assert [float(row["kelly"]) for row in table(run.out)] == pytest.approx([0.25, 0.4])


def test_a_block_is_what_single_calls_are():
    grid = parse(
        "ISO_TOUCH_PROBABILITY(100,barrier,volatility,days)",
        ("barrier=80:120:9", "volatility=1%:9%:5", "days=1:30:4"),
    )
    whole = next(iter(grid.blocks()))
    assert grid.points == 180
    for size in (1, 7, 64, 180):
        for name, column in whole.items():
            parts = [block[name] for block in grid.blocks(size)]
            assert np.array_equal(np.concatenate(parts), column)
    formula = catalogue["ISO_TOUCH_PROBABILITY"]
    columns = [column.tolist() for column in whole.values()]
    for barrier, volatility, days, chance in zip(*columns, strict=True):
        assert formula(100.0, barrier, volatility, days) == pytest.approx(chance, rel=1e-14)


def test_points_without_a_result_are_blank_and_told(isomargin):
    run = isomargin("grid", 'ISO_LIQUIDATION_PRICE("long",entry,10)', "--over", "entry=-1:1:3")
    assert run.code == 0
    assert [row["liquidation_price"] for row in table(run.out)] == ["", "", "0.9"]
    assert run.err.startswith("2 of 3 points have no result; the first at entry -1: ")
    assert "entry is -1" in run.err
    assert isomargin("grid", "ISO_KELLY(p,-1)", "--over", "p=0:1:3").code == 1


@pytest.mark.parametrize("suffix", ["csv", "parquet"])
def test_into_a_file(isomargin, tmp_path, suffix):
    out = tmp_path / f"grid.{suffix}"
    run = isomargin("grid", "ISO_KELLY(p,2)", "--over", "p=-0.25:1:6", "-o", out)
    assert run.code == 0
    assert f"{out}: 6 points" in run.out
    if suffix == "csv":
        found = [row["kelly"] for row in table(out.read_text(encoding="utf-8"))]
        assert found[0] == ""
        numbers = [float(text) for text in found[1:]]
    else:
        polars = pytest.importorskip("polars")
        frame = polars.read_parquet(out)
        assert frame["kelly"].null_count() == 1
        numbers = frame["kelly"].drop_nulls().to_list()
    # 0 below a third; p - (1 - p) / 2
    assert numbers == pytest.approx([0, 0, 0.25, 0.625, 1])
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("ISO_KELLY(p,2) over p=1", "name=from:to:steps"),
        ("ISO_KELLY(p,2) over p=1:2:x", "name=from:to:steps"),
        ("ISO_KELLY(p,2) over p=a:2:3", "name=from:to:steps"),
        ("ISO_KELLY(p,2) over p=0:1:0", "whole number from 1"),
        ("ISO_KELLY(p,2) over p=0:inf:3", "numbers"),
        ("ISO_KELLY(p,2) over p=0:1:3 over p=0:1:3", "one name twice"),
        ("ISO_KELLY(0.5,2) over q=0:1:3", "q runs, but ISO_KELLY"),
        ("ISO_KELLY(p) over p=0:1:3", "payoff is missing"),
        ("ISO_KELLY(p,2,3) over p=0:1:3", "no more than 2"),
        ("ISO_KELLY(p,A1/0) over p=0:1:3", "payoff is A1/0"),
        ("ISO_KELLY(p,2)+1 over p=0:1:3", "no call of one formula"),
        ("SUM(p,2) over p=0:1:3", "no call of one formula"),
        (" over p=0:1:3", "no call of one formula"),
        ("ISO_KELLY(p,2)*(3) over p=0:1:3", "no call of one formula"),
        ("ISO_KELY(p,2) over p=0:1:3", "did you mean ISO_KELLY?"),
        ('LIQUIDATON_PRICE("long",p) over p=1:2:3', "did you mean ISO_LIQUIDATION_PRICE?"),
        ("ISO_KELLY(p,p) over p=0:1:3", "p stands for win_rate and for payoff"),
        ('ISO_LIQUIDATION_PRICE("long",levrage,5) over leverage=1:2:3', "leverage runs, but"),
        ("ISO_KELLY(p,q) over p=0:1:3 over r=1:2:3", "r runs, but"),
        ("ISO_KELLY(p,q) over p=0:1:3", "payoff is q, which is #NAME?"),
        ('ISO_SCALE_OUT("long",p,1,10) over p=1:2:3', "no single number"),
        ("ISO_EXPLAIN(p) over p=1:2:3", "no single number"),
    ],
)
def test_what_is_no_grid_is_refused_in_words(refused, asked, words):
    formula, *over = asked.split(" over ")
    with pytest.raises(GridError):
        parse(formula, over)
    assert words in refused("grid", formula, *(part for one in over for part in ("--over", one)))


def test_other_endings_are_refused(refused, tmp_path):
    line = refused("grid", "ISO_KELLY(p,2)", "--over", "p=0:1:3", "-o", tmp_path / "grid.xlsx")
    assert ".csv or .parquet" in line
    assert list(tmp_path.iterdir()) == []


def test_a_parquet_file_is_written_block_by_block(
    tmp_path: Path,
) -> None:
    polars = pytest.importorskip("polars")
    whole = parse("ISO_KELLY(win_rate,2)", ("win_rate=0:1:11",))
    pieces = list(whole.blocks(4))
    assert [len(piece["win_rate"]) for piece in pieces] == [4, 4, 3]
    _parquet(pieces, whole.columns, tmp_path / "kelly.parquet")
    found = polars.read_parquet(tmp_path / "kelly.parquet")
    assert found.columns == ["win_rate", "kelly"]
    assert found["win_rate"].to_list() == pytest.approx([at / 10 for at in range(11)])
    # Half of the bets won, each pays 2 to 1: 0.5 - 0.5 / 2.
    assert found["kelly"][5] == pytest.approx(0.25)


def test_axes_of_one_span_run_in_the_order_they_were_named(isomargin):
    run = isomargin("grid", "ISO_KELLY(w,b)", "--over", "b=0.5:1:2", "--over", "w=0.5:1:2")
    rows = table(run.out)
    assert list(rows[0]) == ["payoff", "win_rate", "kelly"]
    assert [float(row["win_rate"]) for row in rows] == [0.5, 1, 0.5, 1]


def test_a_file_longer_than_a_block_is_streamed(isomargin, monkeypatch, tmp_path):
    whole = tmp_path / "whole.csv"
    call = ("grid", "ISO_KELLY(win_rate,b)", "--over", "b=1:3:7", "--over", "win_rate=0:1:5", "-o")
    assert isomargin(*call, whole).code == 0
    monkeypatch.setattr("workbook.grid.GridCall.blocks.__defaults__", (4,))
    monkeypatch.setattr("workbook.commands.grid._LINES", 3)
    parts = tmp_path / "parts.csv"
    assert isomargin(*call, parts).code == 0
    assert parts.read_bytes() == whole.read_bytes()
    assert len(whole.read_text(encoding="utf-8").splitlines()) == 1 + 7 * 5
