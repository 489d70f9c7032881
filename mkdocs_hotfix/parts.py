"""The parts of a record as frozen values, each made of data whose shape the schema has vouched for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
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


@dataclass(frozen=True)
class Evidence:
    """One piece of evidence. `data` has all its fields, also those that some kinds need: `affected`, `audience` and so on."""

    kind: str
    data: Mapping[str, Any]

    @property
    def at(self) -> datetime:
        """When it was seen."""
        return times.read(self.data["at"])

    @property
    def by(self) -> str:
        """Who has seen it."""
        by: str = self.data["by"]
        return by

    @property
    def result(self) -> str:
        """What came of it: `passed`, `failed` or nothing."""
        text: str = self.data.get("result", "")
        return text

    @property
    def environment(self) -> str:
        """Where it was seen, by the policy's name."""
        text: str = self.data.get("environment", "")
        return text

    @property
    def commit(self) -> str:
        """What was tested."""
        text: str = self.data.get("commit", "")
        return text

    @property
    def summary(self) -> str:
        """What was seen, in words."""
        text: str = self.data.get("summary", "")
        return text

    @property
    def url(self) -> str:
        """Where more of it is."""
        text: str = self.data.get("url", "")
        return text

    @cached_property
    def reports(self) -> tuple[str, ...]:
        """The paths of its reports."""
        return several(self.data.get("report"))

    @property
    def sha256(self) -> tuple[str, ...]:
        """The digests by which reports are pinned."""
        return several(self.data.get("sha256"))

    def report_pointer(self, index: int) -> Pointer:
        """Tell where in the record one of the reports is named."""
        here = ("evidence", self.kind, "report")
        return here if isinstance(self.data.get("report"), str) else (*here, index)


def event(data: Mapping[str, Any] | None) -> Event | None:
    """Read something that happened."""
    if data is None:
        return None
    return Event(times.read(data["at"]), data["by"], data.get("url", ""), data.get("because", ""))


def approval(data: Mapping[str, Any]) -> Approval:
    """Read an approval."""
    return Approval(times.read(data["at"]), data["by"], data["role"], data.get("because", ""))


def triage(data: Mapping[str, Any] | None) -> Triage | None:
    """Read the triage."""
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
        approval(exception) if exception else None,
    )


def release(data: Mapping[str, Any]) -> Release:
    """Read the package."""
    get = data.get
    return Release(
        base=get("base", ""),
        version=get("version", ""),
        includes=tuple(get("includes", ())),
        branch=get("branch", ""),
        commit=get("commit", ""),
        pull_request=get("pull_request", ""),
        rollback=get("rollback", ""),
        merge_back=tuple(get("merge_back", ())),
        drops=tuple([one["id"] for one in get("drops", ())]),
    )


def waiver(data: Mapping[str, Any]) -> Waiver:
    """Read a waiver."""
    return Waiver(
        data["requirement"],
        data["because"],
        data["by"],
        data["role"],
        times.read(data["at"]),
        end_of(data["expires"]),
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
