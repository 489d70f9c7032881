"""What a record owes: which requirements its status, severity and triage bring with them, and why."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from mkdocs_hotfix.policy import Kind, Policy, pointer
from mkdocs_hotfix.times import later

if TYPE_CHECKING:
    from mkdocs_hotfix.findings import Pointer
    from mkdocs_hotfix.parts import Evidence
    from mkdocs_hotfix.record import Record


@dataclass(frozen=True)
class Obligation:
    """One thing that a record must carry.

    Attributes:
        need: As the policy names it: `work.owner`, `evidence.smoke-test`, `approvals`.
        since: The status that first needs it; empty for a requirement by condition.
        because: Why, in the policy's words; empty for a status.
        deadline: When evidence that may be owed after the deployment was, or is, due; only where no status needs it yet.
    """

    need: str
    since: str
    because: str = ""
    deadline: datetime | None = None

    @cached_property
    def pointer(self) -> Pointer:
        """Where in the record it belongs."""
        return pointer(self.need)

    @cached_property
    def kind(self) -> str:
        """The kind of evidence, or nothing."""
        return self.need.removeprefix("evidence.") if self.need.startswith("evidence.") else ""


@lru_cache(maxsize=1 << 4)
def owed(record: Record, policy: Policy, as_of: datetime) -> tuple[Obligation, ...]:
    """List what a record must carry for what it claims, each once, in the order of the lifecycle. Six rules ask it in turn.

    Evidence that may be owed for a while after the deployment is on the list from its deadline on.
    """
    due = (one for one in debts(record, policy) if one.deadline and as_of >= one.deadline)
    return (*_claimed(record, policy).values(), *due)


def debts(record: Record, policy: Policy) -> tuple[Obligation, ...]:
    """List the evidence that a deployed record owes by a deadline, and that its status does not need yet."""
    if record.deployed is None or policy.statuses[record.status].branches_from:
        return ()
    claimed = _claimed(record, policy)
    return tuple(
        Obligation(need, "", deadline=later(record.deployed.at, kind.due))
        for kind in policy.kinds.values()
        if kind.due is not None and (need := f"evidence.{kind.id}") not in claimed
    )


def _claimed(record: Record, policy: Policy) -> Mapping[str, Obligation]:
    decision = record.triage.decision if record.triage else ""
    return _claims(policy, record.status, record.severity, record.service, decision)


@lru_cache(maxsize=1 << 8)
def _claims(policy: Policy, status_id: str, severity: str, service: str, decision: str) -> Mapping[str, Obligation]:
    """List what a claim needs, by need. A dozen rules ask it of each record, and records with one claim are many."""
    found: dict[str, Obligation] = {}
    reached = policy.reached(status_id)
    last = [status.id for status in reached if not status.branches_from][-1]
    for status in reached:
        # `due: 2h` puts off what the deployment itself asks for, and nothing that a later status does.
        put_off = policy.may_be_due if status.id == last and "deployed" in status.needs else frozenset()
        for need in status.needs:
            if need in put_off:
                continue
            found.setdefault(need, Obligation(need, status.id))
    facts = {
        "status": {status.id for status in reached},
        "severity": {severity},
        "service": {service},
        "decision": {decision},
    }
    for rule in policy.requirements:
        if all(facts[key].intersection(values) for key, values in rule.when.items()):
            for need in rule.needs:
                found.setdefault(need, Obligation(need, "", rule.because))
    return found


def lacking(kind: Kind, evidence: Evidence) -> list[str]:
    """Name what a piece of evidence must say by its kind and does not, a report left aside."""
    wanted = [*(["result"] if kind.is_test else []), *(["environment"] if kind.environment else []), *kind.needs]
    return [name for name in dict.fromkeys(wanted) if evidence.data.get(name) in (None, "", [], {})]


def step_back(record: Record, policy: Policy, as_of: datetime, obligation: Obligation) -> str:
    """Name the last status that a record may claim without this; nothing where going back would not be true or not help.

    What has gone to production can not go back to a status before that, and what is overdue stays so.
    """
    reached = [one.id for one in policy.reached(record.status)]
    index = reached.index(obligation.since or reached[-1])
    back = reached[index - 1] if index else ""
    if not back:
        return ""
    claimed = policy.reached(back)
    if record.deployed is not None and not any("deployed" in one.needs for one in claimed):
        return ""
    still = {one.need for one in owed(record.claiming(back), policy, as_of)}
    return "" if obligation.need in still else back


def open_still(
    record: Record, policy: Policy, as_of: datetime, obligation: Obligation, question: str = "Not done yet?"
) -> tuple[str, ...]:
    """Say how a record can be published while something is open: by its status or, for evidence, by a waiver."""
    back = step_back(record, policy, as_of, obligation)
    if back:
        return (f"{question} Set `status: {back}` and publish the record while it is open.",)
    if not obligation.kind:
        return ()
    roles = " or ".join(policy.approver_roles)
    return (f"It can not be had? A {roles} may waive `{obligation.need}`.",)


def own(record: Record, policy: Policy, person: str) -> tuple[str, ...]:
    """Name the fields of the record by which a person may not sign it: `work.owner`, if they are the owner."""
    named = ((need, record.value(pointer(need))) for need in policy.approvals_not_by)
    return tuple(need for need, value in named if isinstance(value, str) and same_person(value, person))


def waived(record: Record, policy: Policy, as_of: datetime) -> frozenset[str]:
    """Name the requirements that a valid waiver covers: in time, by somebody of the role, and not their own work."""
    return frozenset(
        one.requirement
        for one in record.waivers
        if one.at <= as_of < one.ends and one.by in policy.approver_roles[one.role] and not own(record, policy, one.by)
    )


def same_person(one: str, other: str) -> bool:
    """Tell whether two names are one person's: upper and lower case, and blanks, make no other one."""
    return _folded(one) == _folded(other)


def _folded(name: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", name).casefold().split())
