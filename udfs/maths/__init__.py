"""The mathematics: NumPy only, no cells, no errors of a spreadsheet."""
