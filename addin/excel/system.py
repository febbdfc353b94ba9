"""The computer as installing and checking Excel see it: its folders, registry and Python."""

from __future__ import annotations

import importlib
import os
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from addin.computer import Computer
from addin.excel import ADDIN_FILE, PROJECT, SETTINGS_FILE, WORKBOOK_FILE

OFFICE = r"Software\Microsoft\Office\16.0\Excel"
OFFICE_POLICIES = r"Software\Policies\Microsoft\Office\16.0\Excel"
_EXCEL_PROGRAM = r"SOFTWARE\Microsoft\Windows\CurrentVersion\App Paths\excel.exe"


@dataclass
class System(Computer):
    """This computer, as Excel has to be found and set up on it."""

    platform: str = sys.platform
    python: Path = field(default_factory=lambda: Path(sys.executable))
    prefix: Path = field(default_factory=lambda: Path(sys.prefix))
    python_version: tuple[int, int] = sys.version_info[:2]
    home: Path = field(default_factory=Path.home)
    roaming: Path | None = field(
        default_factory=lambda: Path(os.environ["APPDATA"]) if "APPDATA" in os.environ else None
    )

    @property
    def is_windows(self) -> bool:
        """Whether Excel can start Python here."""
        return self.platform == "win32"

    @property
    def _roaming(self) -> Path:
        return self.roaming or self.home / "AppData" / "Roaming"

    @property
    def addin_path(self) -> Path:
        """Where Excel loads add-ins from whenever it starts; a trusted folder of its own."""
        return self._roaming / "Microsoft" / "Excel" / "XLSTART" / ADDIN_FILE

    @property
    def template_path(self) -> Path:
        """Among the person's templates, which Excel trusts too."""
        return self._roaming / "Microsoft" / "Templates" / WORKBOOK_FILE

    @property
    def settings_path(self) -> Path:
        """What the add-in reads its settings from."""
        return self.home / f".{PROJECT}" / SETTINGS_FILE

    def xlwings_version(self) -> str | None:
        """The version of xlwings that is installed, if one is."""
        try:
            return str(importlib.import_module("xlwings").__version__)
        except ImportError:
            return None

    def registry(self, key: str, name: str, *, machine: bool = False) -> Any:
        """A value of the registry (the person's part, or the machine's); None where not set."""
        try:
            winreg: Any = importlib.import_module("winreg")
        except ImportError:
            return None
        root = winreg.HKEY_LOCAL_MACHINE if machine else winreg.HKEY_CURRENT_USER
        try:
            with winreg.OpenKey(root, key) as opened:
                return winreg.QueryValueEx(opened, name)[0]
        except OSError:
            return None

    def excel_program(self) -> str | None:
        """The path of Excel, if it is installed."""
        found = self.registry(_EXCEL_PROGRAM, "", machine=True)
        return str(found) if found else None

    def came_from_internet(self, path: Path) -> bool:
        """Whether Windows has marked a file as a download, so that Office blocks its macros."""
        try:
            mark = Path(f"{path}:Zone.Identifier").read_text("utf-8", errors="replace")
        except OSError:
            return False
        return "ZoneId=3" in mark or "ZoneId=4" in mark
