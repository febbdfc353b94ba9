"""Documents that live in the repository's root or beside the workbook, as pages of the site."""

from __future__ import annotations

import re
from pathlib import Path

_PAGES = {
    "changelog.md": "CHANGELOG.md",
    "security.md": "SECURITY.md",
    "article.md": "workbook/ARTICLE.md",
    "contributing.md": "CONTRIBUTING.md",
}
# Where a link between the documents leads on the site.
_LINKS = {source: page for page, source in _PAGES.items()}
_STAND_IN = """# Contributing

`workbook -> addin -> udfs`, never back: `udfs/` is the arithmetic, `addin/` makes the formulas
live in a host, `workbook/` is the template, the commands and the examples. A formula is one
function with kinds in its signature and a docstring; the catalogue, the help, these pages and every
host follow from it. After a change, `isomargin build --all` makes the generated files anew, and
`bash .ci/run` does what continuous integration does.
"""


def pages(root: Path) -> dict[str, str]:
    """Every page by path."""
    found = {}
    for page, source in _PAGES.items():
        path = root / source
        text = path.read_text(encoding="utf-8") if path.exists() else _STAND_IN
        found[page] = _relinked(text, source)
    return found


def _relinked(text: str, source: str) -> str:
    """Links to other pages lead there; links to files of the repository become their names."""
    folder = Path(source).parent

    def link(found: re.Match[str]) -> str:
        words, target = found[1], found[2]
        if re.match(r"[a-z]+:|#", target):
            return found[0]
        path, _, anchor = target.partition("#")
        page = _LINKS.get((folder / path).as_posix())
        if page:
            return f"[{words}]({page}{'#' + anchor if anchor else ''})"
        return (
            words
            if words.startswith("`")
            else f"{words} (`{path}`)"
            if path not in words
            else words
        )

    text = re.sub(r"!\[([^\]]*)\]\([^)]*\)", r"*\1*", text)
    return re.sub(r"(?<!!)\[([^\]]+)\]\(([^)\s]+)\)", link, text)
