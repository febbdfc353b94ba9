"""Excel on the Mac, on the web and on Windows without Python: an Office.js add-in.

A static site: Excel loads its page, the page starts Python in a worker (Pyodide, WebAssembly), and
the formulas are computed there, by the very same code as everywhere else. Nothing leaves the
browser but requests for the site's own files, Office.js and, unless the site serves it, Pyodide.

``wire`` is all of it that runs in the browser's Python; the rest builds the site.
"""
