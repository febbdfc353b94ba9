"""What the trades add up to: all of them, by setup, side, rule and leverage, against the plan."""

from __future__ import annotations

from collections.abc import Sequence

from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.worksheet import Worksheet

from udfs.maths.journal_statistics import STATISTICS
from workbook.template import frame
from workbook.template.sheets import journal_curve
from workbook.template.sheets.context import Context
from workbook.template.styles import apply_style

TOP = 24
ROW = TOP + 3  # first row of the three blocks
LEFT, MIDDLE, RIGHT = 2, 6, 13

FORMATS = {
    "Trades": "whole", "Wins": "whole", "Losses": "whole", "Win rate": "percent1",
    "Longest winning streak": "whole", "Longest losing streak": "whole",
    "Kelly fraction": "percent1", "Payoff ratio": "ratio", "Profit factor": "ratio",
    "Standard deviation": "ratio", "SQN": "ratio", "Max drawdown": "ratio",
}
HEADS = (
    ("Trades", "count", "right"), ("Win rate", "% of trades", "right"),
    ("Expectancy", "x risk", "right"), ("Total", "x risk", "right"),
)
LEVERAGE = (1, 5, 10, 20)
PLANNED = (0, 0.25, 0.5, 0.75)


def build(sheet: Worksheet, context: Context) -> None:
    """Lay out the statistics between charts and table."""
    _all(sheet)
    _setups(sheet)
    row = ROW + journal_curve.SETUPS
    row = _groups(sheet, row, "Side", (("long", "long"), ("short", "short")))
    _rules(sheet, row)
    row = _leverage(sheet)
    row = _calibration(sheet, row)
    _against_plan(sheet, row)


def _heads(sheet: Worksheet, row: int, column: int, first: str, unit: str) -> None:
    heads = ((first, unit, "left"), ("", "", "left"), *HEADS, ("", "", "left"))
    frame.column_heads(sheet, row, column, heads)
    sheet.row_dimensions[row].height = 18
    sheet.row_dimensions[row + 1].height = 20


def _all(sheet: Worksheet) -> None:
    # Win rate and profit factor stand on this page by money, too, of all that are closed.
    heading = frame.heading(sheet, TOP, LEFT, "All trades, by R")
    heading.value = (
        f'="By R, last {journal_curve.TRADES}"'
        '&IF(COUNT(Journal[Net])>COUNT(Journal[R]),"; "&COUNT(Journal[Net])'
        '-COUNT(Journal[R])&" without risk left out","")'
    )
    frame.column_heads(
        sheet, TOP + 1, LEFT,
        (("Statistic", "", "left"), ("", "", "left"), ("Value", "R", "right")),
    )
    for offset, name in enumerate(STATISTICS):
        row = ROW + offset
        apply_style(sheet.cell(row, LEFT, name), "Result left")
        apply_style(sheet.cell(row, LEFT + 1), "Result left")
        apply_style(
            sheet.cell(row, LEFT + 2), "Result", FORMATS.get(name, "r")
        ).value = f"=INDEX(Statistics,ROWS($A${ROW}:$A{row}))"
        sheet.row_dimensions[row].height = 20
    last = ROW + len(STATISTICS) - 1
    frame.mute(
        sheet, f"{letter(LEFT)}{ROW + 3}:{letter(LEFT + 2)}{last}",
        f"${letter(LEFT + 2)}${ROW}<Few_trades",
    )


def _line(sheet: Worksheet, row: int, column: int, label: str, values: Sequence[str]) -> None:
    """One group: label over two cells, trades, win rate, expectancy, total, and a word."""
    n = f"${letter(column + 2)}{row}"
    cell = apply_style(sheet.cell(row, column), "Result left")
    cell.value = label
    apply_style(sheet.cell(row, column + 1), "Result left")
    formats = ("whole", "percent1", "r", "r")
    for at, (value, fmt) in enumerate(zip(values, formats, strict=True), start=column + 2):
        apply_style(sheet.cell(row, at), "Result", fmt).value = value
    few = apply_style(sheet.cell(row, column + 6), "Note indented")
    few.value = f'=IF(N({n})=0,"",IF({n}<Few_trades,"too few",""))'
    sheet.row_dimensions[row].height = 20
    where = f"{letter(column)}{row}:{letter(column + 5)}{row}"
    frame.mute(sheet, where, f"N({n})<Few_trades")


def _counted(row: int, column: int, band: str) -> tuple[str, ...]:
    """Trades, win rate, expectancy and total of the rows in a band, blank where there are none."""
    n, t = f"{letter(column + 2)}{row}", f"{letter(column + 5)}{row}"
    return (
        f"=SUMIFS(Journal[Counted],{band})",
        f'=IF({n}=0,"",COUNTIFS({band},Journal[R],">0")/{n})',
        f'=IF({n}=0,"",{t}/{n})',
        f'=IF({n}=0,"",SUMIFS(Journal[R],{band}))',
    )


def _setups(sheet: Worksheet) -> None:
    frame.heading(sheet, TOP, MIDDLE, f"By setup, the best {journal_curve.SETUPS} first")
    _heads(sheet, TOP + 1, MIDDLE, "Setup", "best first")
    for offset in range(journal_curve.SETUPS):
        row = ROW + offset
        number = f"ROWS($A${ROW}:$A{row})"
        gone = f"INDEX(By_setup,{number},COLUMNS(By_setup)-1)<=Pad_result"
        label, *values = [
            f'=IF({gone},"",INDEX(By_setup,{number},{column}))'
            for column in (
                "1",
                *(f"COLUMNS($A$1:{letter(at + 1)}$1)" for at in range(1, 5)),
            )
        ]
        _line(sheet, row, MIDDLE, label, values)


def _groups(sheet: Worksheet, row: int, header: str, groups: Sequence[tuple[str, str]]) -> int:
    """Groups by a word in a column of the Journal, native formulas; the row after them."""
    apply_style(sheet.cell(row, MIDDLE, header), "Heading")
    sheet.row_dimensions[row].height = 20
    for offset, (label, word) in enumerate(groups, start=1):
        at = row + offset
        values = _counted(at, MIDDLE, f'Journal[{header}],"{word}"')
        _line(sheet, at, MIDDLE, label, values)
    return row + len(groups) + 1


def _rules(sheet: Worksheet, row: int) -> None:
    end = _groups(sheet, row, "Rules kept", (("kept", "yes"), ("broken", "no")))
    kept, broken = end - 2, end - 1
    n, at = letter(MIDDLE + 2), letter(MIDDLE + 4)
    apply_style(sheet.cell(end, MIDDLE, "What a broken rule cost"), "Result strong left")
    for offset in range(1, 6):
        apply_style(sheet.cell(end, MIDDLE + offset), "Result strong")
    cost = apply_style(sheet.cell(end, MIDDLE + 4), "Result strong", "r")
    cost.value = f'=IF({n}{kept}*{n}{broken}=0,"",{at}{broken}-{at}{kept})'
    unit = apply_style(sheet.cell(end, MIDDLE + 6), "Note indented")
    unit.value = f'=IF({at}{end}="","","R a trade")'
    sheet.row_dimensions[end].height = 20


def _leverage(sheet: Worksheet) -> int:
    frame.heading(sheet, TOP, RIGHT, "By leverage")
    _heads(sheet, TOP + 1, RIGHT, "From", "x and above")
    for offset, low in enumerate(LEVERAGE):
        row = ROW + offset
        at = f"${letter(RIGHT)}{row}"
        band = f'Journal[Leverage],">="&{at}'
        if offset < len(LEVERAGE) - 1:
            band += f',Journal[Leverage],"<"&${letter(RIGHT)}{row + 1}'
        values = _counted(row, RIGHT, band)
        _line(sheet, row, RIGHT, "", values)
        apply_style(sheet.cell(row, RIGHT, low), "Result left", "whole")
    return ROW + len(LEVERAGE)


def _calibration(sheet: Worksheet, row: int) -> int:
    apply_style(sheet.cell(row, RIGHT, "Planned chance to win"), "Heading")
    for offset, text in enumerate(("", "Trades", "Planned", "Won"), start=1):
        apply_style(sheet.cell(row, RIGHT + offset, text or None), "Note right")
    first = row + 1
    for offset, low in enumerate(PLANNED):
        at = first + offset
        edge, n = f"${letter(RIGHT)}{at}", f"{letter(RIGHT + 2)}{at}"
        band = f'Journal[Win chance],">="&{edge},Journal[Calibration error],">=0"'
        if offset < len(PLANNED) - 1:
            band += f',Journal[Win chance],"<"&${letter(RIGHT)}{at + 1}'
        apply_style(sheet.cell(at, RIGHT, low), "Result left", "percent")
        apply_style(sheet.cell(at, RIGHT + 1), "Result left")
        for column, fmt, value in (
            (RIGHT + 2, "whole", f"=COUNTIFS({band})"),
            (RIGHT + 3, "percent1", f'=IF({n}=0,"",AVERAGEIFS(Journal[Win chance],{band}))'),
            (RIGHT + 4, "percent1", f'=IF({n}=0,"",COUNTIFS({band},Journal[R],">0")/{n})'),
        ):
            apply_style(sheet.cell(at, column), "Result", fmt).value = value
        frame.mute(sheet, f"{letter(RIGHT)}{at}:{letter(RIGHT + 4)}{at}", f"${n}<Few_trades")
    end = first + len(PLANNED)
    apply_style(sheet.cell(end, RIGHT, "Brier score"), "Result strong left")
    for offset in range(1, 5):
        apply_style(sheet.cell(end, RIGHT + offset), "Result strong")
    score = apply_style(sheet.cell(end, RIGHT + 4), "Result strong", "ratio")
    score.value = (
        '=IF(COUNT(Journal[Calibration error])=0,"",'
        "SUMSQ(Journal[Calibration error])/COUNT(Journal[Calibration error]))"
    )
    scale = apply_style(sheet.cell(end, RIGHT + 5), "Note indented")
    scale.value = f'=IF({letter(RIGHT + 4)}{end}="","","0 best, 0.25 a coin")'
    return end + 1


def _against_plan(sheet: Worksheet, row: int) -> None:
    apply_style(sheet.cell(row, RIGHT, "Plan against actual"), "Heading")
    for offset, text in enumerate(("", "Planned", "Actual", "More by"), start=1):
        apply_style(sheet.cell(row, RIGHT + offset, text or None), "Note right")
    closed = 'Journal[Done],">0"'
    lines = (
        ("Carry, money", "cents", f"=SUMIFS(Journal[Plan carry],{closed})",
         f"=SUMIFS(Journal[Carry paid],{closed})"),
        ("R, average", "r",
         f'=IF(COUNTIFS({closed},Journal[Plan R],">0")=0,"",SUMIFS(Journal[Plan R],{closed})'
         f'/COUNTIFS({closed},Journal[Plan R],">0"))',
         '=IF(COUNT(Journal[R])=0,"",SUM(Journal[R])/COUNT(Journal[R]))'),
        ("Entry: paid worse, money", "cents", "", "=SUM(Journal[Slippage])"),
        ("Size: larger than planned", "percent1", "",
         '=IF(COUNT(Journal[Size deviation])=0,"",AVERAGE(Journal[Size deviation]))'),
        ("Furthest against, R", "ratio", "",
         '=IF(COUNT(Journal[MAE])=0,"",AVERAGE(Journal[MAE]))'),
        ("Furthest in favour, R", "ratio", "",
         '=IF(COUNT(Journal[MFE])=0,"",AVERAGE(Journal[MFE]))'),
        ("Stop set after, minutes", "ratio", "",
         '=IF(COUNT(Journal[Stop set])=0,"",AVERAGE(Journal[Stop set]))'),
    )
    for at, (label, fmt, planned, actual) in enumerate(lines, start=row + 1):
        apply_style(sheet.cell(at, RIGHT, label), "Result left")
        apply_style(sheet.cell(at, RIGHT + 1), "Result left")
        one, two = f"{letter(RIGHT + 2)}{at}", f"{letter(RIGHT + 3)}{at}"
        more = f'=IF(COUNT({one},{two})>1,{two}-{one},"")' if planned else None
        for column, value in ((2, planned or None), (3, actual), (4, more)):
            apply_style(sheet.cell(at, RIGHT + column), "Result", fmt).value = value
        sheet.row_dimensions[at].height = 20
