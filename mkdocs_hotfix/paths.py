"""Paths: those of records, and those that a record names, which never lead out of the docs folder."""

from __future__ import annotations

import errno
import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from operator import attrgetter
from pathlib import Path
from typing import BinaryIO, Literal

from mkdocs_hotfix.findings import SetupError, shorten

MARKDOWN = (".md", ".markdown", ".mdown", ".mkdn", ".mkd")
"""What MkDocs builds pages of; a record with another ending than `.md` would be published unjudged."""

INDEX = ("index.md", "README.md")

_DEEPEST = 32

_RECORD = re.compile(r"HF-[0-9]{4}-[0-9]{4,6}\.(md|markdown|mdown|mkdn|mkd)", re.IGNORECASE)

Trouble = Literal["", "outside", "link", "missing", "not-a-file"]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a path leads, or why it leads nowhere. Of what lies outside nothing is looked at, nor told."""

    file: Path
    trouble: Trouble = ""


def locate(text: str, record: Path, root: Path, folders: set[str] | None = None) -> Place:
    """Follow a path of a record without following a link.

    Args:
        text: The path as the record writes it, with `/`.
        record: The record's file.
        root: The folder that it may not leave.
        folders: Those that are known to be folders, and no links: not looked at again, and added to.
    """
    nowhere = Path()
    folders = set() if folders is None else folders
    if "\\" in text or ":" in text or "\0" in text or text.startswith(("/", "~")) or text != text.strip():
        return Place(nowhere, "outside")
    base, start = _start(os.fspath(record.parent), os.fspath(root), os.getcwd())
    if ".." in start:
        return Place(nowhere, "outside")
    parts = list(start)
    for part in text.split("/"):
        if part.casefold() == ".git":
            return Place(nowhere, "outside")  # a repository is no part of what is published, wherever it lies
        if part == "..":
            if not parts:
                return Place(nowhere, "outside")
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    here = base.rstrip(os.sep)
    for index, part in enumerate(parts):
        here = f"{here}{os.sep}{part}"
        if here in folders and index < len(parts) - 1:
            continue
        try:
            mode = os.lstat(here).st_mode
        except (OSError, ValueError):
            return Place(Path(here), "missing")
        if stat.S_ISLNK(mode):
            return Place(Path(here), "link")
        if index < len(parts) - 1:
            if not stat.S_ISDIR(mode):
                return Place(Path(here), "missing")
            folders.add(here)
    return Place(Path(here)) if parts and stat.S_ISREG(mode) else Place(Path(here), "not-a-file")


@lru_cache(maxsize=1 << 6)
def _start(folder: str, root: str, _here: str) -> tuple[str, tuple[str, ...]]:
    """Make the root absolute, and tell the way from it down to a folder; relative paths depend on where we are."""
    base = os.path.abspath(root)
    return base, tuple(part for part in Path(os.path.relpath(os.path.abspath(folder), base)).parts if part != ".")


def open_regular(path: Path) -> tuple[BinaryIO, int] | None:
    """Open a file for reading if it is a regular one: a FIFO would wait for ever, and a link shows what lies elsewhere.

    Returns:
        The stream and the file's size: asking for more makes room for more. Nothing for what is not a regular file.

    Raises:
        OSError: It can not be opened; a symbolic link neither.
    """
    opened = _open(path)
    return (os.fdopen(opened[0], "rb"), opened[1]) if opened else None


def _open(path: Path) -> tuple[int, int] | None:
    """Open a regular file; return its number and its size."""
    number = os.open(path, _READING)
    found = os.fstat(number)
    if stat.S_ISREG(found.st_mode):
        return number, found.st_size
    os.close(number)
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), path)
    return None


_READING = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


def read_regular(path: Path, most: int) -> bytes | None:
    """Read a file as `open_regular` opens it: thousands of small ones in half the time.

    Args:
        path: The file.
        most: How many bytes are wanted. Of a larger file one more is read, so that it shows.

    Raises:
        OSError: It can not be opened or read.
    """
    opened = _open(path)
    if opened is None:
        return None
    number, size = opened
    try:
        held = os.read(number, min(size, most) + 1)
        while len(held) <= most and (more := os.read(number, most + 1 - len(held))):
            held += more
        return held
    finally:
        os.close(number)


def is_named_like_a_record(name: str) -> bool:
    """Tell whether a file's name is that of a record, whatever its folder: `HF-2026-0007.md`."""
    return _RECORD.fullmatch(name) is not None


def display(path: Path) -> str:
    """Write a path as people typed it: relative to the current folder where it lies in it, with `/`."""
    here = os.getcwd()
    folder, name = os.path.split(path)
    if name in ("", ".", ".."):
        return _shown(os.fspath(path), here)
    around = _shown(folder, here)
    return name if around == "." else f"{around.rstrip('/')}/{name}"


@lru_cache(maxsize=1 << 8)
def _shown(path: str, here: str) -> str:
    """Thousands of records lie in a few folders: each is asked about once."""
    absolute = os.path.abspath(path)
    shown = "." if absolute == here else absolute.removeprefix(here.rstrip(os.sep) + os.sep)
    return shown.replace(os.sep, "/")


def inside(file: Path, folder: Path) -> str:
    """Write the path of a file from a folder, with `/`."""
    path, top = os.path.abspath(file), os.path.join(_absolute(folder, os.getcwd()), "")
    way = path.removeprefix(top) if path.startswith(top) else os.path.relpath(path, top)
    return way.replace(os.sep, "/")


@lru_cache(maxsize=1 << 4)
def _absolute(folder: Path, _here: str) -> str:
    return os.path.abspath(folder)


def find(path: Path) -> Iterator[Path]:
    """List the records at a path: the file itself, or every Markdown file and every link below a folder.

    Hidden files and the folder's own index page are not records. Links are listed, to be refused.

    Raises:
        SetupError: There is nothing at the path.
    """
    if path.is_dir() and not path.is_symlink():
        yield from _walk(path)
    elif path.is_symlink() or path.exists():
        yield path
    else:
        raise SetupError(f"{display(path)} does not exist. Name a record, or the folder of the records.")


def _walk(folder: Path, depth: int = 0) -> Iterator[Path]:
    if depth > _DEEPEST:
        raise SetupError(
            f"Below {shorten(display(folder), 80)} folders are nested deeper than {_DEEPEST} levels. "
            "Records lie in the records folder: move the others out of it."
        )
    try:
        entries = sorted(os.scandir(folder), key=attrgetter("name"))
    except OSError as error:
        raise SetupError(
            f"{display(folder)} can not be read: {(error.strerror or 'unknown reason').lower()}."
        ) from None
    names = {entry.name for entry in entries}
    index = next((name for name in INDEX if name in names), "") if not depth else ""
    for entry in entries:
        if entry.name.startswith(".") or entry.name == index:
            continue
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(folder / entry.name, depth + 1)
        elif entry.is_symlink() or entry.name.lower().endswith(MARKDOWN):
            yield folder / entry.name
