"""The record as frozen values. It can not fail: the schema has vouched for the data.

Parts whose shape is wrong are left out and listed in `unclear`, so that the rest can still be judged in one run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from mkdocs_hotfix import times
from mkdocs_hotfix.findings import Pointer
from mkdocs_hotfix.times import later


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened: a report, a deployment, a rollback, a withdrawal."""

    at: datetime
    by: str
    url: str = ""
    because: str = ""


@dataclass(frozen=True, slots=True)
class Approval:
    """Somebody in a role allowed something: a deployment, an exception."""

    at: datetime
    by: str
    role: str
    because: str = ""


@dataclass(frozen=True, slots=True)
class Waiver:
    """Somebody in a role allowed a requirement to be left out, until `ends`."""

    requirement: str
    because: str
    by: str
    role: str
    at: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class Answer:
    """The answer to one question of the triage."""

    answer: bool
    because: str
    harms: tuple[str, ...]
    percent: float | None


@dataclass(frozen=True, slots=True)
class Triage:
    """The answers and the decision (`hotfix` or `defer`)."""

    at: datetime
    by: str
    answers: Mapping[str, Answer]
    decision: str
    exception: Approval | None


@dataclass(frozen=True, slots=True)
class Release:
    """The cumulative package over the official release `base`."""

    base: str = ""
    version: str = ""
    includes: tuple[str, ...] = ()
    branch: str = ""
    commit: str = ""
    pull_request: str = ""
    rollback: str = ""
    merge_back: tuple[Mapping[str, str], ...] = ()
    drops: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Evidence:
    """One piece of evidence. `data` has the fields that some kinds need: `affected`, `audience` and so on."""

    kind: str
    at: datetime
    by: str
    result: str
    environment: str
    commit: str
    summary: str
    url: str
    reports: tuple[str, ...]
    sha256: tuple[str, ...]
    data: Mapping[str, Any]

    def report_pointer(self, index: int) -> Pointer:
        """Tell where in the record one of the reports is named."""
        here = ("evidence", self.kind, "report")
        return here if isinstance(self.data.get("report"), str) else (*here, index)


@dataclass(frozen=True, slots=True)
class Record:
    """One hotfix.

    Attributes:
        file: Where it lies.
        path: The same, as people see it.
        root: The folder out of which no path of the record may lead.
        data: The front matter as written, without the parts that are `unclear`.
        body: The narrative, Markdown.
        unclear: Parts whose shape is wrong: they are there, and nobody can tell what they say.
    """

    file: Path
    path: str
    root: Path
    data: Mapping[str, Any]
    body: str
    id: str
    title: str
    status: str
    severity: str
    service: str
    reported: Event | None
    triage: Triage | None
    release: Release
    evidence: Mapping[str, Evidence]
    approvals: tuple[Approval, ...]
    deployed: Event | None
    rollback: Event | None
    withdrawn: Event | None
    waivers: tuple[Waiver, ...] = ()
    unclear: frozenset[Pointer] = field(default=frozenset())

    def value(self, pointer: Pointer) -> Any:
        """Return what stands at a place, or nothing."""
        here: Any = self.data
        for part in pointer:
            # Nearly all are dicts, and to ask for a mapping takes ten times as long.
            if not (type(here) is dict or isinstance(here, Mapping)) or part not in here:
                return None
            here = here[part]
        return here

    def carries(self, pointer: Pointer) -> bool:
        """Tell whether something stands at a place. Empty texts, lists and mappings do not count."""
        value = self.value(pointer)
        return not (value is None or (value in ("", [], {}) and value is not False))

    def is_unclear(self, pointer: Pointer) -> bool:
        """Tell whether a place lies in, or holds, a part that could not be read."""
        return any(pointer[: len(part)] == part or part[: len(pointer)] == pointer for part in self.unclear)

    def is_embargoed(self, as_of: datetime) -> bool:
        """Tell whether nobody may read it yet. Where the embargo can not be read, nobody may."""
        until = self.value(("security", "embargo_until"))
        return self.is_unclear(("security",)) or (isinstance(until, str) and as_of < end_of(until))

    @property
    def taken_back(self) -> Event | None:
        """The rollback of what was deployed last; nothing where that came after it, or nothing was rolled back."""
        again = self.rollback and self.deployed and self.rollback.at < self.deployed.at
        return None if again else self.rollback

    def moments(self, need: Pointer) -> tuple[tuple[Pointer, datetime], ...]:
        """Return the times of one event of the life of the record, with their places."""
        head = need[0]
        if head == "approvals":
            return tuple((("approvals", index, "at"), one.at) for index, one in enumerate(self.approvals))
        at = self.value((*need, "at"))
        return (((*need, "at"), times.read(at)),) if isinstance(at, str) else ()

    def times(self) -> list[tuple[Pointer, datetime]]:
        """List every time at which something has happened, as the record says; plans are left out."""
        found: list[tuple[Pointer, datetime]] = []
        for key, value in self.data.items():
            if key == "at" and isinstance(value, str):
                found.append(((key,), times.read(value)))
            elif key != "extra" and isinstance(value, dict | list):
                _add_times(value, (key,), found)
        return found


def _add_times(node: Any, here: Pointer, found: list[tuple[Pointer, datetime]]) -> None:
    for key, value in node.items() if type(node) is dict else enumerate(node):
        kind = type(value)
        if kind is str:  # most are texts
            if key == "at":
                found.append(((*here, key), times.read(value)))
        elif kind is dict or kind is list:
            _add_times(value, (*here, key), found)


def build(
    file: Path,
    path: str,
    root: Path,
    data: Mapping[str, Any],
    body: str,
    unclear: frozenset[Pointer] = frozenset(),
) -> Record:
    """Make the record of data that the schema has accepted.

    Args:
        file: Where it lies.
        path: The same, as people see it.
        root: The folder out of which no path of the record may lead.
        data: The front matter.
        body: The narrative.
        unclear: Parts that the schema has refused; they are left out.
    """
    if unclear:
        data = _without(data, unclear)
    get = data.get
    release = get("release", {})
    return Record(
        file=file,
        path=path,
        root=root,
        data=data,
        body=body,
        id=get("id", file.stem),
        title=get("title", ""),
        status=data["status"],
        severity=get("severity", ""),
        service=get("service", ""),
        reported=_event(get("reported")),
        triage=_triage(get("triage")),
        release=Release(
            base=release.get("base", ""),
            version=release.get("version", ""),
            includes=tuple(release.get("includes", ())),
            branch=release.get("branch", ""),
            commit=release.get("commit", ""),
            pull_request=release.get("pull_request", ""),
            rollback=release.get("rollback", ""),
            merge_back=tuple(release.get("merge_back", ())),
            drops=tuple(one["id"] for one in release.get("drops", ())),
        ),
        evidence={kind: _evidence(kind, one) for kind, one in get("evidence", {}).items()},
        approvals=tuple(_approval(one) for one in get("approvals", ())),
        deployed=_event(get("deployed")),
        rollback=_event(get("rollback")),
        withdrawn=_event(get("withdrawn")),
        waivers=tuple(
            Waiver(
                one["requirement"],
                one["because"],
                one["by"],
                one["role"],
                times.read(one["at"]),
                end_of(one["expires"]),
            )
            for one in get("waivers", ())
        ),
        unclear=unclear,
    )


def _without(data: Mapping[str, Any], unclear: frozenset[Pointer]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if (key,) not in unclear}
    if "evidence" in kept:
        kept["evidence"] = {kind: one for kind, one in kept["evidence"].items() if ("evidence", kind) not in unclear}
    return kept


def _event(data: Mapping[str, Any] | None) -> Event | None:
    if data is None:
        return None
    return Event(times.read(data["at"]), data["by"], data.get("url", ""), data.get("because", ""))


def _approval(data: Mapping[str, Any]) -> Approval:
    return Approval(times.read(data["at"]), data["by"], data["role"], data.get("because", ""))


def _triage(data: Mapping[str, Any] | None) -> Triage | None:
    if data is None:
        return None
    answers = {
        key: Answer(one["answer"], one["because"], tuple(one.get("harms", ())), one.get("percent"))
        for key, one in data["answers"].items()
    }
    exception = data.get("exception")
    return Triage(
        times.read(data["at"]),
        data["by"],
        answers,
        data["decision"],
        _approval(exception) if exception else None,
    )


def _evidence(kind: str, data: Mapping[str, Any]) -> Evidence:
    get = data.get
    return Evidence(
        kind=kind,
        at=times.read(data["at"]),
        by=data["by"],
        result=get("result", ""),
        environment=get("environment", ""),
        commit=get("commit", ""),
        summary=get("summary", ""),
        url=get("url", ""),
        reports=several(get("report")),
        sha256=several(get("sha256")),
        data=data,
    )


def end_of(text: str) -> datetime:
    """Read a field that holds a day or a time; a day ends when it ends everywhere it counts: at midnight UTC."""
    if "T" in text.upper():
        return times.read(text)
    found = date.fromisoformat(text)
    return later(datetime(found.year, found.month, found.day, tzinfo=UTC), timedelta(days=1))


def several(value: str | list[str] | None) -> tuple[str, ...]:
    """Read a field that holds one text or a list of them."""
    return () if value is None else (value,) if isinstance(value, str) else tuple(value)
