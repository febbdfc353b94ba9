"""A plain workbook made into a macro workbook: the VBA project put in, all else left alone.

Needs nothing of the build: the project is ready-made. It has a document module for each sheet,
so the sheets' code names have to be the ones it was made for.
"""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from addin.excel.ribbon import PART, RELATION, ribbon
from addin.package import PackageError
from addin.package.archive import Archive
from addin.package.markup import MAIN, OFFICE_RELATIONS_NS
from addin.package.parts import PLAIN_TYPE
from addin.package.relations import add_link, content_type, declare, relations
from addin.package.xml import Element, parse, serialise

MACRO_TYPE = "application/vnd.ms-excel.sheet.macroEnabled.main+xml"
PROJECT_TYPE = "application/vnd.ms-office.vbaProject"
PROJECT_RELATION = "http://schemas.microsoft.com/office/2006/relationships/vbaProject"


class CodeNames(NamedTuple):
    """What VBA calls the workbook and its sheets, in sheet order."""

    workbook: str
    sheets: tuple[str, ...]


def code_names(data: bytes) -> CodeNames:
    """The code names of a workbook; a sheet without one gets one from its title."""
    return _Book(data).code_names()


def clean_name(title: str) -> str:
    """A sheet's title as a name that VBA takes.

    >>> clean_name("Risk & chance"), clean_name("2026")
    ('Riskchance', 'Sheet2026')
    """
    name = "".join(sign for sign in title if sign.isascii() and (sign.isalnum() or sign == "_"))
    return (name if name[:1].isalpha() else f"Sheet{name}")[:31]


def to_macro_workbook(data: bytes, project: bytes, expected: CodeNames) -> bytes:
    """The .xlsm bytes of an .xlsx: with `project` inside, made for the code names `expected`."""
    book = _Book(data)
    found = book.code_names()
    if (found.workbook, sorted(found.sheets)) != (expected.workbook, sorted(expected.sheets)):
        raise PackageError(
            "the workbook's sheets are not those of the template"
            f" ({', '.join(found.sheets)}, not {', '.join(expected.sheets)}):"
            " save it as .xlsx, or start from a new copy of the template."
        )
    return book.with_project(project, found)


class _Book:
    """A workbook's parts as far as a VBA project touches them."""

    def __init__(self, data: bytes) -> None:
        self._archive = Archive(data)
        self._part = self._main_part()
        self._workbook = self._parsed(self._part)

    def _main_part(self) -> str:
        for link in relations(self._archive, ""):
            if link.kind == "officeDocument":
                return link.target
        raise PackageError("this is no workbook: choose an .xlsx file.")

    def _parsed(self, part: str) -> Element:
        return parse(self._archive.read(part), part)

    def _sheets(self) -> list[tuple[str, str]]:
        """Title and part of each sheet."""
        targets = {link.id: link for link in relations(self._archive, self._part)}
        found = []
        for element in self._workbook.iter(f"{MAIN}sheet"):
            link = targets[element.get(f"{{{OFFICE_RELATIONS_NS}}}id")]
            if link.kind != "worksheet":
                raise PackageError(
                    f"the sheet {element.get('name')} is a {link.kind}: only worksheets can be"
                    " taken into a macro workbook."
                )
            found.append((element.get("name"), link.target))
        return found

    def code_names(self) -> CodeNames:
        properties = self._workbook.find(f"{MAIN}workbookPr")
        own = None if properties is None else properties.get("codeName")
        workbook = own or "ThisWorkbook"
        sheets: list[str] = []
        for title, part in self._sheets():
            properties = self._parsed(part).find(f"{MAIN}sheetPr")
            given = None if properties is None else properties.get("codeName")
            sheets.append(given or clean_name(title))
        names = [workbook, *sheets]
        if len({name.casefold() for name in names}) < len(names):
            raise PackageError(
                f"two sheets have one code name ({', '.join(names)}): rename one of them."
            )
        return CodeNames(workbook, tuple(sheets))

    def with_project(self, project: bytes, names: CodeNames) -> bytes:
        folder = posixpath.dirname(self._part)
        part = posixpath.join(folder, "vbaProject.bin")
        if content_type(self._archive, self._part) != PLAIN_TYPE:
            raise PackageError("the workbook has macros already, or is a template.")
        declare(self._archive, self._part, MACRO_TYPE)
        declare(self._archive, part, PROJECT_TYPE)
        add_link(self._archive, self._part, PROJECT_RELATION, "vbaProject.bin")
        add_link(self._archive, "", RELATION, PART)
        self._name_workbook(names.workbook)
        for (_, sheet), name in zip(self._sheets(), names.sheets, strict=True):
            self._name_sheet(sheet, name)
        self._archive.replace(part, project)
        self._archive.replace(PART, ribbon().encode())
        return self._archive.to_bytes()

    def _name_workbook(self, name: str) -> None:
        properties = self._workbook.find(f"{MAIN}workbookPr")
        if properties is None:
            properties = self._workbook.makeelement(f"{MAIN}workbookPr")
            before = {f"{MAIN}fileVersion", f"{MAIN}fileSharing"}
            at = sum(child.tag in before for child in self._workbook)
            self._workbook.insert(at, properties)
        if properties.get("codeName") != name:
            properties.set("codeName", name)
            self._store(self._part, self._workbook)

    def _name_sheet(self, part: str, name: str) -> None:
        root = self._parsed(part)
        properties = root.find(f"{MAIN}sheetPr")
        if properties is None:
            properties = root.makeelement(f"{MAIN}sheetPr")
            root.insert(0, properties)
        if properties.get("codeName") != name:
            properties.set("codeName", name)
            self._store(part, root)

    def _store(self, part: str, root: Element) -> None:
        self._archive.replace(part, serialise(root, self._archive.read(part)))
