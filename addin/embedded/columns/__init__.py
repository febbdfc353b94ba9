"""Columns of formulas computed as columns: one formula for many rows, once, with NumPy.

What is computed so, and what the engine still does cell by cell, is told by `runs`; the values are
those of the engine, cell for cell.
"""
