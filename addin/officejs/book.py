"""The template in the form in which Excel keeps formulas of an Office.js add-in.

Such a file says ``_xldudf_ISO_...``: Excel binds the name when the add-in loads. A plain
``ISO_...`` would stay ``#NAME?`` until somebody enters the formula again.
"""

from __future__ import annotations

from addin.package.archive import Archive
from addin.package.formula_text import WEB_PREFIX, with_web_prefix
from addin.package.markup import MAIN
from addin.package.relations import relations
from addin.package.xml import parse, serialise

_WEB_NAME = f"{WEB_PREFIX}iso_".encode()
_FORMULA_TAGS = (
    f"{MAIN}f",
    f"{MAIN}calculatedColumnFormula",
    f"{MAIN}totalsRowFormula",
    f"{MAIN}definedName",
    f"{MAIN}formula",
    f"{MAIN}formula1",
    f"{MAIN}formula2",
)


def web_workbook(data: bytes) -> bytes:
    """The bytes of an .xlsx with the formulas of the catalogue named as that host names them."""
    archive = Archive(data)
    for part in _formula_parts(archive):
        original = archive.read(part)
        root = parse(original, part)
        changed = False
        for element in root.iter(*_FORMULA_TAGS):
            text = with_web_prefix(element.text or "")
            if text != (element.text or ""):
                element.text = text
                changed = True
        if changed:
            archive.replace(part, serialise(root, original))
    return archive.to_bytes()


def is_web_workbook(data: bytes) -> bool:
    """Whether a workbook's formulas are named as those of an Office.js add-in."""
    archive = Archive(data)
    return any(_WEB_NAME in archive.read(part).lower() for part in _formula_parts(archive))


def _formula_parts(archive: Archive) -> list[str]:
    """The workbook, its sheets and their tables."""
    (workbook,) = (link.target for link in relations(archive, "") if link.kind == "officeDocument")
    found = [workbook]
    for link in relations(archive, workbook):
        if link.kind == "worksheet" and link.target in archive:
            found.append(link.target)
            found += [one.target for one in relations(archive, link.target) if one.kind == "table"]
    return found
