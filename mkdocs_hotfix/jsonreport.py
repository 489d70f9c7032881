"""Reports in JSON: CTRF (https://ctrf.io), and in-toto test results, bare or in a DSSE envelope.

Read event by event with ijson: a CTRF test is forgotten once it is counted. Duplicate keys are refused, since parsers
differ in which one they believe; so are NaN, numbers too large for 64 bits, and what is nested deeper than 32 levels.
"""

from __future__ import annotations

import base64
import binascii
import io
import json
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import ijson  # type: ignore[import-untyped]

from mkdocs_hotfix.findings import shorten
from mkdocs_hotfix.testreport import CHUNK, Feed, Format, Outcome, ReportError, Tally, duration, moment

MAX_DEPTH = 32
MAX_KEPT = 200_000
MAX_TOKEN = 8 << 20
MAX_STRING = 2_000
MAX_LOCATED = 8 << 20

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_PAYLOAD_TYPE = "application/vnd.in-toto+json"
_SHA1 = 40
_REPAIR = "Let the test tool write the report again, and file it as it is."
_STATUS: dict[object, Outcome] = {
    "passed": "passed",
    "failed": "failed",
    "skipped": "skipped",
    "pending": "skipped",
    "other": "error",
}
_NOT_RUN = frozenset({"todo", "skipped", "pending", "disabled"})


class _Watched:
    """A feed that notices when bytes go in and no event comes out: a string without end."""

    def __init__(self, source: Feed | io.BytesIO) -> None:
        self.source = source
        self.taken = self.at_event = 0

    def read(self, size: int) -> bytes:
        data = self.source.read(size)
        if not self.taken:
            data = data.removeprefix(b"\xef\xbb\xbf") or data
        self.taken += len(data)
        if self.taken - self.at_event > MAX_TOKEN:
            raise ReportError(
                f"One text in it is longer than {MAX_TOKEN >> 20} MiB", "Leave captured output out of it."
            )
        return data


class _Builder:
    """Makes data of the events, and hands each item of `results.tests` on instead of keeping it."""

    def __init__(self, on_test: Callable[[Any], None]) -> None:
        self.on_test = on_test
        self.root: Any = None
        self.open: list[Any] = []
        self.keys: list[str] = []  # under which each open container, and what comes next, stands
        self.kept = self.before = 0

    def value(self, value: Any) -> None:
        """Put a value where it belongs."""
        here = self.open[-1] if self.open else None
        if here is None:
            self.root = value
        elif isinstance(here, dict):
            self.keep(value)
            here[self.keys[-1]] = value
        elif self.in_tests:
            if not isinstance(value, dict):
                raise ReportError("A test in `results.tests` is not an object", _REPAIR)
            self.before = self.kept
        elif len(self.open) < 5 or self.keys[:2] != ["results", "tests"] or self.keys[2] == "suite":  # noqa: PLR2004
            self.keep(value)
            here.append(value)
        # else it is output, steps, attachments … of one test: checked, not kept

    def keep(self, value: Any) -> None:
        self.kept += 1 + (len(value) // 64 if isinstance(value, str) else 0)
        if self.kept > MAX_KEPT:
            raise ReportError(
                f"The report holds more than {MAX_KEPT:,} values besides its tests, or in one of them", _REPAIR
            )

    @property
    def in_tests(self) -> bool:
        return len(self.open) == 3 and self.keys == ["results", "tests"] and isinstance(self.open[2], list)  # noqa: PLR2004

    def key(self, key: str) -> None:
        if key in self.open[-1]:
            raise ReportError(f"The key {shorten(repr(key))} stands twice in one object", _REPAIR)
        self.open[-1][key] = None
        self.keys[-1] = key

    def enter(self, container: Any) -> None:
        self.value(container)
        if len(self.open) >= MAX_DEPTH:
            raise ReportError(f"The JSON is nested deeper than {MAX_DEPTH} levels", _REPAIR)
        self.open.append(container)
        if isinstance(container, dict):
            self.keys.append("")

    def leave(self) -> None:
        done = self.open.pop()
        if isinstance(done, dict):
            self.keys.pop()
            if self.in_tests:
                self.kept = self.before
                self.on_test(done)


def _load(source: Feed | io.BytesIO, on_test: Callable[[Any], None]) -> Any:
    """Build the data of a JSON text, without the items of `results.tests`: those go to `on_test` and are dropped."""
    watched, builder = _Watched(source), _Builder(on_test)
    for event, value in ijson.basic_parse(watched, use_float=True, buf_size=CHUNK):
        watched.at_event = watched.taken
        if event == "map_key":
            builder.key(value)
        elif event == "start_map":
            builder.enter({})
        elif event == "start_array":
            builder.enter([])
        elif event in {"end_map", "end_array"}:
            builder.leave()
        elif event == "string" and len(value) > MAX_STRING and builder.keys != ["payload"]:
            builder.value(value[:MAX_STRING])
        else:
            builder.value(value)
    return builder.root


def _parse(source: Feed | io.BytesIO, on_test: Callable[[Any], None]) -> Any:
    try:
        return _load(source, on_test)
    except (ijson.JSONError, ValueError, RecursionError) as error:
        reason, line = _why(source)
        raise ReportError(f"The JSON is not well-formed: {reason}", _REPAIR, line) from error


def _why(source: Feed | io.BytesIO) -> tuple[str, int | None]:
    """Find the line of an error: ijson tells none, the stock parser does, if the text is small and there to be reread."""
    stream = source.stream if isinstance(source, Feed) else source
    try:
        stream.seek(0)
        raw = stream.read(MAX_LOCATED + 1)
        if len(raw) <= MAX_LOCATED:
            json.loads(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        return error.msg[:1].lower() + error.msg[1:], error.lineno
    except UnicodeDecodeError as error:
        return "a byte is not UTF-8", error.object.count(b"\n", 0, error.start) + 1
    except (OSError, ValueError, AttributeError, RecursionError):
        pass
    return "a number in it is out of range, or the text breaks off", None


def read(feed: Feed, tally: Tally) -> Format:
    """Read a report in JSON.

    Args:
        feed: Its bytes.
        tally: Where its tests are counted.

    Returns:
        Which format it is.

    Raises:
        ReportError: It is not well-formed, or none of the formats that are read.
    """
    tests = _Tests(tally)
    root = _parse(feed, tests.add)
    if isinstance(root, dict) and "payload" in root and "payloadType" in root:
        root = _unpack(root)
    if isinstance(root, dict) and "predicateType" in root:
        _statement(root, tally)
        return "in-toto"
    if isinstance(root, dict) and isinstance(root.get("results"), dict):
        _ctrf(root, tests, tally)
        return "ctrf"
    raise ReportError(
        "The JSON is neither a CTRF report nor an in-toto statement",
        "File JUnit XML, CTRF JSON, or an in-toto test result.",
    )


class _Tests:
    """Counts the tests of a CTRF report as they come."""

    def __init__(self, tally: Tally) -> None:
        self.tally = tally
        self.seen = dict.fromkeys(_STATUS, 0)

    def add(self, test: dict[str, Any]) -> None:
        number = sum(self.seen.values()) + 1
        name, status = test.get("name"), test.get("status")
        if not isinstance(name, str):
            raise ReportError(f"Test {number} in `results.tests` has no name", _REPAIR)
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
        suite, message = test.get("suite"), test.get("message")
        self.tally.add(
            name,
            suite if isinstance(suite, str) else " > ".join(map(str, suite)) if isinstance(suite, list) else "",
            outcome,
            duration(_number(test.get("duration")), 0.001),
            message if isinstance(message, str) else "",
            flaky=flaky and outcome == "passed",
        )


def _ctrf(root: dict[str, Any], tests: _Tests, tally: Tally) -> None:
    """Compare a CTRF summary with the tests, exactly; only `skipped` and `pending` may be told as one."""
    results = root["results"]
    summary = results.get("summary")
    if root.get("reportFormat", "CTRF") != "CTRF" or not isinstance(results.get("tests"), list):
        raise ReportError(
            "The JSON has `results`, but no list `results.tests`", "File a CTRF report (https://ctrf.io)."
        )
    if not isinstance(summary, dict):
        raise ReportError("The CTRF report has no `results.summary`", _REPAIR)
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


def _unpack(envelope: dict[str, Any]) -> Any:
    """Take the statement out of a DSSE envelope. Who signed it is not looked at here."""
    payload = envelope["payload"]
    if envelope["payloadType"] != _PAYLOAD_TYPE or not isinstance(payload, str):
        raise ReportError(
            "The envelope does not carry an in-toto statement", f"Its `payloadType` must be {_PAYLOAD_TYPE}."
        )
    try:
        raw = base64.b64decode(payload.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ReportError("The payload of the envelope is not base64", _REPAIR) from None

    def refuse(_: object) -> None:
        raise ReportError("The envelope does not carry an in-toto statement", _REPAIR)

    return _parse(io.BytesIO(raw), refuse)


def _statement(root: dict[str, Any], tally: Tally) -> None:
    """Read an in-toto test result v0.1.

    Source: https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md. A test that passed with
    warnings passed. A run that FAILED and names no failed test is one error of its own.
    """
    predicate, subjects = root.get("predicate"), root.get("subject")
    if root.get("_type") != STATEMENT or root["predicateType"] != PREDICATE or not isinstance(predicate, dict):
        raise ReportError(
            "The in-toto statement is not a test result of a version that is read",
            f"Its `predicateType` must be {PREDICATE}.",
        )
    result = predicate.get("result")
    if result not in ("PASSED", "WARNED", "FAILED"):
        raise ReportError("The test result says neither PASSED nor WARNED nor FAILED", "Fill in `predicate.result`.")
    lists: dict[Outcome, list[str]] = {"passed": [], "failed": []}
    for name, outcome in (("passedTests", "passed"), ("warnedTests", "passed"), ("failedTests", "failed")):
        tests = predicate.get(name) or []
        if not isinstance(tests, list) or not all(isinstance(one, str) for one in tests):
            raise ReportError(f"`{name}` of the test result is not a list of names", _REPAIR)
        lists["passed" if outcome == "passed" else "failed"] += tests
    for kind, tests in lists.items():
        for test in tests:
            tally.add(test, "", kind, None)
    failed = lists["failed"]
    if failed and result != "FAILED":
        tally.contradict(f"The result says {result}, and {len(failed)} of its tests failed")
    if not failed and result == "FAILED":
        tally.add("(the run as a whole)", "", "error", None, "The result says FAILED and names no test")
    if both := set(failed) & set(lists["passed"]):
        tally.contradict(f"{shorten(repr(min(both)))} is among the tests that passed and among those that failed")
    for subject in subjects if isinstance(subjects, list) else []:
        digest = subject.get("digest") if isinstance(subject, dict) else None
        for name in ("gitCommit", "sha1"):
            value = digest.get(name) if isinstance(digest, dict) else None
            if isinstance(value, str) and len(value) >= _SHA1:
                tally.commit(value.lower())
