"""Annotations in a GitHub job: they show up at the line in the pull request."""

from __future__ import annotations

import re

from mkdocs_hotfix.findings import Level, visible
from mkdocs_hotfix.gate import Report

_NAMES = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}


def render(report: Report) -> str:
    """Write one workflow command a finding, then the counts as plain text."""
    lines = []
    for one in report.findings:
        at = one.span
        place = {
            "file": one.path,
            "line": at.line,
            "endLine": at.end_line,
            "col": at.column,
            "endColumn": at.end_column,
            "title": f"{one.code} {one.slug}",
        }
        properties = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
        message = ". ".join([one.message, *one.help])
        lines.append(f"::{_NAMES[one.level]} {properties}::{_data(message)}")
    return "\n".join([*lines, report.summary]) + "\n"


def _data(text: str) -> str:
    # `##[command]` is obeyed by the runner wherever it stands in a line.
    inert = re.sub(r"##(?=\[)", "# #", visible(text))
    return inert.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
