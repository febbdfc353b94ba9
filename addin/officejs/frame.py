"""What all plain pages of the site have around their text."""

from __future__ import annotations

from importlib.resources import files


def framed(title: str, body: str) -> str:
    """The page of that title and body, both HTML."""
    frame = files("addin.officejs").joinpath("web", "frame.html").read_text(encoding="utf-8")
    return frame.replace("@TITLE@", title).replace("@BODY@", body)
