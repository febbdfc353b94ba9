"""Who may import whom, read from the sources: arrows point one way and there is no circle.

The imports inside functions count, too: they are put off for speed, not to break a rule.
"""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator, Mapping
from functools import cache
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGES = ("udfs", "addin", "workbook", "isomargin")

# What a package may import of ours besides itself.
BELOW = {
    "udfs": set[str](),
    "addin": {"udfs"},
    "workbook": {"addin", "udfs"},
    "isomargin": {"udfs"},
}

# The rooms of udfs from the ground up; a room may import those before it. Single modules of the
# folder are rooms, too.
ROOMS = ("udfs.version", "udfs.errors", "udfs.maths", "udfs.catalogue", "udfs.formulas", "udfs")
# The mathematics can be read and used without a spreadsheet: NumPy, and nothing of ours.
MATHS_MAY_USE = {"numpy"}

NETWORK = {
    *("socket", "socketserver", "ssl", "select", "selectors", "asyncio"),
    *("urllib.request", "urllib.error", "http", "ftplib", "smtplib", "poplib", "imaplib", "xmlrpc"),
    *("webbrowser", "requests", "httpx", "aiohttp", "websocket", "websockets", "urllib3", "ccxt"),
}  # fmt: skip
# Besides the folder that asks exchanges: module, what it imports, and why.
NETWORK_ELSEWHERE: dict[tuple[str, str], str] = {}


def modules() -> dict[str, Path]:
    """Every module of ours by its dotted name."""
    found = {}
    for package in PACKAGES:
        for path in sorted((ROOT / package).rglob("*.py")):
            parts = path.relative_to(ROOT).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


@cache
def imports() -> dict[str, list[tuple[str, int]]]:
    """For every module the modules it imports, and on which line."""
    ours = modules()
    return {name: list(_imports(name, path, ours)) for name, path in ours.items()}


def _imports(name: str, path: Path, ours: Mapping[str, Path]) -> Iterator[tuple[str, int]]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield alias.name, node.lineno
        elif isinstance(node, ast.ImportFrom):
            source = node.module or ""
            if node.level:
                package = name if path.name == "__init__.py" else name.rpartition(".")[0]
                for _ in range(node.level - 1):
                    package = package.rpartition(".")[0]
                source = f"{package}.{source}" if source else package
            for alias in node.names:
                whole = f"{source}.{alias.name}"
                # Of ours we know what is a module; of others the name is what it says.
                inside = whole in ours or (source.split(".")[0] not in PACKAGES)
                yield whole if inside else source, node.lineno


def _of_ours() -> dict[str, set[str]]:
    ours = modules()
    return {
        name: {target for target, _ in found if target in ours and target != name}
        for name, found in imports().items()
    }


def _starts_with(module: str, names: set[str]) -> bool:
    return any(module == name or module.startswith(f"{name}.") for name in names)


def _room(module: str) -> int:
    """How high in udfs a module stands."""
    for level, room in enumerate(ROOMS):
        if module == room or (room != "udfs" and module.startswith(f"{room}.")):
            return level
    raise AssertionError(f"{module} stands in no room: see ROOMS")


def _told(wrong: list[str]) -> str:
    return "\n".join(["", *wrong])


def test_there_is_no_circle() -> None:
    graph = _of_ours()
    assert len(graph) > 100
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as circle:
        pytest.fail(" -> ".join(circle.args[1]))


def test_packages_import_only_what_is_below_them() -> None:
    wrong = [
        f"{name}:{line} imports {target}"
        for name, found in imports().items()
        for target, line in found
        if (top := target.split(".")[0]) in PACKAGES
        and top != (own := name.split(".")[0])
        and top not in BELOW[own]
    ]
    assert not wrong, _told(wrong)


def test_the_product_never_imports_its_tests() -> None:
    wrong = [
        f"{name}:{line} imports {target}"
        for name, found in imports().items()
        for target, line in found
        if _starts_with(target, {"tests", "pytest", "hypothesis"})
    ]
    assert not wrong, _told(wrong)


def test_the_rooms_of_udfs_import_only_downwards() -> None:
    wrong = [
        f"{name}:{line} imports {target}"
        for name, found in imports().items()
        if name.split(".")[0] == "udfs"
        for target, line in found
        if target.split(".")[0] == "udfs" and _room(target) > _room(name)
    ]
    assert not wrong, _told(wrong)


def test_the_mathematics_knows_nothing_of_cells() -> None:
    wrong = [
        f"{name}:{line} imports {target}"
        for name, found in imports().items()
        if _starts_with(name, {"udfs.maths"})
        for target, line in found
        if not _starts_with(target, {"udfs.maths", *MATHS_MAY_USE})
        and target.split(".")[0] not in sys.stdlib_module_names
    ]
    assert not wrong, _told(wrong)


def test_only_refresh_can_reach_the_network() -> None:
    wrong = [
        f"{name}:{line} imports {target}"
        for name, found in imports().items()
        if not _starts_with(name, {"workbook.refresh"})
        for target, line in found
        if _starts_with(target, NETWORK) and (name, target.split(".")[0]) not in NETWORK_ELSEWHERE
    ]
    assert not wrong, _told(wrong)


def test_every_exception_from_that_rule_is_still_needed() -> None:
    used = {
        (name, target.split(".")[0]) for name, found in imports().items() for target, _ in found
    }
    assert set(NETWORK_ELSEWHERE) <= used
    assert all(NETWORK_ELSEWHERE.values()), "say why"


def test_no_other_command_needs_what_asks_the_exchanges() -> None:
    code = (
        "import sys, importlib\n"
        "for heavy in ('ccxt', 'requests', 'aiohttp'): sys.modules[heavy] = None\n"
        "from workbook.cli import COMMANDS\n"
        "for name, module in COMMANDS.items():\n"
        "    if name != 'refresh': importlib.import_module(module)\n"
        "assert not any(name.startswith('workbook.refresh') for name in sys.modules)\n"
        "print(len(COMMANDS))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) >= 11


def test_broken_rules_are_found(tmp_path: Path) -> None:
    """The reader itself: each way to write an import, inside functions and relative ones."""
    path = tmp_path / "one.py"
    path.write_text(
        "import udfs.maths.sobol as s\n"
        "from udfs.formulas import sizing\n"
        "from udfs import CellError\n"
        "def f():\n"
        "    from . import other\n"
        "    from ..maths.sobol import points\n"
        "    from urllib import request\n",
        encoding="utf-8",
    )
    known = ("udfs", "udfs.maths.sobol", "udfs.formulas", "udfs.formulas.sizing")
    ours = dict.fromkeys((*known, "udfs.catalogue.other"), path)
    found = list(_imports("udfs.catalogue.one", path, ours))
    assert found == [
        ("udfs.maths.sobol", 1),
        ("udfs.formulas.sizing", 2),
        ("udfs", 3),
        ("udfs.catalogue.other", 5),
        ("udfs.maths.sobol", 6),
        ("urllib.request", 7),
    ]
    assert _starts_with("urllib.request", NETWORK)
    assert not _starts_with("urllib.parse", NETWORK)
    assert _room("udfs.catalogue.one") < _room("udfs.formulas.sizing") < _room("udfs")
