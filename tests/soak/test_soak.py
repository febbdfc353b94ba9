"""The short form of ``python -m tests.soak``."""

from __future__ import annotations

import pytest

from tests.soak.held_open import soak


@pytest.mark.parametrize("seed", [1, 2])
def test_values_stay_those_of_a_fresh_calculation(seed: int) -> None:
    result = soak(edits=60, seed=seed, compare_every=20)
    assert result.compared == 4  # once when everything is warm, then every 20
    assert result.stale == []
