"""A site on this computer, and a browser that looks at it."""

from __future__ import annotations

import contextlib
import json
import subprocess
import threading
from collections.abc import Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from tests.hosts.officejs.machine import HERE, Machine

_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".wasm": "application/wasm",
    ".png": "image/png",
    ".xml": "text/xml",
    ".txt": "text/plain; charset=utf-8",
}


class Server:
    """Serves files from memory; what is asked for and not there is noted."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files = dict(files)
        self.missing: list[str] = []
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                name = self.path.split("?")[0].split("#")[0].lstrip("/") or "index.html"
                if name.endswith("/"):
                    name += "index.html"
                content = server.files.get(name)
                if content is None and f"{name}/index.html" in server.files:
                    self.send_response(301)
                    self.send_header("Location", f"/{name}/")
                    self.end_headers()
                    return
                if content is None:
                    server.missing.append(name)
                    self.send_error(404)
                    return
                self.send_response(200)
                kind = _TYPES.get(Path(name).suffix, "application/octet-stream")
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(content)))
                self.send_header("Cache-Control", "max-age=600")
                self.send_header("Access-Control-Allow-Origin", "*")
                self.end_headers()
                with contextlib.suppress(ConnectionError):  # the page was closed meanwhile
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class BrowserError(Exception):
    """What the browser could not do."""


class Browser:
    """Chromium, through a process of Node that takes a line of JSON and answers with one."""

    def __init__(self, machine: Machine) -> None:
        self._process = subprocess.Popen(
            [machine.node, HERE / "browser.mjs", machine.packages, machine.chromium],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        self._pages = 0

    def ask(self, op: str, **given: Any) -> Any:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps({"op": op, **given}) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise BrowserError("Chromium has ended")
        answer = json.loads(line)
        if "error" in answer:
            raise BrowserError(answer["error"])
        return answer["value"]

    def open(self, url: str, **options: Any) -> Page:
        self._pages += 1
        page = Page(self, str(self._pages))
        self.ask("open", page=page.name, options=options)
        page.goto(url)
        return page

    def close(self) -> None:
        assert self._process.stdin is not None
        self._process.stdin.close()
        assert self._process.stdout is not None
        self._process.stdout.close()
        self._process.wait(30)


class Page:
    """A page in a profile of its own."""

    def __init__(self, browser: Browser, name: str) -> None:
        self.browser = browser
        self.name = name

    def goto(self, url: str) -> None:
        self.call("goto", url)

    def again(self, url: str) -> None:
        """A new page in the same profile."""
        self.browser.ask("tab", page=self.name)
        self.goto(url)

    def call(self, method: str, *given: Any) -> Any:
        """A method of Playwright's page."""
        return self.browser.ask("call", page=self.name, method=method, given=list(given))

    def run(self, code: str, given: Any = None) -> Any:
        """A JavaScript function in the page, and what it returns."""
        return self.browser.ask("run", page=self.name, code=code, given=given)

    def until(self, code: str, seconds: float = 60) -> None:
        """Wait until a JavaScript expression is true."""
        self.browser.ask("until", page=self.name, code=code, timeout=seconds * 1000)

    def offline(self, value: bool) -> None:
        self.browser.ask("offline", page=self.name, value=value)

    def download(self, selector: str, path: Path) -> str:
        name: str = self.browser.ask("download", page=self.name, selector=selector, path=str(path))
        return name

    def picture(self, path: Path, full: bool = True) -> None:
        self.call("screenshot", {"path": str(path), "fullPage": full})

    @property
    def requests(self) -> list[str]:
        found: list[str] = self.browser.ask("kept", page=self.name)["requests"]
        return found

    @property
    def said(self) -> list[str]:
        found: list[str] = self.browser.ask("kept", page=self.name)["said"]
        return found

    def close(self) -> None:
        self.browser.ask("close", page=self.name)
