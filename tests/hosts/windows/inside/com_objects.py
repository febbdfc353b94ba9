"""Python objects as COM shows them to another program, late-bound: here the stand-in for Excel's.

``excel_type_library`` is for the other side. Excel describes its objects in a type library, from
which pywin32 knows what can be set; the stand-in has none, and without one pywin32 hides why
setting a property failed.
"""

from __future__ import annotations

from types import MethodType
from typing import Any

import pythoncom
import winerror
from win32com.client import build, dynamic
from win32com.server import util
from win32com.server.exception import COMException
from win32com.server.policy import DynamicPolicy

from tests.hosts.excel import open_workbook
from tests.hosts.excel.open_workbook import ComError

_PUT = pythoncom.DISPATCH_PROPERTYPUT | pythoncom.DISPATCH_PROPERTYPUTREF
_OURS = tuple(
    one
    for one in vars(open_workbook).values()
    if isinstance(one, type) and one.__module__ == open_workbook.__name__
)
# Excel's number for nearly everything that it refuses.
_REFUSED = 0x800A03EC - 2**32
SETTABLE = ("Value2", "Formula", "FormulaArray", "RefersTo")


class Shown:
    """One object of the stand-in."""

    def __init__(self, thing: Any) -> None:
        self.thing = thing

    def _dynamic_(self, name: str, lcid: int, flags: int, given: tuple[Any, ...]) -> Any:
        try:
            return self._answer(name, flags, [_back(one) for one in given])
        except ComError as error:
            raise COMException(desc=error.args[2][2], scode=_REFUSED, source="Excel") from None

    def _answer(self, name: str, flags: int, given: list[Any]) -> Any:
        if name == "_NewEnum":
            return util.NewEnum([shown(one) for one in self.thing])
        if flags & _PUT:
            setattr(self.thing, name, *given)
            return None
        found = self.thing if name == "_value_" else getattr(self.thing, name, None)
        if name == "_value_" or isinstance(found, MethodType):
            if not flags & pythoncom.DISPATCH_METHOD:
                raise COMException(desc=name, scode=winerror.DISP_E_MEMBERNOTFOUND)
            found = found(*given)
        elif found is None and not hasattr(self.thing, name):
            raise COMException(desc=name, scode=winerror.DISP_E_MEMBERNOTFOUND)
        # Bare rows would be read as an answer and values for arguments.
        return (found,) if isinstance(found, tuple) else shown(found)


def shown(thing: Any) -> Any:
    """What COM can carry of a value: an object of the stand-in as one of COM's."""
    if isinstance(thing, _OURS):
        return util.wrap(Shown(thing), usePolicy=DynamicPolicy)
    return thing


def _back(given: Any) -> Any:
    """An argument as the stand-in takes it: what came from it is itself again."""
    if type(given) is pythoncom.TypeIIDs[pythoncom.IID_IDispatch]:
        return util.unwrap(given).thing
    return given


def excel_type_library() -> None:
    """Tell pywin32, in this process, what Excel's type library says can be set."""
    lazily = dynamic.CDispatch._LazyAddAttr_

    def known(self: Any, name: str) -> Any:
        if name not in SETTABLE:
            return lazily(self, name)
        number = self._oleobj_.GetIDsOfNames(0, name)
        entry = build.MapEntry(number, (name,))
        self._olerepr_.propMapPut[name] = self._olerepr_.propMapGet[name] = entry
        return 1

    dynamic.CDispatch._LazyAddAttr_ = known
