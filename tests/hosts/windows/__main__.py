"""``python -m tests.hosts.windows [--quick] [OPTIONS OF PYTEST]``: sets up, runs what is here."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.hosts.windows import environment


def main(arguments: list[str]) -> int:
    """Set up, then run the tests; 0 when all of them passed."""
    words = environment.missing()
    if words:
        print(words, file=sys.stderr)
        return 2
    quick = "--quick" in arguments
    os.environ["ISOMARGIN_WINDOWS_TESTS"] = "quick" if quick else "whole"
    others = [argument for argument in arguments if argument != "--quick"]
    chosen = any(argument.startswith("tests/") for argument in others)
    here = [] if chosen else [str(Path(__file__).parent)]
    return int(pytest.main(["-q", "--durations=8", "-s", *others, *here]))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
