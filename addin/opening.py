"""``isomargin open``: a workbook shown in the spreadsheet program that is there."""

from __future__ import annotations

from pathlib import Path

from addin.computer import Computer
from addin.package import PackageError


def open_workbook(path: Path, system: Computer) -> str:
    """Open a workbook in Excel or LibreOffice; what was done, in a sentence.

    Raises PackageError where there is no file, or no spreadsheet program.
    """
    path = path.absolute()
    if not path.is_file():
        raise PackageError(f"there is no file {path}: check the name.")
    try:
        return _open(path, system)
    except OSError as error:
        raise PackageError(f"{path} cannot be opened: {error.strerror or error}.") from error


def _open(path: Path, system: Computer) -> str:
    if system.platform == "win32":
        system.start_file(path)
        return f"Opened {path}."
    if system.platform == "darwin":
        system.start_program("open", str(path))
        return f"Opened {path}."
    for name in ("libreoffice", "soffice"):
        program = system.which(name)
        if program:
            system.start_program(program, "--calc", str(path))
            return f"Opened {path} in LibreOffice."
    raise PackageError(
        f"there is no spreadsheet program here to open {path}: install LibreOffice,"
        " or copy the file to a computer with Excel."
    )
