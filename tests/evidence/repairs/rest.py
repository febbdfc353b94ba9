"""The rest of a sheet: links, printing, views, drawings; the order of calculation."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from tests.evidence.parts import CHART, DRAWING, MAIN, Parts, area, areas, meet, place
from tests.evidence.repairs.checks import check, misread
from tests.evidence.repairs.formulas import SHEET_REFERENCE, formula_faults


@check("hyperlinks")
def _hyperlinks(parts: Parts) -> Iterator[str]:
    names = {(e.get("name") or "").casefold() for e in parts.workbook.iter(f"{MAIN}definedName")}
    for sheet in parts.sheets:
        for link in sheet.all("hyperlink"):
            where = f"{sheet.name}!{link.get('ref')}"
            yield from (f"{where}: {words}" for words in misread(area, link.get("ref")))
            target = link.get("location")
            if target:
                found = SHEET_REFERENCE.match(target)
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
        yield from formula_faults(parts, reference.text or "")
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
