"""GitLab's code quality report: findings stand in the merge request, at their line."""

from __future__ import annotations

from mkdocs_hotfix.findings import Level
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.locations import fingerprints, places, told
from mkdocs_hotfix.plain import ascii_json

_SEVERITIES = {Level.ERROR: "critical", Level.WARNING: "minor", Level.NOTE: "info"}


def render(report: Report) -> str:
    """Write a list with one entry a finding. GitLab tells new ones from old ones by the fingerprint."""
    where = places(report)
    return ascii_json(
        [
            {
                "description": f"{one.code}: {told(one)}",
                "check_name": one.slug,
                "fingerprint": name,
                "severity": _SEVERITIES[one.level],
                "location": {"path": where[one.path], "lines": {"begin": one.span.line, "end": one.span.end_line}},
            }
            for one, name in zip(report.findings, fingerprints(report), strict=True)
        ]
    )
