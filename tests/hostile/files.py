"""The hostile files: how each is made, the command that gets it, and what must come of it."""

from __future__ import annotations

import io
import struct
import zipfile
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

from addin.package.parts import minimal_workbook
from workbook import bundled

SHEET = "xl/worksheets/sheet1.xml"
MIB = 2**20


@dataclass(frozen=True)
class Case:
    """One hostile file. ``words`` are what the refusal says; None where it is handled."""

    name: str
    make: Callable[[Path], list[str]]  # files into a folder; the command's arguments
    words: str | None = None
    # Where the engine or the interpreter could end the whole process, or much memory is at stake.
    apart: bool = False
    # So large that only ``python -m tests.hostile`` makes it.
    large: bool = False


# Workbooks


def parts(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def zipped(content: Mapping[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, part in content.items():
            archive.writestr(name, part)
    return out.getvalue()


def rows(cells: Mapping[str, str]) -> str:
    """Row elements: a formula where the text starts with "=", a number elsewhere."""
    found: dict[int, list[str]] = {}
    for address, text in cells.items():
        row = int(address.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
        inside = f"<f>{escape(text[1:])}</f>" if text.startswith("=") else f"<v>{text}</v>"
        found.setdefault(row, []).append(f'<c r="{address}">{inside}</c>')
    return "".join(f'<row r="{row}">{"".join(found[row])}</row>' for row in sorted(found))


def book(
    body: str | None = None,
    *,
    sheets: Iterable[str] = ("Sheet1",),
    names: str = "",
    before: str = "",
    behind: str = "",
    extra: Mapping[str, bytes] | None = None,
) -> bytes:
    """A workbook with this in its first sheet, and further parts."""
    titles = list(sheets)
    plain = rows({"A1": "1", "B1": "=A1+1"})
    bodies = [plain if body is None else body] + [plain] * (len(titles) - 1)
    content = parts(minimal_workbook(titles, bodies, names))
    sheet = content[SHEET].replace(b"<sheetData>", before.encode() + b"<sheetData>")
    content[SHEET] = sheet.replace(b"</sheetData>", b"</sheetData>" + behind.encode())
    return zipped({**content, **(extra or {})})


def calc(data: Callable[[], bytes]) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / "book.xlsx").write_bytes(data())
        return ["calc", "book.xlsx", "-q"]

    return make


def formula(text: str) -> Callable[[Path], list[str]]:
    return calc(lambda: book(rows({"A1": "1", "C1": text, "D1": "=1+1"})))


def evaluated(text: str) -> Callable[[Path], list[str]]:
    return lambda folder: ["eval", "--", text]


def flat_bomb() -> bytes:
    return zipped({**parts(book()), SHEET: bytes(200 * MIB)})


def overlapping_bomb() -> bytes:
    """Many directory entries for the same packed bytes."""
    data = zipped({**parts(book()), "xl/kernel.bin": bytes(7 * MIB)})
    end = data.rindex(b"PK\5\6")
    start = struct.unpack_from("<L", data, end + 16)[0]
    at = data.index(b"PK\1\2", data.index(b"xl/kernel.bin", start) - 60)
    entry = data[at:end]
    copies = b"".join(
        entry.replace(b"xl/kernel.bin", f"xl/kern{number:03}.bi".encode()) for number in range(200)
    )
    directory = data[start:end] + copies
    count = struct.unpack_from("<H", data, end + 10)[0] + 200
    tail = b"PK\5\6" + struct.pack("<4H2LH", 0, 0, count, count, len(directory), start, 0)
    return data[:start] + directory + tail


def nested_bomb() -> bytes:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(4):
            archive.writestr(f"{number}.bin", bytes(50 * MIB))
    return book(extra={"xl/embeddings/package.zip": inner.getvalue()})


def laughs() -> bytes:
    entities = '<!ENTITY a0 "ha">' + "".join(
        f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12)
    )
    content = parts(book())
    content[SHEET] = content[SHEET].replace(b"?>\n", f"?>\n<!DOCTYPE x [{entities}]>".encode(), 1)
    return zipped(content)


def array(ref: str, text: str, *, dynamic: bool = False) -> str:
    mark = ' cm="1"' if dynamic else ""
    return f'<row r="1"><c r="A1"{mark}><f t="array" ref="{ref}">{text}</f><v>0</v></c></row>'


def long_table(count: int) -> bytes:
    """A table of so many rows, two numbers and a formula each."""
    body = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>0.5</v></c>'
        f'<c r="C{n}"><f>A{n}*B{n}</f><v>0</v></c></row>'
        for n in range(2, count + 2)
    )
    return book(body)


def long_values(count: int) -> bytes:
    body = "".join(
        f'<row r="{n}"><c r="A{n}"><v>{n}</v></c><c r="B{n}"><v>0.5</v></c></row>'
        for n in range(2, count + 2)
    )
    return book(f'<row r="1"><c r="A1"><f>SUM(A2:B{count + 1})</f></c></row>' + body)


def shared_formula(count: int) -> bytes:
    first = f'<c r="A1"><f t="shared" ref="A1:A{count}" si="0">ROW()+B1</f></c>'
    body = f'<row r="1">{first}</row>' + "".join(
        f'<row r="{n}"><c r="A{n}"><f t="shared" si="0"/></c></row>' for n in range(2, count + 1)
    )
    return book(body)


def many_strings(count: int) -> bytes:
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    strings = "".join(f"<si><t>{n}</t></si>" for n in range(count))
    content = parts(book('<row r="1"><c r="A1" t="s"><v>0</v></c></row>'))
    content["xl/sharedStrings.xml"] = f'<sst xmlns="{main}">{strings}</sst>'.encode()
    links = "xl/_rels/workbook.xml.rels"
    content[links] = content[links].replace(
        b"</Relationships>",
        b'<Relationship Id="s" Type="http://schemas.openxmlformats.org/officeDocument/2006/'
        b'relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
    )
    return zipped(content)


def name_bomb(levels: int, first: str, more: str) -> bytes:
    """Each name is ten times the one before it."""
    names = f"<definedName name='n_0'>{first}</definedName>" + "".join(
        f"<definedName name='n_{n}'>{'+'.join([f'n_{n - 1}'] * 10)}{more}</definedName>"
        for n in range(1, levels)
    )
    return book(rows({"C1": f"=n_{levels - 1}", "D1": "=1+1"}), names=names)


def outside_links() -> bytes:
    link = (
        b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b"<ddeLink ddeService='cmd' ddeTopic='/c calc'/></externalLink>"
    )
    cells = {"A1": "=[1]Sheet1!A1", "A2": "=cmd|'/c calc'!A1", "A3": "=[1]!DDE", "A4": "=1+1"}
    return book(rows(cells), extra={"xl/externalLinks/externalLink1.xml": link})


ODD_NAMES = ["=cmd.py", "It's", "a [b]", "x" * 60, "Plan.PY", "../up", "<&>", "A1", " "]


def odd_parts() -> bytes:
    names = ["../../evil.xml", "/etc/evil.xml", "..\\evil.xml", "C:\\evil.xml", "XL/workbook.xml"]
    return book(extra=dict.fromkeys(names, b"<x/>"))


# Text files

PLANS = "symbol,side,venue,entry,stop,days"


def toml(text: Callable[[], str]) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / "ideas.toml").write_text(text(), encoding="utf-8")
        return ["fill", "ideas.toml", "-o", "out.xlsx", "-q"]

    return make


def plans(count: int) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        text = f"{PLANS}\n" + "ETH,long,Platform A,100,96,7\n" * count
        (folder / "plans.csv").write_text(text, encoding="utf-8")
        return ["fill", "plans.csv", "-o", "out.xlsx", "-q"]

    return make


def fills(count: int) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / "book.xlsx").write_bytes(bundled.template())
        with (folder / "fills.csv").open("w", encoding="utf-8") as file:
            file.write("time,symbol,side,quantity,price,id\n")
            for number in range(count):
                day, second = 1 + number // 86_400, number % 86_400
                clock = f"{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}"
                side = "sell" if number % 2 else "buy"
                file.write(f"2026-01-{day:02} {clock},ETH,{side},1,100,f{number}\n")
        return ["journal", "import", "book.xlsx", "fills.csv", "-q"]

    return make


def counted(count: int) -> Callable[[Path], list[str]]:
    def make(folder: Path) -> list[str]:
        (folder / "journal.csv").write_text("r\n" + "0.5\n-1\n" * (count // 2), encoding="utf-8")
        return ["journal", "stats", "journal.csv"]

    return make


def one_wide_line(folder: Path) -> list[str]:
    (folder / "plans.csv").write_text("symbol," + "x" * (20 * MIB), encoding="utf-8")
    return ["fill", "plans.csv", "-o", "out.xlsx", "-q"]


CASES = [
    Case("zip bomb, one part of 200 MiB zeros", calc(flat_bomb), "zip bomb"),
    Case("zip bomb, 200 entries for one packed part", calc(overlapping_bomb), "unpack to"),
    Case("zip bomb inside, as an embedded file", calc(nested_bomb)),
    Case("a sheet that says A1:XFD1048576", calc(
        lambda: book(before='<dimension ref="A1:XFD1048576"/>'))),
    Case("cells at XFD1048576", calc(
        lambda: book(rows({"A1": "=XFD1048576+1", "XFD1048576": "1"}))), apart=True),
    Case("merged cells over the whole sheet", calc(
        lambda: book(behind='<mergeCells><mergeCell ref="A1:XFD1048576"/></mergeCells>'))),
    Case("array formula over the whole sheet", calc(
        lambda: book(array("A1:XFD1048576", "1"))), "array"),
    Case("spill over the whole sheet, as the file says", calc(
        lambda: book(array("A1:XFD1048576", "1", dynamic=True))), "array"),
    Case("SEQUENCE over the whole sheet", formula("=SEQUENCE(1048576,16384)"), apart=True),
    Case("our formula on the whole sheet", formula("=ISO_PORTFOLIO_RISK(2:1048576,0)"), apart=True),
    Case("REPT of a gigabyte", formula('=LEN(REPT("x",1000000000))'), apart=True),
    Case("MUNIT of 30,000", formula("=SUM(MUNIT(30000))"), apart=True),
    Case("XML entities, ten to the eleventh", calc(laughs), "document type"),
    Case("other workbooks and DDE", calc(outside_links)),
    Case("odd sheet names", calc(lambda: book(sheets=["Sheet1", *ODD_NAMES]))),
    Case("parts named ../, /, \\ and twice but for case", calc(odd_parts)),
    Case("64 million empty elements", calc(
        lambda: book("<a/>" * 64_000_000)), "zip bomb", large=True),
    Case("5,001 sheets", calc(lambda: book(sheets=[f"s{n}" for n in range(5001)])), "parts"),
    Case("formula of 8,192 characters", formula("=" + "+".join(["1"] * 4096))),
    Case("4,000 brackets in a workbook", formula("=" + "(" * 4000 + "1" + ")" * 4000), apart=True),
    Case("4,000 functions in a workbook", formula(
        "=" + "ABS(" * 2000 + "1" + ")" * 2000), apart=True),
    Case("30,000 minus signs in a workbook", formula("=" + "-" * 30_000 + "1"), apart=True),
    Case("4,000 brackets, eval", evaluated("=" + "(" * 4000 + "1" + ")" * 4000), "nested",
         apart=True),
    Case("8,000 minus signs, eval", evaluated("=" + "-" * 8000 + "1"), "nested", apart=True),
    Case("eval of a whole column", evaluated("=A:A"), large=True),
    Case("eval of SEQUENCE over a sheet", evaluated("=SEQUENCE(1048576,16384)"), apart=True),
    Case("a name that is 10^8 formulas", calc(lambda: name_bomb(9, "SUM(1)", "+SUM(0)")),
         apart=True),
    Case("a name that is 10^8 cells", calc(lambda: name_bomb(9, "Sheet1!$A$1", "")), apart=True),
    Case("2 million shared strings", calc(lambda: many_strings(2_000_000)), large=True),
    Case("a shared formula in a million cells", calc(
        lambda: shared_formula(1_000_000)), "formulas", large=True),
    Case("a table of 1,000,000 rows, with a formula each", calc(
        lambda: long_table(1_000_000)), "too long", large=True),
    Case("a table of 1,000,000 rows, values", calc(lambda: long_values(1_000_000)), large=True),
    Case("TOML of 100 MiB", toml(lambda: "#" * (100 * MIB)), "larger than", large=True),
    Case("TOML of 5,000 brackets", toml(lambda: f"a = {'[' * 5000}{']' * 5000}"), "brackets"),
    Case("TOML key of 5,000 dots", toml(lambda: f"{'a.' * 5000}a = 1"), "section"),
    Case("CSV with 1,000,000 plans", plans(1_000_000), "rows", large=True),
    Case("CSV with a cell of 20 MiB", one_wide_line, "line 1"),
    Case("1,000,000 fills to import", fills(1_000_000), "rows", large=True),
    Case("1,000,000 results to count", counted(1_000_000), large=True),
]  # fmt: skip
