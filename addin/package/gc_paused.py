"""For work that makes very many objects and no rubbish."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def gc_paused(*, all_is_kept: bool = False) -> Iterator[None]:
    """Keep the garbage collector from looking through all cells again and again (twice as fast).

    Nor does it look through them as soon as it may, where `all_is_kept`, as in a command that ends
    the process: they count as old, and are looked at when much has been made after them.
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            if all_is_kept and not gc.get_freeze_count():
                gc.freeze()
                gc.unfreeze()  # to the oldest generation, without a look
            gc.enable()
