"""The list of all hotfixes: a row for each, with what it is searched, filtered and sorted by. Knows no host."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

from mkdocs_hotfix import sla
from mkdocs_hotfix.figures import Figure
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.sla import Clock
from mkdocs_hotfix.times import spell
from mkdocs_hotfix.verdicts import Verdict

SPLIT = 500
"""More records than this are shown year by year: a longer table costs a browser too much at each key stroke."""

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
        year: In which it was reported.
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
    year: int
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
        (record.reported.at if record.reported else report.as_of).year,
        bad=judged.errors > 0,
        open=record.status != report.policy.lifecycle()[-1].id
        and not report.policy.statuses[record.status].branches_from,
        attention=judged.name in attention,
    )


def years(shown: Sequence[Row]) -> tuple[int, ...]:
    """List the years that get a page of their own, newest first; none where one page is enough."""
    return tuple(sorted({one.year for one in shown}, reverse=True)) if len(shown) > SPLIT else ()


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
    return f"{spell(first)} left" if first >= timedelta() else f"the SLA was missed {spell(first)} ago"
