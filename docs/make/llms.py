"""llms.txt: what isomargin is and where to read on, for programs that read."""

from __future__ import annotations

from pathlib import Path

from udfs import __version__, catalogue

# Pages that have no file of their own among the sources.
_MADE = {
    "venues": "Which liquidation formula does my venue use?",
    "sheets": "The workbook, sheet by sheet",
    "gallery": "Filled workbooks to download",
    "article": "The article, checked",
    "changelog": "Changes",
}


def text(pages: Path) -> str:
    """The whole file."""
    lines = [
        f"# isomargin {__version__}",
        "",
        "> Spreadsheet formulas for isolated-margin trading, computed by a Python backend, and a"
        " workbook that turns them into a plan before a trade and a journal after it. The same"
        " formulas run in Excel (Windows, Mac, web), LibreOffice, a web page, Python and a command"
        " line. Educational, not advice.",
        "",
        "Rates are fractions (0.02, never 2), prices in account currency per unit, time in days; a"
        " cost is positive when paid. Errors are Excel's own; ISO_EXPLAIN says in words why.",
        "",
        "## Begin",
        "",
    ]
    for path in sorted(pages.rglob("*.md")):
        title = next((line[2:] for line in path.read_text(encoding="utf-8").splitlines()
                      if line.startswith("# ")), "")  # fmt: skip
        where = path.relative_to(pages).with_suffix("").as_posix()
        address = "" if where == "index" else where.removesuffix("index").rstrip("/") + "/"
        lines.append(f"- [{title}]({address or './'})")
    lines += [f"- [{title}]({address}/)" for address, title in _MADE.items()]
    lines += ["", "## Formulas", ""]
    for formula in catalogue.values():
        lines.append(
            f"- [{formula.signature}](formulas/{formula.name.lower()}/): {formula.summary}"
        )
    return "\n".join(lines) + "\n"
