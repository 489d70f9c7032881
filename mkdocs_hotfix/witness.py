"""Git as a witness: whether a commit exists, what came before what, and which files it keeps.

What records name is asked for all at once, with a handful of commands for any number of records. A text of a record
never becomes a revision: hexadecimal digits are looked up as the start of an object's id and never as a name, and names
of branches and tags are compared with the full list of them.
"""

from __future__ import annotations

import os
import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from mkdocs_hotfix.git import Git, top_of
from mkdocs_hotfix.record import Record

TAGS = (
    "{service}/v{version}",
    "{service}/{version}",
    "{service}-v{version}",
    "{service}-{version}",
    "{service}@{version}",
    "v{version}",
    "{version}",
    "release-{version}",
    "release/{version}",
    "release-v{version}",
    "release/v{version}",
)
"""How the tag of a release may be called. The first one that exists counts."""

_TAGS_OF_ONE = tuple(form for form in TAGS if "{service}" not in form)
_HEX = re.compile(r"[0-9a-f]{7,64}")
_LENGTH = {"sha1": 40, "sha256": 64}
_AT_ONCE = 400


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit that exists: its full id, and when it was made (the committer's time)."""

    id: str
    at: datetime


@dataclass
class _Known:
    """What git has said so far."""

    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)  # as a record writes it -> the commits it may be
    peeled: dict[str, str] = field(default_factory=dict)  # what a ref names -> its commit, or nothing
    at: dict[str, datetime] = field(default_factory=dict)
    bits: dict[str, int] = field(default_factory=dict)
    holders: dict[str, int] = field(default_factory=dict)  # commit -> the bits of those that contain it


class Repository:
    """The Git repository around a folder.

    Args of all methods come from records and are not trusted; what is not there is answered as not there.
    """

    def __init__(self, folder: Path) -> None:
        """Open it.

        Raises:
            SetupError: No git, no repository, a shallow clone; also from every method, when git can not answer.
        """
        self.git = Git(top_of(folder))
        self._known = _Known()
        self._folders: set[str] = set()

    # -- commits, branches, tags ---------------------------------------------------------------------------

    def expect(self, records: Iterable[Record]) -> None:
        """Ask at once about everything that these records name."""
        commits: set[str] = set()
        refs: set[str] = set()
        for record in records:
            release = record.release
            self._folders |= {self.git.name_of(record.root)} - {""}
            commits |= {release.commit, *(one.commit for one in record.evidence.values())}
            commits |= {one.get("commit", "") for one in release.merge_back}
            for version in (release.base, release.version):
                tag = self._tag(version, record.service)
                refs |= {self._refs[tag]} if tag else set()
            for branch in (release.branch, *(one["branch"] for one in release.merge_back)):
                refs |= set(self._tips(branch))
        self._learn(commits, refs)

    def find(self, text: str) -> tuple[Commit, ...]:
        """Return the commits that hexadecimal digits may mean: none, the one, or several if they are too short."""
        self._learn({text}, set())
        return tuple(Commit(one, self._known.at[one]) for one in self._known.ids[text])

    def commit(self, text: str) -> Commit | None:
        """Return the one commit that hexadecimal digits mean, if they mean exactly one."""
        found = self.find(text)
        return found[0] if len(found) == 1 else None

    @property
    def is_elsewhere(self) -> bool:
        """Whether not one commit that a record names is here: the records are kept apart from the code."""
        return not any(self._known.ids.values())

    def tag(self, version: str, service: str) -> tuple[str, str] | None:
        """Return the name and the commit of a release's tag, if it has one (see `TAGS`)."""
        name = self._tag(version, service)
        if not name:
            return None
        target = self._refs[name]
        self._learn(set(), {target})
        commit = self._known.peeled[target]
        return (name.removeprefix("refs/tags/"), commit) if commit else None

    def branch(self, name: str) -> tuple[str, ...]:
        """Return the last commits of a branch: the local one, and that of each remote."""
        tips = self._tips(name)
        self._learn(set(), set(tips))
        return tuple(dict.fromkeys(commit for tip in tips if (commit := self._known.peeled[tip])))

    def contains(self, holder: str, commit: str) -> bool:
        """Tell whether a commit is another one, or one of its ancestors. Both as `find`, `tag` or `branch` gave them."""
        return bool(self._known.holders[commit] & self._known.bits[holder])

    @cached_property
    def _refs(self) -> Mapping[str, str]:
        """Every branch and tag by its full name."""
        said = self.git.ask(
            "for-each-ref", "--format=%(objectname) %(refname)", "refs/tags", "refs/heads", "refs/remotes"
        )
        lines = (line.partition(" ") for line in os.fsdecode(said).split("\n") if line)
        return {name: target for target, _, name in lines}

    @cached_property
    def _remotes(self) -> tuple[str, ...]:
        return tuple(name for name in os.fsdecode(self.git.ask("remote")).split("\n") if name)

    def _tag(self, version: str, service: str) -> str:
        forms = TAGS if service else _TAGS_OF_ONE
        names = (f"refs/tags/{form.format(version=version, service=service)}" for form in forms if version)
        return next((name for name in names if name in self._refs), "")

    def _tips(self, branch: str) -> list[str]:
        names = (f"refs/heads/{branch}", *(f"refs/remotes/{remote}/{branch}" for remote in self._remotes))
        return [self._refs[name] for name in names if branch and name in self._refs]

    def _learn(self, texts: set[str], targets: set[str]) -> None:
        known = self._known
        texts, targets = texts - known.ids.keys(), targets - known.peeled.keys()
        if not texts and not targets:
            return
        known.ids |= dict.fromkeys(texts, ())
        length = _LENGTH[self.git.object_format]
        words = {text for text in texts if _HEX.fullmatch(text) and len(text) <= length}
        candidates = self._starting({word for word in words if len(word) < length})
        candidates |= {word: [word] for word in words if len(word) == length}
        objects = sorted({one for several in candidates.values() for one in several})
        types = dict(zip(objects, self._check(objects), strict=True))
        for word, several in candidates.items():
            known.ids[word] = tuple(one for one in several if types[one].split(" ")[1] == "commit")
        asked = sorted(targets)
        for target, said in zip(asked, self._check([f"{one}^{{commit}}" for one in asked]), strict=True):
            name, _, kind = said.partition(" ")
            known.peeled[target] = name if kind == "commit" else ""
        self._walk()

    def _check(self, names: list[str]) -> list[str]:
        """Ask for the type of each object."""
        said = self.git.ask(
            "cat-file", "--batch-check=%(objectname) %(objecttype)", feed="".join(f"{one}\n" for one in names).encode()
        )
        return said.decode("ascii").splitlines()

    def _starting(self, words: set[str]) -> dict[str, list[str]]:
        """List the objects whose ids start with each word. As a revision, a branch of that name would come first."""
        found: dict[str, list[str]] = {word: [] for word in words}
        asked = sorted(words)
        ids: set[str] = set()
        for index in range(0, len(asked), _AT_ONCE):
            said = self.git.ask("rev-parse", *(f"--disambiguate={one}" for one in asked[index : index + _AT_ONCE]))
            ids.update(said.decode("ascii").splitlines())
        sizes = {len(word) for word in words}
        for one in sorted(ids):
            for size in sizes:
                if one[:size] in found:
                    found[one[:size]].append(one)
        return found

    def _walk(self) -> None:
        """Pass once over the history, children before parents, and note which of the known commits contains which."""
        known = self._known
        wanted = {one for several in known.ids.values() for one in several} | set(known.peeled.values()) - {""}
        if wanted <= known.bits.keys():
            return
        known.bits = {one: 1 << index for index, one in enumerate(sorted(wanted))}
        feed = "".join(f"{one}\n" for one in sorted(wanted)).encode()
        said = self.git.ask("rev-list", "--topo-order", "--parents", "--timestamp", "--stdin", feed=feed)
        passing: defaultdict[str, int] = defaultdict(int)
        for line in said.decode("ascii").splitlines():
            seconds, one, *parents = line.split(" ")
            mask = passing.pop(one, 0)
            if one in known.bits:
                mask |= known.bits[one]
                known.holders[one] = mask
                known.at[one] = _time(int(seconds))
            for parent in parents:
                passing[parent] |= mask

    # -- files ---------------------------------------------------------------------------------------------

    def tracks(self, file: Path) -> bool:
        """Tell whether git keeps the file: it is committed, or added."""
        return self.git.name_of(file) in self._index

    def first_kept(self, file: Path) -> datetime | None:
        """Return when the file first had what it holds now, as the history has it; nothing for what is not committed yet."""
        name = self.git.name_of(file)
        return self._arrivals.get((name, self._index.get(name, "")))

    @cached_property
    def _index(self) -> Mapping[str, str]:
        said = os.fsdecode(self.git.ask("ls-files", "-z", "--stage"))
        entries = (entry.partition("\t") for entry in said.split("\0") if entry)
        return {name: head.split(" ")[1] for head, _, name in entries}

    @cached_property
    def _arrivals(self) -> Mapping[tuple[str, str], datetime]:
        """Tell when each content of each file came into the history: the first time, not the last touch."""
        head = self.git.resolve("HEAD")
        if not head:
            return {}
        folders = sorted(self._folders)
        # Of all parents of each merge: or one that takes over one side whole would hide the past of the other.
        asked = ("rev-list", "--timestamp", "--full-history", "--end-of-options", head, "--", *folders)
        said = self.git.ask(*asked).decode("ascii")
        times = {}
        for line in said.split("\n")[:-1]:
            seconds, _, one = line.partition(" ")
            times[one] = _time(int(seconds))
        feed = "".join(f"{one}\n" for one in times).encode()
        told = os.fsdecode(
            self.git.ask(
                "diff-tree",
                "--stdin",
                "-r",
                "-m",
                "-z",
                "--root",
                "--raw",
                "--no-abbrev",
                "--no-renames",
                "--",
                *folders,
                feed=feed,
            )
        )
        found: dict[tuple[str, str], datetime] = {}
        parts, at = iter(told.split("\0")), datetime.max.replace(tzinfo=UTC)
        for part in parts:
            if part.startswith(":"):
                key = (next(parts), part.split(" ")[3])
                found[key] = min(at, found.get(key, at))
            elif part:
                at = times[part]
        return found


def _time(seconds: int) -> datetime:
    try:
        return datetime.fromtimestamp(seconds, UTC)
    except (ValueError, OverflowError, OSError):
        return datetime.max.replace(tzinfo=UTC)  # a commit from beyond the calendar proves nothing
