"""What an earlier run has found in records that have not changed, and in which nothing changes by waiting.

A record is remembered when its bytes and those of all its reports decide everything that is said about it. So nothing is
kept of a record that can not be read, whose shape is wrong or of which a report is missing; nor of one with a moment so near
that a clock of the policy may run out meanwhile. Where a sentence names the time, its rule is asked again. Rules that
compare records look at remembered ones as at all others.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from mkdocs_hotfix import judging, record, source
from mkdocs_hotfix.dossier import Dossier
from mkdocs_hotfix.findings import Problem, Span, visible
from mkdocs_hotfix.judging import Draft
from mkdocs_hotfix.paths import display, open_regular
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record, end_of
from mkdocs_hotfix.reports import TestReport
from mkdocs_hotfix.rule import Context
from mkdocs_hotfix.rules import BY_SLUG, RULES
from mkdocs_hotfix.times import later

_SLACK = timedelta(days=3).total_seconds()
"""More than clocks, zones and days without an hour can make a difference of."""

_ORDER = {rule.slug: number for number, rule in enumerate(RULES)}
_ODD = timedelta(days=1, hours=1, minutes=1, seconds=1)
_NEVER = (0.0, 0.0)
_LAST = datetime.max.replace(tzinfo=UTC).timestamp()

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?:[Tt].*)?")


@dataclass(frozen=True, slots=True)
class Entry:
    """What is remembered of one record.

    Attributes:
        digest: SHA-256 of its file.
        quiet: From when until when time changes nothing but such sentences; seconds since 1970.
        timed: The rules that such sentences come from.
        reports: Of each report that it names: the path as written, SHA-256 of its bytes, and of what it says.
        problems: What the rules about one record have found, each with the rule's slug, and with its place.
        data: Its front matter.
    """

    digest: str
    quiet: tuple[float, float]
    timed: tuple[str, ...]
    reports: tuple[tuple[str, str, str], ...]
    problems: tuple[tuple[str, Problem], ...]
    data: Mapping[str, Any]

    @classmethod
    def of(cls, draft: Draft, context: Context) -> Entry | None:
        """Sum up a draft that was judged alone; nothing where bytes do not decide everything that is said about it."""
        one = draft.record
        if one is None or one.unclear or not draft.source.digest or draft.source.data is None:
            return None
        reports = [(text, report) for text, report in _reports(one, context.dossier) if report]
        if len(reports) < sum(len(evidence.reports) for evidence in one.evidence.values()):
            return None
        quiet = _quiet(draft.source.data, [report for _, report in reports], context)
        return cls(
            draft.source.digest,
            quiet,
            _timed(draft, context) if quiet != _NEVER else (),
            tuple((text, report.sha256, report.content) for text, report in reports),
            tuple((rule.slug, replace(one, span=judging.place(draft.source, one))) for rule, one in draft.problems),
            draft.source.data,
        )

    def is_quiet(self, context: Context) -> bool:
        """Tell whether time changes nothing now."""
        return self.quiet[0] <= context.as_of.timestamp() < self.quiet[1]

    def draft(self, file: Path, context: Context) -> Draft | None:
        """Make the draft; nothing where the file or a report holds other bytes."""
        raw = _bytes(file)
        if raw is None or hashlib.sha256(raw).hexdigest() != self.digest:
            return None
        root = judging.root_of(file, context.policy)
        for text, digest, content in self.reports:
            place = context.dossier.place(text, file, root)
            if place.trouble or context.dossier.digest(place.file) != digest:
                return None
            context.dossier.remember(place.file, content)
        path = visible(display(file))
        read_as = source.known(raw, self.digest, self.data)
        draft = Draft(file, path, read_as, record.build(file, path, root, self.data, read_as.body))
        judging.judge(draft, context, self.timed)
        places = {(problem.pointer, problem.on, problem.near): problem.span for _, problem in self.problems}
        # To find a place again the file would have to be read again.
        timed = [(rule, replace(one, span=places.get((one.pointer, one.on, one.near)))) for rule, one in draft.problems]
        stored = ((BY_SLUG[slug], problem) for slug, problem in self.problems if slug not in self.timed)
        draft.problems = sorted([*stored, *timed], key=lambda told: _ORDER[told[0].slug])
        return draft

    def written(self) -> bytes:
        """Write it as JSON, packed: thousands of them wait for the end of a run."""
        problems = [(slug, _plain(problem)) for slug, problem in self.problems]
        parts = (self.digest, self.quiet, self.timed, self.reports, problems, self.data)
        return zlib.compress(json.dumps(parts, separators=(",", ":")).encode(), 1)

    @classmethod
    def read(cls, written: bytes) -> Entry:
        """Read what `written` has written."""
        digest, (start, end), timed, reports, problems, data = json.loads(zlib.decompress(written))
        told = tuple((slug, _problem(problem)) for slug, problem in problems)
        return cls(digest, (start, end), tuple(timed), tuple(map(tuple, reports)), told, data)


def _plain(problem: Problem) -> dict[str, Any]:
    values = ((one.name, getattr(problem, one.name), one.default) for one in fields(problem))
    return {name: value for name, value, default in values if value != default}


def _problem(told: Mapping[str, Any]) -> Problem:
    lists = {name: tuple(value) for name, value in told.items() if isinstance(value, list)}
    return Problem(**{**told, **lists, **({"span": Span(*told["span"])} if "span" in told else {})})


@dataclass
class Memory:
    """What is remembered, by the file's path from the docs folder: entries as `Entry.written` writes them.

    Attributes:
        entries: What earlier runs have left.
        kept: What this run leaves to the next one.
    """

    entries: Mapping[str, bytes] = field(default_factory=dict)
    kept: dict[str, bytes] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether this run leaves something else than the one before."""
        return any(one is not self.entries.get(key) for key, one in self.kept.items())

    def left(self, root: Path) -> dict[str, bytes]:
        """Return what the next run gets: what this one has kept, and what it was not asked about and is still there."""
        others = {key: one for key, one in self.entries.items() if key not in self.kept and (root / key).exists()}
        return {**others, **self.kept}

    def recall(self, file: Path, context: Context) -> Draft | None:
        """Make the draft of a record as it was judged; nothing where anything is not as it was."""
        key = _key(file, context.policy)
        written = self.entries.get(key)
        entry = Entry.read(written) if written else None
        if written is None or entry is None or not entry.is_quiet(context):
            return None
        draft = entry.draft(file, context)
        if draft is not None:
            self.kept[key] = written
        return draft

    def keep(self, draft: Draft, context: Context) -> None:
        """Remember a draft that was judged alone and not yet compared with others, if it may be remembered."""
        entry = Entry.of(draft, context)
        if entry is not None and entry.is_quiet(context):
            self.kept[_key(draft.file, context.policy)] = entry.written()

    def take(self, file: Path, written: bytes, context: Context) -> Draft | None:
        """Make the draft of a record that a worker has judged just now; nothing where its file has changed since."""
        entry = Entry.read(written)
        draft = entry.draft(file, context)
        if draft is not None and entry.is_quiet(context):
            self.kept[_key(file, context.policy)] = written
        return draft


def _key(file: Path, policy: Policy) -> str:
    return os.path.relpath(file, policy.root)


def _bytes(file: Path) -> bytes | None:
    try:
        opened = open_regular(file)
        if opened is None:
            return None
        with opened[0] as stream:
            return stream.read() if opened[1] <= source.MAX_BYTES else None
    except OSError:
        return None


def _reports(one: Record, dossier: Dossier) -> Iterator[tuple[str, TestReport | None]]:
    for evidence in one.evidence.values():
        for opened in dossier.of(one, evidence):
            yield opened.text, opened.report


def _quiet(data: Mapping[str, Any], reports: Iterable[TestReport], context: Context) -> tuple[float, float]:
    """Tell between which two moments nothing happens: no clock that starts with a moment of the record or of a report runs out.

    Returns:
        Seconds since 1970, the second one exclusive; no time at all where a clock may run now.
    """
    times = [end_of(text) for text in _texts(data) if text[4:5] == "-" and _DAY.fullmatch(text) and _is_time(text)]
    times += [at for report in reports for at in (report.began, report.ended) if at]
    policy, now = context.policy, context.as_of.timestamp()
    spans = [one.due for one in policy.kinds.values() if one.due]
    spans += [span for one in policy.severities.values() for span in (one.triage, one.restore) if span]
    longest = max(spans, default=timedelta()).total_seconds()
    start, end = 0.0, _LAST
    for at in {at.timestamp() for at in times}:
        if now >= at + longest + _SLACK:
            start = max(start, at + longest + _SLACK)
        elif now < at - _SLACK:
            end = min(end, at - _SLACK)
        else:
            return _NEVER
    return start, end


def _texts(data: Mapping[str, Any]) -> Iterator[str]:
    open_: list[Any] = [data]
    while open_:
        here = open_.pop()
        for one in here.values() if isinstance(here, dict) else here:
            if isinstance(one, str):
                yield one
            elif isinstance(one, dict | list):
                open_.append(one)


def _is_time(text: str) -> bool:
    try:
        end_of(text).astimezone(UTC)
    except (ValueError, OverflowError):
        return False
    return True


def _timed(draft: Draft, context: Context) -> tuple[str, ...]:
    """Name the rules whose sentences are others an odd while later."""
    if not draft.problems:
        return ()
    again = Draft(draft.file, draft.path, draft.source, draft.record)
    judging.judge(again, replace(context, as_of=later(context.as_of, _ODD)))

    def said(one: Draft) -> dict[str, list[Problem]]:
        told: dict[str, list[Problem]] = {}
        for rule, problem in one.problems:
            told.setdefault(rule.slug, []).append(problem)
        return told

    before, after = said(draft), said(again)
    return tuple(rule.slug for rule in RULES if before.get(rule.slug) != after.get(rule.slug))
