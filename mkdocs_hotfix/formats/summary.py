"""A summary in Markdown for the page of a CI job, below what other steps have written there."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import quote

from mkdocs_hotfix.findings import Finding
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.locations import places
from mkdocs_hotfix.plain import inert, markdown_text
from mkdocs_hotfix.times import rfc3339

_MOST_BYTES = 800_000
"""GitHub takes 1 MiB of a step, and nothing at all of what is longer."""

_HEAD = "| Level | Where | What is wrong | What to do | Rule |\n| --- | --- | --- | --- | --- |\n"


def render(report: Report) -> str:
    """Write a heading with the answer, then a table with a row a finding, as far as the page takes them."""
    answer = "closed" if report.exit_code() else "open"
    head = f"## Hotfix gate: {answer}\n\n{markdown_text(report.summary)}, as of {rfc3339(report.as_of)}.\n"
    if not report.findings:
        return f"{head}\n"
    where = places(report)
    rows: list[str] = []
    size = len(head) + len(_HEAD)
    for one in report.findings:
        row = _row(one, where, report.policy.handbook)
        size += len(row.encode("utf-8", "backslashreplace"))
        if size > _MOST_BYTES:
            break
        rows.append(row)
    left = len(report.findings) - len(rows)
    tail = f"\n{left:,} more findings are left out here. `hotfix check` tells all of them.\n" if left else ""
    return inert(f"{head}\n{_HEAD}{''.join(rows)}{tail}\n")


def _row(one: Finding, where: Mapping[str, str], handbook: str) -> str:
    rule = f"[{one.slug}]({quote(handbook, safe=':/?=&%~')}/rules/#{one.slug})" if handbook else f"`{one.slug}`"
    cells = (
        one.level.value,
        f"{markdown_text(where[one.path])}, line {one.span.line}",
        markdown_text(one.message),
        "<br>".join(map(markdown_text, one.help)),
        rule,
    )
    return f"| {' | '.join(cells)} |\n"
