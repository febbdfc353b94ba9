"""The buttons in LibreOffice: a menu and a toolbar in the extension, a document, a process beside.

`inside` is the part that LibreOffice's own Python runs: the standard library and UNO only.
"""
