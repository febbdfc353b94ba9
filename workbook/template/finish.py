"""Finishing touches on the written package that openpyxl cannot make, and fixed times.

Column formulas of tables (new rows fill themselves), alternative texts of charts, and a zip
whose bytes depend on nothing but its content.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from lxml import etree

from addin.package.archive import Archive
from addin.package.markup import MAIN_NS, OFFICE_RELATIONS_NS
from addin.package.parts import zipped
from addin.package.relations import relations

DRAW = "http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing"
CORE = "docProps/core.xml"
STYLES = "xl/styles.xml"
# The order in which the format lists what a font may have.
FONT_ORDER = (
    "b", "i", "strike", "condense", "extend", "outline", "shadow", "u", "vertAlign", "sz", "color",
    "name", "family", "charset", "scheme",
)  # fmt: skip
TERMS = "http://purl.org/dc/terms/"
# openpyxl writes an empty text as a text without one; a cell of no kind is what is meant.
_EMPTY_TEXT = re.compile(rb'(<c r="[A-Z]+\d+"(?: s="\d+")?) t="inlineStr"(?: ?/>|></c>)')


def finish(
    data: bytes,
    column_formulas: Mapping[str, Mapping[str, str]],
    alt_texts: Mapping[str, Sequence[str]],
) -> bytes:
    """The package with column formulas by table and header, and alt texts by sheet, in order."""
    archive = Archive(data)
    parts = {name: archive.read(name) for name in archive.names}
    for name in sorted(parts):
        if name.startswith("xl/tables/"):
            parts[name] = _with_column_formulas(parts[name], column_formulas)
        if name.startswith("xl/worksheets/"):
            parts[name] = _EMPTY_TEXT.sub(rb"\1/>", parts[name])
    parts[CORE] = _built_when_created(parts[CORE])
    parts[STYLES] = _with_fonts_in_order(parts[STYLES])
    for sheet, texts in alt_texts.items():
        drawing = _drawing_of(archive, sheet)
        parts[drawing] = _with_alt_texts(parts[drawing], texts)
    return zipped(parts)


def _with_column_formulas(part: bytes, formulas: Mapping[str, Mapping[str, str]]) -> bytes:
    root = etree.fromstring(part)
    known = formulas.get(root.get("displayName", ""), {})
    for column in root.iter(f"{{{MAIN_NS}}}tableColumn"):
        formula = known.get(column.get("name", ""))
        if formula:
            child = etree.SubElement(column, f"{{{MAIN_NS}}}calculatedColumnFormula")
            child.text = formula.removeprefix("=")
    return _written(root)


def _built_when_created(part: bytes) -> bytes:
    """Core properties whose time of change is the time of creation, not this machine's now."""
    root = etree.fromstring(part)
    root.find(f"{{{TERMS}}}modified").text = root.findtext(f"{{{TERMS}}}created")
    return _written(root)


def _with_fonts_in_order(part: bytes) -> bytes:
    root = etree.fromstring(part)
    for font in root.iter(f"{{{MAIN_NS}}}font"):
        font[:] = sorted(font, key=lambda child: FONT_ORDER.index(etree.QName(child).localname))
    return _written(root)


def _drawing_of(archive: Archive, sheet: str) -> str:
    targets = {link.id: link.target for link in relations(archive, "xl/workbook.xml")}
    book = etree.fromstring(archive.read("xl/workbook.xml"))
    for element in book.iter(f"{{{MAIN_NS}}}sheet"):
        if element.get("name") == sheet:
            part = targets[element.get(f"{{{OFFICE_RELATIONS_NS}}}id")]
            return next(one.target for one in relations(archive, part) if one.kind == "drawing")
    raise KeyError(f"no sheet {sheet!r} with charts")


def _with_alt_texts(part: bytes, texts: Sequence[str]) -> bytes:
    root = etree.fromstring(part)
    frames = list(root.iter(f"{{{DRAW}}}graphicFrame"))
    if len(frames) != len(texts):
        raise ValueError(f"{len(frames)} charts, but {len(texts)} alternative texts")
    for frame, text in zip(frames, texts, strict=True):
        properties = frame.find(f".//{{{DRAW}}}cNvPr")
        if properties is None:
            raise ValueError("a chart without properties")
        properties.set("name", text.split(":")[0])
        properties.set("descr", text)
    return _written(root)


def _written(root: etree._Element) -> bytes:
    return bytes(etree.tostring(root, xml_declaration=True, encoding="UTF-8", standalone=True))
