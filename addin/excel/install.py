"""``isomargin install excel``: the add-in where Excel loads it, and the settings it reads."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from addin.excel import XLWINGS_VERSION, prebuilt, settings
from addin.excel.system import System
from addin.package import PackageError
from addin.package.saving import save_bytes

UNDO = "To undo all of this, type:  isomargin install excel --uninstall"


class InstallError(PackageError):
    """Why the add-in cannot be installed, and what to do."""


def install(system: System, template: bytes | None = None) -> list[str]:
    """Install the add-in; what was done, in sentences. `template` is the empty plan as .xlsx."""
    _refuse_other_systems(system)
    _refuse_other_xlwings(system)
    said = []
    _write(system.addin_path, prebuilt.addin_file())
    said.append(f"The add-in is in {system.addin_path}: Excel loads it whenever it starts.")
    values = {
        settings.INTERPRETER: str(system.python),
        # A folder full of downloads is no place to look for Python modules.
        settings.ADD_WORKBOOK_FOLDER: "false",
    }
    if template is not None:
        _write(system.template_path, prebuilt.to_macro_workbook(template))
        values[settings.TEMPLATE] = str(system.template_path)
        said.append(f"The template for new plans is {system.template_path}.")
    try:
        settings.write(system.settings_path, values)
    except settings.SettingsError as error:
        raise InstallError(f"{error}.") from None
    said.append(
        f"The settings are in {system.settings_path}: formulas are computed by {system.python}."
    )
    said.append("Restart Excel; the tab isomargin then stands on the ribbon.")
    said.append(UNDO)
    return said


def uninstall(system: System) -> list[str]:
    """Take the add-in, the template and our settings away; what was done, in sentences."""
    _refuse_other_systems(system)
    said = []
    for path in (system.addin_path, system.template_path):
        if path.exists():
            _try(path, path.unlink)
            said.append(f"Removed {path}.")
    if any(name in settings.KEYS for name in settings.read(system.settings_path)):
        _try(system.settings_path, lambda: settings.remove(system.settings_path))
        said.append(f"Removed isomargin's settings from {system.settings_path}.")
    if not said:
        return ["There was nothing to remove."]
    said.append("Workbooks of your own were left alone.")
    return said


def _refuse_other_systems(system: System) -> None:
    if not system.is_windows:
        raise InstallError(
            "Excel calls Python on Windows only. Here the formulas work in LibreOffice:"
            " type  isomargin install libreoffice"
        )


def _refuse_other_xlwings(system: System) -> None:
    found = system.xlwings_version()
    if found != XLWINGS_VERSION:
        there = f"xlwings {found} is installed" if found else "xlwings is not installed"
        raise InstallError(
            f"{there}; the add-in needs {XLWINGS_VERSION}:"
            ' type  pip install "isomargin[excel]"  and then  isomargin install excel'
        )


def _write(path: Path, content: bytes) -> None:
    _try(path, lambda: path.parent.mkdir(parents=True, exist_ok=True))
    try:
        save_bytes(content, path)
    except PackageError as error:
        raise InstallError(f"{error} Close Excel and try again.") from None


def _try(path: Path, action: Callable[[], object]) -> None:
    try:
        action()
    except OSError as error:
        raise InstallError(
            f"{path} cannot be changed ({error.strerror or error}): close Excel and try again."
        ) from None
