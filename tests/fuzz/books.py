"""The workbooks that inputs are put into: the template, and one without its formulas.

Most inputs are refused, or go wrong, before anything is computed; without formulas the rest takes
a tenth of the time.
"""

from __future__ import annotations

import contextlib
import functools
import io
import zipfile
from collections.abc import Iterator

from lxml import etree

from workbook import bundled

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return out.getvalue()


def without_formulas(data: bytes) -> bytes:
    """The same workbook with values in the formulas' place."""
    content = parts(data)
    for name, part in content.items():
        root = etree.fromstring(part) if name.endswith(".xml") else None
        if root is None or root.tag not in (f"{MAIN}worksheet", f"{MAIN}table"):
            continue
        for kind in ("f", "calculatedColumnFormula"):
            for formula in root.findall(f".//{MAIN}{kind}"):
                formula.getparent().remove(formula)
        content[name] = etree.tostring(root)
    return zipped(content)


@functools.cache
def template() -> bytes:
    return without_formulas(bundled.template())


@functools.cache
def example() -> bytes:
    """The worked example: plans, and a journal with trades closed and open."""
    return without_formulas(bundled.worked_example())


@contextlib.contextmanager
def light_template() -> Iterator[None]:
    """What `isomargin fill` starts from, without its formulas."""
    content, real = template(), bundled.template
    bundled.template = lambda: content
    try:
        yield
    finally:
        bundled.template = real
