"""The actions in a process beside LibreOffice; started by the extension, never by hand.

The extension calls ``form``, ``preview``, ``commit`` and ``after`` as it would call a formula, over
the same two pipes. Where the action needs the document, the reply is a question: ``{"ask": [method,
arguments]}``; the next call is then ``answer``.
"""

from __future__ import annotations

import dataclasses
import json
import os
import sys
from collections.abc import Sequence
from typing import Any, BinaryIO

from addin.libreoffice.backend import HELLO, BrokenProtocol, receive, send
from udfs.errors import IsomarginError
from workbook.actions import ActionError
from workbook.live.libreoffice.remote import RemoteBook
from workbook.live.press import Press


class Beside:
    """One conversation with one LibreOffice."""

    def __init__(self, calls: BinaryIO, replies: BinaryIO) -> None:
        self._calls, self._replies = calls, replies
        self._press: Press | None = None

    def serve(self) -> None:
        """Answer until the calls end."""
        send(self._replies, HELLO)
        while (call := self._next()) is not None:
            self._reply(self._answer(*call))

    def _answer(self, do: str, given: list[Any]) -> dict[str, Any]:
        try:
            return {"result": self._do(do, given)}
        except IsomarginError as error:
            return {"trouble": str(error)}
        except OSError as error:
            place = f"{error.filename}: " if error.filename else ""
            return {"trouble": f"{place}{error.strerror or error}"}
        except Exception as error:
            return {"trouble": f"this should not happen ({error!r}): please report it"}

    def _do(self, do: str, given: list[Any]) -> object:
        if do == "form":
            self._press = Press(str(given[0]), RemoteBook(self._ask))
            return [dataclasses.asdict(field) for field in self._press.form()]
        press = self._press
        if press is None:
            raise ActionError("press the button again")
        if do == "preview":
            changes = press.preview({str(key): str(text) for key, text in given[0].items()})
            return {
                "words": changes.words,
                "warnings": changes.warnings,
                "changes": press.has_something_to_do,
            }
        if do == "commit":
            press.commit()
            return None
        if do == "after":
            return press.after()
        raise ActionError(f"there is nothing called {do}")

    def _ask(self, name: str, arguments: Sequence[object]) -> Any:
        """What the document answers; ActionError with its words where it refuses."""
        self._reply({"ask": [name, arguments]})
        call = self._next()
        if call is None or call[0] != "answer":
            raise ActionError("the document is not there any more: press the button again")
        (reply,) = call[1]
        if "trouble" in reply:
            raise ActionError(reply["trouble"])
        return reply["value"]

    def _next(self) -> tuple[str, list[Any]] | None:
        try:
            message = receive(self._calls)
        except BrokenProtocol:
            return None
        if message is None:
            return None
        do, given = json.loads(message)
        return str(do), list(given)

    def _reply(self, answer: dict[str, Any]) -> None:
        send(self._replies, json.dumps(answer).encode())


def main() -> None:
    """Serve on the input and the output."""
    # What anything else prints must not come between the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    Beside(sys.stdin.buffer, replies).serve()


if __name__ == "__main__":
    main()
