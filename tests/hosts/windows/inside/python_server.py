"""xlwings' Python as the VBA in a workbook sees it: started by xlwings' DLL, called late-bound."""

from __future__ import annotations

import ctypes
from ctypes import (
    POINTER,
    Structure,
    byref,
    c_char_p,
    c_long,
    c_ubyte,
    c_ulong,
    c_ushort,
    c_void_p,
    c_wchar_p,
)
from pathlib import Path
from typing import Any

from tests.hosts.windows.inside.variants import DISPATCH, TEXT, Row, Variant, clear, fill, read

MODULE = "addin.excel.udf_module"
_GET_IDS, _INVOKE = 5, 6  # places in IDispatch's table
_METHOD, _ENGLISH = 1, 0x409
_HAPPENED = 0x80020009 - 2**32  # DISP_E_EXCEPTION


class ComFault(Exception):
    """An error number that COM gave back, and its words."""

    def __init__(self, number: int, words: str = "") -> None:
        self.number = number & 0xFFFFFFFF
        self.words = words
        super().__init__(f"{self.number:#010x} {words}")


class _Guid(Structure):
    _fields_ = (("bytes", c_ubyte * 16),)


class _Parameters(Structure):
    _fields_ = (
        ("arguments", POINTER(Variant)),
        ("named", c_void_p),
        ("count", c_ulong),
        ("named_count", c_ulong),
    )


class _Exception(Structure):
    _fields_ = (
        ("code", c_ushort),
        ("reserved", c_ushort),
        ("source", c_void_p),
        ("description", c_void_p),
        ("help_file", c_void_p),
        ("help_context", c_ulong),
        ("more", c_void_p),
        ("deferred", c_void_p),
        ("number", c_long),
    )


_nothing = _Guid()
_ole = ctypes.WinDLL("ole32")  # type: ignore[attr-defined,unused-ignore]
_ole.CoInitialize.argtypes = (c_void_p,)
_ole.CoInitialize(None)


def load_dll(python: Path, version: str) -> Any:
    """xlwings' DLL, looked for where its VBA looks."""
    name = f"xlwings64-{version}.dll"
    for folder in (python.parent, python.parent.parent):
        if (folder / name).exists():
            dll = ctypes.WinDLL(str(folder / name))  # type: ignore[attr-defined,unused-ignore]
            dll.XLPyDLLActivateAuto.restype = c_long
            dll.XLPyDLLActivateAuto.argtypes = (POINTER(Variant), c_char_p, c_long)
            return dll
    raise FileNotFoundError(name)


class PythonServer:
    """The object that XLPy() gives."""

    def __init__(self, dll: Any, command: str) -> None:
        self._result = Variant()
        # VBA hands a String to a declared function in Windows' own code page.
        if dll.XLPyDLLActivateAuto(byref(self._result), command.encode("mbcs", "replace"), 1):
            raise ComFault(1000, str(read(self._result)))
        if self._result.vt != DISPATCH:
            raise ComFault(self._result.vt, "no object")
        self._numbers: dict[str, int] = {}

    @property
    def address(self) -> int:
        """Where the object stands in this process."""
        return int(self._result.pointer)

    def _function(self, place: int, *types: Any) -> Any:
        table = ctypes.cast(self._result.pointer, POINTER(c_void_p))[0]
        address = ctypes.cast(table, POINTER(c_void_p))[place]
        prototype = ctypes.WINFUNCTYPE(c_long, c_void_p, *types)  # type: ignore[attr-defined,unused-ignore]
        return prototype(address)

    def _number(self, name: str) -> int:
        if name not in self._numbers:
            found = c_long()
            names = (c_wchar_p * 1)(name)
            ask = self._function(
                _GET_IDS, POINTER(_Guid), POINTER(c_wchar_p), c_ulong, c_ulong, POINTER(c_long)
            )
            fault = ask(self._result.pointer, byref(_nothing), names, 1, _ENGLISH, byref(found))
            if fault:
                raise ComFault(fault, name)
            self._numbers[name] = found.value
        return self._numbers[name]

    def call(self, name: str, *arguments: Any) -> Any:
        """Call a method, late-bound, as VBA does."""
        number = self._number(name)
        given = (Variant * max(len(arguments), 1))()
        for place, value in zip(given, reversed(arguments), strict=False):
            fill(place, value)
        parameters = _Parameters(given, None, len(arguments), 0)
        result, happened, wrong = Variant(), _Exception(), c_ulong()
        invoke = self._function(
            _INVOKE, c_long, POINTER(_Guid), c_ulong, c_ushort, POINTER(_Parameters),
            POINTER(Variant), POINTER(_Exception), POINTER(c_ulong),
        )  # fmt: skip
        fault = invoke(
            self._result.pointer, number, byref(_nothing), _ENGLISH, _METHOD, byref(parameters),
            byref(result), byref(happened), byref(wrong),
        )  # fmt: skip
        for place in given:
            clear(place)
        if fault:
            words = ""
            if fault == _HAPPENED and happened.description:
                holder = Variant(vt=TEXT)
                holder.pointer = happened.description
                words = read(holder)
            raise ComFault(fault, words)
        try:
            return read(result)
        finally:
            clear(result)

    def udf(self, formula: str, arguments: list[Any]) -> Any:
        """Ask for a formula, as IsomarginSupport does."""
        return self.call("CallUDF", MODULE, formula, Row(arguments))


def stop(dll: Any, command: str) -> None:
    """End the server that a command started, as xlwings' KillPy does."""
    unused = Variant()
    dll.XLPyDLLActivateAuto(byref(unused), command.encode("mbcs", "replace"), -1)
    clear(unused)
