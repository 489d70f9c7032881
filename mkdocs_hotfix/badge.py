"""How things stand, in few words: a drawing, and what shields.io draws one from."""

from __future__ import annotations

import json

from mkdocs_hotfix.gate import Report

_COLOURS = {"red": "#b3261e", "orange": "#a15c00", "green": "#2f7d6d"}


def said(report: Report) -> tuple[str, str]:
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


def shield(report: Report) -> str:
    """Write the badge for shields.io (its "endpoint" format)."""
    message, colour = said(report)
    return json.dumps({"schemaVersion": 1, "label": "hotfixes", "message": message, "color": colour}) + "\n"


def svg(report: Report) -> str:
    """Draw the badge."""
    message, colour = said(report)
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
