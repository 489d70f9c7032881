"""How much memory and time `hotfix check` takes for a large report.

Each number is that of a whole process of its own. A process inherits the peak of the one that started it, so a small one
stands in between; Linux counts in KiB, macOS in bytes.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

SIZES = (12, 25, 50)
KINDS = ("xml", "json")

RECORD = """---
id: HF-2026-0001
title: Checkout fails for saved cards
status: triaged
severity: critical
service: checkout
reported: {{at: 2026-04-14T01:04:00Z, by: support-lead}}
triage:
  at: 2026-04-14T01:12:00Z
  by: checkout-oncall
  answers:
    significant: {{answer: true, because: "310 failed orders an hour.", harms: [financial-loss]}}
    majority: {{answer: true, because: "64 % of orders use a saved card."}}
    workaround: {{answer: false, because: "The error page offers no other card."}}
  decision: hotfix
evidence:
  regression-test: {{result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/report.{kind}}}
---
"""

BETWEEN = """
import json, resource, subprocess, sys
run = "import sys; from mkdocs_hotfix.cli import main; sys.exit(main())"
command = [sys.executable, "-c", run, "check", "HF-2026-0001.md", "--as-of", "2026-04-14T02:45:00Z"]
done = subprocess.run(command, capture_output=True, text=True)
used = resource.getrusage(resource.RUSAGE_CHILDREN)
peak = used.ru_maxrss / ((1 << 20) if sys.platform == "darwin" else (1 << 10))
print(json.dumps([done.returncode, done.stdout + done.stderr, peak, used.ru_utime + used.ru_stime]))
"""


@dataclass(frozen=True)
class Measured:
    """One run: the exit code and what was said, the peak of resident memory in MiB, seconds of CPU, tests in the report."""

    exit_code: int
    said: str
    peak: float
    seconds: float
    tests: int


def write(path: Path, mib: int) -> int:
    """Write a report of about so many MiB; return how many tests are in it. More than 300,000 elements are not read."""
    if path.suffix == ".xml":
        one = '<testcase classname="shop.regression.Cart" name="case_{:07}" time="1.0" file="' + "long/" * 40 + '"/>\n'
        tests = (mib << 20) // len(one.format(0))
        head = f'<testsuites><testsuite tests="{tests}" failures="0" errors="0" skipped="0">'
        tail, between = "</testsuite></testsuites>", ""
    else:
        one = '{{"name":"case {:07} é😀","status":"passed","duration":12,"suite":["a"],"trace":"' + "x" * 200 + '"}}'
        tests = (mib << 20) // len(one.format(0).encode())
        head = f'{{"results":{{"summary":{{"tests":{tests},"passed":{tests}}},"tests":['
        tail, between = "]}}", ","
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(head)
        for number in range(tests):
            file.write((between if number else "") + one.format(number))
        file.write(tail)
    return tests


def measure(kind: str, mib: int) -> Measured:
    """Check one record with a report of so many MiB."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "HF-2026-0001").mkdir()
        (folder / "HF-2026-0001.md").write_text(RECORD.format(kind=kind), "utf-8", newline="\n")
        tests = write(folder / f"HF-2026-0001/report.{kind}", mib) if mib else 0
        if not mib:
            small = {
                "xml": '<testsuite><testcase name="a"/></testsuite>',
                "json": '{"results":{"summary":{},"tests":[{"name":"a","status":"passed"}]}}',
            }
            (folder / f"HF-2026-0001/report.{kind}").write_text(small[kind], "utf-8", newline="\n")
        done = subprocess.run(
            [sys.executable, "-c", BETWEEN], cwd=folder, capture_output=True, text=True, check=True, timeout=600
        )
    return Measured(*json.loads(done.stdout), tests)


def main() -> None:
    """Print a table: memory, and how many times as long as a report of one test."""
    print("Reports: peak memory of `hotfix check`, and CPU time beyond that with a report of one test, for each MiB")
    print()
    print(f"{'format':8}{'MiB':>5}{'tests':>10}{'peak MiB':>10}{'CPU s':>8}{'ratio':>8}")
    for kind in KINDS:
        floor = measure(kind, 0).seconds
        first = 0.0
        for mib in SIZES:
            one = measure(kind, mib)
            if one.exit_code:
                sys.exit(one.said)
            each = (one.seconds - floor) / mib
            first = first or each
            print(f"{kind:8}{mib:>5}{one.tests:>10,}{one.peak:>10.0f}{one.seconds:>8.1f}{each / first:>8.2f}")
    print()
    print("CPU s: of the whole process, its start included")
    print("ratio: the time for a MiB, compared with the first line of the format; 1 is linear")


if __name__ == "__main__":
    main()
