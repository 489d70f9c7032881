"""What `hotfix check` costs, compared with what libyaml needs to read the same front matter, and with itself.

Each figure comes from a process of its own, which first loads the modules and then takes its steps: PyYAML's C loader
alone composes all front matter, `hotfix check` runs from its command line to its last line of output, and the C loader
composes once more. Only user CPU time counts: another program on the machine changes the clock on the wall, and the disk
the system's share. Where nothing else is said there is no cache, and one process.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.bench import corpus
from tests.bench.table import Row, run

FEW, MANY = 1_000, 10_000
COLD = "check --jobs=1 --no-cache"
CACHED = "check --jobs=1"
TWO = "check --jobs=2 --no-cache"
PROGRAM = "import sys; from mkdocs_hotfix.cli import main; sys.exit(main())"


def rows(folder: Path) -> list[Row]:
    """Measure in a folder that is empty."""
    plain, few, many = folder / "plain", folder / "few", folder / "many"
    corpus.write(plain / "docs", FEW, reports=False)
    corpus.write(few / "docs", FEW)
    corpus.write(many / "docs", MANY)
    cold = [(_times(few, COLD)[0], _times(many, COLD)[0]) for _ in range(3)]
    in_few = [{step: _whole(few, step) for step in (COLD, TWO)} for _ in range(5)]
    in_many = []
    for _ in range(3):
        shutil.rmtree(many / "cache", ignore_errors=True)
        first = _whole(many, CACHED)
        in_many.append({"first": first, **{step: _whole(many, step) for step in (COLD, CACHED, TWO)}})
    return [
        Row(f"{FEW:,} records that name no report", "× compose", [_to_compose(plain) for _ in range(7)], 2),
        Row("  and with a report for each test", "× compose", [_to_compose(few) for _ in range(7)]),
        Row("a second run, with the cache of the first", "× the first", [_second(few) for _ in range(5)], 0.15),
        Row(f"{MANY:,} records", f"× {FEW:,}", [large / small for small, large in cold], 11),
        Row(f"peak memory, {FEW:,} records", "MiB", [one[COLD].peak for one in in_few], 150),
        Row(f"  {MANY:,} records", "MiB", [one[COLD].peak for one in in_many], 200),
        Row(f"  {MANY:,} records, writing a cache", "MiB", [one["first"].peak for one in in_many], 200),
        Row(f"  {MANY:,} records, all in the cache", "MiB", [one[CACHED].peak for one in in_many], 200),
        Row(f"  {MANY:,} records, the largest of the processes", "MiB", [one[TWO].peak for one in in_many], 200),
        Row(f"{FEW:,} records in two processes", "× wall of one", [one[TWO].wall / one[COLD].wall for one in in_few]),
        Row(f"{MANY:,} records in two processes", "× wall of one", [one[TWO].wall / one[COLD].wall for one in in_many]),
    ]


class Whole(NamedTuple):
    """A whole process: its peak memory in MiB, and seconds on the wall."""

    peak: float
    wall: float


def _to_compose(folder: Path) -> float:
    before, check, after = _times(folder, "compose", COLD, "compose")
    return check / ((before + after) / 2)


def _second(folder: Path) -> float:
    shutil.rmtree(folder / "cache", ignore_errors=True)
    (first,), (second,) = (_times(folder, CACHED) for _ in range(2))
    return second / first


def _times(folder: Path, *steps: str) -> list[float]:
    """Take steps in one process; return the seconds of user CPU of each."""
    command = [sys.executable, "-m", "tests.bench.check", str(folder), *steps]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={**os.environ, **_own(folder)})
    if done.returncode:
        sys.exit(done.stdout + done.stderr)
    times: list[float] = json.loads(done.stdout)
    return times


def _whole(folder: Path, step: str) -> Whole:
    start = time.perf_counter()
    command = [sys.executable, "-c", PROGRAM, *step.split(), "--as-of", corpus.AS_OF]
    peak = run(command, folder, _own(folder)).peak
    return Whole(peak, time.perf_counter() - start)


def _own(folder: Path) -> dict[str, str]:
    return {"XDG_CACHE_HOME": str(folder / "cache")}


def _measure(folder: Path, steps: list[str]) -> None:
    import jsonschema_rs  # noqa: F401, PLC0415 - modules are loaded before the clock runs
    import yaml  # noqa: PLC0415

    from mkdocs_hotfix import cache, cli, formats, gate  # noqa: F401, PLC0415

    os.chdir(folder)
    heads = [corpus.front_matter(file) for file in sorted(Path("docs/hotfixes").glob("*.md"))]

    def compose() -> None:
        for head in heads:
            yaml.compose(head, Loader=yaml.CSafeLoader)

    def check(step: str) -> None:
        with contextlib.redirect_stdout(io.StringIO()) as said:
            code = cli.cli.main([*step.split(), "--as-of", corpus.AS_OF], standalone_mode=False)
        if code:
            sys.exit(said.getvalue())

    times = []
    for step in steps:
        start = resource.getrusage(resource.RUSAGE_SELF).ru_utime
        compose() if step == "compose" else check(step)
        times.append(resource.getrusage(resource.RUSAGE_SELF).ru_utime - start)
    print(json.dumps(times))


if __name__ == "__main__":
    _measure(Path(sys.argv[1]), sys.argv[2:])
