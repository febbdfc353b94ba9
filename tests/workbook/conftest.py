"""Running the command line in this process, as a person would from a shell."""

import os
from dataclasses import dataclass

import pytest

from addin.libreoffice.host import Computer, HostMissing, find_tools
from workbook.cli import main


@dataclass(frozen=True)
class Run:
    code: int
    out: str
    err: str


@pytest.fixture
def isomargin(capsys):
    def run(*arguments):
        capsys.readouterr()
        with pytest.raises(SystemExit) as stopped:
            main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return Run(stopped.value.code, captured.out, captured.err)

    return run


@pytest.fixture
def refused(isomargin):
    """Run a command that must be refused: one plain line, exit 2. Gives that line."""

    def run(*arguments):
        result = isomargin(*arguments)
        assert result.code == 2, result
        assert result.out == ""
        assert result.err.count("\n") == 1, result.err
        assert "Traceback" not in result.err
        return result.err

    return run


@pytest.fixture(scope="session")
def libreoffice():
    """The computer's LibreOffice; without one the test is skipped, in CI failed."""
    try:
        return find_tools(Computer())
    except HostMissing as missing:
        if os.environ.get("CI"):
            pytest.fail(str(missing))
        pytest.skip(str(missing))
