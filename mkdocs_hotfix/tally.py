"""Counting: the cases of a report on their way by, and the few things that are kept of them."""

from __future__ import annotations

import hashlib
import heapq
import json
import re
from datetime import datetime, timedelta

from mkdocs_hotfix.testreport import Case, Format, Outcome, TestReport, tidy

MAX_FAILING = 50
MAX_SLOWEST = 10
MAX_NOTED = 2_000
_MAX_SAID = 20
_MAX_COMMITS = 100
_FULL_COMMIT = 40

# `git describe` marks a tree that was changed by hand: that is no commit at all, and never the released one.
_COMMIT = re.compile(r"[0-9a-f]{7,64}(-dirty)?")
_COMMIT_NAMES = frozenset(
    {
        "commit",
        "commitid",
        "commitsha",
        "commithash",
        "cicommit",
        "cicommitsha",
        "gitcommit",
        "gitcommitid",
        "gitcommitsha",
        "gitcommithash",
        "gitsha",
        "gitrevision",
        "gitcommitidabbrev",
        "gitcommitidfull",
        "bitbucketcommit",
        "buildkitecommit",
        "buildsourceversion",
        "cicommitshortsha",
        "circlesha1",
        "dronecommit",
        "dronecommitsha",
        "traviscommit",
        "gitrev",
        "githubsha",
        "vcscommit",
        "vcsrevision",
        "scmcommit",
        "scmrevision",
    }
)
_LOOSE_NAMES = frozenset({"sha", "revision", "buildvcsnumber"})


_ENCODE = json.JSONEncoder(sort_keys=True).encode  # json.dumps makes one for each call


class Tally:
    """Counts the cases of a report while it streams by, and keeps only what a page shows."""

    def __init__(self) -> None:
        self.seconds: float | None = None
        self.counts: dict[Outcome, int] = {"passed": 0, "failed": 0, "error": 0, "skipped": 0}
        self.flaky = 0
        self._sum: float | None = None
        self._started: datetime | None = None
        self._finished: datetime | None = None
        self._local: datetime | None = None
        self._local_end: datetime | None = None
        self._commits: dict[str, None] = {}
        self._contradictions: dict[str, None] = {}
        self._failing: list[Case] = []
        self._slowest: list[tuple[float, int, tuple[str, str, Outcome, float, str]]] = []
        self._seen = 0
        self._content = hashlib.sha256()

    def add(
        self, name: str, group: str, outcome: Outcome, seconds: float | None, message: str = "", *, flaky: bool = False
    ) -> None:
        """Count one case. `flaky`: it passed, and failed before that."""
        self.counts[outcome] += 1
        self.flaky += flaky
        self._seen += 1
        if seconds is not None:
            self._sum = (self._sum or 0.0) + seconds
            if len(self._slowest) < MAX_SLOWEST or seconds > self._slowest[0][0]:
                one = (seconds, -self._seen, (name, group, outcome, seconds, message))
                (heapq.heappush if len(self._slowest) < MAX_SLOWEST else heapq.heappushpop)(self._slowest, one)
        if outcome in ("failed", "error") and len(self._failing) < MAX_FAILING:
            self._failing.append(_case(name, group, outcome, seconds, message))

    def note(self, what: object) -> None:
        """Take in a part of what the report says, for telling copies: `MAX_NOTED` of them will do, beside the counts."""
        self.note_text(_ENCODE(what))

    def note_text(self, what: str) -> None:
        """As `note`, of a part that is already text in one fixed form: a case of XML needs a tenth of the time."""
        self._content.update(what.encode("utf-8", "surrogatepass"))

    def started(self, at: datetime | None, seconds: float | None = None) -> None:
        """Take note of when something began, and how long it took."""
        if at is None:
            return
        end = at + timedelta(seconds=seconds or 0)
        if at.tzinfo is None:
            self._local, self._local_end = min(self._local or at, at), max(self._local_end or end, end)
        else:
            self._started, self._finished = min(self._started or at, at), max(self._finished or end, end)

    def names_commit(self, key: str, value: str) -> None:
        """Take a property of the report as a commit, if its name and its value look like one.

        Names are compared without case and separators: `git.commit`, `GIT_COMMIT`, `env.GIT_COMMIT`, `gitCommit`.
        Names that other things go by too (`sha`, `revision`) must hold a whole commit.
        """
        key = re.sub(r"[^a-z0-9]", "", key[:60].lower().removeprefix("env."))
        value = value[:80].strip().lower()
        if key in _COMMIT_NAMES or (key in _LOOSE_NAMES and len(value) >= _FULL_COMMIT):
            self.commit(value)

    def commit(self, value: str) -> None:
        """Keep a commit, if it is one."""
        if len(self._commits) < _MAX_COMMITS and _COMMIT.fullmatch(value):
            self._commits[value] = None

    def contradict(self, sentence: str) -> None:
        """Keep a sentence that says where the report disagrees with itself."""
        if len(self._contradictions) < _MAX_SAID:
            self._contradictions[sentence] = None

    def report(self, kind: Format, sha256: str, size: int) -> TestReport:
        """Return what was counted."""
        seconds = self._sum if self.seconds is None else self.seconds
        self._content.update(repr((self._seen, self.counts, self._sum, self.seconds)).encode())
        return TestReport(
            format=kind,
            sha256=sha256,
            content=self._content.hexdigest(),
            size=size,
            passed=self.counts["passed"],
            failed=self.counts["failed"],
            errors=self.counts["error"],
            skipped=self.counts["skipped"],
            flaky=self.flaky,
            seconds=None if seconds is None else round(seconds, 6),
            started=self._started,
            finished=self._finished,
            started_local=self._local,
            finished_local=self._local_end,
            commits=tuple(self._commits),
            contradictions=tuple(self._contradictions),
            failing=tuple(self._failing),
            slowest=tuple(_case(*one) for _, _, one in sorted(self._slowest, reverse=True)),
        )


def _case(name: str, group: str, outcome: Outcome, seconds: float | None, message: str) -> Case:
    return Case(tidy(name) or "(no name)", tidy(group), outcome, seconds, tidy(message))
