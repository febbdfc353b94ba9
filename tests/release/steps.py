"""What every check of a release is made of."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]


class Failed(Exception):
    """A check failed; the words say how."""


class NotHere(Exception):
    """A check needs what this computer has not."""


def run(
    command: Sequence[str | Path],
    folder: Path,
    *,
    codes: Sequence[int] = (0,),
    environ: Mapping[str, str] | None = None,
) -> str:
    """Run a program, away from the environment that runs us; what it printed."""
    ours = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "SOURCE_DATE_EPOCH")
    clean = {name: value for name, value in os.environ.items() if name not in ours}
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**clean, **(environ or {})},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        check=False,
    )
    if done.returncode not in codes or "Traceback" in done.stderr:
        said = (done.stderr.strip() or done.stdout.strip()).splitlines()
        raise Failed(
            f"{' '.join(str(part) for part in command)}: exit {done.returncode}\n"
            + "\n".join(said[-15:])
        )
    return done.stdout


def expect(holds: bool, words: str) -> None:
    """Fail with the words unless it holds."""
    if not holds:
        raise Failed(words)
