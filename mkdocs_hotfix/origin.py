"""What git knows of the work that is checked out, so that nobody has to type it: branch, commit, release, name; and ids in use.

It only helps: without git, without a repository or in a shallow clone every question has the answer "unknown".
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator
from functools import cached_property

from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.git import Git, top_of
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.witness import TAGS

_ID = re.compile(r"(HF-[0-9]{4}-[0-9]{4,6})(?:\.[a-z]+)?", re.IGNORECASE)
_VERSION = r"[0-9]+(?:\.[0-9A-Za-z_+-]+)+"
_MAIN = ("main", "master", "trunk", "develop")

UNTOLD = {
    "release.base": "Git knows no tag of a release before what is checked out.",
    "release.branch": "No branch of a hotfix is checked out.",
    "release.commit": "Git knows no commit of the code: all that was committed is the handbook.",
    "release.version": "Neither a tag nor the name of the branch tells the version.",
}
"""What git may know, and why it does not."""


class Origin:
    """The Git repository around a docs folder, or none."""

    def __init__(self, policy: Policy) -> None:
        self._policy = policy
        self.trouble = ""
        """Why git, which is there, could not answer."""
        self._told: dict[tuple[str, str], str] = {}

    @cached_property
    def git(self) -> Git | None:
        """The repository; nothing where there is none."""
        try:
            top = top_of(self._policy.root)
        except SetupError:
            return None
        try:
            return Git(top, whole=False)
        except SetupError as error:
            self.trouble = str(error)
            return None

    def _ask(self, *arguments: str, feed: bytes = b"") -> str:
        if self.git is None:
            return ""
        try:
            return os.fsdecode(self.git.ask(*arguments, feed=feed, may_fail=True)).strip("\n")
        except SetupError:
            return ""

    @cached_property
    def person(self) -> str:
        """The user, as `HOTFIX_BY` or git's `user.name` has it."""
        return os.environ.get("HOTFIX_BY", "").strip() or self._ask("config", "--get", "user.name").strip()

    @cached_property
    def branch(self) -> str:
        """The branch that is checked out, unless it is the main one: a hotfix has a branch of its own."""
        name = self._ask("symbolic-ref", "--quiet", "--short", "HEAD")
        return "" if name in _MAIN else name

    @cached_property
    def commit(self) -> str:
        """The last commit that changed something besides the handbook: filing a record is no new state of the fix."""
        handbook = self.git.name_of(self._policy.root) if self.git else ""
        if handbook in ("", "."):
            return ""
        others, above = [], ""
        for part in handbook.split("/"):  # at each level all but the way to the handbook
            names = self._ask("ls-tree", "-z", "--name-only", f"HEAD:{above}").split("\0")
            others += [above + name for name in names if name not in ("", part)]
            above += f"{part}/"
        return self._ask("rev-list", "-1", "HEAD", "--", *others) if others else ""

    def base(self, service: str) -> str:
        """The last release before what is checked out, by its tag."""
        tag = self._ask("describe", "--tags", "--abbrev=0", "--first-parent", "HEAD")
        return next(_versions(tag, service), "")

    def version(self, service: str) -> str:
        """The version of the package, by the tag at what is checked out or by the name of the branch."""
        tags = self._ask("tag", "--points-at", "HEAD").splitlines()
        named = re.search(rf"(?:^|[/_v-])({_VERSION})$", self.branch)
        return next((found for tag in tags for found in _versions(tag, service)), named[1] if named else "")

    def told(self, field: str, service: str) -> str:
        """Return what git knows of a field of `release`; nothing where it can not tell."""
        if field not in UNTOLD:
            return ""
        if (field, service) not in self._told:
            name = field.removeprefix("release.")
            found = getattr(self, name)
            self._told[field, service] = found if isinstance(found, str) else found(service)
        return self._told[field, service]

    def untold(self, field: str) -> str:
        """Say why git can not tell a field; nothing for fields that it never tells."""
        return (UNTOLD.get(field, "") if self.git else "There is no Git repository here.") if field in UNTOLD else ""

    # -- ids -------------------------------------------------------------------------------------------------

    def ids(self) -> set[str]:
        """Name every id that is in use: in the working tree, on local branches and on those that were fetched."""
        return {found[1].upper() for name in (*self._here(), *self._elsewhere()) if (found := _ID.fullmatch(name))}

    def _here(self) -> Iterator[str]:
        for _, folders, files in os.walk(self._policy.records):
            yield from folders
            yield from files

    def _elsewhere(self) -> Iterator[str]:
        refs = self._ask("for-each-ref", "--format=%(objectname)", "refs/heads", "refs/remotes").split()
        folder = self.git.name_of(self._policy.records) if self.git else ""
        if not refs or "\n" in folder:
            return
        asked = "".join(f"{commit}:{'' if folder in ('', '.') else folder}\n" for commit in dict.fromkeys(refs))
        answers = self._ask("cat-file", "--batch-check", feed=os.fsencode(asked)).splitlines()
        # Most branches hold the very same folder, and so the very same tree.
        trees = dict.fromkeys(line.split()[0] for line in answers if " tree " in line)
        for tree in trees:
            for path in self._ask("ls-tree", "-r", "-t", "-z", "--name-only", tree).split("\0"):
                yield path.rpartition("/")[2]


def next_id(taken: Iterable[str], year: int) -> str:
    """Return the id after the last one of a year.

    Raises:
        SetupError: The numbers are used up.
    """
    numbers = [int(one.rpartition("-")[2]) for one in taken if one.startswith(f"HF-{year:04}-")]
    number = max(numbers, default=0) + 1
    if number > 999_999:  # noqa: PLR2004 - six digits
        raise SetupError(f"All numbers of the year {year} are in use. Name an id with --id.")
    return f"HF-{year:04}-{number:04}"


def _versions(tag: str, service: str) -> Iterator[str]:
    """Read the version out of a tag, however a release's tag may be called."""
    for form in TAGS:
        pattern = (
            re.escape(form).replace(r"\{service\}", re.escape(service or "\0")).replace(r"\{version\}", f"({_VERSION})")
        )
        if found := re.fullmatch(pattern, tag):
            yield found[1]
