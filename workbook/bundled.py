"""The files that ship with the package: the empty template and the worked example."""

from __future__ import annotations

from importlib.resources import files

TEMPLATE = "blank.xlsx"
WORKED_EXAMPLE = "isomargin.xlsx"
PREPARED = "blank.prepared"
EXAMPLE_INPUTS = "examples/optimism.toml"


def template() -> bytes:
    """The template with nothing filled in but venues to start from."""
    return files("workbook").joinpath(TEMPLATE).read_bytes()


def prepared() -> bytes | None:
    """What makes workbooks with the template's formulas quicker to compute."""
    path = files("workbook").joinpath(PREPARED)
    return path.read_bytes() if path.is_file() else None


def worked_example() -> bytes:
    """The template with the worked example filled in and computed."""
    return files("workbook").joinpath(WORKED_EXAMPLE).read_bytes()


def text(name: str) -> str:
    """A text file of the package, named from ``workbook/`` on."""
    return files("workbook").joinpath(name).read_text(encoding="utf-8")
