"""What a person with nothing but the wheel does first; the numbers must be the repository's.

Run by nox with the Python of a fresh environment, never by pytest.
"""

from __future__ import annotations

import math
import os
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
SHIPPED = ("blank.xlsx", "isomargin.xlsx")


def isomargin(*arguments: str, codes: tuple[int, ...] = (0,)) -> str:
    """Run the command as installed; what it printed."""
    program = Path(sysconfig.get_path("scripts")) / "isomargin"
    done = subprocess.run(
        [str(program), *arguments], capture_output=True, encoding="utf-8", check=False
    )
    if done.returncode not in codes or "Traceback" in done.stderr:
        sys.exit(f"isomargin {' '.join(arguments)}: exit {done.returncode}\n{done.stderr}")
    return done.stdout + done.stderr


def expect(holds: object, words: str) -> None:
    """End with the words unless it holds."""
    if not holds:
        sys.exit(words)


def cells(path: Path) -> Iterator[tuple[str, object]]:
    """Every filled cell of a workbook with its place."""
    from openpyxl import load_workbook

    for sheet in load_workbook(path, data_only=True).worksheets:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.value is not None:
                    yield f"{sheet.title}!{cell.coordinate}", cell.value


def same_numbers(path: Path, shipped: str) -> None:
    """Every cell as in the repository's workbook; numbers but for their last digits."""
    here, there = dict(cells(path)), dict(cells(ROOT / "workbook" / shipped))
    for place in sorted(here.keys() | there.keys()):
        found, wanted = here.get(place), there.get(place)
        if isinstance(found, (int, float)) and isinstance(wanted, (int, float)):
            same = math.isclose(found, wanted, rel_tol=1e-9)
        else:
            same = found == wanted
        expect(same, f"{path.name} {place}: {found!r} instead of {wanted!r}")


def main() -> None:
    """Each command that needs nothing but the wheel, in an empty folder."""
    import udfs

    expect(
        not Path(udfs.__file__).is_relative_to(ROOT / "udfs"), "the formulas are not the wheel's"
    )
    expect(udfs.__version__ in isomargin("--version"), "another version")
    answer = isomargin("eval", "=ISO_POSITION_SIZE(10000,2%,100,96)").strip()
    expect(answer == "50", f"a size of {answer}")
    isomargin("new", "--example", "plan.toml")
    example = (ROOT / "workbook" / "examples" / "optimism.toml").read_bytes()
    expect(Path("plan.toml").read_bytes() == example, "another example")
    isomargin("fill", "plan.toml", "-o", "my-plan.xlsx")
    same_numbers(Path("my-plan.xlsx"), "isomargin.xlsx")
    isomargin("share", "my-plan.xlsx", "-o", "copy.xlsx")
    isomargin("new", "--example", "isomargin.xlsx")
    shipped = (ROOT / "workbook" / "isomargin.xlsx").read_bytes()
    expect(Path("isomargin.xlsx").read_bytes() == shipped, "another isomargin.xlsx")
    isomargin("new", "blank.xlsx")  # as of now, so its ages and what they say are of today
    filled = {place for place, _ in cells(Path("blank.xlsx"))}
    expect(filled == {place for place, _ in cells(ROOT / "workbook" / "blank.xlsx")},
           "another blank.xlsx")  # fmt: skip
    isomargin("new", "my-plan.xlsm")
    isomargin("build", "-o", "built")
    for name in SHIPPED:
        same_numbers(Path("built", name), name)
    isomargin("build", "--host", "libreoffice", "-o", "built")
    expect(Path("built", "isomargin.oxt").stat().st_size, "no extension")
    said = isomargin("build", "--host", "excel", "-o", "excel", codes=(2,))
    expect("pip install" in said and "should not happen" not in said, said)
    said = isomargin("build", "--all", codes=(2,))
    expect("clone" in said, said)
    listed = isomargin("functions")
    expect(all(name in listed for name in udfs.catalogue), "a formula is not listed")
    isomargin("functions", "ISO_KELLY")
    isomargin("install", "--help")
    isomargin("doctor", codes=(0, 1))  # 1: says that the add-in is not installed
    print("the main job: as committed")


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        main()
