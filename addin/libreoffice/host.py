"""Finding LibreOffice on this computer, and the Python that can talk to it."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path

from addin.computer import Computer
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


def soffice_places(system: Computer) -> list[str]:
    """Where a soffice stands on this computer, best guess first."""
    named = system.environ.get(SOFFICE_VARIABLE)
    if named:
        return [named]
    names = ["soffice.com", "soffice"] if system.platform == "win32" else ["soffice", "libreoffice"]
    found = [path for name in names if (path := system.which(name))]
    for pattern in _PLACES.get(system.platform, []):
        found += sorted(system.files(pattern), reverse=True)
    return list(dict.fromkeys(found))


def find_office(system: Computer) -> Office:
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


def find_tools(system: Computer) -> Tools:
    """A LibreOffice that is new enough, and the Python to talk to it; HostMissing otherwise."""
    office = find_office(system)
    if not office.new_enough:
        raise HostMissing(
            f"LibreOffice {office.release} is too old to compute these workbooks:"
            f" {how_to_install(system.platform)}"
        )
    return Tools(office, find_uno_python(system, office))


def find_uno_python(system: Computer, office: Office) -> str:
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
