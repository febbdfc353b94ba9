"""The planning workbook: the template, its fields and what people do with it."""
