"""Which exports are read: the list that the command itself works from."""

from __future__ import annotations

from pathlib import Path

from workbook.journal.formats import FORMATS

_MARK = "<!-- formats -->"


def pages(sources: Path) -> dict[str, str]:
    """The recipe with the table of formats in it."""
    text = (sources / "recipes" / "import.md").read_text(encoding="utf-8")
    lines = ["| export | known from | as of |", "|---|---|---|"]
    for one in FORMATS.values():
        lines.append(f"| {_cell(one.name)} | {_cell(one.source)} | {one.as_of} |")
    return {"recipes/import.md": text.replace(_MARK, "\n".join(lines))}


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;").replace("*", r"\*")
