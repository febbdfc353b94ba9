"""Reading a formula's numpydoc docstring: summary, arguments' help, sections."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Docstring:
    """The parts of a docstring, each as plain text."""

    summary: str
    answers: str  # the paragraphs after the summary, in a trader's words
    parameters: Mapping[str, str]
    sections: Mapping[str, str]  # Returns, Notes, References, Examples ... by title

    @property
    def examples(self) -> str:
        """The runnable examples."""
        return self.sections.get("Examples", "")


_IN = "    "
_TITLE = re.compile(r"^(\w[\w ]*)\n-{3,}[ \t]*$", re.MULTILINE)


def parse(text: str) -> Docstring:
    """Split a docstring into its parts.

    >>> parse("Sum.\\n\\nParameters\\n----------\\na\\n    First.\\n").parameters
    {'a': 'First.'}
    """
    pieces = _TITLE.split(text)
    head, *rest = pieces
    sections = {
        title.strip(): body.strip("\n") for title, body in zip(rest[::2], rest[1::2], strict=True)
    }
    summary, _, answers = head.strip().partition("\n\n")
    return Docstring(
        _joined(summary),
        "\n\n".join(_joined(paragraph) for paragraph in answers.split("\n\n") if paragraph.strip()),
        _parameters(sections.pop("Parameters", "")),
        sections,
    )


def with_parameters(text: str, helps: Mapping[str, str]) -> str:
    """A docstring with the help of all its arguments, those too that it has in common with others.

    >>> with_parameters("Sum.\\n\\nReturns\\n-------\\nThe sum.\\n", {"a": "First."})
    'Sum.\\n\\nParameters\\n----------\\na\\n    First.\\n\\nReturns\\n-------\\nThe sum.\\n'
    """
    head, *rest = _TITLE.split(inspect.cleandoc(text) + "\n")
    sections = dict(zip(rest[::2], rest[1::2], strict=True))
    listed = "".join(
        f"\n{name}\n{textwrap.fill(words, 96, initial_indent=_IN, subsequent_indent=_IN)}"
        for name, words in helps.items()
    )
    told = {
        "Parameters": f"{listed}\n\n",
        **{k: v for k, v in sections.items() if k != "Parameters"},
    }
    return head + "".join(f"{title}\n{'-' * len(title)}{body}" for title, body in told.items())


def _parameters(section: str) -> dict[str, str]:
    """Help by argument: a name at the margin, its help indented below."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in section.splitlines():
        if line and not line[0].isspace():
            lines = found.setdefault(line.split(":")[0].strip(), [])
        elif line.strip():
            lines.append(line.strip())
    return {name: " ".join(help_lines) for name, help_lines in found.items()}


def _joined(text: str) -> str:
    return " ".join(line.strip() for line in text.splitlines())
