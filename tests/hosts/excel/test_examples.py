"""The examples in the Excel host's own docstrings are true."""

from __future__ import annotations

import doctest
import importlib

import pytest


@pytest.mark.parametrize("module", ["macro_book", "conversion"])
def test_the_examples_are_true(module: str) -> None:
    result = doctest.testmod(importlib.import_module(f"addin.excel.{module}"))
    assert result.attempted > 0
    assert result.failed == 0
