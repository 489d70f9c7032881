"""Paths that a record names: relative to the record, as Markdown links are, and never out of the docs folder."""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal

Trouble = Literal["", "outside", "link", "missing", "not-a-file"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads, or why it leads nowhere. Of what lies outside nothing is looked at, nor told."""

    file: Path
    trouble: Trouble = ""


def locate(text: str, record: Path, root: Path) -> Place:
    """Follow a path of a record without following a link.

    Args:
        text: The path as the record writes it, with `/`.
        record: The record's file.
        root: The folder that it may not leave.
    """
    nowhere = Path()
    if "\\" in text or ":" in text or "\0" in text or text.startswith(("/", "~")) or text != text.strip():
        return Place(nowhere, "outside")
    base = Path(os.path.abspath(root))
    folder = os.path.relpath(os.path.abspath(record.parent), base)
    parts: list[str] = []
    for part in (*PurePosixPath(Path(folder).as_posix()).parts, *text.split("/")):
        if part == "..":
            if not parts:
                return Place(nowhere, "outside")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    here = base
    for index, part in enumerate(parts):
        here = here / part
        try:
            mode = os.lstat(here).st_mode
        except (OSError, ValueError):
            return Place(here, "missing")
        if stat.S_ISLNK(mode):
            return Place(here, "link")
        if index < len(parts) - 1 and not stat.S_ISDIR(mode):
            return Place(here, "missing")
    return Place(here) if parts and stat.S_ISREG(mode) else Place(here, "not-a-file")
