"""Structured references as Excel shows them, turned into the form that a file holds.

Excel shows ``[@Entry]`` but reads only ``Plan[[#This Row],[Entry]]`` from a file.
"""

from __future__ import annotations

import re

_RANGE = re.compile(r"\[@\[([^\[\]]+)\]:\[([^\[\]]+)\]\]")
_QUOTED = re.compile(r"\[@\[([^\[\]]+)\]\]")
_PLAIN = re.compile(r"\[@([^\[\]]+)\]")


def stored(formula: str, table: str) -> str:
    """The file's form of a formula that stands in `table`.

    >>> stored("[@Entry]*[@[Liq price]]", "Plan")
    'Plan[[#This Row],[Entry]]*Plan[[#This Row],[Liq price]]'
    >>> stored("COUNTA([@[Side]:[Days]])", "Plan")
    'COUNTA(Plan[[#This Row],[Side]:[Days]])'
    """
    formula = _RANGE.sub(rf"{table}[[#This Row],[\1]:[\2]]", formula)
    formula = _QUOTED.sub(rf"{table}[[#This Row],[\1]]", formula)
    return _PLAIN.sub(rf"{table}[[#This Row],[\1]]", formula)


def shown(formula: str) -> str:
    """What Excel shows for a stored formula, for measuring how long it is to a reader.

    >>> shown("Plan[[#This Row],[Liq price]]-Plan[[#This Row],[Side]:[Days]]+Plan[Risk]")
    '[@[Liq price]]-[@[Side]:[Days]]+Plan[Risk]'
    """
    formula = re.sub(
        r"\w+\[\[#This Row\],\[([^\[\]]+)\]:\[([^\[\]]+)\]\]", r"[@[\1]:[\2]]", formula
    )
    formula = re.sub(r"\w+\[\[#This Row\],\[([A-Za-z0-9]+)\]\]", r"[@\1]", formula)
    return re.sub(r"\w+\[\[#This Row\],\[([^\[\]]+)\]\]", r"[@[\1]]", formula)
