"""What can be wrong with a workbook file, in one line that says what to do."""

from __future__ import annotations

from udfs.errors import IsomarginError


class PackageError(IsomarginError):
    """A workbook that cannot be read, changed as asked, or saved."""
