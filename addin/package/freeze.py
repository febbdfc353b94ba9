"""A workbook without some functions: values where formulas called them, all others left alive."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from addin.package.formula_text import FUNCTION, NAME, tokens, without_web_prefix
from addin.package.grown import GrownColumn, GrownRows
from addin.package.markup import MAIN, XM_NS
from addin.package.sheet import Sheet
from addin.package.xml import Element

Mentions = Callable[[str], bool]

# What holds formulas on a sheet besides its cells: the rule that goes, and what it stands in.
_RULES = (("cfRule", "conditionalFormatting"), ("dataValidation", "dataValidations"))
_FORMULAS = {f"{MAIN}formula", f"{MAIN}formula1", f"{MAIN}formula2", f"{{{XM_NS}}}f"}


def mentions(ours: Callable[[str], bool], names: Iterable[tuple[str, str]]) -> Mentions:
    """Whether a formula calls one of the functions, itself or through a defined name.

    `ours` is asked with a function's name in capitals, without the add-in's prefix.
    """
    tainted: set[str] = set()
    defined = [(name.casefold(), text) for name, text in names]

    def calls(text: str) -> bool:
        return any(
            (kind == FUNCTION and ours(piece[:-1].rpartition(".")[2].upper()))
            or (kind == NAME and piece.casefold() in tainted)
            for kind, piece in tokens(without_web_prefix(text))
        )

    while more := {name for name, text in defined if name not in tainted and calls(text)}:
        tainted |= more
    return calls


def freeze_sheet(sheet: Sheet, calls: Mentions) -> int:
    """Values for formulas, and no rule that needs the functions; how many cells it was."""
    found = [
        (at, sheet.value(*at))
        for at, formula in sheet.element_formulas.items()
        if calls(formula.text)
    ]
    for (row, column), value in found:
        sheet.set_input(row, column, value)
        sheet.element(row, column).attrib.pop("cm", None)  # it was a dynamic array
    if found:
        sheet.forget_index()
    count = len(found) + (0 if sheet.grown is None else _freeze_grown(sheet, sheet.grown, calls))
    for rule in list(_rules(sheet.root, calls)):
        _remove(rule)
        sheet.changed = True
    return count


def _freeze_grown(sheet: Sheet, grown: GrownRows, calls: Mentions) -> int:
    """The same for rows that are kept as columns, column by column."""
    count = 0
    for (_, number), formula in list(grown.each_formula()):
        if calls(formula.text):
            column = grown.columns[number]
            grown.columns[number] = GrownColumn(column.style, None, column.values)
            count += len(column.values)
            sheet.changed = True
    return count


def freeze_table(root: Element, calls: Mentions) -> bool:
    """Take out a table's column formulas that need the functions; whether there were any."""
    tags = (f"{MAIN}calculatedColumnFormula", f"{MAIN}totalsRowFormula")
    found = [element for element in root.iter(*tags) if calls(element.text or "")]
    for element in found:
        _remove(element)
    return bool(found)


def _rules(root: Element, calls: Mentions) -> Iterable[Element]:
    for element in root.iter(*_FORMULAS):
        if calls(element.text or ""):
            rule = element
            while rule is not None and _word(rule) not in {name for name, _ in _RULES}:
                rule = rule.getparent()
            if rule is not None and rule.getparent() is not None:
                yield rule


def _word(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _remove(element: Element) -> None:
    """Take an element out, and what held nothing else; lists state how many they hold."""
    parent = element.getparent()
    if parent is None:
        return
    parent.remove(element)
    if _word(parent) in {name for _, name in _RULES}:
        left = sum(1 for child in parent if _word(child) == _word(element))
        if not left:
            _remove(parent)
        elif parent.get("count") is not None:
            parent.set("count", str(left))
