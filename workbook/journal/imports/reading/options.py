"""What a file may leave open, and a person may say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from zoneinfo import ZoneInfo

from workbook.journal.imports.parsing import NumberForm

Zone: TypeAlias = dt.timedelta | ZoneInfo


@dataclass(frozen=True)
class Options:
    """What a file may leave open. None: as the file tells, or as its kind has it."""

    format: str | None = None  # a key of EXPORTS
    zone: Zone | None = None  # of times that do not say theirs
    zone_name: str = ""  # as the person gave it
    day_first: bool | None = None  # whether 05/06/2026 is the fifth of June
    decimal: NumberForm | None = None
    account: str = ""
    columns: Mapping[str, str] = field(default_factory=dict)  # field: header, for own files
