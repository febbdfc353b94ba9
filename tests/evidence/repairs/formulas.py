"""Formulas."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tests.evidence.parts import Area, Parts, area, meet, place
from tests.evidence.repairs.checks import check, readable
from tests.evidence.repairs.sheets import merged_areas

# Newer than Excel 2007: their names in a file start with _xlfn.
_NEWER = """
XLOOKUP XMATCH FILTER SORT SORTBY UNIQUE SEQUENCE RANDARRAY LET LAMBDA TEXTJOIN CONCAT IFS SWITCH
MAXIFS MINIFS TEXTSPLIT TEXTBEFORE TEXTAFTER VSTACK HSTACK TOCOL TOROW WRAPROWS WRAPCOLS TAKE DROP
CHOOSECOLS CHOOSEROWS EXPAND BYROW BYCOL MAP REDUCE SCAN MAKEARRAY ISOMITTED NORM.S.DIST NORM.DIST
NORM.S.INV NORM.INV STDEV.S STDEV.P VAR.S VAR.P PERCENTILE.INC PERCENTILE.EXC QUARTILE.INC RANK.EQ
RANK.AVG MODE.SNGL T.DIST T.INV CHISQ.DIST F.DIST BETA.DIST BINOM.DIST POISSON.DIST EXPON.DIST
GAMMA.DIST LOGNORM.DIST COVARIANCE.P COVARIANCE.S CONFIDENCE.NORM IFNA XOR DAYS ISFORMULA
FORMULATEXT NUMBERVALUE ARABIC BASE DECIMAL CEILING.MATH FLOOR.MATH SHEET SHEETS UNICHAR UNICODE
AGGREGATE FORECAST.LINEAR ANCHORARRAY SINGLE
""".split()  # noqa: SIM905
_UNPREFIXED = re.compile(
    r"(?<![\w.])(?:" + "|".join(map(re.escape, (n for n in _NEWER if n != "AGGREGATE"))) + r")\("
)
SHEET_REFERENCE = re.compile(r"'((?:[^']|'')+)'!|(?<![\w\]])([^\W\d][\w.]*)!")
_TABLE_REFERENCE = re.compile(r"([^\W\d][\w.]*)\[((?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*)\]")


def bare_text(formula: str) -> str:
    return re.sub(r'"(?:[^"]|"")*"', '""', formula)


def formula_faults(parts: Parts, formula: str) -> Iterator[str]:
    """What Excel's reader would stop at, in any formula of a file."""
    told = formula[:60]
    if len(formula) > 8192:
        yield f"{len(formula)} characters: {told}"
    bare = bare_text(formula)
    if bare.count('"') % 2 or bare.count("(") != bare.count(")"):
        yield f"not closed: {told}"
    if "[@" in bare:
        yield f"[@ is what Excel shows, not what it reads: {told}"
    newer = _UNPREFIXED.search(bare)
    if newer:
        yield f"{newer[0]} without _xlfn.: {told}"
    depth = deepest = 0
    for sign in re.sub(r"'(?:[^']|'')*'", "", bare):
        depth += (sign == "(") - (sign == ")")
        deepest = max(deepest, depth)
    if deepest > 64:
        yield f"{deepest} levels: {told}"
    for quoted, plain in SHEET_REFERENCE.findall(bare):
        name = quoted.replace("''", "'") or plain
        if "[" not in name and name.casefold() not in parts.sheet_names:
            yield f"no sheet {name!r}: {told}"
    for table, inner in _TABLE_REFERENCE.findall(bare):
        yield from _table_reference_faults(parts, table, inner)


def _table_reference_faults(parts: Parts, table: str, inner: str) -> Iterator[str]:
    columns = parts.table_columns.get(table.casefold())
    if columns is None:
        yield f"no table {table}"
        return
    for name in re.findall(r"\[((?:'.|[^\[\]'])*)\]", inner) or ([inner] if inner else []):
        plain = re.sub("'(.)", r"\1", name)
        if not name.startswith("#") and plain.casefold() not in columns:
            yield f"{table} has no column {plain!r}"


@check("formulas")
def _formulas(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        shared = {f.get("si") for f in sheet.all("f") if f.get("t") == "shared" and f.get("ref")}
        for formula in sheet.all("f"):
            text = formula.text or ""
            where = f"{sheet.name}!{formula.getparent().get('r')}"
            if text.startswith("="):
                yield f"{where}: starts with ="
            if formula.get("t") == "shared":
                if formula.get("si") not in shared:
                    yield f"{where}: shares a formula that is nowhere"
            elif not text and formula.get("t") != "dataTable":
                yield f"{where}: empty"
            yield from (f"{where}: {words}" for words in formula_faults(parts, text))


@check("array formulas")
def _array_formulas(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        seen: list[Area] = []
        for formula in sheet.all("f"):
            if formula.get("t") != "array":
                continue
            where = f"{sheet.name}!{formula.get('ref')}"
            mine, wrong = readable(area, formula.get("ref"))
            if mine is None:
                yield f"{where}: {wrong}"
                continue
            if place(formula.getparent().get("r")) != mine[:2]:
                yield f"{where}: does not start with its cell"
            if any(meet(mine, other) for other in seen):
                yield f"{where}: overlaps another"
            if mine[:2] != mine[2:] and any(
                meet(mine, area(table.get("ref"))) for _, table in sheet.tables
            ):
                yield f"{where}: in a table"
            if any(meet(mine, merged) for merged in merged_areas(sheet)):
                yield f"{where}: in merged cells"
            seen.append(mine)
