"""An argument of a formula, as people, hosts and the formula's body see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from udfs.catalogue.cell_types import Choice, Number, SameAs, blank_problem
from udfs.catalogue.cells import CellProblem, is_blank, is_range
from udfs.catalogue.range_types import AnyType
from udfs.errors import CellError

# Stands in the annotation of an argument whose 0 would be a comforting answer (days, correlation):
# LibreOffice hands a blank cell over as 0, so there such a 0 counts as blank.
ZERO_IS_BLANK = "zero is blank in LibreOffice"


@dataclass(frozen=True)
class Parameter:
    """One argument of a formula, as people and hosts see it."""

    name: str
    kind: AnyType
    required: bool
    default: Any  # as written in the signature
    help: str
    _default: Any = None  # as the formula's body takes it
    zero_is_blank_in_libreoffice: bool = False

    @property
    def unit(self) -> str:
        """The unit, in words."""
        return self.kind.unit

    @property
    def default_text(self) -> str:
        """The default as a person would type it."""
        if self.required or self.default is None:
            return ""
        if isinstance(self.default, SameAs):
            return self.default.argument
        if isinstance(self.default, bool):
            return str(self.default).upper()
        if isinstance(self.default, tuple):
            return "{" + ",".join(f"{part:g}" for part in self.default) + "}"
        return f'"{self.default}"' if isinstance(self.default, str) else f"{self.default:g}"

    def parse(self, value: Any) -> Any:
        """A cell (or, for a table, a range) as what the body takes; or the CellProblem it is.

        None stands for a default that is another argument's value.
        """
        if value is None and not self.required:  # most often, so the shortest way
            return self._default
        if is_blank(value):
            if self.required:
                raise blank_problem(self.name, self.kind.example)
            return self._default
        kind = self.kind
        if isinstance(kind, (Number, Choice)):
            if is_range(value):
                raise CellProblem(
                    CellError.VALUE, f"{self.name} is a range: this formula takes one cell"
                )
            return kind.parse_cell(value, self.name)
        return kind.parse(value, self.name)
