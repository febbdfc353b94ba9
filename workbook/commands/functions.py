"""``isomargin functions``: the catalogue, for reading and for other programs."""

from __future__ import annotations

import json
import textwrap

import click

from udfs import Formula, catalogue
from workbook.commands.failure import Failure
from workbook.formula_pages import as_data, markdown_table, page


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
