"""The clock of a hotfix: how long until service was restored, and what was promised."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.times import later


@dataclass(frozen=True, slots=True)
class Clock:
    """A promise and what became of it.

    Attributes:
        state: Whether it was kept, was not, or the clock still runs.
        promised: The time promised.
        taken: The time it took; while it runs, the time since the report.
        due: When the promise ends.
        ended: Whether the clock has stopped.
    """

    state: Literal["met", "missed", "running"]
    promised: timedelta
    taken: timedelta
    due: datetime
    ended: bool


def restored(record: Record, policy: Policy) -> datetime | None:
    """Tell when the fix was proven in production: the first evidence that the policy orders after the deployment."""
    for chain in policy.order:
        if "deployed" in chain:
            for need in chain[chain.index("deployed") + 1 :]:
                kind = need.removeprefix("evidence.")
                if kind in record.evidence and kind in policy.kinds and policy.kinds[kind].is_test:
                    found = record.evidence[kind]
                    return found.at if found.result == "passed" else None
                break
    return None


def restore(record: Record, policy: Policy, as_of: datetime) -> Clock | None:
    """Compare the time to restore (report to proof in production) with what the severity promises.

    Returns:
        Nothing where there is no promise, or where the record ended without a fix.
    """
    severity = policy.severities.get(record.severity)
    if record.reported is None or severity is None or severity.restore is None:
        return None
    proven = restored(record, policy)
    if proven is None and policy.statuses[record.status].branches_from:
        return None
    return _clock(record.reported.at, proven, severity.restore, as_of)


def triage(record: Record, policy: Policy, as_of: datetime) -> Clock | None:
    """Compare the time to triage (report to decision) with what the severity promises."""
    severity = policy.severities.get(record.severity)
    if record.reported is None or severity is None or severity.triage is None:
        return None
    if record.triage is None and policy.statuses[record.status].branches_from:
        return None
    return _clock(record.reported.at, record.triage.at if record.triage else None, severity.triage, as_of)


def _clock(start: datetime, end: datetime | None, promised: timedelta, as_of: datetime) -> Clock:
    taken = (end or as_of) - start
    kept = taken <= promised
    state: Literal["met", "missed", "running"] = ("met" if kept else "missed") if end or not kept else "running"
    return Clock(state, promised, taken, later(start, promised), end is not None)
