"""The main job: an example goes in, a computed workbook comes out, and nothing else is touched."""

import io
import re
import zipfile

import openpyxl
import pytest
from lxml import etree
from openpyxl.utils import get_column_letter as letter
from openpyxl.worksheet.cell_range import CellRange

from addin.embedded import open_book
from addin.package import Package
from addin.package.addresses import a1
from addin.package.lock import locked
from udfs import CellError, catalogue
from workbook import bundled

PLAN = '[[plans]]\nsymbol="{}"\nside="{}"\nvenue="Platform A"\nentry={}\nstop={}\ndays=7\n'


@pytest.fixture
def optimism(tmp_path):
    path = tmp_path / "optimism.toml"
    path.write_text(bundled.text("examples/optimism.toml"), encoding="utf-8")
    return path


def cached_values(path):
    """Every formula cell's type and cached value as the file has them; None where there is none."""
    found = {}
    with zipfile.ZipFile(path) as archive:
        for sheet, part in Package.open(path).sheet_parts.items():
            for cell in re.findall(r"<c [^>]*>.*?</c>|<c [^>]*/>", archive.read(part).decode()):
                if "<f" in cell:
                    address = re.search(r'r="([A-Z]+\d+)"', cell)[1]
                    value = re.search(r"<v(?: [^>/]*)?>(.*?)</v>|<v\s*/>", cell)
                    kind = re.search(r' t="(\w+)"', cell)
                    found[sheet, address] = value and (kind[1] if kind else "n", value[1] or "")
    return found


def plan_cell(path, header, row=1):
    package = Package.open(path)
    table = package.table("Plan")
    at = a1(table.first_row + row - 1, table.column(header))
    return package.value("Plan", at)


def test_the_example_fills_the_workbook_and_every_formula_has_a_value(
    isomargin, optimism, tmp_path
):
    out = tmp_path / "my-plan.xlsx"
    result = isomargin("fill", optimism, "-o", out)
    assert result.code == 0, result
    values = cached_values(out)
    assert len(values) > 500
    assert [at for at, value in values.items() if value is None] == []
    assert [(at, value) for at, value in values.items() if value[0] == "e"] == []


def test_the_terminal_shows_the_plan_and_the_checks(isomargin, optimism, tmp_path):
    result = isomargin("fill", optimism, "-o", tmp_path / "my-plan.xlsx")
    for words in ("ETH long 10x", "OP long 8x", "ARB short 10x", "go: set the stop at once"):
        assert words in result.out
    assert re.search(r"Checks: \d+ of \d+ pass", result.out)
    assert "FAIL" not in result.out


def test_the_filled_plan_holds_the_articles_numbers(isomargin, tmp_path):
    """Without fees and spread: 2% of 10,000 at a stop 4 below 100 is 50 units."""
    source = tmp_path / "plan.toml"
    source.write_text(
        '[account]\nequity=10000\n[[venues]]\nname="Platform A"\nmax_leverage=50\n'
        "maintenance_rate=0\nliquidation_penalty=0\nfee_rate=0\nspread=0\nfunding_rate=0\n"
        'funding_hours=8\nborrow_rate=0\nmodel="mark"\nremainder="trader"\n'
        + PLAN.format("ETH", "long", 100, 96)
    )
    out = tmp_path / "plan.xlsx"
    isomargin("fill", source, "-o", out)
    assert plan_cell(out, "Units") == pytest.approx(50)
    assert plan_cell(out, "By vol") == pytest.approx(40)
    assert plan_cell(out, "Liq price") == pytest.approx(90)
    assert plan_cell(out, "Soft stop") == pytest.approx(98.8)
    assert plan_cell(out, "Target 1") == pytest.approx(105)
    assert plan_cell(out, "Target 2") == pytest.approx(110)
    assert plan_cell(out, "Stop first").startswith("yes")


def test_a_stop_on_the_wrong_side_spoils_its_own_row_only(isomargin, tmp_path):
    source = tmp_path / "plan.toml"
    source.write_text(PLAN.format("ETH", "long", 100, 104) + PLAN.format("OP", "short", 100, 104))
    out = tmp_path / "plan.xlsx"
    result = isomargin("fill", source, "-o", out)
    assert result.code == 1
    assert "Stop (F11) is 104: a long at 100 needs a price below it" in " ".join(result.out.split())
    assert isinstance(plan_cell(out, "Units", 2), float)
    assert plan_cell(out, "Stop first", 2).startswith("yes")


def test_more_plans_than_the_template_has_rows_grow_the_table(isomargin, tmp_path):
    source = tmp_path / "plans.csv"
    lines = [f"S{n},long,Platform A,{100 + n},{96 + n},7" for n in range(60)]
    source.write_text("symbol,side,venue,entry,stop,days\n" + "\n".join(lines) + "\n")
    out = tmp_path / "plan.xlsx"
    isomargin("fill", source, "-o", out)
    assert plan_cell(out, "Symbol", 60) == "S59"
    assert plan_cell(out, "Liq price", 60) < 159
    assert None not in cached_values(out).values()


def test_plans_from_csv_beside_a_toml(isomargin, optimism, tmp_path):
    plans = tmp_path / "plans.csv"
    plans.write_text("symbol,side,venue,entry,stop,days\nSOL,short,Platform B,150,156,4\n")
    out = tmp_path / "plan.xlsx"
    result = isomargin("fill", optimism, "--plans", plans, "-o", out)
    assert "SOL short" in result.out
    assert plan_cell(out, "Symbol", 2) is None


@pytest.mark.parametrize("symbol", ["=1+1", "+1", "@SUM(A1)", "=cmd|' /C calc'!A0", "#NUM!"])
def test_text_from_a_file_never_becomes_a_formula(isomargin, tmp_path, symbol):
    source = tmp_path / "plan.toml"
    source.write_text(PLAN.format(symbol, "long", 100, 96))
    out = tmp_path / "plan.xlsx"
    isomargin("fill", source, "-o", out)
    cell = openpyxl.load_workbook(out)["Plan"]
    package = Package.open(out)
    table = package.table("Plan")
    found = cell.cell(table.first_row, table.column("Symbol"))
    assert found.value == symbol
    with zipfile.ZipFile(out) as archive:
        xml = archive.read(package.sheet_parts["Plan"]).decode()
    assert f"<f>{symbol[1:]}" not in xml


def test_the_same_input_gives_the_same_bytes(isomargin, optimism, tmp_path):
    for name in ("one.xlsx", "two.xlsx"):
        isomargin("fill", optimism, "-o", tmp_path / name, "--quiet")
    assert (tmp_path / "one.xlsx").read_bytes() == (tmp_path / "two.xlsx").read_bytes()


def test_the_file_that_was_there_is_kept_beside_the_new_one(isomargin, optimism, tmp_path):
    out = tmp_path / "plan.xlsx"
    out.write_bytes(b"what I had")
    isomargin("fill", optimism, "-o", out, "--quiet")
    assert (tmp_path / "plan.bak.xlsx").read_bytes() == b"what I had"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[account\n", "not TOML"),
        ("[account]\nequty = 1\n", "did you mean 'equity'"),
        (PLAN.format("ETH", "long", 100, 96).replace("Platform A", "Nowhere"), "'Nowhere'"),
        ("[risk]\nrisk_per_trade = 2\n", "Type a percentage"),
    ],
)
def test_a_wrong_file_writes_nothing(refused, tmp_path, text, words):
    source = tmp_path / "plan.toml"
    source.write_text(text)
    assert words in refused("fill", source, "-o", tmp_path / "plan.xlsx")
    assert [path.name for path in tmp_path.iterdir()] == ["plan.toml"]


def test_wrong_use_is_one_line_too(refused, optimism, tmp_path):
    assert "no folder" in refused("fill", optimism, "-o", tmp_path / "none" / "plan.xlsx")
    assert "end it in .xlsx" in refused("fill", optimism, "-o", tmp_path / "plan.pdf")
    assert "--output" in refused("fill", optimism)
    assert "no file" in refused("fill", tmp_path / "none.toml", "-o", tmp_path / "plan.xlsx")
    assert "No such command" in refused("fil")


def test_a_workbook_that_is_open_elsewhere_is_left_alone(refused, optimism, tmp_path):
    out = tmp_path / "plan.xlsx"
    out.write_bytes(b"open in Excel")
    (tmp_path / "~$plan.xlsx").write_bytes(b"")
    assert "close it first" in refused("fill", optimism, "-o", out, "-q")
    assert out.read_bytes() == b"open in Excel"


def test_a_workbook_that_another_command_is_writing_is_left_alone(refused, optimism, tmp_path):
    out = tmp_path / "plan.xlsx"
    out.write_bytes(b"being written")
    with locked(out):
        refused("fill", optimism, "-o", out, "-q")
        refused("new", out, "--force")
    assert out.read_bytes() == b"being written"


def test_new_makes_an_empty_copy_and_replaces_nothing(isomargin, refused, tmp_path):
    path = tmp_path / "mine.xlsx"
    assert isomargin("new", path).code == 0
    assert plan_cell(path, "Symbol") is None
    assert "is there already" in refused("new", path)
    assert isomargin("new", path, "--force", "--example").code == 0
    assert plan_cell(path, "Symbol") == "ETH"


@pytest.mark.parametrize("moment", [46355.5, 46400.25])
def test_new_starts_at_the_moment_it_is_made(isomargin, tmp_path, monkeypatch, moment):
    monkeypatch.setattr("workbook.commands.new.serial_now", lambda: moment)
    path = tmp_path / "mine.xlsx"
    assert isomargin("new", path).code == 0
    book = Package.open(path)
    sheet, area = book.names["As_of"].target
    assert book.sheet(sheet).value(area.top, area.left) == moment


def test_new_hands_out_the_examples_file_to_fill_in(isomargin, refused, optimism, tmp_path):
    path = tmp_path / "ideas.toml"
    assert "end it in .xlsx" in refused("new", path)
    assert isomargin("new", "--example", path).code == 0
    assert path.read_bytes() == optimism.read_bytes()
    path.write_text("mine")
    assert "is there already" in refused("new", "--example", path)
    assert path.read_text() == "mine"


# calc: a book that a person filled in


def edited_by_hand(path):
    """What a person does in another program: type values, add a row, widen a column, save."""
    book = openpyxl.load_workbook(path)
    plan = book["Plan"]
    table = plan.tables["Plan"]
    first = int(re.search(r"\d+", table.ref)[0]) + 1
    headers = {cell.value: cell.column for cell in plan[first - 1]}
    free = next(
        row for row in range(first, first + 50) if plan.cell(row, headers["Symbol"]).value is None
    )
    for header, value in {
        "Symbol": "SOL", "Side": "short", "Venue": "Platform A", "Entry": 150, "Stop": 156,
        "Days": 4,
    }.items():  # fmt: skip
        plan.cell(free, headers[header]).value = value
    plan.cell(first, headers["Entry"]).value = 101
    plan.column_dimensions["C"].width = 33
    book["Settings"]["Z1"] = "a note of my own"
    book.save(path)
    return free - first + 1


def without_values(xml):
    """A sheet with what computing may change taken out: formulas' values and their types."""
    root = etree.fromstring(xml)
    space = {"m": root.nsmap[None]}
    computed = set()
    for formula in root.iterfind(".//m:f", space):
        cells = CellRange(formula.get("ref") or formula.getparent().get("r"))
        computed |= {f"{letter(column)}{row}" for row, column in cells.cells}
    for cell in root.iterfind(".//m:c", space):
        if cell.get("r") in computed:
            cell.attrib.pop("t", None)
            for value in (*cell.findall("m:v", space), *cell.findall("m:is", space)):
                cell.remove(value)
    return etree.tostring(root, method="c14n")


def test_a_persons_edits_survive_and_only_values_change(isomargin, tmp_path):
    path = tmp_path / "mine.xlsx"
    path.write_bytes(bundled.worked_example())
    row = edited_by_hand(path)
    before = path.read_bytes()
    assert isomargin("calc", path).code in (0, 1)
    assert (tmp_path / "mine.bak.xlsx").read_bytes() == before
    with zipfile.ZipFile(io.BytesIO(before)) as old, zipfile.ZipFile(path) as new:
        assert old.namelist() == new.namelist()
        for name in old.namelist():
            was, now = old.read(name), new.read(name)
            if name.startswith("xl/worksheets/sheet"):
                was, now = without_values(was), without_values(now)
            assert was == now, name
    assert plan_cell(path, "Entry") == 101
    assert plan_cell(path, "Liq price", row) > 150
    again = path.read_bytes()
    isomargin("calc", path)
    assert path.read_bytes() == again


def test_calc_writes_elsewhere_if_asked(isomargin, tmp_path):
    path, out = tmp_path / "mine.xlsx", tmp_path / "computed.xlsx"
    path.write_bytes(bundled.template())
    assert isomargin("calc", path, "-o", out, "--quiet").code in (0, 1)
    assert path.read_bytes() == bundled.template()
    assert out.exists()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "no .xlsx or .xlsm workbook"),
        (b"PK\x03\x04 nothing behind it", "no .xlsx or .xlsm workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "xlsx"),
    ],
)
def test_a_file_that_is_no_workbook_is_refused(refused, tmp_path, content, words):
    path = tmp_path / "mine.xlsx"
    path.write_bytes(content)
    assert words in refused("calc", path)
    assert path.read_bytes() == content


def test_a_workbook_of_another_template_version_is_refused(refused, tmp_path):
    package = Package.open(bundled.template())
    sheet, area = package.names["Template_version"].target
    package.set_cell(sheet, str(area).split(":")[0], "99")
    path = tmp_path / "later.xlsx"
    package.save(path)
    before = path.read_bytes()
    assert "template 99" in refused("calc", path)
    assert path.read_bytes() == before


def test_a_single_edit_recomputes_what_depends_on_it():
    book = open_book(bundled.worked_example(), catalogue)
    table = book.package.table("Plan")

    def cell(header):
        return a1(table.first_row, table.column(header))

    book.set("Plan", cell("Entry"), 120.0)
    book.set("Plan", cell("Stop"), 115.0)
    book.recalculate()
    changed = dict(book.formula_values())
    fresh = open_book(book.to_bytes(), catalogue).formula_values()
    assert changed == fresh
    assert not any(isinstance(value, CellError) for value in changed.values())
