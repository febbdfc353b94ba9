"""The add-in's workbook: one empty sheet, the VBA project and a tab on the ribbon."""

from __future__ import annotations

from addin.excel.macro_book import PROJECT_RELATION, PROJECT_TYPE, CodeNames
from addin.excel.ribbon import PART, RELATION, ribbon
from addin.package.markup import MAIN_NS, PACKAGE_NS
from addin.package.parts import (
    CORE_RELATION,
    CORE_TYPE,
    HEAD,
    SHEET_ML,
    book_part,
    content_types,
    links,
    sheet_part,
    zipped,
)
from udfs import __version__

ADDIN_TYPE = "application/vnd.ms-excel.addin.macroEnabled.main+xml"
CODE_NAMES = CodeNames("ThisWorkbook", ("Sheet1",))


def addin_workbook(project: bytes) -> bytes:
    """The .xlam bytes with `project` inside."""
    return zipped(_parts(project))


def _parts(project: bytes) -> dict[str, str | bytes]:
    workbook, (sheet,) = CODE_NAMES
    return {
        "[Content_Types].xml": content_types(
            {
                "xl/workbook.xml": ADDIN_TYPE,
                "xl/worksheets/sheet1.xml": f"{SHEET_ML}.worksheet+xml",
                "xl/styles.xml": f"{SHEET_ML}.styles+xml",
                "xl/vbaProject.bin": PROJECT_TYPE,
                "docProps/core.xml": CORE_TYPE,
            }
        ),
        "_rels/.rels": links(
            ("officeDocument", "xl/workbook.xml"),
            (CORE_RELATION, "docProps/core.xml"),
            (RELATION, PART),
        ),
        "docProps/core.xml": f"{HEAD}<cp:coreProperties"
        f' xmlns:cp="{PACKAGE_NS}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title>isomargin</dc:title>'
        "<dc:creator>isomargin</dc:creator>"
        "<dc:description>Formulas for isolated-margin trading, version"
        f" {__version__}. Educational, not advice.</dc:description></cp:coreProperties>",
        PART: ribbon(),
        "xl/workbook.xml": book_part(["isomargin"], code_name=workbook),
        "xl/_rels/workbook.xml.rels": links(
            ("worksheet", "worksheets/sheet1.xml"),
            ("styles", "styles.xml"),
            (PROJECT_RELATION, "vbaProject.bin"),
        ),
        "xl/worksheets/sheet1.xml": sheet_part(code_name=sheet),
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN_NS}">'
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
