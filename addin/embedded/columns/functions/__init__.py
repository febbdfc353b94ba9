"""The spreadsheet's own functions over many rows at once; whatever is not here, the engine does.

Each takes the formula being computed, its arguments' nodes and the rows that are asked for.
"""

from __future__ import annotations

from addin.embedded.columns.functions.branches import BRANCHES
from addin.embedded.columns.functions.conditional import CONDITIONAL
from addin.embedded.columns.functions.formula import Function
from addin.embedded.columns.functions.lookups import LOOKUPS
from addin.embedded.columns.functions.single_cells import SINGLE_CELLS
from addin.embedded.columns.functions.texts import TEXTS
from addin.embedded.columns.functions.totals import TOTALS

FUNCTIONS: dict[str, Function] = {
    **BRANCHES,
    **CONDITIONAL,
    **LOOKUPS,
    **SINGLE_CELLS,
    **TEXTS,
    **TOTALS,
}
