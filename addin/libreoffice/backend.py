"""The formulas in a process beside LibreOffice, where its own Python cannot have them.

Started by the add-in (``link.remote``), never by hand. The token comes in on the first line of the
input, the port goes out on the first line of the output, and the end of the input, which comes
with the end of LibreOffice, ends the process. Only this computer's loopback address is listened
on. A connection has to show the token first; then every message is a length of four bytes and so
much JSON: ``["ISO_...", [arguments]]`` in, the result out.
"""

from __future__ import annotations

import hmac
import json
import os
import socket
import struct
import sys
import threading
from typing import Any, BinaryIO, TextIO

from udfs import catalogue
from udfs.errors import CellError

TOKEN_LENGTH = 64
LARGEST_MESSAGE = 64 * 1024 * 1024
HANDSHAKE_SECONDS = 5.0
MESSAGE_SECONDS = 30.0  # for a message that has begun to arrive
CONNECTIONS = 8  # at a time

_LENGTH = struct.Struct(">I")


class Refused(Exception):
    """A connection that does not keep to the rules; it is closed without an answer."""


def answer(message: bytes) -> bytes:
    """The reply to one message. Raises Refused for what is no call of a formula."""
    try:
        name, arguments = json.loads(message)
    except (ValueError, TypeError, RecursionError) as problem:
        raise Refused("not a call") from problem
    if not isinstance(name, str) or not isinstance(arguments, list):
        raise Refused("not a call")
    formula = catalogue.get(name)
    try:
        result = CellError.NAME if formula is None else formula(*arguments)
        return json.dumps(result, default=_json, allow_nan=False).encode()
    except Exception:  # whatever it is, the cell shows an error and the process goes on
        return b'{"error": "#VALUE!"}'


def _json(value: Any) -> Any:
    if isinstance(value, CellError):
        return {"error": value.value}
    if hasattr(value, "tolist"):
        return value.tolist()
    raise TypeError(type(value).__name__)


def serve(
    token: bytes, input_stream: BinaryIO, output: TextIO, connections: int = CONNECTIONS
) -> None:
    """Listen, say where, and answer until the input ends."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        free = threading.BoundedSemaphore(connections)
        threading.Thread(target=_accept, args=(listener, token, free), daemon=True).start()
        print(port, file=output, flush=True)
        # Blocks until LibreOffice is gone, however it went.
        while input_stream.read(4096):
            pass


def _accept(listener: socket.socket, token: bytes, free: threading.BoundedSemaphore) -> None:
    while True:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        if not free.acquire(blocking=False):
            connection.close()
            continue
        threading.Thread(target=_talk, args=(connection, token, free), daemon=True).start()


def _talk(connection: socket.socket, token: bytes, free: threading.BoundedSemaphore) -> None:
    try:
        with connection:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            connection.settimeout(HANDSHAKE_SECONDS)
            # The whole token is read before it is compared, and the comparison takes as long
            # for a wrong one: time tells nothing about it.
            if not hmac.compare_digest(_receive(connection, TOKEN_LENGTH), token):
                return
            while True:
                connection.settimeout(None)
                first = _receive(connection, 1)
                connection.settimeout(MESSAGE_SECONDS)
                (length,) = _LENGTH.unpack(first + _receive(connection, _LENGTH.size - 1))
                if length > LARGEST_MESSAGE:
                    return
                reply = answer(_receive(connection, length))
                if len(reply) > LARGEST_MESSAGE:
                    reply = b'{"error": "#VALUE!"}'
                connection.sendall(_LENGTH.pack(len(reply)) + reply)
    except (OSError, Refused):
        return
    finally:
        free.release()


def _receive(connection: socket.socket, count: int) -> bytes:
    parts = []
    while count:
        part = connection.recv(min(count, 1 << 20))
        if not part:
            raise Refused("closed")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def main() -> None:
    """Take the token from the input and serve."""
    token = sys.stdin.buffer.readline(TOKEN_LENGTH + 2).strip()
    if len(token) != TOKEN_LENGTH:
        sys.exit("isomargin's backend is started by the LibreOffice add-in, not by hand")
    serve(token, sys.stdin.buffer, sys.stdout)
    # Threads may still compute; nobody waits for them any more.
    os._exit(0)


if __name__ == "__main__":
    main()
