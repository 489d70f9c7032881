"""One line a finding, as compilers write it: for editors, `grep` and long lists."""

from __future__ import annotations

from mkdocs_hotfix.findings import Finding, visible
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.plain import inert


def render(report: Report) -> str:
    """Write `path:line:column: CODE slug: message`, then the counts."""
    lines = [
        f"{_path(one)}:{one.span.line}:{one.span.column}: {one.code} {one.slug}: {visible(one.message)}"
        for one in report.findings
    ]
    return inert("\n".join([*lines, report.summary])) + "\n"


def _path(finding: Finding) -> str:
    """A line that starts with `::` is a command for GitHub's runner."""
    return f"./{finding.path}" if finding.path.startswith("::") else finding.path
