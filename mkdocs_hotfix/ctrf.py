"""CTRF JSON (https://ctrf.io): a test is forgotten once it is counted."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from mkdocs_hotfix.findings import shorten
from mkdocs_hotfix.tally import MAX_NOTED, Tally
from mkdocs_hotfix.testreport import LESS, MAX_ELEMENTS, REPAIR, Feed, Outcome, ReportError, duration, moment

MAX_TESTS = 200_000

_STATUS: dict[object, Outcome] = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "skipped",
    "pending": "skipped",
    "other": "error",
}
_NOT_RUN = frozenset({"todo", "skipped", "pending", "disabled"})


class Tests:
    """Counts the tests of a CTRF report as they come."""

    def __init__(self, feed: Feed, tally: Tally) -> None:
        self.feed, self.tally = feed, tally
        self.seen = dict.fromkeys(_STATUS, 0)

    @property
    def elements(self) -> int:
        """How many elements of XML would have been as much work."""
        return sum(self.seen.values()) * MAX_ELEMENTS // MAX_TESTS

    def add(self, test: dict[str, Any]) -> None:
        """Count one.

        Raises:
            ReportError: It has no name, or a status that CTRF does not know.
        """
        number = sum(self.seen.values()) + 1
        if number * MAX_ELEMENTS > self.feed.budget.elements * MAX_TESTS:
            raise self.feed.too_many(f"The report holds more than {MAX_TESTS:,} tests", LESS)
        name, status = test.get("name"), test.get("status")
        if number <= MAX_NOTED:
            self.tally.note(sorted(test.items()))
        if not isinstance(name, str):
            raise ReportError(f"Test {number} in `results.tests` has no name", REPAIR)
        if not isinstance(status, str) or status not in _STATUS:
            raise ReportError(
                f"Test {number}, {shorten(repr(name))}, has the status {shorten(repr(status))}",
                "CTRF knows passed, failed, skipped, pending and other.",
            )
        self.seen[status] += 1
        outcome = _STATUS[status]
        if status == "other" and str(test.get("rawStatus")).lower() in _NOT_RUN:
            outcome = "skipped"  # test.todo() of Jest
        retries = test.get("retries")
        flaky = test.get("flaky") is True or (isinstance(retries, int) and retries > 0)
        self.tally.started(_epoch(_number(test.get("start"))), duration(_number(test.get("duration")), 0.001))
        suite, message = test.get("suite"), test.get("message")
        self.tally.add(
            name,
            suite if isinstance(suite, str) else " > ".join(map(str, suite)) if isinstance(suite, list) else "",
            outcome,
            duration(_number(test.get("duration")), 0.001),
            message if isinstance(message, str) else "",
            flaky=flaky and outcome == "passed",
        )


def compare(root: dict[str, Any], tests: Tests, tally: Tally) -> None:
    """Compare a CTRF summary with the tests, exactly; only `skipped` and `pending` may be told as one.

    Args:
        root: The report without its tests.
        tests: Its tests.
        tally: Where they were counted.

    Raises:
        ReportError: It lacks a part that makes it CTRF.
    """
    results = root["results"]
    summary = results.get("summary")
    if root.get("reportFormat", "CTRF") != "CTRF" or not isinstance(results.get("tests"), list):
        raise ReportError(
            "The JSON has `results`, but no list `results.tests`", "File a CTRF report (https://ctrf.io)."
        )
    if not isinstance(summary, dict):
        raise ReportError("The CTRF report has no `results.summary`", REPAIR)
    seen: dict[str, int] = {str(name): number for name, number in tests.seen.items()}
    expected = {
        "tests": sum(seen.values()),
        "passed": seen["passed"],
        "failed": seen["failed"],
        "skipped and pending": seen["skipped"] + seen["pending"],
        "other": seen["other"],
    }
    for what, number in expected.items():
        told = [summary.get(name) for name in what.split(" and ")]
        if any(type(one) is not int for one in told if one is not None):
            tally.contradict(f"The summary says {what}: {shorten(repr(told[0]), 30)}, which is no number")
        elif any(one is not None for one in told) and sum(one or 0 for one in told) != number:
            tally.contradict(f"The summary says {what}: {sum(one or 0 for one in told)}, and its tests say {number}")
    start, stop = _number(summary.get("start")), _number(summary.get("stop"))
    begin, end = _epoch(start), _epoch(stop)
    if begin and end and end < begin:
        tally.contradict("The summary says that the run stopped before it started")
    took = duration(stop - start, 0.001) if start is not None and stop is not None and begin and end else None
    tally.seconds = took if took is not None else duration(_number(summary.get("duration")), 0.001)
    tally.started(begin, took)
    if begin is None:
        at = root.get("timestamp")
        tally.started(moment(at) if isinstance(at, str) else None)
    environment = results.get("environment")
    environment = environment if isinstance(environment, dict) else {}
    extra = environment.get("extra")
    for names in (environment, extra if isinstance(extra, dict) else {}):
        for key, value in names.items():
            if isinstance(value, str):
                tally.names_commit(key, value)


def _number(value: object) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _epoch(milliseconds: float | None) -> datetime | None:
    if milliseconds is None or not 0 < milliseconds < 253_000_000_000_000:  # noqa: PLR2004 - the year 9987
        return None
    return moment(datetime.fromtimestamp(milliseconds / 1000, UTC).isoformat())
