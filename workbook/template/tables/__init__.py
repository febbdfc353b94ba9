"""The Excel tables of the workbook, one file each."""
