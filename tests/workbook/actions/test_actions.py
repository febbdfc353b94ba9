"""Edits as data: what is written into a file, and what is refused."""

from __future__ import annotations

import pytest

from addin.package import Package
from workbook import bundled
from workbook.actions import (
    ActionError,
    AppendRows,
    Changes,
    RemoveRows,
    SetCell,
    SetName,
    Snapshot,
    TableData,
)
from workbook.actions.package import apply, snapshot


@pytest.fixture
def package() -> Package:
    return Package.open(bundled.template())


def exits(package: Package) -> TableData:
    return snapshot(package, ["Exits"]).table("Exits")


def trades(package: Package) -> list[float | None]:
    table = exits(package)
    return [table.number(row, "Trade") for row in range(1, len(table.rows) + 1)]


def append(*numbers: int) -> AppendRows:
    return AppendRows("Exits", tuple({"Trade": one, "Price": one * 10.0} for one in numbers))


def test_rows_are_appended_behind_the_last_filled_one_and_seen_again(package: Package) -> None:
    assert list(exits(package).filled()) == []
    apply(package, Changes((append(1, 2),)))
    apply(package, Changes((append(3),)))
    again = Package.open(package.to_bytes())
    assert trades(again) == [1, 2, 3]
    assert exits(again).number(3, "price") == 30
    assert "Value" in exits(again).computed


def test_a_full_table_grows(package: Package) -> None:
    rows = package.table("Exits").data.rows
    apply(package, Changes((append(*range(1, rows + 6)),)))
    assert trades(package) == list(range(1, rows + 6))
    assert package.table("Exits").data.rows >= rows + 5


def test_removed_rows_close_up_and_formulas_stay(package: Package) -> None:
    apply(package, Changes((append(1, 2, 3, 4),)))
    formulas = len(package.sheet("Exits").formulas)
    apply(package, Changes((RemoveRows("Exits", (1, 3)),)))
    assert trades(package) == [2, 4]
    assert len(package.sheet("Exits").formulas) == formulas


def test_all_edits_count_rows_as_the_snapshot_did(package: Package) -> None:
    apply(package, Changes((append(1, 2),)))
    edits = (RemoveRows("Exits", (1,)), append(3), SetCell("Exits", 2, "Price", 21.5))
    apply(package, Changes(edits))
    assert trades(package) == [2, 3]
    assert exits(package).number(1, "Price") == 21.5


def test_named_cells_are_set_and_seen(package: Package) -> None:
    apply(package, Changes((SetName("As_of", 46346.5),)))
    assert snapshot(package, [], ["As_of", "No_such"]).number("As_of") == 46346.5


def test_results_may_come_from_outside(package: Package) -> None:
    apply(package, Changes((append(7),)))
    table = package.table("Exits")
    column = table.column("Value")
    from addin.package.addresses import a1

    computed = {("Exits", a1(table.first_row, column or 0)): 123.0}
    seen = snapshot(package, ["Exits"], computed=computed).table("Exits")
    assert seen.number(1, "Value") == 123
    assert list(seen.filled()) == [1]


def test_text_stays_text(package: Package) -> None:
    apply(package, Changes((AppendRows("Exits", ({"Trade": 1, "Note": "=1+1"},)),)))
    assert exits(package).text(1, "Note") == "=1+1"
    note = package.table("Exits").column("Note")
    assert (package.table("Exits").first_row, note) not in package.sheet("Exits").formulas


@pytest.mark.parametrize(
    "edit",
    [
        SetCell("Exits", 1, "Prise", 1),
        SetName("No_such", 1),
        AppendRows("Exits", ({"X": 1},)),
    ],
)
def test_what_is_not_there_is_named(package: Package, edit: object) -> None:
    with pytest.raises(ActionError, match=r"Prise|No_such|column X"):
        apply(package, Changes((edit,)))  # type: ignore[arg-type]


def test_a_snapshot_says_what_it_lacks() -> None:
    with pytest.raises(ActionError, match="no table Journal"):
        Snapshot().table("Journal")
    table = TableData("T", ("A", "B"), [["x", 1.0], [" ", None]], frozenset({"B"}))
    assert (table.text(1, "a"), table.number(1, "B"), table.value(2, "A")) == ("x", 1.0, None)
    with pytest.raises(ActionError, match="no column C"):
        table.value(1, "C")


def test_changes_add_up() -> None:
    both = Changes((append(1),), ("one",)) + Changes((append(2),), ("two",), ("look",))
    assert (len(both.edits), both.words, both.warnings) == (2, ("one", "two"), ("look",))
    assert both
    assert not Changes()
