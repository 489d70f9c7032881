"""What programs read from the site: lists, a feed, figures, a badge, the schema. Records under embargo are in none."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator, Sequence
from importlib.metadata import version
from typing import Any
from urllib.parse import urljoin
from xml.etree import ElementTree as ET

from mkdocs_hotfix import sla, times
from mkdocs_hotfix.findings import Level, SetupError
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.metrics import Load, Metrics, Share
from mkdocs_hotfix.policy import effective_schema
from mkdocs_hotfix.sla import Clock
from mkdocs_hotfix.verdicts import Verdict

Address = Callable[[Judged], str | None]
"""Tells where the page of a record is, seen from the top of the site."""

SCHEMA = "schemas/record.schema.json"

COLUMNS = (
    "id",
    "title",
    "status",
    "severity",
    "service",
    "reported",
    "restored",
    "restore_sla",
    "restore_minutes",
    "evidence_met",
    "evidence_needed",
    "base",
    "version",
    "hours",
    "sprint",
    "errors",
    "url",
)


def site_files(report: Report, metrics: Metrics, title: str, site: str, address: Address) -> Iterator[tuple[str, str]]:
    """Make every file that programs read.

    Args:
        report: What the gate found.
        metrics: The figures.
        title: What the site is called.
        site: Its address, or nothing.
        address: Where the page of a record is, seen from the top of the site.

    Returns:
        Paths, seen from the top of the site, with their texts.
    """
    yield "hotfixes.json", hotfixes_json(report, address)
    yield "hotfixes.csv", hotfixes_csv(report, address)
    yield "feed.xml", feed(report, title, site if not site or site.endswith("/") else f"{site}/", address)
    yield "metrics.json", metrics_json(metrics)
    yield "badge.svg", badge_svg(report)
    yield "badge.json", badge_json(report)
    yield SCHEMA, json.dumps(effective_schema(report.policy), indent=1) + "\n"


def hotfixes_json(report: Report, address: Address, chosen: tuple[Judged, ...] | None = None) -> str:
    """Write every published record, or the chosen ones, with their verdicts: `schemas/hotfixes.schema.json`."""
    shown = report.published if chosen is None else chosen
    document = {
        "version": 1,
        "tool": {"name": "mkdocs-hotfix", "version": version("mkdocs-hotfix")},
        "as_of": times.rfc3339(report.as_of),
        "process": report.policy.name,
        "summary": {
            "records": len(shown),
            "errors": _count(shown, Level.ERROR),
            "warnings": _count(shown, Level.WARNING),
            "notes": _count(shown, Level.NOTE),
        },
        "hotfixes": [record_json(one, report, address) for one in shown if one.record],
    }
    return json.dumps(document, indent=1) + "\n"


def _count(shown: tuple[Judged, ...], level: Level) -> int:
    return sum(finding.level is level for one in shown for finding in one.findings)


def record_json(judged: Judged, report: Report, address: Address) -> dict[str, Any]:
    """Describe one record: what it is, its clocks, and one verdict for each requirement."""
    record, policy = judged.record, report.policy
    if record is None:  # pragma: no cover - only records are asked for
        raise SetupError(f"{judged.path} is no record")
    made: dict[str, Any] = {
        "id": record.id,
        "title": record.title,
        "status": record.status,
        "severity": record.severity,
        "service": record.service,
        "url": address(judged) or "",
        "errors": judged.errors,
        "verdicts": [_verdict(one) for one in judged.verdicts],
    }
    if record.is_embargoed(report.as_of):
        made["embargoed"] = True
    if record.reported:
        made["reported"] = times.rfc3339(record.reported.at)
    if restored := sla.restored(record, policy):
        made["restored"] = times.rfc3339(restored)
    clocks = {
        "triage": sla.triage(record, policy, report.as_of),
        "restore": sla.restore(record, policy, report.as_of),
    }
    made["sla"] = {name: _clock(clock) for name, clock in clocks.items() if clock}
    release = {"base": record.release.base, "version": record.release.version}
    made["release"] = {name: value for name, value in release.items() if value}
    made["release"]["includes"] = [one for one in record.release.includes if one not in report.embargoed]
    return made


def _verdict(one: Verdict) -> dict[str, Any]:
    made = {"need": one.need, "state": one.state, "since": one.since}
    return {**made, "deadline": times.rfc3339(one.deadline)} if one.deadline else made


def _clock(clock: Clock) -> dict[str, Any]:
    return {
        "state": clock.state,
        "promised_seconds": round(clock.promised.total_seconds()),
        "taken_seconds": round(clock.taken.total_seconds()),
        "due": times.rfc3339(clock.due),
    }


def hotfixes_csv(report: Report, address: Address, chosen: tuple[Judged, ...] | None = None) -> str:
    """Write one row for each published record, as RFC 4180 has it. A cell never starts a formula.

    Where records are chosen, those under embargo may be among them, and a last column says so.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    columns = COLUMNS if chosen is None else (*COLUMNS, "embargoed")
    writer.writerow(columns)
    for judged in report.published if chosen is None else chosen:
        if judged.record:
            writer.writerow([_cell(value) for value in _row(judged, report, address, columns)])
    return stream.getvalue()


def _row(judged: Judged, report: Report, address: Address, columns: Sequence[str]) -> Iterator[object]:
    one = record_json(judged, report, address)
    clock = one["sla"].get("restore", {})
    needed = [verdict for verdict in judged.evidence if verdict.state != "not-applicable"]
    values = {
        **one,
        "restore_sla": clock.get("state", ""),
        "restore_minutes": clock["taken_seconds"] // 60 if clock else "",
        "evidence_met": sum(verdict.state == "met" for verdict in needed),
        "evidence_needed": len(needed),
        "base": one["release"].get("base", ""),
        "version": one["release"].get("version", ""),
        "hours": judged.record.value(("work", "hours")) if judged.record else "",
        "sprint": judged.record.value(("work", "sprint")) if judged.record else "",
    }
    for name in columns:
        value = values.get(name)
        yield "" if value is None else "yes" if value is True else value


def _cell(value: object) -> object:
    """Keep a text from being read as a formula (OWASP, "CSV Injection")."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")) else value


_NEWEST = 50
_ATOM = "http://www.w3.org/2005/Atom"
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def feed(report: Report, title: str, site: str, address: Address) -> str:
    """Write the newest records as an Atom feed (RFC 4287).

    Args:
        report: What the gate found.
        title: What the site is called.
        site: Its address, with a slash at the end; without one, links are relative to the feed.
        address: Where the page of a record is, seen from the top of the site.
    """
    ET.register_namespace("", _ATOM)
    root = ET.Element(f"{{{_ATOM}}}feed")
    _add(root, "title", title)
    _add(root, "id", urljoin(site, "feed.xml") if site else "urn:mkdocs-hotfix:feed")
    newest = sorted(
        ((one.record.reported.at, one.name, one) for one in report.published if one.record and one.record.reported),
        key=lambda row: row[:2],
        reverse=True,
    )[:_NEWEST]
    _add(root, "updated", times.rfc3339(max((_changed(one) for _, _, one in newest), default=report.as_of)))
    _add(_add(root, "author"), "name", title)
    _add(root, "generator", "mkdocs-hotfix")
    if site:
        _add(root, "link", rel="self", type="application/atom+xml", href=urljoin(site, "feed.xml"))
        _add(root, "link", href=site)
    for at, name, judged in newest:
        record, to = judged.record, address(judged)
        if record is None or to is None:
            continue
        entry = _add(root, "entry")
        _add(entry, "title", f"{name}: {record.title}")
        _add(entry, "id", urljoin(site, to) if site else f"urn:mkdocs-hotfix:{name}")
        _add(entry, "link", href=urljoin(site, to) if site else to)
        _add(entry, "published", times.rfc3339(at))
        _add(entry, "updated", times.rfc3339(_changed(judged)))
        severity = report.policy.severities.get(record.severity)
        status = report.policy.statuses[record.status].title
        _add(entry, "category", term=record.severity, label=severity.title if severity else record.severity)
        summary = record.data.get("summary", "")
        _add(entry, "summary", f"{status}. {summary}".strip())
    ET.indent(root, " ")
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _changed(judged: Judged) -> Any:
    """Tell when something last happened to a record."""
    return max(at for _, at in judged.record.times()) if judged.record else None


def _add(parent: ET.Element, name: str, text: str | None = None, **attributes: str) -> ET.Element:
    made = ET.SubElement(
        parent, f"{{{_ATOM}}}{name}", {key: _NO_XML.sub("", value) for key, value in attributes.items()}
    )
    made.text = _NO_XML.sub("\ufffd", text) if text is not None else None
    return made


def metrics_json(metrics: Metrics) -> str:
    """Write the figures of the metrics page; lengths of time in seconds."""
    document = {
        "version": 1,
        "since": times.rfc3339(metrics.since),
        "until": times.rfc3339(metrics.until),
        "records": len(metrics.records),
        "restored_within_sla": _share(metrics.kept),
        "closed_fully_proven": _share(metrics.proven),
        "waived_requirements": metrics.waived,
        "months": [
            {"month": one.name, "met": one.met, "missed": one.missed, "running": one.running} for one in metrics.months
        ],
        "severities": [
            {
                "severity": one.severity,
                "promised_seconds": _seconds(one.promised),
                "median_seconds": _seconds(one.median),
                "restored": [{"id": this.judged.name, "seconds": _seconds(this.taken)} for this in one.restored],
            }
            for one in metrics.speeds
        ],
        "releases": [_load(one) for one in metrics.releases],
        "sprints": [_load(one) for one in metrics.sprints],
        "unplanned_hours": metrics.hours,
        "hotfixes_with_hours": metrics.tracked,
        "failed_deployment_recovery_seconds": _seconds(metrics.recovery),
        "change_fail_rate": _share(metrics.failed),
        "rework_rate": _share(metrics.rework),
    }
    return json.dumps(document, indent=1) + "\n"


def _share(share: Share | None) -> dict[str, int] | None:
    return {"part": share.part, "whole": share.whole} if share else None


def _load(load: Load) -> dict[str, Any]:
    return {"name": load.name, "hotfixes": list(load.hotfixes), "hours": load.hours}


def _seconds(length: Any) -> int | None:
    return None if length is None else round(length.total_seconds())


# -- badge -------------------------------------------------------------------------------------------------

_COLOURS = {"red": "#b3261e", "orange": "#a15c00", "green": "#2f7d6d"}


def badge(report: Report) -> tuple[str, str]:
    """Say in few words how things stand, with the name of a colour."""
    last = report.policy.lifecycle()[-1].id
    shown = [one for one in report.published if one.record]
    going = [
        one.record
        for one in shown
        if one.record and one.record.status != last and not report.policy.statuses[one.record.status].branches_from
    ]
    wrong = sum(bool(one.errors) for one in shown)
    if wrong:
        return f"{wrong} of {len(shown)} need attention", "red"
    if going:
        return f"{len(going)} open", "orange"
    return f"{len(shown)} filed, none open", "green"


def badge_json(report: Report) -> str:
    """Write the badge for shields.io (its "endpoint" format)."""
    message, colour = badge(report)
    return json.dumps({"schemaVersion": 1, "label": "hotfixes", "message": message, "color": colour}) + "\n"


def badge_svg(report: Report) -> str:
    """Draw the badge."""
    message, colour = badge(report)
    left, right = 62, round(len(message) * 6.3) + 14
    texts = "".join(
        f'<text x="{x}" y="14" fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">{text}</text>'
        for x, text in ((left / 2, "hotfixes"), (left + right / 2, message))
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="20" role="img" aria-label="hotfixes: {message}">'
        f"<title>hotfixes: {message}</title>"
        f'<rect width="{left + right}" height="20" rx="3" fill="#4a5360"/>'
        f'<path d="M{left} 0h{right - 3}a3 3 0 0 1 3 3v14a3 3 0 0 1-3 3h-{right - 3}z" fill="{_COLOURS[colour]}"/>'
        f"{texts}</svg>\n"
    )
