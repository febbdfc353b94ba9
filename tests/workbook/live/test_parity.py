"""Each button gives the same cells in a closed file, in LibreOffice and in Excel's own objects."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from addin.package import Package
from tests.workbook.journal.imports.samples import FOLDER
from tests.workbook.live.conftest import LAYOUTS
from tests.workbook.live.hosts import ClosedFile, InExcel, InLibreOffice
from workbook.actions import Snapshot
from workbook.actions.live import CellPosition
from workbook.live.words import in_a_form

Host = ClosedFile | InExcel | InLibreOffice
TABLES = ("Plan", "Journal", "Exits", "Fills", "Now")
EXPORT = str(FOLDER / "hyperliquid.csv")

# Button, row of Plan that is chosen, and what is typed into the form.
PRESSES: dict[str, list[tuple[str, int, dict[str, str]]]] = {
    "take": [("take", 2, {})],
    "close a part": [
        ("close", 1, {"trade": "ETH", "price": "104", "quantity": "20", "note": "=1+1"})
    ],
    "close": [("close", 1, {"trade": "1", "price": "98.5", "fees": "2", "carry": "-0.5"})],
    "review": [("review", 1, {"ETH": "103"})],
    "import": [("import", 1, {"files": EXPORT})],
    "one after the other": [
        ("take", 2, {}), ("take", 3, {}), ("review", 1, {"OP": "1.9"}),
        ("close", 1, {"trade": "ETH", "price": "104", "quantity": "50"}),
        ("close", 2, {"trade": "OP", "price": "1.7", "quantity": "100"}),
    ],
}  # fmt: skip


def play(host: Host, content: bytes, presses: list[tuple[str, int, dict[str, str]]]) -> list[Any]:
    host.open(content)
    return press_all(host, presses)


def press_all(host: Host, presses: list[tuple[str, int, dict[str, str]]]) -> list[Any]:
    said = []
    for button, row, answers in presses:
        plan = next(table for table in host.tables() if table.name == "Plan")
        host.choose(CellPosition("Plan", plan.top + row, plan.left))
        said.append(host.press(button, answers))
    return said


def inputs(seen: Snapshot) -> dict[str, Any]:
    """What is typed, by table, row and header; seals and chances to what programs agree on."""
    return {
        name: [
            {
                header: cell
                for header, cell in record.items()
                if header not in table.computed
                and header != "Fingerprint"
                and cell not in (None, "")
            }
            for record in table.records()
        ]
        for name, table in seen.tables.items()
    } | {"names": dict(seen.names)}


def assert_same(found: Any, expected: Any, where: str = "") -> None:
    if isinstance(expected, dict):
        assert found.keys() == expected.keys(), where
        for key in expected:
            assert_same(found[key], expected[key], f"{where} {key}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for at, one in enumerate(expected):
            assert_same(found[at], one, f"{where} {at + 1}")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-9), where
    else:
        assert found == expected, where


# Every button in the workbook as it is made; where the layout matters, in the others too.
CASES = [
    (name, layout)
    for layout in LAYOUTS
    for name in PRESSES
    if layout == "as made"
    or name == "one after the other"
    or (name in ("close a part", "import") and layout in ("columns moved", "full"))
]


@pytest.mark.parametrize(("name", "layout"), CASES)
@pytest.mark.parametrize("program", ["excel", "document"])
def test_the_cells_are_those_of_the_closed_file(
    request: pytest.FixtureRequest, books: Callable[[str], bytes], closed: ClosedFile,
    program: str, name: str, layout: str,
) -> None:  # fmt: skip
    host = request.getfixturevalue(program)
    content = books(layout)
    expected = play(closed, content, PRESSES[name])
    found = play(host, content, PRESSES[name])
    assert len(found) == len(expected)
    if name != "one after the other":  # a program computes in between, a file does not
        assert [[line.partition("(seal")[0] for line in one] for one in found] == [
            [in_a_form(line).partition("(seal")[0] for line in one] for one in expected
        ]
    assert_same_cells(host, closed)


def assert_same_cells(host: Host, closed: ClosedFile) -> None:
    seen, wanted = (one.snapshot(TABLES, ["As_of"]) for one in (host, closed))
    assert_same(inputs(seen), inputs(wanted))
    sizes = {table.name: table.bottom for table in closed.tables()}
    assert {table.name: table.bottom for table in host.tables()} == sizes
    for one in TABLES:  # the new rows of a table compute as the others do
        assert seen.table(one).computed == wanted.table(one).computed


# What a person does in LibreOffice before: to which table, and what.
HABITS: dict[str, list[tuple[str, dict[str, Any]]]] = {
    "sorted": [
        ("sort", {"table": "Plan", "header": "Symbol", "down": True, "rows": 3}),
        ("sort_by_menu", {"table": "Journal", "header": "Symbol", "down": True, "rows": 2}),
    ],
    "filtered": [
        ("keep_only", {"table": "Plan", "header": "Side", "text": "long"}),
        ("keep_only", {"table": "Journal", "header": "Symbol", "text": "nothing of this"}),
        ("keep_only", {"table": "Exits", "header": "Note", "text": "nor of this"}),
    ],
    "columns moved and added": [
        ("move_column", {"table": "Plan", "header": "Stop", "before": "Side"}),
        ("move_column", {"table": "Journal", "header": "Note", "before": "Opened"}),
        ("move_column", {"table": "Exits", "header": "Quantity", "before": "Time"}),
        ("insert_column", {"table": "Plan", "before": "Entry", "title": "My own"}),
        ("insert_column", {"table": "Journal", "before": "Symbol", "title": "My own"}),
        ("insert_column", {"table": "Exits", "before": "Price", "title": "My own"}),
    ],
}  # fmt: skip
HABITS["all of it"] = [habit for name in HABITS for habit in HABITS[name]]


@pytest.mark.parametrize(
    ("name", "layout"),
    [
        ("sorted", "as made"),
        ("filtered", "full"),
        ("columns moved and added", "as made"),
        ("all of it", "full"),
    ],
)
def test_tables_arranged_in_libreoffice(
    books: Callable[[str], bytes],
    document: InLibreOffice,
    excel: InExcel,
    closed: ClosedFile,
    tmp_path: Path,
    name: str,
    layout: str,
) -> None:
    """The document goes on as it is; its file goes to the other two."""
    play(document, books(layout), [("take", 2, {})])
    for habit, given in HABITS[name]:
        document.ask(habit, **given)
    hidden = {table: document.ask("hidden", table=table) for table in TABLES}
    assert any(hidden.values()) == (name in ("filtered", "all of it"))
    path = tmp_path / "arranged.xlsx"
    document.office.save_as(path)
    before = document.everything()
    row = document.row_of("Plan", "Symbol", "SOL")
    presses = [
        ("take", row, {}),
        *PRESSES["one after the other"][2:],
        ("close", row, {"trade": "SOL", "price": "151"}),
    ]
    for host in (document, excel, closed):
        if host is not document:
            host.open(path.read_bytes())
        press_all(host, presses)
    for other in (document, excel):
        assert_same_cells(other, closed)
    now_hidden = {table: document.ask("hidden", table=table) for table in TABLES}
    assert {table: rows[: len(hidden[table])] for table, rows in now_hidden.items()} == hidden
    for _ in presses:
        document.ask("undo")
    assert document.everything() == before


def test_the_samples_are_there() -> None:
    assert Path(EXPORT).is_file()


def test_the_layouts_are_what_they_say(books: Callable[[str], bytes]) -> None:
    filtered = Package.open(books("filtered")).sheet("Journal")
    hidden = filtered.root.findall("{*}sheetData/{*}row[@hidden='1']")
    assert len(hidden) == 1
    allowed = Package.open(books("protected")).sheet("Exits").root.find("{*}sheetProtection")
    assert allowed is not None
    assert allowed.get("sheet") == "1"
    assert (allowed.get("sort"), allowed.get("autoFilter")) == ("0", "0")
    tables = {layout: Package.open(books(layout)).tables for layout in ("as made", "grown by hand")}
    for name in ("Journal", "Exits"):
        last = tables["as made"][name].last_row
        assert tables["grown by hand"][name].last_row == last + 2
