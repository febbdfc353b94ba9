"""manifest.xml: where Excel finds the add-in's page, code and formulas.

No namespace, so that people type ``=ISO_...``; one runtime for pane and formulas, since without it
Windows computes formulas in an engine that has neither workers nor WebAssembly.
"""

from __future__ import annotations

import uuid
from importlib.resources import files
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

from addin.officejs.errors import SiteError
from udfs import __version__

_LOCAL = ("localhost", "127.0.0.1")


def checked_base(url: str) -> str:
    """A site's address without the slash at its end; only https, which Excel insists on.

    >>> checked_base("https://example.org/isomargin/")
    'https://example.org/isomargin'
    """
    parts = urlsplit(url.strip())
    secure = parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in _LOCAL)
    if not secure or not parts.hostname or parts.query or parts.fragment or '"' in url:
        raise SiteError(
            f"{url} is no address for the add-in: give the https address under which the folder"
            " will be reached, like https://example.org/isomargin"
        )
    return url.strip().rstrip("/")


def manifest_xml(base: str) -> str:
    """The manifest for a site at the address ``base``. Its Id follows from the address.

    >>> "<Id>" in manifest_xml("https://example.org"), "Namespace" in manifest_xml("https://a.org")
    (True, False)
    """
    text = files("addin.officejs").joinpath("manifest.xml").read_text(encoding="utf-8")
    parts = urlsplit(base)
    values = {
        "ID": str(uuid.uuid5(uuid.NAMESPACE_URL, base)),
        "VERSION": _four_parts(__version__),
        "BASE": escape(base, {'"': "&quot;"}),
        "ORIGIN": f"{parts.scheme}://{parts.netloc}",
    }
    for name, value in values.items():
        text = text.replace(f"@{name}@", value)
    return text


def _four_parts(version: str) -> str:
    """A version as manifests have it.

    >>> _four_parts("0.2.0.dev1"), _four_parts("1.4")
    ('0.2.0.0', '1.4.0.0')
    """
    numbers = [part for part in version.split(".") if part.isdigit()][:3]
    return ".".join((numbers + ["0"] * 4)[:4])
