"""What can be wrong with a workbook file, in one line that says what to do."""

from __future__ import annotations


class PackageError(Exception):
    """A workbook that cannot be read, changed as asked, or saved."""
