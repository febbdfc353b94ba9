"""Office files made from nothing: their zip, and the parts that every one of them has."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable, Mapping, Sequence

from addin.package.markup import (
    MAIN_NS,
    OFFICE_RELATIONS_NS,
    PACKAGE_NS,
    RELATIONS_NS,
    TYPES_NS,
    quoted,
)

HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
PLAIN_TYPE = f"{SHEET_ML}.sheet.main+xml"
_PACKAGE = "application/vnd.openxmlformats-package"
CORE_TYPE = f"{_PACKAGE}.core-properties+xml"
CORE_RELATION = f"{PACKAGE_NS}/relationships/metadata/core-properties"
_EARLIEST = (1980, 1, 1, 0, 0, 0)  # that a zip file can say


def zipped(parts: Mapping[str, str | bytes], *, packed: bool = True, rights: int = 0o600) -> bytes:
    """A zip file of these parts, in their order: the same bytes at every time on every system.

    Compressors differ from one computer to the next; what is not ``packed`` does not.
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, content in parts.items():
            info = zipfile.ZipInfo(name, _EARLIEST)
            info.compress_type = zipfile.ZIP_DEFLATED if packed else zipfile.ZIP_STORED
            info.create_system = 3
            info.external_attr = rights << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def content_types(types: Mapping[str, str]) -> str:
    """The part that says what each of the others is."""
    overrides = "".join(
        f'<Override PartName="/{part}" ContentType="{kind}"/>' for part, kind in types.items()
    )
    return (
        f'{HEAD}<Types xmlns="{TYPES_NS}">'
        f'<Default Extension="rels" ContentType="{_PACKAGE}.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def links(*targets: tuple[str, str]) -> str:
    """A part of links, from rId1 on: the type and the target of each.

    A type without a colon is one of Office's own.
    """
    inner = "".join(
        f'<Relationship Id="rId{n}" Type="{kind if ":" in kind else _office(kind)}"'
        f' Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{HEAD}<Relationships xmlns="{RELATIONS_NS}">{inner}</Relationships>'


def _office(kind: str) -> str:
    return f"{OFFICE_RELATIONS_NS}/{kind}"


def book_part(sheets: Iterable[str], *, code_name: str = "", names: str = "") -> str:
    """A workbook's main part: its sheets, linked to as rId1 and so on, and its names."""
    tabs = "".join(
        f'<sheet name={quoted(name)} sheetId="{n}" r:id="rId{n}"/>'
        for n, name in enumerate(sheets, 1)
    )
    properties = f"<workbookPr codeName={quoted(code_name)}/>" if code_name else ""
    defined = f"<definedNames>{names}</definedNames>" if names else ""
    return (
        f'{HEAD}<workbook xmlns="{MAIN_NS}" xmlns:r="{OFFICE_RELATIONS_NS}">{properties}'
        f"<sheets>{tabs}</sheets>{defined}</workbook>"
    )


def sheet_part(rows: str = "", *, code_name: str = "") -> str:
    """A sheet of these row elements."""
    properties = f"<sheetPr codeName={quoted(code_name)}/>" if code_name else ""
    return (
        f'{HEAD}<worksheet xmlns="{MAIN_NS}">{properties}<sheetData>{rows}</sheetData></worksheet>'
    )


def minimal_workbook(
    sheets: Sequence[str],
    rows: Sequence[str],
    names: str = "",
    *,
    code_names: tuple[str, Sequence[str]] = ("", ()),
) -> bytes:
    """A workbook file of nothing but sheets with these row elements, names and code names."""
    book, own = code_names
    targets = [f"worksheets/sheet{n}.xml" for n in range(1, len(sheets) + 1)]
    types = {f"xl/{target}": f"{SHEET_ML}.worksheet+xml" for target in targets}
    parts = {
        "[Content_Types].xml": content_types({"xl/workbook.xml": PLAIN_TYPE, **types}),
        "_rels/.rels": links(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": book_part(sheets, code_name=book, names=names),
        "xl/_rels/workbook.xml.rels": links(*(("worksheet", target) for target in targets)),
    }
    for part, inner, code_name in zip(types, rows, own or [""] * len(rows), strict=True):
        parts[part] = sheet_part(inner, code_name=code_name)
    return zipped(parts, packed=False)
