"""The record as frozen values. It can not fail: the schema has vouched for the data.

Parts whose shape is wrong are left out and listed in `unclear`, so that the rest can still be judged in one run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

from mkdocs_hotfix import parts, times
from mkdocs_hotfix.findings import Pointer
from mkdocs_hotfix.parts import Approval, Event, Evidence, Release, Triage, Waiver, end_of


class Written(Protocol):
    """Where the record's text is: its source, or one that is read when somebody asks."""

    @property
    def body(self) -> str:
        """The narrative, Markdown."""


@dataclass(frozen=True)
class Record:
    """One hotfix. Its parts are made of the data when somebody asks: of most records, most are never asked about.

    Attributes:
        file: Where it lies.
        path: The same, as people see it.
        root: The folder out of which no path of the record may lead.
        data: The front matter as written, without the parts that are `unclear`.
        source: Where its text is.
        evidence: Its evidence, by kind.
        unclear: Parts whose shape is wrong: they are there, and nobody can tell what they say.
    """

    file: Path
    path: str
    root: Path
    data: Mapping[str, Any]
    source: Written = field(repr=False)
    evidence: Mapping[str, Evidence]
    unclear: frozenset[Pointer] = frozenset()

    __hash__ = object.__hash__  # what follows from one is remembered by it, and not by all that it says

    @cached_property
    def id(self) -> str:
        """The id, or the file's name where it has none."""
        text: str = self.data.get("id", self.file.stem)
        return text

    @property
    def title(self) -> str:
        """The title."""
        text: str = self.data.get("title", "")
        return text

    @cached_property
    def status(self) -> str:
        """The status: a record without one is not made."""
        status: str = self.data["status"]
        return status

    @property
    def severity(self) -> str:
        """The severity, by the policy's name."""
        text: str = self.data.get("severity", "")
        return text

    @property
    def service(self) -> str:
        """What was broken."""
        text: str = self.data.get("service", "")
        return text

    @property
    def body(self) -> str:
        """The narrative, Markdown."""
        return self.source.body

    @cached_property
    def reported(self) -> Event | None:
        """When it was reported, and by whom."""
        return parts.event(self.data.get("reported"))

    @cached_property
    def triage(self) -> Triage | None:
        """The answers and the decision."""
        return parts.triage(self.data.get("triage"))

    @cached_property
    def release(self) -> Release:
        """The package."""
        return parts.release(self.data.get("release", {}))

    @cached_property
    def approvals(self) -> tuple[Approval, ...]:
        """Who has allowed the deployment."""
        return tuple([parts.approval(one) for one in self.data.get("approvals", ())])

    @cached_property
    def deployed(self) -> Event | None:
        """When it went to production."""
        return parts.event(self.data.get("deployed"))

    @cached_property
    def rollback(self) -> Event | None:
        """When it was taken back."""
        return parts.event(self.data.get("rollback"))

    @cached_property
    def withdrawn(self) -> Event | None:
        """When it was given up."""
        return parts.event(self.data.get("withdrawn"))

    @cached_property
    def waivers(self) -> tuple[Waiver, ...]:
        """Which requirements may be left out."""
        return tuple([parts.waiver(one) for one in self.data.get("waivers", ())])

    def claiming(self, status: str) -> Record:
        """Return the same record with another status."""
        return replace(self, data={**self.data, "status": status})

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

    @cached_property
    def texts(self) -> Mapping[str, list[str]]:
        """Every text by the name of the field in which it or its list stands, for a glance that spares a closer look.

        Texts of a table that stands in one of the fields that say something in `WORDS` are in that field, too.
        """
        found: dict[str, list[str]] = defaultdict(list)
        open_: list[tuple[str, Any]] = [("", self.data)]
        while open_:
            name, node = open_.pop()
            if type(node) is list:
                found[name] += [one for one in node if type(one) is str]
                open_ += [(name, one) for one in node if type(one) is not str and type(one) in _NESTED]
                continue
            for key, value in node.items():
                kind = type(value)
                if kind is str:
                    found[key].append(value)
                elif kind in _NESTED:
                    open_.append((key, value))
                    if key in WORDS and kind is dict:
                        found[key] += [one for one in value.values() if type(one) is str]
        return found


WORDS = frozenset("summary because root_cause escaped_because issues_found affected test_scope audience".split())
"""The fields that should say something in words."""

_NESTED = frozenset((dict, list))


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
    source: Written,
    unclear: frozenset[Pointer] = frozenset(),
) -> Record:
    """Make the record of data that the schema has accepted.

    Args:
        file: Where it lies.
        path: The same, as people see it.
        root: The folder out of which no path of the record may lead.
        data: The front matter.
        source: Where its text is.
        unclear: Parts that the schema has refused; they are left out.
    """
    if unclear:
        data = _without(data, unclear)
    evidence = {kind: Evidence(kind, one) for kind, one in data.get("evidence", {}).items()}
    return Record(file, path, root, data, source, evidence, unclear)


def _without(data: Mapping[str, Any], unclear: frozenset[Pointer]) -> dict[str, Any]:
    kept = {key: value for key, value in data.items() if (key,) not in unclear}
    if "evidence" in kept:
        kept["evidence"] = {kind: one for kind, one in kept["evidence"].items() if ("evidence", kind) not in unclear}
    return kept
