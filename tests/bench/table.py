"""Rows of the benchmark's table, and the figures of a process as the operating system keeps them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Row:
    """One figure and the most it may be."""

    what: str
    unit: str
    value: float
    most: float

    @property
    def is_over(self) -> bool:
        """Whether it misses its target."""
        return self.value > self.most


def show(rows: Iterable[Row]) -> str:
    """Write the rows below each other."""
    lines = [f"{'':44}{'measured':>10}{'at most':>10}"]
    lines += [
        f"{row.what:44}{row.value:>10.2f}{row.most:>10.2f}  {row.unit:18}{'OVER' if row.is_over else 'ok'}"
        for row in rows
    ]
    return "\n".join(lines)


def cpu_and_peak(
    command: Sequence[str], folder: Path, environment: Mapping[str, str] | None = None
) -> tuple[float, float]:
    """Run a program that has to succeed; return its seconds of CPU, user and system, and its peak memory in MiB.

    A process inherits the peak of the one that starts it, so whoever calls this has to be small itself.
    """
    with (folder / "said.txt").open("w+", encoding="utf-8") as said:
        process = subprocess.Popen(
            command, cwd=folder, stdout=said, stderr=said, env={**os.environ, **(environment or {})}
        )
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        said.seek(0)
        if process.returncode:
            sys.exit(f"{' '.join(command)} ended with {process.returncode}:\n{said.read()}")
    peak = used.ru_maxrss / ((1 << 20) if sys.platform == "darwin" else (1 << 10))
    return used.ru_utime + used.ru_stime, peak
