"""What a rule is: a code, a name, a page, and a function that yields problems."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeAlias

from mkdocs_hotfix.dossier import Dossier, Opened
from mkdocs_hotfix.findings import Level, Problem
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.signatures import ENDING, SignatureError, Signatures
from mkdocs_hotfix.witness import Repository


@dataclass(frozen=True, slots=True)
class Context:
    """What a rule may know besides the record.

    Attributes:
        policy: The policy.
        as_of: The time that counts as now.
        dossier: Opens the reports that records name, each once.
        repository: The Git repository of the records, where the policy or `--git` asks for it.
        signatures: Verifies bundles beside reports, where the policy names who may sign.
    """

    policy: Policy
    as_of: datetime
    dossier: Dossier = field(default_factory=Dossier)
    repository: Repository | None = None
    signatures: Signatures | None = None

    def signer(self, record: Record, opened: Opened) -> str:
        """Name who has signed a report, if that is somebody whom the policy trusts; else nobody."""
        if self.signatures is None or opened.report is None:
            return ""
        bundle = self.dossier.place(opened.text + ENDING, record.file, record.root)
        if bundle.trouble:
            return ""
        try:
            return self.signatures.verify(bundle.file, opened.report.sha256)
        except SignatureError:
            return ""


@dataclass(frozen=True, slots=True)
class Change:
    """One record before and after a change.

    Attributes:
        before: As it was; nothing in a new record.
        after: As it is; nothing in a deleted one.
        reports: The kinds of evidence of which a report holds other bytes than before, or is gone.
    """

    before: Record | None
    after: Record | None
    reports: frozenset[str] = frozenset()


Check: TypeAlias = Callable[[Record, Context], Iterator[Problem]]
CorpusCheck: TypeAlias = Callable[[Sequence[Record], Context], Iterator[tuple[Record, Problem]]]
HistoryCheck: TypeAlias = Callable[[Change, Context], Iterator[Problem]]


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule of the gate.

    Attributes:
        code: Family and number, never reused: `EVD301`.
        slug: The name that people and scripts use, never reused: `missing-evidence`.
        page: The manual page, Markdown; its first paragraph says what is wrong.
        check: Judges one record; nothing for rules that the reader or the schema speaks for.
        corpus: Judges all records together.
        makes: The verdict on a requirement at which this rule finds something.
        history: Judges how a record changed, with `--changed-since`.
        with_policy: Whether that is asked with `--policy-from` where the policy has changed, and only there.
        waivable: Whether a waiver of the requirement ends it; what is untrue is never waived.
        level: How bad it is unless the policy says otherwise.
        fixed: Whether its level stays `error`: what can not be read can not be waved through.
    """

    code: str
    slug: str
    page: str
    check: Check | None = None
    corpus: CorpusCheck | None = None
    history: HistoryCheck | None = None
    with_policy: bool = False
    makes: str = ""
    fixed: bool = False
    waivable: bool = False
    level: Level = Level.ERROR

    @property
    def summary(self) -> str:
        """The first paragraph of the page, on one line."""
        return " ".join(self.page.split("\n\n", 1)[0].split())


def told_by_reader(code: str, slug: str, page: str) -> Rule:
    """Make a rule whose problems come from the reader or the schema."""
    return Rule(code, slug, inspect.cleandoc(page), fixed=True)


def judges_record(
    code: str, *, makes: str = "", fixed: bool = False, waivable: bool = False, level: Level = Level.ERROR
) -> Callable[[Check], Rule]:
    """Make a rule of a function that judges one record. Its name is the slug, its docstring the page."""
    return lambda check: Rule(
        code,
        _slug(check),
        inspect.getdoc(check) or "",
        check=check,
        makes=makes,
        fixed=fixed,
        waivable=waivable,
        level=level,
    )


def judges_corpus(code: str, *, makes: str = "", fixed: bool = False) -> Callable[[CorpusCheck], Rule]:
    """Make a rule of a function that judges all records together."""
    return lambda check: Rule(code, _slug(check), inspect.getdoc(check) or "", corpus=check, makes=makes, fixed=fixed)


def judges_history(
    code: str, *, with_policy: bool = False, level: Level = Level.ERROR
) -> Callable[[HistoryCheck], Rule]:
    """Make a rule of a function that judges how a record changed."""
    return lambda check: Rule(
        code, _slug(check), inspect.getdoc(check) or "", history=check, with_policy=with_policy, level=level
    )


def _slug(function: Callable[..., object]) -> str:
    return function.__name__.replace("_", "-")
