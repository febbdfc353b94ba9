"""The isomargin tab on Excel's ribbon, the same in the add-in and in a macro workbook."""

from __future__ import annotations

from xml.sax.saxutils import escape

from addin.package.parts import HEAD

PART = "customUI/customUI14.xml"
RELATION = "http://schemas.microsoft.com/office/2007/relationships/ui/extensibility"
_NAMESPACE = "http://schemas.microsoft.com/office/2009/07/customui"


# What acts on the open workbook: name, label, icon of Office's own, words on hover.
ACTIONS = (
    ("take", "Take", "MacroPlay",
     "The idea in the chosen row of Plan becomes a trade in the Journal, as values, sealed."),
    ("close", "Close", "DeclineInvitation",
     "Close a trade or a part of it: price, quantity, fees, carry, note."),
    ("review", "Review", "ZoomToSelection",
     "Today's prices into Now, what to do with each open trade, and the stamp of the review."),
    ("import", "Import", "GetExternalDataFromText",
     "Exports of your exchange: fills, funding, closed trades. Files may come again."),
    ("refresh", "Refresh", "RefreshAll",
     "Fresh prices, funding, tiers and closes from the exchanges, without keys."),
    ("share", "Share", "FileSendAsAttachment",
     "A copy that opens anywhere, with values where the add-in's formulas stand."),
    ("repair", "Repair", "ErrorChecking",
     "The template's formulas back where they were typed over, moved or deleted."),
    ("undo", "Undo", "Undo",
     "Take back what one of these buttons did last: Excel's own Undo cannot, after a macro."),
)  # fmt: skip

# What is there without a workbook: name of its procedure, label, icon, words on hover.
GENERAL = (
    ("NewPlan", "New plan", "FileNew", "A new workbook: plan a trade, keep the journal."),
    ("Functions", "Functions", "FunctionWizard", "The formulas, with what each argument means."),
    ("Check", "Check", "AcceptInvitation", "Does Python answer, and do the versions match?"),
    ("Help", "Help", "Help", "How to type a formula, and what to do about an error."),
)


def ribbon() -> str:
    """The tab as Excel reads it."""
    acting = "".join(
        _button(name.capitalize(), label, icon, tip, f' tag="{name}" onAction="IsomarginAct"'
                ' getEnabled="IsomarginEnabled"')
        for name, label, icon, tip in ACTIONS
    )  # fmt: skip
    general = "".join(
        _button(name, label, icon, tip, f' onAction="Isomargin{name}"')
        for name, label, icon, tip in GENERAL
    )
    return (
        f'{HEAD}<customUI xmlns="{_NAMESPACE}" onLoad="IsomarginRibbonLoaded"><ribbon><tabs>'
        '<tab id="isomarginTab" label="isomargin" getVisible="IsomarginTabVisible">'
        f'<group id="isomarginTrades" label="Trades">{acting}</group>'
        f'<group id="isomarginGroup" label="Isolated margin">{general}</group>'
        "</tab></tabs></ribbon></customUI>"
    )


def _button(name: str, label: str, icon: str, tip: str, does: str) -> str:
    return (
        f'<button id="isomargin{name}" label="{label}" size="large" imageMso="{icon}"{does}'
        f' screentip="{label}" supertip="{escape(tip)}"/>'
    )
