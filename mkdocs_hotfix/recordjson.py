"""One record for programs: its verdicts and clocks in a list, and a file of its own beside its page."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from importlib.metadata import version
from typing import Any

from mkdocs_hotfix import discretion, published, sla, times
from mkdocs_hotfix.findings import SetupError, json_pointer
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.policy import Policy, effective_schema
from mkdocs_hotfix.sla import Clock
from mkdocs_hotfix.verdicts import Verdict

Address = Callable[[Judged], str | None]
"""Tells where the page of a record is, seen from the top of the site."""


@cache
def tool() -> Mapping[str, str]:
    """Name this program and its version. Once: the way to the version is long, and each record's file says it."""
    return {"name": "mkdocs-hotfix", "version": version("mkdocs-hotfix")}


def path(url: str) -> str:
    """Name the file of a record: it lies beside its page, whose address is given, seen from the top of the site."""
    return f"{url.removesuffix('/index.html').removesuffix('/').removesuffix('.html')}.json"


def document(judged: Judged, report: Report, hotfix: Mapping[str, Any]) -> str:
    """Write the file of one record: what was filed, the verdicts, and what the gate found in it.

    `schemas/hotfix.schema.json` in the site describes it. What concerns a record under embargo names nothing.

    Args:
        judged: The record.
        report: What the gate found.
        hotfix: Its description: `record_json`.
    """
    if judged.record is None:  # pragma: no cover - only records are asked for
        raise SetupError(f"{judged.path} is no record")
    made = {
        "version": 1,
        "tool": tool(),
        "as_of": times.rfc3339(report.as_of),
        "process": report.policy.name,
        "hotfix": hotfix,
        "record": discretion.front_matter(judged.record, report.embargoed),
        "findings": [
            {
                "code": one.code,
                "slug": one.slug,
                "level": one.level.value,
                "line": one.span.line,
                "column": one.span.column,
                "pointer": json_pointer(one.pointer),
                "message": one.message,
                "help": list(one.help),
            }
            for one in (discretion.spoken(finding, report.embargoed) for finding in judged.findings)
        ],
    }
    return json.dumps(made) + "\n"


def schema(policy: Policy) -> dict[str, Any]:
    """Describe the file of one record: the effective schema of what was filed, and that of the list of hotfixes."""
    filed = json.loads(json.dumps(effective_schema(policy)).replace("#/$defs/", "#/$defs/record-"))
    listed = published.schema("hotfixes")
    finding = published.schema("findings")["properties"]["findings"]["items"]
    names = ("code", "slug", "level", "line", "column", "pointer", "message", "help")
    properties = {
        **{name: listed["properties"][name] for name in ("version", "tool", "as_of", "process")},
        "hotfix": {"description": "Its verdicts and clocks, as in `hotfixes.json`.", "$ref": "#/$defs/hotfix"},
        "record": {key: value for key, value in filed.items() if key not in ("$schema", "$id", "$defs", "title")},
        "findings": {
            "description": "What the gate has to say about it.",
            "type": "array",
            "maxItems": 100_000,
            "items": {
                "description": "One finding.",
                "type": "object",
                "additionalProperties": False,
                "required": list(names),
                "properties": {name: finding["properties"][name] for name in names},
            },
        },
    }
    return {
        "$schema": listed["$schema"],
        "$id": "urn:mkdocs-hotfix:hotfix:1",
        "title": "One hotfix",
        "description": "The file beside the page of a record.",
        "type": "object",
        "additionalProperties": False,
        "required": list(properties),
        "properties": properties,
        "$defs": {**listed["$defs"], **{f"record-{name}": node for name, node in filed.get("$defs", {}).items()}},
    }


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
