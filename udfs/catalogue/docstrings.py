"""Reading a formula's numpydoc docstring: summary, arguments' help, sections."""

from __future__ import annotations

import re
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
