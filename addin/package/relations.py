"""The links between parts: which sheet, table or string list belongs to what."""

from __future__ import annotations

import posixpath
from typing import NamedTuple

from addin.package.archive import Archive
from addin.package.markup import RELATIONS_NS
from addin.package.xml import parse


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
    for link in parse(archive.read(source), source).iter(f"{{{RELATIONS_NS}}}Relationship"):
        target = link.get("Target", "")
        external = link.get("TargetMode") == "External"
        if not external:
            # An absolute target starts at the package's root.
            target = posixpath.normpath(posixpath.join(folder, target)).lstrip("/")
        kind = link.get("Type", "").rpartition("/")[2]
        found.append(Relation(link.get("Id", ""), kind, target, external))
    return found
