"""Workbook files made from nothing: the parts that every one of them has."""

from __future__ import annotations

import io
import zipfile

from addin.package.markup import MAIN_NS, OFFICE_RELATIONS_NS, RELATIONS_NS, TYPES_NS, quoted

_DECLARATION = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_SHEET_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"
_BOOK_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
_RELATIONS_TYPE = "application/vnd.openxmlformats-package.relationships+xml"


def minimal_workbook(sheets: list[str], bodies: list[str], names: str = "") -> bytes:
    """A workbook file of nothing but sheets with these row elements, and names."""
    numbers = range(1, len(sheets) + 1)
    overrides = "".join(
        f'<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{_SHEET_TYPE}"/>'
        for n in numbers
    )
    types = (
        f'<Types xmlns="{TYPES_NS}">'
        f'<Default Extension="rels" ContentType="{_RELATIONS_TYPE}"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{_BOOK_TYPE}"/>{overrides}</Types>'
    )
    tabs = "".join(
        f'<sheet name={quoted(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in zip(numbers, sheets, strict=True)
    )
    workbook = (
        f'<workbook xmlns="{MAIN_NS}" xmlns:r="{OFFICE_RELATIONS_NS}"><sheets>{tabs}</sheets>'
        f"<definedNames>{names}</definedNames></workbook>"
    )
    parts = {
        "[Content_Types].xml": types,
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": workbook,
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{n}.xml") for n in numbers]
        ),
    }
    for n, body in zip(numbers, bodies, strict=True):
        parts[f"xl/worksheets/sheet{n}.xml"] = (
            f'<worksheet xmlns="{MAIN_NS}"><sheetData>{body}</sheetData></worksheet>'
        )
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for name, content in parts.items():
            archive.writestr(name, _DECLARATION + content)
    return out.getvalue()


def _relations(targets: list[tuple[str, str]]) -> str:
    links = "".join(
        f'<Relationship Id="rId{n}" Type="{OFFICE_RELATIONS_NS}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'<Relationships xmlns="{RELATIONS_NS}">{links}</Relationships>'
