"""The list of all hotfixes: a row for each, with what it is searched, filtered and sorted by. Knows no host."""

from __future__ import annotations

import re
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import groupby

from mkdocs_hotfix import sla
from mkdocs_hotfix.figures import Figure
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.sla import Clock
from mkdocs_hotfix.times import month, spell
from mkdocs_hotfix.verdicts import Verdict

SPLIT = 500
"""More records than this are shown year by year: a longer table costs a browser too much at each key stroke."""

FIRST = 100
"""How many of the newest the first page shows where there is one for each year."""

_LOOKS = {"running": 0, "missed": 1, "met": 2, "none": 3}
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Row:
    """One hotfix of the list.

    Attributes:
        judged: The record and what was found in it.
        record: The same record, which is there.
        clock: Its promise; nothing where none was made.
        evidence: The evidence it is measured by.
        met: How much of that is there and good.
        hours: Unplanned hours; nothing where they are not told.
        at: When it was reported, in UTC.
        bad: Whether it claims more than it proves.
        open: Whether it is on its way: neither at the end nor out of the process.
        attention: Whether somebody has to look at it now.
    """

    judged: Judged
    record: Record
    clock: Clock | None
    evidence: tuple[Verdict, ...]
    met: int
    hours: float | None
    at: datetime
    bad: bool
    open: bool
    attention: bool

    @property
    def sla(self) -> str:
        """What became of the promise, as the filter has it."""
        return self.clock.state if self.clock else "none"

    def orders(self, policy: Policy) -> dict[str, float]:
        """Tell the place of this row under each heading that sorts by a number."""
        reported = self.record.reported
        return {
            "status": _rank(self.record.status, policy.statuses),
            "severity": _rank(self.record.severity, policy.severities),
            "sla": _LOOKS[self.sla] * 1_000_000 + (round(self.clock.taken / _HOUR * 60) if self.clock else 0),
            "evidence": round(self.met / len(self.evidence), 4) if self.evidence else -1,
            "reported": int(reported.at.timestamp()) if reported else 0,
            "hours": -1 if self.hours is None else self.hours,
        }


def _rank(value: str, values: Mapping[str, object]) -> int:
    return [*values].index(value) if value in values else len(values)


def rows(report: Report, newest: Iterable[Judged], attention: Container[str]) -> tuple[Row, ...]:
    """Make the rows of the list.

    Args:
        report: What the gate found.
        newest: The records to be shown, in their order.
        attention: The names of those that somebody has to look at.
    """
    return tuple(_row(one, one.record, report, attention) for one in newest if one.record is not None)


def _row(judged: Judged, record: Record, report: Report, attention: Container[str]) -> Row:
    evidence = tuple(one for one in judged.evidence if one.state != "not-applicable")
    hours = record.value(("work", "hours"))
    return Row(
        judged,
        record,
        sla.restore(record, report.policy, report.as_of),
        evidence,
        sum(one.state == "met" for one in evidence),
        hours if isinstance(hours, int | float) else None,
        (record.reported.at if record.reported else report.as_of).astimezone(UTC),
        bad=judged.errors > 0,
        open=record.status != report.policy.lifecycle()[-1].id
        and not report.policy.statuses[record.status].branches_from,
        attention=judged.name in attention,
    )


@dataclass(frozen=True, slots=True)
class Period:
    """A stretch of time with a page of its own: its name in addresses, its title, and how many hotfixes it has."""

    name: str
    title: str
    count: int


def periods(rows: Sequence[Row]) -> tuple[Period, ...]:
    """List the years that get a page of their own, newest first; none where one page is enough.

    A year that is too long for one page is parted into quarters, and such a quarter into months.
    """
    return tuple(_parted(rows, 0)) if len(rows) > SPLIT else ()


def _parted(rows: Sequence[Row], level: int) -> Iterator[Period]:
    name = _NAMES[level]
    for key, found in groupby(sorted(rows, key=lambda row: name(row.at), reverse=True), lambda row: name(row.at)):
        part = tuple(found)
        if len(part) > SPLIT and level + 1 < len(_NAMES):
            yield from _parted(part, level + 1)
        else:
            yield Period(key, title(key), len(part))


def _quarter(at: datetime) -> str:
    return f"{at:%Y}-q{(at.month + 2) // 3}"


_NAMES: tuple[Callable[[datetime], str], ...] = ("{:%Y}".format, _quarter, "{:%Y-%m}".format)


def title(name: str) -> str:
    """Write a period as people do: `2026`, `July to September 2026`, `July 2026`."""
    if not re.fullmatch(r"[0-9]{4}-(q[1-4]|0[1-9]|1[0-2])", name):
        return name
    year, _, part = name.partition("-")
    if part.startswith("q"):
        last = int(part[1:]) * 3
        first = month(datetime(int(year), last - 2, 1, tzinfo=UTC)).split()[0]
        return f"{first} to {month(datetime(int(year), last, 1, tzinfo=UTC))}"
    return month(datetime(int(year), int(part), 1, tzinfo=UTC))


def by_period(rows: Sequence[Row]) -> Mapping[str, tuple[Row, ...]]:
    """Group the rows by each year (`2026`), quarter (`2026-q3`) and month (`2026-07`)."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        for name in _NAMES:
            found.setdefault(name(row.at), []).append(row)
    return {name: tuple(those) for name, those in found.items()}


def first(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Choose the rows of the first page: all of them where one page is enough, else the newest and what needs somebody."""
    if len(rows) <= SPLIT:
        return tuple(rows)
    return tuple(row for index, row in enumerate(rows) if index < FIRST or row.attention)[:SPLIT]


def figures(shown: Sequence[Row]) -> list[Figure]:
    """Count what lacks evidence and what is open: the state of this hour, beside the figures of the year."""
    bad = sum(one.bad for one in shown)
    still = [one for one in shown if one.open and not one.bad]
    whole = f"of {len(shown)}"
    what = "record claims more than it proves" if bad == 1 else "records claim more than they prove"
    left = _left(still)
    made = [
        Figure(str(bad), what, f"{whole}; target 0", "bad" if bad else "good"),
        Figure(
            str(len(still)),
            "open hotfix" if len(still) == 1 else "open hotfixes",
            f"{whole}; {left}" if left else whole,
        ),
    ]
    return made if shown else []


def _left(still: Sequence[Row]) -> str:
    """Say how long the first promise of those still open holds."""
    left = [one.clock.promised - one.clock.taken for one in still if one.clock and not one.clock.ended]
    if not left:
        return ""
    first = min(left)
    return f"{spell(first)} left on the first SLA" if first >= timedelta() else f"the SLA was missed {spell(first)} ago"
