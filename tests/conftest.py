"""Settings for every test."""

import gc
import os
from collections.abc import Generator

import pytest
from hypothesis import settings

from tests.memory import resident

# No deadlines: times are measured in benchmarks, never in tests. In CI the same examples every
# time; "long" is for hunting: pytest --hypothesis-profile=long.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile("ci" if os.environ.get("CI") else "default")


_GROWN = 400.0  # MiB after which the collector looks through all
_seen = [0.0]  # MiB when it did last


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown() -> Generator[None, None, None]:
    """A command lets the collector rest, as its process ends; here the next one follows on it."""
    yield  # what a test has patched, such as files that cannot be read, is itself again
    if resident() > _seen[0] + _GROWN:
        gc.collect()
        _seen[0] = resident()


@pytest.fixture(scope="session")
def fresh_vba() -> None:
    """For tests that use the ready-made VBA: where it is stale, one test says so, not all."""
    from addin.excel import macro_book, prebuilt
    from workbook import bundled

    sheets = macro_book.code_names(bundled.template())
    if not prebuilt.is_fresh() or sheets != prebuilt.template_code_names():
        pytest.skip("the ready-made VBA is stale, as tests/test_generated.py says")
