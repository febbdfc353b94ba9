"""A button of the menu or the toolbar, from the press to the end: ask, show, write, tell.

The action runs in the process beside; what it wants of the document it asks for here.
"""

from __future__ import annotations

import contextlib
import traceback
from typing import Any

from .dialogs import Dialogs
from .document import ActionFailed, Document

PROGRAM = "workbook.live.libreoffice.beside"
CLOSED = "the document was closed meanwhile: open it again, then press the button again"
LONGEST = 300.0  # seconds: asking ten exchanges takes its time
# What may be asked for of a document from outside.
OF_A_DOCUMENT = frozenset(
    {
        *("tables", "named", "selected", "read", "formulas", "begin", "write", "put_formula"),
        *("grow", "end", "abandon", "save_copy"),
    }
)
_connected: list[Any] = []


def press(context: Any, frame: Any, button: str) -> None:
    """Do what a button is for; whatever goes wrong is told in a message."""
    dialogs = Dialogs(context, frame)
    try:
        document = Document(frame.Controller.Model)
        if button != "share":
            document.need_writable()
        if button == "undo":
            document.undo()
            return
        _press(dialogs, document, frame, button)
    except ActionFailed as trouble:
        dialogs.refuse(str(trouble))
    except Exception:
        dialogs.refuse(
            "this should not happen: please report it with\n\n" + traceback.format_exc(limit=-3)
        )


def _press(dialogs: Dialogs, document: Document, frame: Any, button: str) -> None:
    fields = _waiting(frame, document, "form", button)
    shown = None
    while shown is None:
        answers = dialogs.form(f"isomargin: {button}", fields)
        if answers is None:
            return
        try:
            shown = _waiting(frame, document, "preview", answers)
        except ActionFailed as trouble:
            if not fields:
                raise
            dialogs.refuse(str(trouble))
            fields = [{**field, "default": answers[field["key"]]} for field in fields]
    if not shown["changes"]:
        dialogs.tell("\n".join([*shown["words"], *shown["warnings"]]) or "nothing has changed")
        return
    if not dialogs.agree([*shown["words"], *shown["warnings"]]):
        return
    _waiting(frame, document, "commit")
    words = _waiting(frame, document, "after")
    if words:
        dialogs.tell("\n".join(words))


def _waiting(frame: Any, document: Document, do: str, *given: Any) -> Any:
    """Ask the process beside, with a word in the status line while it takes."""
    with contextlib.ExitStack() as shown:
        with contextlib.suppress(Exception):
            indicator = frame.createStatusIndicator()
            indicator.start("isomargin: one moment ...", 0)
            shown.callback(indicator.end)
        return converse(connection().call, document, do, list(given))


def connection() -> Any:
    """The process beside, started once and kept."""
    # Only inside LibreOffice, where the extension's other part stands beside this one.
    from isomargin_link import settings  # type: ignore[import-not-found,unused-ignore]
    from isomargin_link.formulas import (  # type: ignore[import-not-found,unused-ignore]
        NOT_INSTALLED,
    )
    from isomargin_link.remote import Remote  # type: ignore[import-not-found,unused-ignore]

    if not _connected:
        found = settings.read()
        if found is None:
            raise ActionFailed(NOT_INSTALLED)
        _connected.append(Remote(found.python, found.paths, PROGRAM, call_seconds=LONGEST))
    return _connected[0]


def converse(call: Any, document: Document, do: str, given: list[Any]) -> Any:
    """One request, and the document's answers to all that it leads to."""
    try:
        answer = call(do, given)
        while "ask" in answer:
            name, arguments = answer["ask"]
            answer = call("answer", [answered(document, name, arguments)])
    except Exception as problem:
        with contextlib.suppress(Exception):
            document.abandon()  # it may have ended in the middle of an action
        raise ActionFailed(
            f"isomargin's program beside LibreOffice does not answer: {problem}"
        ) from None
    if "trouble" in answer:
        raise ActionFailed(answer["trouble"])
    return answer["result"]


def answered(document: Document, name: str, arguments: list[Any]) -> dict[str, Any]:
    """What a document answers to one question, or why it cannot."""
    if name not in OF_A_DOCUMENT:
        return {"trouble": f"a document has no {name}"}
    try:
        return {"value": getattr(document, name)(*arguments)}
    except ActionFailed as trouble:
        return {"trouble": str(trouble)}
    except Exception as problem:
        if not document.is_open():
            return {"trouble": CLOSED}
        words = str(getattr(problem, "Message", "") or problem) or type(problem).__name__
        return {"trouble": f"LibreOffice refused: {words}"}
