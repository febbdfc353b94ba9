"""The files that ship with the package: the empty template and the worked example."""

from __future__ import annotations

from importlib.resources import files


def template() -> bytes:
    """The template with nothing filled in."""
    return (files("workbook") / "blank.xlsx").read_bytes()


def worked_example() -> bytes:
    """The template with the worked example filled in and computed."""
    return (files("workbook") / "isomargin.xlsx").read_bytes()


def example(name: str) -> str:
    """The text of an example's TOML file."""
    return (files("workbook") / "examples" / f"{name}.toml").read_text(encoding="utf-8")
