"""The buttons in Excel on Windows: an open workbook through xlwings, and what its VBA calls.

The VBA holds calculation, screen and events while an action writes, and gives them back; no formula
is asked for meanwhile.
"""
