"""xlwings' Windows parts, unmodified, on a computer without Windows.

xlwings imports pywin32 and talks to Windows libraries at import. With stand-ins for those, its
own COM server, UDF machinery and converters run anywhere. `windows_xlwings` puts the stand-ins
in place, hands out what was imported, and takes everything away again.
"""

from __future__ import annotations

import atexit
import contextlib
import ctypes
import datetime as dt
import importlib
import sys
import types
from collections.abc import Iterator
from typing import Any
from unittest import mock

RANGE_ID = "{00020846-0000-0000-C000-000000000046}"


class ComError(Exception):
    """pywintypes.com_error."""

    hresult = 0


class ComTime(dt.datetime):
    """What a cell with a date arrives as: pywin32's time is a datetime too."""


class _Anything:
    """Stands for a Windows library: takes every call, gives itself back."""

    def __getattr__(self, name: str) -> _Anything:
        return self

    def __call__(self, *args: object, **named: object) -> _Anything:
        return self


def _anything(name: str) -> _Anything:
    """What a stubbed Windows module has under any name but Python's own (``__file__``)."""
    if name.startswith("__"):
        raise AttributeError(name)
    return _Anything()


class ComRange:
    """An Excel Range as COM shows it to Python."""

    CLSID = RANGE_ID

    def __init__(self, value: Any) -> None:
        self.Value = self.Value2 = value
        attributes = types.SimpleNamespace(iid=RANGE_ID)
        info = types.SimpleNamespace(GetTypeAttr=lambda: attributes)
        self._oleobj_ = types.SimpleNamespace(GetTypeInfo=lambda: info)
        rows = value if isinstance(value, tuple) else ((value,),)
        self.Rows = types.SimpleNamespace(Count=len(rows))
        self.Columns = types.SimpleNamespace(Count=len(rows[0]))
        self.Row = self.Column = 1
        book = types.SimpleNamespace(Name="Book1.xlsm", Application=types.SimpleNamespace(Hwnd=0))
        self.Worksheet = types.SimpleNamespace(Name="Sheet1", Parent=book)


def _module(name: str, **content: Any) -> types.ModuleType:
    module = types.ModuleType(name)
    module.__dict__.update(content)
    return module


def _pywin32() -> dict[str, types.ModuleType]:
    def same(value: Any, *_: object, **__: object) -> Any:
        return value

    nothing = _Anything()
    com_class = type("CDispatch", (), {})
    client = _module(
        "win32com.client",
        Dispatch=same,
        DispatchEx=nothing,
        CDispatch=com_class,
        CoClassBaseClass=com_class,
        DispatchBaseClass=type("DispatchBaseClass", (), {}),
    )
    util = _module("win32com.server.util", wrap=same, unwrap=same)
    dispatcher = _module("win32com.server.dispatcher")
    policy = _module("win32com.server.policy", DefaultPolicy=object)
    server = _module("win32com.server", util=util, dispatcher=dispatcher, policy=policy)
    com = _module(
        "pythoncom",
        CoInitialize=lambda: None,
        com_error=ComError,
        ole_error=ComError,
        IID_IDispatch="IDispatch",
        IID_IEnumVARIANT="IEnumVARIANT",
        TypeIIDs={"IDispatch": type("PyIDispatch", (), {})},
        new=nothing,
        DISPATCH_PROPERTYGET=2,
        DISPATCH_PROPERTYPUT=4,
        __file__="pythoncom",
    )
    modules = [
        com,
        client,
        server,
        util,
        dispatcher,
        policy,
        _module("win32com", client=client, server=server),
        _module("pywintypes", com_error=ComError, error=ComError, TimeType=ComTime, IID=same),
        _module("win32process", GetWindowThreadProcessId=lambda handle: (0, 1)),
        _module(
            "win32timezone",
            TimeZoneInfo=types.SimpleNamespace(utc=lambda: dt.UTC),
        ),
    ]
    modules += [
        _module(name, __getattr__=_anything)
        for name in ("win32api", "win32con", "win32gui", "win32event")
    ]
    return {module.__name__: module for module in modules}


# What of xlwings talks to Windows: imported anew over the stand-ins, on Windows too.
_TALKS_TO_WINDOWS = ("xlwings._xlwindows", "xlwings.udfs", "xlwings.com_server")


@contextlib.contextmanager
def windows_xlwings() -> Iterator[Any]:
    """xlwings as it is on Windows; the UDF module is imported anew with its decorators."""
    import xlwings  # while the real platform still shows

    udf_module = importlib.import_module("addin.excel.udf_module")
    before = {name: getattr(xlwings, name, None) for name in ("func", "arg", "ret", "_xlwindows")}
    stubs = _pywin32()
    # On Windows the genuine ones are there: they come back afterwards.
    genuine = {name: sys.modules.pop(name, None) for name in (*_TALKS_TO_WINDOWS, *stubs)}
    sys.modules.update(stubs)
    nothing = _Anything()
    with (
        mock.patch.object(ctypes, "windll", nothing, create=True),
        mock.patch.object(ctypes, "oledll", nothing, create=True),
        mock.patch.object(ctypes, "PyDLL", nothing),
    ):
        windows = importlib.import_module("xlwings._xlwindows")
        atexit.unregister(windows.cleanup)  # asks Windows for its tasks
        udfs = importlib.import_module("xlwings.udfs")
        server = importlib.import_module("xlwings.com_server")
    engines = (list(xlwings.engines.engines), dict(xlwings.engines.engines_by_name))
    xlwings._xlwindows = windows
    xlwings.engines.add(xlwings.Engine(impl=windows.engine))
    xlwings.func, xlwings.arg, xlwings.ret = udfs.xlfunc, udfs.xlarg, udfs.xlret
    importlib.reload(udf_module)
    try:
        yield types.SimpleNamespace(udfs=udfs, server=server.XLPython())
    finally:
        for name, value in before.items():
            setattr(xlwings, name, value)
        if before["_xlwindows"] is None:
            del xlwings._xlwindows
        xlwings.engines.engines, xlwings.engines.engines_by_name = engines
        server.loop.close()  # made when the module is imported, and never run here
        for name, module in genuine.items():
            sys.modules.pop(name, None)
            if module is not None:
                sys.modules[name] = module
        importlib.reload(udf_module)
