"""Odd bits of text and bytes, and ways to spoil what was right."""

from __future__ import annotations

from hypothesis import strategies as st

# What has broken spreadsheets, parsers, terminals and file systems before.
WORDS = [
    "", " ", "0", "-1", "1e999", "-1e-999", "nan", "inf", "-inf", "1_000", "0x10", "1,5", "1.5%",
    "99999999999999999999", "9" * 5000, "true", "None", "long", "short", "open", "2026-11-20",
    "2026-11-20T18:00:00+23:59", "0001-01-01T00:00:00+14:00", "9999-12-31 23:59:59",
    "05/06/2026 10:00:00", "1700000000000", "=1+1", "+1", "-1+1", "@SUM(A1)", "\t=1", "\r=1",
    "=cmd|'/c calc'!A1", '=HYPERLINK("http://x","y")', "'=1", "＝1", "[/]", "[bold]", "[/red]", "[",
    "]", "\x1b[31mred\x1b[0m", "\x1b]0;title\x07", "\x00", "\x7f", "\x85", "\u2028", "\u202e",
    "\ufeff", "\ufffe", "\uffff", "\U0001f4a5", "_x0000_", "_x001B_", "_xD800_", "%s%n{0}{x}",
    "../../etc/passwd", "C:\\a\\b", "/dev/null", "a" * 300, "ß" * 50, "A1", "XFD1048576",
    "A1:XFD1048576", "ZZZ1", "A0", "$A$1:$B$2", "A:A", "1:1", "#REF!", "#N/A", "#NUM!",
    "Plan!$A$1", "'a''b'!A1", "[1]!x", "Plan[Entry]", "Plan[[#This Row],[Entry]]",
]  # fmt: skip
words = st.one_of(st.sampled_from(WORDS), st.text(max_size=20))


@st.composite
def spoiled(draw: st.DrawFn, content: bytes) -> bytes:
    """The content with a few bytes changed, cut out, doubled or put in, or cut short."""
    data = bytearray(content)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(data)))
        match draw(st.sampled_from(["set", "cut", "double", "put", "end"])):
            case "set" if at < len(data):
                data[at] = draw(st.integers(0, 255))
            case "cut":
                del data[at : at + draw(st.integers(1, 40))]
            case "double":
                data[at:at] = data[at : at + draw(st.integers(1, 400))]
            case "put":
                data[at:at] = draw(
                    st.one_of(st.binary(max_size=8), words.map(lambda word: word.encode()))
                )
            case "end" if draw(st.booleans()):
                del data[at:]
    return bytes(data)


@st.composite
def encoded(draw: st.DrawFn, text: str) -> bytes:
    """Text as some program saves it: mostly UTF-8, now and then something else."""
    kind = draw(st.sampled_from(["utf-8"] * 6 + ["utf-8-sig", "utf-16", "utf-16-le", "latin-1"]))
    return text.encode(kind, "replace")
