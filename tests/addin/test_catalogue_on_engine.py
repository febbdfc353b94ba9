"""The real formulas give in the engine what they give in Python, typed in or read from cells."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from openpyxl.worksheet.formula import ArrayFormula

from addin.embedded import Evaluator, open_book
from tests.typed import as_rows, as_typed
from udfs import OMITTED, CellError, catalogue

from . import books

_CASES = Path(__file__).parent.parent / "cases"


def calls() -> list[tuple[str, list[Any]]]:
    """The published cases as calls, and each call once more with something awkward in it."""
    found = []
    for path in sorted(_CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            if case["formula"] in catalogue:
                found.append((case["formula"], case["arguments"]))
    awkward = [CellError.NA, "nonsense", True, -1.0, 0.0, 1e308, [[1.0], [CellError.DIV0], ["x"]]]
    for at, (name, arguments) in enumerate(list(found)):
        changed = list(arguments)
        changed[at % len(changed)] = awkward[at % len(awkward)]
        found.append((name, changed))
    return found


CALLS = calls()


def same(left: Any, right: Any) -> bool:
    """Whether two results are the same but for the 17th digit, which openpyxl does not write."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(
            len(a) == len(b) and all(map(same, a, b)) for a, b in zip(left, right, strict=True)
        )
    if isinstance(left, float) and isinstance(right, (int, float)):
        return math.isclose(left, right, rel_tol=1e-10, abs_tol=1e-300)
    return type(left) is type(right) and bool(left == right)


def answer(name: str, arguments: list[Any]) -> Any:
    """The formula's own answer; a fault in it shows as #VALUE! (its own tests look for faults)."""
    try:
        return catalogue[name](*arguments)
    except Exception:
        return CellError.VALUE


def unwrapped(result: Any) -> Any:
    """A range of one cell is that cell."""
    if isinstance(result, list) and len(result) == 1 and len(result[0]) == 1:
        return result[0][0]
    return result


def can_be_typed(arguments: list[Any]) -> bool:
    """An array constant cannot hold a blank."""
    ranges = [value for value in arguments if isinstance(value, list)]
    return not any(cell is None for block in ranges for row in as_rows(block) for cell in row)


def test_there_are_calls_of_most_formulas() -> None:
    assert len(CALLS) > 400
    assert len({name for name, _ in CALLS}) > len(catalogue) // 2


def test_typed_formulas() -> None:
    typed = [(name, arguments) for name, arguments in CALLS if can_be_typed(arguments)]
    texts = [f"={name}({','.join(map(as_typed, arguments))})" for name, arguments in typed]
    for text, (name, arguments), found in zip(
        texts, typed, Evaluator(catalogue).evaluate_many(texts), strict=True
    ):
        expected = answer(name, [OMITTED if a is None else a for a in arguments])
        assert same(unwrapped(expected), found), text


def test_formulas_in_cells() -> None:
    book = openpyxl.Workbook()
    sheet = book.active
    expected: dict[tuple[int, int], Any] = {}
    row = 1
    for name, arguments in CALLS:
        references, height, column = [], 1, 20
        for value in arguments:
            block = as_rows(value) if isinstance(value, list) else [[value]]
            for r, cells in enumerate(block):
                for c, content in enumerate(cells):
                    written = content.value if isinstance(content, CellError) else content
                    sheet.cell(row + r, column + c, written)
            first = sheet.cell(row, column).coordinate
            last = sheet.cell(row + len(block) - 1, column + len(block[0]) - 1).coordinate
            references.append(first if first == last else f"{first}:{last}")
            column += len(block[0])
            height = max(height, len(block))
        result = answer(name, arguments)
        rows = result if isinstance(result, list) else [[result]]
        ref = f"A{row}:{sheet.cell(row + len(rows) - 1, len(rows[0])).coordinate}"
        sheet.cell(row, 1).value = ArrayFormula(ref, f"={name}({','.join(references)})")
        for r, cells in enumerate(rows):
            for c, content in enumerate(cells):
                expected[row + r, c + 1] = 0.0 if content is None else content
        row += max(height, len(rows)) + 1
    opened = open_book(books.to_bytes(book), catalogue)
    for (r, c), value in expected.items():
        found = opened.value("Sheet", sheet.cell(r, c).coordinate)
        formula = sheet.cell(r, 1).value
        assert same(value, found), f"{getattr(formula, 'text', formula)} at row {r}, column {c}"


@pytest.mark.parametrize("name", list(catalogue))
def test_wrong_numbers_of_arguments_are_errors_in_the_cell(name: str) -> None:
    too_many = ",".join(["1"] * 40)
    for found in Evaluator(catalogue).evaluate_many([f"{name}()", f"{name}({too_many})"]):
        assert not isinstance(found, Exception)
