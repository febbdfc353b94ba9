"""Thousands of edits in a workbook held open: no growth in memory, no value that is out of date."""
