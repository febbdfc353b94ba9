"""The buttons of the add-in's tab, pressed in an interpreter."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

from udfs import __version__, catalogue


@pytest.fixture
def addin(excel: Any, xlwings: ModuleType, pyopenvba: ModuleType) -> Any:
    """The add-in's VBA: ``press(name)`` gives what the message boxes said."""
    from addin.excel import vba as sources
    from tests.hosts.excel.vba_host import Control, ExcelHost, interpreter

    host = ExcelHost(excel.server, "isomargin.xlam")
    vba = interpreter(host, sources.modules())

    class Addin:
        def __init__(self) -> None:
            self.host = host

        def start(self) -> None:
            vba.run("IsomarginDescribeFormulas", [])

        def press(self, name: str) -> str:
            vba.run(f"Isomargin{name}", [Control()])
            return " ".join(str(part) for dialog in vba.dialogs for part in dialog)

    return Addin()


def test_check_says_that_the_formulas_work(addin: Any) -> None:
    assert f"The formulas work: version {__version__}." in addin.press("Check")


def test_check_names_both_versions_where_they_differ(
    addin: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(catalogue["ISO_VERSION"], "body", lambda: "9.9.9")
    said = addin.press("Check")
    assert "9.9.9" in said
    assert __version__ in said
    assert "isomargin install excel" in said


def test_check_says_why_python_does_not_answer(addin: Any) -> None:
    addin.host.installed = False
    said = addin.press("Check")
    assert "Python does not answer: Could not load xlwings64.dll" in said
    assert "isomargin doctor" in said


def test_new_plan_opens_a_copy_of_the_template(addin: Any) -> None:
    addin.host.settings["TEMPLATE"] = "C:\\Templates\\isomargin.xlsm"
    assert addin.press("NewPlan") == ""
    assert addin.host.workbooks.added == ["C:\\Templates\\isomargin.xlsm"]


def test_new_plan_without_a_template_says_what_to_type(addin: Any) -> None:
    assert "isomargin install excel" in addin.press("NewPlan")
    assert addin.host.workbooks.added == []


def test_new_plan_with_a_lost_template_says_so(addin: Any) -> None:
    addin.host.settings["TEMPLATE"] = "C:\\gone.xlsm"
    addin.host.workbooks.refuses = True
    said = addin.press("NewPlan")
    assert "C:\\gone.xlsm" in said
    assert "isomargin doctor" in said


def test_help_shows_a_formula_that_is_true(addin: Any) -> None:
    said = addin.press("Help")
    assert '=ISO_EXPLAIN("ISO_POSITION_SIZE",10000,2,100,96)' in said
    assert "not advice" in said


def test_functions_shows_excels_list_with_every_text_in_it(addin: Any) -> None:
    addin.start()
    assert addin.press("Functions") == ""
    assert addin.host.application.dialogs == ["450"]
    assert len(addin.host.application.described) == len(catalogue)
