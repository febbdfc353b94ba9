"""formulas.html: every formula with its arguments, for Excel's help links."""

from __future__ import annotations

from html import escape

from addin.officejs.frame import framed
from udfs import Formula, __version__, catalogue

_TITLES = {"Notes": "Equation", "Returns": "Result", "References": "Source"}


def help_page() -> str:
    """The page, made from the catalogue.

    >>> 'id="ISO_KELLY"' in help_page()
    True
    """
    links = [f'<li><a href="#{name}"><code>{name}</code></a></li>' for name in catalogue]
    body = [
        f"<h1>Formulas of isomargin {escape(__version__)}</h1>",
        "<p>Rates are fractions (2% or 0.02), prices in account currency per unit, time in days.",
        "A cost is positive when you pay. Every number may be a cell or a range.</p>",
        "<ul>",
        *links,
        "</ul>",
    ]
    for formula in catalogue.values():
        body += _section(formula)
    return framed("formulas", "\n".join(body) + "\n")


def _section(formula: Formula) -> list[str]:
    lines = [
        f'<h2 id="{formula.name}">{formula.name}</h2>',
        f"<p>{escape(formula.summary)}</p>",
        f"<pre>={escape(formula.signature)}</pre>",
    ]
    if formula.arguments:
        lines.append("<dl>")
        for argument in formula.arguments:
            need = "" if argument.required else f", blank: {argument.default_text}"
            lines.append(
                f"<dt>{escape(argument.name)} ({escape(argument.unit + need)})</dt>"
                f"<dd>{escape(argument.help)}</dd>"
            )
        lines.append("</dl>")
    for title, text in formula.docstring.sections.items():
        if title != "Examples":
            lines.append(f"<p>{_TITLES.get(title, title)}:</p><pre>{escape(text)}</pre>")
    return lines
