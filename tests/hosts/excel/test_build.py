"""The built files: what is in them, read back with tools that did not write them."""

from __future__ import annotations

import io
import os
import subprocess
import sys
import tomllib
import warnings
import zipfile
from pathlib import Path
from types import ModuleType

import openpyxl
import pytest
from lxml import etree

from addin.excel import (
    ADDIN_FILE,
    WORKBOOK_FILE,
    XLWINGS_VERSION,
    build,
    generator,
    macro_book,
    prebuilt,
    vba,
)
from addin.excel.macro_book import code_names, to_macro_workbook
from addin.package import Package, PackageError
from tests.hosts.excel.conftest import required
from udfs import catalogue
from workbook import bundled

TYPES = "{http://schemas.openxmlformats.org/package/2006/content-types}"
RELATIONS = "{http://schemas.openxmlformats.org/package/2006/relationships}"
MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


@pytest.fixture(scope="session")
def oletools() -> ModuleType:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return required("oletools.olevba", "type  pip install oletools")


def part(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)


def sources(path: Path, oletools: ModuleType) -> dict[str, str]:
    """The VBA of a file by module, as olevba reads it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from oletools.olevba import VBA_Parser

        parser = VBA_Parser(str(path))
        try:
            return {name.rpartition(".")[0]: code for _, _, name, code in parser.extract_macros()}
        finally:
            parser.close()


def test_two_builds_are_the_same_bytes(
    built: dict[str, Path], small_book: bytes, tmp_path: Path
) -> None:
    again = build.build_excel(small_book, tmp_path / "again")
    assert [path.name for path in again] == [WORKBOOK_FILE, ADDIN_FILE]
    for path in again:
        assert path.read_bytes() == built[path.name].read_bytes()


def test_a_build_in_another_process_is_the_same_bytes(
    built: dict[str, Path], small_book: bytes, tmp_path: Path
) -> None:
    source = tmp_path / "book.xlsx"
    source.write_bytes(small_book)
    code = (
        "import sys, pathlib; from addin.excel.build import build_excel;"
        "build_excel(pathlib.Path(sys.argv[1]).read_bytes(), sys.argv[2])"
    )
    subprocess.run(
        [sys.executable, "-c", code, str(source), str(tmp_path)],
        check=True,
        env={**os.environ, "PYTHONHASHSEED": "7"},
        cwd=Path(build.__file__).parents[2],
    )
    for name, path in built.items():
        assert (tmp_path / name).read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", [WORKBOOK_FILE, ADDIN_FILE])
def test_the_vba_read_back_is_the_vba_that_was_generated(
    built: dict[str, Path], oletools: ModuleType, name: str
) -> None:
    found = sources(built[name], oletools)
    modules = vba.modules()
    for module, source in modules.items():
        assert found[module].replace("\r\n", "\n") == source.replace("\r\n", "\n"), module
    assert "Private Sub Workbook_Open()" in found["ThisWorkbook"]
    assert set(found) - set(modules) - {"ThisWorkbook", "xlwings", "Dictionary"} == set(
        code_names(built[name].read_bytes()).sheets
    )


@pytest.mark.parametrize("name", [WORKBOOK_FILE, ADDIN_FILE])
def test_every_formula_has_its_function(
    built: dict[str, Path], oletools: ModuleType, name: str
) -> None:
    code = sources(built[name], oletools)["IsomarginFormulas"]
    declared = [line[9:].split("(")[0] for line in code.splitlines() if line[:9] == "Function "]
    assert declared == list(catalogue)


def test_the_licences_of_xlwings_and_dictionary_stay_in_the_vba(
    built: dict[str, Path], oletools: ModuleType
) -> None:
    for path in built.values():
        found = sources(path, oletools)
        assert "'Copyright (C) 2014-present, Zoomer Analytics LLC." in found["xlwings"]
        assert "'Redistribution and use in source and binary forms" in found["xlwings"]
        assert "@license: MIT" in found["Dictionary"]


def test_xlwings_module_differs_from_the_original_in_four_lines_only(
    built: dict[str, Path], oletools: ModuleType, xlwings: ModuleType
) -> None:
    original = Path(xlwings.__file__).with_name("quickstart_standalone.xlsm")
    before = sources(original, oletools)["xlwings"].splitlines()
    after = sources(built[WORKBOOK_FILE], oletools)["xlwings"].splitlines()
    added = [line for line in after if line not in set(before)]
    gone = [line for line in before if line not in set(after)]
    assert gone == [
        'Public Const PROJECT_NAME As String = "xlwings"',
        '    If source = "" Or source = "sheet" Then',
        '    If source = "" Or source = "directory" Then',
    ]
    assert [line.split(" '")[0] for line in added] == [
        "Option Private Module",
        'Public Const PROJECT_NAME As String = "isomargin"',
        '    If source = "sheet" Then',
        '    If source = "directory" Then',
    ]
    assert len(after) == len(before) + 1


# Stand-ins for what xlwings' GetConfig asks: every place has a setting, and says which it is.
_SETTINGS_EVERYWHERE = """
Const PROJECT_NAME = "isomargin"
Function SheetExists(book, name)
    SheetExists = True
End Function
Function GetDirectoryPath()
    GetDirectoryPath = "C:\\Downloads"
End Function
Function FileExists(name)
    FileExists = True
End Function
Function GetDirectoryConfigFilePath()
    GetDirectoryConfigFilePath = "beside the workbook"
End Function
Function GetConfigFilePath()
    GetConfigFilePath = "the person's own"
End Function
Function GetConfigFromFile(name, key, ByRef found)
    found = name
    GetConfigFromFile = True
End Function
Function ExpandEnvironmentStrings(text)
    ExpandEnvironmentStrings = text
End Function
"""


@pytest.mark.parametrize(("source", "found"), [("", "the person's own"), ("directory", "beside")])
def test_a_file_beside_a_workbook_does_not_name_the_program_that_is_started(
    xlwings: ModuleType, pyopenvba: ModuleType, source: str, found: str
) -> None:
    from pyopenvba.interpreter import Interpreter

    from addin.excel.project import third_party_modules

    module = third_party_modules()["xlwings"]
    start = module.index("Function GetConfig(")
    function = module[start : module.index("End Function", start)] + "End Function\r\n"
    host = Interpreter()
    host.add_module(_SETTINGS_EVERYWHERE + function, name="xlwings")
    assert str(host.run("GetConfig", ["INTERPRETER_WIN", "", source])).startswith(found)


@pytest.mark.parametrize("name", [WORKBOOK_FILE, ADDIN_FILE])
def test_every_function_bears_its_description_in_the_source(
    built: dict[str, Path], oletools: ModuleType, name: str
) -> None:
    lines = sources(built[name], oletools)["IsomarginFormulas"].splitlines()
    for formula in catalogue.values():
        at = next(n for n, line in enumerate(lines) if line.startswith(f"Function {formula.name}("))
        told = formula.summary.replace('"', '""')
        assert lines[at + 1] == f'Attribute {formula.name}.VB_Description = "{told}"'


@pytest.mark.parametrize("name", [WORKBOOK_FILE, ADDIN_FILE])
def test_the_project_names_its_modules_alike_everywhere(
    built: dict[str, Path], oletools: ModuleType, name: str
) -> None:
    import olefile

    project = olefile.OleFileIO(io.BytesIO(part(built[name], "xl/vbaProject.bin")))
    try:
        streams = {entry[-1] for entry in project.listdir() if entry[0] == "VBA"}
        lines = project.openstream("PROJECT").read().decode("cp1252").splitlines()
        wide = project.openstream("PROJECTwm").read()
    finally:
        project.close()
    names = code_names(built[name].read_bytes())
    documents = [line[9:].split("/")[0] for line in lines if line.startswith("Document=")]
    assert documents == [names.workbook, *names.sheets]
    declared = documents + [
        line.partition("=")[2] for line in lines if line.startswith(("Module=", "Class="))
    ]
    assert streams == {*declared, "_VBA_PROJECT", "dir"}  # nothing compiled is left behind
    for module in declared:
        assert module.encode() + b"\0" + module.encode("utf-16-le") + b"\0\0" in wide
    assert "Class=Dictionary" in lines


@pytest.mark.parametrize("name", [WORKBOOK_FILE, ADDIN_FILE])
def test_the_project_is_declared_and_linked(built: dict[str, Path], name: str) -> None:
    types = etree.fromstring(part(built[name], "[Content_Types].xml"))
    declared = {o.get("PartName"): o.get("ContentType") for o in types.iter(f"{TYPES}Override")}
    kind = "addin" if name == ADDIN_FILE else "sheet"
    assert declared["/xl/workbook.xml"] == f"application/vnd.ms-excel.{kind}.macroEnabled.main+xml"
    assert declared["/xl/vbaProject.bin"] == "application/vnd.ms-office.vbaProject"
    links = etree.fromstring(part(built[name], "xl/_rels/workbook.xml.rels"))
    found = [link for link in links if link.get("Type", "").endswith("/vbaProject")]
    assert [link.get("Target") for link in found] == ["vbaProject.bin"]
    assert len({link.get("Id") for link in links}) == len(links)


def test_every_sheet_bears_the_code_name_of_its_module(built: dict[str, Path]) -> None:
    book = openpyxl.load_workbook(built[WORKBOOK_FILE])
    assert book.code_name == "ThisWorkbook"
    assert [sheet.sheet_properties.codeName for sheet in book] == ["Planmore", "Journal"]
    assert code_names(built[WORKBOOK_FILE].read_bytes()).sheets == ("Planmore", "Journal")


def test_given_code_names_are_kept(xlwings: ModuleType) -> None:
    book = openpyxl.Workbook()
    book.active.sheet_properties.codeName = "StartSheet"
    book.code_name = "TheBook"
    buffer = io.BytesIO()
    book.save(buffer)
    assert code_names(buffer.getvalue()) == ("TheBook", ("StartSheet",))


def test_the_template_is_otherwise_untouched(built: dict[str, Path], small_book: bytes) -> None:
    before = zipfile.ZipFile(io.BytesIO(small_book))
    after = zipfile.ZipFile(built[WORKBOOK_FILE])
    new_parts = {"xl/vbaProject.bin", "customUI/customUI14.xml"}
    assert set(after.namelist()) - set(before.namelist()) == new_parts
    changed = {name for name in before.namelist() if before.read(name) != after.read(name)}
    assert changed == {
        "[Content_Types].xml",
        "_rels/.rels",
        "xl/_rels/workbook.xml.rels",
        "xl/workbook.xml",
        "xl/worksheets/sheet1.xml",
        "xl/worksheets/sheet2.xml",
    }
    old, new = Package.open(small_book), Package.open(built[WORKBOOK_FILE])
    assert new.has_macros
    assert not old.has_macros
    for sheet in old.sheets:
        assert new.formulas(sheet) == old.formulas(sheet)
        assert new.values(sheet) == old.values(sheet)


@pytest.mark.parametrize("name", [WORKBOOK_FILE, ADDIN_FILE])
def test_the_ribbon_calls_procedures_that_are_there(
    built: dict[str, Path], oletools: ModuleType, name: str
) -> None:
    ribbon = etree.fromstring(part(built[name], "customUI/customUI14.xml"))
    found = sources(built[name], oletools)
    code = found["IsomarginRibbon"] + found["IsomarginPress"]
    buttons = list(ribbon.iter("{*}button"))
    assert len(buttons) == 12
    for element in ribbon.iter():
        for attribute in ("onAction", "getEnabled", "getVisible", "onLoad"):
            if element.get(attribute):
                assert f"Public Sub {element.get(attribute)}(" in code
    for button in buttons:
        assert button.get("imageMso")
        assert len(button.get("supertip")) < 1024
    links = etree.fromstring(part(built[name], "_rels/.rels"))
    assert "customUI/customUI14.xml" in [link.get("Target") for link in links]


def test_every_xml_part_of_the_add_in_is_well_formed_and_declared(built: dict[str, Path]) -> None:
    with zipfile.ZipFile(built[ADDIN_FILE]) as archive:
        for name in archive.namelist():
            if name.endswith((".xml", ".rels")):
                etree.fromstring(archive.read(name))
        assert archive.testzip() is None
    assert Package.open(built[ADDIN_FILE].read_bytes()).sheets == ["isomargin"]


def test_the_package_asks_for_the_xlwings_that_the_vba_is_made_for() -> None:
    project = tomllib.loads((Path(__file__).parents[3] / "pyproject.toml").read_text("utf-8"))
    extras = project["project"]["optional-dependencies"]
    assert extras["excel"] == [f"xlwings=={XLWINGS_VERSION}"]


def test_another_xlwings_is_refused(
    xlwings: ModuleType, small_book: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(xlwings, "__version__", "0.38.0")
    with pytest.raises(generator.BuildError, match=r"0\.38\.0 is installed.*pip install xlwings=="):
        build.build_excel(small_book, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_generator_that_writes_something_else_is_refused(
    xlwings: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    changed = generator.generated_wrappers().replace("Err.Description", "Err.Number", 1)
    monkeypatch.setattr(vba, "generated_wrappers", lambda: changed)
    with pytest.raises(generator.BuildError, match=r"vba\.py has to be adapted"):
        vba.wrappers()


@pytest.mark.parametrize(
    ("argument", "name"), [("stop", "stop_"), ("Next", "Next_"), ("entry", "entry"), ("of", "of")]
)
def test_arguments_that_vba_keeps_for_itself_are_renamed(argument: str, name: str) -> None:
    assert vba.vba_name(argument) == name


def test_no_wrapper_has_a_reserved_word_as_an_argument(xlwings: ModuleType) -> None:
    for line in vba.wrappers().splitlines():
        if line.startswith("Function "):
            listed = line.partition("(")[2].rpartition(")")[0].replace("()", "")
            names = [word.split()[-1] for word in listed.split(", ") if word]
            assert not {name.lower() for name in names} & vba.RESERVED
            assert len({name.lower() for name in names}) == len(names)


def test_lines_and_letters_that_vba_cannot_hold_are_refused() -> None:
    with pytest.raises(generator.BuildError, match="longer than 1023"):
        vba._vba("x" * 1024)
    with pytest.raises(generator.BuildError, match="write it otherwise"):
        vba._vba("' one → two")


def test_a_macro_workbook_is_not_given_macros_twice(built: dict[str, Path]) -> None:
    data = built[WORKBOOK_FILE].read_bytes()
    with pytest.raises(PackageError, match="has macros already"):
        to_macro_workbook(data, b"", code_names(data))


@pytest.mark.usefixtures("fresh_vba")
def test_other_sheets_than_the_template_has_are_refused(small_book: bytes) -> None:
    with pytest.raises(PackageError, match=r"not those of the template.*save it as \.xlsx"):
        prebuilt.to_macro_workbook(small_book)


def test_two_sheets_of_one_code_name_are_refused() -> None:
    book = openpyxl.Workbook()
    book.active.title = "a b"
    book.create_sheet("ab")
    buffer = io.BytesIO()
    book.save(buffer)
    with pytest.raises(PackageError, match="two sheets have one code name"):
        macro_book.code_names(buffer.getvalue())


# The ready-made VBA that the package brings along.


@pytest.mark.usefixtures("fresh_vba")
def test_a_filled_template_becomes_a_macro_workbook() -> None:
    data = prebuilt.to_macro_workbook(bundled.worked_example())
    package = Package.open(data)
    assert package.has_macros
    assert package.sheets == Package.open(bundled.worked_example()).sheets
    assert code_names(data) == prebuilt.template_code_names()


@pytest.mark.usefixtures("fresh_vba")
def test_the_ready_made_vba_needs_neither_xlwings_nor_the_build(tmp_path: Path) -> None:
    code = (
        "import sys, pathlib; sys.modules['xlwings'] = sys.modules['pyopenvba'] = None;"
        "from addin.excel import prebuilt; from workbook import bundled;"
        "out = prebuilt.to_macro_workbook(bundled.worked_example());"
        "pathlib.Path(sys.argv[1]).write_bytes(out); prebuilt.addin_file()"
    )
    out = tmp_path / "plan.xlsm"
    root = Path(build.__file__).parents[2]
    subprocess.run([sys.executable, "-c", code, str(out)], check=True, cwd=root)
    assert out.read_bytes() == prebuilt.to_macro_workbook(bundled.worked_example())


def test_stale_ready_made_vba_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    prebuilt._check_fresh.cache_clear()
    monkeypatch.setattr(prebuilt, "fingerprint", lambda: "another")
    with pytest.raises(prebuilt.PrebuiltError, match="isomargin build --all"):
        prebuilt.addin_file()
    monkeypatch.undo()
    prebuilt._check_fresh.cache_clear()


# LibreOffice opens macro workbooks too.


def converted(soffice: str, book: Path, folder: Path, suffix: str) -> Path:
    """The workbook as LibreOffice saves it after opening it."""
    command = [soffice, f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"]
    command += ["--convert-to", suffix, "--outdir", str(folder / "out"), str(book)]
    target = folder / "out" / f"{book.stem}.{suffix}"
    for _ in range(2):  # with a new profile the first start may end in "restart me"
        subprocess.run(command, check=False, capture_output=True, timeout=180)
        if target.exists():
            break
    return target


def test_libreoffice_opens_the_macro_workbook(
    built: dict[str, Path], soffice: str, tmp_path: Path
) -> None:
    content = part(converted(soffice, built[WORKBOOK_FILE], tmp_path, "ods"), "content.xml")
    for kept in (
        b'table:name="Plan &amp; more"',
        b'table:name="Journal"',
        b'table:name="Account"',
        b"draw:object",
    ):
        assert kept in content
    assert b"ISO_LIQUIDATION_PRICE" in content.upper()


@pytest.mark.usefixtures("fresh_vba")
def test_libreoffice_keeps_all_of_the_filled_template_in_its_macro_form(
    soffice: str, tmp_path: Path
) -> None:
    plain = bundled.worked_example()
    book = tmp_path / "plan.xlsm"
    book.write_bytes(prebuilt.to_macro_workbook(plain))
    before = Package.open(plain)
    after = Package.open(converted(soffice, book, tmp_path, "xlsx"))
    assert after.sheets == before.sheets
    assert set(after.tables) == set(before.tables)
    assert set(after.names) >= set(before.names)
    charts = [
        sum(name.startswith("xl/charts/chart") for name in package.part_names)
        for package in (before, after)
    ]
    assert charts[0] == charts[1] > 0
