"""Which hotfixes need somebody now, and why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from mkdocs_hotfix import sla, times
from mkdocs_hotfix.gate import Judged, Report


@dataclass(frozen=True, slots=True)
class Attention:
    """A hotfix that needs somebody: how urgent it is (0 most), a word for it, and a sentence."""

    judged: Judged
    rank: int
    word: str
    what: str


def needed(report: Report) -> list[Attention]:
    """List the hotfixes that somebody has to look at now, the most urgent first. Records under embargo are not named."""
    return sorted(_attention(report), key=lambda one: (one.rank, one.judged.name))


def _attention(report: Report) -> Iterator[Attention]:
    policy, last = report.policy, report.policy.lifecycle()[-1].id
    for judged in report.published:
        record = judged.record
        if record is None:
            continue
        lacking = [
            one for one in judged.evidence if one.state in ("missing", "failed", "stale", "overdue", "waiver-expired")
        ]
        if judged.errors:
            what = (
                f"{len(lacking)} of {len(judged.evidence)} pieces of evidence {'is' if len(lacking) == 1 else 'are'} missing"
                if lacking
                else f"{judged.errors} {'thing is' if judged.errors == 1 else 'things are'} wrong in the record"
            )
            yield Attention(judged, 0, "Evidence missing" if lacking else "Needs attention", what)
        elif record.status != last and not policy.statuses[record.status].branches_from:
            clock = sla.restore(record, policy, report.as_of)
            triage = sla.triage(record, policy, report.as_of)
            owed = [one for one in judged.evidence if one.state == "due" and one.deadline]
            if clock and not clock.ended and clock.state == "missed":
                yield Attention(
                    judged, 1, "Late", f"{times.spell(clock.taken - clock.promised)} longer than promised so far"
                )
            elif triage and not triage.ended and triage.state == "missed":
                yield Attention(
                    judged, 1, "Late", f"not triaged, {times.spell(triage.taken - triage.promised)} late so far"
                )
            elif clock and not clock.ended:
                yield Attention(judged, 2, "In progress", f"{times.spell(clock.promised - clock.taken)} left")
            elif owed:
                first = min(one.deadline for one in owed if one.deadline)
                names = ", ".join(one.title for one in owed)
                yield Attention(judged, 2, "Owed", f"{names}, due {times.moment(first)}")
            else:
                yield Attention(judged, 3, "Open", policy.statuses[record.status].title.lower())
