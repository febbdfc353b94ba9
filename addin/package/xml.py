"""Reading and writing the XML parts: no entities, no network, the declaration kept as it was."""

from __future__ import annotations

import re
from typing import Any, TypeAlias

from lxml import etree

from addin.package.errors import PackageError
from addin.package.markup import STRICT_NS

# lxml brings no type hints.
Element: TypeAlias = Any

_DECLARATION = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*<\?xml[^>]*\?>\s*")
_ENCODING = re.compile(rb"encoding\s*=\s*[\"']([A-Za-z0-9._-]+)")


def parse(content: bytes, part: str) -> Element:
    """The root element of a part; broken XML and document types are refused."""
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_pis=False
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise PackageError(
            f"the file is damaged: its part {part} is broken XML. Use another copy."
        ) from error
    if root.getroottree().docinfo.doctype:
        # Entities hide bombs and reach for other files; no spreadsheet writes a document type.
        raise PackageError(f"the part {part} has a document type, as no workbook has: not read.")
    if root.tag.startswith(f"{{{STRICT_NS}}}"):
        raise PackageError(
            "the workbook is in the 'Strict Open XML' format: save it as a plain .xlsx first."
        )
    return root


def serialise(root: Element, original: bytes) -> bytes:
    """A changed part, behind the XML declaration that the original had."""
    found = _DECLARATION.match(original)
    declaration = found[0] if found else b""
    encoding = _ENCODING.search(declaration)
    if encoding and encoding[1].lower() not in (b"utf-8", b"us-ascii"):
        declaration = b'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    # Of the whole document: comments may stand outside the root element.
    body: bytes = etree.tostring(root.getroottree(), encoding="UTF-8", xml_declaration=False)
    return declaration + body
