"""The links between parts, and what each part is: which table or string list belongs to what."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from addin.package.archive import Archive
from addin.package.markup import RELATIONS_NS, TYPES_NS
from addin.package.xml import Element, parse, serialise

_TYPES = "[Content_Types].xml"
_OVERRIDE = f"{{{TYPES_NS}}}Override"
_LINK = f"{{{RELATIONS_NS}}}Relationship"


class Relation(NamedTuple):
    """A link from one part to another."""

    id: str
    kind: str  # the last word of its type: worksheet, table, sharedStrings
    target: str  # part name
    external: bool


def relations_part(part: str) -> str:
    """Where a part's links are kept."""
    folder, name = posixpath.split(part)
    return posixpath.join(folder, "_rels", f"{name}.rels")


def relations(archive: Archive, part: str) -> list[Relation]:
    """The links of a part (``""`` for the package itself)."""
    source = relations_part(part)
    if source not in archive:
        return []
    folder = posixpath.dirname(part)
    found = []
    for link in parse(archive.read(source), source).iter(_LINK):
        target = link.get("Target", "")
        external = link.get("TargetMode") == "External"
        if not external:
            # An absolute target starts at the package's root.
            target = posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
        kind = link.get("Type", "").rpartition("/")[2]
        found.append(Relation(link.get("Id", ""), kind, target, external))
    return found


def content_type(archive: Archive, part: str) -> str:
    """What a part is, where the file says so for it alone."""
    for override in parse(archive.read(_TYPES), _TYPES).iter(_OVERRIDE):
        if override.get("PartName") == f"/{part}":
            return override.get("ContentType") or ""
    return ""


def declare(archive: Archive, part: str, kind: str) -> None:
    """Say what a part is; what it was before is forgotten."""
    with _changed(archive, _TYPES) as types:
        for override in types.iter(_OVERRIDE):
            if override.get("PartName") == f"/{part}":
                override.set("ContentType", kind)
                return
        _append(types, _OVERRIDE, PartName=f"/{part}", ContentType=kind)


def add_link(archive: Archive, owner: str, kind: str, target: str) -> None:
    """Link a part to one in its folder, by a type in full."""
    with _changed(archive, relations_part(owner)) as root:
        taken = {one.get("Id") for one in root}
        number = next(n for n in range(1, len(taken) + 2) if f"rId{n}" not in taken)
        _append(root, _LINK, Id=f"rId{number}", Type=kind, Target=target)


def drop_part(archive: Archive, owner: str, gone: Relation) -> None:
    """Take a part out, with the link to it and what was said of it."""
    archive.remove(gone.target)
    for part, tag, attribute, value in (
        (relations_part(owner), _LINK, "Id", gone.id),
        (_TYPES, _OVERRIDE, "PartName", f"/{gone.target}"),
    ):
        with _changed(archive, part) as root:
            for element in list(root.iter(tag)):
                if element.get(attribute) == value:
                    root.remove(element)


@contextmanager
def _changed(archive: Archive, part: str) -> Iterator[Element]:
    content = archive.read(part)
    root = parse(content, part)
    yield root
    archive.replace(part, serialise(root, content))


def _append(root: Element, tag: str, **attributes: str) -> None:
    element = root.makeelement(tag)
    for name, value in attributes.items():
        element.set(name, value)
    root.append(element)
