"""The VBA read by a static analyser and by the language's own grammar.

No error that Excel's compiler would stop at.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from addin.excel import prebuilt, vba
from tests.hosts.excel.conftest import need
from workbook import bundled


def analysed(*paths: Path) -> subprocess.CompletedProcess[str]:
    need(importlib.util.find_spec("pyvbaanalysis"), "type  pip install pyvbaanalysis==3.0.1")
    command = [sys.executable, "-m", "pyvbaanalysis", "--whole-project", "--fail-level", "error"]
    return subprocess.run(
        [*command, *map(str, paths)], capture_output=True, text=True, check=False, timeout=120
    )


@pytest.mark.parametrize("name", ["plan.xlsm", "isomargin.xlam"])
def test_the_vba_has_no_error(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    macros = name.endswith(".xlsm")
    path.write_bytes(
        prebuilt.to_macro_workbook(bundled.template()) if macros else prebuilt.addin_file()
    )
    done = analysed(path)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "IsomarginSupport" in done.stdout, "it was read"


_WRONG = {
    "a name that is nowhere": "Sub A()\n    Nowhere 1\nEnd Sub\n",
    "an undeclared variable": "Sub A()\n    x = 1\nEnd Sub\n",
}


@pytest.mark.parametrize("fault", _WRONG)
def test_a_planted_error_is_seen(tmp_path: Path, fault: str) -> None:
    module = tmp_path / "Wrong.bas"
    module.write_text(f'Attribute VB_Name = "Wrong"\nOption Explicit\n{_WRONG[fault]}', "utf-8")
    done = analysed(module)
    assert done.returncode not in (0, 2), done.stdout + done.stderr


# The grammar of [MS-VBAL].


def syntax_errors(source: str) -> list[str]:
    need(importlib.util.find_spec("antlr4_vba"), "type  pip install antlr4-vba==0.0.67")
    from antlr4 import CommonTokenStream, InputStream
    from antlr4.error.ErrorListener import ErrorListener
    from antlr4_vba.vbaLexer import vbaLexer
    from antlr4_vba.vbaParser import vbaParser

    found: list[str] = []

    class Listener(ErrorListener):  # type: ignore[misc,unused-ignore]
        def syntaxError(  # noqa: N802 - the runtime's name
            self, recognizer: Any, symbol: Any, line: int, column: int, words: str, error: Any
        ) -> None:
            found.append(f"line {line}: {words[:200]}")

    lexer = vbaLexer(InputStream(source))
    parser = vbaParser(CommonTokenStream(lexer))
    for reader in (lexer, parser):
        reader.removeErrorListeners()
        reader.addErrorListener(Listener())
    parser.startRule()
    return found


@pytest.mark.parametrize("name", sorted(vba.modules()))
def test_the_grammar_of_the_language_reads_every_module(name: str) -> None:
    assert syntax_errors(vba.modules()[name]) == []


_UNGRAMMATICAL = {
    "a procedure without end": "Sub A()\r\n    x = 1\r\n",
    "an If without Then": "Sub A()\r\n    If x = 1\r\n    End If\r\nEnd Sub\r\n",
    "brackets that are not closed": "Sub A()\r\n    x = (1 + 2\r\nEnd Sub\r\n",
    "a text that does not end": 'Sub A()\r\n    x = "one\r\nEnd Sub\r\n',
}


@pytest.mark.parametrize("fault", _UNGRAMMATICAL)
def test_what_the_grammar_does_not_allow_is_seen(fault: str) -> None:
    head = 'Attribute VB_Name = "Wrong"\r\nOption Explicit\r\n'
    assert syntax_errors(head + _UNGRAMMATICAL[fault]) != []
