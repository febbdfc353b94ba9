"""One file of each kind that isomargin makes, by the commands that make them."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner, Result

from addin.excel import prebuilt
from workbook import bundled
from workbook.cli import isomargin

KINDS = (
    "template",
    "worked example",
    "new",
    "new with macros",
    "filled",
    "filled with macros",
    "grown",
    "taken",
    "computed",
    "shared",
    "add-in",
    "web",
    "web filled",
)

_PLAN = """
[[plans]]
symbol = "ETH"
venue = "Platform A"
side = "{side}"
entry = {entry}
stop = {stop}
leverage = 5
days = 7
"""


def run(*arguments: str, codes: tuple[int, ...] = (0, 1)) -> Result:
    """Run a command; 1 says that a check of the plan fails, which is no fault of the file."""
    result = CliRunner().invoke(isomargin, list(arguments))
    assert result.exit_code in codes, result.output
    return result


def many_plans(count: int) -> str:
    """An input file with so many plan rows that the tables have to grow."""
    rows = []
    for at in range(1, count + 1):
        entry = 100 + at
        side, stop = ("short", entry * 1.04) if at % 3 == 0 else ("long", entry * 0.96)
        rows.append(_PLAN.format(at=at, side=side, entry=entry, stop=stop))
    return "[account]\nequity = 10000\n" + "".join(rows)


def make_all(folder: Path) -> dict[str, bytes]:
    """Each kind's bytes."""
    example = str(Path(bundled.__file__).with_name("examples") / "optimism.toml")
    paths = {name: folder / name for name in ("new.xlsx", "new.xlsm", "filled.xlsx", "filled.xlsm")}
    run("new", str(paths["new.xlsx"]))
    run("new", str(paths["new.xlsm"]))
    run("fill", example, "-o", str(paths["filled.xlsx"]))
    run("fill", example, "-o", str(paths["filled.xlsm"]))
    plans, grown = folder / "many.toml", folder / "grown.xlsx"
    plans.write_text(many_plans(40), encoding="utf-8")
    run("fill", str(plans), "-o", str(grown))
    taken = folder / "taken.xlsx"
    taken.write_bytes(grown.read_bytes())
    run("journal", "take", str(taken), "2")
    computed = folder / "computed.xlsx"
    run("calc", str(paths["filled.xlsx"]), "-o", str(computed))
    shared = folder / "shared.xlsx"
    run("share", str(paths["filled.xlsx"]), "-o", str(shared))
    run("build", "--host", "officejs", "--url", "https://example.org", "-o", str(folder / "site"))
    web, web_filled = folder / "site" / "isomargin-web.xlsx", folder / "web-filled.xlsx"
    web_filled.write_bytes(web.read_bytes())
    run("fill", str(plans), "-o", str(web_filled))
    run("journal", "take", str(web_filled), "2")
    run("calc", str(web_filled))
    return {
        "template": bundled.template(),
        "worked example": bundled.worked_example(),
        "new": paths["new.xlsx"].read_bytes(),
        "new with macros": paths["new.xlsm"].read_bytes(),
        "filled": paths["filled.xlsx"].read_bytes(),
        "filled with macros": paths["filled.xlsm"].read_bytes(),
        "grown": grown.read_bytes(),
        "taken": taken.read_bytes(),
        "computed": computed.read_bytes(),
        "shared": shared.read_bytes(),
        "add-in": prebuilt.addin_file(),
        "web": web.read_bytes(),
        "web filled": web_filled.read_bytes(),
    }
