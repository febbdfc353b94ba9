"""A workbook file taken apart, for the checks of what Excel would repair."""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
OFFICE = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
CHART = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"
LAST_ROW, LAST_COLUMN = 1_048_576, 16_384

Area = tuple[int, int, int, int]  # top, left, bottom, right


def column_number(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number


def place(address: str) -> tuple[int, int]:
    """Row and column of a cell's address."""
    found = re.fullmatch(r"\$?([A-Z]{1,3})\$?([1-9]\d*)", address or "")
    if not found:
        raise ValueError(f"{address!r} is no cell")
    row, column = int(found[2]), column_number(found[1])
    if row > LAST_ROW or column > LAST_COLUMN:
        raise ValueError(f"{address} is outside the sheet")
    return row, column


def area(reference: str) -> Area:
    first, _, last = (reference or "").partition(":")
    (top, left), (bottom, right) = place(first), place(last or first)
    if top > bottom or left > right:
        raise ValueError(f"{reference} ends before it starts")
    return top, left, bottom, right


def areas(references: str) -> list[Area]:
    found = [area(reference) for reference in (references or "").split()]
    if not found:
        raise ValueError("no cells")
    return found


def meet(one: Area, other: Area) -> bool:
    apart = one[2] < other[0] or other[2] < one[0] or one[3] < other[1] or other[3] < one[1]
    return not apart


@dataclass
class Cell:
    kind: str
    style: int
    text: str
    formula: Any


@dataclass
class Sheet:
    name: str
    part: str
    state: str
    root: Any
    tables: list[tuple[str, Any]] = field(default_factory=list)

    @cached_property
    def cells(self) -> dict[tuple[int, int], Cell]:
        found = {}
        for element in self.root.iter(f"{MAIN}c"):
            try:
                where = place(element.get("r"))
            except ValueError:
                continue  # the check of cells says so
            kind = element.get("t", "n")
            inline = "".join(element.itertext(f"{MAIN}t"))
            value = element.findtext(f"{MAIN}v") or ""
            found[where] = Cell(
                kind,
                int(element.get("s", 0)),
                inline if kind == "inlineStr" else value,
                element.find(f"{MAIN}f"),
            )
        return found

    def find(self, name: str) -> Any:
        return self.root.find(f"{MAIN}{name}")

    def all(self, name: str) -> Any:
        return self.root.iter(f"{MAIN}{name}")


class Parts:
    """What the checks ask about a workbook's file."""

    def __init__(self, data: bytes) -> None:
        self.archive = zipfile.ZipFile(io.BytesIO(data))
        self.names = self.archive.namelist()
        self.broken: dict[str, str] = {}
        self.xml: dict[str, Any] = {}
        for name in self.names:
            if not name.endswith((".xml", ".rels", ".vml")):
                continue
            try:
                self.xml[name] = etree.fromstring(self.archive.read(name))
            except etree.XMLSyntaxError as error:
                self.broken[name] = str(error)

    @cached_property
    def links(self) -> dict[str, dict[str, tuple[str, str | None]]]:
        """By owner and id: the kind and the target of a relationship."""
        found: dict[str, dict[str, tuple[str, str | None]]] = {}
        for name, root in self.xml.items():
            if name.endswith(".rels"):
                owner = self.owner(name)
                found[owner] = {
                    link.get("Id"): (link.get("Type").rpartition("/")[2], self.target(owner, link))
                    for link in root.iter(f"{RELATIONS}Relationship")
                }
        return found

    @staticmethod
    def owner(name: str) -> str:
        folder, file = posixpath.split(name)
        return posixpath.join(posixpath.dirname(folder), file.removesuffix(".rels"))

    @staticmethod
    def target(owner: str, link: Any) -> str | None:
        """The part that a relationship points at; None for one outside."""
        if link.get("TargetMode") == "External":
            return None
        told = link.get("Target")
        if told.startswith("/"):
            return str(told[1:])
        return posixpath.normpath(posixpath.join(posixpath.dirname(owner), told))

    def linked(self, owner: str, kind: str) -> list[str]:
        links = self.links.get(owner, {}).values()
        return [to for told, to in links if told == kind and to in self.xml]

    @cached_property
    def workbook_part(self) -> str:
        return self.linked("", "officeDocument")[0]

    @property
    def workbook(self) -> Any:
        return self.xml[self.workbook_part]

    @cached_property
    def styles(self) -> Any:
        found = self.linked(self.workbook_part, "styles")
        return self.xml[found[0]] if found else etree.Element(f"{MAIN}styleSheet")

    @cached_property
    def shared_texts(self) -> list[str]:
        found = self.linked(self.workbook_part, "sharedStrings")
        if not found:
            return []
        return ["".join(si.itertext(f"{MAIN}t")) for si in self.xml[found[0]].iter(f"{MAIN}si")]

    @cached_property
    def sheets(self) -> list[Sheet]:
        links = self.links.get(self.workbook_part, {})
        found = []
        for element in self.workbook.iter(f"{MAIN}sheet"):
            _, part = links.get(element.get(f"{OFFICE}id"), ("", None))
            if part not in self.xml:
                continue  # the check of relationships says so
            sheet = Sheet(
                element.get("name"), part, element.get("state", "visible"), self.xml[part]
            )
            sheet.tables = [(name, self.xml[name]) for name in self.linked(part, "table")]
            found.append(sheet)
        return found

    @cached_property
    def sheet_names(self) -> set[str]:
        return {
            (element.get("name") or "").casefold() for element in self.workbook.iter(f"{MAIN}sheet")
        }

    def text(self, cell: Cell) -> str:
        """What a cell with text shows."""
        if cell.kind == "s":
            return self.shared_texts[int(cell.text)]
        return cell.text

    @cached_property
    def table_columns(self) -> dict[str, set[str]]:
        """Each table's columns, all without case."""
        return {
            (table.get("displayName") or "").casefold(): {
                column.get("name").casefold() for column in table.iter(f"{MAIN}tableColumn")
            }
            for sheet in self.sheets
            for _, table in sheet.tables
        }
