"""What the records say about the process: numbers with their denominators, computed from one report.

The words are those of DORA (failed deployment recovery time, change fail rate, rework rate; dora.dev, "DORA's software
delivery performance metrics") and of service levels. Medians, not means: one long outage must not hide the rest.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from mkdocs_hotfix import sla
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.releases import Release
from mkdocs_hotfix.sla import Clock
from mkdocs_hotfix.verdicts import Verdict

MONTHS = 12
"""How far back the figures look: this month and those before it."""

ROLLING = 5
"""How many hotfixes the rolling median looks at."""


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; without a whole there is nothing to say."""

    part: int
    whole: int

    @property
    def percent(self) -> int | None:
        """The part in hundredths, rounded down, so that only all of it is 100."""
        return 100 * self.part // self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Month:
    """The promises of the hotfixes reported in one month (`2026-04`)."""

    name: str
    met: int
    missed: int
    running: int


@dataclass(frozen=True, slots=True)
class Restored:
    """One hotfix that restored service.

    Attributes:
        at: When it was reported.
        taken: From the report to the proof in production.
        missed: Whether that was longer than promised.
        median: The median of this one and those before it, up to `ROLLING`.
    """

    judged: Judged
    at: datetime
    taken: timedelta
    missed: bool
    median: timedelta


@dataclass(frozen=True, slots=True)
class Speed:
    """How fast service was restored for one severity."""

    severity: str
    title: str
    promised: timedelta | None
    restored: tuple[Restored, ...]
    median: timedelta | None


@dataclass(frozen=True, slots=True)
class Load:
    """A release or a sprint, the hotfixes of it, and their hours."""

    name: str
    hotfixes: tuple[str, ...]
    hours: float = 0


@dataclass(frozen=True, slots=True)
class Proof:
    """One hotfix in the evidence matrix: a verdict for each kind."""

    judged: Judged
    verdicts: tuple[Verdict, ...]


@dataclass(frozen=True, slots=True)
class Metrics:
    """All figures of one report, over the last twelve months.

    Attributes:
        since: The first day that counts.
        until: The time that counts as now.
        records: The hotfixes reported since, newest first.
        kept: Promises to restore that were kept, of those that are decided.
        months: One for each month, empty ones included.
        speeds: One for each severity with a promise, in the policy's order.
        proven: Ended hotfixes with every piece of evidence, of all that went through to the end.
        waived: How many requirements were waived.
        proofs: The evidence matrix, newest hotfix first.
        releases: Official releases with their hotfixes; those without one only where the releases are listed.
        sprints: Sprints with their hours, empty ones in between included.
        hours: Unplanned hours, and how many hotfixes have told theirs.
        tracked: See `hours`.
        untold: How many have not told theirs yet; those that ended without a fix never will.
        recovery: DORA's failed deployment recovery time: the median over all severities.
        failed: DORA's change fail rate; nothing where the releases are not listed.
        rework: DORA's rework rate; nothing where the releases are not listed.
    """

    since: datetime
    until: datetime
    records: tuple[Judged, ...]
    kept: Share
    months: tuple[Month, ...]
    speeds: tuple[Speed, ...]
    proven: Share
    waived: int
    proofs: tuple[Proof, ...]
    releases: tuple[Load, ...]
    sprints: tuple[Load, ...]
    hours: float
    tracked: int
    untold: int
    recovery: timedelta | None
    failed: Share | None
    rework: Share | None


def measure(report: Report, releases: Sequence[Release] = ()) -> Metrics:
    """Compute every figure of a report. Records under embargo count nowhere.

    Args:
        report: What the gate found.
        releases: The official releases, as far as they are known.
    """
    policy, now = report.policy, report.as_of.astimezone(UTC)
    months = _months(now)
    since = datetime.strptime(months[0], "%Y-%m").replace(tzinfo=UTC)
    chosen = sorted(
        (
            (one.record.reported.at, one.name, one)
            for one in report.published
            if one.record and one.record.reported and since <= one.record.reported.at <= now
        ),
        key=lambda row: row[:2],
    )
    judged = [one for _, _, one in chosen]
    records = [one.record for one in judged if one.record]
    clocks = {record.id: sla.restore(record, policy, now) for record in records}
    decided = [clock for clock in clocks.values() if clock and clock.state != "running"]
    speeds = tuple(_speeds(judged, policy, clocks))
    last = policy.lifecycle()[-1].id
    closed = [one for one in judged if one.record and one.record.status == last]
    hours = [_hours(record) for record in records]
    official = [one for one in releases if one.at is None or since.date() <= one.at <= now.date()]
    taken = [one.taken for speed in speeds for one in speed.restored]
    return Metrics(
        since=since,
        until=now,
        records=tuple(reversed(judged)),
        kept=Share(sum(clock.state == "met" for clock in decided), len(decided)),
        months=tuple(_month(name, records, clocks) for name in months),
        speeds=speeds,
        proven=Share(sum(all(one.state == "met" for one in this.evidence) for this in closed), len(closed)),
        waived=sum(one.state == "waived" for this in judged for one in this.verdicts),
        proofs=tuple(Proof(one, one.evidence) for one in reversed(judged) if one.verdicts),
        releases=tuple(_by_release(records, official)),
        sprints=tuple(_by_sprint(records)),
        hours=sum(one for one in hours if one is not None),
        tracked=sum(one is not None for one in hours),
        untold=sum(_hours(one) is None and not policy.statuses[one.status].branches_from for one in records),
        recovery=_median(taken),
        failed=_failed(records, official),
        rework=_rework(records, official),
    )


def _months(now: datetime) -> list[str]:
    count = now.year * 12 + now.month - 1
    return [f"{one // 12:04}-{one % 12 + 1:02}" for one in range(max(count - MONTHS + 1, 12), count + 1)]


def _month(name: str, records: Iterable[Record], clocks: dict[str, Clock | None]) -> Month:
    states = [
        clock.state
        for record in records
        if record.reported
        and record.reported.at.astimezone(UTC).strftime("%Y-%m") == name
        and (clock := clocks[record.id])
    ]
    return Month(name, states.count("met"), states.count("missed"), states.count("running"))


def _speeds(judged: Sequence[Judged], policy: Policy, clocks: dict[str, Clock | None]) -> Iterator[Speed]:
    for severity in policy.severities.values():
        found: list[Restored] = []
        for one in judged:
            record = one.record
            proven = sla.restored(record, policy) if record and record.severity == severity.id else None
            if record is None or record.reported is None or proven is None:
                continue
            taken = proven - record.reported.at
            clock = clocks[record.id]
            recent = [*(before.taken for before in found[-(ROLLING - 1) :]), taken]
            found.append(
                Restored(
                    one, record.reported.at, taken, bool(clock and clock.state == "missed"), _median(recent) or taken
                )
            )
        if found or severity.restore is not None:
            median = _median([one.taken for one in found])
            yield Speed(severity.id, severity.title, severity.restore, tuple(found), median)


def _median(lengths: Sequence[timedelta]) -> timedelta | None:
    return timedelta(seconds=statistics.median(one.total_seconds() for one in lengths)) if lengths else None


def _hours(record: Record) -> float | None:
    hours = record.value(("work", "hours"))
    return hours if isinstance(hours, (int, float)) else None


def _by_release(records: Iterable[Record], official: Sequence[Release]) -> Iterator[Load]:
    loads: dict[str, list[Record]] = {one.version: [] for one in official}
    for record in records:
        if record.release.base:
            loads.setdefault(record.release.base, []).append(record)
    for name in sorted(loads, key=in_order):
        yield Load(name, tuple(one.id for one in loads[name]), sum(_hours(one) or 0 for one in loads[name]))


def _by_sprint(records: Iterable[Record]) -> Iterator[Load]:
    """Group by sprint. Where sprints are numbered, those in between without a hotfix are listed, too."""
    loads: dict[str, list[Record]] = {}
    for record in records:
        sprint = record.value(("work", "sprint"))
        if isinstance(sprint, str) and sprint:
            loads.setdefault(sprint, []).append(record)
    names = sorted(loads, key=in_order)
    for index, name in enumerate(names):
        for empty in _between(names[index - 1], name) if index else ():
            yield Load(empty, ())
        yield Load(name, tuple(one.id for one in loads[name]), sum(_hours(one) or 0 for one in loads[name]))


_NUMBERED = re.compile(r"(.*?)([0-9]{1,6})\Z", re.DOTALL)
_MOST_EMPTY = 60


def _between(one: str, other: str) -> Iterator[str]:
    first, second = _NUMBERED.match(one), _NUMBERED.match(other)
    if first and second and first[1] == second[1]:
        low, high = int(first[2]), int(second[2])
        for number in range(low + 1, high) if high - low <= _MOST_EMPTY else ():
            yield (
                f"{first[1]}{number:0{len(second[2])}}"
                if second[2].startswith("0")
                else f"{first[1]}{number:0{len(first[2])}}"
            )


def in_order(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sort names as people do: `4.9` before `4.10`."""
    parts = (part for part in re.split(r"([0-9]+)", name) if part)
    return tuple((0, int(part)) if part.isdecimal() and part.isascii() else (1, part) for part in parts)


def _deployed(records: Iterable[Record]) -> list[Record]:
    return [one for one in records if one.deployed is not None]


def _failed(records: Sequence[Record], official: Sequence[Release]) -> Share | None:
    """Deployments that needed a hotfix or were rolled back, of all deployments."""
    if not official:
        return None
    deployed = _deployed(records)
    needed = {one.release.base for one in deployed}
    bad = sum(one.version in needed for one in official) + sum(one.rollback is not None for one in deployed)
    return Share(bad, len(official) + len(deployed))


def _rework(records: Sequence[Record], official: Sequence[Release]) -> Share | None:
    """Unplanned deployments, of all deployments."""
    deployed = _deployed(records)
    return Share(len(deployed), len(official) + len(deployed)) if official else None
