"""What Excel asks of a manifest, as far as it can be told without asking Microsoft's service.

The rules are those of Microsoft's reference for add-in manifests: the order of elements, what is
required, lengths, addresses, and that every resource that is named is there.
"""

from __future__ import annotations

import re
import uuid

from lxml import etree

APP = "{http://schemas.microsoft.com/office/appforoffice/1.1}"
OVER = "{http://schemas.microsoft.com/office/taskpaneappversionoverrides}"
TYPES = "{http://schemas.microsoft.com/office/officeappbasictypes/1.0}"
KIND = "{http://www.w3.org/2001/XMLSchema-instance}type"

_ORDER = (
    *("Id", "Version", "ProviderName", "DefaultLocale", "DisplayName", "Description", "IconUrl"),
    *("HighResolutionIconUrl", "SupportUrl", "AppDomains", "Hosts", "Requirements"),
    *("DefaultSettings", "Permissions"),
)
_LONGEST = {"DisplayName": 125, "Description": 250, "ProviderName": 125}


def faults(text: str) -> list[str]:
    """What is wrong with a manifest; nothing where all is well."""
    try:
        root = etree.fromstring(text.encode())
    except etree.XMLSyntaxError as error:
        return [f"no XML: {error}"]
    found: list[str] = []
    _head(root, found)
    overrides = root.find(f"{OVER}VersionOverrides")
    if overrides is None:
        return [*found, "no VersionOverrides: no formulas"]
    _resources(overrides, found)
    _runtime(overrides, found)
    _addresses(root, found)
    return found


def _head(root: etree._Element, found: list[str]) -> None:
    if root.tag != f"{APP}OfficeApp" or root.get(KIND) != "TaskPaneApp":
        found.append("the root is no OfficeApp of the type TaskPaneApp")
    names = [child.tag.removeprefix(APP) for child in root if child.tag.startswith(APP)]
    if names != [name for name in _ORDER if name in names]:
        found.append(f"the elements are out of order: {names}")
    found += [f"no {name}" for name in _ORDER if name not in names]
    if root[-1].tag != f"{OVER}VersionOverrides":
        found.append("VersionOverrides is not last")
    try:
        uuid.UUID(root.findtext(f"{APP}Id", ""))
    except ValueError:
        found.append("the Id is no GUID")
    if not re.fullmatch(r"\d{1,5}(\.\d{1,5}){3}", root.findtext(f"{APP}Version", "")):
        found.append("the Version has not four parts")
    for name, most in _LONGEST.items():
        element = root.find(f"{APP}{name}")
        if element is not None and len(element.get("DefaultValue") or element.text or "") > most:
            found.append(f"{name} is longer than {most}")
    sets = {one.get("Name"): one.get("MinVersion") for one in root.iter(f"{APP}Set")}
    if sets.get("SharedRuntime") != "1.1" or "CustomFunctionsRuntime" not in sets:
        found.append("it does not ask for SharedRuntime and CustomFunctionsRuntime")


def _resources(overrides: etree._Element, found: list[str]) -> None:
    kinds = {"Image": {}, "Url": {}, "String": {}}  # type: dict[str, dict[str, str]]
    for kind, there in kinds.items():
        for element in overrides.iter(f"{TYPES}{kind}"):
            name = element.get("id")
            if name is None:
                continue
            if name in there:
                found.append(f"the resource {name} is there twice")
            if len(name) > 32:
                found.append(f"the resource id {name} is longer than 32")
            there[name] = element.get("DefaultValue", "")
    for element in overrides.iter():
        wanted = element.get("resid") if isinstance(element.tag, str) else None
        if wanted is None:
            continue
        local = element.tag.rpartition("}")[2]
        kind = {"Image": "Image", "Label": "String", "Title": "String", "Description": "String"}
        if wanted not in kinds[kind.get(local, "Url")]:
            found.append(f"{local} names the resource {wanted}, which is not there")
    for name, words in kinds["String"].items():
        element = next(e for e in overrides.iter(f"{TYPES}String") if e.get("id") == name)
        short = element.getparent().tag == f"{TYPES}ShortStrings"
        if len(words) > (125 if short else 250):
            found.append(f"the text {name} is too long")
    for group in overrides.iter(f"{OVER}Icon"):
        if not {"16", "32", "80"} <= {image.get("size") for image in group}:
            found.append("an icon lacks one of the sizes 16, 32, 80")


def _runtime(overrides: etree._Element, found: list[str]) -> None:
    host = overrides.find(f"{OVER}Hosts/{OVER}Host")
    if host is None or host.get(KIND) != "Workbook":
        found.append("the host is not Workbook")
        return
    order = [child.tag.removeprefix(OVER) for child in host]
    if order != [n for n in ("Runtimes", "AllFormFactors", "DesktopFormFactor") if n in order]:
        found.append(f"the host's elements are out of order: {order}")
    runtime = host.find(f"{OVER}Runtimes/{OVER}Runtime")
    if runtime is None or runtime.get("lifetime") != "long":
        found.append("no shared runtime with a long lifetime")
        return
    shared = runtime.get("resid")
    places = {
        "the formulas' page": (
            f"{OVER}AllFormFactors/{OVER}ExtensionPoint/{OVER}Page/{OVER}SourceLocation"
        ),
        "the function file": f"{OVER}DesktopFormFactor/{OVER}FunctionFile",
        "the pane": f".//{OVER}Action/{OVER}SourceLocation",
    }
    for what, path in places.items():
        element = host.find(path)
        if element is None or element.get("resid") != shared:
            found.append(f"{what} is not in the shared runtime")
    point = host.find(f"{OVER}AllFormFactors/{OVER}ExtensionPoint")
    if point is None or point.get(KIND) != "CustomFunctions":
        found.append("no extension point CustomFunctions")
    else:
        parts = [child.tag.removeprefix(OVER) for child in point]
        if parts != ["Script", "Page", "Metadata"]:
            # A namespace would make it =ISOMARGIN.ISO_...
            found.append(f"the formulas' extension point holds {parts}")
    if host.find(f".//{OVER}TaskpaneId") is None:
        found.append("the button opens no pane")


def _addresses(root: etree._Element, found: list[str]) -> None:
    for element in root.iter():
        if not isinstance(element.tag, str):
            continue
        value = element.get("DefaultValue") or element.text or ""
        if "://" in value and not value.startswith("https://"):
            found.append(f"{value} is not https")
        if "@" in value:
            found.append(f"{value} was not filled in")
