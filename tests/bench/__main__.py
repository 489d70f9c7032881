"""Speed, as ratios within one run: `python -m tests.bench [check] [build] [reports]`. Ends with 1 if a target is missed."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.bench import build, check
from tests.bench.table import show

PARTS = {"check": check.rows, "build": build.rows}


def main() -> int:
    """Measure what was asked for, or everything."""
    asked = sys.argv[1:] or [*PARTS, "reports"]
    if unknown := set(asked) - {*PARTS, "reports"}:
        sys.exit(f"There is no part {', '.join(sorted(unknown))}. Parts: {', '.join(PARTS)}, reports.")
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
    return int(any(row.is_over for row in found))


if __name__ == "__main__":
    sys.exit(main())
