"""The door for scripts and notebooks."""

import subprocess
import sys
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import polars as pl
import pytest

import isomargin as im
from udfs import catalogue


def test_every_formula_has_its_function_with_its_signature():
    import inspect

    for formula in catalogue.values():
        if formula.category == "Service":
            continue
        function = getattr(im, formula.function)
        assert list(inspect.signature(function).parameters) == [p.name for p in formula.arguments]
        told = " ".join(function.__doc__.split())
        assert formula.summary.split(":")[0] in told
        listed = " ".join(f"{p.name} {p.help}" for p in formula.arguments)
        assert f"Parameters ---------- {listed} Returns" in told
        assert formula.shapes in function.__doc__


def test_numbers_give_a_number():
    assert im.position_size(10_000, 0.02, 100, 96) == 50.0
    assert type(im.position_size(10_000, 0.02, 100, 96)) is float
    assert im.position_size(Decimal(10_000), Decimal("0.02"), Decimal(100), Decimal(96)) == 50.0
    assert im.position_size(np.float64(10_000), 0.02, np.int64(100), 96) == 50.0
    assert im.position_size(10_000, 0.02, 100, 96, fee_rate=None) == 50.0


@pytest.mark.parametrize("shape", [(), (1,), (3,), (1, 1), (2, 3), (3, 1), (2, 3, 4), (1, 1, 1)])
def test_the_result_has_the_inputs_shape(shape):
    found = im.position_size(10_000, 0.02, np.full(shape, 100.0), 96)
    assert isinstance(found, np.ndarray)
    assert found.shape == shape
    assert (found == 50.0).all()


def test_shapes_are_broadcast_like_numpys():
    found = im.liquidation_price(["long", "short"], np.array([[100.0], [200.0], [300.0]]), 10)
    np.testing.assert_allclose(found, [[90, 110], [180, 220], [270, 330]])
    with pytest.raises(im.FormulaError, match=r"entry \(2,\), stop \(3,\)"):
        im.position_size(10_000, 0.02, [100, 101], [96, 97, 98])


@pytest.mark.parametrize(
    "entries",
    [
        [100, 50],
        (100.0, 50),
        [Decimal(100), Decimal(50)],
        np.array([100, 50]),
        np.array([100, 50], dtype=np.float32),
        pd.Series([100, 50], index=["a", "b"]),
        pd.Series([Decimal(100), Decimal(50)]),
        pl.Series([100, 50]),
    ],
    ids=lambda entries: f"{type(entries).__module__}.{type(entries).__name__}",
)
def test_what_holds_numbers_may_be_given(entries):
    np.testing.assert_allclose(im.position_size(10_000, 0.02, entries, 40), [200 / 60, 20])
    assert im.portfolio_risk(entries, 1) == pytest.approx(150)
    np.testing.assert_allclose(im.equity_curve(0, entries), [100, 150])


def test_words_may_come_as_a_range():
    sides = pd.Series(["long", "short"])
    np.testing.assert_allclose(im.liquidation_price(sides, 100, 10), [90, 110])


@pytest.mark.parametrize(
    ("arguments", "named", "words"),
    [
        ((10_000, 0.02, 100, 96), {"fees": 0.01}, "no argument fees"),
        ((10_000, 0.02, 100, 96), {"fee_rat": 0.01}, "did you mean fee_rate?"),
        ((10_000, 0.02, 100, 96), {"stop": 50}, "stop is given twice"),
        ((10_000, 2, 100, 96), {}, "risk is 2: it must be greater than 0 and at most 1"),
        ((10_000, 2, [100, 101], 96), {}, "risk is 2: it must be"),
        ((10_000, 0.02, "x", 96), {}, 'entry is the text "x", not a number'),
        ((10_000, 0.02), {}, "entry is blank"),
        ((10_000, 0.02, [100, 101]), {}, "stop is blank"),
        ((10_000, 0.02, 100, 96, *[0] * 9), {}, "takes 12 arguments, not 13"),
        ((10_000, 0.02, 100, 100), {}, "stop 100 equals entry 100"),
    ],
)
def test_what_is_wrong_for_all_of_it_is_raised(arguments, named, words):
    with pytest.raises(im.FormulaError) as found:
        im.position_size(*arguments, **named)
    assert words in str(found.value)
    assert isinstance(found.value, im.IsomarginError)


def test_a_bad_element_is_nan_and_explained():
    entries = np.array([[100.0, -1.0], [np.nan, 100.0]])
    found = im.position_size(10_000, 0.02, entries, 96)
    np.testing.assert_array_equal(found, [[50.0, np.nan], [np.nan, 50.0]])
    words = im.explain(im.position_size, 10_000, 0.02, entries, 96)
    assert words.startswith("element 0, 1: entry is -1: it must be greater than 0")
    assert im.explain("position_size", 10_000, 0.02, [100, 101], 96) == "ok"
    assert im.explain("ISO_POSITION_SIZE", 10_000, 2, 100, 96).startswith("risk is 2")
    assert im.position_size(10_000, 0.02, np.array([-1.0]), 96).shape == (1,)
    with pytest.raises(im.FormulaError, match="no formula called luck"):
        im.explain("luck", 1)


def test_tables_are_rows_and_their_errors_nan():
    rows = im.scale_out("long", 100, 50, 10, [0.5, 1], pd.Series([0.25, 0.25]))
    assert [row[2] for row in rows] == [105.0, 110.0, 110.0]
    assert np.isnan(rows[-1][-1])
    assert im.scale_out("long", 100, 50, 10, headers=True)[0][0] == "Tranche"
    with pytest.raises(im.FormulaError, match="one fraction for each trigger"):
        im.scale_out("long", 100, 50, 10, [0.5, 1], [0.25])


def test_tiers_beside_an_array():
    tiers = [[0, 0.01], [80000, 0.02]]
    found = im.liquidation_price_tiered("long", [100.0, 100.0], 10, 1000, tiers)
    one = im.liquidation_price_tiered("long", 100, 10, 1000, np.array(tiers))
    np.testing.assert_allclose(found, [one, one])


def test_a_type_checker_sees_the_signatures(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(
        "import isomargin as im\n"
        "import numpy as np\n"
        "reveal_type(im.position_size(10_000, 0.02, 100, 96))\n"
        "reveal_type(im.position_size(10_000, 0.02, np.array([100.0]), 96))\n"
        "im.position_size(10_000, 0.02, 100, 96, fees=0.01)\n"
        'im.liquidation_price("long", 100, 10, model="book")\n'
    )
    run = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", str(script)],
        capture_output=True, text=True, cwd=Path(im.__file__).parents[1], check=False,
    )  # fmt: skip
    lines = run.stdout.splitlines()
    assert '"float"' in lines[0], run.stdout
    assert "float64" in lines[1]
    assert "position_size" in lines[2]
    assert any("liquidation_price" in line for line in lines[3:])


@pytest.mark.parametrize(
    "start", ["import isomargin; isomargin.kelly", "from isomargin.__main__ import main; main()"]
)
def test_a_file_in_the_way_is_named(tmp_path, start):
    hiding = tmp_path / "udfs.py"
    hiding.write_text("x = 1\n")
    run = subprocess.run(
        [sys.executable, "-c", start], capture_output=True, text=True, cwd=tmp_path, check=False
    )
    assert run.returncode != 0
    assert f"{hiding} hides isomargin's own package udfs" in run.stderr
    if "main" in start:
        assert (run.returncode, run.stderr.count("\n")) == (2, 1)
