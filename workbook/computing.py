"""Computing a workbook: what is prepared for the template's formulas is used where it fits."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from addin.embedded import EmbeddedBook, open_book
from addin.embedded.prepared import Prepared
from addin.engine import Progress
from addin.package import Package
from udfs import catalogue
from workbook import bundled


def computed(
    source: Package | str | Path | bytes,
    on_progress: Progress | None = None,
    *,
    use_prepared: bool = True,
) -> EmbeddedBook:
    """A workbook open in the embedded engine with all of it computed, as `open_book`."""
    ready = prepared() if use_prepared else None
    return open_book(source, catalogue, on_progress, prepared=ready)


@cache
def prepared() -> Prepared | None:
    """What is known of the template; None while it is being made for the first time."""
    content = bundled.prepared()
    return None if content is None else Prepared(content)
