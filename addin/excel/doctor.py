"""``isomargin doctor``: what could keep the formulas from working in Excel, checked one by one."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from addin.checks import HostCheck
from addin.excel import XLWINGS_VERSION, prebuilt, settings
from addin.excel.system import OFFICE, OFFICE_POLICIES, System

INSTALL = "type  isomargin install excel"
_TRUST_CENTER = "File > Options > Trust Center > Trust Center Settings"
_OLDEST_PYTHON = (3, 11)


def examine(
    system: System,
    workbooks: Iterable[Path] = (),
    template_versions: tuple[str | None, str] | None = None,
) -> list[HostCheck]:
    """All checks, in the order in which to correct what they find.

    `workbooks` are files of the person's to look at; `template_versions` are the version that
    such a workbook was made from and the one that this package fills.
    """
    if not system.is_windows:
        return [
            HostCheck(
                "System",
                False,
                "Excel calls Python on Windows only. On this computer the formulas work in"
                " LibreOffice (isomargin install libreoffice), and isomargin calc computes"
                " workbooks without a spreadsheet.",
            )
        ]
    files = [system.addin_path, system.template_path, *workbooks]
    checks = [
        _excel(system),
        _python(system),
        _xlwings(system),
        _library(system),
        _settings(system),
        _addin(system),
        _downloads(system, files),
        _macros(system),
        _addins_allowed(system),
    ]
    if template_versions is not None:
        checks.append(_template(*template_versions))
    return checks


def _excel(system: System) -> HostCheck:
    found = system.excel_program()
    if found:
        return HostCheck("Excel", True, f"Excel is {found}.")
    return HostCheck(
        "Excel", False, "No Excel of the desktop is registered: install it, or use LibreOffice."
    )


def _python(system: System) -> HostCheck:
    version = ".".join(map(str, system.python_version))
    if system.python_version < _OLDEST_PYTHON:
        oldest = ".".join(map(str, _OLDEST_PYTHON))
        return HostCheck("Python", False, f"Python is {version}: install {oldest} or newer.")
    if "windowsapps" in str(system.python).lower():
        return HostCheck(
            "Python",
            False,
            f"Python {version} comes from the Microsoft Store, whose folders Excel cannot look"
            " into: install Python from python.org, then isomargin in it.",
        )
    return HostCheck("Python", True, f"Python {version} in {system.python}.")


def _xlwings(system: System) -> HostCheck:
    found = system.xlwings_version()
    if found == XLWINGS_VERSION:
        return HostCheck("xlwings", True, f"xlwings is {found}.")
    there = f"xlwings is {found}" if found else "xlwings is not installed"
    return HostCheck(
        "xlwings",
        False,
        f'{there}; the add-in needs {XLWINGS_VERSION}: type  pip install "isomargin[excel]"',
    )


def _library(system: System) -> HostCheck:
    folders = dict.fromkeys((system.python.parent, system.python.parent.parent, system.prefix))
    for bits in (64, 32):
        name = f"xlwings{bits}-{XLWINGS_VERSION}.dll"
        for folder in folders:
            if (folder / name).is_file():
                return HostCheck("DLL", True, f"xlwings' library is {folder / name}.")
    return HostCheck(
        "DLL",
        False,
        f"xlwings64-{XLWINGS_VERSION}.dll is not beside {system.python}, where Excel looks for"
        f" it: type  pip install --force-reinstall --no-deps xlwings=={XLWINGS_VERSION}",
    )


def _settings(system: System) -> HostCheck:
    path = system.settings_path
    found = settings.read(path).get(settings.INTERPRETER)
    if found is None:
        return HostCheck("Settings", False, f"{path} does not say where Python is: {INSTALL}")
    if not Path(found).is_file():
        return HostCheck("Settings", False, f"{path} names {found}, which is not there: {INSTALL}")
    if Path(found) != system.python:
        return HostCheck(
            "Settings",
            False,
            f"Excel uses {found}, but this is {system.python}: {INSTALL}  to use this one.",
        )
    return HostCheck("Settings", True, f"Excel uses {found}.")


def _addin(system: System) -> HostCheck:
    path = system.addin_path
    try:
        found = path.read_bytes()
    except FileNotFoundError:
        return HostCheck("Add-in", False, f"There is no add-in in {path}: {INSTALL}")
    except OSError as error:
        return HostCheck("Add-in", False, f"{path} cannot be read ({error.strerror}): {INSTALL}")
    if found != prebuilt.addin_file():
        return HostCheck(
            "Add-in", False, f"{path} is of another version than this package: {INSTALL}"
        )
    return HostCheck("Add-in", True, f"The add-in is {path}.")


def _downloads(system: System, files: Iterable[Path]) -> HostCheck:
    blocked = [str(path) for path in files if system.came_from_internet(path)]
    if not blocked:
        return HostCheck("Downloads", True, "No file is blocked as a download.")
    return HostCheck(
        "Downloads",
        False,
        f"Windows has marked as downloaded: {', '.join(blocked)}. Office blocks the macros in"
        " it without asking: right-click the file, Properties, tick Unblock, OK.",
    )


def _macros(system: System) -> HostCheck:
    policy = system.registry(rf"{OFFICE_POLICIES}\Security", "VBAWarnings")
    if policy in (3, 4):
        return HostCheck(
            "Macros",
            False,
            "Your organisation lets Excel run no macros, or signed ones only: ask who looks after"
            " your computer, or use isomargin fill and calc, which need no macros.",
        )
    own = system.registry(rf"{OFFICE}\Security", "VBAWarnings")
    if own in (3, 4):
        return HostCheck(
            "Macros",
            False,
            f"Excel runs no macros, or signed ones only: {_TRUST_CENTER} > Macro Settings,"
            ' choose "Disable VBA macros with notification", then allow them when Excel asks.',
        )
    asks = "runs macros without asking" if own == 1 else "asks before it runs macros"
    return HostCheck("Macros", True, f"Excel {asks}.")


def _addins_allowed(system: System) -> HostCheck:
    for key in (OFFICE_POLICIES, OFFICE):
        security = rf"{key}\Security"
        if system.registry(security, "DisableAllAddins") == 1:
            found = "Excel loads no add-ins"
        elif system.registry(security, "RequireAddinSig") == 1:
            found = "Excel loads signed add-ins only, and this one is not signed"
        elif system.registry(rf"{security}\Trusted Locations", "AllLocationsDisabled") == 1:
            found = "Excel trusts no folder, not even its own start folder"
        else:
            continue
        return HostCheck(
            "Trust",
            False,
            f"{found}: {_TRUST_CENTER}, Add-ins and Trusted Locations, take the ticks out"
            " (or ask who looks after your computer).",
        )
    return HostCheck("Trust", True, "Excel may load the add-in.")


def _template(found: str | None, expected: str) -> HostCheck:
    if found == expected:
        return HostCheck("Template", True, f"The workbook is of template {found}, as the package.")
    told = f"is of template {found}" if found else "was not made from the template"
    return HostCheck(
        "Template",
        False,
        f"The workbook {told}; the package fills template {expected}: type  isomargin new  for a"
        " new one.",
    )
