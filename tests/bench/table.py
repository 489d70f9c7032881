"""Rows of the benchmark's table, and the figures of a process as the operating system keeps them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import NamedTuple


@dataclass(frozen=True)
class Row:
    """One figure, as each run within the benchmark has it, and the most that the median may be; nothing where none is set."""

    what: str
    unit: str
    values: Sequence[float]
    most: float | None = None

    @property
    def value(self) -> float:
        """The median."""
        return median(self.values)

    @property
    def is_over(self) -> bool:
        """Whether it misses its target."""
        return self.most is not None and self.value > self.most


def show(rows: Iterable[Row]) -> str:
    """Write the rows below each other."""
    lines = [f"{'':52}{'median':>9}  {'least - most':<17}{'at most':>9}"]
    for row in rows:
        spread = f"{min(row.values):.2f} - {max(row.values):.2f}"
        target = f"{row.most:>9.2f}" if row.most is not None else f"{'':9}"
        said = "OVER" if row.is_over else "ok" if row.most is not None else ""
        lines.append(f"{row.what:52}{row.value:>9.2f}  {spread:<17}{target}  {row.unit:16}{said}".rstrip())
    return "\n".join(lines)


_COMPILED = {"PYTHONDONTWRITEBYTECODE": ""}
"""What is installed is compiled once; here, too, whatever the shell says, or each run would compile it anew."""


class Ran(NamedTuple):
    """A process that has ended: its seconds of CPU, user and system, its peak memory in MiB, and what it said."""

    cpu: float
    peak: float
    said: str


def run(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None, *, fails: bool = False
) -> Ran:
    """Run a program, which has to succeed unless it `fails` by what it finds.

    A process inherits the peak of the one that starts it, so whoever calls this has to be small itself.
    """
    with (folder / "said.txt").open("w+", encoding="utf-8", errors="replace") as said:
        process = subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=said, env={**os.environ, **_COMPILED, **(environment or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        words = said.read()
    if process.returncode and not fails:
        sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{words}")
    peak = used.ru_maxrss / ((1 << 20) if sys.platform == "darwin" else (1 << 10))
    return Ran(used.ru_utime + used.ru_stime, peak, words)
