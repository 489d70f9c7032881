"""One report, as the templates of pages and blocks ask for it. Knows no host."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from mkdocs_hotfix import attention, chains, discretion, listing, metrics, newrecord, sla, times
from mkdocs_hotfix.attention import Attention
from mkdocs_hotfix.chains import Chain, Shelf
from mkdocs_hotfix.discretion import Said
from mkdocs_hotfix.figures import Figure, Figures
from mkdocs_hotfix.findings import shorten, visible
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.guide import Guide
from mkdocs_hotfix.paths import inside
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.releases import Release
from mkdocs_hotfix.templating import environment
from mkdocs_hotfix.testreport import Case, TestReport
from mkdocs_hotfix.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Links:
    """Ways from one page to others; nothing where there is no such page.

    Attributes:
        record: To the page of a record.
        page: To a page or file of the docs folder, by its path there: `process.md`.
        new_file: Where the repository's host opens a new file; empty where that is not known.
        edit: Where it opens the file of this page for editing; empty where that is not known.
        history: Where it shows what became of that file; empty where that is not known.
    """

    record: Callable[[Judged], str | None]
    page: Callable[[str], str | None]
    new_file: str = ""
    edit: str = ""
    history: str = ""


_MINUTE = 60

RELEASES = "releases/index.md"
"""The list of official releases."""


STATE_NAMES = {
    "met": "Passed",
    "missing": "Missing",
    "failed": "Failed",
    "stale": "Out of date",
    "waived": "Waived",
    "waiver-expired": "Waiver has run out",
    "due": "Due",
    "overdue": "Overdue",
    "not-due": "Not due yet",
    "not-applicable": "Not needed",
}


class Book:
    """The pages of one report.

    Args:
        report: What the gate found.
        trouble: Why there is no report worth showing (a policy that can't be used); shown on every page of ours.
        releases: The official releases, as far as they are listed.
        folder: The records folder, seen from the docs folder.

    Attributes:
        moved: Pages of ours that the author has written under another name: `process.md` as `process/index.md`.
    """

    def __init__(self, report: Report, trouble: str = "", releases: tuple[Release, ...] = (), folder: str = "") -> None:
        self.report = report
        self.releases = releases
        self.policy: Policy = report.policy
        self.trouble = trouble
        self.folder = folder or PurePosixPath(self.policy.data["records"]).as_posix()
        self.moved: dict[str, str] = {}
        self.guide = Guide(self.policy)

    @property
    def index(self) -> str:
        """The list of all hotfixes, by its path in the docs folder."""
        made = f"{self.folder}/index.md"
        return self.moved.get(made, made)

    @property
    def releases_index(self) -> str:
        """The list of all releases, by its path in the docs folder."""
        return self.moved.get(RELEASES, RELEASES)

    def release_uri(self, base: str) -> str:
        """The page of an official release, by its path in the docs folder; empty where it has none."""
        return f"releases/{self._release_names[base]}.md" if base in self._release_names else ""

    def json_uri(self, judged: Judged) -> str:
        """The machine-readable form of a record, by its path in the docs folder: it lies beside the page."""
        return f"{self.folder}/{PurePosixPath(inside(judged.file, self.policy.records)).with_suffix('.json')}"

    # -- values that templates ask for ---------------------------------------------------------------------

    def severity(self, record: Record) -> str:
        """Name a record's severity."""
        found = self.policy.severities.get(record.severity)
        return found.title if found else "Not known"

    def status(self, record: Record) -> str:
        """Name a record's status."""
        return self.policy.statuses[record.status].title

    def service(self, record: Record) -> str:
        """Name a record's service."""
        return self.policy.services.get(record.service, record.service)

    def state(self, verdict: Verdict, record: Record) -> str:
        """Name a verdict: what is no test is recorded, not passed."""
        kind = self.policy.kinds[verdict.need.removeprefix("evidence.")]
        if verdict.state == "met" and not (kind.is_test or record.evidence[kind.id].result):
            return "Recorded"
        return STATE_NAMES[verdict.state]

    def counts(self, report: TestReport) -> str:
        """Write what a report's tests came to, as they were recounted: `412 passed, 0 failed, 3 skipped in 2 min`."""
        said = f"{report.passed:,} passed, {report.bad:,} failed" + (
            f", {report.skipped:,} skipped" if report.skipped else ""
        )
        again = f", {report.flaky:,} of them at a further try" if report.flaky else ""
        return said + again + (f" in {self.took(report.seconds)}" if report.seconds else "")

    def test(self, case: Case) -> str:
        """Name a test, with the suite or class that it belongs to."""
        return f"{case.group} · {case.name}" if case.group else case.name

    def took(self, seconds: float) -> str:
        """Write how long a test took."""
        return times.spell(timedelta(seconds=seconds)) if seconds >= _MINUTE else f"{seconds:.2f} s"

    def path(self, judged: Judged) -> str:
        """Write the path of a record from the docs folder: the same wherever the site is built."""
        return visible(inside(judged.file, self.policy.root))

    def when(self, at: datetime, record: Record) -> str:
        """Write a time, without its day where that is the day of the report."""
        start = record.reported.at.astimezone(UTC).date() if record.reported else None
        same = start == at.astimezone(UTC).date()
        return f"{times.clock(at)} UTC" if same else times.moment(at)

    def time(self, text: str) -> datetime:
        """Read a time of the record's own data."""
        return times.read(text)

    def on(self, text: str) -> str:
        """Write a field that holds a day or a time."""
        if "T" in text.upper():
            return times.moment(times.read(text))
        return times.of_date(date.fromisoformat(text))

    def link_name(self, url: str) -> str:
        """Name a link by the end of its address: `INC-8841`, `pull 2213`, `builds 58120`."""
        parts = urlsplit(url)
        names = [part for part in parts.path.split("/") if part]
        if not names:
            return parts.netloc
        return shorten(f"{names[-2]} {names[-1]}" if names[-1].isdigit() and len(names) > 1 else names[-1], 40)

    def met(self, judged: Judged) -> int:
        """Count the evidence that is there and good."""
        return sum(verdict.state == "met" for verdict in judged.evidence)

    def counted(self, judged: Judged) -> tuple[Verdict, ...]:
        """Return the evidence that a record of this kind is measured by."""
        return tuple(verdict for verdict in judged.evidence if verdict.state != "not-applicable")

    def clock(self, judged: Judged) -> sla.Clock | None:
        """Return the clock of a record."""
        return sla.restore(judged.record, self.policy, self.report.as_of) if judged.record else None

    def newest(self) -> list[Judged]:
        """Return the records that can be shown, newest first."""
        return sorted(
            (one for one in self.report.published if one.record),
            key=lambda one: (
                one.record.reported.at if one.record and one.record.reported else self.report.as_of,
                one.name,
            ),
            reverse=True,
        )

    @cached_property
    def attention(self) -> list[Attention]:
        """List the hotfixes that somebody has to look at now, the most urgent first."""
        return attention.needed(self.report)

    @cached_property
    def rows(self) -> tuple[listing.Row, ...]:
        """List all hotfixes with what they are searched, filtered and sorted by."""
        return listing.rows(self.report, self.newest(), {one.judged.name for one in self.attention})

    @cached_property
    def periods(self) -> tuple[listing.Period, ...]:
        """List the years that get a page of their own; none where one page is enough."""
        return listing.periods(self.rows)

    def period_uri(self, name: str) -> str:
        """The list of a year, by its path in the docs folder."""
        return f"{self.folder}/{name}.md"

    def period_title(self, name: str) -> str:
        """Write a period as people do."""
        return listing.title(name)

    def rows_of(self, name: str) -> tuple[listing.Row, ...]:
        """List the hotfixes of a year; without one, those of the first page."""
        return self._rows_by_period.get(name, ()) if name else listing.first(self.rows)

    @cached_property
    def _rows_by_period(self) -> Mapping[str, tuple[listing.Row, ...]]:
        return listing.by_period(self.rows)

    @property
    def state_figures(self) -> list[Figure]:
        """Count what lacks evidence, what is open, and what the figures of the year say beside it."""
        return [*listing.figures(self.rows), *(one for one in self.figures.keys if one is not self.figures.proof)]

    @cached_property
    def chains(self) -> Mapping[str, Chain]:
        """Group the hotfixes by their base, the newest base first."""
        return chains.chains(self.report, self.releases)

    @cached_property
    def bases(self) -> Mapping[str, date | None]:
        """List the official releases that are known, the newest first, with their days."""
        days = {one.version: one.at for one in self.releases}
        return {one: days.get(one) for one in sorted({*days, *self.chains}, key=metrics.in_order, reverse=True)}

    @cached_property
    def shelves(self) -> Mapping[str, Shelf]:
        """Part the list of releases where it is too long for one page, the newest first; that has no name."""
        return {one.name: one for one in chains.shelves(tuple(self.bases))}

    @cached_property
    def _release_names(self) -> Mapping[str, str]:
        return chains.names(self.chains)

    def spoken(self, said: Said) -> Said:
        """Return a finding or a problem as a page may show it."""
        return discretion.spoken(said, self.report.embargoed)

    @cached_property
    def form(self) -> tuple[newrecord.Group, ...]:
        """List what the form of a new record asks for."""
        return newrecord.groups(self.policy)

    @cached_property
    def questions_json(self) -> str:
        """Tell a script which answer to each question speaks for a hotfix."""
        return json.dumps([{"id": one.id, "hotfix_if": one.hotfix_if} for one in self.policy.questions.values()])

    @property
    def last_numbers(self) -> Mapping[str, int]:
        """Tell the highest number of each year. One under embargo is not counted: its number would be told."""
        return newrecord.last_numbers(one.name for one in self.report.published)

    @cached_property
    def figures(self) -> Figures:
        """Measure the process."""
        return Figures(metrics.measure(self.report, self.releases))

    # -- blocks --------------------------------------------------------------------------------------------

    def block(self, name: str, links: Links, of: str = "") -> str:
        """Render one block.

        Args:
            name: The block: a template `blocks/NAME.html.j2`.
            of: What it is about, for blocks that are about one thing: a release.
            links: Ways from the page that shows the block.
        """
        html = (
            environment()
            .get_template(f"blocks/{name}.html.j2")
            .render(
                book=self, guide=self.guide, policy=self.policy, link=links.record, goto=links.page, links=links, of=of
            )
        )
        return re.sub(r"\n\s*\n+", "\n", html).strip()
