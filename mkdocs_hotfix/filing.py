"""Changing a record: found by its name, edited in place, judged as it would be, and only then written."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from mkdocs_hotfix import editing, emit, gate, source, writing
from mkdocs_hotfix.findings import Finding, Level, SetupError, shorten, visible
from mkdocs_hotfix.gate import Judged, Report
from mkdocs_hotfix.paths import display, find
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.published import fields, schema
from mkdocs_hotfix.wording import guess

DEFERRED = "deferred"
_UNTRACKED = "not tracked"


@dataclass(frozen=True)
class Desk:
    """What every change needs to know: the policy, and what counts as now."""

    policy: Policy
    as_of: datetime


@dataclass(frozen=True)
class Sheet:
    """A record's file as it is now, or as it is going to be made: then `raw` is nothing.

    Attributes:
        path: The file, as people see it.
        raw: What it holds.
        data: The same, read.
        body: The text of one that is going to be made.
    """

    file: Path
    path: str
    raw: bytes | None
    data: Mapping[str, Any]
    body: str = ""

    @property
    def id(self) -> str:
        """The record's id: the name of its file."""
        return self.file.stem

    @property
    def status(self) -> str:
        """The status that it claims."""
        return str(self.data.get("status", ""))


class Refused(Exception):  # noqa: N818 - it is an answer and no accident
    """The gate would close over a change. Nothing was written.

    Attributes:
        findings: What the change would bring.
        path: The file.
    """

    def __init__(self, path: str, findings: tuple[Finding, ...]) -> None:
        super().__init__(path)
        self.path, self.findings = path, findings


def locate(policy: Policy, name: str) -> Path:
    """Find a record by its id, in any case, or by its file.

    Raises:
        SetupError: There is none; with the id that was probably meant.
    """
    if name.lower().endswith(".md") or os.sep in name or "/" in name:
        file = Path(name)
        if not os.path.lexists(file):
            raise SetupError(f"{visible(display(file))} does not exist. Name a record, or its file.")
        return file
    known = {file.stem.upper(): file for file in find(policy.records)} if policy.records.is_dir() else {}
    if name.upper() in known:
        return known[name.upper()]
    meant = guess(name.upper(), known)
    where = f"There is no record {shorten(visible(name), 40)} in {display(policy.records)}."
    advice = f"Did you mean {meant}?" if meant else "`hotfix list` shows them." if known else "`hotfix new` files one."
    raise SetupError(f"{where} {advice}")


def take(policy: Policy, name: str) -> Sheet:
    """Read a record that is going to be changed.

    Raises:
        SetupError: There is no such record, or it can not be read.
    """
    file = locate(policy, name)
    path = visible(display(file))
    raw = writing.load(file, source.MAX_BYTES)
    read_as = source.parse(raw)
    if read_as.data is None:
        problem = read_as.problems[0]
        line = problem.span.line if problem.span else 1
        raise SetupError(f"{path}:{line}: {problem.message}. Mend this first: {' '.join(problem.help)}")
    return Sheet(file, path, raw, read_as.data)


def orders(policy: Policy) -> editing.Orders:
    """Tell where new fields go: in the order of the schema, and of the policy where it has one."""
    found: dict[tuple[str | int, ...], list[str]] = {("evidence",): list(policy.kinds)}
    for place, _ in fields(schema("record")):
        if place[:-1] != ("evidence",):
            found.setdefault(place[:-1], []).append(str(place[-1]))
    found |= {("evidence", kind): found[("evidence", "*")] for kind in policy.kinds}
    return {place: tuple(names) for place, names in found.items()}


def judge(desk: Desk, sheet: Sheet, raw: bytes | None) -> Report:
    """Judge all records, and this one as if its file held something else."""
    records = os.path.abspath(desk.policy.records)
    inside = os.path.abspath(sheet.file).startswith(records + os.sep) and os.path.isdir(records)  # noqa: PTH112
    instead = {} if raw is None else {sheet.file: raw}
    if raw is None and sheet.raw is None and not inside:
        return Report(desk.policy, desk.as_of, ())
    return gate.check(desk.policy, desk.as_of, None if inside else [sheet.file], instead=instead)


def settle(desk: Desk, sheet: Sheet, wanted: Mapping[str, Any], *, status: str = "") -> Judged:
    """Write a change of a record, if the gate has nothing new against it.

    Args:
        desk: The policy and the time.
        sheet: The record as it was read.
        wanted: All the data that it shall hold.
        status: The status that it shall claim with them; then nothing at all may be wrong in it.

    Returns:
        The record, judged as it is now written.

    Raises:
        Refused: The change would bring an error, here or in another record.
        FileExistsError: A new record is there already, if only since a moment ago.
        SetupError: It can not be written.
    """
    made, report = attempt(desk, sheet, {**wanted, "status": status} if status else wanted, claim=bool(status))
    if sheet.raw is None:
        writing.create(sheet.file, made)
    elif made != sheet.raw:
        writing.replace(sheet.file, sheet.raw, made)
    return own(report, sheet)


def following(policy: Policy, data: Mapping[str, Any]) -> Iterator[str]:
    """Yield the statuses that come after the one that a record claims; for what was decided to wait, the exit of that."""
    status, triage = str(data.get("status", "")), data.get("triage")
    line = [one.id for one in policy.lifecycle()]
    if isinstance(triage, dict) and triage.get("decision") == "defer" and DEFERRED in policy.statuses:
        if status != DEFERRED:
            yield DEFERRED
    elif status in line:
        yield from line[line.index(status) + 1 :]


def furthest(desk: Desk, sheet: Sheet, wanted: Mapping[str, Any]) -> str:
    """Tell the last status up to which the gate lets a record go on from where it is; nothing if it has to stay."""
    best = ""
    for status in following(desk.policy, wanted):
        try:
            attempt(desk, sheet, {**wanted, "status": status}, claim=True)
        except Refused:
            break
        best = status
    return best


def status_with(policy: Policy, need: str, status: str) -> str:
    """Name the status that an event brings: the first that needs it, unless the record claims that already; or nothing."""
    found = next((one.id for one in policy.statuses.values() if need in one.needs), "")
    reached = {one.id for one in policy.reached(status)} if status in policy.statuses else set()
    return "" if found in reached else found


def attempt(desk: Desk, sheet: Sheet, wanted: Mapping[str, Any], *, claim: bool) -> tuple[bytes, Report]:
    """Make a change in memory and judge it: what `settle` would write. Raises as `settle` does."""
    try:
        made = (
            _fresh(wanted, sheet.body.replace("\r\n", "\n"))
            if sheet.raw is None
            else editing.rewrite(sheet.raw, wanted)
        )
    except SetupError as error:
        raise SetupError(f"{sheet.path}: {error} Nothing was changed.") from None
    after = judge(desk, sheet, made)
    errors = [one for one in after.findings if one.level is Level.ERROR and one.label != _UNTRACKED]
    if errors:
        mine = [one for one in errors if claim and one.path == sheet.path]
        known = {_what(one) for one in judge(desk, sheet, sheet.raw).findings}
        added = [one for one in errors if one in mine or _what(one) not in known]
        if added:
            raise Refused(sheet.path, tuple(added))
    return made, after


def carried(desk: Desk, sheet: Sheet, data: Mapping[str, Any]) -> list[str]:
    """Name the hotfixes in production on the same release, which a package carries unless it drops them."""
    release = data.get("release")
    release = release if isinstance(release, dict) else {}
    dropped = {one.get("id") for one in release.get("drops", ()) if isinstance(one, dict)}
    records = [one.record for one in judge(desk, sheet, sheet.raw).judged if one.record]
    found = [
        (one.deployed.at, one.id)
        for one in records
        if one.deployed
        and one.release.base == release.get("base")
        and not (one.withdrawn or one.rollback)
        and one.id not in (sheet.id, *dropped)
    ]
    return [name for _, name in sorted(found)]


def own(report: Report, sheet: Sheet) -> Judged:
    """Return the record of a sheet, judged."""
    here = os.path.abspath(sheet.file)
    return next(one for one in report.judged if os.path.abspath(one.file) == here)


def _what(finding: Finding) -> tuple[object, ...]:
    return finding.path, finding.slug, finding.pointer, finding.message


def _fresh(data: Mapping[str, Any], body: str) -> bytes:
    """Write a new record, with its text."""
    editing.see_that_it_prints({**data, "text": body})
    lines = [line for key, value in data.items() for line in emit.entry(key, value, 0)]
    text = "\n".join(["---", *lines, "---"]) + "\n" + (f"\n{body.strip()}\n" if body.strip() else "")
    return text.encode("utf-8", "surrogatepass")
