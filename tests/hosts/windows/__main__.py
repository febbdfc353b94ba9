"""``python -m tests.hosts.windows [--quick]``: sets up the Windows Python and runs what is here."""

from __future__ import annotations

import os
import sys
import time

import pytest

from tests.hosts.windows import environment


def main(arguments: list[str]) -> int:
    """Set up, then run the tests; 0 when all of them passed."""
    begun = time.perf_counter()
    try:
        folder = environment.set_up()
    except environment.NotThere as missing:
        print(missing, file=sys.stderr)
        return 2
    print(f"The Windows Python is in {folder} ({time.perf_counter() - begun:.0f} s).")
    os.environ["ISOMARGIN_WINDOWS_TESTS"] = "quick" if "--quick" in arguments else "whole"
    return int(pytest.main(["-q", "--durations=8", "-s", "tests/hosts/windows"]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
