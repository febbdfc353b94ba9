"""The worker of `office_worker` with windows on a screen, and where things stand on it.

Runs in LibreOffice's Python: standard library and uno only.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[3]))

from addin.libreoffice import worker
from tests.workbook.live import office_worker

HIDDEN = ("--headless", "--invisible")
# com.sun.star.accessibility.AccessibleRole, by name.
ROLES = ("MENU", "MENU_ITEM", "PUSH_BUTTON", "LABEL", "STATIC", "ALERT", "DIALOG", "TEXT")
_plain = worker.Worker.__init__


def with_windows(self: Any, soffice: str, folder: str) -> None:
    """The same command, but for what hides it."""
    _plain(self, soffice, folder)
    self.command = [part for part in self.command if part not in HIDDEN]


def open_shown(self: Any, path: str) -> list[str]:
    """Open a workbook in a window."""
    self.close()
    settings = worker.properties(MacroExecutionMode=0, UpdateDocMode=0)
    self.document = self.desktop.loadComponentFromURL(worker.url(path), "_blank", 0, settings)
    if self.document is None:
        raise worker.DocumentError("LibreOffice cannot read this file as a workbook")
    return list(self.document.Sheets.ElementNames)


def seen(self: Any) -> list[list[Any]]:
    """What stands in all windows and can be clicked or read: role, name, where its middle is."""
    import uno  # type: ignore[import-not-found,unused-ignore]

    number = {
        uno.getConstantByName(f"com.sun.star.accessibility.AccessibleRole.{name}"): name
        for name in ROLES
    }
    showing = uno.getConstantByName("com.sun.star.accessibility.AccessibleStateType.SHOWING")
    toolkit = self.service("com.sun.star.awt.Toolkit")
    found = []
    for at in range(toolkit.getTopWindowCount()):
        window = toolkit.getTopWindow(at)
        context = None if window is None else window.getAccessibleContext()
        for item in _below(context, showing):
            role = number.get(item.getAccessibleRole())
            if role:
                place, size = item.getLocationOnScreen(), item.getSize()
                middle = [place.X + size.Width // 2, place.Y + size.Height // 2]
                found.append([role, item.getAccessibleName(), middle])
    return found


def lit(self: Any) -> list[str]:
    """The buttons on toolbars that are not grey."""
    import uno

    states = "com.sun.star.accessibility.AccessibleStateType."
    showing, enabled = (uno.getConstantByName(states + one) for one in ("SHOWING", "ENABLED"))
    button = uno.getConstantByName("com.sun.star.accessibility.AccessibleRole.PUSH_BUTTON")
    window = self.document.CurrentController.Frame.ContainerWindow
    return [
        item.getAccessibleName()
        for item in _below(window.getAccessibleContext(), showing)
        if item.getAccessibleRole() == button and item.getAccessibleStateSet() & enabled
    ]


def _below(item: Any, showing: int, depth: int = 9) -> Iterator[Any]:
    """A thing on the screen and what is in it; the cells of a sheet left out."""
    if item is None:  # its window has just been closed
        return
    yield item
    count = item.getAccessibleChildCount() if depth else 0
    for at in range(count if count < 300 else 0):
        child = item.getAccessibleChild(at)
        context = None if child is None else child.getAccessibleContext()
        if context is not None and context.getAccessibleStateSet() & showing:
            yield from _below(context, showing, depth - 1)


def steady(look: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A look at the screen, again where a window went while it was looked at."""

    def looked(self: Any) -> Any:
        from com.sun.star.lang import (  # type: ignore[import-not-found,unused-ignore]
            DisposedException,
        )

        for _ in range(50):
            try:
                return look(self)
            except DisposedException:
                time.sleep(0.1)
        return look(self)

    return looked


worker.Worker.seen = steady(seen)  # type: ignore[attr-defined]
worker.Worker.lit = steady(lit)  # type: ignore[attr-defined]
worker.REQUESTS |= {"seen", "lit"}
worker.Worker.__init__ = with_windows  # type: ignore[method-assign]
worker.Worker.open = open_shown  # type: ignore[method-assign]

if __name__ == "__main__":
    assert office_worker.opened == []  # its requests are there as well
    worker.main()
