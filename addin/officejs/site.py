"""Builds the static site: ``isomargin build --host officejs --url https://... -o DIR``.

The same sources give the same bytes. Pyodide and NumPy come from Pyodide's own CDN, or from a
folder; either way the page starts only what has the hashes in ``pyodide.json``.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from addin.officejs.errors import SiteError
from addin.officejs.frame import framed
from addin.officejs.help_page import help_page
from addin.officejs.icon import SIZES, icon
from addin.officejs.manifest import checked_base, manifest_xml
from addin.officejs.markets import MarketTerms, page_data
from addin.officejs.metadata import functions_json, names
from addin.package.parts import zipped
from addin.package.saving import save_bytes

# What runs in the browser beside ``udfs``.
_BROWSER_MODULES = (
    *("__init__.py", "wire.py"),
    *(f"page/{name}.py" for name in ("__init__", "calls", "fields", "plan", "verdict", "workbook")),
)
_WEB = (
    *("app.js", "functions.html", "pane.css", "pane.js", "python.js", "worker.js"),
    *("index.html", "ladder.js", "page.css", "page.js"),
)
# Plain pages, with their titles.
_PAGES = {
    "install.html": "install in Excel",
    "privacy.html": "what is sent where",
    "support.html": "when something is wrong",
}
_OWN_FOLDER = "pyodide"


def build_site(
    url: str,
    folder: Path,
    books: Mapping[str, bytes],
    markets: Sequence[MarketTerms],
    pyodide: Path | None = None,
    contact: str = "",
) -> list[Path]:
    """Write the site for the address ``url`` into ``folder``; the files that were written.

    ``books`` are other files to serve, by name: workbooks to offer, and ``plan.xlsx`` with
    ``plan-cells.json``, which the page fills. ``markets`` are those to choose from, the first one
    to begin with. ``pyodide`` is a folder with Pyodide's files and
    NumPy's wheel, for a site that serves everything itself. ``contact`` is whom people ask: a mail
    address, an address of a page, or words.
    """
    base = checked_base(url)
    content = _site(base, books, markets, pyodide, contact)
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in sorted(content):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        save_bytes(content[name], path)
        written.append(path)
    return written


def pinned() -> dict[str, Any]:
    """Which Pyodide: its version, its files with NumPy's wheel and their hashes, its own lock."""
    text = files("addin.officejs").joinpath("pyodide.json").read_text(encoding="utf-8")
    content: dict[str, Any] = json.loads(text)
    return content


def _site(
    base: str,
    books: Mapping[str, bytes],
    markets: Sequence[MarketTerms],
    pyodide: Path | None,
    contact: str,
) -> dict[str, bytes]:
    pins = pinned()
    where = f"{_OWN_FOLDER}/" if pyodide else pins["cdn"]
    setup = {
        "base": where,
        "hashes": {name: _integrity(one["sha256"]) for name, one in pins["files"].items()},
        "wheels": [name for name in pins["files"] if name.endswith(".whl")],
    }
    slots = {
        "/*@SETUP@*/null": json.dumps(setup),
        "/*@NAMES@*/[]": json.dumps(names()),
        "@CONTACT@": _asked(contact),
    }
    web = files("addin.officejs").joinpath("web")
    content = {name: _filled(web.joinpath(name), slots) for name in _WEB}
    content |= {
        name: framed(title, _filled(web.joinpath(name), slots).decode()).encode()
        for name, title in _PAGES.items()
    }
    content |= {f"icon-{size}.png": icon(size) for size in SIZES}
    content["data.js"] = page_data(markets).encode()
    content["manifest.xml"] = manifest_xml(base).encode()
    content["functions.json"] = functions_json(base).encode()
    content["formulas.html"] = help_page().encode()
    content["isomargin.zip"] = code_archive()
    content["pyodide-lock.json"] = json.dumps(pins["lock"], indent=1).encode()
    content["NOTICES.txt"] = web.joinpath("NOTICES.txt").read_bytes()
    content |= books
    if pyodide:
        for name, one in pins["files"].items():
            content[f"{_OWN_FOLDER}/{name}"] = _checked_file(pyodide / name, one, pins["version"])
    content["offline.js"] = _offline(web, content, [where + name for name in pins["files"]])
    return content


def _offline(web: Traversable, content: Mapping[str, bytes], pyodide: list[str]) -> bytes:
    """What the page keeps for the time without a connection; another site, another keep."""
    apart = (f"{_OWN_FOLDER}/", "icon-")
    files = sorted(n for n in content if n == "icon-32.png" or not n.startswith(apart))
    whole = hashlib.sha256()
    for name in files:
        whole.update(name.encode() + b"\0" + content[name])
    setup = {"hash": whole.hexdigest()[:16], "files": files, "pyodide": pyodide}
    return _filled(web.joinpath("offline.js"), {"/*@SITE@*/null": json.dumps(setup)})


def _filled(source: Traversable, slots: Mapping[str, str]) -> bytes:
    text = source.read_text(encoding="utf-8")
    for slot, value in slots.items():
        text = text.replace(slot, value)
    return text.encode()


def _asked(contact: str) -> str:
    """Whom to ask, as a sentence of a page.

    >>> _asked("help@example.org")
    'Write to <a href="mailto:help@example.org">help@example.org</a>.'
    >>> _asked("")
    'Ask whoever runs this site: the address in your browser says who that is.'
    """
    words = escape(contact.strip())
    if not words:
        return "Ask whoever runs this site: the address in your browser says who that is."
    if words.startswith("https://"):
        return f'Ask at <a href="{words}">{words}</a>.'
    if re.fullmatch(r"[^\s@]+@[^\s@]+", words):
        return f'Write to <a href="mailto:{words}">{words}</a>.'
    return words


def _integrity(sha256: str) -> str:
    """A hash as browsers want it."""
    return "sha256-" + base64.b64encode(bytes.fromhex(sha256)).decode()


def _checked_file(path: Path, pin: Mapping[str, Any], version: str) -> bytes:
    try:
        content = path.read_bytes()
    except OSError:
        raise SiteError(
            f"{path} is not there: --pyodide wants a folder with the files of Pyodide {version} and"
            " NumPy's wheel of that release"
        ) from None
    if hashlib.sha256(content).hexdigest() != pin["sha256"]:
        raise SiteError(f"{path} is not the file of Pyodide {version}: its hash differs")
    return content


def code_archive() -> bytes:
    """isomargin.zip: the formulas and the bridge, as Python's sources."""
    return zipped(dict(sorted(_sources())), packed=False, rights=0o644)


def _sources() -> Iterable[tuple[str, bytes]]:
    yield from _modules(files("udfs"), "udfs")
    yield "addin/__init__.py", b""
    for name in _BROWSER_MODULES:
        yield f"addin/officejs/{name}", files("addin.officejs").joinpath(name).read_bytes()


def _modules(folder: Traversable, prefix: str) -> Iterable[tuple[str, bytes]]:
    for entry in folder.iterdir():
        if entry.is_dir() and entry.name != "__pycache__":
            yield from _modules(entry, f"{prefix}/{entry.name}")
        elif entry.name.endswith(".py"):
            yield f"{prefix}/{entry.name}", entry.read_bytes()
