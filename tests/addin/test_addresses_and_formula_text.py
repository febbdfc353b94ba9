from __future__ import annotations

import doctest
import importlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl.formula.translate import Translator
from openpyxl.utils import get_column_letter

from addin.package import PackageError, formula_text
from addin.package.addresses import a1, area, areas, cell
from addin.package.formula_text import moved, row_template, tokens


@pytest.mark.parametrize(
    "module", ["addresses", "formula_text", "values", "xml", "package", "sheet"]
)
def test_examples_in_docstrings_are_true(module: str) -> None:
    failed, _ = doctest.testmod(importlib.import_module(f"addin.package.{module}"))
    assert failed == 0


@given(st.integers(1, 1_048_576), st.integers(1, 16_384))
def test_addresses_read_back(row: int, column: int) -> None:
    assert cell(a1(row, column)) == (row, column)


@pytest.mark.parametrize(
    "wrong", ["", "12", "A0", "ABCD1", "A1048577", "XFE1", "A1:B2", "C-1", "=A1"]
)
def test_what_is_no_address_is_refused(wrong: str) -> None:
    with pytest.raises(PackageError, match="no cell address"):
        cell(wrong)


def test_ranges_may_be_written_backwards_and_whole() -> None:
    assert str(area("D9:$B$2")) == "B2:D9"
    assert [str(block) for block in areas("B2 C:C 4:5")] == ["B2", "C1:C1048576", "A4:XFD5"]


@given(st.text(alphabet="ABC$12:!'\"[]#@(){},; +*abc_é.", max_size=60))
def test_tokens_put_together_are_the_formula_again(text: str) -> None:
    assert "".join(token.text for token in tokens(text)) == text


@pytest.mark.parametrize(
    ("formula", "filled"),
    [
        ("A5+$B5+C$5+$D$5", "A8+$B8+C$5+$D$5"),
        ("SUM(A1:A5)", "SUM(A4:A8)"),
        ("SUM(A$1:A5)", "SUM(A$1:A8)"),
        ("'It''s A5'!A5&\"A5\"", "'It''s A5'!A8&\"A5\""),
        ("Sheet5!A5", "Sheet5!A8"),
        ("LOG10(A5)", "LOG10(A8)"),
        ("Plan[[#This Row],[A5]]+A5", "Plan[[#This Row],[A5]]+A8"),
        ("tax_A5+rate5.A5", "tax_A5+rate5.A5"),
        ("SUM(5:5)", "SUM(8:8)"),
        ("SUM($5:5)", "SUM($5:8)"),
        ("{1,5;3,4}*A5", "{1,5;3,4}*A8"),
        ("1.5E5*A5", "1.5E5*A8"),
        ("ABCD5+XFE5", "ABCD5+XFE5"),
        ('IF(A5="{0}","{}",A4)', 'IF(A8="{0}","{}",A7)'),
    ],
)
def test_formulas_fill_down_as_in_a_spreadsheet(formula: str, filled: str) -> None:
    steps: dict[int, int] = {}
    template = row_template(formula, 5, steps)
    assert template.format(*(8 + step for step in steps)) == filled
    assert moved(formula, 3, 0) == filled


def test_a_shared_formula_moves_both_ways_and_falls_off_the_sheet() -> None:
    assert moved("B2+$B2+B$2", 1, 2) == "D3+$B3+D$2"
    assert moved("A1", -1, 0) == "#REF!"
    assert moved("SUM(B:C)+A:A", 0, -1) == "SUM(A:B)+#REF!"
    assert moved("SUM(2:3)+1:1", -1, 5) == "SUM(1:2)+#REF!"
    assert moved("XFD1+A1048576", 1, 1) == "#REF!+#REF!"


def test_in_a_name_what_leaves_the_sheet_comes_in_on_the_other_side() -> None:
    """As Excel has it: the cell above, told from A1, is the last one of the column."""
    assert moved("XFD1048576", 1, 1, around=True) == "A1"
    assert moved("SUM(XFD:XFD)", 4, 3, around=True) == "SUM(C:C)"
    assert moved("$A$1+1048576:1048576", 1, 1, around=True) == "$A$1+1:1"


@pytest.mark.parametrize("columns", [0, 1, 2, 26])
@pytest.mark.parametrize("rows", [0, 1, 7])
@pytest.mark.parametrize(
    "formula",
    [
        "SUM(A:A)",
        "SUM($A:B)*C$3",
        "SUM(Sheet2!B:$D)",
        "SUM('A:B'!B:D)",
        "SUM(1:1)",
        "SUM($1:2,3:$4)",
        'COUNTIF(B:B,"A:A")&"1:1"',
        "INDEX(A:C,2,1)/SUM(B2:$C$9)",
        "ab:ab",
    ],
)
def test_formulas_move_as_openpyxl_moves_them(formula: str, rows: int, columns: int) -> None:
    target = f"{get_column_letter(8 + columns)}{10 + rows}"
    theirs = Translator(f"={formula}", origin="H10").translate_formula(target)
    assert moved(formula, rows, columns).upper() == theirs.removeprefix("=").upper()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("SUM(", formula_text.FUNCTION),
        ("[1]!FN(", formula_text.EXTERNAL),
        ("[2]Sheet1!A1", formula_text.EXTERNAL),
        ("'[2]My sheet'!A1", formula_text.EXTERNAL),
        ("'My sheet'!A1", formula_text.SHEET),
        ("T[['[x'] #]]", formula_text.STRUCTURED),
        ("[@Entry]", formula_text.STRUCTURED),
        ("#DIV/0!", formula_text.ERROR),
        ("XFD1048576", formula_text.CELL),
        ("XFE1", formula_text.NAME),
        ("$B:D)", formula_text.COLUMNS),
        ("XFE:XFF", formula_text.NAME),
        ("$3:5)", formula_text.ROWS),
        ("1:1048576", formula_text.ROWS),
        ("1:1048577", formula_text.NUMBER),
        ("0:1", formula_text.NUMBER),
        ("9:9999999999999999999", formula_text.NUMBER),
        ("$9:$9999999", formula_text.NAME),
        ("A:Mar!B2", formula_text.NAME),
        ("A:SUM(B2)", formula_text.NAME),
    ],
)
def test_the_first_token(text: str, kind: str) -> None:
    assert tokens(text)[0].kind == kind
