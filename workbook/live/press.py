"""One press of a button: what it asks, what it would change, and doing it.

A program calls `form`, `preview`, `commit` and `after`, in that order, and may stop anywhere: until
`commit` nothing is written.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from collections.abc import Iterator, Mapping

from udfs.errors import IsomarginError
from workbook.actions import ActionError, Changes, Snapshot
from workbook.actions.live import LiveBook, apply, snapshot
from workbook.clock import now
from workbook.live.buttons import BUTTONS, Answers, Button, FormField, Seen
from workbook.live.words import in_a_form, told_in_a_form
from workbook.template.version import NAME, TEMPLATE_VERSION, in_words

# How the words of a take and of a close begin.
_TRADE = re.compile(r"trade \d+(?:: | \()(?P<symbol>[^\s)]+)")


class Press:
    """A button pressed in an open workbook."""

    def __init__(self, button: str, book: LiveBook, at: dt.datetime | None = None) -> None:
        self._button: Button = BUTTONS[button]
        self._book = book
        self._at = at or now()
        self._seen: Seen | None = None
        self._answers: Answers = {}
        self._changes = Changes()
        self._said: tuple[str, ...] = ()

    def form(self) -> tuple[FormField, ...]:
        """What the person has to be asked; raises ActionError where there is nothing to do."""
        _check(self._book)
        self._seen = self._button.seen(self._book, self._at)
        with _words_of_a_form():
            return self._button.fields(self._seen)

    def preview(self, answers: Mapping[str, str]) -> Changes:
        """What it comes to with these answers; its words are for the person to agree to."""
        assert self._seen is not None, "form comes first"
        self._answers = dict(answers)
        with _words_of_a_form():
            self._changes = told_in_a_form(self._button.changes(self._seen, self._answers))
        return self._changes

    def commit(self) -> None:
        """Write it, all or nothing; one step to undo."""
        assert self._seen is not None, "form comes first"
        if self._button.act is not None:
            with _words_of_a_form():
                self._said = self._button.act(self._book, self._answers)
            return
        now = snapshot(self._book, self._button.tables, self._button.names)
        if _inputs(now) != _inputs(self._seen.tables):
            raise ActionError("the workbook was changed meanwhile: press the button again")
        apply(self._book, self._changes, self.title)

    @property
    def has_something_to_do(self) -> bool:
        """Whether there is anything to agree to."""
        return bool(self._changes) or self._button.act is not None

    @property
    def title(self) -> str:
        """What the step to undo is called: "isomargin: take ETH"."""
        said = self._changes.words[0] if self._changes.words else ""
        found = _TRADE.match(said)
        about = [found["symbol"]] if found else []
        return " ".join(["isomargin:", self._button.name, *about])

    def after(self) -> tuple[str, ...]:
        """What the workbook says of it, once it has computed."""
        wanted = self._button.then_tables
        if not wanted:
            return self._said
        return self._button.then(snapshot(self._book, wanted), self._answers)


@contextlib.contextmanager
def _words_of_a_form() -> Iterator[None]:
    try:
        yield
    except IsomarginError as error:
        raise ActionError(in_a_form(str(error))) from error


def _check(book: LiveBook) -> None:
    version = snapshot(book, (), (NAME,)).names.get(NAME)
    if version is None:
        raise ActionError(
            "this is no workbook of isomargin: make one with the button New plan, or with"
            " isomargin new"
        )
    if in_words(version) != TEMPLATE_VERSION:
        raise ActionError(
            f"the workbook was made from template {in_words(version)}, and this is template"
            f" {TEMPLATE_VERSION}: save, close, and bring it up to date with isomargin upgrade"
        )


def _inputs(seen: Snapshot) -> object:
    """What people typed; what computes may move by itself."""
    tables = {
        name: [
            [cell for header, cell in zip(table.headers, row, strict=True)
             if header not in table.computed]
            for row in table.rows
        ]
        for name, table in seen.tables.items()
    }  # fmt: skip
    return tables, dict(seen.names)
