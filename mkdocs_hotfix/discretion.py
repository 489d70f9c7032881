"""What a published page or file may say where a record under embargo is concerned: nothing that names it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from mkdocs_hotfix.findings import Finding, Problem
from mkdocs_hotfix.record import Record

Said = TypeVar("Said", Finding, Problem)

_INSTEAD = "This concerns a record under embargo. `hotfix check` says more"


def spoken(said: Said, embargoed: Collection[str]) -> Said:
    """Return a finding or a problem as it may be published."""
    if any(name in text for name in embargoed for text in (said.message, said.label, said.fix, *said.help)):
        return replace(said, message=_INSTEAD, help=(), label="", fix="")
    return said


def front_matter(record: Record, embargoed: Collection[str]) -> Mapping[str, Any]:
    """Return what was filed as it may be published: the ids of records under embargo are left out of its release."""
    release = record.data.get("release")
    if not embargoed or not release:
        return record.data
    kept = dict(release)
    if "includes" in kept:
        kept["includes"] = [one for one in kept["includes"] if one not in embargoed]
    if "drops" in kept:
        kept["drops"] = [one for one in kept["drops"] if one["id"] not in embargoed]
    return {**record.data, "release": kept}
