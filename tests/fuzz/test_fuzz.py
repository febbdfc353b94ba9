"""Every property, tried for as long as a test may take; ``python -m tests.fuzz`` tries longer."""

from __future__ import annotations

import pytest

from . import cells, engine, text_files, workbook_files
from .target import Target, run

TARGETS = [*cells.TARGETS, *engine.TARGETS, *text_files.TARGETS, *workbook_files.TARGETS]


@pytest.mark.parametrize("target", TARGETS, ids=lambda target: target.name)
def test_any_input(target: Target) -> None:
    assert run(target, target.examples).inputs > 0
