"""The limits of VBA and of Excel's function wizard, in every module that is built."""

from __future__ import annotations

import re
from collections import defaultdict
from types import ModuleType

import pytest

from addin.excel import addin_book, vba
from addin.excel.macro_book import CodeNames

LINES, LINE, CONTINUATIONS, ARGUMENTS, NAMES = 65_534, 1023, 24, 60, 254
_PROCEDURE = re.compile(
    r"^(?P<private>Private )?(?:Public )?(?:Sub|Function) (?P<name>\w+)\((?P<arguments>[^\r\n]*)\)",
    re.MULTILINE,
)
_CELL = re.compile(r"[A-Z]{1,3}\d{1,7}|R\d*C?\d*", re.IGNORECASE)


@pytest.fixture(scope="module")
def modules(xlwings: ModuleType, pyopenvba: ModuleType) -> dict[str, str]:
    from addin.excel.project import third_party_modules

    return {**third_party_modules(), **vba.modules()}


def joined(source: str) -> str:
    """The source with lines that go on made one."""
    return re.sub(r" _\r\n\s*", " ", source)


def names(arguments: str) -> list[str]:
    bare = re.sub(r"\b(?:Optional|ByRef|ByVal|ParamArray) |\(\)", "", arguments)
    return [one.split(" As ")[0].split("=")[0].strip() for one in bare.split(",") if one.strip()]


def faults(modules: dict[str, str]) -> list[str]:
    found = []
    public: defaultdict[str, set[str]] = defaultdict(set)
    for module, source in modules.items():
        lines = source.split("\r\n")
        if len(lines) > LINES:
            found.append(f"{module}: {len(lines)} lines")
        found += [f"{module}: a line of {len(one)}" for one in lines if len(one) > LINE]
        run = 0
        for line in lines:
            run = run + 1 if line.endswith(" _") else 0
            if run > CONTINUATIONS:
                found.append(f"{module}: {run} lines in one")
        if re.search(r"application\.volatile", source, re.IGNORECASE):
            found.append(f"{module}: volatile")
        for procedure in _PROCEDURE.finditer(joined(source)):
            name, arguments = procedure["name"], names(procedure["arguments"])
            if not procedure["private"] and module != "Dictionary":
                public[name.casefold()].add(module)
            if len(arguments) > ARGUMENTS:
                found.append(f"{name}: {len(arguments)} arguments")
            if len({one.casefold() for one in arguments}) < len(arguments):
                found.append(f"{name}: an argument twice")
            for one in (name, *arguments):
                if one.casefold() in vba.RESERVED or not re.fullmatch(r"[A-Za-z]\w{0,254}", one):
                    found.append(f"{name}: {one!r} is no name")
            if module == vba.WRAPPERS:
                if len(",".join(arguments)) > NAMES:
                    found.append(f"{name}: {len(','.join(arguments))} characters of names")
                found += [f"{name}: {one} is a cell" for one in arguments if _CELL.fullmatch(one)]
    found += [f"{name} in {', '.join(sorted(m))}" for name, m in public.items() if len(m) > 1]
    return found


def test_no_limit_is_passed(modules: dict[str, str]) -> None:
    assert faults(modules) == []


PLANTED = {
    "a line of 1100": "' " + "x" * 1098,
    "26 lines in one": "x = 1" + " _\r\n + 1" * 26,
    "61 arguments": "Function F(" + ", ".join(f"argument{at}" for at in range(61)) + ")",
    "an argument twice": "Function F(entry, Entry)",
    "'Next' is no name": "Function F(Next)",
    "'_x' is no name": "Function F(_x)",
    "characters of names": "Function F(" + ", ".join("x" * 60 + str(at) for at in range(5)) + ")",
    "LIQ2 is a cell": "Function F(LIQ2)",
    "volatile": "Application.Volatile",
}


@pytest.mark.parametrize("words", PLANTED)
def test_a_planted_fault_is_seen(words: str) -> None:
    found = faults({vba.WRAPPERS: f"Option Explicit\r\n{PLANTED[words]}\r\n"})
    assert any(words in one for one in found), found


def test_a_name_in_two_modules_is_seen() -> None:
    one = "Public Sub Same()\r\nEnd Sub\r\n"
    assert faults({"A": one, "B": one}) == ["same in A, B"]


def test_code_names_are_ones_that_vba_takes() -> None:
    names: CodeNames = addin_book.CODE_NAMES
    assert all(re.fullmatch(r"[A-Za-z]\w{0,30}", name) for name in (names.workbook, *names.sheets))
