"""The command line: ``python -m isomargin``, or ``isomargin``."""

from __future__ import annotations

import importlib
import sys

from isomargin.shadowing import refuse_shadowed


def main() -> None:
    """Start the commands, or say which file is in their way."""
    try:
        refuse_shadowed()
    except ImportError as error:
        print(error, file=sys.stderr)
        raise SystemExit(2) from None
    importlib.import_module("workbook.cli").main()


if __name__ == "__main__":
    main()
