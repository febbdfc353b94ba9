"""What the sheets need to know while they are laid out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openpyxl import Workbook
from openpyxl.utils import get_column_letter as letter
from openpyxl.workbook.defined_name import DefinedName
from openpyxl.worksheet.worksheet import Worksheet

from udfs.catalogue.formula import Formula


@dataclass
class Context:
    """The workbook being built, the formulas it documents, and the words for its charts."""

    book: Workbook
    formulas: Mapping[str, Formula]
    version: str
    alt_texts: dict[str, list[str]] = field(default_factory=dict)

    def name(self, name: str, sheet: Worksheet, reference: str) -> None:
        """Define a name for cells of a sheet; `reference` is absolute, e.g. "$E$7"."""
        self.book.defined_names[name] = DefinedName(name, attr_text=f"'{sheet.title}'!{reference}")

    def name_cell(self, name: str, sheet: Worksheet, row: int, column: int) -> None:
        """Define a name for one cell."""
        self.name(name, sheet, f"${letter(column)}${row}")

    def alt(self, sheet: Worksheet, text: str) -> None:
        """Remember the alternative text of the sheet's next chart."""
        self.alt_texts.setdefault(sheet.title, []).append(text)
