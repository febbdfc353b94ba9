"""Settings for every test."""

import os

import pytest
from hypothesis import settings

# No deadlines: times are measured in benchmarks, never in tests. In CI the same examples every
# time; "long" is for hunting: pytest --hypothesis-profile=long.
settings.register_profile("default", deadline=None)
settings.register_profile("ci", deadline=None, derandomize=True)
settings.register_profile("long", deadline=None, max_examples=5000)
settings.load_profile("ci" if os.environ.get("CI") else "default")


@pytest.fixture(scope="session")
def fresh_vba() -> None:
    """For tests that use the ready-made VBA: where it is stale, one test says so, not all."""
    from addin.excel import macro_book, prebuilt
    from workbook import bundled

    sheets = macro_book.code_names(bundled.template())
    if not prebuilt.is_fresh() or sheets != prebuilt.template_code_names():
        pytest.skip("the ready-made VBA is stale, as tests/test_generated.py says")
