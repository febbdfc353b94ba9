"""An argument of a formula, as people, hosts and the formula's body see it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from udfs.catalogue.cell_types import Number, SameAs, Word
from udfs.catalogue.cells import Problem, is_blank, is_range
from udfs.catalogue.range_types import AnyKind
from udfs.errors import CellError


@dataclass(frozen=True)
class Parameter:
    """One argument of a formula, as people and hosts see it."""

    name: str
    kind: AnyKind
    required: bool
    default: Any  # as written in the signature
    help: str
    _default: Any = None  # as the formula's body takes it

    @property
    def unit(self) -> str:
        """The unit, in words."""
        return self.kind.unit

    @property
    def default_text(self) -> str:
        """The default as a person would type it."""
        if self.required:
            return ""
        if isinstance(self.default, SameAs):
            return self.default.argument
        if isinstance(self.default, bool):
            return str(self.default).upper()
        if isinstance(self.default, tuple):
            return "{" + ",".join(f"{part:g}" for part in self.default) + "}"
        return f'"{self.default}"' if isinstance(self.default, str) else f"{self.default:g}"

    def take(self, value: Any) -> Any:
        """A cell (or, for a table, a range) as what the body takes; or the Problem it is.

        None stands for a default that is another argument's value.
        """
        if value is None and not self.required:  # most often, so the shortest way
            return self._default
        if is_blank(value):
            if self.required:
                raise Problem(CellError.NA, f"{self.name} is blank: {self.kind.example}")
            return self._default
        kind = self.kind
        if isinstance(kind, (Number, Word)):
            if is_range(value):
                raise Problem(
                    CellError.VALUE, f"{self.name} is a range: this formula takes one cell"
                )
            return kind.scalar(value, self.name)
        return kind.take(value, self.name)
