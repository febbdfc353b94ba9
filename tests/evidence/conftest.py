from __future__ import annotations

from tests.hosts.excel.conftest import pyopenvba, xlwings

__all__ = ["pyopenvba", "xlwings"]
