"""What a call costs in xlwings' own machinery, short of Excel and COM themselves."""

from __future__ import annotations

import sys
import types
from collections.abc import Iterator
from typing import Any

from tests.benchmarks.measure import OURS, Effort, Missing, Result, agree, side_by_side
from udfs import catalogue

_MODULE = "addin.excel.udf_module"
_EMPTY = "isomargin_benchmark_empty"

_CALLS: dict[str, tuple[Any, ...]] = {
    "ISO_LIQUIDATION_PRICE": ("long", 100.0, 10.0, 0.005),
    "ISO_POSITION_SIZE": (10_000.0, 0.02, 100.0, 96.0, 0.0006),
    "ISO_CARRY_COST": ("long", 5_000.0, 7.0, 0.0001),
}


def run(effort: Effort) -> Iterator[Result]:
    """Single cells, and one range."""
    try:
        import xlwings  # noqa: F401
    except ImportError:
        raise Missing("xlwings is not installed") from None
    from tests.hosts.excel.pywin32_stub import windows_xlwings

    rows = effort.size(10_000, 1_000)
    with windows_xlwings() as excel:
        _add_empty_module()
        for name, arguments in _CALLS.items():
            yield _call(excel, name, arguments, "a call", effort)
        entries = tuple((100.0 + at / 100,) for at in range(rows))
        leverages = tuple((2.0 + at % 50,) for at in range(rows))
        yield _call(
            excel,
            "ISO_LIQUIDATION_PRICE",
            ("long", entries, leverages, 0.005),
            f"a range of {rows:,} rows",
            effort,
        )


def _call(excel: Any, name: str, arguments: tuple[Any, ...], what: str, effort: Effort) -> Result:
    call = excel.server.CallUDF
    formula = catalogue[name]
    plain = tuple(list(map(list, a)) if isinstance(a, tuple) else a for a in arguments)
    agree(f"xlwings, {name}", call(_MODULE, name, arguments), formula(*plain))
    return side_by_side(
        f"{name}, {what}",
        {
            OURS: lambda: call(_MODULE, name, arguments),
            "xlwings, function that returns 1.0": lambda: call(_EMPTY, "nothing", arguments),
            "the formula itself": lambda: formula(*plain),
        },
        effort,
        note="without Excel and COM, which cost more than this",
    )


def _add_empty_module() -> None:
    """A module with one function that does nothing, known to xlwings as ours are."""
    import xlwings

    def nothing(a: Any, b: Any, c: Any, d: Any = None, e: Any = None) -> list[list[float]]:
        return [[1.0]]

    function: Any = xlwings.func(nothing)
    for name in "abcde":
        function = xlwings.arg(name, convert="raw")(function)
    module = types.ModuleType(_EMPTY)
    module.nothing = xlwings.ret(convert="raw")(function)  # type: ignore[attr-defined]
    module.__file__ = __file__
    sys.modules[_EMPTY] = module
