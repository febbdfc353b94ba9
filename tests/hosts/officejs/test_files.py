"""What the site is made of: metadata, manifest, the code for the browser; the same each time."""

from __future__ import annotations

import hashlib
import json
import re
import struct
import subprocess
import zipfile
from pathlib import Path
from typing import Any

import pytest

from addin.officejs import site as building
from addin.officejs.errors import SiteError
from addin.officejs.manifest import checked_base, manifest_xml
from addin.officejs.metadata import functions_json
from addin.officejs.wire import batch
from tests.hosts.officejs.machine import HERE, Machine
from tests.hosts.officejs.manifest_rules import faults
from udfs import catalogue
from workbook.commands.build import officejs

BASE = "https://example.org/isomargin"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    officejs(folder, f"{BASE}/", None)
    return folder


# functions.json


def against_the_schema(machine: Machine, content: str) -> list[str]:
    run = subprocess.run(
        [machine.node, HERE / "schema.mjs", machine.packages],
        input=content,
        capture_output=True,
        text=True,
        check=True,
    )
    found: list[str] = json.loads(run.stdout)
    return found


def test_the_metadata_fits_microsofts_schema(machine: Machine) -> None:
    assert against_the_schema(machine, functions_json(BASE)) == []


@pytest.mark.parametrize(
    ("place", "value"),
    [
        (("functions", 0, "id"), "1X"),
        (("functions", 3, "id"), "IS"),
        (("functions", 1, "parameters", 0, "dimensionality"), "array"),
        (("functions", 2, "parameters"), "none"),
        (("functions", 2, "result", "dimensionality"), "table"),
    ],
)
def test_the_schema_catches_what_is_wrong(machine: Machine, place: Any, value: str) -> None:
    content = json.loads(functions_json(BASE))
    at = content
    for step in place[:-1]:
        at = at[step]
    at[place[-1]] = value
    assert against_the_schema(machine, json.dumps(content))


def test_the_metadata_says_what_the_catalogue_says() -> None:
    content = json.loads(functions_json(BASE))
    # Without it Excel would answer for a formula whose argument holds an error.
    assert content["allowErrorForDataTypeAny"] is True
    described = {one["id"]: one for one in content["functions"]}
    assert list(described) == list(catalogue)
    for name, formula in catalogue.items():
        one = described[name]
        assert one["name"] == name
        assert one["description"] == formula.summary
        parameters = [p for p in one["parameters"] if not p.get("repeating")]
        assert [p["name"] for p in parameters] == [a.name for a in formula.arguments]
        assert [not p.get("optional", False) for p in parameters] == [
            a.required for a in formula.arguments
        ]
        assert bool(formula.variadic) == any(p.get("repeating") for p in one["parameters"])
        assert {p["dimensionality"] for p in one["parameters"]} <= {"matrix"}
        assert len({p["name"] for p in one["parameters"]}) == len(one["parameters"])


def test_help_links_lead_to_the_formula(built: Path) -> None:
    page = (built / "formulas.html").read_text(encoding="utf-8")
    for one in json.loads((built / "functions.json").read_text(encoding="utf-8"))["functions"]:
        address, _, anchor = one["helpUrl"].partition("#")
        assert address == f"{BASE}/formulas.html"
        assert f'id="{anchor}"' in page


# manifest.xml


def test_the_manifest_is_one_that_excel_takes() -> None:
    assert faults(manifest_xml(BASE)) == []


# What is changed, what it becomes, and a word of the fault.
_BROKEN = [
    ('resid="Script.Url"', 'resid="Scripts.Url"', "Scripts.Url"),
    ('<FunctionFile resid="Page.Url"/>', '<FunctionFile resid="Script.Url"/>', "shared runtime"),
    ('lifetime="long"', 'lifetime="short"', "long lifetime"),
    ("https://example.org/isomargin/icon-80.png", "http://example.org/icon-80.png", "not https"),
    ("<Metadata>", '<Namespace resid="Group.Label"/><Metadata>', "extension point"),
    ('xsi:type="CustomFunctions"', 'xsi:type="Functions"', "CustomFunctions"),
    ('Name="SharedRuntime"', 'Name="SharedRuntimes"', "SharedRuntime"),
    ('<bt:Image size="80" resid="Icon.80"/>', "", "sizes"),
    ("<ProviderName>isomargin</ProviderName>", "", "ProviderName"),
    ("<Version>", "<Version>x", "four parts"),
    ("<Id>", "<Id>isomargin-", "GUID"),
    ('<bt:String id="Pane.Label"', '<bt:String id="Pane.Labels"', "Pane.Label"),
    ("</OfficeApp>", "", "no XML"),
    ("<TaskpaneId>Isomargin.Pane</TaskpaneId>", "", "no pane"),
]


@pytest.mark.parametrize(("was", "becomes", "word"), _BROKEN)
def test_a_broken_manifest_is_caught(was: str, becomes: str, word: str) -> None:
    text = manifest_xml(BASE)
    assert was in text
    assert any(word in fault for fault in faults(text.replace(was, becomes)))


def test_elements_in_another_order_are_caught() -> None:
    text = manifest_xml(BASE)
    permissions = re.search(r"\s*<Permissions>.*</Permissions>", text)
    assert permissions
    moved = text.replace(permissions[0], "").replace("  <Hosts>", permissions[0] + "\n  <Hosts>", 1)
    assert any("out of order" in fault for fault in faults(moved))


def test_the_same_address_has_the_same_id_and_another_one_another() -> None:
    ids = [
        re.findall("<Id>(.*)</Id>", manifest_xml(base))
        for base in (BASE, BASE, "https://example.org/other")
    ]
    assert ids[0] == ids[1] != ids[2]


def test_every_file_that_the_manifest_names_is_built(built: Path) -> None:
    named = re.findall(rf'"{BASE}/([^"]+)"', (built / "manifest.xml").read_text(encoding="utf-8"))
    assert {"functions.html", "app.js", "functions.json", "icon-32.png"} <= set(named)
    for name in named:
        assert (built / name).is_file(), name


@pytest.mark.parametrize(
    "url",
    [
        "example.org",
        "http://example.org",
        "ftp://example.org",
        "https://",
        "https://a.org/?x=1",
        "",
    ],
)
def test_only_an_https_address_will_do(url: str) -> None:
    with pytest.raises(SiteError, match="https address"):
        checked_base(url)


def test_an_address_with_signs_of_xml_stays_one() -> None:
    assert faults(manifest_xml("https://example.org/a&b")) == []


# The site's files


def test_two_builds_are_the_same_bytes(built: Path, tmp_path: Path) -> None:
    officejs(tmp_path, BASE, None)
    assert _hashes(tmp_path) == _hashes(built)


def _hashes(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}


def test_links_between_the_pages_lead_to_files(built: Path) -> None:
    for page in built.glob("*.html"):
        for target in re.findall(r'(?:href|src)="([^"#:]+)"', page.read_text(encoding="utf-8")):
            assert (built / target).is_file(), f"{page.name}: {target}"


def test_no_slot_is_left_open(built: Path) -> None:
    for path in built.iterdir():
        if path.suffix in (".js", ".html", ".xml", ".json"):
            assert "/*@" not in path.read_text(encoding="utf-8"), path.name


def test_the_browsers_python_is_the_formulas_and_nothing_that_they_do_not_need(built: Path) -> None:
    with zipfile.ZipFile(built / "isomargin.zip") as archive:
        names = archive.namelist()
    assert {"udfs/__init__.py", "addin/officejs/wire.py"} <= set(names)
    assert all(name.startswith(("udfs/", "addin/")) for name in names)
    assert not any("test" in name or "__pycache__" in name for name in names)


def test_a_folder_without_pyodide_is_refused(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(SiteError, match="is not there"):
        officejs(tmp_path / "site", BASE, empty)


def test_a_folder_with_another_pyodide_is_refused(tmp_path: Path) -> None:
    for name in building.pinned()["files"]:
        (tmp_path / name).write_bytes(b"another version")
    with pytest.raises(SiteError, match="hash differs"):
        officejs(tmp_path / "site", BASE, tmp_path)


def test_the_pins_are_npms(machine: Machine) -> None:
    """What the site trusts is what npm's lock of Pyodide says of it."""
    pins = building.pinned()
    lock = json.loads((machine.packages / "pyodide" / "pyodide-lock.json").read_text())
    numpy = lock["packages"]["numpy"]
    assert pins["files"][numpy["file_name"]]["sha256"] == numpy["sha256"]
    assert pins["lock"] == {"info": lock["info"], "packages": {}}  # its loader installs nothing
    for name, pin in pins["files"].items():
        content = (machine.pyodide / name).read_bytes()
        assert (hashlib.sha256(content).hexdigest(), len(content)) == (pin["sha256"], pin["bytes"])
    assert pins["version"] in pins["cdn"]


def test_support_and_privacy_say_whom_to_ask(built: Path, tmp_path: Path) -> None:
    officejs(tmp_path, BASE, None, '"><b>help@example.org')
    for name in ("support.html", "privacy.html"):
        assert "Ask whoever runs this site" in (built / name).read_text(encoding="utf-8")
        text = (tmp_path / name).read_text(encoding="utf-8")
        assert "help@example.org" in text
        assert "<b>help" not in text


def test_icons_are_there_in_every_size_that_is_asked_for(built: Path) -> None:
    for size in (16, 20, 24, 32, 40, 48, 64, 80, 128, 300):
        head = (built / f"icon-{size}.png").read_bytes()[16:24]
        assert struct.unpack(">II", head) == (size, size)


def test_the_command_wants_an_address(isomargin_build: Any) -> None:
    run = isomargin_build("--host", "officejs", "-o", "out")
    assert run.exit_code == 2
    assert "--url" in run.output
    run = isomargin_build("--host", "plain", "--url", BASE, "-o", "out")
    assert run.exit_code == 2


@pytest.fixture
def isomargin_build(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    from click.testing import CliRunner

    from workbook.commands.build import command

    monkeypatch.chdir(tmp_path)
    return lambda *arguments: CliRunner().invoke(command, arguments)


# The bridge, without a browser


def test_the_bridge_takes_left_out_arguments_anywhere() -> None:
    text = json.dumps(
        [["ISO_CARRY_COST", [[["long"]], [[1000]], [[7]], [[0.0001]], None, [[0.1]]]]]
    )
    (got,) = json.loads(batch(text))
    assert got == pytest.approx(catalogue["ISO_CARRY_COST"]("long", 1000, 7, 0.0001, 8, 0.1))


def test_the_bridge_answers_for_a_formula_that_it_does_not_know() -> None:
    (got,) = json.loads(batch('[["ISO_OF_TOMORROW", []]]'))
    assert got["e"] == "#VALUE!"
    assert "ISO_OF_TOMORROW" in got["w"]


def test_what_the_bridge_writes_is_json_whatever_comes() -> None:
    def refuse(word: str) -> float:
        raise AssertionError(word)

    calls = [
        ["ISO_LIQUIDATION_PRICE", [[["long"]], [[value]], [[10]]]]
        for value in (1e308, -1e308, 0, 10**400, "é", True, None, "", {"e": "#SPILL!"}, {})
    ]
    json.loads(batch(json.dumps(calls)), parse_constant=refuse)
