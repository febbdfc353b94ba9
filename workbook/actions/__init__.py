"""Changes to a workbook as data.

An action takes a `Snapshot` of tables and named cells and gives `Changes`: a list of edits and the
words that say what they come to. It knows no file and no spreadsheet program, so the same action
serves a closed file (`workbook.actions.package`), a button in an open workbook, and the browser.
"""

from workbook.actions.edits import (
    ActionError,
    AppendRows,
    Changes,
    Edit,
    PutFormula,
    RemoveRows,
    ReplaceRows,
    SetCell,
    SetName,
)
from workbook.actions.snapshot import Snapshot, TableData

__all__ = [
    "ActionError",
    "AppendRows",
    "Changes",
    "Edit",
    "PutFormula",
    "RemoveRows",
    "ReplaceRows",
    "SetCell",
    "SetName",
    "Snapshot",
    "TableData",
]
