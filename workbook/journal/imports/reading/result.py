"""What was read of a file, and what is found out on the way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workbook.journal.imports.events import Event, FileLine, Problem
from workbook.journal.imports.venues.base import Export


@dataclass(frozen=True)
class SkippedRows:
    """Rows that were left out for one reason."""

    count: int
    line: int  # of the first


@dataclass(frozen=True)
class Reading:
    """What one file says. With problems there are no events."""

    file: str
    export: type[Export] | None
    events: tuple[Event, ...] = ()  # in the order of what happened
    content: str = ""  # what tells the very same file, read in the very same way
    rows: int = 0
    skipped: Mapping[str, SkippedRows] = field(default_factory=dict)  # by the reason
    zone_told: bool = True  # whether the file or the person told the times' zone
    notes: tuple[str, ...] = ()
    problems: tuple[Problem, ...] = ()


@dataclass
class Findings:
    """What is wrong with a file or worth saying, collected while it is read."""

    file: str
    problems: list[Problem] = field(default_factory=list)
    unsettled: bool = False  # whether something of the whole file is unknown
    skipped: dict[str, SkippedRows] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def skip(self, why: str, line: int) -> None:
        """Count a row that is left out."""
        before = self.skipped.get(why)
        count, first = (before.count, before.line) if before else (0, line)
        self.skipped[why] = SkippedRows(count + 1, min(first, line))

    def problem(self, line: int, words: str) -> None:
        """What is wrong in a line."""
        self.problems.append(Problem(FileLine(self.file, line), words))

    def unknown(self, line: int, words: str) -> None:
        """What cannot be told of the whole file, and shows in this line first."""
        self.problem(line, words)
        self.unsettled = True
