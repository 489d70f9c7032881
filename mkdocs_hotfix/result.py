"""What the gate says in the end: records, findings, counts and an exit code."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from mkdocs_hotfix.baseline import Entry
from mkdocs_hotfix.findings import Finding, Level, shorten
from mkdocs_hotfix.judging import Judged
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.rule import Rule
from mkdocs_hotfix.rules import RULES


@dataclass(frozen=True, slots=True)
class Extent:
    """What a report is about that looked only at changes: how many of how many records have changed since when."""

    since: str
    changed: int
    total: int

    def __str__(self) -> str:
        """Write it as the start of a sentence."""
        number = f"{self.changed:,}" if self.changed else "None"
        return f"{number} of {_plural(self.total, 'record')} changed since {shorten(self.since, 100)}"


@dataclass(frozen=True)
class Report:
    """All that the gate found in one run.

    Attributes:
        policy: The policy.
        as_of: The time that counted as now.
        judged: Each file with what was found in it.
        extent: What was looked at, where it was only changes.
        strict: Whether warnings close the gate, too.
        outdated: Entries of the baseline, of records looked at, for which nothing was found.
    """

    policy: Policy
    as_of: datetime
    judged: tuple[Judged, ...]
    extent: Extent | None = None
    strict: bool = False
    outdated: tuple[Entry, ...] = ()

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

    @cached_property
    def known(self) -> int:
        """How many findings are in the baseline and so not among these."""
        return sum(len(one.known) for one in self.judged)

    @property
    def summary(self) -> str:
        """The one line that ends every run: `41 records, 3 errors`."""
        parts = [
            str(self.extent) if self.extent else _plural(self.records, "record"),
            _plural(self.count(Level.ERROR), "error"),
        ]
        parts += [_plural(self.count(one), one.value) for one in (Level.WARNING, Level.NOTE) if self.count(one)]
        parts += [f"{self.known:,} known"] if self.known else []
        return ", ".join(parts) + self.by

    @property
    def by(self) -> str:
        """By whose policy, where it is that of a revision, as the end of a sentence."""
        return f", by the policy of {self.policy.taken.revision}" if self.policy.taken else ""

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules that found something, known or not, in the order of the manual."""
        slugs = {one.slug for judged in self.judged for one in (*judged.findings, *judged.known)}
        return tuple(rule for rule in RULES if rule.slug in slugs)

    def closes(self, finding: Finding) -> bool:
        """Tell whether a finding closes the gate."""
        return finding.level is Level.ERROR or (self.strict and finding.level is Level.WARNING)

    def exit_code(self, *, strict: bool = False) -> int:
        """Return 1 if the gate is closed, else 0. With `strict`, warnings close it too."""
        strict = strict or self.strict
        return int(bool(self.count(Level.ERROR) or (strict and self.count(Level.WARNING))))


def _plural(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"
