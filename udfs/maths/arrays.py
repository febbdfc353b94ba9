"""What the arithmetic works on."""

from __future__ import annotations

from typing import TypeAlias

import numpy as np
import numpy.typing as npt

Floats: TypeAlias = npt.NDArray[np.float64]
# In a formula's body a value is one number or a block of them: the arithmetic is the same.
Numeric: TypeAlias = Floats | float
