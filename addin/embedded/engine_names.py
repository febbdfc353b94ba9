"""What sheets are called in the engine."""

from __future__ import annotations


def engine_name(sheet: str) -> str:
    """What a sheet is called in the engine.

    It has a "Sheet1" of its own, and takes one that is only written otherwise for two sheets.
    """
    return "Sheet1" if sheet.casefold() == "sheet1" else sheet
