"""Speed, as ratios within one run: `python -m tests.bench [check] [build] [reports] [peers]`. Ends with 1 if a target is missed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import build, check
from tests.bench.table import show

PARTS = {"check": check.rows, "build": build.rows}


def main() -> int:
    """Measure what was asked for, or everything."""
    asked = sys.argv[1:] or [*PARTS, "reports", "peers"]
    if unknown := set(asked) - {*PARTS, "reports", "peers"}:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. Parts: {', '.join(PARTS)}, reports, peers.")
    found = []
    for name in (one for one in PARTS if one in asked):
        with tempfile.TemporaryDirectory() as folder:
            found += PARTS[name](Path(folder))
    if found:
        print(show(found))
    if "reports" in asked:
        from tests.bench import reports  # noqa: PLC0415

        print()
        reports.main()
    is_behind = 0
    if "peers" in asked:
        from tests.bench import peers  # noqa: PLC0415

        print()
        is_behind = peers.main()
    return int(any(row.is_over for row in found)) or is_behind


if __name__ == "__main__":
    sys.exit(main())
