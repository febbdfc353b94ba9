"""What is wrong with a file of terms, in one line."""

from __future__ import annotations

from udfs.errors import IsomarginError


class TermsError(IsomarginError):
    """A file of terms that cannot be used: which file, which key, what is wrong."""
