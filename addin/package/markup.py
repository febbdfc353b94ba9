"""XML as text: the names that workbook files use, and text between tags and in attributes."""

from __future__ import annotations

import re

MAIN_NS = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
STRICT_NS = "http://purl.oclc.org/ooxml/spreadsheetml/main"
PACKAGE_NS = "http://schemas.openxmlformats.org/package/2006"
RELATIONS_NS = f"{PACKAGE_NS}/relationships"
TYPES_NS = f"{PACKAGE_NS}/content-types"
OFFICE_RELATIONS_NS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
XM_NS = "http://schemas.microsoft.com/office/excel/2006/main"

MAIN = f"{{{MAIN_NS}}}"
SPACE = "{http://www.w3.org/XML/1998/namespace}space"


def escaped(text: str) -> str:
    """Text as it stands between tags. (xml.sax.saxutils would load half the network library.)

    >>> escaped("a<b & c")
    'a&lt;b &amp; c'
    """
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;")  # a parser takes a bare one for a line's end


_ENTITY = re.compile(r"&(?:(lt|gt|quot|apos|amp)|#(\d+)|#x([0-9a-fA-F]+));")
_NAMED = {"lt": "<", "gt": ">", "quot": '"', "apos": "'", "amp": "&"}


def unescaped(text: str) -> str:
    """Text that stands between tags, as it reads.

    >>> unescaped("a&lt;b &amp; c&#13;")
    'a<b & c\\r'
    """
    return _ENTITY.sub(_sign, text) if "&" in text else text


def _sign(entity: re.Match[str]) -> str:
    name, decimal, hexadecimal = entity.groups()
    return _NAMED[name] if name else chr(int(decimal) if decimal else int(hexadecimal, 16))


def quoted(text: str) -> str:
    """Text as an attribute's value, with the quotation marks.

    >>> quoted('5" & more')
    '"5&quot; &amp; more"'
    """
    text = escaped(text).replace('"', "&quot;")
    return '"' + text.replace("\n", "&#10;").replace("\t", "&#9;") + '"'
