"""Every formula as a Python function; what ``import isomargin`` offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from isomargin.calling import FormulaError, explain, function_of
from udfs import IsomarginError, __version__, catalogue

OFFERED: Mapping[str, Any] = {
    "FormulaError": FormulaError,
    "IsomarginError": IsomarginError,
    "__version__": __version__,
    "explain": explain,
} | {
    formula.function: function_of(formula)
    for formula in catalogue.values()
    if formula.category != "Service"
}
