"""Formulas that stand in no workbook, one or thousands.

Every formula is put into a function that keeps what it is given, so that an array comes out whole
and nothing has to spill. A formula that Excel would not take when typed gives a FormulaError with
words; everything else gives what Excel would show: an unknown function #NAME?, a blank None. A
formula that asks where it stands stands in A1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Any

import formualizer

from addin.embedded.conversion import EngineValue, decode
from addin.embedded.rewrite import rewriter_without_workbook
from addin.embedded.session import EngineError, Session
from addin.engine import Formulas, FormulaSyntaxError, Rows
from addin.package.formula_text import CLOSE, FUNCTION, SPACE, tokens
from addin.package.values import Value
from udfs.errors import CellError

LONGEST_FORMULA = 8_192

_KEEP = "ENGINE_KEEP"
_SHEET = "Sheet1"  # what the engine calls the sheet of a new workbook
_BATCH = 2_000
# Far out, so that a formula which names a cell (they are all blank) does not name itself. The
# engine makes room for all columns before it: for the last of a sheet that takes milliseconds.
_COLUMN = 2_000


_PARSER_WORDS = {
    "Unexpected end": "it ends too early",
    "Unmatched opening": "a bracket is not closed",
    "No matching opener": "a bracket is closed that was never opened",
    "parsing string": "a text is not closed with its quotation mark",
    "nesting too deep": "it is nested too deeply; split it up",
    "height limit": "it has too many parts in a row; split it up",
    "in function arguments": "between arguments goes a comma, and a closing bracket at the end",
}


class Evaluator:
    """Computes formulas with the catalogue and the engine's native functions; reusable."""

    def __init__(self, formulas: Formulas) -> None:
        self.calls: Counter[str] = Counter()
        self._rewriter = rewriter_without_workbook(formulas)
        self._kept: dict[int, EngineValue] = {}
        self._session = Session(None, formulas, self.calls)
        self._session.register(_KEEP, self._keep)

    def evaluate(self, formula: str) -> Value | Rows:
        """One formula's value, or its rows if it is an array; FormulaError if it is broken.

        A leading ``=`` may be left out.
        """
        result = self.evaluate_many([formula])[0]
        if isinstance(result, FormulaSyntaxError):
            raise result
        return result

    def evaluate_many(self, formulas: Iterable[str]) -> list[Value | Rows | FormulaSyntaxError]:
        """Many formulas' results, in order; a broken one gives its FormulaError in its place."""
        texts = list(formulas)
        results: list[Value | Rows | FormulaSyntaxError] = []
        for start in range(0, len(texts), _BATCH):
            results.extend(self._batch(texts[start : start + _BATCH]))
        return results

    def _batch(self, texts: list[str]) -> list[Value | Rows | FormulaSyntaxError]:
        results: list[Any] = [_checked(text) for text in texts]
        rows = []
        for at, text in enumerate(results):
            if isinstance(text, FormulaSyntaxError):
                rows.append([f"={at}"])
            else:
                # In brackets, so that commas inside cannot become further arguments.
                rewritten = self._rewriter.rewrite(
                    _in_first_cell(text), _SHEET, at + 1, _COLUMN, array=True
                )
                rows.append([f"={_KEEP}({at},({rewritten}))"])
        self._kept.clear()
        engine = self._session.engine
        engine.set_formulas_batch(_SHEET, 1, _COLUMN, rows)
        try:
            self._session.run()
        except EngineError as error:
            engine.set_formulas_batch(_SHEET, 1, _COLUMN, [["=0"]] * len(rows))
            if len(texts) == 1:
                return [FormulaSyntaxError(str(error))]
            return [self._batch([text])[0] for text in texts]
        for at, text in enumerate(results):
            if not isinstance(text, FormulaSyntaxError):
                # What the engine cannot even start on (an unknown name) is never kept.
                kept = at in self._kept
                raw = self._kept[at] if kept else engine.get_value(_SHEET, at + 1, _COLUMN)
                results[at] = _result(raw)
        return results

    def _keep(self, at: float, value: EngineValue) -> EngineValue:
        self._kept[int(at)] = value
        return 0.0


def _in_first_cell(text: str) -> str:
    """The formula with the numbers of A1 where it asks for its own row or column.

    >>> _in_first_cell('ROW()+COLUMN( )+ROW(B7)&"ROW()"')
    '1+1+ROW(B7)&"ROW()"'
    """
    pieces = tokens(text)
    parts, at = [], 0
    while at < len(pieces):
        piece = pieces[at]
        if piece.kind == FUNCTION and piece.text[:-1].upper() in ("ROW", "COLUMN"):
            close = at + 1 + (at + 1 < len(pieces) and pieces[at + 1].kind == SPACE)
            if close < len(pieces) and pieces[close].kind == CLOSE:
                parts.append("1")
                at = close + 1
                continue
        parts.append(piece.text)
        at += 1
    return "".join(parts)


def _checked(formula: str) -> str | FormulaSyntaxError:
    """The formula without its ``=``, or what is wrong with it."""
    text = formula.strip().removeprefix("=").strip()
    if not text:
        return FormulaSyntaxError("there is no formula: type one, such as =1+1.")
    if len(text) > LONGEST_FORMULA:
        return FormulaSyntaxError(
            f"the formula has {len(text)} characters; a cell takes {LONGEST_FORMULA}: shorten it."
        )
    try:
        formualizer.parse(f"={text}")
    except (formualizer.ParserError, formualizer.TokenizerError) as error:
        return FormulaSyntaxError(f"the formula cannot be read: {_words(str(error))}.")
    return text


def _words(said: str) -> str:
    """What the parser means."""
    for sign, words in _PARSER_WORDS.items():
        if sign in said:
            return words
    return "something stands where it does not belong"


def _result(raw: EngineValue) -> Value | Rows:
    value: Value | Rows = decode(raw)
    if isinstance(value, list):
        return [[_finite(cell) for cell in row] for row in value]
    return _finite(value)


def _finite(value: Value) -> Value:
    """1E+999 is no number that a cell can hold."""
    too_large = isinstance(value, float) and not math.isfinite(value)
    return CellError.NUM if too_large else value


def evaluate(formula: str, formulas: Formulas) -> Value | Rows:
    """One formula's value or rows; for more than a few make one `Evaluator`."""
    return Evaluator(formulas).evaluate(formula)
