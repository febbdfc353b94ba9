"""``isomargin eval``: a formula without a workbook."""

import io
import json

import pytest

ARTICLE = [
    ("=ISO_POSITION_SIZE(10000,2%,100,96)", 50),
    ("=ISO_POSITION_SIZE_VOL(10000,2%,100,5%)", 40),
    ('=ISO_LIQUIDATION_PRICE("long",100,10)', 90),
    ('=ISO_LIQUIDATION_PRICE("long",100,50)', 98),
    ('=ISO_LIQUIDATION_PRICE("long",2000,10,0.5%)', 1809.0452261306532),
    ('=ISO_LIQUIDATION_PRICE("short",2000,10,1%)', 2178.2178217821784),
    ("=ROUND(ISO_TOUCH_PROBABILITY(100,98,5%,1),3)", 0.693),
    ("=ROUND(ISO_TOUCH_PROBABILITY(100,90,5%,1),3)", 0.037),
    ('=INDEX(ISO_SCALE_OUT("long",100,50,10),1,3)', 105),
    ('=INDEX(ISO_SCALE_OUT("long",100,50,10),2,3)', 110),
    ('=INDEX(ISO_STOP_LADDER("long",100,96,50),1,2)', 98.8),
    ('=INDEX(ISO_STOP_LADDER("long",100,96,50),2,5)', 130),
]


@pytest.mark.parametrize(("formula", "expected"), ARTICLE)
def test_the_articles_numbers(isomargin, formula, expected):
    result = isomargin("eval", formula)
    assert result.code == 0
    assert float(result.out) == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        ("=1+1", 2),
        ("1+1", 2),
        ('="a"&"b"', "ab"),
        ("=1=1", True),
        ("=A1", None),
        ("={1,2;3,4}", [[1, 2], [3, 4]]),
        ('=ISO_LIQUIDATION_PRICE("long",100,{10,50})', [[90, 98]]),
        ('=ISO_LIQUIDATION_PRICE("long",100,{10;0})', [[90], [{"error": "#NUM!"}]]),
        ('=ISO_LIQUIDATION_PRICE("long",100,)', {"error": "#N/A"}),
        ('=ISO_LIQUIDATION_PRICE("long",100,10,,,,,,,"mark")', 90),
        ('=ISO_LIQUIDATION_PRICE("long",100,1/0)', {"error": "#DIV/0!"}),
        ('=ISO_EXPLAIN("ISO_POSITION_SIZE",10000,2%,100,96)', "ok"),
        ('=SUM(ISO_LIQUIDATION_PRICE("long",{100;200},10))', 270),
        ("=NO_SUCH_FORMULA(1)", {"error": "#NAME?"}),
        ("=1E999", {"error": "#NUM!"}),
        ("={1E999,1}", [[{"error": "#NUM!"}, 1]]),
        ("=[1]Sheet1!A1", {"error": "#REF!"}),
    ],
)
def test_json_gives_one_typed_value(isomargin, formula, expected):
    result = isomargin("eval", "--json", formula)
    assert json.loads(result.out) == expected
    assert result.out.count("\n") == 1


def test_an_error_ends_with_1_and_says_why(isomargin):
    result = isomargin("eval", "=ISO_POSITION_SIZE(10000,2,100,96)")
    assert result.code == 1
    assert result.out == "#NUM!\n"
    assert "type 2% or 0.02, not 2" in result.err


def test_a_broken_formula_is_wrong_use(refused):
    assert "cannot be read" in refused("eval", "=ISO_POSITION_SIZE(10000")


def test_lines_in_lines_out(isomargin, monkeypatch):
    leverages = range(1, 3001)
    lines = [f'=ISO_LIQUIDATION_PRICE("long",100,{leverage})' for leverage in leverages]
    lines[10:10] = ["", "=1/0", "=(((", "   "]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(lines) + "\n"))
    result = isomargin("eval", "--json", "-")
    assert result.code == 0
    answers = [json.loads(line) for line in result.out.splitlines()]
    assert len(answers) == 3004
    assert answers[10] is None
    assert answers[11] == {"error": "#DIV/0!"}
    assert answers[12]["error"] == "#NAME?"
    assert answers[13] is None
    del answers[10:14]
    assert answers == pytest.approx([100 - 100 / leverage for leverage in leverages])


def test_a_table_is_shown_in_lines(isomargin):
    result = isomargin("eval", '=ISO_STOP_LADDER("long",100,96,50,,,,,,,TRUE)')
    lines = result.out.splitlines()
    assert lines[0].split("\t")[:2] == ["Tier", "Price"]
    assert lines[2].split("\t")[:2] == ["Hard", "96"]
