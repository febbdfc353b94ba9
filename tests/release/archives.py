"""The wheel and the source archive: built twice, and what is in them."""

from __future__ import annotations

import os
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from tests.release.steps import ROOT, Failed, expect, run

_PACKAGES = ("udfs", "addin", "workbook")
# Named, so that none of them is lost together with its file in the sources.
_NEEDED = (
    "workbook/blank.xlsx",
    "workbook/isomargin.xlsx",
    "workbook/isomargin.xlsm",
    "workbook/examples/optimism.toml",
    "workbook/template/settings.toml",
    "workbook/terms/data/hyperliquid.toml",
    "addin/excel/NOTICES.md",
    "addin/excel/built/addin.bin",
    "addin/excel/built/workbook.bin",
    "addin/excel/modules/IsomarginSupport.bas",
    "addin/libreoffice/extension/isomargin_addin.py",
    "udfs/py.typed",
    "addin/py.typed",
    "workbook/py.typed",
)


def tracked() -> list[str]:
    """The files that the repository holds."""
    return run(["git", "ls-files", "-z"], ROOT).rstrip("\0").split("\0")


def export(folder: Path, *, seconds: float, mask: int) -> None:
    """The repository's files elsewhere, as if written at another time by somebody else."""
    for name in tracked():
        there = folder / name
        there.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, there)
        there.chmod((ROOT / name).stat().st_mode & ~mask)
        os.utime(there, (seconds, seconds))


def build_twice(folder: Path) -> tuple[Path, Path]:
    """The wheel and the source archive. Fails unless a second build gives the same bytes."""
    builds = []
    for name, seconds, mask, environ in (
        ("first", 1.5e9, 0o022, {"TZ": "UTC", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "1"}),
        ("second", 1.7e9, 0o077, {"TZ": "Asia/Tokyo", "LC_ALL": "C", "PYTHONHASHSEED": "2"}),
    ):
        source, out = folder / name / "source", folder / name / "out"
        export(source, seconds=seconds, mask=mask)
        run(
            [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", out],
            source,
            environ=environ,
        )
        builds.append({path.name: path for path in out.iterdir()})
    first, second = builds
    expect(len(first) == 2 and set(first) == set(second), f"built {[*first, *second]}")
    for name, path in first.items():
        expect(path.read_bytes() == second[name].read_bytes(), f"{name}: two builds differ")
    (wheel,) = (path for path in first.values() if path.suffix == ".whl")
    (source,) = (path for path in first.values() if path.name.endswith(".tar.gz"))
    return wheel, source


def check_wheel(wheel: Path) -> str:
    """The packages' files in the repository, the licence, and nothing else."""
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
        about = wheel.name.removesuffix("-py3-none-any.whl") + ".dist-info/"
        inside = {name for name in names if not name.startswith(about)}
        wanted = {name for name in tracked() if name.startswith(tuple(f"{p}/" for p in _PACKAGES))}
        _same(inside, wanted, "the wheel")
        for name in inside:
            expect(archive.read(name) == (ROOT / name).read_bytes(), f"{name} was changed")
        licence = archive.read(f"{about}licenses/LICENSE")
        expect(licence == (ROOT / "LICENSE").read_bytes(), "another licence in the wheel")
    lost = [name for name in _NEEDED if name not in names]
    expect(not lost, f"not in the wheel: {', '.join(lost)}")
    return f"{len(names)} files, {wheel.stat().st_size / 1e6:.2f} MB"


def check_source(source: Path, wheel: Path, folder: Path) -> str:
    """Every file of the repository, and what pip builds from it is the very same wheel."""
    with tarfile.open(source) as archive:
        top = source.name.removesuffix(".tar.gz") + "/"
        names = {member.name.removeprefix(top) for member in archive if member.isfile()}
    _same(names - {"PKG-INFO"}, set(tracked()), "the source archive")
    run([sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", folder, source], ROOT)
    expect(
        (folder / wheel.name).read_bytes() == wheel.read_bytes(),
        "the wheel that pip builds from the source archive differs",
    )
    return f"{len(names)} files; pip builds the same wheel from it"


def _same(found: set[str], wanted: set[str], where: str) -> None:
    if found != wanted:
        more, less = sorted(found - wanted), sorted(wanted - found)
        raise Failed(f"{where} has {more or 'nothing'} too much and lacks {less or 'nothing'}")
