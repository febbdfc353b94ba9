"""What can be wrong when the site is built."""

from __future__ import annotations

from addin.package import PackageError


class SiteError(PackageError):
    """A site that cannot be built as asked; one line that says what to give instead."""
