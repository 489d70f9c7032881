"""The verification page of one record, and of a file that can not be read as one. Knows no host."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from mkdocs_hotfix import lifeline, narrative, sla
from mkdocs_hotfix.book import Book, Links
from mkdocs_hotfix.findings import Finding, Level
from mkdocs_hotfix.gate import Judged
from mkdocs_hotfix.lifeline import Step
from mkdocs_hotfix.narrative import Heading, Resolve
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.templating import environment

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


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a record: plain-text title and description, HTML, and headings for the table of contents."""

    title: str
    description: str
    html: str
    headings: tuple[Heading, ...]


def make(book: Book, judged: Judged, resolve: Resolve, links: Links, *, serving: bool) -> Page:
    """Make the verification page of a record.

    Args:
        book: The report that it belongs to.
        judged: The record and what was found in it.
        resolve: Where a path relative to the record leads, seen from its page.
        links: Ways from its page to others.
        serving: Whether a person is looking at a preview: then the page tells how to mend what is wrong.
    """
    one = judged.record
    problems = [finding for finding in judged.findings if finding.level is Level.ERROR]
    hints = [finding for finding in judged.findings if finding.level is not Level.ERROR]
    text = narrative.render(one.body, resolve) if one else narrative.Narrative("", ())
    steps = list(lifeline.steps(one, book.policy)) if one else []
    sections = _sections(judged, text, steps)
    open_ends = [verdict for verdict in judged.evidence if verdict.is_open]
    html = (
        environment()
        .get_template("record.html.j2")
        .render(
            book=book,
            policy=book.policy,
            judged=judged,
            record=one,
            problems=problems,
            hints=hints,
            serving=serving,
            resolve=resolve,
            narrative=Markup(text.html),  # noqa: S704 - the sanitiser has been over it
            sections=sections,
            open_ends=open_ends,
            clock=sla.restore(one, book.policy, book.report.as_of) if one else None,
            steps=steps,
            titles=SECTIONS,
            anchor=partial(_anchor, book.policy, judged),
            link=links.record,
            goto=links.page,
            links=links,
        )
    )
    title = one.title if one and one.title else judged.name
    summary = str(one.data.get("summary", "")) if one else ""
    return Page(title, summary or title, html, tuple(_headings(sections, text)))


def _sections(judged: Judged, text: narrative.Narrative, steps: list[Step]) -> list[str]:
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
        "timeline": bool(steps),
        "impact": any(
            one.evidence[kind].data.get("affected") or one.evidence[kind].data.get("test_scope")
            for kind in one.evidence
        ),
        "narrative": bool(text.html),
        "issues": any(one.evidence[kind].data.get("issues_found") for kind in one.evidence),
        "review": "review" in one.data,
        "links": bool(one.data.get("links")),
    }
    return [name for name in (*order, "timeline", "impact", "narrative", "issues", "review", "links") if present[name]]


def _headings(sections: list[str], text: narrative.Narrative) -> Iterator[Heading]:
    for name in sections:
        if name == "narrative":
            yield from text.headings
        else:
            yield Heading(2, name, SECTIONS[name])


def _anchor(policy: Policy, judged: Judged, finding: Finding) -> str:
    """Choose the part of the page at which a finding is to be mended; nothing where there is none."""
    if judged.record is None:
        return ""
    head = str(finding.pointer[0]) if finding.pointer else ""
    if head == "evidence" and len(finding.pointer) > 1 and finding.pointer[1] in policy.kinds:
        return f"evidence-{finding.pointer[1]}"
    return head if head in ("triage", "review", "links") and judged.record.carries((head,)) else "facts"
