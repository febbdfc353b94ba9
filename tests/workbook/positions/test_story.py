"""The story of two days and three positions, on the embedded engine."""

from __future__ import annotations

from addin.embedded import open_book
from addin.package import Package
from tests.workbook.positions.story import tell, workbook
from udfs import catalogue


def test_two_days_and_three_positions() -> None:
    package = Package.open(workbook())
    tell(open_book(package, catalogue), package)
