"""A program that counts in a file as often as it is told, in turns with others like it."""

from __future__ import annotations

TURNS = """
import sys, time
from pathlib import Path
from addin.package import PackageError
from addin.package.lock import locked
book, count, done = Path(sys.argv[1]), int(sys.argv[2]), 0
until = time.time() + 60
while done < count and time.time() < until:
    try:
        with locked(book):
            number = int(book.read_text())
            time.sleep(0.002)
            book.write_text(str(number + 1))
        done += 1
    except PackageError:
        time.sleep(0.003)
print(done)
"""
