"""The add-in's settings file, as xlwings' VBA reads it: one ``"NAME","value"`` a line."""

from __future__ import annotations

import locale
import re
from collections.abc import Mapping
from pathlib import Path

from addin.package.saving import save_bytes
from udfs.errors import IsomarginError

INTERPRETER = "INTERPRETER_WIN"
ADD_WORKBOOK_FOLDER = "ADD_WORKBOOK_TO_PYTHONPATH"
TEMPLATE = "TEMPLATE"

# Ours; other lines of the file are a person's own and stay.
KEYS = (INTERPRETER, ADD_WORKBOOK_FOLDER, TEMPLATE)

_LINE = re.compile(r'\s*"([^"]*)"\s*,\s*"([^"]*)"\s*')


class SettingsError(IsomarginError, ValueError):
    """A value that the settings file cannot hold."""


def read(path: Path) -> dict[str, str]:
    """The settings by name; a missing file has none, and odd lines are skipped."""
    try:
        text = path.read_bytes().decode(_encoding(), errors="replace")
    except FileNotFoundError:
        return {}
    lines = (_LINE.fullmatch(line) for line in text.splitlines())
    return {line[1]: line[2] for line in lines if line}


def write(path: Path, values: Mapping[str, str]) -> None:
    """Set some of the settings; the others stay as they are."""
    merged = {**read(path), **values}
    text = "".join(f'"{name}","{value}"\r\n' for name, value in merged.items())
    try:
        content = text.encode(_encoding())
    except UnicodeEncodeError as error:
        raise SettingsError(
            f"Excel's settings file cannot hold {text[error.start : error.end]!r}, which is in the"
            " path of Python or of the template: install Python in a folder with a plain name"
        ) from None
    path.parent.mkdir(parents=True, exist_ok=True)
    save_bytes(content, path)


def remove(path: Path) -> None:
    """Take our settings out; the file goes with the last one."""
    rest = {name: value for name, value in read(path).items() if name not in KEYS}
    path.unlink(missing_ok=True)
    if rest:
        write(path, rest)


def _encoding() -> str:
    # VBA reads text files in Windows' own code page, not in UTF-8.
    return locale.getencoding()
