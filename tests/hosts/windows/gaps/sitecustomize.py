"""Read by the Windows Python when it starts: what wine 8 lacks and nothing here needs."""

import sys

# platform asks Windows' management service, which wine does not have.
sys.modules["_wmi"] = None  # type: ignore[assignment]
