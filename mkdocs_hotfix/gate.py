"""The gate: paths to a report of records, verdicts, findings and an exit code."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from mkdocs_hotfix import obligations, record, schema, source
from mkdocs_hotfix.findings import Finding, Level, Pointer, Problem, SetupError, Span, visible
from mkdocs_hotfix.paths import display, find
from mkdocs_hotfix.policy import Policy, pointer
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, Rule
from mkdocs_hotfix.rules import BY_SLUG, RULES
from mkdocs_hotfix.rules.reports import path_outside
from mkdocs_hotfix.schema import guess
from mkdocs_hotfix.source import Source
from mkdocs_hotfix.verdicts import Verdict, verdicts


@dataclass(frozen=True)
class Judged:
    """One file of the records folder, judged.

    Attributes:
        path: The file, as people see it.
        record: The record; `None` when the file can not be read or does not tell its status.
        findings: What was found in it, by place.
        verdicts: One for each kind of evidence and each other obligation.
    """

    file: Path
    path: str
    source: Source = field(repr=False)
    record: Record | None
    findings: tuple[Finding, ...] = ()
    verdicts: tuple[Verdict, ...] = ()

    @property
    def name(self) -> str:
        """The record's id, or the file's name without its ending."""
        return self.record.id if self.record else self.file.stem

    @property
    def evidence(self) -> tuple[Verdict, ...]:
        """The verdicts on evidence, in the policy's order."""
        return tuple(one for one in self.verdicts if one.need.startswith("evidence."))

    @property
    def errors(self) -> int:
        """How many findings fail the gate."""
        return sum(one.level is Level.ERROR for one in self.findings)


@dataclass(frozen=True)
class Report:
    """All that the gate found in one run."""

    policy: Policy
    as_of: datetime
    judged: tuple[Judged, ...]

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """Every finding, by file and place."""
        return tuple(sorted((one for judged in self.judged for one in judged.findings), key=lambda f: f.sort_key))

    def count(self, level: Level) -> int:
        """Count the findings of one level."""
        return sum(one.level is level for one in self.findings)

    @cached_property
    def published(self) -> tuple[Judged, ...]:
        """The files that the site may show. A record under embargo is judged like all others and shown nowhere."""
        return tuple(one for one in self.judged if not (one.record and one.record.is_embargoed(self.as_of)))

    @cached_property
    def embargoed(self) -> frozenset[str]:
        """The ids that no page may name."""
        return frozenset(one.name for one in self.judged if one.record and one.record.is_embargoed(self.as_of))

    @property
    def records(self) -> int:
        """How many files were judged."""
        return len(self.judged)

    @property
    def summary(self) -> str:
        """The one line that ends every run: `41 records, 3 errors`."""
        parts = [_plural(self.records, "record"), _plural(self.count(Level.ERROR), "error")]
        parts += [_plural(self.count(one), one.value) for one in (Level.WARNING, Level.NOTE) if self.count(one)]
        return ", ".join(parts)

    def exit_code(self, *, strict: bool = False) -> int:
        """Return 1 if the gate is closed, else 0. With `strict`, warnings close it too."""
        return int(bool(self.count(Level.ERROR) or (strict and self.count(Level.WARNING))))


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def now(given: str | None = None, environment: Mapping[str, str] = os.environ) -> datetime:
    """Tell what counts as now: what was given, else `SOURCE_DATE_EPOCH`, else the clock. In UTC.

    Raises:
        SetupError: One of the two is not a time.
    """
    if given is not None:
        try:
            return schema.time(given).astimezone(UTC)
        except (ValueError, OverflowError):
            raise SetupError(
                f"--as-of is not a time with its zone: `{visible(given)}`. Write it as `2026-11-23T03:40:00Z`."
            ) from None
    epoch = environment.get("SOURCE_DATE_EPOCH", "")
    if epoch:
        try:
            return datetime.fromtimestamp(int(epoch), UTC)
        except (ValueError, OverflowError, OSError):
            raise SetupError(f"SOURCE_DATE_EPOCH is not a number of seconds: `{visible(epoch)}`.") from None
    return datetime.now(UTC).replace(microsecond=0)


def check(policy: Policy, as_of: datetime, paths: Sequence[Path] | None = None) -> Report:
    """Judge records.

    Args:
        policy: The policy.
        as_of: The time that counts as now.
        paths: Files, and folders of files; `None` for the policy's records folder. Rules that compare records
            look at the whole records folder all the same; only what was asked for is reported.

    Raises:
        SetupError: A path or the records folder does not exist, or the policy names a rule that does not.
    """
    levels = _levels(policy)
    if paths is None and not policy.records.exists():
        raise SetupError(
            f"{policy.place('records')} the records folder {display(policy.records)} does not exist. Make it, or correct `records`."
        )
    everything = list(find(policy.records)) if policy.records.is_dir() or paths is None else []
    if paths is None:
        chosen = everything
    else:
        chosen = sorted({file for path in paths for file in find(path)})
        inside = {os.path.abspath(file) for file in everything}
        if not any(os.path.abspath(file) in inside for file in chosen):
            everything = []
    context = Context(policy, as_of)
    wanted = {os.path.abspath(file) for file in chosen}
    files = {os.path.abspath(file): file for file in (*everything, *chosen)}
    drafts = {key: _judge(file, context) for key, file in files.items()}
    _compare(drafts, context)
    for draft in drafts.values():
        _waive(draft, context)
    judged = (draft.finish(policy, as_of, levels) for key, draft in drafts.items() if key in wanted)
    return Report(policy, as_of, tuple(sorted(judged, key=lambda one: one.path)))


def _levels(policy: Policy) -> Mapping[str, Level | None]:
    levels: dict[str, Level | None] = {}
    for slug, level in policy.levels.items():
        where = policy.place("levels", slug)
        if slug not in BY_SLUG:
            meant = guess(slug, BY_SLUG)
            raise SetupError(
                f"{where} `{slug}` is no rule."
                + (f" Did you mean `{meant}`?" if meant else " `hotfix rule` lists them.")
            )
        if BY_SLUG[slug].fixed and level != "error":
            raise SetupError(
                f"{where} `{slug}` stays an error: what can not be read can not be judged. Delete the line."
            )
        levels[slug] = None if level == "off" else Level(level)
    return levels


# -- one record --------------------------------------------------------------------------------------------


@dataclass
class _Draft:
    """A record on its way through the gate."""

    file: Path
    path: str
    source: Source
    record: Record | None = None
    problems: list[tuple[Rule, Problem]] = field(default_factory=list)
    waived: frozenset[str] = frozenset()

    def finish(self, policy: Policy, as_of: datetime, levels: Mapping[str, Level | None]) -> Judged:
        name = self.record.id if self.record else self.file.stem
        findings = []
        for rule, problem in self.problems:
            level = levels.get(rule.slug, rule.level)
            if level is not None:
                span = _place(self.source, problem)
                findings.append(
                    Finding(
                        rule.code,
                        rule.slug,
                        level,
                        self.path,
                        name,
                        span,
                        problem.pointer,
                        problem.message,
                        problem.help,
                        problem.label,
                    )
                )
        found = tuple(verdicts(self.record, policy, as_of, self.problems, self.waived)) if self.record else ()
        return Judged(
            self.file,
            self.path,
            self.source,
            self.record,
            tuple(sorted(findings, key=lambda f: f.sort_key)),
            found,
        )


def _place(read_as: Source, problem: Problem) -> Span:
    if problem.span:
        return problem.span
    if problem.near and len(problem.pointer) > 0 and not read_as.has(problem.pointer[:1]):
        return read_as.span(problem.near, "value")
    return read_as.span(problem.pointer, problem.on)


def _judge(file: Path, context: Context) -> _Draft:
    policy, path = context.policy, visible(display(file))
    if file.is_symlink():
        link = Problem(
            "This is a symbolic link, and links in the records folder are not followed",
            help=("Put the file itself here.",),
            span=Span(1, 1, 1, 1),
        )
        return _Draft(file, path, Source(None), problems=[(path_outside, link)])
    read_as = source.read(file)
    draft = _Draft(file, path, read_as)
    draft.problems += [(BY_SLUG[problem.slug], problem) for problem in read_as.problems]
    data = read_as.data
    if data is None:
        return draft
    departures = policy.shape.check(read_as)
    draft.problems += [(BY_SLUG[problem.slug], problem) for problem in departures]
    unclear = frozenset(part for problem in departures for part in _parts(problem))
    if ("status",) in unclear:
        return draft
    draft.record = record.build(file, path, _root(file, policy), data, read_as.body, unclear)
    for rule in RULES:
        if rule.check:
            for problem in rule.check(draft.record, context):
                if not draft.record.is_unclear(problem.pointer):
                    draft.problems.append((rule, problem))
    return draft


def _waive(draft: _Draft, context: Context) -> None:
    """Take away what a valid waiver covers. What is not true can not be waived."""
    if draft.record is None or not draft.record.waivers:
        return
    covered = {pointer(need): need for need in obligations.waived(draft.record, context.policy, context.as_of)}
    kept = []
    for rule, problem in draft.problems:
        need = next((need for place, need in covered.items() if problem.pointer[: len(place)] == place), None)
        if need is not None and rule.waivable and not problem.untrue:
            draft.waived |= {need}
        else:
            kept.append((rule, problem))
    draft.problems = kept


def _parts(problem: Problem) -> Iterator[Pointer]:
    """Name the parts of a record that a wrong shape makes unclear: a whole field, or one kind of evidence."""
    for place in (problem.pointer, problem.meant):
        if place:
            yield place[:2] if place[0] == "evidence" else place[:1]


def _root(file: Path, policy: Policy) -> Path:
    """A record may name what lies in the docs folder; one that lies elsewhere, what lies beside it."""
    root = Path(os.path.abspath(policy.root))
    return root if root in Path(os.path.abspath(file)).parents else file.parent


def _compare(drafts: Mapping[str, _Draft], context: Context) -> None:
    of = {id(draft.record): draft for draft in drafts.values() if draft.record}
    records = [draft.record for draft in of.values() if draft.record]
    for rule in RULES:
        if rule.corpus:
            for one, problem in rule.corpus(records, context):
                if not one.is_unclear(problem.pointer):
                    of[id(one)].problems.append((rule, problem))
