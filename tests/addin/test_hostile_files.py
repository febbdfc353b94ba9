from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
from pathlib import Path

import pytest

from addin.package import Limits, Package, PackageError

from . import books

WORKBOOK = "xl/workbook.xml"
SHEET = "xl/worksheets/sheet1.xml"


@pytest.fixture(scope="module")
def data() -> bytes:
    return books.plan()


def read_all(content: bytes | str | Path, limits: Limits) -> None:
    package = Package.open(content, limits)
    for sheet in package.sheets:
        package.values(sheet)
    assert package.tables is not None


def refused(content: bytes | str | Path, limits: Limits | None = None) -> str:
    """The one line with which the package refuses to open, or to read its sheets."""
    with pytest.raises(PackageError) as caught:
        read_all(content, limits or Limits())
    words = str(caught.value)
    assert "\n" not in words
    return words


def test_a_missing_file_and_a_folder(tmp_path: Path) -> None:
    assert "there is no file" in refused(tmp_path / "no.xlsx")
    assert "is a folder" in refused(tmp_path)


def test_a_folder_is_told_from_a_file_that_is_closed_to_us(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows answers both in the same way."""

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pathlib.Path.open", refuse)
    assert "is a folder" in refused(tmp_path)
    assert "cannot be read: Permission denied" in refused(tmp_path / "mine.xlsx")


@pytest.mark.parametrize("content", [b"", b"hello", b"a,b\n1,2\n", b"PK", b"PK\3\4 broken"])
def test_what_is_no_zip_file(content: bytes) -> None:
    assert "no .xlsx or .xlsm workbook" in refused(content)


def test_the_file_is_named_in_the_words(tmp_path: Path) -> None:
    path = tmp_path / "list.xlsx"
    path.write_text("a;b")
    assert refused(path).startswith(f"{path}: ")


def test_an_old_xls_and_an_encrypted_workbook() -> None:
    ole = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)
    assert "old .xls workbook: save it as .xlsx" in refused(ole + b"Workbook")
    assert "password" in refused(ole + "EncryptedPackage".encode("utf-16-le"))


def test_some_other_zip_file(data: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("readme.txt", "hello")
    assert "some other zip file" in refused(out.getvalue())
    word = books.with_parts(data, {WORKBOOK: b'<document xmlns="urn:word"/>'})
    assert "save it as .xlsx" in refused(word)


def test_a_strict_open_xml_workbook(data: bytes) -> None:
    strict = b'<workbook xmlns="http://purl.oclc.org/ooxml/spreadsheetml/main"/>'
    assert "Strict Open XML" in refused(books.with_parts(data, {WORKBOOK: strict}))


@pytest.mark.parametrize("part", [WORKBOOK, SHEET, "xl/tables/table1.xml", "[Content_Types].xml"])
def test_broken_xml(data: bytes, part: str) -> None:
    cut = books.parts(data)[part][:-20]
    broken = books.with_parts(data, {part: cut})
    if part == "[Content_Types].xml":
        with pytest.raises(PackageError, match="broken XML"):
            Package.open(broken).has_macros  # noqa: B018 - the reading is what is tested
    else:
        assert f"{part} is broken XML" in refused(broken)


def test_a_missing_part(data: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in books.parts(data).items():
            if name != SHEET:
                archive.writestr(name, content)
    assert f"lacks its part {SHEET}" in refused(out.getvalue())


def test_a_damaged_part(data: bytes) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        start = archive.getinfo(SHEET).header_offset + 60
    broken = data[:start] + bytes(20) + data[start + 20 :]
    assert "cannot be unpacked" in refused(broken)


ENTITIES = {
    "billion laughs": b'<!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>',
    "outside file": b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    "outside document type": b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
}


@pytest.mark.parametrize("doctype", ENTITIES.values(), ids=ENTITIES.keys())
@pytest.mark.parametrize("part", [WORKBOOK, SHEET, "xl/tables/table1.xml"])
def test_document_types_are_refused(data: bytes, part: str, doctype: bytes) -> None:
    content = books.parts(data)[part]
    body = content[content.index(b"?>") + 2 :] if content.startswith(b"<?xml") else content
    hostile = books.with_parts(data, {part: b'<?xml version="1.0"?>' + doctype + body})
    assert "document type" in refused(hostile)


def test_a_zip_bomb_is_refused_before_it_is_unpacked(data: bytes) -> None:
    bomb = books.with_parts(data, {SHEET: bytes(40 * 2**20)})
    assert len(bomb) < 100_000
    tracemalloc.start()
    words = refused(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "zip bomb" in words
    assert peak < 5 * 2**20


def test_a_zip_directory_that_lies_about_sizes(data: bytes) -> None:
    bomb = bytearray(books.with_parts(data, {SHEET: bytes(40 * 2**20)}))
    true_size, told = struct.pack("<L", 40 * 2**20), struct.pack("<L", 1000)
    lying = bytes(bomb).replace(true_size, told)
    assert "cannot be unpacked" in refused(lying)


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        (Limits(parts=3), "parts; at most 3"),
        (Limits(part_bytes=500), "zip bomb"),
        (Limits(total_bytes=500), "would unpack to"),
        (Limits(file_bytes=500), "too large"),
        (Limits(ratio=1.1, ratio_from_bytes=100), "zip bomb"),
    ],
)
def test_every_limit_can_be_set(data: bytes, limits: Limits, words: str) -> None:
    assert words in refused(data, limits)


@pytest.mark.parametrize("name", ["parts", "part_bytes", "total_bytes", "file_bytes", "ratio"])
def test_what_a_refusal_says_to_set_is_enough_and_one_less_is_not(
    data: bytes, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Also where the setting is there already, and is too low."""
    small = {"parts": 3, "part_bytes": 500, "total_bytes": 1500, "file_bytes": 1200, "ratio": 0.5}
    only = {key: small[name] if key == name else 10**9 for key in Limits._fields}
    only["ratio_from_bytes"] = 100 if name == "ratio" else 10**9
    plain = Limits(**only)  # type: ignore[arg-type]
    for times in (1, 2):
        monkeypatch.setenv("ISOMARGIN_LIMITS", str(times))
        words = refused(data, _times(plain, times))
        advised = int(words.partition("ISOMARGIN_LIMITS=")[2].partition(" ")[0])
        assert advised > times
        read_all(data, _times(plain, advised))
        refused(data, _times(plain, advised - 1))


def _times(plain: Limits, times: int) -> Limits:
    return Limits(**{key: type(value)(value * times) for key, value in plain._asdict().items()})


def test_a_large_file_is_not_even_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "large.xlsx"
    path.write_bytes(data)
    assert "at most 0 MiB are read" in refused(path, Limits(file_bytes=100))


def test_two_parts_of_one_name(data: bytes) -> None:
    out = io.BytesIO(data)
    with (
        zipfile.ZipFile(out, "a") as archive,
        pytest.warns(UserWarning, match="Duplicate name"),
    ):
        archive.writestr(SHEET, "<x/>")
    assert "two parts of one name" in refused(out.getvalue())


def test_deeply_nested_xml(data: bytes) -> None:
    deep = b"<a>" * 100_000 + b"</a>" * 100_000
    assert "broken XML" in refused(books.with_parts(data, {SHEET: deep}))


@pytest.mark.parametrize(
    "cell",
    [
        b'<c r="A1" t="s"><v>999999</v></c>',
        b'<c r="A1" t="s"><v>-x</v></c>',
        b'<c r="A1"><v>12,5</v></c>',
        b'<c r="??"><v>1</v></c>',
        b'<c r="A1" t="d"><v>soon</v></c>',
    ],
)
def test_cells_that_make_no_sense(cell: bytes) -> None:
    assert "damaged" in refused(books.with_rows(f'<row r="1">{cell.decode()}</row>'))


@pytest.mark.parametrize(
    ("part", "old", "new"),
    [
        (SHEET, b'<row r="3"', b'<row r="x"'),
        (SHEET, b'<row r="3"', b'<row r="99999999"'),
        (SHEET, b'r="B3"', b'r="ZZZ3"'),
        (SHEET, b'r="B3"', b'r="B1048577"'),
        (SHEET, b'r="B3"', b'r="3"'),
        ("xl/tables/table1.xml", b'ref="A1:E6"', b'ref="all"'),
        ("xl/tables/table1.xml", b'ref="A1:E6"', b'ref="A1:B6"'),
        ("xl/tables/table1.xml", b'displayName="Plan" ', b'displayName="" '),
        ("xl/tables/table1.xml", b'headerRowCount="1"', b'headerRowCount="-7"'),
        ("xl/tables/table1.xml", b'name="Entry"', b'nom="Entry"'),
    ],
)
def test_addresses_and_tables_that_make_no_sense(
    data: bytes, part: str, old: bytes, new: bytes
) -> None:
    content = books.parts(data)[part]
    assert old in content
    changed = content.replace(old, new)
    if b'=""' in new:
        changed = changed.replace(b' name="Plan"', b"")
    assert "damaged" in refused(books.with_parts(data, {part: changed}))


def test_names_that_make_no_sense_are_none(data: bytes) -> None:
    content = books.parts(data)[WORKBOOK]
    odd = b'<definedName>1</definedName><definedName name="A" localSheetId="x">1</definedName>'
    odd += b'<definedName name="B" localSheetId="-1">1</definedName></definedNames>'
    package = Package.open(
        books.with_parts(data, {WORKBOOK: content.replace(b"</definedNames>", odd)})
    )
    assert list(package.names) == ["Entries", "A", "B"]


def test_half_a_character_stays_as_the_file_writes_it() -> None:
    cell = '<c r="A1" t="inlineStr"><is><t>_xD800__x0041_</t></is></c>'
    package = Package.open(books.with_rows(f'<row r="1">{cell}</row>'))
    assert package.value("Sheet", "A1") == "_xD800_A"


def test_a_zip_file_of_a_newer_kind(data: bytes) -> None:
    at = data.rindex(b"PK\1\2")
    assert "damaged" in refused(data[: at + 6] + b"\xff" + data[at + 7 :])


def test_of_two_cells_with_one_address_the_last_one_counts() -> None:
    cells = '<c r="A1"><v>spoiled</v></c><c r="A1"><v>2</v></c>'
    package = Package.open(books.with_rows(f'<row r="1">{cells}</row>'))
    assert package.value("Sheet", "A1") == 2
    assert package.values("Sheet") == {"A1": 2}
