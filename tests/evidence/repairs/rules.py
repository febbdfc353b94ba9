"""Rules: what [MS-XLSX] 2.2.2.2 and [MS-OI29500] let a formula of a rule hold."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from tests.evidence.parts import MAIN, Area, Parts, areas, meet
from tests.evidence.repairs.checks import check, misread, readable
from tests.evidence.repairs.formulas import bare_text, formula_faults


def _rule_faults(parts: Parts, formula: str) -> Iterator[str]:
    bare = bare_text(formula)
    if not formula:
        yield "an empty formula"
    if formula.startswith("="):
        yield f"starts with =: {formula[:60]}"
    if re.search(r"\w\[|^\[", re.sub(r"'(?:[^']|'')*'!", "", bare)):
        yield f"a table's columns by name: {formula[:60]}"
    if re.search(r"\{", bare):
        yield f"a constant array: {formula[:60]}"
    yield from formula_faults(parts, formula)


_WITH_SECOND = {"whole", "decimal", "date", "time", "textLength"}


@check("data validations")
def _validations(parts: Parts) -> Iterator[str]:
    for sheet in parts.sheets:
        listed = sheet.find("dataValidations")
        if listed is None:
            continue
        if len(listed) == 0 or int(listed.get("count", len(listed))) != len(listed):
            yield f"{sheet.name}: {listed.get('count')} told, {len(listed)} there"
        seen: list[Area] = []
        for rule in listed:
            where = f"{sheet.name}!{rule.get('sqref')}"
            mine, wrong = readable(areas, rule.get("sqref"))
            if mine is None:
                yield f"{where}: {wrong}"
                continue
            if any(meet(one, other) for one in mine for other in seen):
                yield f"{where}: overlaps another"
            seen += mine
            yield from (f"{where}: {words}" for words in _validation(parts, rule))


def _validation(parts: Parts, rule: Any) -> Iterator[str]:
    first, second = (rule.findtext(f"{MAIN}formula{at}") for at in (1, 2))
    kind = rule.get("type", "none")
    if kind != "none" and first is None:
        yield "no formula"
    between = rule.get("operator", "between") in ("between", "notBetween")
    if kind in _WITH_SECOND and between and second is None:
        yield "no second formula"
    for formula in (first, second):
        if formula is None:
            continue
        if formula.startswith('"') and kind == "list":
            if len(formula) > 257:
                yield f"a list of {len(formula) - 2} characters"
            continue
        if len(formula) > 255:
            yield f"a formula of {len(formula)} characters"
        yield from _rule_faults(parts, formula)
    for attribute, most in (
        ("promptTitle", 32),
        ("errorTitle", 32),
        ("prompt", 255),
        ("error", 255),
    ):
        if len(rule.get(attribute) or "") > most:
            yield f"{attribute} of {len(rule.get(attribute))} characters"


@check("conditional formats")
def _conditional_formats(parts: Parts) -> Iterator[str]:
    dxfs = len(parts.styles.findall(f"{MAIN}dxfs/{MAIN}dxf"))
    for sheet in parts.sheets:
        for group in sheet.all("conditionalFormatting"):
            where = f"{sheet.name}!{group.get('sqref')}"
            yield from (f"{where}: {words}" for words in misread(areas, group.get("sqref")))
            for rule in group.iter(f"{MAIN}cfRule"):
                if int(rule.get("dxfId", 0)) >= max(dxfs, 1):
                    yield f"{where}: format {rule.get('dxfId')} is not there"
                if int(rule.get("priority", 0)) < 1:
                    yield f"{where}: priority {rule.get('priority')}"
                formulas = [formula.text or "" for formula in rule.iter(f"{MAIN}formula")]
                if rule.get("type") in ("expression", "cellIs", "containsText") and not formulas:
                    yield f"{where}: no formula"
                for formula in formulas:
                    yield from (f"{where}: {words}" for words in _rule_faults(parts, formula))
                yield from (f"{where}: {words}" for words in _scales(rule))


def _scales(rule: Any) -> Iterator[str]:
    for icons in rule.iter(f"{MAIN}iconSet"):
        wanted = int(icons.get("iconSet", "3TrafficLights1")[0])
        if len(icons.findall(f"{MAIN}cfvo")) != wanted:
            yield f"{wanted} icons, other steps"
    for scale in rule.iter(f"{MAIN}colorScale"):
        if len(scale.findall(f"{MAIN}cfvo")) != len(scale.findall(f"{MAIN}color")):
            yield "colours and steps of a scale"
    for bar in rule.iter(f"{MAIN}dataBar"):
        if len(bar.findall(f"{MAIN}cfvo")) != 2:
            yield "the ends of a bar"
