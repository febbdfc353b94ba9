"""Every example that the documents show does what they say; a broken copy of each is noticed."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.docs import examples
from tests.docs.examples import DOCUMENTS, ROOT, Block, ExampleError
from workbook import bundled

_PAGES = [path for path in DOCUMENTS if examples.blocks(path)]
_OWN = ROOT / "docs" / "pages" / "recipes" / "own-workbook.md"


def _named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The files that the pages speak of, in a folder that commands may change."""
    for name in ("my-plan.xlsx", "spot-desk.xlsx", "night.xlsx"):
        (tmp_path / name).write_bytes(bundled.worked_example())
    text = bundled.text("examples/optimism.toml")
    for name in ("plan.toml", "INPUT.toml", "workbook/examples/optimism.toml"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    shutil.copy(
        ROOT / "tests/workbook/journal/imports/samples/binance.csv", tmp_path / "export.csv"
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(block: Block, isomargin: Callable[..., Any], names: dict[str, Any]) -> None:
    if block.language == "python":
        examples.run_python(block.text, names)
    elif block.language == "sh":
        for words in examples.commands(block.text):
            # What a command makes is not there yet for whoever follows the page.
            made = {"new": words[2:3], "fill": words[-1:]}.get(words[1], []) if words[1:] else []
            if words[0] == "isomargin":
                for name in made:
                    Path(name).unlink(missing_ok=True)
            examples.check_command(words, isomargin)
    elif block.language != "console":  # those of README are run by tests/workbook/test_readme.py
        raise ExampleError(f"{block.where}: nothing checks {block.language or 'no language'}")


@pytest.mark.parametrize("path", _PAGES, ids=_named)
def test_blocks_of_code_run(path: Path, folder: Path, isomargin: Callable[..., Any]) -> None:
    names: dict[str, Any] = {}
    for block in examples.blocks(path):
        check(block, isomargin, names)


def test_only_readme_shows_answers_of_commands() -> None:
    console = [path.name for path in DOCUMENTS for b in examples.blocks(path)
               if b.language == "console"]  # fmt: skip
    assert console == ["README.md"]


def test_commands_in_sentences_are_there() -> None:
    seen = 0
    for path in DOCUMENTS:
        for text in examples.inline(path):
            for words in examples.spoken_commands(text):
                seen += 1
                examples.options_exist(words)
    assert seen > 40


def test_options_in_sentences_are_those_of_a_command() -> None:
    every = examples.all_options()
    for path in DOCUMENTS:
        if path.parent == ROOT / "tests":
            continue  # options of pytest and nox
        for text in examples.inline(path):
            for option in re.findall(r"(?<!\S)--[a-z-]+", text):
                if not text.startswith(("pytest", "nox", "npm", "mkdocs")):
                    assert option in every, f"{path.name}: {text}"


def test_formulas_in_cells_show_what_their_page_says() -> None:
    assert examples.check_cells(_OWN.read_text(encoding="utf-8")) == 5


def test_no_other_page_shows_a_formula_that_nothing_computes() -> None:
    """Elsewhere formulas stand in commands, or on the pages that the catalogue makes."""
    for path in DOCUMENTS:
        for text in examples.inline(path):
            if re.match(r"=ISO_\w+\(", text):
                assert path == _OWN, f"{path.name}: {text}"


# Broken copies


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("im.position_size(10_000, 0.02, 100, 96)  # 51.0", "gives 50.0, not 51.0"),
        ("im.position_size(10_000, 0.02, 100, 96)  # 5.0 units", "not 5.0"),
        ("im.liquidation_price('long', 100, [5, 10])  # array([80., 91.])", "gives array"),
        ("im.positionsize(10_000, 0.02, 100, 96)  # 50.0", "no attribute"),
        ("im.position_size(10_000, 0.02, 100)  # 50.0", "stop"),
        ("im.position_size(10_000, 2, 100, 96)\n# FormulaError: entry is ...", "says 'risk is 2"),
        ("im.position_size(10_000, 0.02, 100, 96)\n# FormulaError: risk is", "raises nothing"),
    ],
)
def test_a_broken_example_in_python_is_noticed(code: str, said: str) -> None:
    with pytest.raises(ExampleError, match=re.escape(said)):
        examples.run_python(f"import isomargin as im\n{code}\n", {})


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("isomargin calculate my-plan.xlsx", "no command"),
        ("isomargin journal imports my-plan.xlsx export.csv", "no command"),
        ("isomargin calc my-plan.xlsx --hosts libreoffice", "--hosts"),
        ("isomargin calc your-plan.xlsx", "exit 2"),
        ("isomargin eval '=ISO_SIZE(1)'", "exit"),
        ("pip install isomargins", "called isomargin"),
        ('pip install "isomargin[lives]"', "no extra lives"),
        ("pytest tests/nowhere/test_it.py", "not in the repository"),
        ("python -m isomargin_of_tomorrow", "no such module"),
        ("nox -s fuzzy", "no such session"),
        ("brew install isomargin", "nothing checks"),
        ("isomargin new other.xlsx && isomargin calc others.xlsx", "exit 2"),
    ],
)
def test_a_broken_command_is_noticed(
    text: str, said: str, folder: Path, isomargin: Callable[..., Any]
) -> None:
    with pytest.raises(ExampleError, match=re.escape(said)):
        check(Block("here", "sh", text), isomargin, {})


def test_a_block_without_a_language_is_noticed(isomargin: Callable[..., Any]) -> None:
    with pytest.raises(ExampleError, match="nothing checks"):
        check(Block("here", "", "isomargin calc"), isomargin, {})


@pytest.mark.parametrize(
    ("was", "broken"),
    [
        ("| 90.4523 |", "| 90.4524 |"),
        ("| 10.5 |", "| 10.6 |"),
        ("risk is 2", "risk is 3"),
        ("| 2 | long | 100 |", "| 2 | short | 100 |"),
        ("B2, C2, E2, 0.5%)` | 22", "B2, C2, E3, 0.5%)` | 22"),
    ],
)
def test_a_broken_cell_is_noticed(was: str, broken: str) -> None:
    page = _OWN.read_text(encoding="utf-8")
    assert was in page
    with pytest.raises(ExampleError):
        examples.check_cells(page.replace(was, broken))
