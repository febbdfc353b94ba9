"""One small file of each kind of export, in the venue's layout with made-up numbers.

All of them tell the same trade, as far as the kind of export can: 2 ETH bought at 2000 on
19 November 2026 at 10:00 UTC for a fee of 1.2, funding of 0.4 paid at 16:00, sold at 2100 on the
20th at 17:00 for 1.3: gross 200, net 200 - 2.5 - 0.4 = 197.1.
"""

from __future__ import annotations

from pathlib import Path

FOLDER = Path(__file__).with_name("samples")
SAMPLES = {path.stem: path.read_text(encoding="utf-8") for path in sorted(FOLDER.glob("*.csv"))}
