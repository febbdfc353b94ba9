"""The buttons in an open workbook: take, close, review, import, refresh, share, repair.

What a button asks and does is the same in every spreadsheet program (`workbook.live.press`);
`workbook.live.excel` and `workbook.live.libreoffice` are where a program presses it.
"""
