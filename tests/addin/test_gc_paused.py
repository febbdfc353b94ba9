from __future__ import annotations

import gc
import weakref

import pytest

from addin.package.gc_paused import gc_paused


class Ring:
    """Something that only the collector can free."""

    def __init__(self) -> None:
        self.me = self


@pytest.mark.parametrize("kept", [False, True])
def test_the_collector_rests_and_works_again(kept: bool) -> None:
    with gc_paused(all_is_kept=kept):
        assert not gc.isenabled()
        ring = weakref.ref(Ring())
        assert ring() is not None
    assert gc.isenabled()
    assert gc.get_freeze_count() == 0, "nothing is out of the collector's sight"
    gc.collect()
    assert ring() is None


def test_what_somebody_has_frozen_stays_frozen() -> None:
    gc.freeze()
    try:
        frozen = gc.get_freeze_count()
        with gc_paused(all_is_kept=True):
            pass
        # Thawed there would be none; some end by themselves meanwhile.
        assert gc.get_freeze_count() > 0.9 * frozen > 0
    finally:
        gc.unfreeze()


def test_where_it_was_off_it_stays_off() -> None:
    gc.disable()
    try:
        with gc_paused(all_is_kept=True):
            pass
        assert not gc.isenabled()
    finally:
        gc.enable()
