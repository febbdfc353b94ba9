"""The examples that the documents show, found and run.

Every block of code has a language, and every language a way to be checked: what cannot be run here,
such as an installation, is at least held against what is there (extras, folders, options).
"""

from __future__ import annotations

import ast
import importlib
import importlib.util
import math
import re
import shlex
import tokenize
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from io import StringIO
from pathlib import Path
from typing import Any

import click

from workbook.cli import COMMANDS

ROOT = Path(__file__).parents[2]
DOCUMENTS = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    ROOT / "tests" / "README.md",
    *sorted((ROOT / "docs" / "pages").rglob("*.md")),
)
_FENCE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_INLINE = re.compile(r"(?<!`)`([^`\n]+)`(?!`)")


class ExampleError(AssertionError):
    """An example that does not do what its page says."""


@dataclass(frozen=True)
class Block:
    """A block of code: where it begins, its language and its text."""

    where: str
    language: str
    text: str


def blocks(path: Path) -> list[Block]:
    """All of a page."""
    page = path.read_text(encoding="utf-8")
    return [
        Block(f"{path.name}:{page.count(chr(10), 0, found.start()) + 1}", found[1], found[2])
        for found in _FENCE.finditer(page)
    ]


def inline(path: Path) -> list[str]:
    """What stands in backquotes within a page's sentences and tables."""
    return _INLINE.findall(_FENCE.sub("", path.read_text(encoding="utf-8")).replace(r"\|", "|"))


# Python


def run_python(code: str, names: dict[str, Any]) -> None:
    """Statement by statement; a comment behind one is what it gives, as far as it is a value."""
    lines = code.splitlines()
    said = _comments(code)
    for statement in ast.parse(code).body:
        last = statement.end_lineno or statement.lineno
        expected = said.get(last, "")
        below = lines[last].strip() if last < len(lines) else ""
        error = re.match(r"# (\w*Error): (.*)", below)
        source = ast.get_source_segment(code, statement) or ""
        try:
            if isinstance(statement, ast.Expr):
                value = eval(source, names)
            else:
                exec(source, names)
                continue
        except Exception as problem:
            if error is None:
                raise ExampleError(f"{source}: {type(problem).__name__}: {problem}") from problem
            words = " ".join(str(problem).split())
            if error[1] != type(problem).__name__ or not _begins(words, error[2]):
                raise ExampleError(f"{source} says {words!r}, not {below[2:]!r}") from problem
            continue
        if error is not None:
            raise ExampleError(f"{source} raises nothing, not {error[1]}")
        _compare(source, value, expected)


def _comments(code: str) -> dict[int, str]:
    return {
        token.start[0]: token.string.lstrip("# ")
        for token in tokenize.generate_tokens(StringIO(code).readline)
        if token.type == tokenize.COMMENT and token.line[: token.start[1]].strip()
    }


def _begins(words: str, expected: str) -> bool:
    return words.startswith(expected.removesuffix("...").strip())


def _compare(source: str, value: Any, expected: str) -> None:
    if expected.startswith("array("):
        if "".join(repr(value).split()) != "".join(expected.split()):
            raise ExampleError(f"{source} gives {value!r}, not {expected}")
    elif (number := re.match(r"-?[\d.]+(?=\s|$)", expected)) and float(number[0]) != value:
        raise ExampleError(f"{source} gives {value!r}, not {number[0]}")


# Commands


def commands(text: str) -> Iterator[list[str]]:
    """The single commands of a shell's block, without comments."""
    for line in text.splitlines():
        words = shlex.split(line, comments=True)
        while words:
            end = words.index("&&") if "&&" in words else len(words)
            yield words[:end]
            words = words[end + 1 :]


def check_command(words: list[str], isomargin: Callable[..., Any]) -> None:
    """Run what is ours and changes only this folder; of the rest check what it speaks of."""
    if words[0] == "isomargin":
        options_exist(words[1:])
        if not _reaches_out(words[1:]):
            run = isomargin(*words[1:])
            if run.code != 0:
                raise ExampleError(f"{shlex.join(words)}: exit {run.code}, {run.err}")
        return
    check = _OTHERS.get(words[0])
    if check is None:
        raise ExampleError(f"nothing checks {shlex.join(words)}")
    check(words[1:])


def _reaches_out(words: list[str]) -> bool:
    """The network, programs of this computer, the repository itself."""
    if words[0] in ("refresh", "install", "open", "show", "doctor"):
        return "--from" not in words
    return words[0] == "build" and "--host" not in words


def options_exist(words: list[str]) -> None:
    """Whether a command's name and its options are there; its files need not be."""
    if not words or words[0] not in COMMANDS:
        raise ExampleError(f"there is no command: isomargin {' '.join(words[:1])}")
    module = importlib.import_module(COMMANDS[words[0]])
    command: click.Command = module.command
    rest = words[1:]
    while isinstance(command, click.Group):
        if not rest:
            return
        found = command.get_command(click.Context(command), rest[0])
        if found is None:
            raise ExampleError(f"there is no command: isomargin {' '.join(words)}")
        command, rest = found, rest[1:]
    try:
        parser = command.make_parser(click.Context(command))
        parser.ignore_unknown_options = False
        parser.parse_args(list(rest))
    except click.MissingParameter:
        pass
    except click.UsageError as problem:
        if "requires" not in str(problem) and "Missing" not in str(problem):
            raise ExampleError(f"isomargin {' '.join(words)}: {problem.format_message()}") from None


def all_options() -> set[str]:
    """Every option of every command."""
    found = {"--help", "--version"}
    waiting = [importlib.import_module(module).command for module in COMMANDS.values()]
    while waiting:
        command = waiting.pop()
        if isinstance(command, click.Group):
            context = click.Context(command)
            inside = map(partial(command.get_command, context), command.list_commands(context))
            waiting += filter(None, inside)
        for parameter in command.params:
            found.update(parameter.opts, parameter.secondary_opts)
    return found


def _pip(words: list[str]) -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert words[0] == "install", words
    for wanted in words[1:]:
        if wanted.startswith("-"):
            continue
        name, _, extras = wanted.rstrip("]").partition("[")
        if name not in (".", project["name"]):
            raise ExampleError(f"pip install {wanted}: the project is called {project['name']}")
        for extra in filter(None, extras.split(",")):
            if extra not in project["optional-dependencies"]:
                raise ExampleError(f"pip install {wanted}: there is no extra {extra}")


def _paths(words: list[str]) -> None:
    for word in words:
        if "/" in word and not word.startswith("-") and not (ROOT / word).exists():
            raise ExampleError(f"{word} is not in the repository")


def _python(words: list[str]) -> None:
    if words[:1] == ["-m"] and importlib.util.find_spec(words[1]) is None:
        raise ExampleError(f"python -m {words[1]}: there is no such module")


def _nox(words: list[str]) -> None:
    sessions = re.findall(r"@nox\.session.*\ndef (\w+)", (ROOT / "noxfile.py").read_text())
    for word in words[words.index("-s") + 1 :] if "-s" in words else []:
        if word == "--":
            break
        if word not in sessions:
            raise ExampleError(f"nox -s {word}: there is no such session")


_OTHERS: dict[str, Callable[[list[str]], None]] = {
    "pip": _pip,
    "pytest": _paths,
    "bash": _paths,
    "python": _python,
    "nox": _nox,
    "mkdocs": lambda words: None,
    ".": lambda words: None,
}


# Commands within sentences: `isomargin journal take|close BOOK`


def spoken_commands(text: str) -> Iterator[list[str]]:
    """A command in backquotes, once for each of the words that it joins by |."""
    if not text.startswith("isomargin "):
        return
    try:
        words = shlex.split(text.replace("...", ""))
    except ValueError:
        raise ExampleError(f"no shell reads {text}") from None
    alternatives = max((word.count("|") for word in words if word.islower()), default=0) + 1
    for at in range(alternatives):
        yield [
            word.split("|")[min(at, word.count("|"))] if word.islower() else word
            for word in words[1:]
        ]


# Cells


def shows(shown: str, value: Any) -> None:
    """Whether a page's answer is a value's, to the digits that the page gives."""
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        digits = len(shown.partition(".")[2])
        if not math.isclose(float(shown), value, abs_tol=0.5000001 * 10**-digits, rel_tol=0):
            raise ExampleError(f"the page says {shown}, the formula {value!r}")
    elif not _begins(str(value), shown):
        raise ExampleError(f"the page says {shown!r}, the formula {value!r}")


_ROW = re.compile(r"^\|(.*)\|$", re.MULTILINE)


def tables(page: str) -> list[list[list[str]]]:
    """A page's tables: the cells of each row, the head first."""
    found: list[list[list[str]]] = []
    for part in re.split(r"\n(?!\|)", page):
        rows = [
            [cell.strip() for cell in re.split(r"(?<!\\)\|", row)] for row in _ROW.findall(part)
        ]
        if len(rows) > 2:
            found.append([rows[0], *rows[2:]])
    return found


def check_cells(page: str) -> int:
    """Compute a page's formulas in the cells that it gives; how many there were.

    The cells stand in a table whose head is empty, then the columns' letters; the formulas in one
    whose last column is headed "shows".
    """
    from io import BytesIO

    from openpyxl import Workbook

    from addin.embedded import open_book
    from udfs import catalogue

    given = [table for table in tables(page) if table[0][:2] == ["", "B"]]
    asked = [table for table in tables(page) if table[0][-1] == "shows"]
    book = Workbook()
    for table in given:
        for row in table[1:]:
            for letter, text in zip(table[0][1:], row[1:], strict=True):
                if text:
                    book.active[f"{letter}{row[0]}"] = _typed(text)
    formulas = [(row[-2].strip("`"), row[-1].strip("`")) for table in asked for row in table[1:]]
    for at, (formula, _) in enumerate(formulas, 1):
        book.active[f"Z{at}"] = formula
    buffer = BytesIO()
    book.save(buffer)
    opened = open_book(buffer.getvalue(), catalogue)
    for at, (_, shown) in enumerate(formulas, 1):
        shows(shown, opened.value("Sheet", f"Z{at}"))
    return len(formulas)


def _typed(text: str) -> Any:
    try:
        return float(text)
    except ValueError:
        return text
