"""The story of two days and three positions, in LibreOffice."""

from __future__ import annotations

from addin.libreoffice.driver import LibreOffice
from addin.package import Package
from tests.workbook.positions.story import Shown, tell, workbook


class _Seen:
    """LibreOffice with what its sheets show kept until the next recalculation."""

    def __init__(self, office: LibreOffice) -> None:
        self._office = office
        self._sheets: dict[str, dict[str, Shown]] = {}

    def set(self, sheet: str, address: str, value: float | str | None) -> None:
        self._office.set(sheet, address, value)

    def recalculate(self) -> None:
        self._office.recalculate()
        self._sheets.clear()

    def value(self, sheet: str, address: str) -> Shown:
        if sheet not in self._sheets:
            self._sheets[sheet] = self._office.values(sheet)  # type: ignore[assignment]
        return self._sheets[sheet].get(address, "")


def test_two_days_and_three_positions(office: LibreOffice) -> None:
    content = workbook()
    office.open(content)
    tell(_Seen(office), Package.open(content))
