"""How much memory this process holds."""

from __future__ import annotations

import os
from pathlib import Path


def resident() -> float:
    """The process's memory now, in MiB; NaN where the system does not tell."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except OSError:
        return float("nan")
    return pages * os.sysconf("SC_PAGE_SIZE") / 2**20
