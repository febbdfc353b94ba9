"""Where the cells of a sheet stand in the text of its part, noted once for a part that ships.

Looking for the cells of the template takes a twentieth of the time in which it is filled. The part
it was noted for is known by its digest: of any other part the cells are looked for.
"""

from __future__ import annotations

import itertools
import struct
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from addin.package.addresses import area
from addin.package.cell_formula import CellFormula

_CODES = (("B", 0xFF), ("H", 0xFFFF), ("I", 0xFFFFFFFF))


class CellIndex(NamedTuple):
    """The cells that hold something, in the order of the text."""

    rows: Sequence[int]
    columns: Sequence[int]
    starts: Sequence[int]  # of the cells' elements
    has_formula: Sequence[int]  # 1 or 0
    arrays: Mapping[tuple[int, int], CellFormula]

    def content(self) -> dict[str, Any]:
        """The same for a JSON file, to be read quickly: lists of numbers as their bytes."""
        return {
            "rows": _packed(_steps(self.rows)),
            "columns": _packed(self.columns),
            "starts": _packed(_steps(self.starts)),
            "has_formula": _packed(self.has_formula),
            "arrays": [
                [*at, one.text, str(one.array), one.dynamic] for at, one in self.arrays.items()
            ],
        }

    @classmethod
    def of(cls, content: Mapping[str, Any]) -> CellIndex:
        """What `content` gave."""
        arrays = {
            (row, column): CellFormula(text, area(block), dynamic)
            for row, column, text, block, dynamic in content["arrays"]
        }
        return cls(
            list(itertools.accumulate(_unpacked(content["rows"]))),
            _unpacked(content["columns"]),
            list(itertools.accumulate(_unpacked(content["starts"]))),
            _unpacked(content["has_formula"]),
            arrays,
        )


def _steps(numbers: Iterable[int]) -> list[int]:
    """From each number to the next; these repeat themselves, the numbers do not."""
    return [end - start for start, end in itertools.pairwise((0, *numbers))]


def _packed(numbers: Sequence[int]) -> str:
    """The numbers' bytes in hexadecimal, behind how long each is."""
    code = next(code for code, most in _CODES if max(numbers, default=0) <= most)
    return code + struct.pack(f"<{len(numbers)}{code}", *numbers).hex()


def _unpacked(text: str) -> Sequence[int]:
    code, content = text[0], bytes.fromhex(text[1:])
    return struct.unpack(f"<{len(content) // struct.calcsize(f'<{code}')}{code}", content)
