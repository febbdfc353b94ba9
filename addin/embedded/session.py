"""An engine workbook with our formulas registered in it."""

from __future__ import annotations

import weakref
from collections import Counter
from collections.abc import Callable
from functools import partial
from types import MethodType

import formualizer

from addin.embedded.cell_functions import cell_functions
from addin.embedded.conversion import EngineValue, Interrupt, callback, encode, fit
from addin.embedded.numbers_as_text import in_fifteen_digits
from addin.embedded.own_calls import ARRAY, DIGITS, FIT, PART, SINGLE
from addin.embedded.range_functions import range_functions
from addin.engine import Formulas
from addin.package.errors import PackageError
from addin.package.values import Value


class EngineError(PackageError):
    """The engine gave up on all formulas because of one."""


class Session:
    """The engine with one workbook in it, or with an empty one, and how it is run."""

    def __init__(
        self,
        content: bytes | None,
        formulas: Formulas,
        calls: Counter[str],
        after_call: Callable[[], None] | None = None,
        *,
        date1904: bool = False,
    ) -> None:
        settings = formualizer.EvaluationConfig()
        # Python functions run one at a time anyway: threads made it two times slower.
        settings.enable_parallel = False
        settings.date_system = "1904" if date1904 else "1900"
        config = formualizer.WorkbookConfig(eval_config=settings)
        if content is None:
            self.engine = formualizer.Workbook(config=config)
        else:
            self.engine = _loaded(content, config)
        # Else every input set and every result is kept for an undo that nobody asks for.
        self.engine.set_changelog_enabled(False)
        # Else DATE() and TODAY() come out as Python dates.
        self.engine.set_temporal_egress("serial")
        self._interrupt = Interrupt()
        for name, formula in formulas.items():
            self.register(name, callback(name, formula, calls, _loose(self._stop), after_call))
        functions = cell_functions(date1904) | range_functions(date1904=date1904)
        for name, function in functions.items():
            self.engine.register_function(name, function, min_args=0, max_args=None)
        arrays: dict[float, EngineValue] = {}
        self.register(ARRAY, partial(_keep, arrays))
        self.register(PART, partial(_part, arrays))
        self.register(FIT, _fit)
        self.register(SINGLE, _top_left)
        self.register(DIGITS, _in_digits)

    def register(self, name: str, function: Callable[..., EngineValue]) -> None:
        """Make a function known. The number of arguments is the function's own business.

        The function must not keep this session alive; for a method it is seen to here.
        """
        if isinstance(function, MethodType):
            function = _loose(function)
        self.engine.register_function(name, function, min_args=0, max_args=None)

    def set_value(self, sheet: str, row: int, column: int, value: Value) -> None:
        """Put a plain value into a cell; text stays text."""
        plain = formualizer.LiteralValue.text(value) if isinstance(value, str) else encode(value)
        self.engine.set_value(sheet, row, column, plain)

    def run(self) -> None:
        """Compute everything that is out of date; Ctrl-C stops it and is raised here."""
        try:
            self.engine.evaluate_all()
        except formualizer.ExcelEvaluationError as error:
            if self._interrupt.pending is None:
                raise EngineError(_in_words(str(error))) from error
            self.engine.reset_cancel()
        self._interrupt.raise_pending()

    def _stop(self, pressed: BaseException) -> None:
        self._interrupt.pending = pressed
        self.engine.cancel()


def _loaded(content: bytes, config: formualizer.WorkbookConfig) -> formualizer.Workbook:
    try:
        return formualizer.Workbook.from_bytes(content, config=config, load_limits=_limits(content))
    except OSError as error:  # the engine's word for whatever it cannot load
        raise PackageError(f"the embedded engine cannot read the workbook: {error}.") from error


def _limits(content: bytes) -> dict[str, int]:
    """The engine's limits: what is too large was refused when the file was opened."""
    size = len(content) + 1
    return {
        "max_input_bytes": size,
        "max_expanded_bytes": 2 * size,
        "max_part_bytes": size,
        "max_entries": 100_000,
    }


def _loose(method: Callable[..., EngineValue]) -> Callable[..., EngineValue]:
    """A method for the engine to call that does not keep its object alive.

    Python's collector cannot look into the engine: a circle through it would never be freed.
    """
    reference = weakref.WeakMethod(method)

    def call(*arguments: EngineValue) -> EngineValue:
        bound = reference()
        assert bound is not None  # it owns the engine that calls
        return bound(*arguments)

    return call


def _in_words(said: str) -> str:
    if "did not converge" in said:
        return (
            "the embedded engine cannot compute this: a formula seems to depend on its own result"
            " through a whole row or column; name the cells that are meant."
        )
    return f"the embedded engine cannot compute this: {said}."


def _keep(
    arrays: dict[float, EngineValue], number: float, rows: float, columns: float, value: EngineValue
) -> EngineValue:
    block = arrays[number] = _fit(rows, columns, value)
    return block[0][0]


def _part(
    arrays: dict[float, EngineValue], number: float, down: float, right: float, first: EngineValue
) -> EngineValue:
    block = arrays.get(number)
    # An error that the engine finds before it computes anything (an unknown function) is never
    # kept: it holds for the whole array.
    if block is None or (isinstance(first, dict) and first != block[0][0]):
        return first
    return block[int(down)][int(right)]


def _fit(rows: float, columns: float, value: EngineValue) -> EngineValue:
    return fit(int(rows), int(columns), value)


def _in_digits(value: EngineValue) -> EngineValue:
    if isinstance(value, list):
        return [[_in_digits(cell) for cell in row] for row in value]
    return in_fifteen_digits(value) if isinstance(value, str) else value


def _top_left(value: EngineValue) -> EngineValue:
    return value[0][0] if isinstance(value, list) else value
