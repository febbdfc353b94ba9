"""The way from LibreOffice's Python to the formulas, in the same process or in one beside it.

This package goes into the extension as it is and runs in LibreOffice's own Python, which may be
old and has none of our packages: standard library only, nothing newer than Python 3.9.
"""
