"""What exactly was judged, as digests: a site carries them, and `hotfix verify-site` compares. Nothing under embargo is in any."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from pathlib import Path

from mkdocs_hotfix import dossier, paths
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.tree import Hidden


def of_text(*parts: str) -> str:
    """Return the SHA-256 of texts, whatever line breaks and byte order mark their files have."""
    return hashlib.sha256(json.dumps(parts).encode("ascii")).hexdigest()


def of_policy(policy: Policy) -> str:
    """Return the digest of a policy and of the schema that it names."""
    return of_text(policy.read_as.yaml_text, json.dumps(policy.extra_schema, sort_keys=True))


def of_record(judged: Judged) -> str:
    """Return the digest of a record's front matter and text, as they were judged."""
    return of_text(judged.source.yaml_text, judged.source.body)


def of_reports(judged: Judged, report: Report, hidden: Hidden) -> list[dict[str, str]]:
    """Return the digest of each report that a record names, with its path from the docs folder.

    Args:
        judged: A record that is published.
        report: What the gate found.
        hidden: What stays unpublished, since a record under embargo names it too; a digest would tell its content.
    """
    found: dict[str, str] = {}
    for path in reports(judged):
        if str(path) not in hidden and (digest := dossier.digest(path)):
            found[paths.inside(path, report.policy.root)] = digest
    return [{"path": path, "sha256": digest} for path, digest in sorted(found.items())]


def reports(judged: Judged) -> Iterator[Path]:
    """List the reports that a record names and that are there, by absolute path."""
    one, folders = judged.record, set[str]()
    for evidence in one.evidence.values() if one else ():
        for text in evidence.reports:
            place = paths.locate(text, judged.file, one.root, folders) if one else None
            if place and not place.trouble:
                yield place.file
