"""Verdicts: what became of each thing that a record has to carry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from mkdocs_hotfix import obligations
from mkdocs_hotfix.findings import Problem
from mkdocs_hotfix.policy import Policy, pointer
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Rule

State = Literal[
    "met",
    "missing",
    "failed",
    "stale",
    "waived",
    "waiver-expired",
    "due",
    "overdue",
    "not-due",
    "not-applicable",
]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What became of one requirement of one record.

    Attributes:
        need: As the policy names it: `evidence.smoke-test`.
        title: As people name it.
        state: The verdict.
        since: The status that first needs it; empty where none does.
        problems: What was found against it.
        deadline: When evidence that may be owed is due.
    """

    need: str
    title: str
    state: State
    since: str
    problems: tuple[Problem, ...]
    deadline: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether something is to be mended: what is not due, or owed and not late, is not.

        Nor is a failed test that the status does not need: one on the way to the next try, or the one that led to a rollback.
        """
        if self.state == "failed":
            return bool(self.problems)
        return self.state in ("missing", "stale", "overdue", "waiver-expired")


def verdicts(
    one: Record,
    policy: Policy,
    as_of: datetime,
    problems: Sequence[tuple[Rule, Problem]],
    waived: frozenset[str],
) -> Iterator[Verdict]:
    """Say what became of each obligation and each kind of evidence. The only place where that is decided.

    Args:
        one: The record.
        policy: The policy.
        as_of: The time that counts as now.
        problems: What was found in it, without what a valid waiver covers.
        waived: The requirements of which a valid waiver covers something.
    """
    owed = {obligation.need: obligation for obligation in obligations.owed(one, policy, as_of)}
    debts = {obligation.need: obligation for obligation in obligations.debts(one, policy)}
    ended = bool(policy.statuses[one.status].branches_from)
    run_out = {waiver.requirement for waiver in one.waivers if as_of >= waiver.ends}
    for need in dict.fromkeys((*(f"evidence.{kind}" for kind in policy.kinds), *owed)):
        obligation = owed.get(need) or debts.get(need)
        place = pointer(need)
        against = tuple((rule, problem) for rule, problem in problems if problem.pointer[: len(place)] == place)
        # A rule without a word of its own has found that something about it is not true.
        states = {rule.makes or "failed" for rule, _ in against if rule.makes or rule.fixed}
        state: State
        if "failed" in states or one.value((*place, "result")) == "failed":
            state = "failed"
        elif "stale" in states:
            state = "stale"
        elif need in waived:
            state = "waived"
        elif states:
            state = "waiver-expired" if need in run_out else "overdue" if "overdue" in states else "missing"
        elif one.is_unclear(place):
            state = "missing"  # something stands there, and nobody can tell what it says
        elif one.carries(place) and _is_whole(one, policy, need):
            state = "met"
        elif obligation and obligation.deadline:
            state = "due"
        elif obligation:
            state = "missing"
        else:
            state = "not-applicable" if ended else "not-due"
        yield Verdict(
            need,
            policy.title_of(need),
            state,
            obligation.since if obligation else "",
            tuple(problem for _, problem in against),
            obligation.deadline if obligation else None,
        )


def _is_whole(one: Record, policy: Policy, need: str) -> bool:
    """Tell whether evidence says all that its kind asks for, even where no status asks for it yet."""
    kind = policy.kinds.get(need.removeprefix("evidence.")) if need.startswith("evidence.") else None
    evidence = one.evidence.get(kind.id) if kind else None
    if kind is None or evidence is None:
        return True
    return not obligations.lacking(kind, evidence) and (bool(evidence.reports) or not kind.report)
