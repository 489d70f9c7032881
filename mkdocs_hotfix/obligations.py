"""What a record owes: which requirements its status, severity and triage bring with them, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from mkdocs_hotfix.policy import Policy, pointer

if TYPE_CHECKING:
    from mkdocs_hotfix.findings import Pointer
    from mkdocs_hotfix.record import Record


@dataclass(frozen=True, slots=True)
class Obligation:
    """One thing that a record must carry.

    Attributes:
        need: As the policy names it: `work.owner`, `evidence.smoke-test`, `approvals`.
        since: The status that first needs it; empty for a requirement by condition.
        because: Why, in the policy's words; empty for a status.
    """

    need: str
    since: str
    because: str = ""

    @property
    def pointer(self) -> Pointer:
        """Where in the record it belongs."""
        return pointer(self.need)

    @property
    def kind(self) -> str:
        """The kind of evidence, or nothing."""
        return self.need.removeprefix("evidence.") if self.need.startswith("evidence.") else ""


def owed(record: Record, policy: Policy) -> tuple[Obligation, ...]:
    """List what a record must carry for what it claims, each once, in the order of the lifecycle."""
    found: dict[str, Obligation] = {}
    reached = policy.reached(record.status)
    for status in reached:
        for need in status.needs:
            found.setdefault(need, Obligation(need, status.id))
    facts = {
        "status": {status.id for status in reached},
        "severity": {record.severity},
        "service": {record.service},
        "decision": {record.triage.decision if record.triage else ""},
    }
    for rule in policy.requirements:
        if all(facts[key].intersection(values) for key, values in rule.when.items()):
            for need in rule.needs:
                found.setdefault(need, Obligation(need, "", rule.because))
    return tuple(found.values())


def step_back(policy: Policy, obligation: Obligation, status: str) -> str:
    """Name the last status that a record may claim without this; nothing where there is none."""
    reached = [one.id for one in policy.reached(status)]
    since = obligation.since or reached[-1]
    index = reached.index(since)
    return reached[index - 1] if index else ""
