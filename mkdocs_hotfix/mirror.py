"""A folder that holds what was made, and what others have put there: the first is kept up to date, the second not touched."""

from __future__ import annotations

import contextlib
import json
import os
import stat
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from mkdocs_hotfix import writing
from mkdocs_hotfix.findings import SetupError, visible
from mkdocs_hotfix.paths import display, open_regular

if sys.platform != "win32":
    import fcntl

LIST = ".hotfix-render.json"
"""Names what was written here, so that only that is changed or taken away."""
_LOCK = ".hotfix-render.lock"
_MAX_LIST = 64 << 20

Files: TypeAlias = Mapping[str, Callable[[], bytes]]
"""Paths in the folder, with `/`, and what makes their contents."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a folder: how many files are in it, and how many were written and taken away."""

    files: int
    written: int
    removed: int


def keep(folder: Path, files: Files) -> Outcome:
    """Make a folder hold these files; what it held before of ours and is not among them goes, all else stays.

    A file is written only where its content changes, and in one step. A run that is killed has changed some of the files
    and none by half, and the next run ends what it began. Runs wait for each other.

    Raises:
        SetupError: Something that is not ours stands in the way, or the folder can not be written.
    """
    _refuse_twins(files)
    top = Path(os.path.realpath(folder))
    with _alone(top):
        mine = _listed(top)
        for uri in (*mine, *files):
            _refuse_detour(top, uri)
        for uri, content in files.items():
            if uri not in mine and os.path.lexists(top / uri) and _current(top / uri) != content():
                raise SetupError(
                    f"{_shown(top / uri)} is in the way, and `hotfix render` has not written it. "
                    "Move it, or name a folder that is empty. Nothing was written."
                )
        # First the list, with all that is there now or will be: after a kill, nothing is there that no list names.
        _put(top / LIST, _list({*mine, *files}))
        written = sum(_put(top / uri, content()) for uri, content in files.items())
        gone = [uri for uri in mine if uri not in files]
        removed = sum(_remove(top, uri) for uri in gone)
        _put(top / LIST, _list(files))
    return Outcome(len(files), written, removed)


def _refuse_twins(files: Iterable[str]) -> None:
    """Refuse names that are one name on the disks of others."""
    seen: dict[str, str] = {}
    for uri in files:
        other = seen.setdefault(uri.casefold(), uri)
        if other != uri:
            raise SetupError(
                f"{visible(other)} and {visible(uri)} are one file on disks that do not tell capital letters from small ones. "
                "Rename one of them."
            )


def _refuse_detour(top: Path, uri: str) -> None:
    """Refuse a path that leaves the folder, or that leads through a link."""
    parts = uri.split("/")
    if not uri or "\0" in uri or "\\" in uri or any(part in ("", ".", "..") for part in parts):
        raise _not_ours(top, uri)
    here = top
    for index, part in enumerate(parts):
        here /= part
        with contextlib.suppress(FileNotFoundError, NotADirectoryError):
            mode = os.lstat(here).st_mode
            if not (stat.S_ISREG(mode) if index == len(parts) - 1 else stat.S_ISDIR(mode)):
                raise SetupError(
                    f"{_shown(here)} is in the way: it is not the {'file' if index == len(parts) - 1 else 'folder'} that "
                    "belongs there. Move it, or name another folder. Nothing was written."
                )


def _list(files: Iterable[str]) -> bytes:
    made = {"made_by": "hotfix render", "version": 1, "files": sorted(files)}
    return (json.dumps(made, indent=1) + "\n").encode("ascii")


def _listed(top: Path) -> tuple[str, ...]:
    if not os.path.lexists(top / LIST):
        return ()
    try:
        files = json.loads(writing.load(top / LIST, _MAX_LIST))["files"]
    except (ValueError, KeyError, TypeError, RecursionError):
        raise _not_ours(top, "") from None
    if not isinstance(files, list) or not all(isinstance(one, str) for one in files):
        raise _not_ours(top, "")
    return tuple(files)


def _not_ours(top: Path, uri: str) -> SetupError:
    what = (
        f"names {visible(uri)!r}, which `hotfix render` never writes" if uri else "is not as `hotfix render` writes it"
    )
    return SetupError(f"{_shown(top / LIST)} {what}. Name another folder, or delete this one. Nothing was written.")


def _current(path: Path) -> bytes | None:
    try:
        opened = open_regular(path)
    except OSError:
        return None
    if opened is None:
        return None
    with opened[0] as stream:
        return stream.read()


def _put(path: Path, content: bytes) -> bool:
    """Write a file if that changes it."""
    while True:
        if not os.path.lexists(path):
            try:
                writing.create(path, content)
            except FileExistsError:
                continue
            return True
        before = _current(path)
        if before == content:
            return False
        writing.replace(path, before or b"", content)
        return True


def _remove(top: Path, uri: str) -> bool:
    """Take a file away, and the folders that are empty then."""
    path = top / uri
    if not os.path.lexists(path):
        return False
    try:
        path.unlink()
    except OSError as error:
        raise SetupError(
            f"{_shown(path)} can not be taken away: {(error.strerror or 'unknown reason').lower()}. "
            f"Check who may write in {_shown(path.parent)}."
        ) from None
    with contextlib.suppress(OSError):
        for folder in path.parents:
            if folder == top:
                break
            folder.rmdir()  # only an empty one goes
    return True


@contextlib.contextmanager
def _alone(top: Path) -> Iterator[None]:
    """Let runs of this program fill one folder one after the other. The lock ends with the process."""
    try:
        top.mkdir(parents=True, exist_ok=True)
        number = os.open(top / _LOCK, os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0), 0o666)
    except OSError as error:
        raise SetupError(
            f"{_shown(top)} can not be written: {(error.strerror or 'unknown reason').lower()}. Nothing was written."
        ) from None
    try:
        if sys.platform != "win32":
            with contextlib.suppress(OSError):  # a network drive without locks
                fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


def _shown(path: Path) -> str:
    return visible(display(path))
