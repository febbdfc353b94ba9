"""The journal beyond the sheet: fills imported from venues, export, statistics of long journals."""
