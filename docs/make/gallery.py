"""Filled workbooks to download: every example, made when the site is built."""

from __future__ import annotations

import tempfile
from importlib.resources import files
from pathlib import Path

from addin.officejs.book import web_workbook
from workbook import bundled
from workbook.cli import isomargin
from workbook.fill import fill
from workbook.inputs import from_toml

_EXAMPLES = Path(__file__).parents[1] / "examples"
_HEAD = """# Filled workbooks

Download one, open it in any spreadsheet program, look around: the values are in the file. With
the add-in they follow what you type; in Excel on the Mac and on the web press **Connect this
workbook** in the add-in's pane first, or take the file for that host. The figures are made up to
show the workbook at work; nobody traded them.

| workbook | what it shows | made from |
|---|---|---|
"""
_FOOT = """
The first ones are made with

```sh
isomargin fill INPUT.toml -o OUT.xlsx
```

and the journal with

```sh
isomargin new journal.xlsx
isomargin journal import journal.xlsx fills.csv
```

## Why one more file for Excel on the Mac and on the web

A workbook keeps the name of an add-in's formula in the form of the add-in. Formulas that come from
Office.js stand in the file as `_xldudf_ISO_POSITION_SIZE(...)`, and Excel connects them when the
add-in loads. A plain `ISO_POSITION_SIZE(...)` shows `#NAME?` there until it is entered again, which
**Connect this workbook** does for all of them. On the screen both read `=ISO_POSITION_SIZE(...)`.
Every command of ours reads both forms, and a file keeps the form that it has.
"""


def pages() -> dict[str, str | bytes]:
    """The page and its downloads."""
    found: dict[str, str | bytes] = {}
    rows = []
    template = bundled.template()
    folders = (files("workbook").joinpath("examples"), _EXAMPLES)
    for folder in folders:
        for source in sorted(folder.iterdir(), key=lambda one: one.name):
            if not source.name.endswith(".toml"):
                continue
            text = source.read_text(encoding="utf-8")
            stem = source.name.removesuffix(".toml")
            book = fill(template, from_toml(text, source.name)).to_bytes()
            found[f"downloads/{stem}.xlsx"] = book
            found[f"downloads/{source.name}"] = text.encode()
            rows.append(_row(f"{stem}.xlsx", _first_words(text), source.name))
    found["downloads/fills.csv"] = (_EXAMPLES / "fills.csv").read_bytes()
    found["downloads/journal.xlsx"] = _journal()
    words = (
        "A journal imported from a file of fills: eight trades, in parts too, and their statistics."
    )
    rows.append(_row("journal.xlsx", words, "fills.csv"))
    found["downloads/blank.xlsx"] = template
    rows.append(_row("blank.xlsx", "Empty, to fill in."))
    found["downloads/isomargin-web.xlsx"] = web_workbook(template)
    words = "The same for Excel on the Mac and on the web: see below."
    rows.append(_row("isomargin-web.xlsx", words))
    found["gallery.md"] = _HEAD + "\n".join(rows) + "\n" + _FOOT
    return found


def _row(name: str, words: str, source: str = "") -> str:
    made = f"[{source}](downloads/{source})" if source else ""
    return f"| [{name}](downloads/{name}) | {words} | {made} |"


def _journal() -> bytes:
    """A new workbook with the fills imported, by the commands that the page shows."""
    with tempfile.TemporaryDirectory() as folder:
        book = Path(folder) / "journal.xlsx"
        book.write_bytes(bundled.template())
        arguments = ["journal", "import", "-q", str(book), str(_EXAMPLES / "fills.csv")]
        isomargin.main(arguments, standalone_mode=False)
        return book.read_bytes()


def _first_words(text: str) -> str:
    """The comment at the top of an example."""
    words = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        words.append(line.lstrip("# ").strip())
    first = " ".join(words).split(". ")[0].rstrip(".")
    return (first + ".").replace("|", r"\|")
