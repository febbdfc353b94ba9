"""README.md says what is true now."""

import re
import shlex
from pathlib import Path

from workbook.cli import COMMANDS

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_is_told_where_readme_says_so():
    page = "docs/pages/start/command-line.md"
    assert f"[all commands]({page})" in README
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in COMMANDS:
        assert f"isomargin {name}" in text, name


def test_the_answers_shown_are_the_answers(isomargin):
    console = README.partition("```console\n")[2].partition("```")[0]
    blocks = re.split(r"^\$ ", console, flags=re.MULTILINE)[1:]
    assert blocks
    for block in blocks:
        command, _, expected = block.partition("\n")
        run = isomargin(*shlex.split(command)[1:])
        assert run.out + run.err == expected


def test_links_lead_to_files():
    for target in re.findall(r"\]\((?!http)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
