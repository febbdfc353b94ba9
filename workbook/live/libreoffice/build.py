"""The buttons' part of the extension: menu, toolbar, the commands' component, what it runs."""

from __future__ import annotations

from pathlib import Path
from xml.sax.saxutils import escape

from addin.libreoffice.build import COMPONENT, CONFIGURATION, More, source

PROTOCOL = "org.isomargin.press:"
_COMPONENT = "isomargin_buttons.py"
_PACKAGE = "isomargin_buttons_inside"
_HERE = Path(__file__).parent

# The command and what it is called, in the order of a trade.
MENU = (
    ("take", "Take"),
    ("close", "Close"),
    ("review", "Review"),
    ("import", "Import"),
    ("refresh", "Refresh"),
    ("share", "Share"),
    ("repair", "Repair"),
    ("undo", "Undo"),
)


def buttons() -> More:
    """What `addin.libreoffice.build` has to put into the extension, besides the formulas."""
    files = {
        "Addons.xcu": _menus(),
        "CalcWindowState.xcu": _toolbar(),
        "ProtocolHandler.xcu": _handler(),
        _COMPONENT: source(_HERE / "extension" / _COMPONENT),
    }
    for module in sorted((_HERE / "inside").glob("*.py")):
        files[f"pythonpath/{_PACKAGE}/{module.name}"] = source(module)
    kinds = {
        _COMPONENT: COMPONENT,
        "Addons.xcu": CONFIGURATION,
        "CalcWindowState.xcu": CONFIGURATION,
        "ProtocolHandler.xcu": CONFIGURATION,
    }
    return More({name: text.encode("utf-8") for name, text in files.items()}, kinds)


_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
    ' xmlns:xs="http://www.w3.org/2001/XMLSchema" oor:name="{name}"'
    ' oor:package="org.openoffice.Office{room}">\n'
)
_CALC = '<prop oor:name="Context"><value>com.sun.star.sheet.SpreadsheetDocument</value></prop>'


def _menus() -> str:
    items = "".join(
        f'<node oor:name="i{at}" oor:op="replace">'
        f'<prop oor:name="URL"><value>{PROTOCOL}{name}</value></prop>'
        f'<prop oor:name="Title"><value xml:lang="en-US">{escape(label)}</value></prop>'
        f'<prop oor:name="Target"><value>_self</value></prop>{_CALC}</node>\n'
        for at, (name, label) in enumerate(MENU, 1)
    )
    return (
        _HEAD.format(name="Addons", room="")
        + '<node oor:name="AddonUI">\n<node oor:name="OfficeMenuBar">\n'
        '<node oor:name="org.isomargin.press" oor:op="replace">'
        f'<prop oor:name="Title"><value xml:lang="en-US">isomargin</value></prop>{_CALC}\n'
        f'<node oor:name="Submenu">\n{items}</node></node></node>\n'
        '<node oor:name="OfficeToolBar">\n'
        f'<node oor:name="org.isomargin.press" oor:op="replace">\n{items}</node></node>\n'
        "</node>\n</oor:component-data>\n"
    )


def _toolbar() -> str:
    """Its name, and its place under the others instead of above the sheet."""
    return (
        _HEAD.format(name="CalcWindowState", room=".UI")
        + '<node oor:name="UIElements"><node oor:name="States">\n'
        '<node oor:name="private:resource/toolbar/addon_org.isomargin.press" oor:op="replace">\n'
        '<prop oor:name="UIName"><value xml:lang="en-US">isomargin</value></prop>\n'
        '<prop oor:name="Docked"><value>true</value></prop>\n'
        '<prop oor:name="DockingArea"><value>0</value></prop>\n'
        '<prop oor:name="DockPos"><value>0,2</value></prop>\n'
        '<prop oor:name="Visible"><value>true</value></prop>\n'
        "</node></node></node>\n</oor:component-data>\n"
    )


def _handler() -> str:
    return (
        _HEAD.format(name="ProtocolHandler", room="") + '<node oor:name="HandlerSet">\n'
        '<node oor:name="org.isomargin.calc.Buttons" oor:op="replace">'
        f'<prop oor:name="Protocols"><value>{PROTOCOL}*</value></prop></node></node>\n'
        "</oor:component-data>\n"
    )
