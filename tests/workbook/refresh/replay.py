"""A server on this machine that answers as the exchanges' documentation says they answer.

The replies are short: the fields that the exchanges document, with figures from their own pages,
from recorded answers, or from samples in ccxt's sources and fixtures (MIT); see `replies.py`.
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit


@dataclass
class Reply:
    """One answer; the body is JSON unless it is bytes already."""

    body: Any
    status: int = 200
    wait: float = 0.0
    cut: int | None = None
    """Sends so many bytes of what it promises and hangs up."""


Answer = Callable[[Mapping[str, str]], Any]


@dataclass
class Replay:
    """What is answered, by method and path; the asked are kept in their order."""

    answers: dict[str, Any] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    address: str = ""

    def answer(self, path: str, query: Mapping[str, str]) -> Reply:
        self.asked.append(
            path + ("?" + "&".join(f"{k}={v}" for k, v in query.items()) if query else "")
        )
        found = self.answers.get(path)
        if found is None:
            return Reply({"error": "no such path"}, 404)
        if callable(found):
            found = found(query)
        return found if isinstance(found, Reply) else Reply(found)


@contextmanager
def serving(answers: Mapping[str, Any]) -> Iterator[Replay]:
    """A server on a free port of 127.0.0.1 while the block runs."""
    replay = Replay(dict(answers))

    class Handler(BaseHTTPRequestHandler):
        def _serve(self) -> None:
            parts = urlsplit(self.path)
            query = dict(parse_qsl(parts.query))
            length = int(self.headers.get("Content-Length") or 0)
            if length:
                query |= {
                    key: str(value) for key, value in json.loads(self.rfile.read(length)).items()
                }
            reply = replay.answer(parts.path, query)
            time.sleep(reply.wait)
            body = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            try:
                self.send_response(reply.status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body if reply.cut is None else body[: reply.cut])
            except OSError:
                return  # the asker has gone
            self.close_connection = True

        do_GET = do_POST = _serve  # noqa: N815

        def log_message(self, *args: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    replay.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield replay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
