"""The short form of ``python -m tests.soak.columns``, and a book of another program."""

from __future__ import annotations

import io
import random
from typing import Any

import pytest
import xlsxwriter

from addin.embedded.columns.runs import LEAST
from addin.package import Package, long_rows
from tests.addin import books
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


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("long", [True, False])
def test_a_book_filled_down_in_excel(
    seed: int, long: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its rows as columns and as elements: formulas shared, a balance, numbers as text, errors."""
    monkeypatch.setattr(long_rows, "LEAST", 100 if long else 10_000)
    content = _statement(seed)
    assert (Package(content).sheet("Statement").grown is not None) == long
    found = compare(content, least=LEAST)
    assert found.different == []
    assert found.by_column >= 2 * 300


def _statement(seed: int) -> bytes:
    """An account's statement, and what a person made of it, as Excel saves it.

    Every other one has a balance: that is the engine's, so that its rows become elements.
    """
    draw, rows = random.Random(seed), []
    columns = {
        "D": 'IF(ISNUMBER(B{row}),B{row}*C{row}*Rate,"no price: "&B{row})',
        "E": 'IFERROR(ISO_LIQUIDATION_PRICE("long",B{row},C{row}+1,0.5%),D{row})',
        "F": "IF(C{row}>$C$3,UPPER(A{row}),D{row}/(C{row}-1))",
        "G": "N(G{above})+N(C{row})",
    }
    if seed % 2:
        columns["G"] = "C{row}*2"
    shared = draw.sample(range(1000), 4 * 30)
    numbers: dict[str, int] = {}
    for row in range(2, 302):
        kinds = [f"<v>{draw.uniform(1, 90):.2f}</v>", "<v>2</v>", "<v>1</v>"]
        if draw.random() < 0.2:
            kinds += draw.sample(_TYPED, 3)
        price, units = draw.choice([kinds[0], *kinds[3:]]), draw.choice(kinds[1:])
        cells = [f'<c r="A{row}" t="inlineStr"><is><t>{draw.choice(["btc", "ETH "])}</t></is></c>']
        for letter, typed in (("B", price), ("C", units)):
            cells.append(f'<c r="{letter}{row}"{typed if typed[:1] == " " else f">{typed}"}</c>')
        for letter, text in columns.items():
            formula = text.format(row=row, above=row - 1).replace("&", "&amp;").replace(">", "&gt;")
            first = (row - 2) % 64 == 0
            if first:
                numbers[letter] = shared.pop()
                end = min(301, row + 63)
                about = f' ref="{letter}{row}:{letter}{end}" si="{numbers[letter]}">{formula}</f>'
            else:
                about = f' si="{numbers[letter]}"/>'
            cells.append(f'<c r="{letter}{row}"><f t="shared"{about}</c>')
        rows.append(f'<row r="{row}" spans="1:7">{"".join(cells)}</row>')
    head = "".join(
        f'<c r="{letter}1" t="inlineStr"><is><t>{letter}1</t></is></c>' for letter in "ABCDEFG"
    )
    sums = "".join(
        f'<row r="{row}"><c r="A{row}"><f>{text}</f></c></row>'
        for row, text in enumerate(
            ["SUM(Statement!E2:E301)", "Statement!G301", "COUNTIF(Statement!F2:F301,\"BTC\")",
             "SUMIFS(Statement!C:C,Statement!A:A,\"btc\")",
             "SUMPRODUCT(ISERROR(Statement!F2:F301)*1)"],
            1,
        )
    )  # fmt: skip
    return books.foreign(
        {"Statement": f'<row r="1">{head}</row>{"".join(rows)}', "It's all": sums},
        "<definedName name=\"Rate\">'It''s all'!$C$1</definedName>",
    )


# What stands in cells of numbers: numbers as text, text, an error, a truth.
_TYPED = (
    ' t="inlineStr"><is><t>5</t></is>', ' t="str"><v>12%</v>', ' t="e"><v>#N/A</v>',
    ' t="b"><v>1</v>', ' t="inlineStr"><is><t>n/a</t></is>', ' t="e"><v>#DIV/0!</v>', "<v>-3</v>",
)  # fmt: skip


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
