"""The command line's own words: what one sees first, whole help, what is missing."""

import re

import pytest

from workbook.cli import COMMANDS


def test_without_arguments_the_five_commands_that_matter(isomargin):
    run = isomargin()
    assert run.code == 0
    assert run.err == ""
    told = re.findall(r"^  isomargin (\w+)", run.out, flags=re.MULTILINE)
    assert len(told) == 5
    assert set(told) <= set(COMMANDS)
    assert "isomargin --help" in run.out
    assert max(map(len, run.out.splitlines())) <= 80


@pytest.mark.parametrize("asked", [("--help",), ("-h",), ("journal", "--help")])
def test_no_line_of_help_is_cut(isomargin, monkeypatch, asked):
    monkeypatch.setenv("COLUMNS", "80")
    run = isomargin(*asked)
    assert run.code == 0
    _, found, commands = run.out.partition("Commands:\n")
    assert found
    assert "..." not in commands
    assert max(map(len, run.out.splitlines())) <= 80


def test_every_command_has_its_line(isomargin):
    commands = isomargin("--help").out.partition("Commands:\n")[2]
    names = re.findall(r"^  (\w+)", commands, flags=re.MULTILINE)
    assert names == list(COMMANDS)


def test_journal_alone_shows_its_commands_and_not_a_wall_of_text(isomargin):
    run = isomargin("journal")
    assert run.code in (0, 2)
    said = run.out + run.err
    assert "\n  take " in said
    assert max(map(len, said.splitlines())) <= 100


def test_the_doctor_never_says_to_install_what_runs_it(
    isomargin, libreoffice, monkeypatch, tmp_path
):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    run = isomargin("doctor", "libreoffice")
    assert run.code == 1
    assert "pip install" not in run.out
    assert "isomargin install libreoffice" in run.out
