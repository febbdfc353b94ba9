"""A formula of the catalogue for people and for programs: a page, plain data, a table's row."""

from __future__ import annotations

import textwrap

from udfs import Formula, catalogue


def page(one: Formula) -> str:
    """A formula's page: what it answers, equation, arguments, errors, source, example."""
    lines = [one.signature, "", one.summary]
    if one.docstring.answers:
        lines += ["", textwrap.fill(one.docstring.answers, 96)]
    if one.arguments:
        lines += ["", "Arguments"]
    for argument in one.arguments:
        need = "required" if argument.required else "optional"
        if argument.default_text:
            need += f", default {argument.default_text}"
        lines.append(f"  {argument.name}  ({argument.unit}; {need})")
        lines.append(textwrap.indent(textwrap.fill(argument.help, 90), "      "))
    if one.columns:
        lines += ["", f"Columns: {', '.join(one.columns)}"]
    for title, text in one.docstring.sections.items():
        heading = {"Notes": "Equation", "Returns": "Result", "References": "Source"}
        lines += ["", heading.get(title, title), textwrap.indent(text, "  ")]
    return "\n".join(lines)


def as_data(one: Formula) -> dict[str, object]:
    """A formula as plain data, for other programs."""
    return {
        "name": one.name,
        "category": one.category,
        "summary": one.summary,
        "signature": one.signature,
        "result": one.result,
        "columns": list(one.columns),
        "arguments": [
            {
                "name": argument.name,
                "required": argument.required,
                "default": argument.default_text or None,
                "unit": argument.unit,
                "help": argument.help,
            }
            for argument in one.arguments
        ],
    }


def markdown_table() -> str:
    """The formulas as a Markdown table, grouped as in the reference."""
    lines = ["| | formula | what it answers |", "|---|---|---|"]
    category = ""
    for one in catalogue.values():
        group = f"**{one.category}**" if one.category != category else ""
        category = one.category
        arguments = ", ".join(
            argument.name if argument.required else f"[{argument.name}]"
            for argument in one.arguments
        )
        name = f"`{one.name}({arguments}{', ...' if one.variadic else ''})`"
        lines.append(f"| {group} | {name} | {one.summary} |")
    return "\n".join(lines)
