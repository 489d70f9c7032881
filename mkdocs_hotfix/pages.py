"""Records, policy and rules to HTML and Markdown, through the templates. Knows no host.

Templates escape everything (`autoescape` is always on) and know no undefined name. Values of a record reach them as data
and are never run as a template.
"""

from __future__ import annotations

import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache, cached_property
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader, StrictUndefined, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment
from markupsafe import Markup, escape

from mkdocs_hotfix import flow, listing, metrics, narrative, newrecord, schema, sla, times
from mkdocs_hotfix.figures import Figure, Figures
from mkdocs_hotfix.findings import Finding, Level, dotted, shorten
from mkdocs_hotfix.flow import Flow
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.narrative import Heading, Resolve
from mkdocs_hotfix.policy import PRODUCTION_LIKE, Policy
from mkdocs_hotfix.record import Record, several
from mkdocs_hotfix.releases import Release
from mkdocs_hotfix.rules import RULES
from mkdocs_hotfix.verdicts import Verdict


@dataclass(frozen=True, slots=True)
class Links:
    """Ways from one page to others; nothing where there is no such page.

    Attributes:
        record: To the page of a record.
        page: To a page or file of the docs folder, by its path there: `process.md`.
        new_file: Where the repository's host opens a new file; empty where that is not known.
    """

    record: Callable[[Judged], str | None]
    page: Callable[[str], str | None]
    new_file: str = ""


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

GENERATED: Mapping[str, str] = {
    "process.md": "process.md.j2",
    "triage.md": "triage.md.j2",
    "{records}/index.md": "index.md.j2",
    "record.md": "record.md.j2",
    "rules.md": "rules.md.j2",
    "metrics.md": "metrics.md.j2",
    "index.md": "home.md.j2",
    "new.md": "new.md.j2",
}
"""Pages that are made unless the author has a file at that path, and their templates."""


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a record: plain-text title and description, HTML, and headings for the table of contents."""

    title: str
    description: str
    html: str
    headings: tuple[Heading, ...]


@dataclass(frozen=True, slots=True)
class Attention:
    """A hotfix that needs somebody: how urgent it is (0 most), a word for it, and a sentence."""

    judged: Judged
    rank: int
    word: str
    what: str


@dataclass(frozen=True, slots=True)
class Step:
    """One moment of a record's life."""

    at: datetime
    what: str
    main: bool
    delta: str


_TEMPLATES = PackageLoader("mkdocs_hotfix", "templates")


@cache
def environment() -> Environment:
    """Make the environment of the templates that come with the package, once: compiling them takes half of a build."""
    made = Environment(
        loader=_TEMPLATES,
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(
        ticks=ticks,
        day=times.day,
        clock=times.clock,
        short_day=times.short_day,
        moment=times.moment,
        spell=times.spell,
        rfc3339=times.rfc3339,
    )
    return made


def ticks(text: str) -> Markup:
    """Escape a sentence and set what stands between backticks as code."""
    parts = str(text).split("`")
    made = [Markup("<code>{}</code>").format(part) if index % 2 else escape(part) for index, part in enumerate(parts)]
    return Markup().join(made)


class Book:
    """The pages of one report.

    Args:
        report: What the gate found.
        trouble: Why there is no report worth showing (a policy that can't be used); shown on every page of ours.
        releases: The official releases, as far as they are listed.
    """

    def __init__(self, report: Report, trouble: str = "", releases: tuple[Release, ...] = ()) -> None:
        self.report = report
        self.releases = releases
        self.policy: Policy = report.policy
        self.trouble = trouble
        self.index = f"{PurePosixPath(self.policy.data['records'])}/index.md"
        self._environment = environment()

    # -- the page of a record ------------------------------------------------------------------------------

    def record(self, judged: Judged, resolve: Resolve, *, serving: bool) -> Page:
        """Make the verification page of a record.

        Args:
            judged: The record and what was found in it.
            resolve: Where a path relative to the record leads, seen from its page.
            serving: Whether a person is looking at a preview: then the page tells how to mend what is wrong.
        """
        one = judged.record
        problems = [finding for finding in judged.findings if finding.level is Level.ERROR]
        hints = [finding for finding in judged.findings if finding.level is not Level.ERROR]
        text = narrative.render(one.body, resolve) if one else narrative.Narrative("", ())
        open_ends = [verdict for verdict in judged.evidence if verdict.is_open]
        html = self._environment.get_template("record.html.j2").render(
            book=self,
            policy=self.policy,
            judged=judged,
            record=one,
            problems=problems,
            hints=hints,
            serving=serving,
            resolve=resolve,
            narrative=Markup(text.html),  # noqa: S704 - the sanitiser has been over it
            sections=self._sections(judged, text),
            open_ends=open_ends,
            clock=sla.restore(one, self.policy, self.report.as_of) if one else None,
            steps=list(_steps(one, self.policy)) if one else [],
            names=STATE_NAMES,
        )
        title = one.title if one and one.title else judged.name
        summary = str(one.data.get("summary", "")) if one else ""
        return Page(title, summary or title, html, tuple(self._headings(judged, text)))

    def _sections(self, judged: Judged, text: narrative.Narrative) -> list[str]:
        """Name the sections of a record's page in their order. Where something is missing, the proof comes first."""
        one = judged.record
        if one is None:
            return []
        order = ["triage", "verification"]
        if any(verdict.is_open for verdict in judged.evidence):
            order.reverse()
        present = {
            "triage": one.triage is not None,
            "verification": True,
            "timeline": len(list(_steps(one, self.policy))) > 0,
            "impact": any(
                one.evidence[kind].data.get("affected") or one.evidence[kind].data.get("test_scope")
                for kind in one.evidence
            ),
            "narrative": bool(text.html),
            "issues": any(one.evidence[kind].data.get("issues_found") for kind in one.evidence),
            "review": "review" in one.data,
            "links": bool(one.data.get("links")),
        }
        return [
            name for name in (*order, "timeline", "impact", "narrative", "issues", "review", "links") if present[name]
        ]

    def _headings(self, judged: Judged, text: narrative.Narrative) -> Iterator[Heading]:
        for name in self._sections(judged, text):
            if name == "narrative":
                yield from text.headings
            else:
                yield Heading(2, name, SECTIONS[name])

    # -- values that templates ask for ---------------------------------------------------------------------

    def section(self, name: str) -> str:
        """Return the heading of a section."""
        return SECTIONS[name]

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

    def anchor(self, finding: Finding, judged: Judged) -> str:
        """Choose the part of the page at which a finding is to be mended; nothing where there is none."""
        if judged.record is None:
            return ""
        head = str(finding.pointer[0]) if finding.pointer else ""
        if head == "evidence" and len(finding.pointer) > 1 and finding.pointer[1] in self.policy.kinds:
            return f"evidence-{finding.pointer[1]}"
        return head if head in ("triage", "review", "links") and judged.record.carries((head,)) else "facts"

    def when(self, at: datetime, record: Record) -> str:
        """Write a time, without its day where that is the day of the report."""
        start = record.reported.at.astimezone(UTC).date() if record.reported else None
        same = start == at.astimezone(UTC).date()
        return f"{times.clock(at)} UTC" if same else times.moment(at)

    def time(self, text: str) -> datetime:
        """Read a time of the record's own data."""
        return schema.time(text)

    def on(self, text: str) -> str:
        """Write a field that holds a day or a time."""
        if "T" in text.upper():
            return times.moment(schema.time(text))
        found = date.fromisoformat(text)
        return times.day(datetime(found.year, found.month, found.day, tzinfo=UTC))

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

    def decisions(self) -> list[tuple[dict[str, bool], str]]:
        """Return every combination of answers with the decision it gives; those that speak for a hotfix first."""
        questions = list(self.policy.questions.values())
        rows = []
        for agreed in itertools.product((True, False), repeat=len(questions)):
            answers = {q.id: q.hotfix_if if yes else not q.hotfix_if for q, yes in zip(questions, agreed, strict=True)}
            rows.append((answers, self.policy.verdict(answers) or ""))
        return rows

    def needed_from(self, kind: str) -> str:
        """Name the status that first needs a kind of evidence."""
        need = f"evidence.{kind}"
        return next((one.title for one in self.policy.statuses.values() if need in one.needs), "")

    def what_counts(self, kind_id: str) -> str:
        """Say what a kind of evidence must carry."""
        kind = self.policy.kinds[kind_id]
        parts = ["result"] if kind.is_test else []
        parts += ["who", "when"]
        if kind.environment == PRODUCTION_LIKE:
            places = " or ".join(self.policy.environments[one].title.lower() for one in self.policy.accepted(kind))
            parts.append(f"an environment like production ({places})")
        elif kind.environment:
            parts.append(f"in {self.policy.environments[kind.environment].title.lower()}")
        parts += ["a test runner's report"] if kind.report else []
        parts += [need.replace("_", " ") for need in kind.needs if need not in ("result", "report")]
        return ", ".join(parts).capitalize()

    @cached_property
    def fields(self) -> list[dict[str, Any]]:
        """Describe every field of a record, as rows of a table."""
        made = schema.published("record")
        rows = []
        for place, field in schema.fields(made):
            if any(part == 0 for part in place[-1:]):
                continue
            name = dotted(place).replace(".*", ".<name>").replace("[0]", "[]")
            rows.append(
                {"name": name, "depth": len(place), "what": field.get("description", ""), "type": _kind(made, field)}
            )
        return rows

    @property
    def rules(self) -> list[Mapping[str, str]]:
        """Describe every rule, in the order of the manual."""
        levels = self.policy.levels
        return [
            {
                "code": rule.code,
                "slug": rule.slug,
                "page": rule.page,
                "summary": rule.summary,
                "level": levels.get(rule.slug, "error"),
            }
            for rule in RULES
        ]

    @cached_property
    def flow_wide(self) -> Flow:
        """Draw the process for a desk."""
        return flow.wide(self.policy)

    @cached_property
    def flow_tall(self) -> Flow:
        """Draw the process for a phone."""
        return flow.tall(self.policy)

    @cached_property
    def attention(self) -> list[Attention]:
        """List the hotfixes that somebody has to look at now, the most urgent first."""
        return sorted(_attention(self.report), key=lambda one: (one.rank, one.judged.name))

    @cached_property
    def rows(self) -> tuple[listing.Row, ...]:
        """List all hotfixes with what they are searched, filtered and sorted by."""
        return listing.rows(self.report, self.newest(), {one.judged.name for one in self.attention})

    @property
    def state_figures(self) -> list[Figure]:
        """Count what lacks evidence, what is open, and what the figures of the year say beside it."""
        return [*listing.figures(self.rows), *(one for one in self.figures.keys if one is not self.figures.proof)]

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
        """Tell the highest number of each year."""
        return newrecord.last_numbers(one.name for one in self.report.judged)

    @cached_property
    def figures(self) -> Figures:
        """Measure the process."""
        return Figures(metrics.measure(self.report, self.releases))

    # -- blocks and generated pages ------------------------------------------------------------------------

    def block(self, name: str, links: Links) -> str:
        """Render one block.

        Args:
            name: The block: a template `blocks/NAME.html.j2`.
            links: Ways from the page that shows the block.
        """
        html = self._environment.get_template(f"blocks/{name}.html.j2").render(
            book=self, policy=self.policy, link=links.record, goto=links.page, links=links
        )
        return re.sub(r"\n\s*\n+", "\n", html).strip()

    def generated(self, template: str) -> str:
        """Make the Markdown of a page of ours; blocks are left as placeholders."""
        return expand(_TEMPLATES.get_source(self._environment, template)[0], self)


def expand(text: str, book: Book) -> str:
    """Run an author's page as a template in a sandbox, with `hotfix.NAME` for each block.

    Raises:
        jinja2.TemplateError: The page names something that there is not.
    """
    sandbox = ImmutableSandboxedEnvironment(undefined=StrictUndefined, autoescape=False, keep_trailing_newline=True)
    sandbox.filters.clear()
    return sandbox.from_string(text).render(hotfix=_Blocks(book))


class _Blocks:
    """What an author's page can ask for: placeholders, filled after Markdown has run."""

    def __init__(self, book: Book) -> None:
        self._book = book

    def __getattr__(self, name: str) -> Any:
        if name == "name":
            return str(escape(self._book.policy.name))
        if name == "index":
            return self._book.index
        if name == "span":
            return self._book.figures.span
        if name == "rule_pages":
            return _rule_pages(self._book)
        if name in BLOCKS:
            return placeholder(name)
        if name.startswith("__"):
            raise AttributeError(name)
        raise UndefinedError(f"There is no block `{name}`. There are: {', '.join(BLOCKS)}.")


BLOCKS = (
    "attention",
    "tasks",
    "newest",
    "triage_form",
    "new_record",
    "flow",
    "figures",
    "metrics",
    "metrics_sla",
    "metrics_restore",
    "metrics_evidence",
    "metrics_releases",
    "metrics_sprints",
    "metrics_dora",
    "severities",
    "services",
    "questions",
    "decisions",
    "exceptions",
    "evidence",
    "statuses",
    "approvers",
    "requirements",
    "environments",
    "harms",
    "hotfixes",
    "fields",
)


def placeholder(name: str) -> str:
    """Mark the place of a block in Markdown. An empty `div` passes through every Markdown dialect."""
    return f'\n\n<div data-hotfix-block="{name}"></div>\n\n'


_PLACEHOLDER = re.compile(r'<div data-hotfix-block="([a-z_]+)"></div>')


def fill(html: str, book: Book, links: Links) -> str:
    """Put the blocks in the place of their placeholders.

    Args:
        html: A page after Markdown.
        book: The pages of the report.
        links: Ways from this page.
    """
    return _PLACEHOLDER.sub(lambda found: book.block(found[1], links) if found[1] in BLOCKS else found[0], html)


def _rule_pages(book: Book) -> str:
    """Write the manual of rules as Markdown; a rule's page is its docstring."""
    return "\n".join(
        f"### {rule['slug']}\n\n`{rule['code']}` · level `{rule['level']}`\n\n{rule['page']}\n" for rule in book.rules
    )


SECTIONS = {
    "triage": "Triage",
    "verification": "Verification",
    "timeline": "Timeline",
    "impact": "Impact and test scope",
    "narrative": "",
    "issues": "Issues found in production",
    "review": "Review and follow-up",
    "links": "Links",
}


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
            owed = [one for one in judged.evidence if one.state == "due" and one.deadline]
            if clock and not clock.ended and clock.state == "missed":
                yield Attention(
                    judged, 1, "Late", f"{times.spell(clock.taken - clock.promised)} longer than promised so far"
                )
            elif clock and not clock.ended:
                yield Attention(judged, 2, "In progress", f"{times.spell(clock.promised - clock.taken)} left")
            elif owed:
                first = min(one.deadline for one in owed if one.deadline)
                names = ", ".join(one.title for one in owed)
                yield Attention(judged, 2, "Owed", f"{names}, due {times.moment(first)}")
            else:
                yield Attention(judged, 3, "Open", policy.statuses[record.status].title.lower())


def _kind(made: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    if "enum" in field:
        return " or ".join(f"`{one}`" for one in field["enum"])
    if "anyOf" in field:
        return "day or time"
    if field.get("format") == "date-time":
        return "time"
    if field.get("format") == "uri":
        return "web address"
    names = {"string": "text", "array": "list", "object": "fields", "number": "number", "boolean": "`true` or `false`"}
    kinds = several(field.get("type"))
    item = schema.resolve(made, field["items"]) if isinstance(field.get("items"), dict) else {}
    if kinds == ("array",) and item.get("type") == "string":
        return "list of texts"
    return " or ".join(names.get(kind, kind) for kind in kinds)


def _steps(record: Record, policy: Policy) -> Iterator[Step]:
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
        add(schema.time(review), "Reviewed")
    start = record.reported.at if record.reported else None
    for at, _, what, main in sorted(raw):
        delta = f"+{times.spell(at - start)}" if start and at > start else ""
        yield Step(at, what, main, delta)
