"""The short form of ``python -m tests.soak.columns``, and a book of another program."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
import xlsxwriter

from addin.embedded.columns.runs import LEAST
from tests.soak.columns import NONSENSE, compare, plan
from workbook import bundled


def test_the_worked_example() -> None:
    found = compare(bundled.worked_example(), least=2)
    assert found.different == []
    assert found.by_column > 0.7 * found.cells


def test_a_plan_of_many_rows_with_nonsense() -> None:
    found = compare(plan(LEAST + 6, 70, 0.3), least=LEAST)
    assert found.different == []
    assert found.by_column > 0.5 * found.cells


def test_a_small_plan_with_nonsense() -> None:
    """Among it errors: what is no number typed as text, Meant does not speak of."""
    assert compare(plan(12, 4, 0.5), least=2).different == []


@pytest.mark.parametrize("seed", [1, 2])
def test_a_book_of_another_program_with_tables(seed: int) -> None:
    """Calculated columns, a total row, headers with blanks, look-ups, and cells that read them."""
    found = compare(_ledger(seed), least=LEAST)
    assert found.different == []
    assert found.by_column >= 2 * 80


def _ledger(seed: int) -> bytes:
    draw, content = random.Random(seed), io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet, rates = book.add_worksheet("Ledger"), book.add_worksheet("Rates")
        sheet.add_table("B3:J84", {
            "name": "Ledger", "total_row": True,
            "columns": [
                {"header": "Coin", "total_string": "All"}, {"header": "Buy price"},
                {"header": "Sell price"}, {"header": "Units", "total_function": "sum"},
                {"header": "P&L", "formula": "=([@[Sell price]]-[@[Buy price]])*[@Units]",
                 "total_function": "sum"},
                {"header": "Fee rate", "formula":
                 "=IFERROR(VLOOKUP([@Coin],Rates!$A$1:$B$3,2,FALSE),0.001)"},
                {"header": "Fee", "formula":
                 "=IF(ISNUMBER([@Units]),[@Units]*[@[Fee rate]]*[@[Buy price]],\"\")"},
                {"header": "Verdict", "formula":
                 '=IF(ISERROR([@[P&L]]),"check",IF([@[P&L]]>0,"gain","loss")&" "&UPPER([@Coin]))'},
                {"header": "Liquidated at", "formula":
                 '=ISO_LIQUIDATION_PRICE("long",[@[Buy price]],10,0.5%)'},
            ],
        })  # fmt: skip
        for row in range(3, 83):
            plain: list[Any] = [draw.choice(["BTC", "eth", "x"]), draw.uniform(1, 90),
                                draw.uniform(1, 90), draw.choice([1, 2.5, 0])]  # fmt: skip
            for column, value in enumerate(plain, 1):
                typed = draw.choice(NONSENSE) if draw.random() < 0.2 else value
                if isinstance(typed, str) and typed.startswith("="):
                    sheet.write_string(row, column, typed)
                elif typed is not None and not isinstance(typed, (str, int, float)):
                    sheet.write_formula(row, column, f"={typed}")
                elif typed is not None:
                    sheet.write(row, column, typed)
            sheet.write_formula(row, 11, f"=IFERROR(C{row + 1}*2+$N$1,E{row + 1})")
        for row, (coin, rate) in enumerate([("BTC", 0.0002), ("ETH", 0.0005), ("l*", 0.01)]):
            rates.write_row(row, 0, [coin, rate])
        sheet.write_formula("N1", '=COUNTIF(Ledger[Verdict],"gain*")')
        sheet.write_formula("N2", '=SUMIFS(Ledger[Units],Ledger[Coin],"btc",Ledger[Fee],">0")')
        sheet.write_formula("N3", '=SUMPRODUCT((Ledger[Verdict]="check")*1)')
    return content.getvalue()
