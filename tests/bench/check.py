"""What `hotfix check` costs for each record, compared with what libyaml needs to read the same front matter.

Each run is a fresh process. It first loads the modules, then takes turns: PyYAML's C loader alone composes all front
matter, `hotfix check` runs from its command line to its last line of output, and the C loader composes once more. Only
user CPU time counts: another program on the machine changes the clock on the wall, and the disk the system's share.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from statistics import median

from tests.bench import corpus
from tests.bench.table import Row, cpu_and_peak

RECORDS = 1_000
RUNS = 7
MAX_RATIO = 4.0
MAX_MIB = 150


def rows(folder: Path) -> list[Row]:
    """Measure in a folder that is empty."""
    corpus.write(folder / "docs", RECORDS)
    ratios = []
    for _ in range(RUNS):
        done = subprocess.run(
            [sys.executable, "-m", "tests.bench.check", str(folder)], capture_output=True, text=True, check=True
        )
        before, check, after = json.loads(done.stdout)
        ratios.append(check / ((before + after) / 2))
    program = "import sys; from mkdocs_hotfix.cli import main; sys.exit(main())"
    _, peak = cpu_and_peak([sys.executable, "-c", program, "check", "--as-of", corpus.AS_OF], folder)
    return [
        Row(f"check {RECORDS:,} records, their reports too", "× compose", median(ratios), MAX_RATIO),
        Row("its peak memory", "MiB", peak, MAX_MIB),
    ]


def _measure(folder: Path) -> None:
    import jsonschema_rs  # noqa: F401, PLC0415 - modules are loaded before the clock runs
    import yaml  # noqa: PLC0415

    from mkdocs_hotfix import cli, formats, gate  # noqa: F401, PLC0415

    os.chdir(folder)
    heads = [corpus.front_matter(file) for file in sorted(Path("docs/hotfixes").glob("*.md"))]

    def compose() -> None:
        for head in heads:
            yaml.compose(head, Loader=yaml.CSafeLoader)

    def check() -> None:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = cli.cli.main(["check", "--as-of", corpus.AS_OF], standalone_mode=False)
        if code:
            sys.exit(said.getvalue())

    times = []
    for step in (compose, check, compose):
        start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        step()
        times.append(resource.getrusage(resource.RUSAGE_SELF).ru_utime - start)
    print(json.dumps(times))


if __name__ == "__main__":
    _measure(Path(sys.argv[1]))
