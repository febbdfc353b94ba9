"""The file and its parts."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from tests.evidence.parts import OFFICE, RELATIONS, TYPES, Parts
from tests.evidence.repairs.checks import check


@check("archive")
def _archive(parts: Parts) -> Iterator[str]:
    for name, count in Counter(name.casefold() for name in parts.names).items():
        if count > 1:
            yield f"{name} is there {count} times"
    for entry in parts.archive.infolist():
        if "\\" in entry.filename or entry.filename.startswith("/") or not entry.filename.isascii():
            yield f"the name {entry.filename!r}"
        if entry.compress_type not in (0, 8) or entry.flag_bits & ~0x806:
            yield f"{entry.filename}: compression {entry.compress_type}, flags {entry.flag_bits:x}"


@check("text")
def _text(parts: Parts) -> Iterator[str]:
    for name, root in parts.xml.items():
        about = root.getroottree().docinfo
        if about.doctype:
            yield f"{name}: a document type"
        if (about.encoding or "UTF-8").upper() not in ("UTF-8", "ASCII", "US-ASCII"):
            yield f"{name}: encoding {about.encoding}"
        for text in root.itertext():
            if re.search("_x(?:[dD][89a-fA-F][0-9a-fA-F]{2}|[fF]{3}[eEfF])_", text):
                yield f"{name}: half a character in {text[:40]!r}"


@check("content types")
def _content_types(parts: Parts) -> Iterator[str]:
    overrides: Counter[str] = Counter()
    defaults: Counter[str] = Counter()
    for element in parts.xml["[Content_Types].xml"]:
        if element.tag == f"{TYPES}Override":
            overrides[element.get("PartName").casefold()] += 1
        else:
            defaults[element.get("Extension").casefold()] += 1
    for name, count in (overrides + defaults).items():
        if count > 1:
            yield f"{name} is told {count} times"
    there = {f"/{name.casefold()}" for name in parts.names}
    yield from (f"{name} is not there" for name in overrides if name not in there)
    for name in parts.names:
        typed = f"/{name.casefold()}" in overrides
        ending = name.rpartition(".")[2].casefold()
        if name != "[Content_Types].xml" and not typed and ending not in defaults:
            yield f"{name} has no type"
        if name.startswith("xl/") and ending == "xml" and not typed:
            yield f"{name} is called plain XML"


@check("relationships")
def _relationships(parts: Parts) -> Iterator[str]:
    reached = {"[Content_Types].xml"}
    for name, root in parts.xml.items():
        if not name.endswith(".rels"):
            continue
        reached.add(name)
        owner = parts.owner(name)
        if owner and owner not in parts.names:
            yield f"{name} belongs to nothing"
        ids = Counter(link.get("Id") for link in root.iter(f"{RELATIONS}Relationship"))
        yield from (f"{name}: {id_} twice" for id_, count in ids.items() if count > 1)
        for link in root.iter(f"{RELATIONS}Relationship"):
            target = parts.target(owner, link)
            if target is not None and target not in parts.names:
                yield f"{name}: {link.get('Id')} points at {target}, which is not there"
            reached.add(target or "")
    yield from (f"{name} belongs to nobody" for name in parts.names if name not in reached)


@check("references to relationships")
def _relationship_references(parts: Parts) -> Iterator[str]:
    for name, root in parts.xml.items():
        for element in root.iter("*"):
            for attribute, value in element.attrib.items():
                if attribute.startswith(OFFICE) and value not in parts.links.get(name, {}):
                    yield f"{name}: {value} is no relationship"
