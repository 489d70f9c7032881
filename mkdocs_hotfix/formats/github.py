"""Annotations in a GitHub job: they show up at the line in the pull request.

GitHub shows ten errors, ten warnings and ten notices of a step and drops the rest without a word. So what is more is put
together, by record or else by rule, and every finding is in the log all the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import islice

from mkdocs_hotfix.findings import Finding, Level, visible
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.locations import places, told
from mkdocs_hotfix.plain import inert

MOST = 10
"""How many annotations of one level GitHub shows of one step."""

_NAMES = {Level.ERROR: "error", Level.WARNING: "warning", Level.NOTE: "notice"}
_LISTED = 20
"""How many findings one annotation lists."""


def render(report: Report) -> str:
    """Write at most ten workflow commands a level, then the counts as plain text."""
    where = places(report)
    lines: list[str] = []
    together = False
    for level in Level:
        found = [one for one in report.findings if one.level is level]
        if len(found) <= MOST:
            lines += [_single(one, where) for one in found]
        else:
            together = True
            lines += _grouped(found, where)
    if together:
        lines.append("::group::Every finding")
        # A line of its own that starts with a path could be a command; one that starts with a dash is none.
        lines += [f"- {_shown(one, where)}: {_log(one.message)}" for one in report.findings]
        lines.append("::endgroup::")
    return "\n".join([*lines, _log(report.summary)]) + "\n"


def _grouped(found: Sequence[Finding], where: Mapping[str, str]) -> Iterator[str]:
    level = found[0].level
    by_file = _by(found, lambda one: one.path)
    if len(by_file) <= MOST:
        for group in by_file:
            if len(group) == 1:
                yield _single(group[0], where)
                continue
            listed = [f"Line {one.span.line}: {one.code} {one.slug}: {one.message}" for one in group]
            yield _together(group, where, f"{len(group)} {level}s in this record", listed)
        return
    by_rule = sorted(_by(found, lambda one: one.slug), key=len, reverse=True)
    shown = by_rule if len(by_rule) <= MOST else by_rule[: MOST - 1]
    for group in shown:
        title = f"{group[0].code} {group[0].slug}"
        number = len(group)
        listed = [f"{where[one.path]}:{one.span.line}: {one.message}" for one in group]
        yield _together(group, where, f"{title}: {number} {level}{'' if number == 1 else 's'}", listed)
    rest = [one for group in by_rule[len(shown) :] for one in group]
    if rest:
        rules = ", ".join(f"{group[0].slug} ({len(group)})" for group in by_rule[len(shown) :])
        message = (
            f"{len(rest)} more {level}s are not shown here: {rules}. The log and the job's summary have all of them."
        )
        yield f"::{_NAMES[level]} title={len(rest)} more {level}s::{_data(message)}"


def _by(found: Sequence[Finding], key: Callable[[Finding], str]) -> list[list[Finding]]:
    groups: dict[str, list[Finding]] = {}
    for one in found:
        groups.setdefault(key(one), []).append(one)
    return list(groups.values())


def _together(group: Sequence[Finding], where: Mapping[str, str], title: str, listed: Sequence[str]) -> str:
    rest = len(listed) - _LISTED
    more = [f"and {rest} more: the log and the job's summary have all of them"] if rest > 0 else []
    message = "\n".join([visible(one) for one in islice(listed, _LISTED)] + more)
    return _command(group[0], where, message, title=title)


def _single(one: Finding, where: Mapping[str, str]) -> str:
    return _command(one, where, told(one))


def _command(one: Finding, where: Mapping[str, str], message: str, title: str = "") -> str:
    at = one.span
    place = {
        "file": where[one.path],
        "line": at.line,
        "endLine": at.end_line,
        "col": at.column,
        "endColumn": at.end_column,
        "title": title or f"{one.code} {one.slug}",
    }
    properties = ",".join(f"{key}={_property(str(value))}" for key, value in place.items())
    return f"::{_NAMES[one.level]} {properties}::{_data(message)}"


def _shown(one: Finding, where: Mapping[str, str]) -> str:
    return _log(f"{where[one.path]}:{one.span.line}:{one.span.column}: {one.code} {one.slug}")


def _log(text: str) -> str:
    return inert(visible(text))


def _data(text: str) -> str:
    lines = "\n".join(_log(line) for line in text.split("\n"))
    return lines.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(visible(text)).replace(":", "%3A").replace(",", "%2C")
