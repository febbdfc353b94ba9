"""Installing, checking and opening, on a computer made for the test."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from addin.checks import HostCheck
from addin.excel import XLWINGS_VERSION, prebuilt, settings
from addin.excel.doctor import examine
from addin.excel.install import InstallError, install, uninstall
from addin.excel.macro_book import code_names
from addin.excel.system import OFFICE, OFFICE_POLICIES, System
from addin.opening import open_workbook
from addin.package import PackageError
from workbook import bundled

pytestmark = pytest.mark.usefixtures("fresh_vba")


@dataclass
class Computer(System):
    """A computer in a folder: real files, a registry and programs of the test's own."""

    keys: dict[tuple[str, str], Any] = field(default_factory=dict)
    downloads: set[Path] = field(default_factory=set)
    programs: dict[str, str] = field(default_factory=dict)
    started: list[tuple[str, ...]] = field(default_factory=list)
    xlwings: str | None = XLWINGS_VERSION

    def xlwings_version(self) -> str | None:
        return self.xlwings

    def registry(self, key: str, name: str, *, machine: bool = False) -> Any:
        return self.keys.get((key, name))

    def excel_program(self) -> str | None:
        return self.programs.get("excel")

    def came_from_internet(self, path: Path) -> bool:
        return path in self.downloads

    def which(self, name: str) -> str | None:
        return self.programs.get(name)

    def start_file(self, path: Path) -> None:
        self.started.append((str(path),))

    def start_program(self, *command: str) -> None:
        self.started.append(command)


@pytest.fixture
def windows(tmp_path: Path) -> Computer:
    """Windows with Excel, Python and xlwings, and nothing of ours."""
    python = tmp_path / "Python 311" / "python.exe"
    python.parent.mkdir()
    python.touch()
    (python.parent / f"xlwings64-{XLWINGS_VERSION}.dll").touch()
    return Computer(
        platform="win32",
        python=python,
        prefix=python.parent,
        python_version=(3, 11),
        home=tmp_path / "home",
        roaming=tmp_path / "Roaming",
        programs={"excel": "C:\\Excel.exe"},
    )


@pytest.fixture
def linux(tmp_path: Path) -> Computer:
    return Computer(platform="linux", home=tmp_path, roaming=None)


def problems(checks: list[HostCheck]) -> dict[str, str]:
    return {check.name: check.words for check in checks if not check.ok}


# install, uninstall


def test_installing_puts_everything_where_excel_and_xlwings_look(windows: Computer) -> None:
    said = " ".join(install(windows, bundled.template()))
    assert windows.addin_path.read_bytes() == prebuilt.addin_file()
    assert windows.addin_path.parent.name == "XLSTART"
    assert code_names(windows.template_path.read_bytes()) == prebuilt.template_code_names()
    assert settings.read(windows.settings_path) == {
        "INTERPRETER_WIN": str(windows.python),
        "ADD_WORKBOOK_TO_PYTHONPATH": "false",
        "TEMPLATE": str(windows.template_path),
    }
    assert windows.settings_path == windows.home / ".isomargin" / "isomargin.conf"
    undo = "isomargin install excel --uninstall"
    for told in (windows.addin_path, windows.settings_path, undo, "Restart"):
        assert str(told) in said


def test_installing_twice_is_as_good_as_once(windows: Computer) -> None:
    first = install(windows, bundled.template())
    assert install(windows, bundled.template()) == first
    assert problems(examine(windows)) == {}


def test_uninstalling_leaves_nothing_of_ours_and_all_of_theirs(windows: Computer) -> None:
    other = windows.addin_path.with_name("personal.xlam")
    other.parent.mkdir(parents=True)
    other.write_text("theirs")
    settings.write(windows.settings_path, {"SHOW CONSOLE": "True"})
    install(windows, bundled.template())
    said = " ".join(uninstall(windows))
    assert not windows.addin_path.exists()
    assert not windows.template_path.exists()
    assert other.read_text() == "theirs"
    assert settings.read(windows.settings_path) == {"SHOW CONSOLE": "True"}
    assert str(windows.addin_path) in said
    assert uninstall(windows) == ["There was nothing to remove."]


def test_the_settings_file_goes_with_its_last_setting(windows: Computer) -> None:
    install(windows)
    uninstall(windows)
    assert not windows.settings_path.exists()


@pytest.mark.parametrize("command", [install, uninstall])
def test_other_systems_are_told_what_works_there(
    linux: Computer, command: Callable[[System], list[str]]
) -> None:
    with pytest.raises(InstallError, match=r"Windows only.*isomargin install libreoffice"):
        command(linux)
    assert list(linux.home.iterdir()) == []


@pytest.mark.parametrize(
    ("version", "told"), [(None, "not installed"), ("0.36.0", r"0\.36\.0 is installed")]
)
def test_another_xlwings_is_refused(windows: Computer, version: str | None, told: str) -> None:
    windows.xlwings = version
    with pytest.raises(InstallError, match=told + r".*pip install \"isomargin\[excel\]\""):
        install(windows)
    assert not windows.addin_path.exists()


def test_an_add_in_in_use_says_to_close_excel(
    windows: Computer, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(windows)

    def in_use(*arguments: object, **named: object) -> None:
        raise PermissionError(13, "in use")

    monkeypatch.setattr("addin.package.saving.os.replace", in_use)
    with pytest.raises(InstallError, match=r"Close Excel and try again"):
        install(windows)
    monkeypatch.setattr("pathlib.Path.unlink", in_use)
    with pytest.raises(InstallError, match=r"close Excel and try again"):
        uninstall(windows)


# settings


def test_settings_of_others_and_odd_lines_survive(tmp_path: Path) -> None:
    path = tmp_path / "isomargin.conf"
    path.write_bytes(b'"LOG FILE","c:\\a b\\log, new.txt"\r\nnonsense\r\n"TEMPLATE","old"\r\n')
    settings.write(path, {"TEMPLATE": "new"})
    assert path.read_bytes() == b'"LOG FILE","c:\\a b\\log, new.txt"\r\n"TEMPLATE","new"\r\n'


def test_a_path_that_windows_code_page_cannot_hold_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "_encoding", lambda: "cp1252")
    path = tmp_path / "isomargin.conf"
    settings.write(path, {"INTERPRETER_WIN": "C:\\Büro\\python.exe"})
    assert b"B\xfcro" in path.read_bytes()
    with pytest.raises(settings.SettingsError, match="plain name"):
        settings.write(path, {"INTERPRETER_WIN": "C:\\東京\\python.exe"})
    assert b"B\xfcro" in path.read_bytes()


# doctor


def test_a_good_installation_passes_every_check(windows: Computer) -> None:
    install(windows, bundled.template())
    checks = examine(windows, template_versions=("1", "1"))
    assert problems(checks) == {}
    assert [check.name for check in checks] == [
        "Excel",
        "Python",
        "xlwings",
        "DLL",
        "Settings",
        "Add-in",
        "Downloads",
        "Macros",
        "Trust",
        "Template",
    ]


def test_other_systems_get_one_plain_answer(linux: Computer) -> None:
    (check,) = examine(linux)
    assert not check.ok
    assert "Windows only" in check.words


def test_an_empty_computer_is_told_what_to_install(windows: Computer) -> None:
    windows.programs.clear()
    windows.xlwings = None
    (windows.python.parent / f"xlwings64-{XLWINGS_VERSION}.dll").unlink()
    found = problems(examine(windows))
    assert set(found) == {"Excel", "xlwings", "DLL", "Settings", "Add-in"}
    assert 'pip install "isomargin[excel]"' in found["xlwings"]
    assert "isomargin install excel" in found["Settings"]
    assert "isomargin install excel" in found["Add-in"]


def _old_python(windows: Computer) -> None:
    windows.python_version = (3, 9)


def _store_python(windows: Computer) -> None:
    store = windows.home / "WindowsApps" / "python.exe"
    store.parent.mkdir(parents=True)
    store.touch()
    (store.parent / f"xlwings64-{XLWINGS_VERSION}.dll").touch()
    windows.python = store
    settings.write(windows.settings_path, {"INTERPRETER_WIN": str(store)})


def _other_xlwings(windows: Computer) -> None:
    windows.xlwings = "0.38.0"


def _no_library(windows: Computer) -> None:
    (windows.python.parent / f"xlwings64-{XLWINGS_VERSION}.dll").unlink()


def _python_moved(windows: Computer) -> None:
    settings.write(windows.settings_path, {"INTERPRETER_WIN": str(windows.home / "gone.exe")})


def _other_python(windows: Computer) -> None:
    other = windows.home / "python.exe"
    other.touch()
    settings.write(windows.settings_path, {"INTERPRETER_WIN": str(other)})


def _no_addin(windows: Computer) -> None:
    windows.addin_path.unlink()


def _old_addin(windows: Computer) -> None:
    windows.addin_path.write_bytes(b"older")


def _download(windows: Computer) -> None:
    windows.downloads.add(windows.home / "plan.xlsm")


def _macros_off(windows: Computer) -> None:
    windows.keys[rf"{OFFICE}\Security", "VBAWarnings"] = 4


def _policy(windows: Computer) -> None:
    windows.keys[rf"{OFFICE_POLICIES}\Security", "VBAWarnings"] = 3


def _no_addins(windows: Computer) -> None:
    windows.keys[rf"{OFFICE}\Security", "DisableAllAddins"] = 1


def _signed_only(windows: Computer) -> None:
    windows.keys[rf"{OFFICE_POLICIES}\Security", "RequireAddinSig"] = 1


def _no_trusted_folders(windows: Computer) -> None:
    windows.keys[rf"{OFFICE}\Security\Trusted Locations", "AllLocationsDisabled"] = 1


@pytest.mark.parametrize(
    ("break_it", "name", "remedy"),
    [
        (_old_python, "Python", "install 3.11 or newer"),
        (_store_python, "Python", "python.org"),
        (_other_xlwings, "xlwings", 'pip install "isomargin[excel]"'),
        (_no_library, "DLL", f"xlwings=={XLWINGS_VERSION}"),
        (_python_moved, "Settings", "isomargin install excel"),
        (_other_python, "Settings", "isomargin install excel"),
        (_no_addin, "Add-in", "isomargin install excel"),
        (_old_addin, "Add-in", "isomargin install excel"),
        (_download, "Downloads", "tick Unblock"),
        (_macros_off, "Macros", "Macro Settings"),
        (_policy, "Macros", "isomargin fill"),
        (_no_addins, "Trust", "Trust Center"),
        (_signed_only, "Trust", "Trust Center"),
        (_no_trusted_folders, "Trust", "Trust Center"),
    ],
)
def test_each_fault_is_found_alone_and_has_a_remedy(
    windows: Computer, break_it: Callable[[Computer], None], name: str, remedy: str
) -> None:
    install(windows, bundled.template())
    break_it(windows)
    found = problems(examine(windows, workbooks=[windows.home / "plan.xlsm"]))
    assert list(found) == [name]
    assert remedy in found[name]


@pytest.mark.parametrize("found", ["0", None])
def test_a_workbook_of_another_template_is_told(windows: Computer, found: str | None) -> None:
    install(windows)
    assert "isomargin new" in problems(examine(windows, template_versions=(found, "1")))["Template"]


def test_a_virtual_environment_has_its_library_one_folder_up(windows: Computer) -> None:
    library = windows.python.parent / f"xlwings64-{XLWINGS_VERSION}.dll"
    scripts = windows.python.parent / "Scripts"
    scripts.mkdir()
    windows.python = scripts / "python.exe"
    windows.python.touch()
    install(windows)
    assert problems(examine(windows)) == {}
    library.unlink()
    assert list(problems(examine(windows))) == ["DLL"]


# opening


def test_windows_opens_a_workbook_by_its_name(windows: Computer, tmp_path: Path) -> None:
    book = tmp_path / "plan.xlsm"
    book.touch()
    assert str(book) in open_workbook(book, windows)
    assert windows.started == [(str(book),)]


def test_a_mac_opens_a_workbook_with_open(linux: Computer, tmp_path: Path) -> None:
    linux.platform = "darwin"
    book = tmp_path / "plan.xlsx"
    book.touch()
    open_workbook(book, linux)
    assert linux.started == [("open", str(book))]


def test_linux_opens_a_workbook_in_libreoffice(linux: Computer, tmp_path: Path) -> None:
    linux.programs["soffice"] = "/usr/bin/soffice"
    book = tmp_path / "-plan.xlsx"
    book.touch()
    assert "LibreOffice" in open_workbook(book, linux)
    assert linux.started == [("/usr/bin/soffice", "--calc", str(book))]


def test_no_spreadsheet_program_is_said_in_words(linux: Computer, tmp_path: Path) -> None:
    book = tmp_path / "plan.xlsx"
    book.touch()
    with pytest.raises(PackageError, match="install LibreOffice"):
        open_workbook(book, linux)


def test_a_missing_workbook_is_said_in_words(linux: Computer, tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="there is no file"):
        open_workbook(tmp_path / "plan.xlsx", linux)


# the real thing, as far as it goes here


def test_the_download_mark_of_windows_is_read(tmp_path: Path) -> None:
    # On other systems a stream's name is just a file's name.
    book = tmp_path / "plan.xlsm"
    assert not System().came_from_internet(book)
    Path(f"{book}:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=3\r\n")
    assert System().came_from_internet(book)
    Path(f"{book}:Zone.Identifier").write_text("[ZoneTransfer]\r\nZoneId=0\r\n")
    assert not System().came_from_internet(book)


def test_the_note_of_the_ready_made_vba_is_plain() -> None:
    content = json.loads(prebuilt.note(prebuilt.template_code_names()))
    assert content["xlwings"] == XLWINGS_VERSION
    assert len(content["fingerprint"]) == 64
