"""isomargin's formulas as a Calc add-in: the component that LibreOffice loads.

Which formulas there are stands in ``formulas.json`` beside this file; how they are computed, in the
package ``isomargin_link``.
"""

# mypy: ignore-errors
# LibreOffice's modules, and the types of the interface, exist inside LibreOffice only.

import json
from pathlib import Path

import unohelper
from com.sun.star.lang import XServiceInfo, XServiceName
from isomargin_link.formulas import Formulas

IMPLEMENTATION = "org.isomargin.calc.AddIn"
ADD_IN = "com.sun.star.sheet.AddIn"

try:
    from org.isomargin.calc import XFormulas

    INTERFACES = (XFormulas,)
except ImportError:
    # While the extension is being installed its types are not known yet.
    INTERFACES = ()

FORMULAS = json.loads(Path(__file__).with_name("formulas.json").read_text(encoding="utf-8"))


class Component(unohelper.Base, XServiceInfo, XServiceName, *INTERFACES):
    """The add-in; one method a formula is added below."""

    formulas = None

    def __init__(self, context, *arguments):
        self.context = context
        if Component.formulas is None:
            Component.formulas = Formulas()

    def getServiceName(self):  # noqa: N802
        """The service that the add-in's description is filed under."""
        return IMPLEMENTATION

    def getImplementationName(self):  # noqa: N802
        """The component's name."""
        return IMPLEMENTATION

    def supportsService(self, name):  # noqa: N802
        """Whether the component is of that service."""
        return name in self.getSupportedServiceNames()

    def getSupportedServiceNames(self):  # noqa: N802
        """The component's services."""
        return (IMPLEMENTATION, ADD_IN)


def method(name, variadic, single):
    """The method that LibreOffice calls for a formula."""

    def call(self, *arguments):
        return self.formulas.call(name, arguments)

    def call_single(self, *arguments):
        if variadic:
            # A required argument is a grid, here of one cell; the rest comes as one sequence.
            arguments = (arguments[0][0][0], *arguments[1])
        return self.formulas.call(name, arguments)[0][0]

    return call_single if single else call


for entry in FORMULAS:
    setattr(Component, entry["method"], method(entry["name"], entry["variadic"], entry["single"]))

g_ImplementationHelper = unohelper.ImplementationHelper()  # noqa: N816
g_ImplementationHelper.addImplementation(Component, IMPLEMENTATION, (ADD_IN, IMPLEMENTATION))
