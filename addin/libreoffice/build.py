"""The extension file ``isomargin.oxt``, made from the catalogue.

An extension is a zip file: the component with the code, a description of the formulas for the
type system (IDL) and one for people (the function wizard's texts). The same catalogue gives the
same bytes.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

from addin.package.parts import zipped
from addin.package.saving import save_bytes
from udfs import catalogue
from udfs.version import __version__

FILE_NAME = "isomargin.oxt"
IDENTIFIER = "org.isomargin.calc"
IMPLEMENTATION = f"{IDENTIFIER}.AddIn"
NEEDS_LIBREOFFICE = "25.2"

_HERE = Path(__file__).parent

# Formulas that tell something about others, or about the add-in.
_CATEGORIES = {"Service": "Information"}
_CATEGORY = "Financial"


@dataclass(frozen=True)
class More:
    """What else the extension brings along: files, and what LibreOffice is to take them for."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    kinds: Mapping[str, str] = field(default_factory=dict)  # file to media type


NOTHING = More()


def build_oxt(out_dir: str | Path, more: More = NOTHING) -> Path:
    """Write ``isomargin.oxt`` into a folder, which is made if need be."""
    path = Path(out_dir) / FILE_NAME
    path.parent.mkdir(parents=True, exist_ok=True)
    save_bytes(oxt_bytes(more), path)
    return path


def oxt_bytes(more: More = NOTHING) -> bytes:
    """The extension file's content."""
    return zipped(dict(sorted(extension_files(more=more).items())), packed=False, rights=0o644)


def unpack(folder: Path, more: More = NOTHING) -> None:
    """Write the extension's files into a folder, as LibreOffice would unpack them."""
    for name, content in extension_files(more=more).items():
        target = folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)


def extension_files(
    formulas: Iterable[Any] | None = None, more: More = NOTHING
) -> dict[str, bytes]:
    """The extension's files by name."""
    listed = list(catalogue.values() if formulas is None else formulas)
    texts = {
        "META-INF/manifest.xml": _manifest(more),
        "description.xml": _description(),
        "CalcAddIns.xcu": wizard_texts(listed),
        "XFormulas.idl": interface(listed),
        "formulas.json": json.dumps([_entry(formula) for formula in listed], indent=1) + "\n",
        "isomargin_addin.py": source(_HERE / "extension/isomargin_addin.py"),
    }
    for module in sorted((_HERE / "link").glob("*.py")):
        texts[f"pythonpath/isomargin_link/{module.name}"] = source(module)
    return {name: text.encode("utf-8") for name, text in texts.items()} | dict(more.files)


def source(path: Path) -> str:
    """A source file, with the same line ends on every system."""
    return path.read_text(encoding="utf-8").replace("\r\n", "\n")


# Names inside LibreOffice, which takes no underscore in them. The prefixes keep clear of the
# interface language's keywords ("in", "any", "short" ...).


def method_name(formula: Any) -> str:
    """The component's method for a formula."""
    return "iso" + _joined(formula.function)


def _argument_name(name: str) -> str:
    return "arg" + _joined(name)


def _joined(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _entry(formula: Any) -> dict[str, Any]:
    return {
        "name": formula.name,
        "method": method_name(formula),
        "variadic": formula.max_args is None,
        "single": _is_single(formula),
    }


def _is_single(formula: Any) -> bool:
    """Whether a formula answers in words, in one cell whatever it is asked."""
    return formula.max_args is None or not formula.arguments


_REST = "arguments"  # any number of them, at the end
_REST_HELP = "The same arguments as in the formula itself."
_GRID = "sequence< sequence< any > >"


def interface(formulas: Iterable[Any]) -> str:
    """The formulas in LibreOffice's interface language.

    A required argument is a grid, one cell for a single value: the function wizard shows it as
    required. An optional one is `any`, which may be left out. Arrays can come out as grids only;
    text had better not: `=ISO_VERSION()="1.0"` is never true of a grid.
    """
    lines = ["module org { module isomargin { module calc {", "interface XFormulas", "{"]
    for formula in formulas:
        arguments = [
            f"[in] {_GRID if argument.required else 'any'} {_argument_name(argument.name)}"
            for argument in formula.arguments
        ]
        if formula.max_args is None:
            arguments.append(f"[in] sequence< any > {_argument_name(_REST)}")
        result = "any" if _is_single(formula) else _GRID
        lines.append(f"    {result} {method_name(formula)}({', '.join(arguments)});")
    return "\n".join([*lines, "};", "}; }; };", ""])


def wizard_texts(formulas: Iterable[Any]) -> str:
    """Names, categories and help for the function wizard, and the names used in .xlsx files."""
    lines = [
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<oor:component-data xmlns:oor="http://openoffice.org/2001/registry"'
        ' xmlns:xs="http://www.w3.org/2001/XMLSchema"'
        ' oor:name="CalcAddIns" oor:package="org.openoffice.Office">',
        ' <node oor:name="AddInInfo">',
        f'  <node oor:name="{IMPLEMENTATION}" oor:op="replace">',
        '   <node oor:name="AddInFunctions">',
    ]
    for formula in formulas:
        lines += [
            f'    <node oor:name="{method_name(formula)}" oor:op="replace">',
            _text("DisplayName", formula.name),
            _text("Description", formula.summary),
            '     <prop oor:name="Category"><value>'
            f"{_CATEGORIES.get(formula.category, _CATEGORY)}</value></prop>",
            # The name in .xlsx files: the plain one, as Excel has it.
            _text("CompatibilityName", formula.name),
            '     <node oor:name="Parameters">',
        ]
        described = [(a.name, argument_help(a)) for a in formula.arguments]
        if formula.max_args is None:
            described.append((_REST, _REST_HELP))
        for name, words in described:
            lines += [
                f'      <node oor:name="{_argument_name(name)}" oor:op="replace">',
                "  " + _text("DisplayName", name),
                "  " + _text("Description", words),
                "      </node>",
            ]
        lines += ["     </node>", "    </node>"]
    lines += ["   </node>", "  </node>", " </node>", "</oor:component-data>", ""]
    return "\n".join(lines)


def argument_help(argument: Any) -> str:
    """An argument's help, with its default."""
    if argument.required:
        return str(argument.help)
    return f"{argument.help} Left out: {argument.default_text}."


def _text(name: str, value: str) -> str:
    # Only & < > are escaped: newer LibreOffice stumbles over &#x27; and &quot; here.
    return f'     <prop oor:name="{name}"><value xml:lang="en-US">{escape(value)}</value></prop>'


def _description() -> str:
    return f"""<?xml version="1.0" encoding="UTF-8"?>
<description xmlns="http://openoffice.org/extensions/description/2006"
 xmlns:l="http://libreoffice.org/extensions/description/2011"
 xmlns:xlink="http://www.w3.org/1999/xlink">
 <identifier value="{IDENTIFIER}"/>
 <version value="{__version__}"/>
 <display-name>
  <name lang="en">isomargin: formulas for isolated-margin trading</name>
 </display-name>
 <dependencies>
  <l:LibreOffice-minimal-version value="{NEEDS_LIBREOFFICE}" l:name="LibreOffice"/>
 </dependencies>
</description>
"""


COMPONENT = "application/vnd.sun.star.uno-component;type=Python"
CONFIGURATION = "application/vnd.sun.star.configuration-data"
_KINDS = {
    "XFormulas.idl": "application/vnd.sun.star.uno-typelibrary;type=RDB",
    "isomargin_addin.py": COMPONENT,
    "CalcAddIns.xcu": CONFIGURATION,
}


def _manifest(more: More) -> str:
    entries = "".join(
        f' <manifest:file-entry manifest:full-path="{name}"\n  manifest:media-type="{kind}"/>\n'
        for name, kind in {**_KINDS, **more.kinds}.items()
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<manifest:manifest xmlns:manifest="http://openoffice.org/2001/manifest">\n'
        f"{entries}</manifest:manifest>\n"
    )
