"""In-toto test results, bare or in a DSSE envelope."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

from mkdocs_hotfix import jsonstream
from mkdocs_hotfix.findings import shorten
from mkdocs_hotfix.tally import Tally
from mkdocs_hotfix.testreport import REPAIR, Feed, Outcome, ReportError

STATEMENT = "https://in-toto.io/Statement/v1"
PREDICATE = "https://in-toto.io/attestation/test-result/v0.1"
_PAYLOAD_TYPE = "application/vnd.in-toto+json"
_SHA1 = 40


def unpack(envelope: dict[str, Any], feed: Feed) -> Any:
    """Take the statement out of a DSSE envelope, a part of `feed`. Who signed it is not looked at here.

    Raises:
        ReportError: It carries something else.
    """
    payload = envelope["payload"]
    if envelope["payloadType"] != _PAYLOAD_TYPE or not isinstance(payload, str):
        raise ReportError(
            "The envelope does not carry an in-toto statement", f"Its `payloadType` must be {_PAYLOAD_TYPE}."
        )
    try:
        raw = base64.b64decode(payload.replace("-", "+").replace("_", "/"), validate=True)
    except (binascii.Error, ValueError):
        raise ReportError("The payload of the envelope is not base64", REPAIR) from None

    def refuse(_: object) -> None:
        raise ReportError("The envelope does not carry an in-toto statement", REPAIR)

    return jsonstream.parse(io.BytesIO(raw), refuse, feed)


def read(root: dict[str, Any], tally: Tally) -> None:
    """Read an in-toto test result v0.1.

    Source: https://github.com/in-toto/attestation/blob/main/spec/predicates/test-result.md. A test that passed with
    warnings passed. A run that FAILED and names no failed test is one error of its own.

    Raises:
        ReportError: It is a statement about something else.
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
            raise ReportError(f"`{name}` of the test result is not a list of names", REPAIR)
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
    if not isinstance(subjects, list) or not subjects:
        raise ReportError("The test result does not say what was tested", "Name the commit under `subject`.")
    for subject in subjects:
        digest = subject.get("digest") if isinstance(subject, dict) else None
        digest = digest if isinstance(digest, dict) else {}
        # A lone `sha1` is how commits were named before `gitCommit`; beside others it is that of a file.
        value = digest.get("gitCommit") or (digest.get("sha1") if len(digest) == 1 else None)
        if isinstance(value, str) and len(value) >= _SHA1:
            tally.commit(value.lower())
