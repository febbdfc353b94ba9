"""Keeps a session of wine open until its own input ends: ``hold.py``.

Wine ends its services with the last program, and a program that starts at that moment has none.
With this one running there is always another. It says "ready" when COM's service is up.
"""

from __future__ import annotations

import ctypes
import sys
import time
from ctypes import POINTER, Structure, byref, c_ulong, c_void_p, c_wchar_p

_CONNECT, _START_AND_QUERY = 1, 0x14
_RUNNING = 4
_PATIENCE = 90.0


class _Status(Structure):
    _fields_ = tuple((name, c_ulong) for name in ("kind", "state", "a", "b", "c", "d", "e"))


def start_com() -> str:
    """Start the service that COM servers register with; what is wrong, or nothing."""
    service = ctypes.WinDLL("advapi32", use_last_error=True)  # type: ignore[attr-defined,unused-ignore]
    service.OpenSCManagerW.restype = service.OpenServiceW.restype = c_void_p
    service.OpenSCManagerW.argtypes = (c_wchar_p, c_wchar_p, c_ulong)
    service.OpenServiceW.argtypes = (c_void_p, c_wchar_p, c_ulong)
    service.StartServiceW.argtypes = (c_void_p, c_ulong, c_void_p)
    service.QueryServiceStatus.argtypes = (c_void_p, POINTER(_Status))
    until, status = time.monotonic() + _PATIENCE, _Status()
    while time.monotonic() < until:
        manager = service.OpenSCManagerW(None, None, _CONNECT)
        opened = service.OpenServiceW(manager, "RpcSs", _START_AND_QUERY)
        service.StartServiceW(opened, 0, None)
        number = ctypes.get_last_error()  # type: ignore[attr-defined,unused-ignore]
        if service.QueryServiceStatus(opened, byref(status)) and status.state == _RUNNING:
            return ""
        time.sleep(0.2)
    return f"COM's service does not start: state {status.state}, Windows error {number}"


if __name__ == "__main__":
    print(start_com() or "ready", flush=True)
    sys.stdin.read()
