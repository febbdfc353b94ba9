"""The formulas in a process beside LibreOffice, where its own Python cannot have them.

Started by the add-in (``link.remote``), never by hand. Nothing is listened on: calls come in on the
input and results go out on the output, two pipes that only the add-in holds the other ends of, so
there is no door for another program or another user to knock at. Each message is a length of four
bytes and so much JSON: ``["ISO_...", [arguments]]`` in, the result out. The end of the input, which
comes with the end of LibreOffice, ends the process, even in the middle of a computation; so does
anything that is no call.
"""

from __future__ import annotations

import json
import os
import queue
import struct
import sys
import threading
from typing import Any, BinaryIO

from addin.libreoffice.blanks import FORMULAS
from udfs.errors import CellError

LARGEST_MESSAGE = 64 * 1024 * 1024
HELLO = b'"isomargin"'  # the first message: the formulas are loaded

_LENGTH = struct.Struct(">I")


class BrokenProtocol(Exception):
    """What came in does not keep to the rules."""


def answer(message: bytes) -> bytes:
    """The reply to one message. Raises Refused for what is no call of a formula."""
    try:
        name, arguments = json.loads(message)
    except (ValueError, TypeError, RecursionError) as problem:
        raise BrokenProtocol("not a call") from problem
    if not isinstance(name, str) or not isinstance(arguments, list):
        raise BrokenProtocol("not a call")
    formula = FORMULAS.get(name)
    try:
        result = CellError.NAME if formula is None else formula(*arguments)
        reply = json.dumps(result, default=_json, allow_nan=False).encode()
    except Exception:  # whatever it is, the cell shows an error and the process goes on
        return b'{"error": "#VALUE!"}'
    return reply if len(reply) <= LARGEST_MESSAGE else b'{"error": "#VALUE!"}'


def _json(value: Any) -> Any:
    if isinstance(value, CellError):
        return {"error": value.value}
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(type(value).__name__)


def receive(calls: BinaryIO) -> bytes | None:
    """The next message; None where they end. Refused for one that is cut off or too large."""
    start = calls.read(_LENGTH.size)
    if not start:
        return None
    if len(start) < _LENGTH.size:
        raise BrokenProtocol("a message is cut off")
    (length,) = _LENGTH.unpack(start)
    if length > LARGEST_MESSAGE:
        raise BrokenProtocol("a message is too large")
    message = calls.read(length)
    if len(message) < length:
        raise BrokenProtocol("a message is cut off")
    return message


def send(replies: BinaryIO, message: bytes) -> None:
    """Send one message."""
    replies.write(_LENGTH.pack(len(message)) + message)
    replies.flush()


def serve(calls: BinaryIO, replies: BinaryIO) -> None:
    """Answer calls, one after the other, until they end; does not return."""
    waiting: queue.Queue[bytes] = queue.Queue(1)
    threading.Thread(target=_read, args=(calls, waiting), daemon=True).start()
    try:
        send(replies, HELLO)
        while True:
            send(replies, answer(waiting.get()))
    except BrokenProtocol as problem:
        _end(str(problem))
    except OSError:
        _end()


def _read(calls: BinaryIO, waiting: queue.Queue[bytes]) -> None:
    """Hand calls on; a thread of its own, so that their end is seen while one is computed."""
    try:
        while (message := receive(calls)) is not None:
            waiting.put(message)
    except BrokenProtocol as problem:
        _end(str(problem))
    _end()


def _end(problem: str = "") -> None:
    """End the process at once, whatever is being computed: nobody waits for it any more."""
    if problem:
        words = f"{problem}: this is started by isomargin's LibreOffice add-in, not by hand\n"
        os.write(2, words.encode())
    os._exit(1 if problem else 0)


def main() -> None:
    """Serve on the input and the output."""
    # What anything else prints must not come between the replies.
    replies = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    serve(sys.stdin.buffer, replies)


if __name__ == "__main__":
    main()
