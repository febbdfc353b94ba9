"""The add-in's workbook: one empty sheet, the VBA project and a tab on the ribbon."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from addin.excel.macro_book import PROJECT_RELATION, PROJECT_TYPE, CodeNames
from udfs import __version__

ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
CODE_NAMES = CodeNames("ThisWorkbook", ("Sheet1",))
ZIP_TIME = (1980, 1, 1, 0, 0, 0)

# id, label, icon of Office's own, callback, words on hover.
BUTTONS = (
    ("NewPlan", "New plan", "FileNew", "A new workbook: plan a trade, keep the journal."),
    ("Functions", "Functions", "FunctionWizard", "The formulas, with what each argument means."),
    ("Check", "Check", "AcceptInvitation", "Does Python answer, and do the versions match?"),
    ("Help", "Help", "Help", "How to type a formula, and what to do about an error."),
)

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_SHEET_ML = "application/vnd.openxmlformats-officedocument.spreadsheetml"
_RIBBON = "http://schemas.microsoft.com/office/2009/07/customui"
_RIBBON_RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"


def ribbon() -> str:
    """The isomargin tab."""
    buttons = "".join(
        f'<button id="isomargin{name}" label="{label}" size="large" imageMso="{icon}"'
        f' onAction="Isomargin{name}" screentip="{label}" supertip="{escape(tip)}"/>'
        for name, label, icon, tip in BUTTONS
    )
    return (
        f'{_HEAD}<customUI xmlns="{_RIBBON}"><ribbon><tabs>'
        '<tab id="isomarginTab" label="isomargin">'
        f'<group id="isomarginGroup" label="Isolated margin">{buttons}</group>'
        "</tab></tabs></ribbon></customUI>"
    )


def addin_workbook(project: bytes) -> bytes:
    """The .xlam bytes with `project` inside."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in _parts(project).items():
            info = zipfile.ZipInfo(name, ZIP_TIME)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3  # the same bytes on every system
            info.external_attr = 0o600 << 16
            archive.writestr(info, content)
    return buffer.getvalue()


def _parts(project: bytes) -> dict[str, str | bytes]:
    workbook, (sheet,) = CODE_NAMES
    return {
        "[Content_Types].xml": f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels"'
        ' ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/xl/workbook.xml" ContentType="{ADDIN_TYPE}"/>'
        f'<Override PartName="/xl/worksheets/sheet1.xml" ContentType="{_SHEET_ML}.worksheet+xml"/>'
        f'<Override PartName="/xl/styles.xml" ContentType="{_SHEET_ML}.styles+xml"/>'
        f'<Override PartName="/xl/vbaProject.bin" ContentType="{PROJECT_TYPE}"/>'
        '<Override PartName="/docProps/core.xml"'
        ' ContentType="application/vnd.openxmlformats-package.core-properties+xml"/>'
        "</Types>",
        "_rels/.rels": _relations(
            (f"{_OFFICE}/officeDocument", "xl/workbook.xml"),
            (f"{_PACKAGE}/relationships/metadata/core-properties", "docProps/core.xml"),
            (_RIBBON_RELATION, "customUI/customUI14.xml"),
        ),
        "docProps/core.xml": f"{_HEAD}<cp:coreProperties"
        f' xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>isomargin</dc:title>'
        "<dc:creator>isomargin</dc:creator>"
        "<dc:description>Formulas for isolated-margin trading, version"
        f" {__version__}. Educational, not advice.</dc:description></cp:coreProperties>",
        "customUI/customUI14.xml": ribbon(),
        "xl/workbook.xml": f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}">'
        f'<workbookPr codeName="{workbook}"/>'
        '<sheets><sheet name="isomargin" sheetId="1" r:id="rId1"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            (f"{_OFFICE}/worksheet", "worksheets/sheet1.xml"),
            (f"{_OFFICE}/styles", "styles.xml"),
            (PROJECT_RELATION, "vbaProject.bin"),
        ),
        "xl/worksheets/sheet1.xml": f'{_HEAD}<worksheet xmlns="{_MAIN}">'
        f'<sheetPr codeName="{sheet}"/><sheetData/></worksheet>',
        "xl/styles.xml": f'{_HEAD}<styleSheet xmlns="{_MAIN}">'
        '<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>'
        '<fills count="2"><fill><patternFill patternType="none"/></fill>'
        '<fill><patternFill patternType="gray125"/></fill></fills>'
        '<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>'
        '<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/>'
        '</cellStyleXfs><cellXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"'
        ' xfId="0"/></cellXfs><cellStyles count="1"><cellStyle name="Normal" xfId="0"'
        ' builtinId="0"/></cellStyles></styleSheet>',
        "xl/vbaProject.bin": project,
    }


def _relations(*links: tuple[str, str]) -> str:
    inner = "".join(
        f'<Relationship Id="rId{at}" Type="{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(links, 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{inner}</Relationships>'
