"""The Excel host on Windows: the formulas through classic xlwings, with a VBA project of our own.

``udf_module`` is what xlwings calls; ``vba`` and ``build`` make the macro workbook and the add-in;
``install``, ``doctor`` and ``opening`` are what a person's commands do.
"""

# The VBA names xlwings' DLL with its version in it, so both move together or not at all.
XLWINGS_VERSION = "0.37.8"

# Where settings live, and what the files are called. Not "xlwings": other xlwings workbooks
# of the same person keep their own settings.
PROJECT = "isomargin"
ADDIN_FILE = "isomargin.xlam"
WORKBOOK_FILE = "isomargin.xlsm"
SETTINGS_FILE = "isomargin.conf"
UDF_MODULE = "addin.excel.udf_module"

# Before a formula's category in Excel's list of functions.
CATEGORY_PREFIX = "isomargin: "
