"""Cells of a long sheet read row by row, without keeping its elements in memory."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence

from lxml import etree

from addin.package.addresses import column_in_row, stored_row
from addin.package.errors import PackageError
from addin.package.markup import MAIN
from addin.package.sheet import rich_text
from addin.package.values import Value, error_from_text, unescape
from addin.package.xml import Element

_ROW = f"{MAIN}row"
_F = f"{MAIN}f"
_V = f"{MAIN}v"
_IS = f"{MAIN}is"


def streamed_rows(
    content: bytes, part: str, strings: Sequence[str]
) -> Iterator[tuple[int, dict[int, Value], set[int]]]:
    """Each row's number, its values by column, and the columns that hold formulas.

    A sheet whose cells have no addresses, which is legal and rare, is a PackageError: it has to
    be read whole.
    """
    found = etree.iterparse(
        io.BytesIO(content), events=("end",), tag=_ROW,
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False,
    )  # fmt: skip
    try:
        for _, row in found:
            number = row.get("r")
            if number is None:
                raise PackageError(f"the part {part} has rows without numbers.")
            values: dict[int, Value] = {}
            formulas: set[int] = set()
            for cell in row:
                if not len(cell):
                    continue
                reference = cell.get("r")
                if reference is None:
                    raise PackageError(f"the part {part} has cells without addresses.")
                column = column_in_row(reference, number)
                value, is_formula = _value(cell, strings)
                if is_formula:
                    formulas.add(column)
                if value is not None:
                    values[column] = value
            yield stored_row(number), values, formulas
            row.clear()
            # What was read stays in the tree as empty elements otherwise.
            while row.getprevious() is not None:
                del row.getparent()[0]
    except (etree.XMLSyntaxError, ValueError, IndexError) as error:
        raise PackageError(
            f"the file is damaged: its part {part} is broken XML. Use another copy."
        ) from error


def _value(cell: Element, strings: Sequence[str]) -> tuple[Value, bool]:
    kind = cell.get("t", "n")
    is_formula = False
    text = None
    for child in cell:
        if child.tag == _V:
            text = child.text
        elif child.tag == _IS:
            return rich_text(child), False
        elif child.tag == _F:
            is_formula = True
    if text is None:
        return None, is_formula
    if kind == "n":
        return (float(text) if text.strip() else None), is_formula
    if kind == "s":
        return strings[int(text)], is_formula
    if kind == "b":
        return text.strip() in ("1", "true"), is_formula
    if kind == "e":
        return error_from_text(text), is_formula
    if kind == "d":
        raise PackageError("dates as text are read with the whole sheet.")
    return unescape(text), is_formula
