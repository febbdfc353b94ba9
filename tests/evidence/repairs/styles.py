"""Styles."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.evidence.parts import MAIN, Parts
from tests.evidence.repairs.checks import check


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
