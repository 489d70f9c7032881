"""A revision of the repository as the records see it: what the files held, and whether they still do."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property
from pathlib import Path, PurePosixPath

from mkdocs_hotfix.findings import SetupError, shorten
from mkdocs_hotfix.git import Git
from mkdocs_hotfix.paths import INDEX, MARKDOWN

_LFS = b"version https://git-lfs.github.com/spec/"
_FILES = ("100644", "100755")
_POINTER = 1024  # LFS writes less
_SHA256 = 64
_PART = 1 << 20


class Past:
    """The files of some folders at a commit."""

    def __init__(self, git: Git, commit: str, folders: Iterable[Path]) -> None:
        """Look at it.

        Args:
            git: The repository.
            commit: The id of a commit (see `fork`).
            folders: Where records and what they name lie.
        """
        self._git = git
        self._fork = commit
        self._folders = tuple(folders)
        self._contents: dict[str, bytes] = {}

    @cached_property
    def _entries(self) -> Mapping[str, tuple[str, int]]:
        """The ids of the files' contents and their sizes, by their paths from the top of the working tree."""
        names = sorted({self._git.name_of(folder) for folder in self._folders} - {""})
        if not names:
            return {}
        only = [] if "." in names else names
        said = os.fsdecode(self._git.ask("ls-tree", "-r", "-z", "-l", "--full-tree", self._fork, "--", *only))
        entries = (entry.partition("\t") for entry in said.split("\0") if entry)
        files = ((name, *head.split()[2:]) for head, _, name in entries if head.startswith(_FILES))
        return {name: (id_, int(size)) for name, id_, size in files}

    def has(self, file: Path) -> bool:
        """Tell whether the file was there."""
        return self._git.name_of(file) in self._entries

    def records(self, folder: Path) -> tuple[Path, ...]:
        """List the records that lay in a folder, as `paths.find` would have."""
        top = self._git.name_of(folder)
        prefix = "" if top in ("", ".") else f"{top}/"
        below = (
            [PurePosixPath(name.removeprefix(prefix)) for name in self._entries if name.startswith(prefix)]
            if top
            else []
        )
        index = next((name for name in INDEX if PurePosixPath(name) in below), "")
        return tuple(
            folder / one
            for one in below
            if str(one) != index
            and one.name.lower().endswith(MARKDOWN)
            and not any(part.startswith(".") for part in one.parts)
        )

    def read(self, files: Iterable[Path]) -> None:
        """Fetch what several files held, at once."""
        wanted = {self._entries[name][0] for file in files if (name := self._git.name_of(file)) in self._entries}
        ids = sorted(wanted - self._contents.keys())
        if not ids:
            return
        said, here = self._git.ask("cat-file", "--batch", feed="".join(f"{one}\n" for one in ids).encode()), 0
        for one in ids:
            end = said.index(b"\n", here)
            size = said[here:end].split(b" ")[-1]
            if not size.isdigit():
                raise SetupError(f"Git has lost the content {one} in {self._git.name}: `git fsck` says more.")
            self._contents[one] = said[end + 1 : end + 1 + int(size)]
            here = end + 2 + int(size)

    def content(self, file: Path) -> bytes:
        """Return what a file held that was there."""
        self.read((file,))
        return self._contents[self._entries[self._git.name_of(file)][0]]

    def held(self, file: Path, names: Collection[str]) -> bool:
        """Tell whether a file held a content with one of these names (see `names`); where Git LFS keeps it, too."""
        id_, size = self._entries.get(self._git.name_of(file), ("", 0))
        if id_ in names or not id_ or size > _POINTER:
            return id_ in names
        before = self.content(file)
        return before.startswith(_LFS) and before.split(b":")[-1][:_SHA256].decode("ascii", "replace") in names

    def names(self, content: bytes) -> frozenset[str]:
        """Return the names of a content: the id that git gives it, that with the line ends turned, and its SHA-256 for LFS."""
        breaks = content.count(b"\r\n")
        ids = {self._id_of(len(content), (content,))}
        if breaks:
            ids.add(self._id_of(len(content) - breaks, _with_turned_line_ends(content)))
        return frozenset({*ids, hashlib.sha256(content).hexdigest()})

    def _id_of(self, size: int, parts: Iterable[bytes]) -> str:
        make = hashlib.new(self._git.object_format, usedforsecurity=False)
        make.update(b"blob %d\0" % size)
        for part in parts:
            make.update(part)
        return make.hexdigest()


def _with_turned_line_ends(content: bytes) -> Iterator[bytes]:
    """Yield a content part by part: no second copy of 64 MiB."""
    here = 0
    while here < len(content):
        end = here + _PART
        end += content[end - 1 : end + 1] == b"\r\n"
        yield content[here:end].replace(b"\r\n", b"\n")
        here = end


def commit_of(git: Git, revision: str, option: str) -> str:
    """Return the id of the commit that the person at the keyboard calls `origin/main`, `HEAD~3`, a tag or an id.

    Args:
        git: The repository.
        revision: What it is called.
        option: The option that it was given to, for messages.

    Raises:
        SetupError: It is no commit here.
    """
    named = shorten(revision, 100)
    if not revision or revision.startswith("-") or any(char in revision for char in "\0\n"):
        raise SetupError(f"{option} takes a revision, and `{named}` is none. Name a branch, a tag or a commit.")
    if commit := git.resolve(revision):
        return commit
    raise SetupError(f"{option}: git knows no commit `{named}` in {git.name}. Fetch it (`git fetch`), or name another.")


def fork(git: Git, revision: str, option: str = "--changed-since") -> str:
    """Return the id of the commit where the checked-out work left a revision.

    Raises:
        SetupError: It is no commit here, or it has no commit in common with the checked-out work.
    """
    start, head = commit_of(git, revision, option), git.resolve("HEAD")
    if not head:
        raise SetupError(f"{option}: nothing is committed yet in {git.name}.")
    said = git.ask("merge-base", start, head, may_fail=True)
    if not said:
        named = shorten(revision, 100)
        raise SetupError(f"{option}: `{named}` and what is checked out have no commit in common.")
    return said.decode("ascii").split()[0]
