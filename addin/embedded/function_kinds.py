"""What is known of the spreadsheet's own functions: which take one cell, which take lists.

Names are without what newer Excels put before them in files (``_xlfn.``).
"""

from __future__ import annotations

from functools import lru_cache

import formualizer

from addin.embedded import cell_functions


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


# Take one cell an argument: a range stands for its cell in the formula's row or column, and in an
# array formula the function works cell by cell. The engine does neither.
ONE_CELL = cell_functions.ALWAYS | cell_functions.OVER_RANGES
ONE_CELL_OF_THE_ENGINE = _set(
    """
    ACOS ACOSH ASIN ASINH ATAN ATANH BITAND BITOR BITXOR CHAR CLEAN COMBIN COSH DATEVALUE
    DEGREES EDATE EOMONTH EVEN FACT FIXED DOLLAR GAMMALN HYPERLINK ISOWEEKNUM MROUND
    NORMSDIST NORMSINV NORM.S.DIST NORM.S.INV NUMBERVALUE ODD QUOTIENT RADIANS SINH TANH
    TIMEVALUE UNICHAR UNICODE WEEKNUM
    """
)
# The engine works these cell by cell itself.
BY_CELL = _set(
    """
    IF IFERROR IFNA SIN COS TAN ATAN2
    """
)
# Take their arguments as arrays in plain formulas, too: all of them, or those at these places.
ARRAYS = _set(
    """
    SUMPRODUCT MMULT MDETERM MINVERSE FREQUENCY LOOKUP SUMX2MY2 SUMX2PY2 SUMXMY2 FILTER SORTBY
    VSTACK HSTACK CHOOSEROWS CHOOSECOLS ROWS COLUMNS LET
    """
)
ARRAYS_AT: dict[str, frozenset[int]] = {
    "INDEX": frozenset({0}),
    "AGGREGATE": frozenset(range(2, 40)),
    **dict.fromkeys(
        _set("SORT UNIQUE TAKE DROP TOCOL TOROW EXPAND WRAPROWS WRAPCOLS ARRAYTOTEXT"),
        frozenset({0}),
    ),
}
# Work all that they are given out as a cell does, even within what is taken as an array.
AS_CELL = _set("IF IFS CHOOSE SWITCH")
# Hand on what they are given at places other than the first: a range stays a range.
HANDING_ON = _set("IF CHOOSE")
# Any number of cells and ranges, in any order: a union or several sheets are just more of them.
LISTS = _set(
    """
    SUM AVERAGE AVERAGEA COUNT COUNTA MAX MAXA MIN MINA PRODUCT STDEV STDEV.S STDEV.P STDEVA
    STDEVP VAR VAR.S VAR.P VARA VARP AND OR XOR MEDIAN MODE MODE.SNGL SUMSQ GEOMEAN HARMEAN
    DEVSQ AVEDEV SKEW KURT CONCAT GCD LCM
    """
)
# Make one value of whatever ranges they get (the engine's do, in array formulas too).
ONE_VALUE = LISTS | _set(
    """
    AVERAGEIF AVERAGEIFS COLUMNS CORREL COUNTBLANK COUNTIF COUNTIFS HLOOKUP INTERCEPT IRR LARGE
    MATCH MAXIFS MINIFS NPV PERCENTILE PERCENTRANK QUARTILE RANK ROWS SLOPE SMALL SUBTOTAL SUMIF
    SUMIFS SUMPRODUCT TEXTJOIN VLOOKUP XMATCH
    """
)
# Of these the arguments at these places are one cell: a range there stands for its cell in the
# formula's row or column, and in an array formula the engine takes its first cell.
ONE_CELL_AT = {
    name: frozenset(places)
    for places, names in (
        ((0,), "MATCH XMATCH XLOOKUP LOOKUP RANK RANK.EQ RANK.AVG FORECAST CHOOSE INDIRECT"),
        ((1,), "COUNTIF SUMIF AVERAGEIF LARGE SMALL QUARTILE PERCENTRANK"),
        ((1,), "PERCENTILE PERCENTILE.INC PERCENTILE.EXC"),
        (range(1, 40, 2), "COUNTIFS"),
        (range(2, 40, 2), "SUMIFS AVERAGEIFS MAXIFS MINIFS"),
        ((0, 2), "VLOOKUP HLOOKUP"),
        ((1, 2, 3), "INDEX"),
        ((1, 2, 3, 4), "OFFSET"),
    )
    for name in names.split()
}
# Make arrays of what they get, one cell or many.
MAKE_ARRAYS = _set(
    """
    ROW COLUMN INDIRECT OFFSET SEQUENCE TRANSPOSE FILTER UNIQUE SORT SORTBY FREQUENCY MMULT
    """
)
# Make text of numbers, which has more digits than Excel's.
LONG_DIGITS = _set(
    """
    IMCONJUGATE IMCOS IMCOSH IMCOT IMCSC IMCSCH IMDIV IMEXP IMLN IMLOG10 IMLOG2 IMPOWER IMPRODUCT
    IMSEC IMSECH IMSIN IMSINH IMSQRT IMSUB IMSUM IMTAN VALUETOTEXT ARRAYTOTEXT
    """
)
# A reference to a cell, whatever it holds.
OF_REFERENCES = _set("ROW COLUMN")
# The engine has a part of these, or calls them known and cannot compute them; or it would answer
# for its own copy of the workbook.
NOT_HERE = _set(
    """
    LAMBDA MAP REDUCE SCAN BYROW BYCOL MAKEARRAY GROUPBY PIVOTBY GETPIVOTDATA RTD ISFORMULA
    FORMULATEXT ISOMITTED
    """
)
_PREFIXES = ("_XLFN.", "_XLWS.", "_XLUDF.")


def plain_name(function: str) -> str:
    """A function's name in capitals, without its bracket and what files put before it.

    >>> plain_name("_xlfn._xlws.Sort(")
    'SORT'
    """
    name = function.removesuffix("(").upper()
    while name.startswith(_PREFIXES):
        name = name.partition(".")[2]
    return name


@lru_cache(maxsize=4_096)
def engine_knows(name: str) -> bool:
    """Whether the engine has a function of this name."""
    if name in NOT_HERE:
        return False
    engine = _probe()
    try:
        engine.set_formula("Probe", 1, 1, f"={name}()")
        found = engine.evaluate_cell("Probe", 1, 1)
    except (ValueError, RuntimeError, formualizer.ExcelEvaluationError):
        return True  # the workbook's own run will say what is wrong
    return not (isinstance(found, dict) and found.get("kind") == "Name")


@lru_cache(maxsize=1)
def _probe() -> formualizer.Workbook:
    engine = formualizer.Workbook()
    engine.add_sheet("Probe")
    engine.set_changelog_enabled(False)
    return engine
