"""How large a workbook may be before it is refused unread."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Limits:
    """Bounds that real workbooks stay far below, and zip bombs do not."""

    file_bytes: int = 128 * 2**20
    parts: int = 5_000
    part_bytes: int = 256 * 2**20
    total_bytes: int = 512 * 2**20
    # A sheet of equal rows packs 1:60; deflate ends near 1:1030, where bombs live.
    ratio: float = 200.0
    # Below this size a part is harmless however well it packs.
    ratio_from_bytes: int = 8 * 2**20


DEFAULT_LIMITS = Limits()
