"""Values as VBA hands them to COM, and answers as VBA gets them, with nothing of pywin32.

A cell's number is a double, a blank VT_EMPTY, an error VT_ERROR, a range an array of variants that
counts from 1, an argument that was left out the error "parameter not found".
"""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    Structure,
    Union,
    byref,
    c_double,
    c_long,
    c_short,
    c_ulong,
    c_ushort,
    c_void_p,
    c_wchar_p,
)
from typing import Any

EMPTY, NULL, INTEGER, LONG, DOUBLE, DATE, TEXT, DISPATCH, ERROR, BOOLEAN, VARIANT_TYPE = (
    0, 1, 2, 3, 5, 7, 8, 9, 10, 11, 12,
)  # fmt: skip
ARRAY = 0x2000
NOT_FOUND = 0x80020004 - 2**32  # DISP_E_PARAMNOTFOUND
CV_ERROR = 0x800A0000 - 2**32  # CVErr(n) is this and n


class _Content(Union):
    _fields_ = (
        ("pointer", c_void_p),
        ("double", c_double),
        ("long", c_long),
        ("short", c_short),
    )


class Variant(Structure):
    """A VARIANT of a 64-bit program."""

    _anonymous_ = ("content",)
    _fields_ = (
        ("vt", c_ushort),
        ("reserved", c_ushort * 3),
        ("content", _Content),
        ("second", c_void_p),
    )


class _Bound(Structure):
    _fields_ = (("count", c_ulong), ("low", c_long))


class Missing:
    """An optional argument that was left out."""


class CellErrorValue(int):
    """CVErr(n)."""


class Row(list[Any]):
    """What VBA's Array(...) makes: one dimension, from 0."""


_automation = ctypes.WinDLL("oleaut32")  # type: ignore[attr-defined,unused-ignore]
_automation.SysAllocStringLen.restype = c_void_p
_automation.SysAllocStringLen.argtypes = (c_wchar_p, c_ulong)
_automation.SysStringLen.argtypes = (c_void_p,)
_automation.SafeArrayCreate.restype = c_void_p
_automation.SafeArrayCreate.argtypes = (c_ushort, c_ulong, POINTER(_Bound))
_automation.SafeArrayAccessData.argtypes = (c_void_p, POINTER(c_void_p))
_automation.SafeArrayUnaccessData.argtypes = (c_void_p,)
_automation.SafeArrayGetDim.argtypes = (c_void_p,)
_automation.SafeArrayGetLBound.argtypes = (c_void_p, c_ulong, POINTER(c_long))
_automation.SafeArrayGetUBound.argtypes = (c_void_p, c_ulong, POINTER(c_long))
_automation.VariantClear.argtypes = (POINTER(Variant),)


def fill(variant: Variant, value: Any) -> None:
    """Make a variant hold a value."""
    variant.vt, variant.second = EMPTY, None
    if value is None:
        return
    if value is Missing:
        variant.vt, variant.long = ERROR, NOT_FOUND
    elif isinstance(value, CellErrorValue):
        variant.vt, variant.long = ERROR, CV_ERROR + value
    elif isinstance(value, bool):
        variant.vt, variant.short = BOOLEAN, -value
    elif isinstance(value, float):
        variant.vt, variant.double = DOUBLE, value
    elif isinstance(value, int):
        variant.vt, variant.long = LONG, value
    elif isinstance(value, str):
        wide = len(value.encode("utf-16-le")) // 2
        variant.vt, variant.pointer = TEXT, _automation.SysAllocStringLen(value, wide)
    elif isinstance(value, Row):
        variant.vt, variant.pointer = ARRAY | VARIANT_TYPE, _array([value], one=True)
    elif isinstance(value, list):
        variant.vt, variant.pointer = ARRAY | VARIANT_TYPE, _array(value)
    else:
        raise TypeError(f"{value!r} is nothing that VBA would send")


def _array(rows: list[list[Any]], *, one: bool = False) -> int:
    height, width = len(rows), len(rows[0])
    bounds = (_Bound * 2)(_Bound(height, 1), _Bound(width, 1))
    if one:
        bounds[0] = _Bound(width, 0)
    array = _automation.SafeArrayCreate(VARIANT_TYPE, 1 if one else 2, bounds)
    if height * width:
        cells = _cells(array, height * width)
        for across in range(width):  # columns lie one after the other
            for down in range(height):
                fill(cells[across * height + down], rows[down][across])
        _automation.SafeArrayUnaccessData(array)
    return int(array)


def _cells(array: int, count: int) -> Any:
    place = c_void_p()
    _automation.SafeArrayAccessData(array, byref(place))
    return (Variant * count).from_address(place.value or 0)


def read(variant: Variant) -> Any:
    """What a variant holds; an array as rows, an error as ("error", number)."""
    kind = variant.vt
    if kind in (EMPTY, NULL):
        return None
    if kind & ARRAY:
        return _read_array(variant)
    if kind == TEXT:
        if not variant.pointer:
            return ""
        length = _automation.SysStringLen(variant.pointer)
        return ctypes.wstring_at(variant.pointer, length)
    if kind in (DOUBLE, DATE):
        return variant.double
    if kind == LONG:
        return variant.long
    if kind == INTEGER:
        return variant.short
    if kind == BOOLEAN:
        return bool(variant.short)
    if kind == ERROR:
        return ("error", variant.long)
    raise TypeError(f"a variant of kind {kind:#x} is nothing that a cell shows")


def _read_array(variant: Variant) -> list[Any]:
    if variant.vt != ARRAY | VARIANT_TYPE:
        raise TypeError(f"an array of kind {variant.vt:#x} is nothing that a cell shows")
    array = variant.pointer
    sizes = []
    for dimension in range(1, _automation.SafeArrayGetDim(array) + 1):
        low, high = c_long(), c_long()
        _automation.SafeArrayGetLBound(array, dimension, byref(low))
        _automation.SafeArrayGetUBound(array, dimension, byref(high))
        sizes.append(high.value - low.value + 1)
    total = sizes[0] * (sizes[1] if len(sizes) > 1 else 1)
    cells = _cells(array, total) if total else []
    try:
        if len(sizes) == 1:
            return [read(cells[at]) for at in range(sizes[0])]
        height, width = sizes
        return [
            [read(cells[across * height + down]) for across in range(width)]
            for down in range(height)
        ]
    finally:
        if total:
            _automation.SafeArrayUnaccessData(array)


def clear(variant: Variant) -> None:
    """Give back what a variant holds."""
    _automation.VariantClear(byref(variant))
