"""The extension file: made from the catalogue, complete, the same bytes every time."""

from __future__ import annotations

import io
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from addin.libreoffice import build
from addin.libreoffice.driver import LibreOffice
from udfs import __version__, catalogue

_OOR = "{http://openoffice.org/2001/registry}"


def test_the_same_catalogue_gives_the_same_bytes(tmp_path: Path) -> None:
    here = build.build_oxt(tmp_path / "a").read_bytes()
    code = "import sys; from addin.libreoffice.build import build_oxt; build_oxt(sys.argv[1])"
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "b")], check=True)
    assert (tmp_path / "b" / "isomargin.oxt").read_bytes() == here


def test_the_file_is_named_and_its_parts_are_all_there(tmp_path: Path) -> None:
    path = build.build_oxt(tmp_path / "made" / "anew")
    assert path.name == "isomargin.oxt"
    with zipfile.ZipFile(path) as archive:
        names = set(archive.namelist())
        manifest = archive.read("META-INF/manifest.xml").decode()
        assert f'<version value="{__version__}"/>' in archive.read("description.xml").decode()
    assert set(re.findall(r'full-path="([^"]+)"', manifest)) < names
    assert "pythonpath/isomargin_link/formulas.py" in names


def test_nothing_in_the_file_depends_on_this_computer() -> None:
    for name, content in build.extension_files().items():
        text = content.decode()
        assert str(Path.home()) not in text, name
        assert str(Path(build.__file__).parent) not in text, name


def test_the_interface_has_each_formula_with_its_arguments_in_order() -> None:
    text = build.extension_files()["XFormulas.idl"].decode()
    for formula in catalogue.values():
        (arguments,) = re.findall(rf" {build.method_name(formula)}\((.*)\);", text)
        kinds = re.findall(r"\[in\] (.*?) (arg\w+)(?:,|$)", arguments)
        wanted = [
            (
                "sequence< sequence< any > >" if argument.required else "any",
                "arg" + argument.name.title().replace("_", ""),
            )
            for argument in formula.arguments
        ]
        if formula.max_args is None:
            wanted.append(("sequence< any >", "argArguments"))
        assert kinds == wanted, formula.name


def test_the_name_in_excel_files_is_the_plain_name() -> None:
    tree = ElementTree.parse(io.BytesIO(build.extension_files()["CalcAddIns.xcu"]))
    names = [
        prop.findtext("value")
        for prop in tree.iter("prop")
        if prop.get(f"{_OOR}name") == "CompatibilityName"
    ]
    assert names == list(catalogue)


def test_help_with_special_characters_is_escaped_as_libreoffice_reads_it() -> None:
    text = build.extension_files()["CalcAddIns.xcu"].decode()
    assert "&#" not in text
    assert "&quot;" not in text
    assert "&apos;" not in text
    assert "Kelly" in text


def test_the_component_knows_every_formula() -> None:
    entries = json.loads(build.extension_files()["formulas.json"])
    assert [entry["name"] for entry in entries] == list(catalogue)
    assert len({entry["method"] for entry in entries}) == len(catalogue)
    assert [e["name"] for e in entries if e["variadic"]] == ["ISO_EXPLAIN"]


def test_code_for_libreoffices_own_python_needs_nothing_of_ours() -> None:
    for name, content in build.extension_files().items():
        if name.endswith(".py"):
            imported = re.findall(r"^(?:from|import) ([\w.]+)", content.decode(), re.MULTILINE)
            tops = {module.split(".")[0] for module in imported if not module.startswith(".")}
            own = {"unohelper", "com", "isomargin_link", "__future__"}
            assert tops - own <= sys.stdlib_module_names, name


def test_the_function_wizard_shows_names_arguments_and_help(office: LibreOffice) -> None:
    shown = {entry["name"]: entry for entry in office.functions("ISO_")}
    assert set(shown) == set(catalogue)
    for name, formula in catalogue.items():
        entry = shown[name]
        assert entry["help"] == formula.summary
        arguments: list[dict[str, Any]] = [
            {
                "name": argument.name,
                "help": build.argument_help(argument),
                "optional": not argument.required,
            }
            for argument in formula.arguments
        ]
        if formula.max_args is None:
            arguments.append(
                {
                    "name": "arguments",
                    "help": "The same arguments as in the formula itself.",
                    "optional": True,
                }
            )
        assert entry["arguments"] == arguments, name


def test_the_function_wizard_files_the_formulas_under_financial(office: LibreOffice) -> None:
    financial, information = 3, 4  # LibreOffice's numbers of the categories
    for entry in office.functions("ISO_"):
        service = catalogue[entry["name"]].category == "Service"
        assert entry["category"] == (information if service else financial), entry["name"]
