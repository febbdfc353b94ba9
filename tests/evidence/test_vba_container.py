"""The VBA projects that are built, byte by byte against the specifications."""

from __future__ import annotations

import struct
from collections.abc import Callable
from importlib import resources
from types import ModuleType

import pytest

from addin.excel import prebuilt
from tests.evidence import vba_container
from tests.evidence.compound_file import CompoundFile

PROJECTS = [prebuilt.WORKBOOK_PROJECT, prebuilt.ADDIN_PROJECT]


def project(name: str) -> bytes:
    return (resources.files("addin.excel") / "built" / name).read_bytes()


@pytest.mark.parametrize("name", PROJECTS)
def test_the_project_is_as_the_specifications_want_it_written(name: str) -> None:
    assert vba_container.faults(project(name)) == []


@pytest.mark.parametrize("name", PROJECTS)
def test_the_modules_read_back_are_those_that_were_put_in(
    xlwings: ModuleType, pyopenvba: ModuleType, name: str
) -> None:
    from addin.excel import vba
    from addin.excel.project import third_party_modules

    own = vba.modules()
    found = vba_container.sources(project(name))
    for module, source in (third_party_modules() | own).items():
        assert found[module] == source, module
    assert vba.workbook_code() in found["ThisWorkbook"]


# Each fault planted once, and seen.


def _in_cache(container: bytes, content: bytes) -> bytes:
    """A container with `content` written over the start of its cache."""
    found = CompoundFile(container)
    entry = next(entry for entry in found.entries if entry.name == "_VBA_PROJECT")
    at = found._mini.index(bytes.fromhex("cc61ffff000000"))
    assert at == entry.start * 64
    place = container.index(found._mini[at : at + 64])
    return container[:place] + content + container[place + len(content) :]


def _entry(container: bytes, name: str) -> int:
    """Where the directory's entry of that name starts."""
    wide = name.encode("utf-16-le") + b"\0\0"
    places = range(512, len(container), 128)
    return next(at for at in places if container[at : at + 64] == wide.ljust(64, b"\0"))


def _coloured(container: bytes, *names: str) -> bytes:
    changed = bytearray(container)
    for name in names:
        changed[_entry(container, name) + 67] = 0
    return bytes(changed)


def _longer_cache(container: bytes) -> bytes:
    changed = bytearray(container)
    struct.pack_into("<I", changed, _entry(container, "_VBA_PROJECT") + 120, 40)
    return bytes(changed)


def _unused_entry_filled(container: bytes) -> bytes:
    changed = bytearray(container)
    last = max(entry.at for entry in CompoundFile(container).entries if entry.kind)
    name = CompoundFile(container).entries[last].name
    struct.pack_into("<I", changed, _entry(container, name) + 128 + 116, 0xFFFFFFFF)
    return bytes(changed)


PLANTED: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "a version of Office": (
        lambda good: _in_cache(good, bytes.fromhex("cc61b50000")),
        "its version has to be ffff",
    ),
    "a cache": (_longer_cache, "_VBA_PROJECT has 40 bytes"),
    "a red root": (lambda good: _coloured(good, "Root Entry"), "the root entry is red"),
    "reds in a row": (
        lambda good: _coloured(good, *(e.name for e in CompoundFile(good).entries if e.kind)),
        "red under red",
    ),
    "a tree out of balance": (lambda good: _coloured(good, "dir"), "neither balanced nor all"),
    "names out of order": (lambda good: _sides_swapped(good, "xlwings"), "out of order"),
    "a sector of two": (
        lambda good: _same_start(good, "IsomarginFormulas", "xlwings"),
        "belongs to",
    ),
    "an unused entry that holds something": (_unused_entry_filled, "is unused and not blank"),
    "half a sector at the end": (lambda good: good + bytes(256), "does not end with a sector"),
}  # fmt: skip


def _sides_swapped(container: bytes, name: str) -> bytes:
    changed = bytearray(container)
    at = _entry(container, name) + 68
    changed[at : at + 8] = changed[at + 4 : at + 8] + changed[at : at + 4]
    return bytes(changed)


def _same_start(container: bytes, name: str, other: str) -> bytes:
    changed = bytearray(container)
    start = container[_entry(container, other) + 116 : _entry(container, other) + 120]
    at = _entry(container, name) + 116
    changed[at : at + 4] = start
    return bytes(changed)


@pytest.mark.parametrize("fault", PLANTED)
def test_a_planted_fault_of_the_container_is_seen(fault: str) -> None:
    plant, words = PLANTED[fault]
    good = project(prebuilt.ADDIN_PROJECT)
    bad = plant(good)
    assert bad != good
    assert any(words in found for found in vba_container.faults(bad)), vba_container.faults(bad)


def test_a_project_as_the_library_leaves_it_is_refused(
    pyopenvba: ModuleType, xlwings: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    from addin.excel import container, project

    monkeypatch.setattr(container, "finished", lambda written: written)
    found = vba_container.faults(
        project.build_project("ThisWorkbook", ["Sheet1"], {"A": "Option Explicit\r\n"}, "")
    )
    told = "\n".join(found)
    assert "its version has to be ffff" in told
    assert "7 is all that may be written" in told
    assert "red" in told
    assert "does not end with its terminator" in told


def test_compiled_code_of_others_and_mixed_line_ends_are_seen(
    xlwings: ModuleType, pyopenvba: ModuleType
) -> None:
    import zipfile

    # xlwings' own file: compiled by the Office of its authors, lines that end in LF alone.
    with (
        resources.as_file(resources.files("xlwings") / "quickstart_standalone.xlsm") as path,
        zipfile.ZipFile(path) as archive,
    ):
        told = "\n".join(vba_container.faults(archive.read("xl/vbaProject.bin")))
    assert "bytes of compiled code" in told or "line ends that are not CR LF" in told
