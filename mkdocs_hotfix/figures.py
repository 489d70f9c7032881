"""Metrics as people read them: each question with an answer in a sentence, a drawing, and the data."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import MAXYEAR, UTC, datetime, timedelta
from functools import cached_property

from mkdocs_hotfix import charts, times
from mkdocs_hotfix.charts import Chart, Dot, Stack
from mkdocs_hotfix.metrics import ROLLING, Load, Metrics, Proof, Share, Speed

TARGET = 90
"""How many of a hundred promises should be kept: what service levels commonly ask for."""

COLUMNS = 40
"""How many hotfixes the evidence matrix shows besides those that lack evidence."""

BARS = 24
"""How many releases and sprints are drawn, the newest ones; the table beside the drawing has all."""

_NAMED = 6
_HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Figure:
    """One key figure: its value, what it counts, what it is to be compared with, and whether that is good."""

    value: str
    what: str
    note: str
    look: str = ""


class Figures:
    """The drawings and sentences of one set of metrics."""

    bars = BARS

    def __init__(self, metrics: Metrics) -> None:
        self.metrics = metrics

    @property
    def span(self) -> str:
        """The time that is looked at: `December 2025 to November 2026`."""
        return f"{times.month(self.metrics.since)} to {times.month(self.metrics.until)}"

    @cached_property
    def keys(self) -> list[Figure]:
        """The few numbers that everybody asks for."""
        m = self.metrics
        made = [_share(m.kept, "restored within SLA", f"target {TARGET} %", good=TARGET)]
        for speed in m.speeds[:1]:
            good = speed.median is not None and speed.promised is not None and speed.median <= speed.promised
            made.append(
                Figure(
                    times.spell(speed.median) if speed.median is not None else "-",
                    f"median time to restore, {speed.title.lower()}",
                    f"{_count(len(speed.restored), 'hotfix', 'hotfixes')}; "
                    + (f"promised {times.spell(speed.promised)}" if speed.promised else "nothing promised"),
                    "" if speed.median is None or speed.promised is None else "good" if good else "bad",
                )
            )
        made.append(self.proof)
        each = (
            f"{_number(m.hours / m.tracked)} h each, of {_count(m.tracked, 'hotfix', 'hotfixes')}"
            if m.tracked
            else "none tracked"
        )
        made.append(Figure(f"{_number(m.hours)} h", "unplanned work", each))
        return made

    @cached_property
    def proof(self) -> Figure:
        """The share of closed hotfixes that carry all their evidence."""
        return _share(
            self.metrics.proven,
            "closed hotfixes fully proven",
            "; ".join(filter(None, ("target 100 %", _waived(self.metrics.waived)))),
            good=100,
        )

    # -- do we meet the SLA? -------------------------------------------------------------------------------

    @cached_property
    def sla(self) -> Chart:
        """Promises kept and missed, by the month of the report."""
        return charts.bars(
            [
                Stack(
                    times.short_month(one.name),
                    ((one.met, "good"), (one.missed, "bad"), (one.running, "open")),
                    f"{one.name}: {one.met} met, {one.missed} missed, {one.running} running",
                )
                for one in self.metrics.months
            ]
        )

    @property
    def sla_answer(self) -> str:
        """Say how many promises were kept."""
        kept = self.metrics.kept
        running = sum(one.running for one in self.metrics.months)
        more = f" {_count(running, 'is', 'are')} still running." if running else ""
        if not kept.whole:
            return f"No promise was to be kept in this time.{more}"
        lost = kept.whole - kept.part
        missed = [one.name for one in self.metrics.months if one.missed]
        last = (
            f", {'the last one ' if lost > 1 else ''}reported in {times.month(datetime.strptime(missed[-1], '%Y-%m').replace(tzinfo=UTC))}"
            if missed
            else ""
        )
        rest = f" {_count(lost, 'did', 'did')} not{last}." if lost else " Nobody had to wait longer than promised."
        return f"{kept.part} of {kept.whole} hotfixes met it.{rest}{more}"

    # -- how fast do we restore service? -------------------------------------------------------------------

    def speed(self, speed: Speed) -> Chart:
        """One dot for each hotfix of a severity, and the rolling median."""
        start, end = self.metrics.since, _month_after(self.metrics.until)
        length = (end - start) / timedelta(seconds=1)
        points = [
            Dot(
                (one.at - start) / timedelta(seconds=1) / length,
                one.taken / _HOUR,
                "bad" if one.missed else "dot",
                f"{one.judged.name}: {times.spell(one.taken)}",
                one.median / _HOUR,
            )
            for one in speed.restored
        ]
        target = (speed.promised / _HOUR, f"Promised {times.spell(speed.promised)}") if speed.promised else None
        return charts.dots(points, target, [times.short_month(one.name) for one in self.metrics.months], " h")

    def speed_answer(self, speed: Speed) -> str:
        """Say how fast service was restored."""
        promised = f", and {times.spell(speed.promised)} are promised" if speed.promised is not None else ""
        if speed.median is None:
            return f"No {speed.title.lower()} hotfix restored service in this time{promised}."
        last = (
            f" The median of the last {min(ROLLING, len(speed.restored))} is {times.spell(speed.restored[-1].median)}."
        )
        return f"{speed.title}: half of {_count(len(speed.restored), 'hotfix', 'hotfixes')} took {times.spell(speed.median)} or less{promised}.{last}"

    # -- is every fix proven? ------------------------------------------------------------------------------

    @property
    def proof_answer(self) -> str:
        """Say how many hotfixes carry all their evidence."""
        proven = self.metrics.proven
        said = (
            f"{proven.part} of {proven.whole} closed hotfixes carry every piece of evidence."
            if proven.whole
            else "No hotfix was closed in this time."
        )
        return f"{said} {_waived(self.metrics.waived).capitalize()}." if self.metrics.waived else said

    @cached_property
    def proofs(self) -> tuple[Proof, ...]:
        """Choose the columns of the evidence matrix: the newest hotfixes, and every one that lacks evidence."""
        return tuple(
            one
            for index, one in enumerate(self.metrics.proofs)
            if index < COLUMNS or any(verdict.is_open for verdict in one.verdicts)
        )

    def proven(self, kind: str) -> str:
        """Say of how many hotfixes that need a kind of evidence it is there."""
        states = [
            verdict.state
            for one in self.metrics.proofs
            for verdict in one.verdicts
            if verdict.need == f"evidence.{kind}"
        ]
        needed = [state for state in states if state not in ("not-due", "not-applicable")]
        return f"{needed.count('met')} of {len(needed)}" if needed else "-"

    # -- which releases needed hotfixes, and what do they cost? --------------------------------------------

    @cached_property
    def releases(self) -> Chart:
        """Hotfixes by official release."""
        return charts.bars([_stack(one, len(one.hotfixes), "hotfixes") for one in self.metrics.releases[-BARS:]])

    @property
    def releases_answer(self) -> str:
        """Name the release that needed most, and those that needed none."""
        loads = self.metrics.releases
        if not loads:
            return "No release needed a hotfix in this time."
        most = max(loads, key=lambda one: len(one.hotfixes))
        none = [one.name for one in loads if not one.hotfixes]
        said = f"{most.name} needed {_count(len(most.hotfixes), 'hotfix', 'hotfixes')}"
        if none:
            return f"{said}, {_listed(none)} none."
        return f"{said}, {'the most' if len(loads) > 1 else 'and is the only one here'}."

    @cached_property
    def sprints(self) -> Chart:
        """Unplanned hours by sprint."""
        return charts.bars([_stack(one, one.hours, "hours") for one in self.metrics.sprints[-BARS:]])

    @property
    def sprints_answer(self) -> str:
        """Say how many hours went into unplanned work."""
        m = self.metrics
        if not m.tracked:
            return "No hotfix has told its hours yet."
        more = f" {_count(m.untold, 'has', 'have')} not told theirs yet." if m.untold else ""
        return f"{_number(m.hours)} unplanned hours in {_count(m.tracked, 'hotfix', 'hotfixes')}, {_number(m.hours / m.tracked)} each.{more}"


def _share(share: Share, what: str, note: str, *, good: int) -> Figure:
    if share.percent is None:
        return Figure("-", what, "none to count")
    look = "good" if share.percent >= good else "bad"
    return Figure(f"{share.part} of {share.whole}", what, f"{share.percent} %" + (f"; {note}" if note else ""), look)


def _stack(load: Load, number: float, unit: str) -> Stack:
    return Stack(load.name, ((number, "dot"),), f"{load.name}: {_number(number)} {unit}")


def _waived(count: int) -> str:
    return f"{_count(count, 'requirement', 'requirements')} waived" if count else ""


def _count(number: int, one: str, many: str) -> str:
    return f"{number} {one if number == 1 else many}"


def _number(value: float) -> str:
    return f"{value:,.1f}".removesuffix(".0")


def _listed(names: list[str]) -> str:
    if len(names) > _NAMED:
        names = [*names[:_NAMED], f"{len(names) - _NAMED} others"]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _month_after(at: datetime) -> datetime:
    count = at.year * 12 + at.month
    return datetime(count // 12, count % 12 + 1, 1, tzinfo=UTC) if count // 12 <= MAXYEAR else at
