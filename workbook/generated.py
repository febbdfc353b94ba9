"""Everything in the repository that is made from its code: ``isomargin build --all``.

Whatever else is generated one day joins as one more entry of GENERATED. ``tests/test_generated.py``
makes it all in memory and compares it with what is committed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from addin.package import PackageError
from addin.package.saving import save_bytes
from workbook import bundled

Files = Mapping[str, bytes]
_LIST = "docs/FORMULAS.md"
_TABLE = ("<!-- formulas -->\n", "\n<!-- /formulas -->")


@dataclass(frozen=True)
class Checkout:
    """The repository's folder, and what was made of it so far."""

    root: Path
    made: dict[str, bytes] = field(default_factory=dict)

    def read(self, name: str) -> bytes:
        """A file as it is to be: as just made, or else as it lies there."""
        return self.made[name] if name in self.made else (self.root / name).read_bytes()


@dataclass(frozen=True)
class Generated:
    """Files that are made together; the names are paths in the repository."""

    what: str
    make: Callable[[Checkout], Files]


def checkout() -> Checkout:
    """The repository that this program runs from; an installed package has none."""
    root = Path(__file__).parents[1]
    if not (root / "pyproject.toml").is_file() or not (root / "tests").is_dir():
        raise PackageError(
            "build --all makes the files of isomargin's own repository anew, and this is an"
            ' installed package: in a clone type  pip install -e ".[build]"'
        )
    return Checkout(root)


def make(there: Checkout) -> Iterator[tuple[Generated, Files]]:
    """Make everything in order, in memory; each step sees what those before it made."""
    for one in GENERATED:
        files = one.make(there)
        there.made.update(files)
        yield one, files


def write(there: Checkout) -> Iterator[Path]:
    """Make everything and write what has changed; the paths of what was written."""
    for _, files in make(there):
        for name, content in files.items():
            path = there.root / name
            if not path.is_file() or path.read_bytes() != content:
                path.parent.mkdir(parents=True, exist_ok=True)
                save_bytes(content, path)
                yield path


def workbooks() -> dict[str, bytes]:
    """The template to fill in, with venues to start from, and the worked example, by file name."""
    from workbook.fill import fill
    from workbook.inputs import from_toml
    from workbook.template.build import build_template
    from workbook.template.shipped import shipped

    # What lies there prepared was made from the template as it was.
    blank = fill(build_template(), shipped(), use_prepared=False).to_bytes()
    example = from_toml(bundled.text(bundled.EXAMPLE_INPUTS), "optimism.toml")
    filled = fill(blank, example, use_prepared=False).to_bytes()
    return {bundled.TEMPLATE: blank, bundled.WORKED_EXAMPLE: filled}


def _workbooks(there: Checkout) -> Files:
    return {f"workbook/{name}": content for name, content in workbooks().items()}


def _prepared(there: Checkout) -> Files:
    """The template's formulas as the embedded engine gets them."""
    from addin.embedded.book import prepared_content
    from addin.package import Package
    from udfs import catalogue

    blank = Package.open(there.read(f"workbook/{bundled.TEMPLATE}"))
    return {f"workbook/{bundled.PREPARED}": prepared_content(blank, catalogue)}


def _to_look_at(there: Checkout) -> Files:
    """The worked example for people without the add-in: values where our formulas stand."""
    import datetime as dt

    from workbook.share import share
    from workbook.template.build import BUILT

    shared = share(there.read("workbook/isomargin.xlsx"), BUILT.replace(tzinfo=dt.UTC))
    return {"workbook/isomargin-to-look-at.xlsx": shared.content}


def _vba(there: Checkout) -> Files:
    from addin.excel.build import prebuilt_files

    files = prebuilt_files(there.read("workbook/blank.xlsx"))
    return {f"addin/excel/built/{name}": content for name, content in files.items()}


def _macro_workbook(there: Checkout) -> Files:
    from addin.excel import macro_book

    blank = there.read("workbook/blank.xlsx")
    project = there.read("addin/excel/built/workbook.bin")
    content = macro_book.to_macro_workbook(blank, project, macro_book.code_names(blank))
    return {"workbook/isomargin.xlsm": content}


def _list_of_formulas(there: Checkout) -> Files:
    from workbook.formula_pages import markdown_table

    before, start, rest = there.read(_LIST).decode().partition(_TABLE[0])
    _, end, after = rest.partition(_TABLE[1])
    if not end:
        raise PackageError(
            f"{_LIST} has no formula table: it stands between the lines {_TABLE[0].strip()} and"
            f" {_TABLE[1].strip()}"
        )
    return {_LIST: "".join((before, start, markdown_table(), end, after)).encode()}


def _article(there: Checkout) -> Files:
    from workbook.template import article

    return {"workbook/ARTICLE.md": article.markdown().encode()}


def _signatures(there: Checkout) -> Files:
    from udfs import catalogue

    lines = [f"{one.signature}\n" for one in catalogue.values()]
    return {"tests/udfs/catalogue/signatures.txt": "".join(lines).encode()}


def _stub(there: Checkout) -> Files:
    from workbook import stub

    return {stub.STUB: stub.text(there.read(stub.STUB).decode()).encode()}


GENERATED = (
    Generated("the template and the worked example", _workbooks),
    Generated("the template's formulas for the embedded engine", _prepared),
    Generated("the ready-made VBA", _vba),
    Generated("the example to look at", _to_look_at),
    Generated("the macro workbook", _macro_workbook),
    Generated("the list of formulas", _list_of_formulas),
    Generated("the article, checked", _article),
    Generated("the formulas' signatures", _signatures),
    Generated("the formulas as editors see them", _stub),
)
