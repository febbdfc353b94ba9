"""The plan as a workbook: the page's values put into the template's cells, in the browser.

Where the cells are was found out when the site was built; here only text is changed, since the
browser's Python has none of the packages that read workbooks.
"""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Mapping
from html import escape
from typing import Any

from addin.officejs.page.fields import read

_WORKBOOK = "xl/workbook.xml"
_WORDS = ("symbol", "side", "venue")


def to_workbook(template: bytes, cells: str, text: str) -> bytes:
    """The template with the page's fields in it. ``cells``: JSON of field to part and address."""
    places: Mapping[str, tuple[str, str]] = json.loads(cells)
    typed = json.loads(text)
    trade, wrong = read(typed)
    if trade is None:
        raise ValueError("; ".join(wrong.values()))
    values: dict[str, Any] = dict(trade.numbers) | {
        name: str(typed[name]).strip() for name in _WORDS if str(typed.get(name, "")).strip()
    }
    by_part: dict[str, dict[str, Any]] = {}
    for name, (part, address) in places.items():
        if name in values:
            by_part.setdefault(part, {})[address] = values[name]
    buffer = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(template)) as source,
        zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as target,
    ):
        for info in source.infolist():
            content = source.read(info)
            for address, value in by_part.get(info.filename, {}).items():
                content = with_cell(content.decode(), address, value).encode()
            if info.filename == _WORKBOOK:
                content = computed_at_opening(content.decode()).encode()
            copy = zipfile.ZipInfo(info.filename, info.date_time)
            copy.compress_type = zipfile.ZIP_DEFLATED
            target.writestr(copy, content)
    return buffer.getvalue()


def computed_at_opening(workbook: str) -> str:
    """The workbook part with the wish that everything be computed anew when it is opened.

    >>> computed_at_opening('<workbook><calcPr calcId="191029"/></workbook>')
    '<workbook><calcPr calcId="191029" fullCalcOnLoad="1"/></workbook>'
    """
    if "fullCalcOnLoad" in workbook:
        return re.sub(r'fullCalcOnLoad="\w+"', 'fullCalcOnLoad="1"', workbook)
    if "<calcPr" not in workbook:
        raise ValueError("the template does not say how it is computed")
    return re.sub(r"<calcPr\b([^>]*?)\s*/>", r'<calcPr\1 fullCalcOnLoad="1"/>', workbook)


def with_cell(sheet: str, address: str, value: str | float) -> str:
    """A sheet's XML with one cell changed; its style stays.

    >>> with_cell('<row><c r="B2" s="7"/><c r="B3"/></row>', "B2", 100.0)
    '<row><c r="B2" s="7"><v>100.0</v></c><c r="B3"/></row>'
    >>> with_cell('<c r="B2" s="7" t="s"><v>1</v></c>', "B2", "a<b")
    '<c r="B2" s="7" t="inlineStr"><is><t>a&lt;b</t></is></c>'
    """
    found = re.search(rf'<c r="{address}"([^>]*?)(?:/>|>.*?</c>)', sheet, re.DOTALL)
    if found is None:
        raise ValueError(f"the template has no cell {address}")
    style = re.search(r' s="\d+"', found[1])
    looks = style[0] if style else ""
    if isinstance(value, str):
        shown = "".join(sign for sign in value if ord(sign) >= 32)
        cell = f'<c r="{address}"{looks} t="inlineStr"><is><t>{escape(shown, False)}</t></is></c>'
    else:
        cell = f'<c r="{address}"{looks}><v>{value!r}</v></c>'
    return sheet[: found.start()] + cell + sheet[found.end() :]
