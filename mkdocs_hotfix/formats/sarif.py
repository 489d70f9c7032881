"""SARIF 2.1.0 (OASIS): for code scanning, and for editors and dashboards that read it."""

from __future__ import annotations

import os
from importlib.metadata import version
from typing import Any
from urllib.parse import quote

from mkdocs_hotfix.findings import Finding, dotted, visible
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.locations import fingerprints, from_top, told
from mkdocs_hotfix.plain import ascii_json
from mkdocs_hotfix.times import rfc3339

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
_ROOT = "%SRCROOT%"


def render(report: Report) -> str:
    """Write the report as one SARIF log with one run."""
    return ascii_json(document(report))


def document(report: Report) -> dict[str, Any]:
    """Return what the SARIF schema describes. Only rules that found something are told."""
    addresses = {judged.path: quote(os.fsencode(from_top(judged.file))) for judged in report.judged}
    known = {id(one) for judged in report.judged for one in judged.known}
    every = sorted((f for judged in report.judged for f in (*judged.findings, *judged.known)), key=lambda f: f.sort_key)
    numbers = {rule.code: number for number, rule in enumerate(report.rules)}
    driver = {
        "name": "mkdocs-hotfix",
        "semanticVersion": version("mkdocs-hotfix"),
        "rules": [
            {
                "id": rule.code,
                "name": "".join(word.capitalize() for word in rule.slug.split("-")),
                "shortDescription": {"text": rule.summary},
                "fullDescription": {"text": rule.summary},
                "help": {"text": rule.page, "markdown": rule.page},
                "defaultConfiguration": {"level": rule.level.value},
                "properties": {"tags": ["hotfix", rule.slug]},
            }
            | ({"helpUri": f"{report.policy.handbook}/rules/#{rule.slug}"} if report.policy.handbook else {})
            for rule in report.rules
        ],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": "mkdocs-hotfix/"},
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {_ROOT: {"description": {"text": "The root of the repository."}}},
        "invocations": [{"executionSuccessful": True, "exitCode": report.exit_code()}],
        "results": [
            # What is in the baseline is told, too, so that it does not look mended; and that it is accepted.
            _result(one, numbers[one.code], addresses[one.path], name)
            | ({"suppressions": [{"kind": "external", "status": "accepted"}]} if id(one) in known else {})
            for one, name in zip(every, fingerprints(report, every), strict=True)
        ],
        "properties": {"as_of": rfc3339(report.as_of), "records": report.records, "summary": report.summary},
    }
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _result(finding: Finding, number: int, address: str, fingerprint: str) -> dict[str, Any]:
    at = finding.span
    place: dict[str, Any] = {
        "physicalLocation": {
            "artifactLocation": {"uri": address, "uriBaseId": _ROOT},
            "region": {
                "startLine": at.line,
                "startColumn": at.column,
                "endLine": at.end_line,
                "endColumn": at.end_column,
            },
        }
    }
    if finding.record:
        field = visible(dotted(finding.pointer))
        name = f"{visible(finding.record)}{':' if field else ''}{field}"
        place["logicalLocations"] = [{"fullyQualifiedName": name, "kind": "member"}]
    made = {
        "ruleId": finding.code,
        "ruleIndex": number,
        "level": finding.level.value,
        "message": {"text": _text(told(finding))},
        "locations": [place],
        "partialFingerprints": {"mkdocsHotfix/v1": fingerprint},
    }
    if finding.fix:
        region = place["physicalLocation"]["region"]
        replacement = {"deletedRegion": region, "insertedContent": {"text": finding.fix}}
        change = {"artifactLocation": place["physicalLocation"]["artifactLocation"], "replacements": [replacement]}
        made["fixes"] = [{"description": {"text": f"Write {_text(finding.fix)}"}, "artifactChanges": [change]}]
    return made


def _text(message: str) -> str:
    """Keep a text from becoming a link: in SARIF `[words](address)` is one, even in a plain message."""
    return visible(message).replace("](", "] (")
