"""The add-in: what makes the formulas of ``udfs`` live in a spreadsheet.

``package`` reads and edits workbook files; ``embedded`` computes them where no spreadsheet is
installed. The other rooms each serve one spreadsheet program.
"""
