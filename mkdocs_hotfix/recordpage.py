"""The verification page of one record, and of a file that can not be read as one. Knows no host."""

from __future__ import annotations

import os
import posixpath
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import partial

from markupsafe import Markup

from mkdocs_hotfix import lifeline, narrative, sla
from mkdocs_hotfix.book import Book, Links
from mkdocs_hotfix.chains import Chain, Package
from mkdocs_hotfix.findings import Finding, Level
from mkdocs_hotfix.gate import Judged
from mkdocs_hotfix.lifeline import Step
from mkdocs_hotfix.narrative import Heading, Resolve
from mkdocs_hotfix.parts import Evidence
from mkdocs_hotfix.policy import Kind, Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.searchtext import Html
from mkdocs_hotfix.signatures import ENDING
from mkdocs_hotfix.sla import Clock
from mkdocs_hotfix.templating import environment
from mkdocs_hotfix.verdicts import Verdict

SECTIONS = {
    "triage": "Triage",
    "verification": "Verification",
    "timeline": "Timeline",
    "clocks": "Service level",
    "chain": "Cumulative chain",
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
    html: Html
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
    problems = [book.spoken(finding) for finding in judged.findings if finding.level is Level.ERROR]
    hints = [book.spoken(finding) for finding in judged.findings if finding.level is not Level.ERROR]
    text = narrative.render(one.body, resolve) if one else narrative.Narrative("", ())
    steps = list(lifeline.steps(one, book.policy)) if one else []
    clocks = _clocks(one, book) if one else []
    chain, package, near = _chain(book, judged)
    sections = _sections(judged, text, steps, clocks, near)
    open_ends = [verdict for verdict in judged.evidence if verdict.is_open]
    counted = book.counted(judged)
    work = one.data.get("work") if one else None
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
            proofs=_proofs(book.policy, judged),
            others=_others(judged),
            earlier=_earlier(judged, resolve),
            counted=counted,
            met=book.met(judged),
            work=work if isinstance(work, Mapping) else {},
            carried=[id_ for id_ in one.release.includes if id_ not in book.report.embargoed] if one else [],
            clock=next((clock for name, _, clock in clocks if name == RESTORE), None),
            clocks=clocks,
            chain=chain,
            package=package,
            near=near,
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
    flat = not (problems or hints or book.trouble)
    return Page(title, summary or title, Html(html, flat=flat), tuple(_headings(sections, text)))


def _proofs(policy: Policy, judged: Judged) -> list[tuple[Verdict, Kind, Evidence | None]]:
    """Lay the verdict on each kind of evidence, what the policy says of the kind, and what was filed beside each other."""
    filed = judged.record.evidence if judged.record else {}
    kinds = ((verdict, policy.kinds[verdict.need.removeprefix("evidence.")]) for verdict in judged.evidence)
    return [(verdict, kind, filed.get(kind.id)) for verdict, kind in kinds]


def _others(judged: Judged) -> list[Verdict]:
    """List what else is to be mended."""
    return [one for one in judged.verdicts if one.is_open and not one.need.startswith("evidence.")]


def _earlier(judged: Judged, resolve: Resolve) -> list[tuple[str, str]]:
    """List the reports that lie in a record's own folder and that it names no more, each with its address.

    They are of earlier runs, most often of one that failed. The site holds them, so its page leads to them.
    """
    one = judged.record
    folder = judged.file.parent / judged.name
    if one is None or not folder.is_dir() or folder.is_symlink():
        return []
    named = {posixpath.normpath(text) for evidence in one.evidence.values() for text in evidence.reports}
    with os.scandir(folder) as entries:
        names = sorted(entry.name for entry in entries if entry.is_file(follow_symlinks=False))
    paths = ((name, f"{folder.name}/{name}") for name in names if name.endswith((".xml", ".json")))
    others = (
        (name, path) for name, path in paths if path not in named and not name.endswith(ENDING) and path not in one.body
    )
    return [(name, to) for name, path in others if (to := resolve(path))]


RESTORE = "Restore"


def _clocks(record: Record, book: Book) -> list[tuple[str, str, Clock]]:
    """List the promises of a record: what is promised, from when to when, and what became of it."""
    policy, now = book.policy, book.report.as_of
    made = (
        ("Triage", "from the report to the decision", sla.triage(record, policy, now)),
        (RESTORE, "from the report to the proof in production", sla.restore(record, policy, now)),
    )
    return [(name, what, clock) for name, what, clock in made if clock]


_NEAR = 8


def _chain(book: Book, judged: Judged) -> tuple[Chain | None, Package | None, tuple[Package, ...]]:
    """Find the chain of a record, its link in it, and the links near to it; no links where it stands alone."""
    chain = book.chains.get(judged.record.release.base) if judged.record else None
    at = next((index for index, one in enumerate(chain.packages) if one.judged is judged), None) if chain else None
    if chain is None or at is None or len(chain.packages) == 1:
        return chain, None, ()
    return chain, chain.packages[at], chain.packages[max(at - _NEAR, 0) : at + _NEAR + 1]


def _sections(
    judged: Judged,
    text: narrative.Narrative,
    steps: list[Step],
    clocks: list[tuple[str, str, Clock]],
    near: tuple[Package, ...],
) -> list[str]:
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
        "chain": bool(near),
        "clocks": bool(clocks),
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
    return [
        *(name for name in order if present[name]),
        *(name for name in SECTIONS if name not in order and present[name]),
    ]


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
