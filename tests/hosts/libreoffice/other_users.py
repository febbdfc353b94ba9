"""What another user of the computer can do, and which sockets a process has."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

needs_proc = pytest.mark.skipif(sys.platform != "linux", reason="looks into /proc")

# Address families and kinds that a process can be reached by from outside.
_TABLES = ("tcp", "tcp6", "udp", "udp6", "unix")


def as_nobody(command: Sequence[str]) -> tuple[int, str]:
    """Run a program as a user without any rights: its exit code and all it printed."""
    if os.name != "posix" or os.geteuid() != 0:
        pytest.skip("only the administrator can act as another user")
    done = subprocess.run(
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        user=65534,  # "nobody" everywhere
        group=65534,
        extra_groups=[],
        cwd="/",
        env={"PATH": "/usr/bin:/bin"},
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout


def sockets(process: int) -> list[str]:
    """A process's sockets: the kernel's line about each."""
    held = set()
    for handle in Path(f"/proc/{process}/fd").iterdir():
        try:
            target = str(handle.readlink())
        except FileNotFoundError:
            continue
        if target.startswith("socket:["):
            held.add(target.removeprefix("socket:[").removesuffix("]"))
    lines = []
    for table in _TABLES:
        for line in Path("/proc/net", table).read_text().splitlines()[1:]:
            fields = line.split()
            if fields[6 if table == "unix" else 9] in held:
                lines.append(f"{table}: {line}")
    return lines
