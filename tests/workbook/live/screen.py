"""A screen without a monitor: LibreOffice's windows on it, a mouse, a keyboard."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from addin.libreoffice import driver
from tests.hosts.excel.conftest import need
from tests.workbook.live.hosts import InLibreOffice
from workbook.live.libreoffice.build import buttons

PROGRAMS = {"Xvfb": "xvfb", "xdotool": "xdotool"}
LONGEST = 60.0  # seconds that anything on the screen may take, on a busy machine
LOST = 5.0  # seconds without an answer after which a click or a key was lost, on any machine
Item = tuple[str, str, tuple[int, int]]  # role, name, middle


@contextlib.contextmanager
def screen() -> Iterator[None]:
    """A screen of its own, for the programs that are started meanwhile."""
    for program, package in PROGRAMS.items():
        need(shutil.which(program), f"type  apt-get install {package}  (.ci/hosts does)")
    # It chooses a free number itself. Without -noreset it starts anew when its last client ends,
    # as LibreOffice does to load an extension; who comes at that moment "can't open display".
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1400x900x24", "-noreset"]
    server = subprocess.Popen(
        [*command, "-nolisten", "tcp"], pass_fds=(writing,), stderr=subprocess.DEVNULL
    )
    os.close(writing)
    try:
        with os.fdopen(reading) as told:
            number = told.readline().strip()
        assert number, "Xvfb did not start"
        with mock.patch.dict(os.environ, {"DISPLAY": f":{number}"}):
            yield
    finally:
        server.terminate()
        server.wait(LONGEST)


@contextlib.contextmanager
def shown_office(tools: Any) -> Iterator[driver.LibreOffice]:
    """LibreOffice with windows, with the extension as it is installed: menu and toolbar."""
    worker = Path(__file__).with_name("screen_worker.py")
    with (
        screen(),
        mock.patch.object(driver, "_WORKER", worker),
        driver.LibreOffice(tools, more=buttons()) as office,
    ):
        yield office


def until(what: str, found: Callable[[], Any]) -> Any:
    """What comes of a question, asked until it is something; a failure after a long while."""
    answer = soon(found, LONGEST)
    assert answer, f"not within {LONGEST:.0f} seconds: {what}"
    return answer


def soon(found: Callable[[], Any], seconds: float = LOST) -> Any:
    """What comes of a question, asked until it is something, or for so long; at least once."""
    end = time.monotonic() + seconds
    while not (answer := found()) and time.monotonic() < end:
        time.sleep(0.1)
    return answer


class OnScreen(InLibreOffice):
    """A document in a window, and a person in front of it."""

    def seen(self) -> list[Item]:
        """What can be clicked or read."""
        return [(role, name, tuple(middle)) for role, name, middle in self.ask("seen")]

    def texts(self) -> str:
        """What an open message says; "" where there is none."""
        items = self.seen()
        if not any(role == "ALERT" for role, _, _ in items):
            return ""
        return "\n".join(name for role, name, _ in items if role in ("STATIC", "LABEL"))

    def click(self, role: str, name: str) -> None:
        """Click on something, once it is there and stands still."""

        def still() -> tuple[int, int] | None:
            first, second = self.middle(role, name), self.middle(role, name)
            return first if first == second else None

        x, y = until(f"{role} {name}", still)
        self._do("mousemove", str(x), str(y), "click", "1")

    def middle(self, role: str, name: str) -> tuple[int, int] | None:
        """Where it is; what is not shown has no height, and stands at its window's edge."""
        return next(
            (middle for one, called, middle in self.seen()
             if (one, called) == (role, name) and middle[1] > 4),
            None,
        )  # fmt: skip

    def choose_from_menu(self, name: str) -> None:
        """Open the menu isomargin, and choose from it."""

        def opened() -> bool:
            """A click just after a window has come may do no more than bring it to the front."""
            self.click("MENU", "isomargin")
            if soon(lambda: self.middle("MENU_ITEM", name)):
                return True
            self.keys("Escape")
            return False

        until("the menu opens", opened)
        self.click("MENU_ITEM", name)

    def press(self, name: str) -> None:
        """Click on a button of the toolbar, and again where the click was lost."""

        def heard() -> bool:
            self.click("PUSH_BUTTON", name)
            return bool(soon(self.texts))

        until(f"{name} says something", heard)

    def answer(self, button: str) -> str:
        """Wait for a message, click on its button; what it said."""
        said = str(until("a message", self.texts))

        def gone() -> bool:
            """A click just after a window has come may do no more than bring it to the front."""
            place = self.middle("PUSH_BUTTON", button)
            if place and self.texts() == said:
                self._do("mousemove", str(place[0]), str(place[1]), "click", "1")
            return bool(soon(lambda: self.texts() != said))

        until("the message goes", gone)
        return said

    def take_back(self) -> None:
        """Press Ctrl+Z, and again where it was lost, until there is nothing to take back."""

        def taken_back() -> bool:
            self.keys("ctrl+z")
            return bool(soon(lambda: self.ask("steps") == []))

        until("Ctrl+Z takes it back", taken_back)

    def keys(self, *keys: str, over: tuple[int, int] = (700, 600)) -> None:
        """Type, with the mouse above the window that is meant: else the middle of the sheet."""
        self._do("mousemove", str(over[0]), str(over[1]), "key", *keys)

    def _do(self, *what: str) -> None:
        subprocess.run(["xdotool", *what], check=True, timeout=LONGEST)
