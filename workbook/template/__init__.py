"""The template workbook, built by code: fields, tables, sheets, and how they look."""
