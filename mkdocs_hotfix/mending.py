"""Mend in a file what can only have been meant, and leave every other byte as it is."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mkdocs_hotfix import judging, source
from mkdocs_hotfix.findings import Span
from mkdocs_hotfix.judging import Judged
from mkdocs_hotfix.paths import open_regular
from mkdocs_hotfix.policy import Policy

_ROUNDS = 10
"""A name that is right brings its values to light: each round sees one level deeper."""


@dataclass(frozen=True, slots=True)
class Mended:
    """A file before and after, and how many places were mended. `path` is the file as people see it."""

    file: Path
    path: str
    before: bytes
    after: bytes
    places: int


def mend(judged: Judged, policy: Policy) -> Mended | None:
    """Mend one file in memory.

    Returns:
        Nothing where there is nothing to mend, or where the file can not be read any more.
    """
    if not any(finding.fix for finding in judged.findings):
        return None
    try:
        opened = open_regular(judged.file)
        if opened is None:
            return None
        with opened[0] as stream:
            before = stream.read(source.MAX_BYTES + 1)
    except OSError:
        return None
    after, places = before, 0
    for _ in range(_ROUNDS):
        edits = _edits(after, judged, policy)
        tried = rewrite(after, edits)
        # What reads no better than before was not a mending.
        if not edits or source.parse(tried).data is None:
            break
        after, places = tried, places + len(edits)
    return Mended(judged.file, judged.path, before, after, places) if places else None


def _edits(raw: bytes, judged: Judged, policy: Policy) -> list[tuple[Span, str]]:
    draft = judging.understand(judged.file, judged.path, source.parse(raw), policy)
    fixes = ((draft.source.span(one.pointer, one.on), one.fix) for _, one in draft.problems if one.fix)
    return [(span, fix) for span, fix in fixes if span.line == span.end_line]


def rewrite(raw: bytes, edits: Iterable[tuple[Span, str]]) -> bytes:
    """Write texts in the place of others, each on one line.

    Args:
        raw: The file, UTF-8. A byte order mark and the ends of lines stay.
        edits: Places that do not overlap, as findings name them, each with its new text.
    """
    mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
    lines = raw.removeprefix(mark).decode("utf-8").split("\n")
    for span, text in sorted(edits, reverse=True):
        line = lines[span.line - 1]
        lines[span.line - 1] = line[: span.column - 1] + text + line[span.end_column - 1 :]
    return mark + "\n".join(lines).encode("utf-8")
