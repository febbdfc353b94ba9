"""``isomargin functions``: the catalogue, for reading and for other programs."""

from __future__ import annotations

import json
import textwrap

import click

from udfs import Formula, catalogue


@click.command("functions")
@click.argument("name", required=False)
@click.option("--names", is_flag=True, help="The Excel names only, one a line.")
@click.option("--json", "as_json", is_flag=True, help="The whole catalogue as JSON.")
@click.option("--markdown", is_flag=True, help="The table that docs/FORMULAS.md shows.")
def command(name: str | None, names: bool, as_json: bool, markdown: bool) -> None:
    """List the formulas, or tell all about the one called NAME."""
    chosen = [_find(name)] if name is not None else list(catalogue.values())
    if as_json:
        click.echo(json.dumps([as_data(one) for one in chosen], ensure_ascii=False, indent=1))
    elif names:
        click.echo("\n".join(one.name for one in chosen))
    elif markdown:
        click.echo(markdown_table())
    elif name is not None:
        click.echo(page(chosen[0]))
    else:
        _list()


def _find(name: str) -> Formula:
    wanted = name.strip().upper()
    found = catalogue.get(wanted) or catalogue.get(f"ISO_{wanted}")
    if found is None:
        from workbook.cli import Failure

        near = [known for known in catalogue if wanted.removeprefix("ISO_") in known]
        there = ", ".join(near) if near else "see isomargin functions --names"
        raise Failure(f"there is no formula {name!r}: {there}")
    return found


def _list() -> None:
    category = ""
    for one in catalogue.values():
        if one.category != category:
            category = one.category
            click.echo(f"\n{category}")
        click.echo(f"  {one.name}")
        click.echo(textwrap.indent(textwrap.fill(one.summary, 92), "      "))


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
