"""Writing files so that a kill, a full disk or somebody else's editor never costs what was there.

A file is written whole beside its place, under a hidden name that neither the gate nor MkDocs looks at, and put into its
place in one step. Before that step the file is compared with what it was when it was read.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from mkdocs_hotfix.findings import SetupError, visible
from mkdocs_hotfix.leftovers import ENDING, sweep
from mkdocs_hotfix.paths import display, open_regular

if sys.platform != "win32":
    import fcntl

_NEW = os.O_RDWR | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_FULL = (errno.ENOSPC, errno.EDQUOT)
_DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)
_NO_LINKS = (errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EXDEV)


def load(path: Path, limit: int) -> bytes:
    """Read a file that is going to be changed.

    Args:
        path: A regular file; a symbolic link is refused, since what it leads to is not what was named.
        limit: How many bytes it may have.

    Raises:
        SetupError: It is no such file, or can not be read.
    """
    raw = _read(path, limit)
    if len(raw) > limit:
        raise SetupError(f"{_shown(path)} is larger than {limit >> 20} MiB. Nothing was changed.")
    return raw


def _read(path: Path, limit: int) -> bytes:
    """Read a file up to its limit, and one byte more where it goes on."""
    try:
        opened = None if path.is_symlink() else open_regular(path)
        if opened is None:
            what = "is a symbolic link, and links are not followed" if path.is_symlink() else "is not a regular file"
            raise SetupError(f"{_shown(path)} {what}. Nothing was changed.")
        stream, size = opened
        with stream:
            return stream.read(min(size, limit) + 1)
    except OSError as error:
        raise SetupError(f"{_shown(path)} can not be read: {_reason(error)}.") from None


def replace(path: Path, before: bytes, after: bytes) -> None:
    """Put new content into a file, or leave it as it is: nothing in between, whenever the program is killed.

    Its mode stays, and its owner where the user may set it.

    Args:
        path: The file.
        before: What it held when it was read.
        after: What it shall hold.

    Raises:
        SetupError: It has changed meanwhile, is read-only or a link, or can not be written. Nothing was changed.
    """
    with _writing(path), _alone(path.parent):
        if _read(path, len(before)) != before:
            raise _changed(path)
        found = os.lstat(path)
        if not os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids):
            raise PermissionError(errno.EACCES, "it is read-only")
        with _beside(path, after, found) as made:
            # Once more, as close to the step as can be: an editor may have saved while the disk was slow.
            if _read(path, len(before)) != before:
                raise _changed(path)
            os.replace(made, path)  # noqa: PTH105 - `made` is a text
        _settle(path.parent)


def create(path: Path, content: bytes) -> list[Path]:
    """Make a file that must not be there yet, whole or not at all. Missing folders are made.

    Returns:
        What was made: folders, then the file.

    Raises:
        FileExistsError: There is something already, if only since a moment ago.
        SetupError: It can not be written. Nothing was left behind.
    """
    with _writing(path):
        made = _folders(path.parent)
        try:
            with _beside(path, content, None) as new:
                _link(new, path, content)
            _settle(path.parent)
        except BaseException:
            take_back(made)
            raise
        return [*made, path]


def take_back(made: Sequence[Path]) -> None:
    """Remove what `create` has made, the last first; of folders only empty ones, and without a word if it fails."""
    for path in reversed(made):
        with contextlib.suppress(OSError):
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


def put(path: Path, content: bytes) -> None:
    """Write a file that was asked for, whatever it held: whole, or it stays as it was. Missing folders are made.

    A link is followed, and what is no regular file (a pipe, `/dev/stdout`) is written to: its user has named it.

    Raises:
        SetupError: It can not be written.
    """
    with _writing(path):
        if os.path.abspath(path).startswith("/dev/") or (path.exists() and not path.is_file()):
            with path.open("wb") as stream:
                stream.write(content)
            return
        real = Path(os.path.realpath(path))
        _folders(real.parent)
        with _beside(real, content, os.stat(real) if real.exists() else None) as made:  # noqa: PTH116 - as os.lstat
            os.replace(made, real)  # noqa: PTH105 - `made` is a text
        _settle(real.parent)


def append(path: Path, content: bytes) -> None:
    """Write below what others have written into a file, on a line of its own. Missing folders are made.

    Raises:
        SetupError: It can not be written; then it is as it was.
    """
    with _writing(path):
        _folders(path.parent)
        with path.open("ab") as stream:
            end = stream.tell() if stream.seekable() else 0
            try:
                stream.write((b"" if _ends_a_line(path, end) else b"\n") + content)
                stream.flush()
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(stream.fileno(), end)
                raise


def _ends_a_line(path: Path, size: int) -> bool:
    if not size:
        return True
    with path.open("rb") as stream:
        stream.seek(size - 1)
        return stream.read(1) == b"\n"


def _folders(folder: Path) -> list[Path]:
    missing: list[Path] = []
    for one in (folder, *folder.parents):
        if os.path.lexists(one):
            break
        missing.append(one)
    for one in reversed(missing):
        one.mkdir(exist_ok=True)
    return missing[::-1]


def _link(new: str, path: Path, content: bytes) -> None:
    """Give the file its name, unless the name is taken: a link does both in one step."""
    try:
        os.link(new, path, follow_symlinks=False)
    except FileExistsError:
        raise
    except (OSError, NotImplementedError) as error:
        if isinstance(error, OSError) and error.errno not in _NO_LINKS:
            raise
        with path.open("xb") as stream:  # a file system without links, as on some memory sticks
            try:
                _write(stream.fileno(), content)
            except BaseException:
                path.unlink(missing_ok=True)
                raise


@contextlib.contextmanager
def _beside(path: Path, content: bytes, like: os.stat_result | None) -> Iterator[str]:
    """Write the content under a hidden name in the same folder; gone at the end, unless it has got its place by then."""
    sweep(path)
    # Named before it is there: so there is no moment at which an interruption could leave it behind.
    new = path.parent / f".{path.name}.{secrets.token_hex(4)}{ENDING}"
    try:
        number = os.open(new, _NEW, 0o600)
        try:
            _write(number, content)
            if hasattr(os, "fchmod"):
                os.fchmod(number, stat.S_IMODE(like.st_mode) if like else 0o666 & ~_umask())
            if like and hasattr(os, "fchown"):
                with contextlib.suppress(OSError):
                    os.fchown(number, like.st_uid, like.st_gid)
                    os.fchmod(number, stat.S_IMODE(like.st_mode))  # a new owner may have cost a bit
        finally:
            os.close(number)
        yield os.fspath(new)
    finally:
        try:
            new.unlink(missing_ok=True)
        finally:
            new.unlink(missing_ok=True)  # Ctrl-C may have come just before the first one


def _write(number: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(number, rest) :]
    os.fsync(number)


def _umask() -> int:
    mask = os.umask(0o022)
    os.umask(mask)
    return mask


def _settle(folder: Path) -> None:
    """Let the disk know the folder, so that a power cut does not bring the old name back."""
    with contextlib.suppress(OSError):
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let runs of this program change the files of one folder one after the other. The lock ends with the process."""
    if sys.platform == "win32":
        yield
        return
    number = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # a network drive without locks
            fcntl.flock(number, fcntl.LOCK_EX)
        yield
    finally:
        os.close(number)


@contextlib.contextmanager
def _writing(path: Path) -> Iterator[None]:
    """Say in one sentence why something could not be written."""
    try:
        yield
    except FileExistsError:
        raise
    except OSError as error:
        advice = (
            "Make room on the disk"
            if error.errno in _FULL
            else f"Check who may write in {_shown(path.parent)}"
            if error.errno in _DENIED
            else "Check the disk"
        )
        raise SetupError(
            f"{_shown(path)} can not be written: {_reason(error)}. {advice}; nothing was changed."
        ) from None


def _changed(path: Path) -> SetupError:
    return SetupError(
        f"{_shown(path)} was changed by somebody else while this ran. Nothing was written; look at it, and run this again."
    )


def _reason(error: OSError) -> str:
    return (error.strerror or "unknown reason").lower()


def _shown(path: Path) -> str:
    return visible(display(path))
