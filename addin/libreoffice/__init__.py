"""LibreOffice Calc: the add-in, its installation, and a LibreOffice run without a window.

``build`` writes the extension file, ``install`` puts it where LibreOffice looks for it, ``driver``
runs LibreOffice to compute workbooks, ``pictures`` draws them. ``link`` and ``extension`` are what
goes into the extension and runs inside LibreOffice's own Python.
"""
