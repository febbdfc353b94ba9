"""The commands of the menu and the toolbar "isomargin": the component that LibreOffice loads."""

# mypy: ignore-errors
# LibreOffice's modules exist inside LibreOffice only.

import contextlib

import unohelper
from com.sun.star.frame import FeatureStateEvent, XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo
from com.sun.star.view import XSelectionChangeListener
from isomargin_buttons_inside.greying import can_press
from isomargin_buttons_inside.pressing import press

IMPLEMENTATION = "org.isomargin.calc.Buttons"
HANDLER = "com.sun.star.frame.ProtocolHandler"
PROTOCOL = "org.isomargin.press:"
_shown = []  # the commands that stand somewhere in a menu or on a toolbar


class Choice(unohelper.Base, XSelectionChangeListener):
    """Hears when another cell is chosen in a window."""

    def __init__(self, buttons):
        self.buttons = buttons

    def selectionChanged(self, event):  # noqa: N802
        """Another row may be one in which other commands can work."""
        self.buttons.tell()

    def disposing(self, event):
        """The document is closed."""
        self.buttons.heard = None


class Buttons(unohelper.Base, XInitialization, XDispatchProvider, XDispatch, XServiceInfo):
    """The commands in one window."""

    def __init__(self, context, *arguments):
        self.context = context
        self.frame = arguments[0] if arguments else None
        self.listeners = []  # who shows the command, its address, what was said last
        self.choice = Choice(self)
        self.heard = None  # the view whose choice is heard

    def initialize(self, arguments):
        """The window comes after the making."""
        if arguments:
            self.frame = arguments[0]

    def queryDispatch(self, url, target, flags):  # noqa: N802
        """Ours are the commands of our protocol."""
        return self if url.Protocol == PROTOCOL else None

    def queryDispatches(self, requests):  # noqa: N802
        """The same for several."""
        return tuple(self.queryDispatch(r.FeatureURL, r.FrameName, r.SearchFlags) for r in requests)

    def dispatch(self, url, arguments):
        """A command was chosen."""
        press(self.context, self.frame, url.Path)
        for buttons in list(_shown):
            buttons.tell()

    def addStatusListener(self, listener, url):  # noqa: N802
        """Grey where the command cannot work, now and whenever another cell is chosen."""
        self.listeners.append([listener, url, None])
        if self not in _shown:
            _shown.append(self)
        self.hear()
        self.tell()

    def removeStatusListener(self, listener, url):  # noqa: N802
        """The menu was closed, or the window."""
        self.listeners = [one for one in self.listeners if one[0] != listener]
        if not self.listeners:
            if self in _shown:
                _shown.remove(self)
            if self.heard is not None:
                with contextlib.suppress(Exception):
                    self.heard.removeSelectionChangeListener(self.choice)
            self.heard = None

    def hear(self):
        """Be told of the cells that are chosen; once for each view of a document."""
        controller = self.frame.Controller
        if self.heard is None and hasattr(controller, "addSelectionChangeListener"):
            controller.addSelectionChangeListener(self.choice)
            self.heard = controller

    def tell(self):
        """Say to the menu and the toolbar what has changed."""
        for one in self.listeners:
            listener, url, before = one
            can = False
            with contextlib.suppress(Exception):
                can = can_press(self.frame.Controller.Model, url.Path)
            if can != before:
                one[2] = can
                state = FeatureStateEvent()
                state.Source, state.FeatureURL, state.IsEnabled, state.Requery = (
                    self,
                    url,
                    can,
                    False,
                )
                with contextlib.suppress(Exception):
                    listener.statusChanged(state)

    def getImplementationName(self):  # noqa: N802
        """The component's name."""
        return IMPLEMENTATION

    def supportsService(self, name):  # noqa: N802
        """Whether the component is of that service."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):  # noqa: N802
        """The component's services."""
        return (HANDLER,)


g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
g_ImplementationHelper.addImplementation(Buttons, IMPLEMENTATION, (HANDLER,))
