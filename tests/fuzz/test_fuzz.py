"""Every property, for as long as the profile says; tests/README.md shows how to try for hours.

What hangs is ended by pytest-timeout. What kills the program is a failure where the tests run in
workers: pytest -n 2.
"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from . import cells, engine, text_files, workbook_files
from .target import Target

TARGETS = [*cells.TARGETS, *engine.TARGETS, *text_files.TARGETS, *workbook_files.TARGETS]

# Far more than any input takes on a slow computer.
SLOW = dt.timedelta(seconds=60)
USUAL = 100  # inputs a property in the profiles that are not for hunting


# Times the examples in the profile, as the time for all inputs of a target has to.
@pytest.mark.timeout(600 * max(1, settings().max_examples // USUAL))
@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_input(target: Target) -> None:
    tried = 0

    def one(value: object) -> None:
        nonlocal tried
        tried += 1
        target.check(value)

    property_of_it = given(target.inputs())(one)
    settings(
        max_examples=target.examples * max(1, settings().max_examples // USUAL),
        deadline=SLOW,
        phases=[Phase.reuse, Phase.generate, Phase.shrink],
        suppress_health_check=list(HealthCheck),
    )(property_of_it)()
    assert tried > 0
