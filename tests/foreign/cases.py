"""Small workbooks as other people make them, with the value that Excel shows for every formula.

The values were worked out by hand from Excel's rules, as the notes say; none was read from a run.
A book's formulas stand in column H of a sheet "Data", from row 1 on, unless a cell is named.
"""

# A formula and its value belong in one line.
# ruff: noqa: E501

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from udfs.errors import CellError

DIV0, NA, NUM, VALUE = CellError.DIV0, CellError.NA, CellError.NUM, CellError.VALUE


class Book(NamedTuple):
    """One workbook: what is typed, and the formulas with what they show."""

    name: str
    note: str
    cells: dict[str, Any]
    formulas: dict[str, tuple[str, Any]]
    names: Mapping[str, str] = MappingProxyType({})
    arrays: frozenset[str] = frozenset()
    date1904: bool = False


def column(letter: str, *values: Any) -> dict[str, Any]:
    return {f"{letter}{row}": value for row, value in enumerate(values, 1) if value is not None}


def book(
    name: str, note: str, cells: dict[str, Any], *formulas: tuple[str, Any], **more: Any
) -> Book:
    return Book(name, note, cells, {f"H{n}": one for n, one in enumerate(formulas, 1)}, **more)


PRICES = column("A", 5, 3, 8, 1, 9, 3)
TENS = column("B", 10, 20, 30, 40, 50, 60)
SIDES = column("C", "long", "short", "Long", "flat", "short", "long")
COINS = column("D", "BTC", "ETH", "SOL", "BTC", "a*b", "x~y")
# The first days of 2024 to June, in the count from 1900.
MONTHS = column("E", 45292, 45323, 45352, 45383, 45413, 45444)
TABLE = PRICES | TENS | SIDES | COINS | MONTHS

BOOKS = [
    book(
        "fractions", "2.75 is 2 3/4; 0.333 is nearest to 1/3 below 9; 16/113 is nearest to pi's rest",
        {},
        ('=TEXT(2.75,"# ?/?")', "2 3/4"), ('=TEXT(0.333,"# ?/?")', " 1/3"),
        ('=TEXT(3.14159265,"# ???/???")', "3  16/113"), ('=TEXT(2.5,"?/?")', "5/2"),
        ('=TEXT(5,"# ?/?")', "5    "), ('=TEXT(-1.25,"# ?/?")', "-1 1/4"),
        ('=TEXT(0.3,"# ?/8")', " 2/8"), ('=TEXT(0.99,"# ?/?")', "1    "),
    ),
    book(
        "conditions", "the first section whose condition is met; what is above 100 is big",
        {"A1": 150, "A2": 50, "A3": -50},
        ('=TEXT(A1,"[>100]""big"" 0;""small"" 0")', "big 150"),
        ('=TEXT(A2,"[>100]""big"" 0;""small"" 0")', "small 50"),
        ('=TEXT(A3,"[>100]""big"";[<0]""below"";""between""")', "below"),
        ('=TEXT(A2,"[>100]""big"";[<0]""below"";""between""")', "between"),
        ('=TEXT(A3,"[Red]0.0;[Blue](0.00);0")', "(50.00)"), ('=TEXT(0,"0;-0;""nil""")', "nil"),
        ('=TEXT("x","0;-0;0;""<""@"">""")', "<x>"), ('=TEXT(A1,"[=150]""is"";0")', "is"),
    ),
    book(
        "exponents", "two digits behind the point, the power of ten in steps of three for ##0",
        {"A1": 12345.678, "A2": 0.000123},
        ('=TEXT(A1,"0.00E+00")', "1.23E+04"), ('=TEXT(A2,"0.00E+00")', "1.23E-04"),
        ('=TEXT(A1,"##0.0E+0")', "12.3E+3"), ('=TEXT(123456789,"##0.0E+0")', "123.5E+6"),
        ('=TEXT(9.99,"0.0E+0")', "1.0E+1"), ('=TEXT(0,"0.00E+00")', "0.00E+00"),
        ('=TEXT(-A1,"0E-0")', "-1E4"), ('=1E20&""', "1E+20"),
    ),
    book(
        "digits", "fifteen digits, half away from zero, thousands by commas",
        {"A1": 1234567.891, "A2": -0.4, "A3": 1234567890},
        ('=TEXT(A1,"#,##0.00")', "1,234,567.89"), ('=TEXT(A1,"0.0,,""M""")', "1.2M"),
        ('=TEXT(A2,"0")', "0"), ('=TEXT(A2,"0.0;(0.0)")', "(0.4)"),
        ('=TEXT(A3,"000-000-0000")', "123-456-7890"), ('=TEXT(0.126,"0.0%")', "12.6%"),
        ('=TEXT(5,"000")&TEXT(5.1,"#.##")', "0055.1"), ('=TEXT(1/3,"General")', "0.333333333"),
        ('=TEXT(1.005,"0.00")', "1.01"), ('=TEXT(TRUE,"0.00")', "TRUE"),
    ),
    book(
        "dates as text", "1 January 2024 is a Monday and day 45292; 0.75 of it is 18:00",
        {"A1": 45292.75, "A2": 1.5, "A3": 60},
        ('=TEXT(A1,"yyyy-mm-dd hh:mm")', "2024-01-01 18:00"),
        ('=TEXT(A1,"dddd, d mmm yy")', "Monday, 1 Jan 24"), ('=TEXT(A1,"h:mm AM/PM")', "6:00 PM"),
        ('=TEXT(A2,"[h]:mm")', "36:00"), ('=TEXT(A2,"[mm]:ss")', "2160:00"),
        ('=TEXT(A3,"yyyy-mm-dd")', "1900-02-29"), ('=TEXT(61,"ddd")', "Thu"),
        ('=TEXT("2024-01-15","d mmm yyyy")', "15 Jan 2024"), ('=TEXT(0.999999,"hh:mm:ss")', "00:00:00"),
        ('=TEXT(-1,"yyyy")', VALUE),
    ),
    book(
        "days of 1904", "day 43830 from 1904 is 1 January 2024; 1,462 days lie between the counts",
        {"A1": 43830},
        ("=YEAR(A1)", 2024), ("=DATE(2024,1,1)-A1", 0), ('=TEXT(A1+31,"d mmm yyyy")', "1 Feb 2024"),
        ("=EOMONTH(A1,0)-A1", 30), ("=WEEKDAY(A1,2)", 1), ('=VALUE("2024-01-02")-A1', 1),
        date1904=True,
    ),
    book(
        "days of 1900", "Excel has a 29 February 1900, day 60, and a day 0",
        {},
        ("=DATE(1900,2,29)", 60), ("=DAY(60)", 29), ("=MONTH(60)", 2), ("=DATE(1900,3,1)", 61),
        ("=YEAR(0)", 1900), ("=DAY(0)", 0), ("=WEEKDAY(1)", 1), ("=DATE(108,1,1)", 39448),
        ("=DATE(2024,13,1)", 45658), ("=DATE(2024,1,-1)", 45290),
        ('=DATEDIF(DATE(2024,1,31),DATE(2024,3,1),"yd")', 30),
    ),
    book(
        "text that is a number", "a dollar sign, commas, brackets and percent are read",
        {"A1": "12", "A2": " 7 ", "A3": "5%"},
        ("=A1+1", 13), ("=A2*2", 14), ("=A3*100", 5), ("=SUM(A1:A3)", 0), ('=SUM("3",4)', 7),
        ('=VALUE("$1,234.5")', 1234.5), ('=VALUE("(12)")', -12), ("=A1=12", False),
        ("=--A1=12", True), ('=SUM("x",4)', VALUE), ('="10">9', True), ("=COUNT(A1:A3)", 0),
        ('=YEAR("2024-02-03")', 2024), ('=VALUE("1 1/2")', 1.5), ("=AVERAGE(A1:A3)", DIV0),
    ),
    book(
        "comparisons", "fifteen digits are compared; numbers are below text, text below TRUE",
        {"A1": 0.1, "A2": 0.2, "A3": 0.3, "B1": -0.3},
        ("=A1+A2=A3", True), ("=A1+A2-A3=0", False), ("=A1+A2-A3", 0), ("=H3=0", True), ("=A1*3>A3", False), ("=A1*3>=A3", True),
        ('=IF(1.1-1=A1,"same","not")', "same"), ('="a"="A"', True), ('="b">"A"', True),
        ('=1<"a"', True), ('=TRUE>"zzz"', True), ("=1.0000000000000002=1", True), ("=5>4>3", True),
        ("=SUMPRODUCT(--(A1:A3=A1*3))", 1), ("=SUM(A1:A3)-0.6", 0), ("=H15=0", True),
        ("=SUM(A1:A2,B1)", 0), ("=H17=0", True),
    ),
    book(
        "implicit intersection", "a range where one value is meant is its cell in the formula's row",
        TABLE,
        ("=SUM(A1:A3*2)", 10), ("=MAX(A1:A6-B1:B6)", -17), ('=A:A&"x"', "8x"), ("=ABS(A1:A6)", 1),
        ("=VLOOKUP(A:A,A1:B6,2,FALSE)", 50), ("=COUNTIF(A1:A6,A1:A6)", 2),
        ("=SUM(A1:A3*2)", VALUE), ("=IF(A1:A6>3,1,0)", VALUE),
    ),
    book(
        "array formulas", "the same, entered as arrays: over all cells",
        TABLE,
        ("=SUM(A1:A3*2)", 32), ("=MAX(A1:A6-B1:B6)", -5), ("=SUM(IF(A1:A6>3,B1:B6))", 90),
        ('=MAX(IF(C1:C6="long",B1:B6))', 60), ("=COUNT(1/(A1:A6>3))", 3),
        ('=INDEX(B1:B6,MATCH(1,(A1:A6=8)*(D1:D6="SOL"),0))', 30), ("=SUM(COUNTIF(A1:A6,{3,5}))", 3),
        ("=SUM(LARGE(A1:A6,{1,2,3}))", 22), ("=SUM(--(FREQUENCY(A1:A6,A1:A6)>0))", 5),
        arrays=frozenset(f"H{row}" for row in range(1, 10)),
    ),
    book(
        "array constants", "rows by semicolons, columns by commas; one value for each",
        PRICES,
        ("=SUM({1,2;3,4}*{10;20})", 170), ("=SUM(SUMIF(A1:A6,{3,8},A1:A6))", 14),
        ("=SUMPRODUCT({1,2},{3,4})", 11), ("=INDEX({1,2;3,4},2,1)", 3), ("=COLUMNS({1,2,3})", 3),
        ('=MATCH("b",{"a","b","c"},0)', 2), ("=SUM(SMALL(A1:A6,{1,2}))", 4),
        ('=VLOOKUP(2,{1,"one";2,"two"},2,FALSE)', "two"), ('=LOOKUP(7,{0,5,10},{"C","B","A"})', "B"),
    ),
    book(
        "rows as numbers", "ROW and COLUMN of a range are as many numbers as it has rows or columns",
        TABLE,
        ("=SUMPRODUCT(ROW(A1:A6))", 21), ("=SUMPRODUCT((MOD(ROW(A1:A6),2)=0)*A1:A6)", 7),
        ("=SUMPRODUCT(COLUMN(A1:C1))", 6), ('=SUMPRODUCT(LARGE(A1:A6,ROW(INDIRECT("1:3"))))', 22),
        ('=SUMPRODUCT(MID("12345",ROW(INDIRECT("1:5")),1)+0)', 15),
        ("=AGGREGATE(15,6,ROW(A1:A6)/(A1:A6=3),2)", 6), ("=SUMPRODUCT((A1:A6>1)*ROW(A1:A6))", 17),
        ("=ROW(A5)", 5), ("=ROWS(A1:A6)*COLUMNS(A1:C1)", 18),
    ),
    book(
        "last of its kind", "1/(...) is an error where it is not so: LOOKUP takes the last that is",
        TABLE,
        ("=LOOKUP(2,1/(A1:A6>3),D1:D6)", "a*b"), ('=LOOKUP(2,1/(C1:C6="long"),B1:B6)', 60),
        ("=LOOKUP(9.99E+307,A1:A6)", 3), ('=LOOKUP("zzzz",C1:C6)', "long"),
        ("=MATCH(9.99E+307,A1:A6)", 6), ('=MATCH("zzz",C1:C6)', 6), ("=LOOKUP(35,B1:B6,D1:D6)", "SOL"),
        ("=LOOKUP(5,B1:B6)", NA), ("=INDEX(A1:A6,MATCH(99,A1:A6,1))", 3),
    ),
    book(
        "looking up", "exact, nearest below, nearest above in a falling list, wildcards",
        TABLE | column("F", 60, 50, 40, 30, 20, 10),
        ("=VLOOKUP(35,B1:D6,3,TRUE)", "SOL"), ("=VLOOKUP(35,B1:D6,3,FALSE)", NA),
        ('=VLOOKUP("ET*",D1:E6,2,FALSE)', 45323), ("=MATCH(35,F1:F6,-1)", 3), ("=MATCH(65,F1:F6,-1)", NA),
        ('=MATCH("?TH",D1:D6,0)', 2), ('=MATCH("x~~y",D1:D6,0)', 6), ("=MATCH(20,B1:B6,0)", 2),
        ('=MATCH("20",B1:B6,0)', NA), ("=INDEX(D1:D6,MATCH(45,B1:B6))", "BTC"),
        ("=VLOOKUP(30,B1:D6,4,FALSE)", CellError.REF), ('=IFERROR(MATCH("none",D1:D6,0),"no")', "no"),
    ),
    book(
        "new look-ups", "XLOOKUP and XMATCH from both ends and by halving, up and down",
        TABLE | column("F", 60, 50, 40, 30, 20, 10),
        ("=_xlfn.XLOOKUP(35,B1:B6,D1:D6,\"none\",-1,2)", "SOL"),
        ("=_xlfn.XLOOKUP(35,B1:B6,D1:D6,\"none\",1,2)", "BTC"),
        ("=_xlfn.XLOOKUP(35,F1:F6,D1:D6,\"none\",1,-2)", "SOL"),
        ("=_xlfn.XLOOKUP(31,B1:B6,D1:D6,\"none\",0,2)", "none"),
        ("=_xlfn.XMATCH(3,A1:A6,0,-1)", 6), ("=_xlfn.XMATCH(3,A1:A6)", 2),
        ("=_xlfn.XMATCH(35,B1:B6,1)", 4), ('=_xlfn.XMATCH("E*",D1:D6,2)', 2),
        ("=_xlfn.XMATCH(30,F1:F6,0,-2)", 4), ('=_xlfn.XLOOKUP("BTC",D1:D6,B1:B6,,0,-1)', 40),
    ),
    book(
        "criteria", "wildcards, operators, words of any case, text that is a number",
        TABLE,
        ('=COUNTIF(C1:C6,"LONG")', 3), ('=COUNTIF(D1:D6,"*T*")', 3), ('=COUNTIF(D1:D6,"a~*b")', 1),
        ('=COUNTIF(A1:A6,">3")', 3), ('=COUNTIF(A1:A6,"3")', 2), ('=SUMIF(C1:C6,"<>long",B1:B6)', 110),
        ('=SUMIFS(B1:B6,C1:C6,"long",A1:A6,">=5")', 40), ('=SUMIF(C1:C6,"s*",B1:B6)', 70),
        ('=COUNTIFS(E1:E6,">="&DATE(2024,2,1),E1:E6,"<"&DATE(2024,4,1))', 2),
        ('=AVERAGEIF(A1:A6,">100")', DIV0), ('=SUMIFS(B1:B6,A1:A5,">1")', VALUE),
        ('=COUNTIF(A1:A6,">50%")', 6), ("=COUNTIF(A1:A6,2+1)", 2),
        ('=_xlfn.MAXIFS(B1:B6,C1:C6,"short")', 50), ('=SUMIF(E1:E6,">2024-03-15",B1:B6)', 150),
    ),
    book(
        "blanks and empty text", "a formula's empty text is no blank: = and <> tell them apart",
        {"A2": "x", "A4": 0, "A5": True, "A6": '=""'},
        ("=COUNTBLANK(A1:A6)", 3), ('=COUNTIF(A1:A6,"")', 3), ('=COUNTIF(A1:A6,"=")', 2),
        ('=COUNTIF(A1:A6,"<>")', 4), ("=COUNTA(A1:A6)", 4), ("=ISBLANK(A6)", False), ('=A1=""', True),
        ("=A1=0", True), ("=A6=0", False), ("=A6+1", VALUE), ("=A1+1", 1), ("=SUM(A1:A6)", 0),
        ("=SUMPRODUCT(--(LEN(A1:A3)=0))", 2), ("=AND(A4:A5)", False),
    ),
    book(
        "errors", "the first error counts, from left to right; what asks for one gets it",
        {"A1": 1, "A2": 0},
        ("=A1/A2", DIV0), ("=NA()+A1/A2", NA), ("=A1/A2+NA()", DIV0), ("=IFERROR(A1/A2,7)", 7),
        ("=_xlfn.IFNA(A1/A2,7)", DIV0), ("=ISERROR(H1)", True), ("=ISERR(NA())", False),
        ("=ERROR.TYPE(H1)", 2), ("=IF(FALSE,A1/A2,3)", 3), ("=COUNT(A1/A2,5)", 1), ("=SUM(H1,A1)", DIV0),
        ("=AGGREGATE(9,6,A1:A2,H1)", 1), ("=SUBTOTAL(2,A1:A2,H1)", 2), ("=TYPE(H1)", 16),
        ("=MATCH(5,A1:A2,0)", NA), ("=SQRT(-1)", NUM), ("=MOD(5,A2)", DIV0),
    ),
    book(
        "products of ranges", "words and truths count as nothing, unless something is computed",
        PRICES | TENS | {"C1": True, "C2": "7", "C3": 2},
        ("=SUMPRODUCT(A1:A3,B1:B3)", 350), ("=SUMPRODUCT(C1:C3,B1:B3)", 60),
        ("=SUMPRODUCT(A1:A6>3)", 0), ("=SUMPRODUCT(--(A1:A6>3))", 3), ("=SUMPRODUCT(A1:A3,B1:B2)", VALUE),
        ("=SUMPRODUCT((A1:A6>3)*(B1:B6<40)*B1:B6)", 40), ("=SUMPRODUCT(A1:A6,B1:B6)/SUM(B1:B6)", 1020 / 210),
        ("=SUMPRODUCT(--ISNUMBER(MATCH(A1:A6,B1:B6/10,0)))", 4), ("=SUMPRODUCT(1/COUNTIF(A1:A6,A1:A6))", 5),
        ("=SUMPRODUCT(RANK(A1:A6,A1:A6))", 20),
    ),
    book(
        "whole columns", "a column's cells are those that are filled; a row's likewise",
        PRICES | TENS,
        ("=SUM(A:A)", 29), ("=COUNT($B:$B)", 6), ("=MAX(A:B)", 60), ("=MATCH(8,A:A,0)", 3),
        ("=VLOOKUP(9,A:B,2,0)", 50), ("=SUMIF(A:A,\">3\",B:B)", 90), ("=INDEX(B:B,4)", 40),
        ("=SUM(A:B 3:3)", 38), ("=COUNTA(A:A)", 6), ("=SUM($1:$1 A:B)", 15),
    ),
    book(
        "names", "a name of the sheet goes before one of the workbook; a number; a formula",
        PRICES,
        ("=SUM(Prices)", 29), ("=Fee*4", 1), ("=Twice", 58), ("=Prices*10", 10),
        ("=INDEX(Prices,5)", 9), ("=MAX(Prices)-Fee", 8.75), ("=COUNTIF(Prices,3)", 2),
        names={"Prices": "Data!$A$1:$A$6", "Fee": "0.25", "Twice": "SUM(Data!$A$1:$A$6)*2"},
    ),
    book(
        "rounding", "half away from zero on what fifteen digits show; floors of numbers below zero",
        {},
        ("=ROUND(2.5,0)", 3), ("=ROUND(-2.5,0)", -3), ("=ROUND(1.005,2)", 1.01), ("=ROUND(1234.5,-2)", 1200),
        ("=ROUNDUP(-1.1,0)", -2), ("=INT(-1.5)", -2), ("=INT((0.1+0.7)*10)", 8), ("=TRUNC(-1.9)", -1),
        ("=MOD(-7,3)", 2), ("=MOD(7,-3)", -2), ("=FLOOR(-5.5,-1)", -5), ("=CEILING(-2.1,1)", -2),
        ("=CEILING(5,0)", 0), ("=_xlfn.CEILING.MATH(-5.5,2,1)", -6), ("=EVEN(1.5)", 2), ("=ODD(-2.5)", -3),
        ("=MROUND(10,3)", 9), ("=QUOTIENT(-7,2)", -3),
    ),
    book(
        "powers", "the sign binds before the power, powers from the left, percent at once",
        {"A1": 3},
        ("=-2^2", 4), ("=2^3^2", 64), ("=2^-1", 0.5), ("=10%*5", 0.5), ("=50%%", 0.005), ("=5--A1", 8),
        ("=POWER(0,0)", NUM), ("=POWER(-8,1/3)", -2), ("=LOG(8,2)", 3), ("=LOG(8,1)", DIV0), ("=-A1^2", 9),
        ("=0-A1^2", -9), ("=SIN(1E10)", NUM), ("=EXP(710)", NUM),
    ),
    book(
        "text functions", "cut, found, put together: numbers with fifteen digits",
        {"A1": "Stop Loss", "A2": 0.1},
        ("=LEFT(TRUE,2)", "TR"), ("=MID(A1,6,99)", "Loss"), ('=FIND("o",A1)', 3), ('=SEARCH("L?SS",A1)', 6),
        ('=SUBSTITUTE(A1,"s","z",2)', "Stop Losz"), ('=PROPER("o\'neil 2nd")', "O'Neil 2Nd"),
        ('=TRIM("  a   b ")', "a b"), ('=A2*3&""', "0.3"), ('=CONCATENATE(A2*3," ",TRUE)', "0.3 TRUE"),
        ('=_xlfn.TEXTJOIN("/",TRUE,"a","",A2)', "a/0.1"), ('=REPT("ab",2.9)', "abab"), ("=LEN(1/3)", 17),
        ('=EXACT("a","A")', False), ('=CODE("€")', 128), ('=UPPER("straße")', "STRAßE"),
        ('=FIXED(1234.567,1)', "1,234.6"), ('=DOLLAR(-1.5)', "($1.50)"),
    ),
    book(
        "LET", "a name within a formula stands for what is computed once",
        TABLE,
        ("=_xlfn.LET(_xlpm.x,5,_xlpm.y,_xlpm.x+1,_xlpm.y*_xlpm.x)", 30),
        ("=_xlfn.LET(_xlpm.x,A1:A6,SUM(_xlpm.x))", 29),
        ('=_xlfn.LET(_xlpm.p,B1,_xlpm.q,B2,IF(_xlpm.p<_xlpm.q,"up","down"))', "up"),
        ('=_xlfn.LET(_xlpm.t,"a",_xlpm.t&_xlpm.t)', "aa"),
    ),
    book(
        "money", "the formulas of the textbooks: 100 a year for 10 years at 5 % and so on",
        column("A", -100, 60, 60),
        ("=PV(5%,10,-100)", (1 - 1.05**-10) / 0.05 * 100), ("=FV(5%,2,-100)", 205),
        ("=PMT(0,10,100)", -10), ("=NPV(10%,60,60)", 60 / 1.1 + 60 / 1.21),
        ("=ROUND(IRR(A1:A3),6)", 0.130662), ("=SLN(30000,7500,10)", 2250),
        ("=EFFECT(12%,12)", 1.01**12 - 1), ("=ROUND(NPER(1%,-100,1000),6)", 10.588644),
    ),
    book(
        "statistics", "of 1 3 3 5 8 9: mean 29/6, median 4",
        PRICES | TENS,
        ("=AVERAGE(A1:A6)", 29 / 6), ("=MEDIAN(A1:A6)", 4), ("=MODE(A1:A6)", 3), ("=LARGE(A1:A6,2)", 8),
        ("=SMALL(A1:A6,2)", 3), ("=RANK(3,A1:A6)", 4), ("=_xlfn.RANK.AVG(3,A1:A6)", 4.5),
        ("=PERCENTILE(A1:A6,0.5)", 4), ("=QUARTILE(A1:A6,1)", 3), ("=DEVSQ(A1:A6)", 189 - 29**2 / 6),
        ("=VAR(A1:A6)", (189 - 29**2 / 6) / 5), ("=GEOMEAN(1,4)", 2), ("=HARMEAN(1,1)", 1),
        ("=TRIMMEAN(A1:A6,0.4)", 4.75), ("=SLOPE(B1:B6,B1:B6)", 1), ("=LARGE(A1:A6,1.5)", 8),
    ),
    book(
        "working days", "January 2024 has 23 weekdays, the 1st a Monday",
        {"A1": 45292, "A2": 45322, "A3": 45295},
        ("=NETWORKDAYS(A1,A2)", 23), ("=NETWORKDAYS(A1,A2,A3)", 22), ("=WORKDAY(A1,5)", 45299),
        ("=WORKDAY(A1,5,A3)", 45300), ("=EDATE(A2,1)", 45351), ("=EOMONTH(A1,-1)", 45291),
        ("=DAYS360(A1,A2)", 30), ("=WEEKNUM(A1)", 1), ("=_xlfn.ISOWEEKNUM(A1)", 1),
        ('=DATEDIF(A1,DATE(2025,3,2),"ym")', 2), ("=YEARFRAC(A1,DATE(2024,7,1))", 0.5),
    ),
    book(
        "references made of text", "OFFSET, INDIRECT and CHOOSE give ranges to what takes ranges",
        PRICES | TENS,
        ('=SUM(INDIRECT("A1:A3"))', 16), ("=SUM(OFFSET(A1,1,1,2,1))", 50), ("=SUM(CHOOSE(2,A1:A3,B1:B3))", 60),
        ("=SUM(A1:INDEX(A1:A6,3))", 16), ('=INDIRECT("B"&2+1)', 30), ("=AVERAGE(OFFSET(A1,COUNT(A1:A6)-3,0,3,1))", 13 / 3),
        ("=ADDRESS(2,3)", "$C$2"), ("=SUM(INDEX(A1:B6,0,2))", 210), ("=SUM((A1:A2,B1:B2))", 38),
    ),
    book(
        "engineering", "two's complement of ten digits; units; a complex number's text",
        {},
        ("=HEX2DEC(\"FFFFFFFFFF\")", -1), ("=DEC2BIN(-5)", "1111111011"), ('=BIN2DEC("101")', 5),
        ("=_xlfn.BITXOR(5,3)", 6), ('=CONVERT(1,"mi","km")', 1.609344), ("=COMPLEX(3,-1)", "3-i"),
        ('=IMSUM("1+2i","3-i")', "4+i"), ('=IMABS("3+4i")', 5), ("=ROMAN(499)", "CDXCIX"),
        ("=_xlfn.BASE(255,16)", "FF"), ('=IMEXP("i")', "0.54030230586814+0.841470984807897i"),
    ),
    book(
        "conditions among words", "the first that is true; SWITCH by equality; truths as text",
        {"A1": 4},
        ('=IF(A1>3,"a",IF(A1>2,"b","c"))', "a"), ('=_xlfn.IFS(A1>9,"x",TRUE,"y")', "y"),
        ('=_xlfn.SWITCH(A1,1,"one",4,"four","none")', "four"), ("=_xlfn.IFS(A1>9,1)", NA), ("=IF(A1,)", 0),
        ("=_xlfn.XOR(TRUE,TRUE,TRUE)", True), ("=NOT(A1)", False), ("=AND(A1>1,A1<9)", True),
        ("=CHOOSE(2.9,1,2,3)", 2), ("=TRUE+TRUE", 2), ('=TRUE&""', "TRUE"), ("=N(TRUE)+N(\"x\")", 1),
    ),
    book(
        "arrays of functions", "FILTER, SORT, UNIQUE and SEQUENCE inside what makes one value",
        TABLE,
        ("=SUM(_xlfn._xlws.FILTER(B1:B6,A1:A6>3))", 90), ("=INDEX(_xlfn._xlws.SORT(A1:A6),1)", 1),
        ("=COUNTA(_xlfn.UNIQUE(C1:C6))", 3), ("=SUM(_xlfn.SEQUENCE(4))", 10), ("=SUM(_xlfn.TAKE(A1:A6,2))", 8),
        ("=SUM(MMULT({1,2;3,4},{5;6}))", 56), ("=MDETERM({1,2;3,4})", -2), ("=SUM(_xlfn.VSTACK(A1:A3,B1:B3))", 76),
        ("=INDEX(_xlfn.SORTBY(D1:D6,A1:A6),1)", "BTC"), ("=SUM(TRANSPOSE(A1:A3))", 16),
        arrays=frozenset(f"H{row}" for row in range(1, 11)),
    ),
]  # fmt: skip
