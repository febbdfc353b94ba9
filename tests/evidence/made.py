"""One file of each kind that isomargin makes, by the commands that make them."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

from click.testing import CliRunner, Result

from addin.excel import prebuilt
from addin.package import Package
from workbook import bundled
from workbook.cli import isomargin

KINDS = (
    "template",
    "worked example",
    "to look at",
    "new",
    "new with macros",
    "filled",
    "filled with macros",
    "filled again",
    "grown",
    "taken",
    "closed",
    "imported",
    "reviewed",
    "refreshed",
    "computed",
    "repaired",
    "upgraded",
    "shared",
    "add-in",
    "web",
    "web filled",
)

# As version 0.1.0 made and filled it.
OLD_BOOK = Path(__file__).parents[1] / "workbook" / "old" / "v0_1_0.xlsx"

# What refresh reads in place of an exchange: freqtrade's leverage tiers.
_TIERS = {
    "ETH/USDT:USDT": [
        {
            "minNotional": low,
            "maxNotional": high,
            "maintenanceMarginRate": rate,
            "maxLeverage": leverage,
            "info": {"cum": deduction},
        }
        for low, high, rate, leverage, deduction in (
            (0, 300_000, 0.004, 150, "0.0"),
            (300_000, 800_000, 0.005, 100, "300.0"),
        )
    ]
}

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

    def path(name: str, copied: str = "") -> str:
        """The file of that name, as a copy of another where one is named."""
        found = folder / name
        if copied:
            shutil.copy(folder / copied, found)
        return str(found)

    run("new", path("new.xlsx"))
    run("new", path("new.xlsm"))
    run("fill", example, "-o", path("filled.xlsx"))
    run("fill", example, "-o", path("filled.xlsm"))
    (folder / "many.toml").write_text(many_plans(40), encoding="utf-8")
    run("fill", path("many.toml"), "-o", path("grown.xlsx"))
    run("journal", "take", path("taken.xlsx", "grown.xlsx"), "2")
    run("fill", path("many.toml"), "-o", path("again.xlsx", "taken.xlsx"))
    closed = path("closed.xlsx", "taken.xlsx")
    run("journal", "close", closed, "1", "--exit", "110", "--quantity", "0.1")
    run("journal", "close", closed, "1", "--exit", "112", "--mistake", "=too late", "--rules", "no")
    run("journal", "import", "--sample", path("fills.csv"))
    run("journal", "import", path("imported.xlsx", "taken.xlsx"), path("fills.csv"))
    run("review", path("reviewed.xlsx", "taken.xlsx"), "--price", "ETH=103")
    (folder / "tiers.json").write_text(json.dumps(_TIERS), encoding="utf-8")
    refreshed = path("refreshed.xlsx", "taken.xlsx")
    what = ("--venue", "Binance", "--symbols", "ETH", "--what", "tiers")
    run("refresh", refreshed, *what, "--from", path("tiers.json"), codes=(0,))
    run("calc", path("filled.xlsx"), "-o", path("computed.xlsx"))
    _overtype(folder / "filled.xlsx", folder / "repaired.xlsx")
    run("repair", path("repaired.xlsx"))
    shutil.copy(OLD_BOOK, folder / "upgraded.xlsx")
    run("upgrade", path("upgraded.xlsx"))
    run("share", path("filled.xlsx"), "-o", path("shared.xlsx"))
    run("build", "--host", "officejs", "--url", "https://example.org", "-o", path("site"))
    shutil.copy(folder / "site" / "isomargin-web.xlsx", folder / "web.xlsx")
    web_filled = path("web filled.xlsx", "web.xlsx")
    run("fill", path("many.toml"), "-o", web_filled)
    run("journal", "take", web_filled, "2")
    run("calc", web_filled)
    written = {
        "new": "new.xlsx",
        "new with macros": "new.xlsm",
        "filled": "filled.xlsx",
        "filled with macros": "filled.xlsm",
        "filled again": "again.xlsx",
        **{kind: f"{kind}.xlsx" for kind in KINDS if (folder / f"{kind}.xlsx").exists()},
    }
    return {
        "template": bundled.template(),
        "worked example": bundled.worked_example(),
        "to look at": Path(bundled.__file__).with_name("isomargin-to-look-at.xlsx").read_bytes(),
        "add-in": prebuilt.addin_file(),
        **{kind: (folder / name).read_bytes() for kind, name in written.items()},
    }


def _overtype(source: Path, target: Path) -> None:
    """A copy with numbers typed over two formulas of the plan, for `repair` to put back."""
    book = Package.open(source)
    plan = book.table("Plan")
    for header in ("Risk", "Liq price"):
        book.sheet(plan.sheet).set_input(plan.first_row, plan.need(header), 1.0)
    target.write_bytes(book.to_bytes())
