"""Any bytes as a workbook: random ones, and valid workbooks with bytes, parts and XML changed."""

from __future__ import annotations

import functools
import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import openpyxl
from hypothesis import strategies as st
from lxml import etree
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.formula import ArrayFormula
from openpyxl.worksheet.table import Table

from workbook import bundled

from . import books
from .command import check_command
from .strategies import words
from .target import Target

FORMULAS = [
    'ISO_LIQUIDATION_PRICE("long",100,10)', "ISO_STRESS(A1:A3,B1:B3,1,1,1,-0.1)", "A1", "A1:XFD9",
    "SUM(A:A)", "Small[Entry]", "Small[[#This Row],[Entry]]", "Small[[#All]]", "Names", "[1]x!A1",
    "'Second sheet'!A1:B2", "ISO_VERSION()", "1/0", "NA()", "{1,2;3,4}", "((((1", '"',
    "SEQUENCE(3)", 'INDIRECT("A1")', "OFFSET(A1,1,1,2,2)", "#REF!", "ISO_EXPLAIN()",
    "cmd|'/c calc'!A1", "A1#", "LET(x,1,x)", "+", "=", "",
]  # fmt: skip
NUMBERS = ["0", "1", "2", "-1", "x", "", "1048576", "1048577", "99999999999", "1.5", "16385"]
REFERENCES = [
    "A1",
    "B2",
    "A1:B2",
    "A1:A1048577",
    "A1:C1",
    "ZZZ1",
    "A0",
    "1",
    "A",
    "A:A",
    "XFD1048576",
]


@functools.cache
def small() -> bytes:
    """A small workbook with a bit of everything that is read."""
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    sheet.title = "First"
    sheet.append(["Side", "Entry", "Answer"])
    for row in (2, 3, 4):
        sheet.append(
            ["long", 100.0 + row,
             "=ISO_LIQUIDATION_PRICE(Small[[#This Row],[Side]],Small[[#This Row],[Entry]],10)"]
        )  # fmt: skip
    sheet.add_table(Table(displayName="Small", ref="A1:C4"))
    second = book.create_sheet("Second sheet")
    second["A1"] = "=SUM(Small[Entry])+SUM(Entries)"
    second["C1"] = ArrayFormula("C1:F3", '=ISO_STOP_LADDER("long",100,96,50)')
    second["A5"] = "=First!B2:B4"
    second["A6"] = True
    second["A7"] = "#N/A"
    book.defined_names["Entries"] = DefinedName("Entries", attr_text="First!$B$2:$B$4")
    out = io.BytesIO()
    book.save(out)
    content = books.parts(out.getvalue())
    # openpyxl writes no shared formulas and no dynamic arrays.
    extra = (
        b'<row r="9"><c r="A9"><f t="shared" ref="A9:A10" si="0">B9+$B$2</f><v>1</v></c></row>'
        b'<row r="10"><c r="A10"><f t="shared" si="0"/></c><c r="D10" cm="1">'
        b'<f t="array" ref="D10:D12">SEQUENCE(3)</f><v>1</v></c></row></sheetData>'
    )
    part = "xl/worksheets/sheet2.xml"
    content[part] = content[part].replace(b"</sheetData>", extra)
    return books.zipped(content)


# One change: which, where (a share of what there is), and with what.
Change = tuple[str, float, float, str]

_values = st.one_of(
    words, st.sampled_from(FORMULAS), st.sampled_from(NUMBERS), st.sampled_from(REFERENCES)
)
_KINDS = [
    "attribute", "attribute", "attribute", "no attribute", "text", "text", "remove", "double",
    "rename", "formula", "formula", "value", "value", "part away", "part bytes", "part renamed",
]  # fmt: skip
_changes = st.lists(
    st.tuples(st.sampled_from(_KINDS), st.floats(0, 0.999), st.floats(0, 0.999), _values),
    min_size=1,
    max_size=5,
)
MAIN = books.MAIN


def _xml_text(text: str) -> str:
    """What XML can hold of it."""
    return "".join(c for c in text if c in "\t\n\r" or (" " <= c <= "\ud7ff") or c > "\uffff")


def _apply(content: dict[str, bytes], change: Change) -> None:
    kind, where, _, value = change
    names = list(content)
    name = names[int(where * len(names))]
    value = _xml_text(value)
    if kind == "part away":
        del content[name]
    elif kind == "part bytes":
        content[name] = value.encode()
    elif kind == "part renamed":
        content[value or name.upper()] = content.pop(name)
    else:
        _apply_to_xml(content, name, change, value)


def _apply_to_xml(content: dict[str, bytes], name: str, change: Change, value: str) -> None:
    kind, _, which, _ = change
    if kind in ("formula", "value"):
        sheets = [one for one in content if one.startswith("xl/worksheets/sheet")]
        name = sheets[int(change[1] * len(sheets))] if sheets else name
    try:
        root = etree.fromstring(content[name])
    except etree.XMLSyntaxError:
        return
    elements = [one for one in root.iter() if isinstance(one.tag, str)]
    if kind == "formula":
        elements = root.findall(f".//{MAIN}f") or elements
    elif kind == "value":
        elements = root.findall(f".//{MAIN}v") or elements
    # Half of the changes near the start, where structure is; cells come in thousands.
    which = which * 2 if which < 0.5 else (which - 0.5) * 40 / len(elements)
    one = elements[min(int(which * len(elements)), len(elements) - 1)]
    attributes = list(one.attrib)
    match kind:
        case "attribute" if attributes:
            one.set(attributes[int(change[1] * 997) % len(attributes)], value)
        case "no attribute" if attributes:
            del one.attrib[attributes[int(change[1] * 997) % len(attributes)]]
        case "text" | "formula" | "value":
            one.text = value
        case "remove" if one is not root:
            one.getparent().remove(one)
        case "double" if one is not root:
            one.addnext(etree.fromstring(etree.tostring(one)))
        case "rename":
            one.tag = f"{MAIN}{'c' if which < 0.5 else 'row'}"
    content[name] = etree.tostring(root)


# Where in the zip file (from its end, where the directory is, or from its start), and what there.
Edit = tuple[bool, float, str, int, bytes]

_edits = st.lists(
    st.tuples(
        st.booleans(),
        st.floats(0, 0.999),
        st.sampled_from(["set", "set", "cut", "put", "end"]),
        st.integers(1, 300),
        st.one_of(st.binary(max_size=4), st.sampled_from([b"PK\x01\x02", b"\xff" * 4, bytes(8)])),
    ),
    min_size=1,
    max_size=4,
)
SOURCES: dict[str, Callable[[], bytes]] = {
    "small": small,
    "small, packed": lambda: books.zipped(books.parts(small()), zipfile.ZIP_DEFLATED),
    "template": bundled.worked_example,
    "journal": books.example,
}


@dataclass(frozen=True)
class Spoiled:
    """A workbook with changes; or bytes that never were one."""

    source: str
    changes: tuple[Change, ...] = ()
    edits: tuple[Edit, ...] = ()
    raw: bytes = b""

    def build(self) -> bytes:
        if not self.source:
            return self.raw
        data = SOURCES[self.source]()
        if self.changes:
            content = books.parts(data)
            for change in self.changes:
                if content:
                    _apply(content, change)
            data = books.zipped(content)
        return _edited(data, self.edits)


def _edited(data: bytes, edits: tuple[Edit, ...]) -> bytes:
    changed = bytearray(data)
    for at_end, share, kind, count, put in edits:
        # The directory is some hundred bytes at the end; elsewhere a change mostly breaks a part.
        reach = min(len(changed), 1500) if at_end else len(changed)
        at = len(changed) - reach + int(share * reach)
        match kind:
            case "set":
                changed[at : at + len(put)] = put
            case "cut":
                del changed[at : at + count]
            case "put":
                changed[at:at] = put
            case "end":
                del changed[at:]
    return bytes(changed)


def _workbooks(*sources: str) -> st.SearchStrategy[Spoiled]:
    source = st.sampled_from(sources)
    odd = st.builds(Spoiled, source, _changes.map(tuple))
    raw = st.builds(Spoiled, source, edits=_edits.map(tuple))
    never = st.builds(Spoiled, st.just(""), raw=st.binary(max_size=200))
    return st.one_of(odd, odd, odd, odd, odd, raw, raw, never)


def _small_books() -> st.SearchStrategy[Spoiled]:
    return _workbooks("small", "small", "small, packed")


def _calc(book: Spoiled) -> None:
    check_command(["calc", "book.xlsx"], {"book.xlsx": book.build()}, writes="book.xlsx")


def _full_books() -> st.SearchStrategy[Spoiled]:
    return _workbooks("template")


JOURNAL_COMMANDS = [
    ["journal", "check", "book.xlsx"],
    ["journal", "review", "--list", "book.xlsx"],
    ["journal", "review", "book.xlsx"],
    ["journal", "take", "book.xlsx", "ETH", "--note", "=1", "--setup", "[/x]"],
    ["journal", "take", "book.xlsx", "4"],
    ["journal", "close", "book.xlsx", "3", "--exit", "1", "--tags", "@a"],
    ["journal", "export", "book.xlsx", "-o", "out.csv"],
    ["journal", "import", "book.xlsx", "fills.csv"],
    ["new", "book.xlsx", "--force"],
]
_FILLS = b"""time,symbol,side,quantity,price
2026-11-22 10:00:00,ETH,buy,2,2000
2026-11-23 10:00:00,ETH,sell,2,2100
"""


_MOMENTS = ["2026-11-25 10:00"] * 6 + ["2009-01-01", "9999-12-31", "0001-01-01T00:00+14:00", "x"]


@st.composite
def _journal_work(draw: st.DrawFn) -> tuple[list[str], Spoiled]:
    command = [*draw(st.sampled_from(JOURNAL_COMMANDS))]
    if command[1] in ("review", "take", "close"):
        command += ["--at", draw(st.sampled_from(_MOMENTS))]
    return command, draw(_workbooks("journal"))


def _journal(work: tuple[list[str], Spoiled]) -> None:
    arguments, book = work
    files = {"book.xlsx": book.build(), "fills.csv": _FILLS}
    writes = "out.csv" if "out.csv" in arguments else "book.xlsx"
    check_command(arguments, files, writes=writes, most_lines=20)


TARGETS = [
    Target("calc, small workbook", _small_books, _calc, examples=150),
    Target("calc, whole template", _full_books, _calc, examples=3),
    Target("journal commands", _journal_work, _journal, examples=30),
]
