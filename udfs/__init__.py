"""isomargin's formulas: margin arithmetic on plain cell values, for every host alike.

`catalogue` maps each formula's Excel name to the formula, in the order of the reference. The
rooms, from the top down: `udfs/formulas` (what a trader asks), `udfs/catalogue` (how a function
becomes a formula), `udfs/maths` (NumPy only).
"""

from udfs import formulas
from udfs.catalogue.cells import OMITTED
from udfs.catalogue.formula import Formula, catalogue
from udfs.errors import CellError, IsomarginError
from udfs.version import __version__

__all__ = [
    "OMITTED",
    "CellError",
    "Formula",
    "IsomarginError",
    "__version__",
    "catalogue",
    "formulas",
]
