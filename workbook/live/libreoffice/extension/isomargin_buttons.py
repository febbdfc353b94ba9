"""The commands of the menu and the toolbar "isomargin": the component that LibreOffice loads."""

# mypy: ignore-errors
# LibreOffice's modules exist inside LibreOffice only.

import contextlib

import unohelper
from com.sun.star.frame import FeatureStateEvent, XDispatch, XDispatchProvider
from com.sun.star.lang import XInitialization, XServiceInfo
from isomargin_buttons_inside.pressing import press

IMPLEMENTATION = "org.isomargin.calc.Buttons"
HANDLER = "com.sun.star.frame.ProtocolHandler"
PROTOCOL = "org.isomargin.press:"
OURS = "Template_version"  # a name that every workbook of isomargin has


class Buttons(unohelper.Base, XInitialization, XDispatchProvider, XDispatch, XServiceInfo):
    """The commands in one window."""

    def __init__(self, context, *arguments):
        self.context = context
        self.frame = arguments[0] if arguments else None

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

    def addStatusListener(self, listener, url):  # noqa: N802
        """Grey in documents that are no workbooks of isomargin."""
        ours = False
        with contextlib.suppress(Exception):
            ours = self.frame.Controller.Model.NamedRanges.hasByName(OURS)
        state = FeatureStateEvent()
        state.Source, state.FeatureURL, state.IsEnabled, state.Requery = self, url, ours, False
        listener.statusChanged(state)

    def removeStatusListener(self, listener, url):  # noqa: N802
        """The state of a document does not change: nobody has to be told later."""

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
