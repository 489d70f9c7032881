"""Evidence out of what a tester has: reports read, counted and copied beside the record, the rest taken from them and from git."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mkdocs_hotfix import reports, writing
from mkdocs_hotfix.filing import Desk, Sheet
from mkdocs_hotfix.findings import SetupError, shorten, visible
from mkdocs_hotfix.origin import Origin
from mkdocs_hotfix.paths import display
from mkdocs_hotfix.policy import Kind
from mkdocs_hotfix.reports import ReportError, TestReport
from mkdocs_hotfix.times import rfc3339

_NOT_IN_NAMES = re.compile(r"[^A-Za-z0-9._-]+")
_ENDING = {"junit": ".xml", "ctrf": ".json", "in-toto": ".json"}
_MANY = 50


class NotPassedError(Exception):
    """A report does not say what it is filed for. Nothing was written."""


@dataclass(frozen=True)
class Filed:
    """One report on its way beside the record.

    Attributes:
        source: Where it was found.
        raw: Its bytes, as they were read and counted.
        report: What it says.
        target: Where it goes; the same as `source` for what lies there already.
    """

    source: Path
    raw: bytes = field(repr=False)
    report: TestReport
    target: Path


def load(sheet: Sheet, kind: Kind, files: Sequence[Path]) -> tuple[Filed, ...]:
    """Read reports, and choose the name of each beside the record. Nothing is copied yet.

    Raises:
        SetupError: One can not be read, is no test report, or is named twice.
    """
    if len(files) > _MANY:
        raise SetupError(
            f"{len(files)} reports are more than the {_MANY} that evidence can name. Let the runner write fewer."
        )
    found: list[Filed] = []
    folder = sheet.file.parent / sheet.id
    for file in files:
        raw = _read(file)
        try:
            report = reports.read_bytes(raw)
        except ReportError as error:
            line = f":{error.line}" if error.line else ""
            raise SetupError(f"{_shown(file)}{line} proves nothing: {_lower(error.reason)}. {error.advice}") from None
        if any(one.report.content == report.content for one in found):
            raise SetupError(f"{_shown(file)} is named twice, or says the same as another one. Name each run once.")
        name = kind.id if len(files) == 1 else f"{kind.id}-{file.stem}"
        target = _target(file, raw, folder, name + _ENDING[report.format], {one.target for one in found})
        found.append(Filed(file, raw, report, target))
    return tuple(found)


def copy(filed: Sequence[Filed]) -> list[Path]:
    """Put the reports beside the record, each whole or not at all.

    Returns:
        What was made, to be taken back if the record is not written.

    Raises:
        SetupError: One can not be written; then none is left.
    """
    made: list[Path] = []
    for folder in {one.target.parent for one in filed}:
        if folder.is_symlink():
            raise SetupError(f"{_shown(folder)} is a symbolic link, and links are not followed. Put a folder there.")
    try:
        for one in filed:
            if not os.path.lexists(one.target):
                made += writing.create(one.target, one.raw)
    except FileExistsError:
        writing.take_back(made)
        raise SetupError(f"{_shown(one.target)} has just been made by somebody else. Run this again.") from None
    except BaseException:
        writing.take_back(made)
        raise
    return made


def evidence(
    desk: Desk, sheet: Sheet, kind: Kind, filed: Sequence[Filed], given: Mapping[str, Any], origin: Origin
) -> dict[str, Any]:
    """Write what was found out and what was given into one piece of evidence.

    Args:
        desk: The policy and the time.
        sheet: The record.
        kind: The kind of evidence.
        filed: Its reports.
        given: What was said: fields of evidence; empty ones do not count.
        origin: Git, to name the commit.

    Raises:
        NotPassedError: `passed` is said, and the reports say otherwise.
    """
    said = {key: value for key, value in given.items() if value not in (None, "", [], ())}
    made: dict[str, Any] = {}
    if filed:
        made["result"] = "passed" if all(one.report.clean for one in filed) else "failed"
        if said.get("result") == "passed" and made["result"] == "failed":
            raise NotPassedError(_why_not([one.report for one in filed if not one.report.clean], kind))
    made["at"] = rfc3339(max((one.report.finished for one in filed if one.report.finished), default=desk.as_of))
    accepted = desk.policy.accepted(kind)
    if kind.environment and len(accepted) == 1:
        made["environment"] = accepted[0]
    if kind.is_test and (commit := _commit(sheet, filed, origin)):
        made["commit"] = commit
    if filed:
        made["summary"] = counts([one.report for one in filed])
        paths = [os.path.relpath(one.target, sheet.file.parent).replace(os.sep, "/") for one in filed]
        digests = [one.report.sha256 for one in filed]
        made["report"], made["sha256"] = (paths[0], digests[0]) if len(filed) == 1 else (paths, digests)
    made |= said
    order = (
        "result",
        "at",
        "by",
        "environment",
        "commit",
        "summary",
        "affected",
        "test_scope",
        "audience",
        "issues_found",
        "url",
    )
    return {key: made[key] for key in (*order, "report", "sha256") if key in made}


def lacking(kind: Kind, made: Mapping[str, Any]) -> list[str]:
    """Name what the kind needs and the evidence does not say."""
    wanted = [
        *(["result"] if kind.is_test else []),
        *(["environment"] if kind.environment else []),
        *(["report"] if kind.report else []),
        *kind.needs,
    ]
    return [name for name in dict.fromkeys(wanted) if name not in made]


def counts(found: Sequence[TestReport]) -> str:
    """Write the counts of some reports: `214 tests: 212 passed, 2 skipped`."""
    total = sum(one.total for one in found)
    numbers = (
        (sum(one.passed for one in found), "passed"),
        (sum(one.failed for one in found), "failed"),
        (sum(one.errors for one in found), "with an error"),
        (sum(one.skipped for one in found), "skipped"),
    )
    parts = ", ".join(f"{number:,} {word}" for number, word in numbers if number)
    flaky = sum(one.flaky for one in found)
    again = f" ({flaky:,} on a further try)" if flaky else ""
    return f"{total:,} test{'' if total == 1 else 's'}: {parts or 'none ran'}{again}"


def _why_not(found: Sequence[TestReport], kind: Kind) -> str:
    report = found[0]
    if report.bad:
        names = ", ".join(f"“{shorten(f'{case.group} {case.name}'.strip(), 80)}”" for case in report.failing[:3])
        more = f" and {report.bad - 3} more" if report.bad > 3 else ""  # noqa: PLR2004 - as many as are named
        return f"{counts(found)}. It is not `passed`: {names}{more}. Fix the cause and test again, or file it as it is: --result failed."
    if report.contradictions:
        return (
            f"The report contradicts itself: {_lower(report.contradictions[0])}. File it as the test runner wrote it."
        )
    return f"No test ran in it, so it does not prove “{kind.title}”. Run the tests of the scope and file that report."


def _commit(sheet: Sheet, filed: Sequence[Filed], origin: Origin) -> str:
    """Tell which commit was tested: as the reports say, else what is checked out, if that is the branch of the hotfix."""
    named = {commit for one in filed for commit in one.report.commits if not commit.endswith("-dirty")}
    if named:
        return max(named, key=len) if all(max(named, key=len).startswith(one) for one in named) else ""
    release = sheet.data.get("release")
    branch = release.get("branch") if isinstance(release, dict) else None
    # Any other branch may be there to file the record, and holds code that nobody has tested.
    return origin.commit if branch and branch == origin.branch else ""


def _read(file: Path) -> bytes:
    try:
        return writing.load(Path(os.path.realpath(file)), reports.MAX_BYTES)
    except SetupError as error:
        raise SetupError(str(error).replace(" Nothing was changed.", "")) from None


def _target(file: Path, raw: bytes, folder: Path, name: str, taken: set[Path]) -> Path:
    """Choose where a report goes: it stays where it is beside the record; no other file is ever written over."""
    real = Path(os.path.realpath(file))
    if Path(os.path.realpath(folder)) in real.parents and not file.is_symlink():
        return folder / real.relative_to(os.path.realpath(folder))
    stem, dot, ending = _NOT_IN_NAMES.sub("-", name).strip("-.").rpartition(".")
    ending = dot + ending
    number = 1
    while True:
        target = folder / (f"{stem}{ending}" if number == 1 else f"{stem}-{number}{ending}")
        if target not in taken and (not os.path.lexists(target) or _holds(target, raw)):
            return target
        number += 1


def _holds(file: Path, raw: bytes) -> bool:
    try:
        return not file.is_symlink() and file.is_file() and file.read_bytes() == raw
    except OSError:
        return False


def _shown(file: Path) -> str:
    return visible(display(file))


def _lower(sentence: str) -> str:
    return sentence[:1].lower() + sentence[1:].rstrip(".")
