"""What an earlier run has found in records that have not changed, and in which nothing changes by waiting.

A record is remembered when its bytes and those of all its reports decide everything that is said about it. So nothing is
kept of a record that can not be read, whose shape is wrong or of which a report is missing. Where a sentence names the time,
its rule is asked again. Where a moment is so near that a clock of the policy may run out meanwhile, every rule is, and only
the reading of the record and of its reports is spared. Rules that compare records look at remembered ones as at all others.
"""

from __future__ import annotations

import hashlib
import json
import os
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import datetime, timedelta
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from mkdocs_hotfix import judging, record, source, times
from mkdocs_hotfix.findings import Problem, Span, visible
from mkdocs_hotfix.judging import Draft
from mkdocs_hotfix.paths import display, read_regular
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.quiet import quiet_time
from mkdocs_hotfix.reports import Case, TestReport
from mkdocs_hotfix.rule import Context
from mkdocs_hotfix.rules import BY_SLUG, RULES
from mkdocs_hotfix.sparing import Near, later, near, sparse

_ORDER = {rule.slug: number for number, rule in enumerate(RULES)}
_ODD = timedelta(days=1, hours=1, minutes=1, seconds=1)


class Known(NamedTuple):
    """What is remembered of a report: the path as written, SHA-256 of its bytes and of what it says, and how much that was."""

    text: str
    digest: str
    content: str
    elements: int


@dataclass(frozen=True)
class Entry:
    """What is remembered of one record.

    Attributes:
        digest: SHA-256 of its file.
        quiet: From when until when time changes nothing but such sentences; seconds since 1970. No time at all for one in
            which a clock may run: that has to be summed up anew from its first moment on.
        timed: The rules that such sentences come from.
        reports: What is remembered of each report that it names.
        problems: What the rules about one record have found, each with the rule's slug, and with its place.
        near: What rules compare.
        packed: Its front matter and, where a clock may run, all that its reports say; packed, since few records are asked for it.
    """

    digest: str
    quiet: tuple[float, float]
    timed: tuple[str, ...]
    reports: tuple[Known, ...]
    problems: tuple[tuple[str, Problem], ...]
    near: Near
    packed: bytes | memoryview

    @classmethod
    def of(cls, draft: Draft, context: Context) -> Entry | None:
        """Sum up a draft that was judged alone; nothing where bytes do not decide everything that is said about it."""
        one, data = draft.record, draft.source.data
        if one is None or one.unclear or not draft.source.digest or data is None:
            return None
        named = (opened for evidence in one.evidence.values() for opened in context.dossier.of(one, evidence))
        reports = [(opened, opened.report) for opened in named if opened.report]
        if len(reports) < sum(len(evidence.reports) for evidence in one.evidence.values()):
            return None
        quiet = quiet_time(data, [report for _, report in reports], context)
        runs = quiet[0] == quiet[1]
        elements = context.dossier.elements
        return cls(
            draft.source.digest,
            quiet,
            () if runs else _timed(draft, context),
            tuple(Known(it.text, of.sha256, of.content, elements(it.place.file)) for it, of in reports),
            tuple((rule.slug, replace(one, span=judging.place(draft.source, one))) for rule, one in draft.problems),
            near(data),
            pack(data, [report for _, report in reports] if runs else []),
        )

    @cached_property
    def unpacked(self) -> tuple[dict[str, Any], tuple[TestReport, ...]]:
        """The front matter, and the reports where a clock may run; else none."""
        data, reports = json.loads(zlib.decompress(self.packed))
        return data, tuple([_report(one) for one in reports])

    def is_quiet(self, context: Context) -> bool:
        """Tell whether time changes nothing now."""
        return self.quiet[0] <= context.as_of.timestamp() < self.quiet[1]

    def may_run(self, context: Context) -> bool:
        """Tell whether a clock may run in it now, so that every rule has to be asked."""
        return self.quiet[0] == self.quiet[1] > context.as_of.timestamp()

    def draft(self, file: Path, context: Context, *, anew: bool, sparing: bool = False) -> Draft | None:
        """Make the draft; nothing where the file or a report holds other bytes.

        Args:
            file: The record's file.
            context: What rules may know.
            anew: Whether to ask every rule.
            sparing: Whether what rules compare is enough of a record about which nothing is asked anew.
        """
        raw = _bytes(file)
        if raw is None or hashlib.sha256(raw).hexdigest() != self.digest:
            return None
        root = judging.root_of(file, context.policy)
        dossier = context.dossier
        for known in self.reports:
            place = dossier.place(known.text, file, root)
            if place.trouble or dossier.digest(place.file) != known.digest:
                return None
            dossier.remember(place.file, known.content)
        path = visible(display(file))
        read_as = later(self.digest, lambda: source.known(raw, self.digest, self.unpacked[0]))
        if sparing and not anew and not self.timed:
            draft = Draft(file, path, read_as, sparse(file, path, root, self.near, read_as, self._data))
            draft.problems = [(BY_SLUG[slug], problem) for slug, problem in self.problems]
            return draft
        data, reports = self.unpacked
        for known, report in zip(self.reports, reports, strict=False):  # all of them, or none
            dossier.take(dossier.place(known.text, file, root).file, report, known.elements)
        draft = Draft(file, path, read_as, record.build(file, path, root, data, read_as))
        judging.judge(draft, context, None if anew else self.timed)
        if anew:
            return draft
        places = {(problem.pointer, problem.on, problem.near): problem.span for _, problem in self.problems}
        # To find a place again the file would have to be read again.
        timed = [(rule, replace(one, span=places.get((one.pointer, one.on, one.near)))) for rule, one in draft.problems]
        stored = ((BY_SLUG[slug], problem) for slug, problem in self.problems if slug not in self.timed)
        draft.problems = sorted([*stored, *timed], key=lambda told: _ORDER[told[0].slug])
        return draft

    def _data(self) -> Mapping[str, Any]:
        return self.unpacked[0]

    def written(self) -> bytes:
        """Write it: how long the next part is, in four bytes; what is asked of every record, as JSON; and what is packed."""
        problems = [(slug, _plain(problem)) for slug, problem in self.problems]
        head = _json([self.digest, self.quiet, self.timed, self.reports, problems, self.near])
        return len(head).to_bytes(_SIZE) + head + self.packed

    @classmethod
    def read(cls, written: bytes) -> Entry:
        """Read what `written` has written."""
        end = _SIZE + int.from_bytes(written[:_SIZE])
        digest, (start, stop), timed, reports, problems, (fields, evidence) = json.loads(written[_SIZE:end])
        told = tuple([(slug, _problem(problem)) for slug, problem in problems])
        filed = tuple([Known(*one) for one in reports])
        return cls(digest, (start, stop), tuple(timed), filed, told, (fields, evidence), memoryview(written)[end:])


_SIZE = 4


def pack(data: Mapping[str, Any], reports: Sequence[TestReport]) -> bytes:
    """Pack the front matter and reports: thousands of them wait for the end of a run."""
    return zlib.compress(_json([data, [asdict(one) for one in reports]]), 1)


def _json(value: Any) -> bytes:
    return json.dumps(value, separators=(",", ":"), default=datetime.isoformat).encode()


def _plain(problem: Problem) -> dict[str, Any]:
    values = ((one.name, getattr(problem, one.name), one.default) for one in fields(problem))
    return {name: value for name, value, default in values if value != default}


def _problem(told: Mapping[str, Any]) -> Problem:
    return Problem(**{**_tuples(told), **({"span": Span(*told["span"])} if "span" in told else {})})


def _report(told: Mapping[str, Any]) -> TestReport:
    moments = {name: told[name] and datetime.fromisoformat(told[name]) for name in _MOMENTS}
    cases = {name: tuple(Case(**one) for one in told[name]) for name in _CASES}
    return TestReport(**{**_tuples(told), **moments, **cases})


_MOMENTS = ("started", "finished", "started_local", "finished_local")
_CASES = ("failing", "slowest")


def _tuples(told: Mapping[str, Any]) -> dict[str, Any]:
    """Undo what JSON does to tuples."""
    return {name: tuple(value) if isinstance(value, list) else value for name, value in told.items()}


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

    def recall(self, file: Path, context: Context, *, sparing: bool = False) -> Draft | None:
        """Make the draft of a record as it was judged; nothing where anything is not as it was. `sparing` as in `Entry.draft`."""
        key = _key(file, context.policy)
        written = self.entries.get(key)
        entry = Entry.read(written) if written else None
        if written is None or entry is None or not (entry.is_quiet(context) or entry.may_run(context)):
            return None
        draft = entry.draft(file, context, anew=not entry.is_quiet(context), sparing=sparing)
        if draft is not None:
            self.kept[key] = written
        return draft

    def keep(self, draft: Draft, context: Context) -> None:
        """Remember a draft that was judged alone and not yet compared with others, if it may be remembered."""
        entry = Entry.of(draft, context)
        if entry is not None:
            self.kept[_key(draft.file, context.policy)] = entry.written()

    def take(self, file: Path, written: bytes, context: Context, *, sparing: bool = False) -> Draft | None:
        """Make the draft of a record that a worker has judged just now; nothing where its file has changed since."""
        draft = Entry.read(written).draft(file, context, anew=False, sparing=sparing)
        if draft is not None:
            self.kept[_key(file, context.policy)] = written
        return draft


def _key(file: Path, policy: Policy) -> str:
    folder, name = os.path.split(file)
    return os.path.join(_below(folder, os.fspath(policy.root), os.getcwd()), name)


@lru_cache(maxsize=1 << 8)
def _below(folder: str, root: str, _here: str) -> str:
    """Thousands of records lie in a few folders: each is asked about once. Relative paths depend on where we are."""
    return os.path.relpath(folder or ".", root)


def _bytes(file: Path) -> bytes | None:
    try:
        held = read_regular(file, source.MAX_BYTES)
    except OSError:
        return None
    return held if held is not None and len(held) <= source.MAX_BYTES else None


def _timed(draft: Draft, context: Context) -> tuple[str, ...]:
    """Name the rules whose sentences are others an odd while later."""
    if not draft.problems:
        return ()
    again = Draft(draft.file, draft.path, draft.source, draft.record)
    judging.judge(again, replace(context, as_of=times.later(context.as_of, _ODD)))

    def said(one: Draft) -> dict[str, list[Problem]]:
        told: dict[str, list[Problem]] = {}
        for rule, problem in one.problems:
            told.setdefault(rule.slug, []).append(problem)
        return told

    before, after = said(draft), said(again)
    return tuple(rule.slug for rule in RULES if before.get(rule.slug) != after.get(rule.slug))
