from __future__ import annotations

import io
import os
import stat
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from addin.package import Package, PackageError, saving
from addin.package.archive import Archive

from . import books

on_posix = pytest.mark.skipif(sys.platform == "win32", reason="file modes of POSIX systems")


def listed(folder: Path) -> list[str]:
    return [path.name for path in folder.iterdir()]


@pytest.fixture
def package() -> Package:
    return Package.open(books.simple({"A1": 1}))


def test_a_saved_workbook_opens_again(package: Package, tmp_path: Path) -> None:
    package.set_cell("Sheet", "A1", 2)
    package.save(tmp_path / "new.xlsx")
    assert Package.open(tmp_path / "new.xlsx").value("Sheet", "A1") == 2
    assert listed(tmp_path) == ["new.xlsx"]


def test_a_backup_is_the_file_that_was_there(package: Package, tmp_path: Path) -> None:
    path = tmp_path / "plan.xlsx"
    package.save(path, backup=True)
    assert not (tmp_path / "plan.bak.xlsx").exists()
    first = path.read_bytes()
    package.set_cell("Sheet", "A1", 2)
    package.save(path, backup=True)
    assert (tmp_path / "plan.bak.xlsx").read_bytes() == first
    assert books.parts(path.read_bytes()) == books.parts(package.to_bytes())


def test_a_failing_disk_leaves_the_old_file(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"old")

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(saving.os, "fsync", full)
    with pytest.raises(PackageError, match="No space left"):
        package.save(path)
    assert path.read_bytes() == b"old"
    assert listed(tmp_path) == ["plan.xlsx"]


def test_a_locked_file_is_named(
    package: Package, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def locked(*_: Any) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(saving.os, "replace", locked)
    with pytest.raises(PackageError, match=r"plan\.xlsx cannot be written: close it"):
        package.save(tmp_path / "plan.xlsx")
    assert listed(tmp_path) == []


@pytest.mark.parametrize("lock", ["~$plan.xlsx", ".~lock.plan.xlsx#"])
def test_a_workbook_open_elsewhere_is_left_alone(
    package: Package, tmp_path: Path, lock: str
) -> None:
    path = tmp_path / "plan.xlsx"
    path.write_bytes(b"old")
    (tmp_path / lock).touch()
    with pytest.raises(PackageError, match="is open in a spreadsheet program"):
        package.save(path)
    assert path.read_bytes() == b"old"


def test_a_missing_folder_and_a_folder_for_a_file(package: Package, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="there is no folder"):
        package.save(tmp_path / "no" / "plan.xlsx")
    with pytest.raises(PackageError, match="is a folder"):
        package.save(tmp_path)


@on_posix
def test_modes_are_kept_and_new_files_can_be_read(package: Package, tmp_path: Path) -> None:
    old, new = tmp_path / "old.xlsx", tmp_path / "new.xlsx"
    old.touch(mode=0o640)
    old.chmod(0o640)
    mask = os.umask(0o022)
    try:
        package.save(old)
        package.save(new)
    finally:
        os.umask(mask)
    assert stat.S_IMODE(old.stat().st_mode) == 0o640
    assert stat.S_IMODE(new.stat().st_mode) == 0o644


@on_posix
def test_a_link_stays_a_link(package: Package, tmp_path: Path) -> None:
    target, link = tmp_path / "real.xlsx", tmp_path / "link.xlsx"
    target.write_bytes(b"old")
    link.symlink_to(target)
    package.save(link)
    assert link.is_symlink()
    assert target.read_bytes() == package.to_bytes()


def test_macro_workbooks_and_their_names(package: Package, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match=r"named \.xlsx"):
        package.save(tmp_path / "plan.xlsm")
    data = books.simple({"A1": 1})
    types = books.parts(data)["[Content_Types].xml"].replace(
        b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml",
        b"application/vnd.ms-excel.sheet.macroEnabled.main+xml",
    )
    macros = Package.open(books.with_parts(data, {"[Content_Types].xml": types}))
    with pytest.raises(PackageError, match=r"named \.xlsm"):
        macros.save(tmp_path / "plan.xlsx")
    macros.save(tmp_path / "plan.xlsm")
    assert (tmp_path / "plan.xlsm").exists()


def test_a_file_marked_read_only_is_not_replaced(tmp_path: Path) -> None:
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"old")
    path.chmod(0o444)
    with pytest.raises(PackageError, match="marked as read-only"):
        saving.save_bytes(b"new", path, backup=True)
    assert path.read_bytes() == b"old"
    path.chmod(0o644)
    saving.save_bytes(b"new", path, backup=True)
    assert path.read_bytes() == b"new"


def test_content_that_turns_out_not_to_be_there_leaves_all_as_it_was(tmp_path: Path) -> None:
    """Found by damaging a file's first byte: it opened, and failed while it was written."""
    path = tmp_path / "book.xlsx"
    path.write_bytes(b"before")

    def pieces() -> Iterator[bytes]:
        yield b"half"
        raise PackageError("the file is damaged")

    with pytest.raises(PackageError, match="damaged"):
        saving.save_bytes(pieces(), path, backup=True)
    assert {one.name: one.read_bytes() for one in tmp_path.iterdir()} == {"book.xlsx": b"before"}


@pytest.fixture(params=[True, False], ids=["isal", "zlib"])
def has_isal(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> bool:
    """Whether Intel's deflate packs, or the standard library's, as where that is not installed."""
    if request.param:
        pytest.importorskip("isal.isal_zlib")
    else:
        monkeypatch.setitem(sys.modules, "isal.isal_zlib", None)
    return bool(request.param)


@pytest.mark.usefixtures("has_isal")
def test_a_long_part_is_packed_whole_whoever_packs_it() -> None:
    rows = [
        f'<row r="{at}"><c r="A{at}"><v>{at * 0.1}</v></c></row>'.encode() for at in range(9999)
    ]
    archive = Archive(books.simple({"A1": 1}))
    archive.replace("xl/long.xml", lambda: iter(rows), long=True)
    archive.replace("xl/none.xml", lambda: iter(()), long=True)
    with zipfile.ZipFile(io.BytesIO(archive.to_bytes())) as file:
        assert file.testzip() is None, "the sums are right"
        assert file.read("xl/long.xml") == b"".join(rows)
        assert file.read("xl/none.xml") == b""
        info = file.getinfo("xl/long.xml")
        assert info.compress_type == zipfile.ZIP_DEFLATED
        assert info.compress_size < info.file_size / 4
    assert Archive(archive.to_bytes()).read("xl/long.xml") == b"".join(rows)


def test_a_quick_file_holds_the_same_in_a_few_bytes_more(has_isal: bool) -> None:
    archive = Archive(books.plan(200))
    name = "xl/worksheets/sheet1.xml"
    archive.replace(name, archive.read(name) + b" ")
    best, quick = archive.to_bytes(), b"".join(archive.pieces(quick=True))
    assert books.parts(quick) == books.parts(best)
    assert (quick == best) is not has_isal, "without it, all is packed as well as can be"
    assert len(quick) < 1.5 * len(best)
