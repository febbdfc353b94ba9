"""Filled workbooks to download: every example, filled when the site is built."""

from __future__ import annotations

import tomllib
from importlib.resources import files

from workbook import bundled
from workbook.fill import fill
from workbook.inputs import from_toml

_HEAD = """# Filled workbooks

Download one, open it in any spreadsheet program, look around: the values are in the file. With
the add-in they follow what you type. The figures are made up to show the workbook at work; nobody
traded them.

| workbook | what it shows | its input |
|---|---|---|
"""


def pages() -> dict[str, str | bytes]:
    """The page and its downloads."""
    found: dict[str, str | bytes] = {}
    rows = []
    template = bundled.template()
    folder = files("workbook").joinpath("examples")
    for source in sorted(folder.iterdir(), key=lambda one: one.name):
        if not source.name.endswith(".toml"):
            continue
        text = source.read_text(encoding="utf-8")
        tomllib.loads(text)
        stem = source.name.removesuffix(".toml")
        found[f"downloads/{stem}.xlsx"] = fill(template, from_toml(text, source.name)).to_bytes()
        found[f"downloads/{source.name}"] = text.encode()
        rows.append(
            f"| [{stem}.xlsx](downloads/{stem}.xlsx) | {_first_words(text)} |"
            f" [{source.name}](downloads/{source.name}) |"
        )
    found["downloads/blank.xlsx"] = template
    rows.append("| [blank.xlsx](downloads/blank.xlsx) | empty, to fill in | |")
    found["gallery.md"] = (
        _HEAD
        + "\n".join(rows)
        + "\n\nMade with:\n\n```sh\nisomargin fill INPUT.toml -o OUT.xlsx\n```\n"
    )
    return found


def _first_words(text: str) -> str:
    """The comment at the top of an example."""
    words = []
    for line in text.splitlines():
        if not line.startswith("#"):
            break
        words.append(line.lstrip("# ").strip())
    first = " ".join(words).split(". ")[0].rstrip(".")
    return (first + ".").replace("|", r"\|")
