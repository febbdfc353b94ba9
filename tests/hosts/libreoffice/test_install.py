"""Installing, uninstalling and looking what is missing."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from addin.computer import Computer
from addin.libreoffice import install
from addin.libreoffice.host import HostError, HostMissing, Tools
from addin.libreoffice.link.remote import Unreachable
from addin.libreoffice.link.settings import Settings, parse
from udfs import __version__


class Fake:
    """A computer with a LibreOffice that does what a test says."""

    platform = "linux"
    is_root = False

    def __init__(self, home: Path) -> None:
        self.home = home
        self.environ: dict[str, str] = {}
        self.version = "LibreOffice 25.2.3.2 520(Build:2)"
        self.installer: Callable[[Sequence[str]], tuple[int, str]] = lambda command: (0, "")
        self.commands: list[list[str]] = []

    def which(self, name: str) -> str | None:
        return "/opt/lo/program/soffice" if name == "soffice" and self.version else None

    def files(self, pattern: str) -> list[str]:
        return []

    def run(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        self.commands.append(list(command))
        if command[-1] == "--version":
            return 0, self.version
        if "uno is here" in command[-1]:
            return 0, "uno is here"
        return self.installer(command)

    @property
    def settings(self) -> Path:
        return self.home / ".config" / "isomargin" / "libreoffice.json"

    def unopkg(self) -> list[list[str]]:
        return [command[1:] for command in self.commands if "unopkg" in command[0]]


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake(tmp_path)


def test_it_hands_the_extension_to_libreoffices_installer_and_writes_the_settings(
    fake: Fake,
) -> None:
    seen = []

    def installer(command: Sequence[str]) -> tuple[int, str]:
        seen.append(Path(command[-1]).read_bytes()[:2])
        return 0, ""

    fake.installer = installer
    done = install.install(fake)
    assert seen == [b"PK"]
    ((do, *options, oxt),) = fake.unopkg()
    assert (do, options) == ("add", ["--force", "--suppress-license"])
    assert not Path(oxt).exists(), "the temporary extension file has to go"
    settings = parse(fake.settings.read_text())
    assert settings is not None
    assert settings.python == sys.executable
    assert str(fake.settings) in done.said[0]
    assert "close LibreOffice and open it again" in done.said[-1]
    assert "--uninstall" in done.undo


def test_the_administrator_installs_for_all_users(fake: Fake) -> None:
    fake.is_root = True
    done = install.install(fake)
    assert "--shared" in fake.unopkg()[0]
    assert any("all users" in line for line in done.said)


def test_where_the_installer_fails_the_file_is_kept_for_the_extension_manager(fake: Fake) -> None:
    fake.installer = lambda command: (-1, "No such file or directory: unopkg")
    done = install.install(fake)
    kept = fake.settings.with_name("isomargin.oxt")
    assert kept.read_bytes()[:2] == b"PK"
    assert str(kept) in done.said[-1]
    assert "Tools > Extensions" in done.said[-1]


def test_an_open_libreoffice_has_to_be_closed_first(fake: Fake) -> None:
    fake.installer = lambda command: (1, "ERROR: unopkg cannot be started. The lock file indicates")
    with pytest.raises(HostError, match="close all its windows"):
        install.install(fake)


def test_a_virtual_environment_in_the_terminal_is_warned_about(fake: Fake) -> None:
    fake.environ["VIRTUAL_ENV"] = "/home/ann/venv"
    assert "open LibreOffice from the desktop" in install.install(fake).said[-1]


def test_an_old_libreoffice_is_refused_before_anything_is_written(fake: Fake) -> None:
    fake.version = "LibreOffice 7.4.7.2 40(Build:2)"
    with pytest.raises(HostMissing, match=r"7\.4\.7\.2"):
        install.install(fake)
    assert not fake.settings.exists()
    assert not fake.unopkg()


def test_without_libreoffice_it_says_what_to_install(fake: Fake) -> None:
    fake.version = ""
    with pytest.raises(HostMissing, match="install LibreOffice"):
        install.install(fake)


def test_uninstalling_takes_back_what_installing_did(fake: Fake) -> None:
    fake.installer = lambda command: (-1, "no unopkg")
    install.install(fake)
    fake.installer = lambda command: (0, "")
    done = install.uninstall(fake)
    assert fake.unopkg()[-1] == ["remove", "org.isomargin.calc"]
    assert not list(fake.settings.parent.iterdir())
    assert any(str(fake.settings) in line for line in done.said)
    assert "isomargin install libreoffice" in done.undo


def test_uninstalling_twice_is_no_error(fake: Fake) -> None:
    fake.installer = lambda command: (1, "ERROR: There is no such extension deployed")
    assert install.uninstall(fake).said == ("the extension was not in LibreOffice",)


def test_the_doctor_finds_everything_in_order(fake: Fake) -> None:
    install.install(fake)
    fake.installer = lambda command: (0, "Identifier: org.isomargin.calc")
    found = install.findings(fake, lambda settings: __version__)
    assert [finding.ok for finding in found] == [True] * 5
    assert __version__ in found[-1].words


def test_the_doctor_says_what_to_do_about_each_thing_that_is_missing(fake: Fake) -> None:
    fake.version = "LibreOffice 24.8.1.2 x"
    fake.installer = lambda command: (0, "")
    found = {finding.name: finding for finding in install.findings(fake)}
    assert found["LibreOffice"].ok
    assert not found["version"].ok
    assert "24.8.1.2 is too old" in found["version"].words
    assert "isomargin install libreoffice" in found["add-in"].words
    assert "isomargin install libreoffice" in found["formulas"].words


def test_the_doctor_tells_a_python_that_does_not_answer(fake: Fake) -> None:
    install.install(fake)

    def silent(settings: Settings) -> str:
        raise Unreachable("it ended")

    (last,) = [f for f in install.findings(fake, silent) if f.name == "formulas"]
    assert not last.ok
    assert "does not answer (it ended)" in last.words


def test_the_doctor_without_libreoffice_stops_there(fake: Fake) -> None:
    fake.version = ""
    (only,) = install.findings(fake)
    assert not only.ok
    assert "install LibreOffice" in only.words


def test_the_formulas_answer_as_the_add_in_asks_them() -> None:
    from addin.libreoffice.paths import this_python

    assert install.version_beside(this_python()) == __version__


class Apart(Computer):
    """This computer, with the extensions and the settings in folders of their own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.apart = [
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            f"-env:UNO_SHARED_PACKAGES_CACHE={(folder / 'shared').as_uri()}",
        ]

    @property
    def environ(self) -> dict[str, str]:
        return {**super().environ, "XDG_CONFIG_HOME": str(self.folder / "config")}

    def run(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        if "unopkg" in Path(command[0]).name:
            command = [*command[:2], *self.apart, *command[2:]]
        return super().run(command, seconds)


def test_with_the_real_installer_from_nothing_and_back(tools: Tools, tmp_path: Path) -> None:
    (tmp_path / "shared").mkdir()
    computer = Apart(tmp_path)
    done = install.install(computer)
    assert any("added the extension" in line for line in done.said), done.said
    found = {finding.name: finding for finding in install.findings(computer)}
    assert all(finding.ok for finding in found.values()), found
    undone = install.uninstall(computer)
    assert any("took the extension" in line for line in undone.said), undone.said
    found = {finding.name: finding for finding in install.findings(computer)}
    assert not found["add-in"].ok
    assert not found["formulas"].ok
    assert "was not in LibreOffice" in install.uninstall(computer).said[-1]
