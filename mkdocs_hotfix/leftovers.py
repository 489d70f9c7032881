"""What a killed run has left behind, and how it is taken away."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

ENDING = ".hotfix-tmp"
_FORGOTTEN = 600.0  # seconds after which a temporary file belongs to a run that was killed

_clean: dict[str, float] = {}
"""The folders in which nothing was left, and when they were looked at."""


def sweep(path: Path) -> None:
    """Take away what a killed run has left of this file.

    Where nothing was left of any file, nothing can be forgotten for a while: a folder of thousands is looked through once.
    """
    folder, now = os.path.abspath(path.parent), time.time()
    if 0 <= now - _clean.get(folder, 0.0) < _FORGOTTEN:
        return
    is_clean = True
    with contextlib.suppress(OSError):
        for entry in os.scandir(folder):
            if not entry.name.endswith(ENDING):
                continue
            is_clean = False
            if entry.name.startswith(f".{path.name}."):
                with contextlib.suppress(OSError):
                    if now - entry.stat(follow_symlinks=False).st_mtime > _FORGOTTEN:
                        os.unlink(entry.path)  # noqa: PTH108
        if is_clean:
            _clean[folder] = now
