"""Excel's data validation for inputs: what is accepted, the prompt, the error that helps."""

from __future__ import annotations

from openpyxl.worksheet.datavalidation import DataValidation

from workbook.template.spec import KINDS, Column, Setting


def for_field(field: Setting) -> DataValidation:
    """Validation of one input of the whole book."""
    kind = KINDS[field.kind]
    low = kind.low if field.low is None else field.low
    high = kind.high if field.high is None else field.high
    return _validation(
        field.kind, field.label, f"{field.prompt} Unit: {field.unit}.", field.choices, "", low,
        high, blank=field.optional,
    )  # fmt: skip


def for_column(column: Column) -> DataValidation:
    """Validation of one input column of a table; blank is accepted so that rows can be empty."""
    kind = KINDS[column.kind]
    prompt = f"{column.prompt} Unit: {column.unit}."
    if not column.required:
        prompt += " May stay blank."
    return _validation(
        column.kind, column.header, prompt, column.choices, column.list_name, kind.low, kind.high,
        blank=True,
    )  # fmt: skip


def _validation(
    kind_name: str,
    title: str,
    prompt: str,
    choices: tuple[str, ...],
    list_name: str,
    low: float | None,
    high: float | None,
    *,
    blank: bool,
) -> DataValidation:
    kind = KINDS[kind_name]
    if kind.validation == "list":
        source = list_name if list_name else '"' + ",".join(choices) + '"'
        rule = DataValidation(type="list", formula1=source)
    else:
        rule = DataValidation(
            type=kind.validation, operator="between", formula1=_number(low), formula2=_number(high)
        )
    rule.allow_blank = blank
    rule.showErrorMessage = True
    rule.showInputMessage = True
    rule.errorStyle = "stop"
    rule.errorTitle = f"{title}: not accepted"[:32]
    rule.error = f"{kind.error} {prompt}"[:255]
    rule.promptTitle = title[:32]
    rule.prompt = prompt[:255]
    return rule


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(value)
