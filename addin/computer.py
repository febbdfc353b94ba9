"""The computer as finding, installing and checking see it: folders, files, programs.

Everything that differs from one computer to the next is asked of one object, so that the rest can
be tried on any. Each host adds what only it asks.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cached_property
from pathlib import Path


def clean_environment() -> dict[str, str]:
    """The environment without what would send LibreOffice's Python to another one's files.

    LibreOffice's Python looks for its library beside the first ``python3`` in the search path, and
    breaks where that is a virtual environment's.
    """
    ours = ("PYTHONHOME", "PYTHONPATH", "VIRTUAL_ENV")
    kept = {name: value for name, value in os.environ.items() if name not in ours}
    if os.name == "posix":
        kept["PATH"] = os.pathsep.join(["/usr/bin", "/bin", kept.get("PATH", "")])
    return kept


class Computer:
    """This computer."""

    platform: str = sys.platform

    @property
    def environ(self) -> Mapping[str, str]:
        """The environment's variables."""
        return os.environ

    @cached_property
    def home(self) -> Path:
        """The user's home folder."""
        return Path.home()

    @property
    def is_root(self) -> bool:
        """Whether the user is the administrator of a Linux or Mac computer."""
        return os.name == "posix" and os.geteuid() == 0

    def which(self, name: str) -> str | None:
        """A program in the search path."""
        return shutil.which(name)

    def files(self, pattern: str) -> list[str]:
        """The files that a pattern with an absolute path matches."""
        root = Path(Path(pattern).anchor)
        return sorted(str(found) for found in root.glob(str(Path(pattern).relative_to(root))))

    def run(self, command: Sequence[str], seconds: float) -> tuple[int, str]:
        """Run a program: its exit code and all it printed; code -1 if it cannot be run."""
        try:
            done = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=seconds,
                check=False,
                env=clean_environment(),
            )
        except subprocess.TimeoutExpired:
            return -1, f"did not end within {seconds:g} seconds"
        except OSError as problem:
            return -1, str(problem)
        return done.returncode, done.stdout.decode("utf-8", "replace")

    def start_file(self, path: Path) -> None:
        """Open a file with the program that Windows has for it."""
        os.startfile(path)  # type: ignore[attr-defined,unused-ignore]

    def start_program(self, *command: str) -> None:
        """Start a program and leave it running."""
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
