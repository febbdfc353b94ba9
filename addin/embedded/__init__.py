"""Workbooks and formulas computed where no spreadsheet is installed (engine: formualizer)."""

from addin.embedded.book import EmbeddedBook, open_book
from addin.embedded.evaluator import Evaluator, evaluate
from addin.engine import ErrorCell, FormulaError

__all__ = ["EmbeddedBook", "ErrorCell", "Evaluator", "FormulaError", "evaluate", "open_book"]
