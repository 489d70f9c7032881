"""For programs: the shape is published as `schemas/findings.schema.json` and versioned."""

from __future__ import annotations

from importlib.metadata import version
from typing import Any

from mkdocs_hotfix.findings import Finding, Level, json_pointer
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.plain import ascii_json
from mkdocs_hotfix.times import rfc3339


def render(report: Report) -> str:
    """Write the report as one JSON document, in ASCII, so that no terminal or log can stumble over it."""
    return ascii_json(document(report))


def document(report: Report) -> dict[str, Any]:
    """Return what `findings.schema.json` describes."""
    return {
        "version": 1,
        "tool": {"name": "mkdocs-hotfix", "version": version("mkdocs-hotfix")},
        "as_of": rfc3339(report.as_of),
        "summary": {
            "records": report.records,
            "errors": report.count(Level.ERROR),
            "warnings": report.count(Level.WARNING),
            "notes": report.count(Level.NOTE),
            "known": report.known,
        },
        "findings": [_finding(one, report.policy.handbook) for one in report.findings],
    }


def _finding(one: Finding, handbook: str) -> dict[str, Any]:
    return {
        "code": one.code,
        "slug": one.slug,
        "level": one.level.value,
        "path": one.path,
        "record": one.record,
        "line": one.span.line,
        "column": one.span.column,
        "end_line": one.span.end_line,
        "end_column": one.span.end_column,
        "pointer": json_pointer(one.pointer),
        "message": one.message,
        "help": list(one.help),
        "url": f"{handbook + '/' if handbook else ''}rules/#{one.slug}",
    }
