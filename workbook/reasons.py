"""Why a formula shows an error: what ISO_EXPLAIN says of the calls of ours in it."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator

from addin.embedded.function_kinds import plain_name
from addin.package import Package
from addin.package.addresses import a1
from addin.package.formula_text import CLOSE, FUNCTION, OPEN, tokens
from addin.package.values import Value
from udfs import catalogue

# What a formula, given without ``=``, would show where the one with the error stands.
Explain = Callable[[str], Value]
NO_FAULT = "ok"
_EXCEL_PREFIX = "_XLL."


def why(text: str, explain: Explain) -> str:
    """The words for the first call that has a fault, inner ones first; "" where there is none.

    NO_FAULT where every call is one of ours and right: then the error is an answer.
    """
    words = ""
    for name, arguments in reversed(list(_calls(text))):
        if name not in catalogue:
            return f"there is no formula {name}: {_nearest(name)}"
        said = explain(f'ISO_EXPLAIN("{name}"{"," if arguments.strip() else ""}{arguments})')
        if not isinstance(said, str):
            continue
        if said != NO_FAULT:
            return said
        words = NO_FAULT
    return words


def _nearest(name: str) -> str:
    begun = [known for known in catalogue if known.startswith(name) and len(name) > len("ISO_")]
    near = begun[:1] or difflib.get_close_matches(name, list(catalogue), 1)
    return f"did you mean {near[0]}?" if near else "isomargin functions lists them"


def one_cell_of_a_table(package: Package) -> Iterator[tuple[str, str]]:
    """The cells that show the first cell of a table of ours, and the formula's name."""
    for sheet in package.sheets:
        tab = package.sheet(sheet)
        grown = () if tab.grown is None else tab.grown.each_formula()
        for (row, column), formula in (*tab.element_formulas.items(), *grown):
            if formula.array is not None or "ISO_" not in formula.text.upper():
                continue
            name = _only_call(formula.text)
            if name in catalogue and catalogue[name].result == "table":
                yield f"{sheet}!{a1(row, column)}", name


def _only_call(text: str) -> str:
    """The name of the call that is the whole formula, or nothing."""
    calls = list(_calls(text))
    first = tokens(text.strip())[0].text if calls else ""
    whole = f"{first}{calls[0][1]})" if calls else ""
    return calls[0][0] if whole and whole == text.strip() else ""


def _calls(text: str) -> Iterator[tuple[str, str]]:
    """Every call of a formula that is named as ours are: its name and its arguments' text."""
    pieces = tokens(text)
    for start, (kind, piece) in enumerate(pieces):
        name = plain_name(piece).removeprefix(_EXCEL_PREFIX)
        if kind != FUNCTION or not name.startswith("ISO_"):
            continue
        depth = 1
        for end in range(start + 1, len(pieces)):
            depth += (pieces[end].kind in (FUNCTION, OPEN)) - (pieces[end].kind == CLOSE)
            if not depth:
                yield name, "".join(part for _, part in pieces[start + 1 : end])
                break
