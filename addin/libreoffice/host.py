"""Finding LibreOffice on this computer, and the Python that can talk to it."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from udfs.errors import IsomarginError

OLDEST = (25, 2)
SOFFICE_VARIABLE = "ISOMARGIN_SOFFICE"  # names a soffice that stands nowhere we look

HOW_TO_INSTALL = {
    "win32": "install LibreOffice 25.2 or newer from https://www.libreoffice.org/download",
    "darwin": "install LibreOffice 25.2 or newer from https://www.libreoffice.org/download",
    "linux": (
        "install LibreOffice 25.2 or newer from https://www.libreoffice.org/download, or on"
        " Debian and Ubuntu: apt install libreoffice-calc python3-uno"
        " libreoffice-script-provider-python (on Debian 12 from bookworm-backports)"
    ),
}
HOW_TO_INSTALL_UNO = (
    "no Python on this computer can talk to LibreOffice: on Debian and Ubuntu"
    " apt install python3-uno; elsewhere install LibreOffice with its own Python"
)


class HostError(IsomarginError):
    """LibreOffice could not do what was asked; the words say what to do."""


class HostMissing(HostError):
    """LibreOffice, or a part of it that is needed, is not on this computer or is too old."""


class System(Protocol):
    """What the search needs to know about a computer."""

    @property
    def platform(self) -> str:
        """As ``sys.platform``."""
        ...

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment's variables."""
        ...

    @property
    def home(self) -> Path:
        """The user's home folder."""
        ...

    @property
    def is_root(self) -> bool:
        """Whether the user is the administrator of a Linux or Mac computer."""
        ...

    def which(self, name: str) -> str | None:
        """A program in the search path."""
        ...

    def files(self, pattern: str) -> Sequence[str]:
        """The files that a pattern with an absolute path matches."""
        ...

    def run(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        """Run a program: its exit code and all it printed; code -1 if it cannot be run."""
        ...


def clean_environment() -> dict[str, str]:
    """The environment without what would send LibreOffice's Python to another one's files.

    LibreOffice's Python looks for its library beside the first ``python3`` in the search path, and
    breaks where that is a virtual environment's.
    """
    ours = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    if os.name == "posix":
        kept["PATH"] = os.pathsep.join(["/usr/bin", "/bin", kept.get("PATH", "")])
    return kept


class Computer:
    """This computer."""

    platform = sys.platform

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment's variables."""
        return os.environ

    @property
    def home(self) -> Path:
        """The user's home folder."""
        return Path.home()

    @property
    def is_root(self) -> bool:
        """Whether the user is the administrator of a Linux or Mac computer."""
        return os.name == "posix" and os.geteuid() == 0

    def which(self, name: str) -> str | None:
        """A program in the search path."""
        return shutil.which(name)

    def files(self, pattern: str) -> list[str]:
        """The files that a pattern with an absolute path matches."""
        root = Path(Path(pattern).anchor)
        return sorted(str(found) for found in root.glob(str(Path(pattern).relative_to(root))))

    def run(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        """Run a program: its exit code and all it printed; code -1 if it cannot be run."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
                env=clean_environment(),
            )
        except subprocess.TimeoutExpired:
            return -1, f"did not end within {seconds:g} seconds"
        except OSError as problem:
            return -1, str(problem)
        return done.returncode, done.stdout.decode("utf-8", "replace")


_PLACES = {
    "linux": [
        "/usr/lib/libreoffice/program/soffice",
        "/usr/lib64/libreoffice/program/soffice",
        "/opt/libreoffice*/program/soffice",
    ],
    "darwin": ["/Applications/LibreOffice*.app/Contents/MacOS/soffice"],
    "win32": [
        "C:/Program Files/LibreOffice*/program/soffice.com",
        "C:/Program Files (x86)/LibreOffice*/program/soffice.com",
    ],
}
_VERSION = re.compile(r"LibreOffice(?:Dev)? (\d+)\.(\d+)(?:\.\d+)*")


@dataclass(frozen=True)
class Office:
    """An installed LibreOffice."""

    soffice: str
    version: tuple[int, int]
    release: str = ""  # as the program says it: "25.2.3.2"

    @property
    def new_enough(self) -> bool:
        """Whether it knows an add-in's formulas in .xlsx files by their plain names."""
        return self.version >= OLDEST

    @property
    def program(self) -> Path:
        """The folder with LibreOffice's programs."""
        return Path(os.path.realpath(self.soffice)).parent


@dataclass(frozen=True)
class Tools:
    """A LibreOffice and the Python to talk to it."""

    office: Office
    python: str


def soffice_places(system: System) -> list[str]:
    """Where a soffice stands on this computer, best guess first."""
    named = system.environ.get(SOFFICE_VARIABLE)
    if named:
        return [named]
    names = ["soffice.com", "soffice"] if system.platform == "win32" else ["soffice", "libreoffice"]
    found = [path for name in names if (path := system.which(name))]
    for pattern in _PLACES.get(system.platform, []):
        found += sorted(system.files(pattern), reverse=True)
    return list(dict.fromkeys(found))


def find_office(system: System) -> Office:
    """The newest LibreOffice on this computer. Raises HostMissing if there is none."""
    best: Office | None = None
    for place in soffice_places(system):
        code, output = system.run([place, "--version"], 30)
        match = _VERSION.search(output) if code == 0 else None
        if match is None:
            continue
        release = match[0].split()[-1]
        office = Office(place, (int(match[1]), int(match[2])), release)
        if best is None or office.version > best.version:
            best = office
        if best.new_enough:
            break
    if best is None:
        raise HostMissing(f"LibreOffice was not found: {how_to_install(system.platform)}")
    return best


def find_tools(system: System) -> Tools:
    """A LibreOffice that is new enough, and the Python to talk to it; HostMissing otherwise."""
    office = find_office(system)
    if not office.new_enough:
        raise HostMissing(
            f"LibreOffice {office.release} is too old to compute these workbooks:"
            f" {how_to_install(system.platform)}"
        )
    return Tools(office, find_uno_python(system, office))


def find_uno_python(system: System, office: Office) -> str:
    """A Python that can talk to LibreOffice. Raises HostMissing if there is none."""
    program = office.program
    candidates = [
        str(program / "python"),
        str(program / "python.exe"),
        str(program.parent / "Resources" / "python"),
        "/usr/bin/python3",
        system.which("python3") or "",
        sys.executable,
    ]
    for candidate in dict.fromkeys(filter(None, candidates)):
        code, output = system.run([candidate, "-c", "import uno; print('uno is here')"], 30)
        if code == 0 and "uno is here" in output:
            return candidate
    raise HostMissing(HOW_TO_INSTALL_UNO)


def how_to_install(platform: str) -> str:
    """What to do on a computer without LibreOffice."""
    return HOW_TO_INSTALL.get(platform, HOW_TO_INSTALL["linux"])
