from __future__ import annotations

import pytest

from addin.embedded.conversion import OMITTED_MARK
from addin.embedded.own_calls import SINGLE
from addin.embedded.rewrite import Rewriter
from addin.package import Area, DefinedName, PackageTable

MARK = f'"{OMITTED_MARK}"'
PLAN = PackageTable(
    "Plan",
    "My Plan",
    "part",
    Area(2, 2, 7, 6),
    ("Side", "Entry", "Size [#]", "It's", "@ price\nnew"),
    totals_rows=1,
)
BARE = PackageTable("Bare", "My Plan", "part", Area(12, 1, 14, 2), ("a", "b"), header_rows=0)
NAMES = (
    DefinedName("Window", "OFFSET(Calc!$A$1,0,0,2,1)"),
    DefinedName("Above", "Calc!A1"),
    DefinedName("Fixed", "Calc!$A$1"),
    DefinedName("Loop", "Loop+SUM(1)"),
)


@pytest.fixture
def rewriter() -> Rewriter:
    return Rewriter([PLAN, BARE], NAMES, ["ISO_F"], strict=False)


@pytest.mark.parametrize(
    ("formula", "rewritten"),
    [
        ("Plan[[#This Row],[Entry]]*2", "C4*2"),
        ("Plan[@Entry]*2", "C4*2"),
        ("[@Entry]*2", "C4*2"),
        ("plan[[#this row],[ENTRY]]", "C4"),
        ("SUM([@[Side]:[Entry]])", "SUM(B4:C4)"),
        ("SUM(Plan[[#This Row],[Side]:[Entry]])", "SUM(B4:C4)"),
        ("[@[Size '['#']]]", "D4"),
        ("Plan[[#This Row],[Size '['#']]]", "D4"),
        ("[@[It''s]]", "E4"),
        ("Plan[[#This Row],['@ price\nnew]]", "F4"),
        ("SUM(Plan[Entry])", "SUM($C$3:$C$6)"),
        ("SUM([Entry])", "SUM($C$3:$C$6)"),
        ("SUM(Plan)", "SUM($B$3:$F$6)"),
        ("SUM(Plan[])", "SUM($B$3:$F$6)"),
        ("ROWS(Plan[#All])", "ROWS($B$2:$F$7)"),
        ("ROWS(Plan[[#All],[Entry]])", "ROWS($C$2:$C$7)"),
        ("Plan[[#Headers],[Entry]]", "$C$2"),
        ("Plan[[#Totals],[Entry]]", "$C$7"),
        ("ROWS(Plan[[#Headers],[#Data],[Entry]])", "ROWS($C$2:$C$6)"),
        ("SUM(Plan[[Side]:[Size '['#']]])", "SUM($B$3:$D$6)"),
        ("SUM(Bare[a])", "SUM($A$12:$A$14)"),
        ("Bare[[#Headers],[a]]", "#REF!"),
        ("Bare[[#Totals],[a]]", "#REF!"),
        ("Plan[Nothing]", "#REF!"),
        ("Nobody[x]", "#REF!"),
        ('IF(A1="Plan[Entry]",1,2)', 'IF(A1="Plan[Entry]",1,2)'),
        # A whole column where one cell is meant: the cell of the row.
        ("Plan[Entry]*2", "C4*2"),
    ],
)
def test_structured_references_become_addresses(
    rewriter: Rewriter, formula: str, rewritten: str
) -> None:
    assert rewriter.rewrite(formula, "My Plan", 4, 4) == rewritten


def test_the_own_row_of_another_sheet_is_the_same_row(rewriter: Rewriter) -> None:
    assert rewriter.rewrite("Plan[[#This Row],[Entry]]", "Calc", 5, 1) == "'My Plan'!C5"
    assert rewriter.rewrite("SUM(Plan[Entry])", "Calc", 5, 1) == "SUM('My Plan'!$C$3:$C$6)"


@pytest.mark.parametrize("row", [2, 7, 8, 100])
def test_a_row_outside_the_table_has_no_own_row(rewriter: Rewriter, row: int) -> None:
    assert rewriter.rewrite("Plan[[#This Row],[Entry]]", "Calc", row, 1) == "#VALUE!"


@pytest.mark.parametrize(
    ("formula", "rewritten"),
    [
        ("ISO_F(A1,,B1)", f"ISO_F(A1,{MARK},B1)"),
        ("iso_f(,1)", f"iso_f({MARK},1)"),
        ("ISO_F(1,)", f"ISO_F(1,{MARK})"),
        ("ISO_F(1, , )", f"ISO_F(1, {MARK}, {MARK})"),
        ("ISO_F(,)", f"ISO_F({MARK},{MARK})"),
        ("ISO_F()", "ISO_F()"),
        ("IF(A1,,ISO_F(1,,2))", f"IF(A1,,ISO_F(1,{MARK},2))"),
        ("ISO_F(IF(A1,,2),3)", "ISO_F(IF(A1,,2),3)"),
        ("ISO_F((1),{1,2},)", f"ISO_F((1),{{1,2}},{MARK})"),
        ('ISO_F(",,",1)', 'ISO_F(",,",1)'),
        ("ISO_FOO(1,,2)", "ISO_FOO(1,,2)"),
    ],
)
def test_left_out_arguments_are_marked(rewriter: Rewriter, formula: str, rewritten: str) -> None:
    assert rewriter.rewrite(formula, "Calc", 1, 1) == rewritten


@pytest.mark.parametrize(
    ("formula", "rewritten"),
    [
        ("[1]!ISO_F(1)+[1]!OTHER(1)", "ISO_F(1)+[1]!OTHER(1)"),
        ("A1:A9*2", "A5*2"),
        ("-(A1:A9)", "-(A5)"),
        ("B1:B3*2", "#VALUE!*2"),
        ("A9:D9", "C9"),
        ("SUM(A1:A9)*2", "SUM(A1:A9)*2"),
        ("_xlfn.SINGLE(A1:A9)", f"{SINGLE}(A5)"),
        ("SUM(_xlfn.SINGLE(A1:A9),B1:B2)", f"SUM({SINGLE}(A5),B1:B2)"),
        ("SUM(Window)", "SUM((OFFSET(Calc!$A$1,0,0,2,1)))"),
        ("Above+1", "(Calc!C5)+1"),
        ("Fixed+1", "Fixed+1"),
        ("Loop", "(Loop+SUM(1))"),
    ],
)
def test_other_traps(rewriter: Rewriter, formula: str, rewritten: str) -> None:
    assert rewriter.rewrite(formula, "Calc", 5, 3) == rewritten


def test_array_formulas_keep_their_ranges(rewriter: Rewriter) -> None:
    assert rewriter.rewrite("A1:A9*2", "Calc", 5, 3, array=True) == "A1:A9*2"
    assert rewriter.rewrite("Plan[Entry]*2", "Calc", 1, 1, array=True) == ("'My Plan'!$C$3:$C$6*2")
