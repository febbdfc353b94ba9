"""Putting the add-in into a person's LibreOffice, taking it out, and looking what is missing.

What is done comes back as words for the person. The computer is handed in as an object, so that
all of it can be tried without a LibreOffice.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from addin.checks import HostCheck
from addin.computer import Computer
from addin.libreoffice import host
from addin.libreoffice.build import FILE_NAME, IDENTIFIER, NOTHING, More, build_oxt
from addin.libreoffice.host import HostError, HostMissing, Office
from addin.libreoffice.link.remote import Remote, Unreachable
from addin.libreoffice.link.settings import Settings, parse, settings_file
from addin.libreoffice.paths import this_python

_SECONDS = 180  # for LibreOffice's installer


@dataclass(frozen=True)
class Installed:
    """What an installation did."""

    said: tuple[str, ...]  # in words, a line each
    undo: str


def install(system: Computer, settings: Settings | None = None, more: More = NOTHING) -> Installed:
    """Add the formulas to the user's LibreOffice. Raises HostMissing and HostError."""
    office = host.find_office(system)
    if not office.new_enough:
        raise HostMissing(
            f"LibreOffice {office.release} does not know add-in formulas in .xlsx files:"
            f" {host.how_to_install(system.platform)}"
        )
    file = _settings_file(system)
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text((settings or this_python()).to_json(), encoding="utf-8")
    said = [f"wrote where the formulas are to {file}"]
    with tempfile.TemporaryDirectory(prefix="isomargin-") as folder:
        oxt = build_oxt(folder, more)
        code, output = _unopkg(system, office, "add", "--force", "--suppress-license", str(oxt))
        if code == 0:
            said.append(
                f"added the extension {IDENTIFIER} to LibreOffice {office.release}"
                + (" for all users of this computer" if system.is_root else "")
            )
            said.append("close LibreOffice and open it again: =ISO_VERSION() tells the version")
            if "VIRTUAL_ENV" in system.environ and system.platform != "win32":
                said.append(
                    "open LibreOffice from the desktop, not from a terminal in which a virtual"
                    " environment is active: its Python would look for its library there"
                )
            return Installed(tuple(said), "to undo it: isomargin install libreoffice --uninstall")
        if "lock" in output.lower() or "running" in output.lower():
            raise HostError("LibreOffice is open: close all its windows, then try again")
        kept = build_oxt(file.parent, more)
    said.append(
        f"LibreOffice's installer did not run ({_last_line(output)}): open {kept} with LibreOffice"
        " (Tools > Extensions > Add), then close LibreOffice and open it again"
    )
    return Installed(
        tuple(said), "to undo it: Tools > Extensions in LibreOffice, choose isomargin, Remove"
    )


def uninstall(system: Computer) -> Installed:
    """Take the formulas out again; what is not there is passed over."""
    said = []
    file = _settings_file(system)
    for path in (file, file.parent / FILE_NAME):
        if path.exists():
            path.unlink()
            said.append(f"deleted {path}")
    try:
        office = host.find_office(system)
        code, output = _unopkg(system, office, "remove", IDENTIFIER)
    except HostMissing:
        said.append("LibreOffice is not on this computer: there was nothing to take out of it")
    else:
        if code == 0:
            said.append(f"took the extension {IDENTIFIER} out of LibreOffice")
        elif "no such extension" in output.lower() or "not deployed" in output.lower():
            said.append("the extension was not in LibreOffice")
        else:
            said.append(
                f"LibreOffice's installer did not run ({_last_line(output)}): take isomargin out"
                " in LibreOffice itself, Tools > Extensions"
            )
    return Installed(tuple(said), "to have it back: isomargin install libreoffice")


def findings(system: Computer, ask: Callable[[Settings], str] | None = None) -> list[HostCheck]:
    """What is there and what is missing, for ``isomargin doctor``.

    ``ask`` calls the formulas as the add-in would and returns their version.
    """
    try:
        office = host.find_office(system)
    except HostMissing as missing:
        return [HostCheck("LibreOffice", False, str(missing))]
    found = [HostCheck("LibreOffice", True, f"{office.soffice}, version {office.release}")]
    if office.new_enough:
        found.append(HostCheck("version", True, "25.2 or newer"))
    else:
        found.append(
            HostCheck(
                "version",
                False,
                f"{office.release} is too old: {host.how_to_install(system.platform)}",
            )
        )
    found.append(_uno(system, office))
    found.append(_extension(system, office))
    found.append(_formulas(system, ask or version_beside))
    return found


def version_beside(settings: Settings) -> str:
    """The formulas' version, asked the way the add-in asks. Raises Unreachable."""
    remote = Remote(settings.python, settings.paths)
    try:
        return str(remote.call("ISO_VERSION", ()))
    finally:
        remote.close()


def _uno(system: Computer, office: Office) -> HostCheck:
    name = "computing and pictures without a window"
    try:
        return HostCheck(name, True, f"through {host.find_uno_python(system, office)}")
    except HostMissing as missing:
        return HostCheck(name, False, str(missing))


def _extension(system: Computer, office: Office) -> HostCheck:
    code, output = _unopkg(system, office, "list", IDENTIFIER)
    if code == 0 and IDENTIFIER in output:
        return HostCheck("add-in", True, "installed")
    return HostCheck("add-in", False, "not installed: run: isomargin install libreoffice")


def _formulas(system: Computer, ask: Callable[[Settings], str]) -> HostCheck:
    file = _settings_file(system)
    try:
        settings = parse(file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        settings = None
    if settings is None:
        # This very program has them: what is missing is the note where they are.
        words = "LibreOffice does not know where they are: run: isomargin install libreoffice"
        return HostCheck("formulas", False, words)
    try:
        return HostCheck("formulas", True, f"version {ask(settings)} answers")
    except Unreachable as problem:
        return HostCheck(
            "formulas",
            False,
            f"{settings.python} does not answer ({problem}): run: isomargin install libreoffice",
        )


def _settings_file(system: Computer) -> Path:
    return settings_file(system.environ, system.platform, system.home)


def _unopkg(system: Computer, office: Office, do: str, *arguments: str) -> tuple[int, str]:
    """Run LibreOffice's installer of extensions."""
    program = office.program / ("unopkg.com" if system.platform == "win32" else "unopkg")
    # It refuses to install for the administrator alone.
    shared = ["--shared"] if system.is_root else []
    return system.run([str(program), do, *shared, *arguments], _SECONDS)


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    return lines[-1] if lines else "it said nothing"
