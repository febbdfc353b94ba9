"""LibreOffice against the formulas themselves and the embedded engine."""
