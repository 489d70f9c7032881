"""Where findings are for programs that look at a whole repository, and by what one of them is known again tomorrow."""

from __future__ import annotations

import hashlib
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from functools import lru_cache
from pathlib import Path

from mkdocs_hotfix.findings import Finding, json_pointer, visible
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.paths import display


def from_top(file: Path) -> str:
    """Write a path as a repository does: from the folder with `.git` in it, with `/`.

    A file that lies in no repository is named as people see it.
    """
    folder = os.path.realpath(file.parent)
    top = _top(folder)
    if not top:
        return display(file)
    return os.path.relpath(os.path.join(folder, file.name), top).replace(os.sep, "/")


@lru_cache(maxsize=1 << 12)
def _top(folder: str) -> str:
    return next((str(one) for one in (Path(folder), *Path(folder).parents) if os.path.lexists(one / ".git")), "")


def told(finding: Finding) -> str:
    """Tell a finding and what to do about it on one line."""
    sentences = (one if one.endswith((".", "?", "!", "…")) else f"{one}." for one in (finding.message, *finding.help))
    return visible(" ".join(sentences))


def places(report: Report) -> Mapping[str, str]:
    """Say for the path of each finding what it is from the top of the repository, safe to show on one line."""
    return {judged.path: visible(from_top(judged.file)) for judged in report.judged}


def fingerprints(report: Report, findings: Sequence[Finding] | None = None) -> list[str]:
    """Make a name for each finding that stays when lines move and differs from that of every other finding.

    It is made of the file, the rule and the field; where no field can be named, of the line's text. Two of one kind at one
    place are told apart by their order.

    Args:
        report: The report.
        findings: Which findings of its records; those of the report, if not given.
    """
    by_path = {judged.path: judged for judged in report.judged}
    where = places(report)
    seen: Counter[tuple[str, str, str]] = Counter()
    made = []
    for one in report.findings if findings is None else findings:
        key = (where[one.path], one.slug, json_pointer(one.pointer) or _line(one, by_path[one.path]))
        seen[key] += 1
        text = "\0".join((*key, str(seen[key])))
        made.append(hashlib.sha256(text.encode("utf-8", "backslashreplace")).hexdigest()[:40])
    return made


def _line(finding: Finding, judged: Judged) -> str:
    return (judged.source.line(finding.span.line) or "").strip()
