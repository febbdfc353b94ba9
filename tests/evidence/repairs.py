"""What makes Excel offer to repair a file, or change it without a word: one check each.

Excel is not here to ask, and no validator knows all of this: the schemas do not say what a formula
in a conditional format may hold. Each check is a function that yields what it found, in words. They
are written from [MS-XLSX], [MS-OI29500], ECMA-376 and Excel's own limits.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from tests.evidence.parts import (
    CHART,
    DRAWING,
    MAIN,
    OFFICE,
    RELATIONS,
    TYPES,
    Area,
    Parts,
    Sheet,
    area,
    areas,
    meet,
    place,
)

Check = Callable[[Parts], Iterator[str]]
CHECKS: dict[str, Check] = {}


def check(words: str) -> Callable[[Check], Check]:
    def register(function: Check) -> Check:
        CHECKS[words] = function
        return function

    return register


def repairs(data: bytes) -> list[str]:
    """Everything that was found in a workbook, each with the check's name."""
    parts = Parts(data)
    found = [f"XML: {name}: {words}" for name, words in parts.broken.items()]
    if found:
        return found
    return [f"{name}: {words}" for name, run in CHECKS.items() for words in run(parts)]


# The file and its parts


@check("archive")
def _archive(parts: Parts) -> Iterator[str]:
    for name, count in Counter(name.casefold() for name in parts.names).items():
        if count > 1:
            yield f"{name} is there {count} times"
    for entry in parts.archive.infolist():
        if "\\" in entry.filename or entry.filename.startswith("/") or not entry.filename.isascii():
            yield f"the name {entry.filename!r}"
        if entry.compress_type not in (0, 8) or entry.flag_bits & ~0x806:
            yield f"{entry.filename}: compression {entry.compress_type}, flags {entry.flag_bits:x}"


@check("text")
def _text(parts: Parts) -> Iterator[str]:
    for name, root in parts.xml.items():
        about = root.getroottree().docinfo
        if about.doctype:
            yield f"{name}: a document type"
        if (about.encoding or "UTF-8").upper() not in ("UTF-8", "ASCII", "US-ASCII"):
            yield f"{name}: encoding {about.encoding}"
        for text in root.itertext():
            if re.search("_x(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF])_", text):
                yield f"{name}: half a character in {text[:40]!r}"


@check("content types")
def _content_types(parts: Parts) -> Iterator[str]:
    overrides: Counter[str] = Counter()
    defaults: Counter[str] = Counter()
    for element in parts.xml["[Content_Types].xml"]:
        if element.tag == f"{TYPES}Override":
            overrides[element.get("PartName").casefold()] += 1
        else:
            defaults[element.get("Extension").casefold()] += 1
    for name, count in (overrides + defaults).items():
        if count > 1:
            yield f"{name} is told {count} times"
    there = {f"/{name.casefold()}" for name in parts.names}
    yield from (f"{name} is not there" for name in overrides if name not in there)
    for name in parts.names:
        typed = f"/{name.casefold()}" in overrides
        ending = name.rpartition(".")[2].casefold()
        if name != "[Content_Types].xml" and not typed and ending not in defaults:
            yield f"{name} has no type"
        if name.startswith("xl/") and ending == "xml" and not typed:
            yield f"{name} is called plain XML"


@check("relationships")
def _relationships(parts: Parts) -> Iterator[str]:
    reached = {"[Content_Types].xml"}
    for name, root in parts.xml.items():
        if not name.endswith(".rels"):
            continue
        reached.add(name)
        owner = parts.owner(name)
        if owner and owner not in parts.names:
            yield f"{name} belongs to nothing"
        ids = Counter(link.get("Id") for link in root.iter(f"{RELATIONS}Relationship"))
        yield from (f"{name}: {id_} twice" for id_, count in ids.items() if count > 1)
        for link in root.iter(f"{RELATIONS}Relationship"):
            target = parts.target(owner, link)
            if target is not None and target not in parts.names:
                yield f"{name}: {link.get('Id')} points at {target}, which is not there"
            reached.add(target or "")
    yield from (f"{name} belongs to nobody" for name in parts.names if name not in reached)


@check("references to relationships")
def _relationship_references(parts: Parts) -> Iterator[str]:
    for name, root in parts.xml.items():
        for element in root.iter("*"):
            for attribute, value in element.attrib.items():
                if attribute.startswith(OFFICE) and value not in parts.links.get(name, {}):
                    yield f"{name}: {value} is no relationship"


# The workbook


@check("sheet names")
def _sheet_names(parts: Parts) -> Iterator[str]:
    seen: Counter[str] = Counter()
    for element in parts.workbook.iter(f"{MAIN}sheet"):
        name = element.get("name") or ""
        seen[name.casefold()] += 1
        if not 1 <= len(name) <= 31 or re.search(r"[\\/*?:\[\]]|^'|'$", name):
            yield repr(name)
        if name.casefold() == "history":
            yield f"{name!r} is Excel's own"
    yield from (f"{name!r} twice" for name, count in seen.items() if count > 1)


@check("sheets shown")
def _sheets_shown(parts: Parts) -> Iterator[str]:
    listed = list(parts.workbook.iter(f"{MAIN}sheet"))
    for attribute in ("sheetId", f"{OFFICE}id"):
        for value, count in Counter(element.get(attribute) for element in listed).items():
            if count > 1:
                yield f"{value} twice"
    states = [element.get("state", "visible") for element in listed]
    if "visible" not in states:
        yield "no sheet is visible"
    for view in parts.workbook.iter(f"{MAIN}workbookView"):
        for attribute in ("activeTab", "firstSheet"):
            at = int(view.get(attribute, 0))
            if at >= len(states) or states[at] != "visible":
                yield f"{attribute} {at} is no visible sheet"
    selected = [
        sheet.name
        for sheet in parts.sheets
        for view in sheet.all("sheetView")
        if view.get("tabSelected") in ("1", "true")
    ]
    if len(selected) > 1:
        yield f"selected together, so that typing changes all: {', '.join(selected)}"


_NAME = re.compile(r"[^\W\d][\w.\\?]*|\\[\w.\\?]*")
_LIKE_A_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}|R\d*C\d*.*|R\d*|C\d*|TRUE|FALSE", re.IGNORECASE)


def _bad_name(name: str) -> bool:
    return not _NAME.fullmatch(name) or bool(_LIKE_A_CELL.fullmatch(name)) or len(name) > 255


@check("defined names")
def _defined_names(parts: Parts) -> Iterator[str]:
    seen: set[tuple[str, str | None]] = set()
    for element in parts.workbook.iter(f"{MAIN}definedName"):
        name, scope = element.get("name") or "", element.get("localSheetId")
        text = element.text or ""
        if (name.casefold(), scope) in seen:
            yield f"{name} twice"
        seen.add((name.casefold(), scope))
        if not name.startswith("_xlnm.") and _bad_name(name):
            yield f"{name!r} is no name"
        if scope is None and name.casefold() in parts.table_columns:
            yield f"{name} is a table too"
        if scope is not None and int(scope) >= len(parts.sheets):
            yield f"{name} belongs to a sheet that is not there"
        if not text or text.startswith("=") or "#REF!" in text:
            yield f"{name} is {text!r}"
        yield from (f"{name}: {words}" for words in _formula_faults(parts, text))


# Styles


@check("styles")
def _styles(parts: Parts) -> Iterator[str]:
    root = parts.styles
    size = {
        name: len(root.findall(f"{MAIN}{name}/*"))
        for name in ("fonts", "fills", "borders", "cellXfs", "cellStyleXfs", "dxfs", "numFmts")
    }
    for name, count in size.items():
        element = root.find(f"{MAIN}{name}")
        if element is not None and int(element.get("count", count)) != count:
            yield f"{name}: {element.get('count')} told, {count} there"
    formats = [int(element.get("numFmtId")) for element in root.iter(f"{MAIN}numFmt")]
    own = {number for number in formats if number >= 164}
    for list_name in ("cellStyleXfs", "cellXfs"):
        for at, xf in enumerate(root.findall(f"{MAIN}{list_name}/{MAIN}xf")):
            for attribute, of in (
                ("fontId", "fonts"),
                ("fillId", "fills"),
                ("borderId", "borders"),
            ):
                if int(xf.get(attribute, 0)) >= size[of]:
                    yield f"{list_name} {at}: {attribute} {xf.get(attribute)}"
            if list_name == "cellXfs" and int(xf.get("xfId", 0)) >= size["cellStyleXfs"]:
                yield f"cellXfs {at}: xfId {xf.get('xfId')}"
            number = int(xf.get("numFmtId", 0))
            if number >= 164 and number not in own:
                yield f"{list_name} {at}: number format {number} is not there"
    if size["cellXfs"] > 64_000:
        yield f"{size['cellXfs']} cell formats"
    names = Counter((e.get("name") or "").casefold() for e in root.iter(f"{MAIN}cellStyle"))
    yield from (f"cell style {name} twice" for name, count in names.items() if count > 1)


@check("fonts, colours, number formats")
def _fonts(parts: Parts) -> Iterator[str]:
    root = parts.styles
    for font in root.iter(f"{MAIN}font"):
        for size in font.findall(f"{MAIN}sz"):
            if not 1 <= float(size.get("val")) <= 409:
                yield f"a font of {size.get('val')} points"
        for name in font.findall(f"{MAIN}name"):
            if len(name.get("val")) > 31:
                yield f"the font {name.get('val')!r}"
        twice = [tag for tag, count in Counter(child.tag for child in font).items() if count > 1]
        yield from (f"a font with two of {tag}" for tag in twice)
    for part in parts.xml.values():
        for colour in part.iter(
            *(f"{MAIN}{n}" for n in ("color", "fgColor", "bgColor", "tabColor"))
        ):
            if not re.fullmatch("[0-9A-Fa-f]{8}", colour.get("rgb", "FF000000")):
                yield f"the colour {colour.get('rgb')}"
    for number in root.iter(f"{MAIN}numFmt"):
        code = number.get("formatCode") or ""
        bare = re.sub(r'\\.|"[^"]*"', "", code)
        if not code or len(code) > 255 or '"' in bare or len(bare.split(";")) > 4:
            yield f"the number format {code!r}"
        if bare.count("[") != bare.count("]"):
            yield f"the number format {code!r}"


# Formulas

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
_SHEET_REFERENCE = re.compile(r"'((?:[^']|'')+)'!|(?<![\w\]])([^\W\d][\w.]*)!")
_TABLE_REFERENCE = re.compile(r"([^\W\d][\w.]*)\[((?:'.|[^\[\]']|\[(?:'.|[^\[\]'])*\])*)\]")


def _bare(formula: str) -> str:
    return re.sub(r'"(?:[^"]|"")*"', '""', formula)


def _formula_faults(parts: Parts, formula: str) -> Iterator[str]:
    """What Excel's reader would stop at, in any formula of a file."""
    told = formula[:60]
    if len(formula) > 8192:
        yield f"{len(formula)} characters: {told}"
    bare = _bare(formula)
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
    for quoted, plain in _SHEET_REFERENCE.findall(bare):
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
            yield from (f"{where}: {words}" for words in _formula_faults(parts, text))


@check("array formulas")
def _array_formulas(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        seen: list[Area] = []
        for formula in sheet.all("f"):
            if formula.get("t") != "array":
                continue
            where = f"{sheet.name}!{formula.get('ref')}"
            try:
                mine = area(formula.get("ref"))
            except ValueError as error:
                yield f"{where}: {error}"
                continue
            if place(formula.getparent().get("r")) != mine[:2]:
                yield f"{where}: does not start with its cell"
            if any(meet(mine, other) for other in seen):
                yield f"{where}: overlaps another"
            if mine[:2] != mine[2:] and any(
                meet(mine, area(table.get("ref"))) for _, table in sheet.tables
            ):
                yield f"{where}: in a table"
            if any(meet(mine, merged) for merged in _merged(sheet)):
                yield f"{where}: in merged cells"
            seen.append(mine)


# Sheets

_ORDER = """
sheetPr dimension sheetViews sheetFormatPr cols sheetData sheetCalcPr sheetProtection
protectedRanges scenarios autoFilter sortState dataConsolidate customSheetViews mergeCells
phoneticPr conditionalFormatting dataValidations hyperlinks printOptions pageMargins pageSetup
headerFooter rowBreaks colBreaks customProperties cellWatches ignoredErrors smartTags drawing
legacyDrawing legacyDrawingHF drawingHF picture oleObjects controls webPublishItems tableParts
extLst
""".split()  # noqa: SIM905


@check("order of a sheet's elements")
def _sheet_order(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        names = [e.tag.removeprefix(MAIN) for e in sheet.root if isinstance(e.tag, str)]
        known = [name for name in names if name in _ORDER]
        if known != sorted(known, key=_ORDER.index):
            yield f"{sheet.name}: {' '.join(dict.fromkeys(known))}"
        for name, count in Counter(known).items():
            if count > 1 and name != "conditionalFormatting":
                yield f"{sheet.name}: {name} {count} times"


_KINDS = {"n", "s", "str", "inlineStr", "b", "e", "d"}
_ERRORS = {"#NULL!", "#DIV/0!", "#VALUE!", "#REF!", "#NAME?", "#NUM!", "#N/A", "#GETTING_DATA"}


@check("cells")
def _cells(parts: Parts) -> Iterator[str]:
    formats = len(parts.styles.findall(f"{MAIN}cellXfs/{MAIN}xf"))
    for sheet in parts.sheets:
        last_row = 0
        for row in sheet.all("row"):
            number = int(row.get("r", last_row + 1))
            if number <= last_row:
                yield f"{sheet.name}: row {number} after row {last_row}"
            last_row, last_column = number, 0
            if not 0 <= float(row.get("ht", 15)) <= 409.5:
                yield f"{sheet.name}: row {number} is {row.get('ht')} high"
            for cell in row.findall(f"{MAIN}c"):
                try:
                    at = place(cell.get("r"))
                except ValueError as error:
                    yield f"{sheet.name}: {error}"
                    continue
                if at[0] != number or at[1] <= last_column:
                    yield f"{sheet.name}!{cell.get('r')}: out of order"
                last_column = at[1]
                if int(cell.get("s", 0)) >= formats:
                    yield f"{sheet.name}!{cell.get('r')}: format {cell.get('s')} is not there"
                yield from (
                    f"{sheet.name}!{cell.get('r')}: {words}" for words in _content(parts, cell)
                )


def _content(parts: Parts, cell: Any) -> Iterator[str]:
    kind = cell.get("t", "n")
    value = cell.findtext(f"{MAIN}v")
    if kind not in _KINDS:
        yield f"a cell of kind {kind}"
    if kind == "inlineStr" and cell.find(f"{MAIN}is") is None:
        yield "a text without text"
    text = "".join(cell.itertext(f"{MAIN}t")) or value or ""
    if len(text) > 32_767:
        yield f"{len(text)} characters"
    if text.count("\n") > 253:
        yield f"{text.count(chr(10))} lines"
    if kind == "s" and not (value and value.isdigit() and int(value) < len(parts.shared_texts)):
        yield f"shared text {value}"
    if kind == "e" and value not in _ERRORS:
        yield f"the error {value}"
    if kind == "b" and value not in ("0", "1", None):
        yield f"the truth value {value}"
    if kind == "n" and value:
        try:
            if not abs(float(value)) < 1e309 or value.casefold() in ("nan", "inf"):
                yield f"the number {value}"
        except ValueError:
            yield f"the number {value}"


@check("merged cells")
def _merged_cells(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        element = sheet.find("mergeCells")
        if element is not None and int(element.get("count", len(element))) != len(element):
            yield f"{sheet.name}: {element.get('count')} told, {len(element)} there"
        merged = _merged(sheet)
        for at, mine in enumerate(merged):
            if mine[:2] == mine[2:]:
                yield f"{sheet.name}: one cell merged"
            if any(meet(mine, other) for other in merged[at + 1 :]):
                yield f"{sheet.name}: {mine} overlaps another"
            for _, table in sheet.tables:
                if meet(mine, area(table.get("ref"))):
                    yield f"{sheet.name}: {mine} is in the table {table.get('displayName')}"


def _merged(sheet: Sheet) -> list[Area]:
    return [area(element.get("ref")) for element in sheet.all("mergeCell")]


@check("columns")
def _columns(parts: Parts) -> Iterator[str]:
    formats = len(parts.styles.findall(f"{MAIN}cellXfs/{MAIN}xf"))
    for sheet in parts.sheets:
        last = 0
        for column in sheet.all("col"):
            first, end = int(column.get("min")), int(column.get("max"))
            if not last < first <= end <= 16_384:
                yield f"{sheet.name}: columns {first} to {end} after {last}"
            if (
                not 0 <= float(column.get("width", 8)) <= 255
                or int(column.get("style", 0)) >= formats
            ):
                yield f"{sheet.name}: column {first}, width {column.get('width')}"
            last = end


# Tables


@check("tables")
def _tables(parts: Parts) -> Iterator[str]:
    ids: Counter[str] = Counter()
    names: Counter[str] = Counter()
    dxfs = len(parts.styles.findall(f"{MAIN}dxfs/{MAIN}dxf"))
    for sheet in parts.sheets:
        listed = sheet.find("tableParts")
        if (0 if listed is None else len(listed)) != len(sheet.tables):
            yield f"{sheet.name}: {len(sheet.tables)} tables, not all listed"
        for at, (_, table) in enumerate(sheet.tables):
            name = table.get("displayName") or ""
            ids[table.get("id")] += 1
            names[name.casefold()] += 1
            if _bad_name(name):
                yield f"{name!r} is no name"
            others = [area(other.get("ref")) for _, other in sheet.tables[at + 1 :]]
            if any(meet(area(table.get("ref")), other) for other in others):
                yield f"{name} overlaps another"
            yield from (f"{name}: {words}" for words in _table(parts, sheet, table, dxfs))
    for found in (ids, names):
        yield from (f"table {name} twice" for name, count in found.items() if count > 1)


def _table(parts: Parts, sheet: Sheet, table: Any, dxfs: int) -> Iterator[str]:
    top, left, bottom, right = area(table.get("ref"))
    listed = table.find(f"{MAIN}tableColumns")
    columns = list(listed)
    if not int(listed.get("count")) == len(columns) == right - left + 1:
        yield f"{len(columns)} columns in {table.get('ref')}"
    for attribute in ("name", "id"):
        told = Counter((column.get(attribute) or "").casefold() for column in columns)
        yield from (f"{attribute} {name} twice" for name, count in told.items() if count > 1)
    if table.get("headerRowCount", "1") != "0":
        for at, column in enumerate(columns):
            cell = sheet.cells.get((top, left + at))
            wanted = re.sub("_x000a_", "\n", column.get("name"), flags=re.IGNORECASE)
            text = cell and cell.kind in ("s", "str", "inlineStr") and cell.formula is None
            if not text or parts.text(cell).replace("\r", "") != wanted:
                yield f"the header of {column.get('name')!r} is not its name as text"
    totals = int(table.get("totalsRowCount", 0))
    if bottom - top - totals < 1:
        yield "no row of data"
    filtered = table.find(f"{MAIN}autoFilter")
    if filtered is not None and area(filtered.get("ref")) != (top, left, bottom - totals, right):
        yield f"filter {filtered.get('ref')} on {table.get('ref')}"
    for column in columns:
        for attribute in ("dataDxfId", "headerRowDxfId", "totalsRowDxfId"):
            if int(column.get(attribute, 0)) >= max(dxfs, 1):
                yield f"{attribute} {column.get(attribute)} is not there"
        if not 1 <= len(column.get("name")) <= 255:
            yield f"the column {column.get('name')!r}"
        formula = column.find(f"{MAIN}calculatedColumnFormula")
        if formula is not None:
            if not formula.text or formula.text.startswith("="):
                yield f"{column.get('name')}: formula {formula.text!r}"
            yield from _formula_faults(parts, formula.text or "")


@check("filters of a sheet")
def _sheet_filters(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        filtered = sheet.find("autoFilter")
        for _, table in sheet.tables:
            if filtered is not None and meet(area(filtered.get("ref")), area(table.get("ref"))):
                yield f"{sheet.name}: over the table {table.get('displayName')}"


@check("calculated columns")
def _calculated_columns(parts: Parts) -> Iterator[str]:
    """Not repaired, but each cell that differs gets a green triangle and new rows the other one."""
    for sheet in parts.sheets:
        for _, table in sheet.tables:
            top, left, bottom, _ = area(table.get("ref"))
            bottom -= int(table.get("totalsRowCount", 0))
            for at, column in enumerate(table.iter(f"{MAIN}tableColumn")):
                wanted = column.findtext(f"{MAIN}calculatedColumnFormula")
                for row in range(top + 1, bottom + 1):
                    cell = sheet.cells.get((row, left + at))
                    formula = None if cell is None or cell.formula is None else cell.formula.text
                    if formula != wanted:
                        yield f"{table.get('displayName')}[{column.get('name')}], row {row}"
                        break


# Rules: what [MS-XLSX] 2.2.2.2 and [MS-OI29500] let a formula of a rule hold.


def _rule_faults(parts: Parts, formula: str) -> Iterator[str]:
    bare = _bare(formula)
    if not formula:
        yield "an empty formula"
    if formula.startswith("="):
        yield f"starts with =: {formula[:60]}"
    if re.search(r"\w\[|^\[", re.sub(r"'(?:[^']|'')*'!", "", bare)):
        yield f"a table's columns by name: {formula[:60]}"
    if re.search(r"\{", bare):
        yield f"a constant array: {formula[:60]}"
    yield from _formula_faults(parts, formula)


_WITH_SECOND = {"whole", "decimal", "date", "time", "textLength"}


@check("data validations")
def _validations(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        listed = sheet.find("dataValidations")
        if listed is None:
            continue
        if len(listed) == 0 or int(listed.get("count", len(listed))) != len(listed):
            yield f"{sheet.name}: {listed.get('count')} told, {len(listed)} there"
        seen: list[Area] = []
        for rule in listed:
            where = f"{sheet.name}!{rule.get('sqref')}"
            try:
                mine = areas(rule.get("sqref"))
            except ValueError as error:
                yield f"{where}: {error}"
                continue
            if any(meet(one, other) for one in mine for other in seen):
                yield f"{where}: overlaps another"
            seen += mine
            yield from (f"{where}: {words}" for words in _validation(parts, rule))


def _validation(parts: Parts, rule: Any) -> Iterator[str]:
    first, second = (rule.findtext(f"{MAIN}formula{at}") for at in (1, 2))
    kind = rule.get("type", "none")
    if kind != "none" and first is None:
        yield "no formula"
    between = rule.get("operator", "between") in ("between", "notBetween")
    if kind in _WITH_SECOND and between and second is None:
        yield "no second formula"
    for formula in (first, second):
        if formula is None:
            continue
        if formula.startswith('"') and kind == "list":
            if len(formula) > 257:
                yield f"a list of {len(formula) - 2} characters"
            continue
        if len(formula) > 255:
            yield f"a formula of {len(formula)} characters"
        yield from _rule_faults(parts, formula)
    for attribute, most in (
        ("promptTitle", 32),
        ("errorTitle", 32),
        ("prompt", 255),
        ("error", 255),
    ):
        if len(rule.get(attribute) or "") > most:
            yield f"{attribute} of {len(rule.get(attribute))} characters"


def _misread(read: Callable[[Any], Any], text: str | None) -> Iterator[str]:
    """Why a place cannot be read, if it cannot."""
    try:
        read(text)
    except ValueError as error:
        yield str(error)


@check("conditional formats")
def _conditional_formats(parts: Parts) -> Iterator[str]:
    dxfs = len(parts.styles.findall(f"{MAIN}dxfs/{MAIN}dxf"))
    for sheet in parts.sheets:
        for group in sheet.all("conditionalFormatting"):
            where = f"{sheet.name}!{group.get('sqref')}"
            yield from (f"{where}: {words}" for words in _misread(areas, group.get("sqref")))
            for rule in group.iter(f"{MAIN}cfRule"):
                if int(rule.get("dxfId", 0)) >= max(dxfs, 1):
                    yield f"{where}: format {rule.get('dxfId')} is not there"
                if int(rule.get("priority", 0)) < 1:
                    yield f"{where}: priority {rule.get('priority')}"
                formulas = [formula.text or "" for formula in rule.iter(f"{MAIN}formula")]
                if rule.get("type") in ("expression", "cellIs", "containsText") and not formulas:
                    yield f"{where}: no formula"
                for formula in formulas:
                    yield from (f"{where}: {words}" for words in _rule_faults(parts, formula))
                yield from (f"{where}: {words}" for words in _scales(rule))


def _scales(rule: Any) -> Iterator[str]:
    for icons in rule.iter(f"{MAIN}iconSet"):
        wanted = int(icons.get("iconSet", "3TrafficLights1")[0])
        if len(icons.findall(f"{MAIN}cfvo")) != wanted:
            yield f"{wanted} icons, other steps"
    for scale in rule.iter(f"{MAIN}colorScale"):
        if len(scale.findall(f"{MAIN}cfvo")) != len(scale.findall(f"{MAIN}color")):
            yield "colours and steps of a scale"
    for bar in rule.iter(f"{MAIN}dataBar"):
        if len(bar.findall(f"{MAIN}cfvo")) != 2:
            yield "the ends of a bar"


# The rest of a sheet


@check("hyperlinks")
def _hyperlinks(parts: Parts) -> Iterator[str]:
    names = {(e.get("name") or "").casefold() for e in parts.workbook.iter(f"{MAIN}definedName")}
    for sheet in parts.sheets:
        for link in sheet.all("hyperlink"):
            where = f"{sheet.name}!{link.get('ref')}"
            yield from (f"{where}: {words}" for words in _misread(area, link.get("ref")))
            target = link.get("location")
            if target:
                found = _SHEET_REFERENCE.match(target)
                name = found and (found[1] or found[2]).replace("''", "'")
                if name and name.casefold() not in parts.sheet_names:
                    yield f"{where}: no sheet {name!r}"
                elif not found and target.casefold() not in names:
                    yield f"{where}: {target} is nowhere"
            for attribute in ("display", "tooltip"):
                if len(link.get(attribute) or "") > 255:
                    yield f"{where}: {attribute} of {len(link.get(attribute))} characters"


@check("printing")
def _printing(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        for setup in sheet.all("pageSetup"):
            if not 10 <= int(setup.get("scale", 100)) <= 400:
                yield f"{sheet.name}: scale {setup.get('scale')}"
        for group in sheet.all("headerFooter"):
            for text in group:
                if len(text.text or "") > 255:
                    yield f"{sheet.name}: a header of {len(text.text)} characters"
        for name in ("rowBreaks", "colBreaks"):
            for breaks in sheet.all(name):
                manual = sum(one.get("man") == "1" for one in breaks)
                told = (int(breaks.get("count", 0)), int(breaks.get("manualBreakCount", 0)))
                if told != (len(breaks), manual):
                    yield f"{sheet.name}: {name} {told}, not {(len(breaks), manual)}"


_PANES = {(True, False): {"topRight"}, (False, True): {"bottomLeft"}}


@check("views")
def _views(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        for view in sheet.all("sheetView"):
            if not 10 <= int(view.get("zoomScale", 100)) <= 400:
                yield f"{sheet.name}: zoom {view.get('zoomScale')}"
            pane = view.find(f"{MAIN}pane")
            allowed = {"topLeft"}
            if pane is not None:
                split = (float(pane.get("xSplit", 0)) > 0, float(pane.get("ySplit", 0)) > 0)
                allowed = _PANES.get(split, {"topRight", "bottomLeft", "bottomRight"})
                if pane.get("activePane", "topLeft") not in allowed:
                    yield f"{sheet.name}: {pane.get('activePane')} of panes {split}"
            for selection in view.findall(f"{MAIN}selection"):
                if pane is not None and selection.get("pane", "topLeft") not in {
                    *allowed,
                    "topLeft",
                }:
                    yield f"{sheet.name}: a selection in the pane {selection.get('pane')}"
                active = selection.get("activeCell", "A1")
                try:
                    chosen = areas(selection.get("sqref", active))
                    if not any(meet(area(active), one) for one in chosen):
                        yield f"{sheet.name}: {active} is not in {selection.get('sqref')}"
                except ValueError as error:
                    yield f"{sheet.name}: {error}"


@check("drawings and charts")
def _drawings(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        for name in parts.linked(sheet.part, "drawing"):
            root = parts.xml[name]
            ids = Counter(e.get("id") for e in root.iter(f"{DRAWING}cNvPr"))
            yield from (f"{name}: id {id_} twice" for id_, count in ids.items() if count > 1)
            for anchor in root.iter(f"{DRAWING}twoCellAnchor"):
                corners = [
                    [
                        int(anchor.findtext(f"{DRAWING}{end}/{DRAWING}{way}"))
                        for way in ("row", "col")
                    ]
                    for end in ("from", "to")
                ]
                if corners[0][0] > corners[1][0] or corners[0][1] > corners[1][1]:
                    yield f"{name}: ends before it starts"
            for chart in parts.linked(name, "chart"):
                yield from (f"{chart}: {words}" for words in _chart(parts, parts.xml[chart]))


def _chart(parts: Parts, root: Any) -> Iterator[str]:
    kinds = [f"{CHART}{kind}" for kind in ("valAx", "catAx", "dateAx", "serAx")]
    axes = {e.get("val") for axis in root.iter(*kinds) for e in axis.findall(f"{CHART}axId")}
    plots = [f"{CHART}{kind}Chart" for kind in ("bar", "line", "area", "scatter", "bubble")]
    for plot in root.iter(*plots):
        used = {e.get("val") for e in plot.findall(f"{CHART}axId")}
        if len(used) != 2 or not used <= axes:
            yield f"axes {sorted(used)} of {sorted(axes)}"
    for axis in root.iter(*kinds[:3]):
        crossed = axis.find(f"{CHART}crossAx")
        if crossed is None or crossed.get("val") not in axes:
            yield "an axis that crosses none"
    places = Counter(
        e.get("val") for s in root.iter(f"{CHART}ser") for e in s.findall(f"{CHART}idx")
    )
    yield from (f"series {at} twice" for at, count in places.items() if count > 1)
    for reference in root.iter(f"{CHART}f"):
        yield from _formula_faults(parts, reference.text or "")
        if not re.fullmatch(r"(?:'(?:[^']|'')+'|[\w.]+)!.+", reference.text or ""):
            yield f"the reference {reference.text!r}"
    for cache in root.iter(f"{CHART}numCache", f"{CHART}strCache"):
        count = int(cache.find(f"{CHART}ptCount").get("val"))
        points = [int(point.get("idx")) for point in cache.findall(f"{CHART}pt")]
        if len(points) != len(set(points)) or any(at >= count for at in points):
            yield f"{len(points)} points of {count}"


@check("order of calculation")
def _calculation_order(parts: Parts) -> Iterator[str]:
    for name in parts.linked(parts.workbook_part, "calcChain"):
        at = 0
        for cell in parts.xml[name].iter(f"{MAIN}c"):
            at = int(cell.get("i", at))
            sheets = [e.get("sheetId") for e in parts.workbook.iter(f"{MAIN}sheet")]
            sheet = parts.sheets[sheets.index(str(at))] if str(at) in sheets else None
            there = sheet and sheet.cells.get(place(cell.get("r")))
            if not there or there.formula is None:
                yield f"{cell.get('r')} on sheet {at} has no formula"
