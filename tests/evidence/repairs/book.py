"""The workbook."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.evidence.parts import MAIN, OFFICE, Parts
from tests.evidence.repairs.checks import check
from tests.evidence.repairs.formulas import formula_faults


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


def bad_name(name: str) -> bool:
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
        if not name.startswith("_xlnm.") and bad_name(name):
            yield f"{name!r} is no name"
        if scope is None and name.casefold() in parts.table_columns:
            yield f"{name} is a table too"
        if scope is not None and int(scope) >= len(parts.sheets):
            yield f"{name} belongs to a sheet that is not there"
        if not text or text.startswith("=") or "#REF!" in text:
            yield f"{name} is {text!r}"
        yield from (f"{name}: {words}" for words in formula_faults(parts, text))
