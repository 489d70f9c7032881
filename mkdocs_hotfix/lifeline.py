"""The life of a hotfix, step by step."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from mkdocs_hotfix import sla, times
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a record's life."""

    at: datetime
    what: str
    main: bool
    delta: str


def steps(record: Record, policy: Policy) -> Iterator[Step]:
    """Tell a record's life in the order of time, each step with the time since the report."""
    raw: list[tuple[datetime, int, str, bool]] = []

    def add(at: datetime, what: str, *, main: bool = False) -> None:
        raw.append((at, len(raw), what, main))

    if record.reported:
        add(record.reported.at, f"Reported by {record.reported.by}", main=True)
    if record.triage:
        decided = "fix now" if record.triage.decision == "hotfix" else "plan it with the other work"
        add(record.triage.at, f"Triage: {decided}")
    proven = sla.restored(record, policy)
    for kind in policy.kinds.values():
        found = record.evidence.get(kind.id)
        if found is None:
            continue
        words = {"passed": f"{kind.title}: passed", "failed": f"{kind.title}: failed"}.get(found.result, kind.title)
        add(
            found.at,
            words,
            main=found.at == proven
            and found.environment != ""
            and policy.accepts(kind, found.environment)
            and kind.due is not None
            and found.result == "passed",
        )
    for approval in record.approvals:
        add(approval.at, f"Approved by {approval.by}")
    if record.deployed:
        add(record.deployed.at, f"{record.release.version or 'The fix'} deployed to production by {record.deployed.by}")
    if record.rollback:
        add(record.rollback.at, f"Rolled back by {record.rollback.by}", main=True)
    if record.withdrawn:
        add(record.withdrawn.at, f"Withdrawn by {record.withdrawn.by}", main=True)
    review = record.value(("review", "at"))
    if isinstance(review, str):
        add(times.read(review), "Reviewed")
    start = record.reported.at if record.reported else None
    for at, _, what, main in sorted(raw):
        delta = f"+{times.spell(at - start)}" if start and at > start else ""
        yield Step(at, what, main, delta)
