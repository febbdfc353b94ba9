"""``isomargin eval``: one formula, or one a line, without a workbook."""

from __future__ import annotations

import sys
from typing import Any

import click

from addin.embedded import Evaluator
from addin.engine import FormulaSyntaxError
from addin.package.values import Value
from udfs import CellError, catalogue


@click.command("eval")
@click.argument("formula")
@click.option("--json", "as_json", is_flag=True, help="One JSON value a line.")
def command(formula: str, as_json: bool) -> None:
    """Compute FORMULA, as in: isomargin eval '=ISO_LIQUIDATION_PRICE("long",100,10)'.

    With - as FORMULA, one formula a line is read from standard input and one answer a line is
    written; an empty line is answered with an empty line (null in JSON).
    """
    evaluator = Evaluator(catalogue)
    if formula == "-":
        _stream(evaluator, as_json)
        return
    value = evaluator.evaluate(formula)
    click.echo(_json(value) if as_json else _plain(value))
    if _has_error(value):
        from workbook import reasons  # it reads workbooks, which a formula that is right need not

        words = _why(evaluator, formula)
        # A cell of a table that has no answer, such as the price of what runs on, is no failure.
        if isinstance(value, list) and words == reasons.NO_FAULT:
            return
        if words not in ("", reasons.NO_FAULT) and not as_json:
            click.echo(words, err=True)
        click.get_current_context().exit(1)


def _stream(evaluator: Evaluator, as_json: bool) -> None:
    """Answers for standard input. Errors are answers here, so the command itself succeeds."""
    lines = [line.strip() for line in sys.stdin]
    answers = iter(evaluator.evaluate_many([line for line in lines if line]))
    shown = _json if as_json else _one_line
    for line in lines:
        click.echo(shown(next(answers) if line else None))


def _has_error(value: Any) -> bool:
    if isinstance(value, list):
        return any(_has_error(part) for part in value)
    return isinstance(value, CellError)


def _why(evaluator: Evaluator, formula: str) -> str:
    """What ISO_EXPLAIN says of the first call in a formula that has a fault."""
    from workbook import reasons

    def explain(text: str) -> Value:
        try:
            said = evaluator.evaluate(text)
        except FormulaSyntaxError:
            return None
        return said if not isinstance(said, list) else None

    return reasons.why(formula.strip().removeprefix("="), explain)


def _json(value: Any) -> str:
    import json

    return json.dumps(_jsonable(value), ensure_ascii=False)


def _jsonable(value: Any) -> Any:
    if isinstance(value, list):
        return [_jsonable(part) for part in value]
    if isinstance(value, CellError):
        return {"error": value.value}
    if isinstance(value, FormulaSyntaxError):
        # What a cell would show of a formula that cannot be read, with the words beside it.
        return {"error": CellError.NAME.value, "words": " ".join(str(value).split())}
    return value


def _plain(value: Any) -> str:
    """A value as a person reads it: a table in lines, its cells parted by tabs."""
    if isinstance(value, list):
        return "\n".join("\t".join(_cell(cell) for cell in row) for row in value)
    return _cell(value)


def _one_line(value: Any) -> str:
    if isinstance(value, FormulaSyntaxError):
        return " ".join(str(value).split())
    return _plain(value).replace("\n", "; ")


def _cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.15g}" if isinstance(value, (int, float)) else str(value)
