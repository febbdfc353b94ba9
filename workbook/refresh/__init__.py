"""Fresh facts for a workbook: prices, funding, tiers and candles, from exchanges or from files.

The only part of isomargin that uses the network, and only when it is asked to. What comes in is
checked and turned into the types of `workbook.terms`; what goes out is a list of edits.
"""
