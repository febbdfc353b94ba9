"""What the VBA calls: one step of a press at a time, in plain text both ways."""

from __future__ import annotations

from collections.abc import Mapping

from udfs.errors import IsomarginError
from workbook.actions import ActionError, Changes
from workbook.live.buttons import FormField
from workbook.live.excel.book import ExcelBook
from workbook.live.press import Press

try:
    import xlwings
except ImportError as error:  # pragma: no cover - said in words instead
    raise ImportError(
        'the buttons in Excel need xlwings: type  pip install "isomargin[excel]"'
    ) from error

AGREED, NOTHING, REFUSED = "OK", "NOTHING", "NO"


class Undo:
    """The button Undo, pressed as the others are: the last action is taken back."""

    has_something_to_do = True

    def __init__(self, book: ExcelBook) -> None:
        self._book = book

    def form(self) -> tuple[FormField, ...]:
        """Nothing is asked."""
        if not self._book.history:
            raise ActionError("there is nothing to take back since this workbook was opened")
        return ()

    def preview(self, answers: Mapping[str, str]) -> Changes:
        """What is taken back; refused where it was changed since."""
        done = self._book.history[-1]
        self._book.refuse_if_changed(done)
        return Changes((), (f"{done.name} is taken back",))

    def commit(self) -> None:
        """Take it back."""
        self._book.undo(self._book.history[-1])

    def after(self) -> tuple[str, ...]:
        """There is nothing more to say."""
        return ()


# The button that is being pressed; Excel shows one form at a time.
_pressed: list[Press | Undo] = []


def press(book: ExcelBook, step: str, button: str, answers: str) -> str:
    """The answer to one step: a word, then lines.

    Of a form a line a field: kind, key, label, default, with tabs between. Answers come as lines of
    key and text, several files with ``|`` between.
    """
    if step == "form":
        _pressed[:] = [Undo(book) if button == "undo" else Press(button, book)]
        fields = _pressed[0].form()
        return _lines(AGREED, *(f"{f.kind}\t{f.key}\t{f.label}\t{f.default}" for f in fields))
    if not _pressed:
        raise ActionError("press the button again")
    (pressed,) = _pressed
    if step == "preview":
        pairs = [line.split("\t", 1) for line in answers.split("\n") if "\t" in line]
        changes = pressed.preview({key: text.replace("|", "\n") for key, text in pairs})
        word = AGREED if pressed.has_something_to_do else NOTHING
        return _lines(word, *changes.words, *changes.warnings)
    if step == "commit":
        pressed.commit()
        return AGREED
    return _lines(AGREED, *pressed.after())


def _lines(*lines: str) -> str:
    return "\n".join(lines)


@xlwings.func
@xlwings.arg("step", convert="raw")
@xlwings.arg("button", convert="raw")
@xlwings.arg("answers", convert="raw")
@xlwings.ret(convert="raw")
def isomargin_press(step: str, button: str, answers: str) -> list[list[str]]:
    """One step, for the workbook that the VBA hands over; what goes wrong comes back in words."""
    try:
        said = press(ExcelBook(xlwings.Book.caller()), step, button, answers)
    except IsomarginError as error:
        said = _lines(REFUSED, str(error), *_left(error))
    except OSError as error:
        place = f"{error.filename}: " if error.filename else ""
        said = _lines(REFUSED, f"{place}{error.strerror or error}")
    except Exception as error:
        left = _left(error)
        changed = "" if left else ", and nothing was changed"
        said = _lines(REFUSED, f"Excel refused{changed}: {_words(error)}", *left)
    return [[said]]


def _left(error: Exception) -> list[str]:
    """What `workbook.actions.live.apply` adds where not all could be taken back."""
    return list(getattr(error, "__notes__", ()))


def _words(error: Exception) -> str:
    """Excel's own words stand among the details of what COM reports."""
    details = [part for part in error.args if isinstance(part, tuple)]
    told = [word for part in details for word in part if isinstance(word, str) and word]
    return told[-1] if told else str(error) or type(error).__name__
