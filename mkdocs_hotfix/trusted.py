"""The policy as a revision has it: who is judged does not write the law.

All that decides comes from there: the policy, the schema of `extra`, the baseline, the trusted root. Of the working tree
nothing is asked, not even where the policy lies: a change could move it, hide it behind a link, or put a laxer one nearer
to the records.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from mkdocs_hotfix import baseline, past, policyfile
from mkdocs_hotfix.findings import SetupError, shorten, visible
from mkdocs_hotfix.git import Git, top_of
from mkdocs_hotfix.paths import display, open_regular
from mkdocs_hotfix.policy import Policy, Taken

OPTION = "--policy-from"
_FILES = ("100644", "100755")
_MAX_BYTES = 16 << 20


def load(revision: str, file: Path | None, paths: Sequence[Path], docs: Path) -> Policy:
    """Read the policy of a revision.

    Args:
        revision: A branch, a tag or a commit: what the change shall become a part of.
        file: The policy file that was named, if one was.
        paths: The paths to be judged; without a file, the policy nearest to them counts.
        docs: The docs folder, where no policy is nearer.

    Raises:
        SetupError: It is no commit, several things are called so, the policy named is not there or can not be used.
    """
    tree = _Tree(revision)
    chosen = file if file is not None else tree.nearest(paths) or tree.default(docs)
    if file is not None and tree.content(file) is None:
        raise SetupError(
            f"{OPTION}: there is no {display(file)} in {tree.name}. Bring the policy there first, in a change of its own."
        )
    held: dict[Path, bytes] = {}
    if chosen is not None:
        for one in (chosen, *_named(tree, chosen)):
            content = tree.content(one)
            if content is not None:
                held[one] = content
        try:
            policy = policyfile.load(chosen, held=held)
        except SetupError as error:
            raise SetupError(f"{OPTION} {tree.name}: {error}") from None
        policy = replace(policy, file=f"{tree.name}:{display(chosen)}")
    else:
        policy = policyfile.load(None, root=docs)
    looked = set(held) - {baseline.file_of(policy)} | {chosen or docs / policyfile.NAME}
    touched = tuple(sorted(display(one) for one in looked if tree.touched(one)))
    return replace(policy, taken=Taken(tree.name, tree.fork, held, touched))


def _named(tree: _Tree, file: Path) -> Iterator[Path]:
    """Name the files that a policy of a revision names, and its baseline."""
    raw = tree.content(file) or b""
    for name in policyfile.names(raw):
        yield file.parent / name
    yield file.parent / baseline.NAME


class _Tree:
    """The files of a revision, by their paths in the working tree. No link of the working tree is followed."""

    def __init__(self, revision: str) -> None:
        here = Path.cwd()
        self.name = shorten(revision, 100)
        self._git = Git(top_of(here))
        self._top = next(one for one in (here, *here.parents) if os.path.lexists(one / ".git"))
        self._commit = past.commit_of(self._git, revision, OPTION)
        self._refuse_ambiguity(revision)
        self.fork = past.fork(self._git, revision, OPTION)

    def _refuse_ambiguity(self, revision: str) -> None:
        """A tag `origin/main` would take the place of the branch: whoever may push tags could bring a policy along."""
        places = (f"refs/{revision}", f"refs/tags/{revision}", f"refs/heads/{revision}", f"refs/remotes/{revision}")
        found = {place for place in places if self._git.resolve(place)}
        if len(found) > 1 and not revision.startswith("refs/"):
            names = " and ".join(shorten(one, 100) for one in sorted(found))
            raise SetupError(f"{OPTION}: `{self.name}` can be {names}. Write the whole name of the one you mean.")

    def nearest(self, paths: Sequence[Path]) -> Path | None:
        """Find the policy beside the records.

        Raises:
            SetupError: They belong to different ones.
        """
        found = {os.path.abspath(one): one for path in paths if (one := self._near(path)) is not None}
        if len(found) > 1:
            names = " and ".join(display(one) for one in found.values())
            raise SetupError(
                f"The paths belong to different policies of {self.name} ({names}). "
                "Check them one by one, or say which with --policy."
            )
        return next(iter(found.values()), None)

    def _near(self, path: Path) -> Path | None:
        folders = (path, *Path(os.path.abspath(path)).parents[:3])
        inside = (one for one in folders if Path(os.path.abspath(one)).is_relative_to(self._top))
        return next((one for folder in inside if self.content(one := folder / policyfile.NAME) is not None), None)

    def default(self, docs: Path) -> Path | None:
        """Find the policy of the docs folder; nothing where the built-in one counts.

        Raises:
            SetupError: It lies there under a name that is not read.
        """
        if self.content(docs / policyfile.NAME) is not None:
            return docs / policyfile.NAME
        other = docs / "policy.yaml"
        if self.content(other) is not None:
            raise SetupError(
                f"{OPTION}: {display(other)} of {self.name} is not read: a policy is named {policyfile.NAME}. Rename it there."
            )
        return None

    def content(self, file: Path) -> bytes | None:
        """Return what a file held at the revision; nothing where there was none.

        Raises:
            SetupError: What is there is no file, or the working tree leads elsewhere.
        """
        return self._content(file, self._commit)

    def touched(self, file: Path) -> bool:
        """Tell whether the checked-out work has changed a file since it left the revision."""
        now = _bytes(file)
        before = (self._content(file, commit) for commit in (self._commit, self.fork))
        return all(_lines(one) != _lines(now) for one in before)

    def _content(self, file: Path, commit: str) -> bytes | None:
        name = self._name(file)
        said = os.fsdecode(self._git.ask("ls-tree", "-z", "-l", "--full-tree", commit, "--", name))
        if not said:
            return None
        mode, _, id_, size = said.partition("\t")[0].split()
        if mode not in _FILES or int(size) > _MAX_BYTES:
            raise SetupError(f"{OPTION}: {display(file)} of {self.name} is no regular file, or is too large.")
        return self._git.ask("cat-file", "blob", id_)

    def _name(self, file: Path) -> str:
        """Return a file's path from the top, as it is written."""
        path = Path(os.path.abspath(file))
        if not path.is_relative_to(self._top):
            raise SetupError(
                f"{OPTION}: {display(file)} lies outside the repository {self._git.name}. Run this in the repository of the policy."
            )
        for folder in path.parents[: len(path.parts) - len(self._top.parts) - 1]:
            if folder.is_symlink() or os.path.lexists(folder / ".git"):
                what = "a link" if folder.is_symlink() else "a repository of its own"
                raise SetupError(
                    f"{OPTION}: {display(folder)} is {what} here, so nobody can tell what it is in {self.name}."
                )
        return path.relative_to(self._top).as_posix()


def _bytes(file: Path) -> bytes | None:
    try:
        opened = open_regular(file)
        if opened is None:
            return None
        with opened[0] as stream:
            return stream.read(_MAX_BYTES + 1)
    except OSError:
        return None


def _lines(content: bytes | None) -> bytes | None:
    return None if content is None else content.replace(b"\r\n", b"\n")


def tell(taken: Taken) -> str:
    """Say that a change of the policy does not count, in one line; nothing where there is none."""
    if not taken.touched:
        return ""
    files = visible(", ".join(taken.touched))
    return f"Changed here: {files}. That does not count yet: records are judged by the policy of {taken.revision}."
