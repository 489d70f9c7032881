"""What programs read from the site: lists, a feed, figures, a badge, the schemas, the policy. Records under embargo are in none."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

from mkdocs_hotfix import badge, digests, feed, policyfile, published, recordjson, times, tree
from mkdocs_hotfix.findings import Level
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.metrics import Load, Metrics, Share
from mkdocs_hotfix.policy import effective_schema
from mkdocs_hotfix.recordjson import Address, record_json

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
    known = {id(one): record_json(one, report, address) for one in report.published if one.record}
    yield "hotfixes.json", hotfixes_json(report, address, known=known)
    yield "hotfixes.csv", hotfixes_csv(report, address, known=known)
    yield "feed.xml", feed.feed(report, title, site if not site or site.endswith("/") else f"{site}/", address)
    yield "metrics.json", metrics_json(metrics)
    yield "badge.svg", badge.svg(report)
    yield "badge.json", badge.shield(report)
    yield policyfile.NAME, report.policy.read_as.yaml_text
    schemas = {
        "record": effective_schema(report.policy),
        "hotfix": recordjson.schema(report.policy),
        **{name: published.schema(name) for name in ("hotfixes", "metrics", "policy", "releases", "findings")},
    }
    for name, made in schemas.items():
        yield f"schemas/{name}.schema.json", json.dumps(made, indent=1) + "\n"
    for judged in report.published:
        url = address(judged) if judged.record else None
        if url:
            yield recordjson.path(url), recordjson.document(judged, report, known[id(judged)])


Known: TypeAlias = Mapping[int, Mapping[str, Any]]
"""The descriptions of records that are there already, by the identity of what was judged."""


def hotfixes_json(
    report: Report, address: Address, chosen: tuple[Judged, ...] | None = None, *, known: Known | None = None
) -> str:
    """Write every published record, or the chosen ones, with their verdicts: `schemas/hotfixes.schema.json`."""
    shown = report.published if chosen is None else chosen
    hidden = tree.hidden(report)

    def described(judged: Judged) -> Mapping[str, Any]:
        made = _described(judged, report, address, known)
        if chosen is not None:
            return made
        reports = digests.of_reports(judged, report, hidden)
        return {**made, "digests": {"record": digests.of_record(judged), "reports": reports}}

    document = {
        "version": 1,
        "tool": recordjson.tool(),
        "as_of": times.rfc3339(report.as_of),
        "process": report.policy.name,
        "policy": digests.of_policy(report.policy),
        "summary": {
            "records": len(shown),
            "errors": _count(shown, Level.ERROR),
            "warnings": _count(shown, Level.WARNING),
            "notes": _count(shown, Level.NOTE),
        },
        "hotfixes": [described(one) for one in shown if one.record],
    }
    # People read what they have chosen; the file of a site is for programs, and without line breaks made in a fifth of the time.
    return json.dumps(document, indent=None if chosen is None else 1) + "\n"


def _described(judged: Judged, report: Report, address: Address, known: Known | None) -> Mapping[str, Any]:
    return record_json(judged, report, address) if known is None else known[id(judged)]


def _count(shown: tuple[Judged, ...], level: Level) -> int:
    return sum(finding.level is level for one in shown for finding in one.findings)


def hotfixes_csv(
    report: Report, address: Address, chosen: tuple[Judged, ...] | None = None, *, known: Known | None = None
) -> str:
    """Write one row for each published record, as RFC 4180 has it. A cell never starts a formula.

    Where records are chosen, those under embargo may be among them, and a last column says so.
    """
    stream = io.StringIO()
    writer = csv.writer(stream)
    columns = COLUMNS if chosen is None else (*COLUMNS, "embargoed")
    writer.writerow(columns)
    for judged in report.published if chosen is None else chosen:
        if judged.record:
            described = _described(judged, report, address, known)
            writer.writerow([_cell(value) for value in _row(judged, described, columns)])
    return stream.getvalue()


def _row(judged: Judged, one: Mapping[str, Any], columns: Sequence[str]) -> Iterator[object]:
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
