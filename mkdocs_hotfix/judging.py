"""One record on its way through the gate: read, judged by each rule, and given its findings and verdicts."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from pathlib import Path

from mkdocs_hotfix import obligations, record, source, sparing
from mkdocs_hotfix.findings import Finding, Level, Pointer, Problem, Span, cap, left_out, visible
from mkdocs_hotfix.paths import display
from mkdocs_hotfix.policy import Policy, pointer
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.reports import TestReport
from mkdocs_hotfix.rule import Context, Rule
from mkdocs_hotfix.rules import BY_SLUG, RULES
from mkdocs_hotfix.rules.reports import path_outside
from mkdocs_hotfix.schema import MAX_PROBLEMS
from mkdocs_hotfix.source import Source
from mkdocs_hotfix.verdicts import Verdict, verdicts

MAX_FINDINGS = 100
"""How many findings of one record are told."""


@dataclass(frozen=True, slots=True)
class Filed:
    """A report as a page shows it.

    Attributes:
        text: The path as the record writes it.
        report: What it says; nothing where it can not be read.
        signer: Who has signed it, if the policy trusts somebody who did.
    """

    text: str
    report: TestReport | None
    signer: str


@dataclass(frozen=True)
class Judged:
    """One file of the records folder, judged.

    Attributes:
        path: The file, as people see it.
        record: The record; `None` when the file can not be read or does not tell its status.
        findings: What was found in it, by place.
        known: What was found, too, and is in the baseline.
        judge: Gives the verdicts.
        reports: Opens the reports of a kind of evidence.
    """

    file: Path
    path: str
    source: Source = field(repr=False)
    record: Record | None
    findings: tuple[Finding, ...] = ()
    known: tuple[Finding, ...] = ()
    judge: Callable[[], Iterable[Verdict]] = field(default=tuple, repr=False, compare=False)
    reports: Callable[[str], tuple[Filed, ...]] = field(default=lambda _kind: (), repr=False, compare=False)

    @cached_property
    def verdicts(self) -> tuple[Verdict, ...]:
        """One for each kind of evidence and each other obligation. Only pages ask: a check does without the time they take."""
        return tuple(self.judge())

    @property
    def name(self) -> str:
        """The record's id, or the file's name without its ending."""
        return self.record.id if self.record else self.file.stem

    @cached_property
    def evidence(self) -> tuple[Verdict, ...]:
        """The verdicts on evidence, in the policy's order."""
        return tuple([one for one in self.verdicts if one.need.startswith("evidence.")])

    @property
    def errors(self) -> int:
        """How many findings fail the gate."""
        return sum(one.level is Level.ERROR for one in self.findings)


@dataclass
class Draft:
    """A record on its way through the gate."""

    file: Path
    path: str
    source: Source
    record: Record | None = None
    problems: list[tuple[Rule, Problem]] = field(default_factory=list)
    waived: frozenset[str] = frozenset()

    def add(self, rule: Rule, problem: Problem) -> None:
        """Take in what a rule has found; nothing is said about what can not be read."""
        assert self.record is not None  # noqa: S101 - rules look at records
        if not self.record.is_unclear(problem.pointer):
            self.problems.append((rule, problem))

    def let_go(self, context: Context) -> None:
        """Keep of a record that is all right only what rules compare; the rest is read again should anybody ask."""
        one = self.record
        if one is None or self.problems or one.waivers or not self.source.digest:
            return
        again = self.source = sparing.again(self.file, self.source.digest)
        if isinstance(one.data, sparing.Sparse):
            self.record = replace(one, source=again)
        else:
            near = sparing.near(one.data)
            self.record = sparing.sparse(one.file, one.path, one.root, near, again, lambda: again.value(()))
        context.dossier.let_go(one)

    def finish(self, context: Context, levels: Mapping[str, Level | None]) -> Judged:
        """Give each problem its level and place, and each requirement its verdict."""
        name = self.record.id if self.record else self.file.stem
        findings = []
        for rule, problem in self.problems:
            level = levels.get(rule.slug, rule.level)
            if level is not None:
                span = place(self.source, problem)
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
                        problem.fix,
                    )
                )
        one = self.record
        judge = partial(verdicts, one, context.policy, context.as_of, self.problems, self.waived) if one else tuple
        return Judged(
            self.file,
            self.path,
            self.source,
            self.record,
            tuple(sorted(_capped(findings), key=lambda f: f.sort_key)),
            judge=judge,
            reports=partial(_reports, one, context) if one else _no_reports,
        )


def _capped(findings: Sequence[Finding]) -> Sequence[Finding]:
    """Keep as many as a person would read, errors before all others, and say how many are left out."""
    if len(findings) <= MAX_FINDINGS:
        return findings
    *kept, last = sorted(findings, key=lambda one: (one.level is not Level.ERROR, one.sort_key))[:MAX_FINDINGS]
    return [*kept, replace(last, help=(*last.help, left_out(len(findings) - MAX_FINDINGS)))]


def _reports(record: Record, context: Context, kind: str) -> tuple[Filed, ...]:
    """Open what evidence of a kind names, and see who has signed it."""
    evidence = record.evidence.get(kind)
    return tuple(
        Filed(opened.text, opened.report, context.signer(record, opened))
        for opened in (context.dossier.of(record, evidence) if evidence else ())
    )


def _no_reports(_kind: str) -> tuple[Filed, ...]:
    return ()


def place(read_as: Source, problem: Problem) -> Span:
    """Tell where in a file a problem is shown."""
    if problem.span:
        return problem.span
    if problem.near and len(problem.pointer) > 0 and not read_as.has(problem.pointer[:1]):
        return read_as.span(problem.near, "value")
    return read_as.span(problem.pointer, problem.on)


def read(file: Path, policy: Policy, instead: bytes | None = None) -> Draft:
    """Read one file. What is wrong with the file or its shape is among the problems, and the rest can still be judged.

    Args:
        file: The file.
        policy: The policy.
        instead: What it would hold, if that is to be judged.
    """
    path = visible(display(file))
    if os.path.islink(file):  # noqa: PTH114 - in a quarter of the time
        link = Problem(
            "This is a symbolic link, and links in the records folder are not followed",
            help=("Put the file itself here.",),
            span=Span(1, 1, 1, 1),
        )
        return Draft(file, path, Source(None), problems=[(path_outside, link)])
    return understand(file, path, source.read(file) if instead is None else source.parse(instead), policy)


def understand(file: Path, path: str, read_as: Source, policy: Policy) -> Draft:
    """Make a draft of what a file holds, or once held."""
    draft = Draft(file, path, read_as)
    draft.problems += [(BY_SLUG[problem.slug], problem) for problem in read_as.problems]
    if read_as.data is None:
        return draft
    departures = policy.shape.departures(read_as)
    draft.problems += [(BY_SLUG[problem.slug], problem) for problem in cap(departures, MAX_PROBLEMS)]
    # Also of what is not told: what has no shape must not be judged.
    unclear = frozenset(part for problem in departures for part in _parts(problem))
    if ("status",) not in unclear:
        draft.record = record.build(file, path, root_of(file, policy), read_as.data, read_as, unclear)
    return draft


def judge(draft: Draft, context: Context, only: Sequence[str] | None = None) -> None:
    """Let every rule about one record look at it, or only those with these slugs."""
    one = draft.record
    if one is None:
        return
    for rule in RULES if only is None else map(BY_SLUG.__getitem__, only):
        if rule.check:
            for problem in rule.check(one, context):
                draft.add(rule, problem)


def compare(drafts: Iterable[Draft], context: Context) -> None:
    """Let every rule that compares records look at all of them."""
    of = {id(draft.record): draft for draft in drafts if draft.record}
    for one, rule, problem in compared([draft.record for draft in of.values() if draft.record], context):
        of[id(one)].add(rule, problem)


def compared(records: Sequence[Record], context: Context) -> Iterator[tuple[Record, Rule, Problem]]:
    """Yield what the rules that compare records find in these."""
    for rule in RULES:
        if rule.corpus:
            for one, problem in rule.corpus(records, context):
                yield one, rule, problem


def waive(draft: Draft, context: Context) -> None:
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


def root_of(file: Path, policy: Policy) -> Path:
    """A record may name what lies in the docs folder; one that lies elsewhere, what lies beside it."""
    return _root(os.path.split(file)[0], os.fspath(policy.root), os.getcwd())


@lru_cache(maxsize=1 << 8)
def _root(folder: str, root: str, _here: str) -> Path:
    """Thousands of records lie in a few folders: each is asked about once. Relative paths depend on where we are."""
    top = os.path.abspath(root)
    is_inside = os.path.join(os.path.abspath(folder), "").startswith(os.path.join(top, ""))
    return Path(top if is_inside else folder)
