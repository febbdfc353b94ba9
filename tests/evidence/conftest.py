from __future__ import annotations

import pytest

from tests.evidence.made import make_all
from tests.hosts.excel.conftest import pyopenvba, xlwings

__all__ = ["pyopenvba", "xlwings"]


@pytest.fixture(scope="session")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """A file of each kind that isomargin makes."""
    return make_all(tmp_path_factory.mktemp("made"))
