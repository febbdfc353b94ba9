"""One page a formula, from the catalogue and the published cases."""

from __future__ import annotations

import json
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from udfs import Formula, catalogue

_CASES = Path(__file__).parents[2] / "tests" / "cases"
_SHOWN = 12  # published cases on a page


def navigation() -> list[Any]:
    """The formulas by category."""
    groups: dict[str, list[Any]] = defaultdict(list)
    for formula in catalogue.values():
        groups[formula.category].append({formula.name: _path(formula)})
    return ["formulas/index.md", *({category: pages} for category, pages in groups.items())]


def pages() -> dict[str, str]:
    """Every page by path."""
    found = {"formulas/index.md": _index()}
    for formula in catalogue.values():
        found[_path(formula)] = page(formula)
    return found


def _path(formula: Formula) -> str:
    return f"formulas/{formula.name.lower()}.md"


def _index() -> str:
    lines = [
        "# Formulas",
        "",
        "Rates are fractions (2% or 0.02, never 2), prices are in account currency per unit,"
        " quantities are above 0 with the side apart, time is in days; a cost is positive when you"
        " pay. Every numeric argument takes a cell or a range. Optional arguments stand in"
        " brackets on each formula's page.",
        "",
    ]
    category = ""
    for formula in catalogue.values():
        if formula.category != category:
            category = formula.category
            lines += ["", f"## {category}", "", "| formula | what it answers |", "|---|---|"]
        name = Path(_path(formula)).name
        lines.append(f"| [`{formula.name}`]({name}) | {_cell(formula.summary)} |")
    return "\n".join(lines) + "\n"


def page(formula: Formula) -> str:
    """A formula's page."""
    # Whoever searches for what a formula answers finds the formula first.
    lines = ["---", "search:", "  boost: 4", "---", ""]
    lines += [f"# {formula.name}", "", formula.summary, ""]
    if formula.docstring.answers:
        lines += [formula.docstring.answers, ""]
    lines += ["```text", f"={_typed(formula)}", "```", ""]
    lines += _example(formula)
    if formula.arguments:
        lines += ["## Arguments", "", "| argument | what | may be | blank |", "|---|---|---|---|"]
        for argument in formula.arguments:
            domain = getattr(argument.kind, "domain", "")
            blank = "required" if argument.required else f"`{argument.default_text}`"
            what = f"{_cell(argument.help)} *{_cell(argument.unit)}*"
            lines.append(f"| `{argument.name}` | {what} | {_cell(domain)} | {blank} |")
        lines.append("")
    if formula.columns:
        lines += [f"The result's columns: {', '.join(formula.columns)}.", ""]
    headings = {"Returns": "Result", "Notes": "Equation", "References": "Source"}
    for title, text in formula.docstring.sections.items():
        if title == "Examples":
            lines += ["## In Python", "", "```pycon", text, "```", ""]
        else:
            lines += [f"## {headings.get(title, title)}", ""]
            lines += ["```text", text, "```", ""] if title == "Notes" else [_prose(text), ""]
    lines += [
        "## When it shows an error",
        "",
        "`#VALUE!`: text where a number belongs, or a word that it does not know. `#NUM!`: a number"
        " that may not be there. `#N/A`: a required cell is blank, or there is no answer."
        f' `=ISO_EXPLAIN("{formula.name}", ...)` with the same arguments says which and why.',
        "",
        *_published(formula),
    ]
    return "\n".join(lines)


def _typed(formula: Formula) -> str:
    parts = [a.name if a.required else f"[{a.name}]" for a in formula.arguments]
    return f"{formula.name}({', '.join(parts + ['...'] * formula.variadic)})"


def _example(formula: Formula) -> list[str]:
    """The docstring's first example as a cell, and what it shows."""
    call = _first_call(formula)
    if call is None:
        return []
    from addin.embedded import Evaluator
    from addin.engine import FormulaSyntaxError

    try:
        value = Evaluator(catalogue).evaluate(call)
    except FormulaSyntaxError:  # an array with blanks in it, which nobody can type
        return []
    rows = value if isinstance(value, list) else [[value]]
    shown = [" | ".join(_number(cell) for cell in row) for row in rows]
    lines = ["In a cell:", "", "```text", call, "```", ""]
    if len(rows) == 1 and len(rows[0]) == 1:
        return [*lines, f"shows **{shown[0]}**", ""]
    width = max(len(row) for row in rows)
    head = list(formula.columns) if len(formula.columns) == width else [""] * width
    return [
        *lines,
        f"| {' | '.join(head)} |",
        "|" + "---|" * width,
        *(f"| {r} |" for r in shown),
        "",
    ]


def _first_call(formula: Formula) -> str | None:
    import ast

    source = "\n".join(
        line.strip()[4:]
        for line in formula.docstring.examples.splitlines()
        if line.strip().startswith((">>> ", "... "))
    )
    for node in ast.walk(ast.parse(source)):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name)):
            continue
        if node.func.id != formula.function:
            continue
        try:
            given = [ast.literal_eval(one) for one in node.args]
            named = {k.arg: ast.literal_eval(k.value) for k in node.keywords if k.arg}
        except ValueError:
            continue
        names = [argument.name for argument in formula.arguments]
        texts = [_text(value) for value in given]
        last = max([len(texts), *(names.index(name) + 1 for name in named)])
        for name in names[len(texts) : last]:
            texts.append(_text(named[name]) if name in named else "")
        return f"={formula.name}({', '.join(texts)})"
    return None


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, str):
        return f'"{value}"'
    if isinstance(value, (list, tuple)):
        rows = value if value and isinstance(value[0], (list, tuple)) else [[one] for one in value]
        return "{" + ";".join(",".join(_text(cell) for cell in row) for row in rows) + "}"
    return f"{value:.12g}"


def _number(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    return f"{value:.7g}" if isinstance(value, (int, float)) else _cell(str(value))


@cache
def _cases() -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in sorted(_CASES.glob("*.json")):
        for case in json.loads(path.read_text(encoding="utf-8")):
            found[case["formula"]].append(case)
    return found


def _published(formula: Formula) -> list[str]:
    cases = _cases().get(formula.name, [])
    if not cases:
        return []
    plain = [case for case in cases if not isinstance(case["expected"], (list, dict))]
    lines = [
        "## Published numbers that it was checked against",
        "",
        f"{len(cases)} numbers that others printed in their tests, documents and tables are"
        " compared with this formula at every change"
        + (f"; {_SHOWN} of them:" if len(plain) > _SHOWN else ":"),
        "",
        "| source | arguments | published | note |",
        "|---|---|---|---|",
    ]
    for case in plain[:_SHOWN]:
        given = ", ".join(_text(one) for one in case["arguments"])
        note = case.get("note", "")
        value = _number(case.get("published", case["expected"]))
        if "published_wrong" in case:
            value = f"{_number(case['published_wrong'])} (wrong; {_number(case['expected'])})"
        lines.append(f"| {_cell(case['source'])} | `{given}` | {value} | {_cell(note)} |")
    return [*lines, ""] if plain else lines[:3]


def _prose(text: str) -> str:
    return text.replace("*", r"\*")


def _cell(text: str) -> str:
    """Text that may stand in a table."""
    return text.replace("|", r"\|").replace("\n", " ").replace("*", r"\*").replace("<", "&lt;")
