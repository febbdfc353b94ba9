"""Which exports are read: the list that the command itself works from."""

from __future__ import annotations

from pathlib import Path

from workbook.journal.imports.venues import EXPORTS

_MARK = "<!-- formats -->"


def pages(sources: Path) -> dict[str, str]:
    """The recipe with the table of exports in it."""
    text = (sources / "recipes" / "import.md").read_text(encoding="utf-8")
    lines = ["| `--format` | export | known by the columns | as of |", "|---|---|---|---|"]
    for export in EXPORTS.values():
        columns = ", ".join(export.columns[name][0] for name in export.required)
        lines.append(
            f"| `{export.key}` | {_cell(export.name)} | {_cell(columns)} | {_cell(export.as_of)} |"
        )
    return {"recipes/import.md": text.replace(_MARK, "\n".join(lines))}


def _cell(text: str) -> str:
    return text.replace("|", r"\|").replace("<", "&lt;").replace("*", r"\*").replace("&p", "&amp;p")
