"""One line a finding, as compilers write it: for editors, `grep` and long lists."""

from __future__ import annotations

from mkdocs_hotfix.gate import Report


def render(report: Report) -> str:
    """Write `path:line:column: CODE slug: message`, then the counts."""
    lines = [
        f"{one.path}:{one.span.line}:{one.span.column}: {one.code} {one.slug}: {one.message}" for one in report.findings
    ]
    return "\n".join([*lines, report.summary]) + "\n"
