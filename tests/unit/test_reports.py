"""Reports as the tools write them, as liars write them, and as attackers write them."""

from __future__ import annotations

import base64
import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from mkdocs_hotfix import reports
from mkdocs_hotfix.reports import ReportError, read_bytes
from mkdocs_hotfix.testreport import duration, moment

FOLDER = Path(__file__).parent.parent / "reports"
COMMIT = "9f2c4e1a7b3d5f60718293a4b5c6d7e8f9012345"


def xml(text: str) -> reports.TestReport:
    return read_bytes(text.encode())


def outcome(data: bytes) -> reports.TestReport | ReportError:
    try:
        return read_bytes(data)
    except ReportError as error:
        return error


def refusal(data: bytes | str) -> ReportError:
    with pytest.raises(ReportError) as caught:
        read_bytes(data.encode() if isinstance(data, str) else data)
    return caught.value


# passed, failed, errors, skipped, flaky
REAL = {
    "ctest.xml": (1, 2, 1, 2, 0),
    "googletest.xml": (1, 1, 0, 2, 0),
    "gotestsum-rerun.xml": (3, 10, 0, 1, 0),
    "gotestsum.xml": (2, 5, 0, 1, 0),
    "gradle.xml": (1, 2, 0, 1, 0),
    "in-toto.json": (3, 1, 0, 0, 0),
    "jest-ctrf-json-reporter.json": (1, 2, 0, 2, 0),
    "jest-junit-suite-error.xml": (2, 3, 1, 1, 0),
    "jest-junit.xml": (2, 2, 0, 1, 0),
    "mocha-ctrf-json-reporter.json": (2, 3, 0, 2, 1),
    "mocha-junit-reporter-without-pending.xml": (2, 3, 0, 0, 0),
    "mocha-junit-reporter.xml": (2, 3, 0, 2, 0),
    "mocha-xunit.xml": (2, 3, 0, 2, 0),
    "node-test.xml": (2, 1, 0, 2, 0),
    "phpunit.xml": (3, 1, 2, 2, 0),
    "pytest-json-ctrf-reruns.json": (2, 1, 0, 0, 1),
    "pytest-json-ctrf.json": (3, 3, 0, 2, 0),
    "pytest-rerunfailures.xml": (2, 1, 0, 0, 1),
    "pytest.xml": (3, 1, 2, 2, 0),
    "surefire.xml": (2, 1, 1, 1, 1),
    "unittest-xml-reporting.xml": (1, 2, 2, 2, 0),
}


def test_every_real_report_has_its_counts_here() -> None:
    assert {path.name for path in FOLDER.iterdir() if path.suffix != ".md"} == set(REAL)


@pytest.mark.parametrize("name", REAL)
def test_real_reports_are_recounted(name: str) -> None:
    with (FOLDER / name).open("rb") as file:
        report = reports.read(file)
    raw = (FOLDER / name).read_bytes()
    assert (report.passed, report.failed, report.errors, report.skipped, report.flaky) == REAL[name]
    assert (report.sha256, report.size) == (hashlib.sha256(raw).hexdigest(), len(raw))
    assert len(report.failing) == report.bad > 0
    assert not report.clean
    assert report.total == sum(REAL[name][:4])
    told = ("The header of <testsuites> says 6 failed, and only 5 of its cases did",) if name == "gotestsum.xml" else ()
    assert report.contradictions == told  # what did not compile has no case: as close to a lie as a real tool comes


@pytest.mark.parametrize("name", REAL)
def test_no_trace_of_the_machine_that_wrote_them(name: str) -> None:
    text = (FOLDER / name).read_text(encoding="utf-8")
    assert not any(word in text for word in ("/tmp", "/work/", "/root", "/home", 'hostname="vm"'))


def test_what_a_page_shows() -> None:
    report = read_bytes((FOLDER / "pytest.xml").read_bytes())
    assert report.commits == (COMMIT,)
    assert report.started is not None
    assert report.started.tzinfo is UTC
    assert report.finished is not None
    assert report.finished > report.started
    assert report.seconds == 0.04
    first = report.failing[0]
    assert (first.group, first.name, first.outcome) == ("test_cart", "test_discount", "failed")
    assert first.message == "AssertionError: discount of 10 % gives 90 assert (0.9 * 100) == 91"
    assert report.slowest[0].name == "test_total"
    assert len(report.slowest) == 8


def test_surefire_with_reruns() -> None:
    report = read_bytes((FOLDER / "surefire.xml").read_bytes())
    assert report.commits == (COMMIT,)
    assert report.seconds == 1204.031
    assert [one.name for one in report.failing] == ["discount", "pay"]
    assert report.slowest[0].name == "stock"


def test_ctest_fails_what_it_could_not_start() -> None:
    report = read_bytes((FOLDER / "ctest.xml").read_bytes())
    assert ("pay", "error", "Unable to find executable") in [(c.name, c.outcome, c.message) for c in report.failing]
    assert report.started is None
    assert report.started_local is not None
    assert report.started_local.tzinfo is None


# A lying report, its honest twin, and a word of the sentence that tells.
OK = '<testcase name="a"/>'
OTHER = '<testcase name="x"/>'
BAD = '<testcase name="b"><failure message="no"/></testcase>'
SKIP = '<testcase name="c"><skipped/></testcase>'
LIES = {
    "more tests than cases": (
        f'<testsuite tests="412" failures="0">{OK}</testsuite>',
        f'<testsuite tests="1" failures="0">{OK}</testsuite>',
        "tests=412, and one case is in it",
    ),
    "fewer tests than cases": (
        f'<testsuite tests="1">{OK}{OTHER}</testsuite>',
        f'<testsuite tests="2">{OK}{OTHER}</testsuite>',
        "tests=1, and 2 cases are in it",
    ),
    "cases pasted into an empty run": (
        '<testsuite tests="0"><testcase name="a" time="0"/></testsuite>',
        '<testsuite tests="1"><testcase name="a" time="0"/></testsuite>',
        "tests=0",
    ),
    "a failing case taken out": (
        f'<testsuite tests="1" failures="1">{OK}</testsuite>',
        f'<testsuite tests="1" failures="0">{OK}</testsuite>',
        "says 1 failed",
    ),
    "an error taken out": (
        f'<testsuite tests="1" failures="0" errors="2">{OK}</testsuite>',
        f'<testsuite tests="1" failures="0" errors="0">{OK}</testsuite>',
        "says 2 failed",
    ),
    "a failure taken out, the root forgotten": (
        f'<testsuites failures="1"><testsuite tests="1" failures="0">{OK}</testsuite></testsuites>',
        f'<testsuites failures="0"><testsuite tests="1" failures="0">{OK}</testsuite></testsuites>',
        "<testsuites> says 1 failed",
    ),
    "a root that counts more": (
        f'<testsuites tests="9"><testsuite tests="1">{OK}</testsuite></testsuites>',
        f'<testsuites tests="1"><testsuite tests="1">{OK}</testsuite></testsuites>',
        "<testsuites> says tests=9",
    ),
    "skipped passed off as passed": (
        f'<testsuite tests="2" skipped="1">{OK}{OTHER}</testsuite>',
        f'<testsuite tests="2" skipped="1">{OK}{SKIP}</testsuite>',
        "says 1 skipped",
    ),
    "skipped left out of the header": (
        f'<testsuite tests="3" skipped="0">{OK}{SKIP}{SKIP}</testsuite>',
        f'<testsuite tests="3" skipped="2">{OK}{SKIP}{SKIP}</testsuite>',
        "says 0 skipped",
    ),
    "a header inside": (
        f'<testsuite tests="2"><testsuite name="in" tests="7">{OK}</testsuite>{OK}</testsuite>',
        f'<testsuite tests="2"><testsuite name="in" tests="1">{OK}</testsuite>{OK}</testsuite>',
        "'in' says tests=7",
    ),
    "a negative number": (
        f'<testsuite tests="1" failures="-1">{OK}</testsuite>',
        f'<testsuite tests="1" failures="0">{OK}</testsuite>',
        "no number",
    ),
    "a number like no other": (
        f'<testsuite tests="1e2">{OK}</testsuite>',
        f'<testsuite tests="1.0">{OK}</testsuite>',
        "no number",
    ),
    "reruns as an excuse": (
        '<testsuite tests="9"><testcase name="a"><flakyFailure/></testcase></testsuite>',
        '<testsuite tests="2"><testcase name="a"><flakyFailure/></testcase></testsuite>',
        "tests=9",
    ),
    "attempts as an excuse": (
        f'<testsuite tests="1">{OK}{OK}{OTHER}</testsuite>',
        f'<testsuite tests="2">{OK}{OK}{OTHER}</testsuite>',
        "tests=1",
    ),
    "left-out cases that the root does not know": (
        f'<testsuites tests="4" skipped="1"><testsuite tests="4">{OK}</testsuite></testsuites>',
        f'<testsuites tests="4" skipped="3"><testsuite tests="4">{OK}</testsuite></testsuites>',
        "tests=4",
    ),
}


@pytest.mark.parametrize("name", LIES)
def test_a_header_that_lies_is_told_and_its_twin_is_not(name: str) -> None:
    lie, truth, word = LIES[name]
    lied, honest = xml(lie), xml(truth)
    assert any(word in sentence for sentence in lied.contradictions), lied.contradictions
    assert not lied.clean
    assert honest.contradictions == ()
    assert honest.clean


# What must never be a clean report, though no header lies.
DIRTY = {
    "a failure": f"<testsuite>{BAD}</testsuite>",
    "an error": '<testsuite><testcase name="a"><error/></testcase></testsuite>',
    "a failure hidden deeper": '<testsuite><testcase name="a"><x><failure/></x></testcase></testsuite>',
    "a failure with a prefix": '<testsuite xmlns:x="u"><testcase name="a"><x:failure/></testcase></testsuite>',
    "a failure called skipped too": '<testsuite><testcase name="a"><skipped/><failure/></testcase></testsuite>',
    "a failure called flaky too": '<testsuite><testcase name="a"><failure/><flakyFailure/></testcase></testsuite>',
    "a rerun that failed": '<testsuite><testcase name="a"><rerunFailure/></testcase></testsuite>',
    "a warning": '<testsuite><testcase name="a"><warning/></testcase></testsuite>',
    "a rerun that failed after one that was flaky": (
        '<testsuite><testcase name="a"><flakyFailure/><rerunFailure/></testcase></testsuite>'
    ),
    "a status that nobody knows": '<testsuite><testcase name="a" status="weird"/></testsuite>',
    "a result that nobody knows": '<testsuite><testcase name="a" status="run" result="weird"/></testsuite>',
    "a test to do, passed off as passed": (
        f'<testsuite tests="1" skipped="1">{SKIP}<testcase name="a" time="0"/></testsuite>'
    ),
    "a test to do in a suite without counters": (
        f'<testsuites tests="1"><testsuite>{SKIP}<testcase name="a" time="0"/></testsuite></testsuites>'
    ),
    "a status that failed": '<testsuite><testcase name="a" status="fail"/></testsuite>',
    "a result that failed": '<testsuite><testcase name="a" status="run" result="failed"/></testsuite>',
    "a broken suite": f"<testsuite>{OK}<error message='hook broke'/></testsuite>",
    "a broken root": f"<testsuites><failure/><testsuite>{OK}</testsuite></testsuites>",
    "failed, then passed": f'<testsuite>{BAD}<testcase name="b"/></testsuite>',
    "passed, then failed": f'<testsuite><testcase name="b"/>{BAD}</testsuite>',
    "a failure in the ninth suite": f"<testsuites>{'<testsuite>' * 9}{BAD}{'</testsuite>' * 9}{OK}</testsuites>",
    "nothing": "<testsuites/>",
    "a suite of nothing": '<testsuite tests="0"/>',
    "all skipped": f"<testsuite>{SKIP}{SKIP}</testsuite>",
    "all disabled": '<testsuite><testcase name="a" status="disabled"/></testsuite>',
    "not started": (
        '<testsuite><testcase name="a" status="notrun"><skipped message="Unable to find executable"/></testcase>'
        f"{OK}</testsuite>"
    ),
}


@pytest.mark.parametrize("name", DIRTY)
def test_what_never_bears_out_a_pass(name: str) -> None:
    assert not xml(DIRTY[name]).clean


def test_a_suite_that_broke_is_named() -> None:
    report = xml(f'<testsuite name="cart">{OK}<error message="hook broke"/></testsuite>')
    assert [(one.group, one.outcome, one.message) for one in report.failing] == [("cart", "error", "hook broke")]


def ctrf(tests: list[dict[str, object]], /, **summary: object) -> dict[str, object]:
    counts: dict[str, object] = dict.fromkeys(("tests", "passed", "failed", "skipped", "pending", "other"), 0)
    for test in tests:
        counts[str(test["status"])] += 1  # type: ignore[operator]
    counts |= {"tests": len(tests), "start": 1795527516721, "stop": 1795527516755}
    return {
        "reportFormat": "CTRF",
        "specVersion": "1.0.0",
        "results": {
            "tool": {"name": "x"},
            "summary": counts | summary,
            "tests": tests,
            "environment": {"commit": COMMIT.upper(), "buildName": "shop #1207"},
        },
    }


PASSED = {"name": "a", "status": "passed", "duration": 12}
FAILED = {"name": "b", "status": "failed", "duration": 3, "message": "no", "suite": ["shop", "cart"]}


def dump(data: object) -> bytes:
    return json.dumps(data).encode()


def test_ctrf() -> None:
    skipped = [{"name": "c", "status": "skipped"}, {"name": "d", "status": "pending"}]
    report = read_bytes(b"\xef\xbb\xbf \n" + dump(ctrf([PASSED, FAILED, *skipped, {"name": "e", "status": "other"}])))
    assert (report.format, report.passed, report.failed, report.errors, report.skipped) == ("ctrf", 1, 1, 1, 2)
    assert report.contradictions == ()
    assert report.commits == (COMMIT,)
    assert report.started == datetime(2026, 11, 24, 13, 38, 36, 721000, UTC)
    assert report.seconds == 0.034
    assert report.failing[0].group == "shop > cart"
    assert report.slowest[0].seconds == 0.012


@pytest.mark.parametrize(
    "lie", [{"tests": 2}, {"passed": 2}, {"failed": 1}, {"skipped": 1}, {"pending": -1}, {"other": 1}, {"passed": "1"}]
)
def test_a_ctrf_summary_that_lies(lie: dict[str, object]) -> None:
    assert read_bytes(dump(ctrf([PASSED]))).clean
    report = read_bytes(dump(ctrf([PASSED], **lie)))
    assert len(report.contradictions) == 1
    assert not report.clean


def test_ctrf_details() -> None:
    flaky = {**PASSED, "flaky": True, "retries": 1}
    assert read_bytes(dump(ctrf([flaky]))).flaky == 1
    assert read_bytes(dump(ctrf([{**FAILED, "flaky": True}]))).failed == 1
    todo = {"name": "e", "status": "other", "rawStatus": "todo"}
    assert read_bytes(dump(ctrf([PASSED, todo]))).clean
    assert not read_bytes(dump(ctrf([todo]))).clean
    assert "stopped before" in read_bytes(dump(ctrf([PASSED], stop=1795527510000))).contradictions[0]
    odd = read_bytes(dump(ctrf([{**PASSED, "duration": -1, "message": 3, "suite": 4}], start=10**18, stop="x")))
    assert (odd.started, odd.slowest) == (None, ())


def statement(result: str, **lists: list[str]) -> dict[str, object]:
    return {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"digest": {"gitCommit": COMMIT}}, {"digest": {"sha256": "0" * 64}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {"result": result, "configuration": [], **lists},
    }


def envelope(data: object) -> bytes:
    payload = base64.b64encode(dump(data)).decode()
    return dump({"payloadType": "application/vnd.in-toto+json", "payload": payload, "signatures": []})


@pytest.mark.parametrize("wrap", [dump, envelope])
def test_in_toto(wrap: object) -> None:
    assert callable(wrap)
    report = read_bytes(wrap(statement("PASSED", passedTests=["a", "b"], warnedTests=["c"])))
    assert (report.format, report.passed, report.clean, report.commits) == ("in-toto", 3, True, (COMMIT,))
    assert "says PASSED" in read_bytes(wrap(statement("PASSED", failedTests=["a"]))).contradictions[0]
    both = statement("FAILED", passedTests=["a"], failedTests=["a"])
    assert "among those that failed" in read_bytes(wrap(both)).contradictions[0]
    assert read_bytes(wrap(statement("FAILED", passedTests=["a"]))).errors == 1
    assert not read_bytes(wrap(statement("PASSED"))).clean


def prolog(encoding: str) -> str:
    return f'<?xml version="1.0" encoding="{encoding}"?>'


@pytest.mark.parametrize(
    ("declared", "codec"),
    [
        ("UTF-8", "utf-8-sig"),
        ("UTF-16", "utf-16"),
        ("UTF-16", "utf-16-le"),
        ("UTF-16", "utf-16-be"),
        ("ISO-8859-1", "latin-1"),
        ("windows-1252", "cp1252"),
        ("ISO-8859-15", "iso8859-15"),
    ],
)
def test_encodings(declared: str, codec: str) -> None:
    text = f'{prolog(declared)}<testsuite><testcase name="Größe"/></testsuite>'
    bom = {"utf-16-le": b"\xff\xfe", "utf-16-be": b"\xfe\xff"}.get(codec, b"")
    report = read_bytes(bom + text.encode(codec))
    assert report.passed == 1
    timed = read_bytes(bom + text.replace("/>", ' time="1"/>').encode(codec))
    assert timed.slowest[0].name == "Größe"


@pytest.mark.parametrize("name", ["Shift_JIS", "utf-7", "idna", "unicode_escape", "rot13", "hex", "x-none", "utf-32"])
def test_other_encodings_are_refused(name: str) -> None:
    assert "encoding" in refusal(f"{prolog(name)}<testsuite>{OK}</testsuite>").reason


BOMB = '<!DOCTYPE t [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
# What must be refused, and a word of the sentence.
HOSTILE: dict[str, tuple[bytes | str, str]] = {
    "empty": ("", "empty"),
    "blank": (" \n\t\r\n", "empty"),
    "a BOM": (b"\xef\xbb\xbf", "empty"),
    "text": ("All 412 tests passed.", "neither XML nor JSON"),
    "NUL bytes": (b"\0" * 4096, "neither XML nor JSON"),
    "gzip": (b"\x1f\x8b\x08rest", "packed"),
    "zip": (b"PK\x03\x04rest", "packed"),
    "a web page": ("<!DOCTYPE html><html><body>404</body></html>", "web page"),
    "a bare web page": ("<html><head><title>Sign in</title></head></html>", "web page"),
    "SVG": ('<svg xmlns="http://www.w3.org/2000/svg"/>', "starts with <svg>"),
    "one test case": (OK, "starts with <testcase>"),
    "entities": (f"{BOMB}<testsuite>{OK}&b;</testsuite>", "document type"),
    "an external entity": (
        f'<!DOCTYPE t [<!ENTITY x SYSTEM "file:///etc/passwd">]><testsuite>&x;{OK}</testsuite>',
        "document type",
    ),
    "an external DTD": (f'<!DOCTYPE t SYSTEM "http://127.0.0.1:9/x.dtd"><testsuite>{OK}</testsuite>', "document type"),
    "ATTLIST": (
        f'<!DOCTYPE t [<!ATTLIST testcase status CDATA "passed">]><testsuite>{BAD}</testsuite>',
        "document type",
    ),
    "an unknown entity": (f"<testsuite>{OK}&x;</testsuite>", "undefined entity"),
    "cut off": (f"<testsuites>\n<testsuite>\n{OK}\n", "ends before"),
    "cut off in a tag": (f"<testsuite>\n{OK}\n<testca", "ends before"),
    "cut off in CDATA": ("<testsuite>\n<system-out><![CDATA[hello", "ends before"),
    "tags that cross": ("<testsuite><testcase></testsuite></testcase>", "mismatched tag"),
    "two roots": ("<testsuite/><testsuite/>", "junk"),
    "an attribute twice": ('<testsuite tests="1" tests="2"/>', "duplicate attribute"),
    "a NUL inside": (b'<testsuite><testcase name="\0"/></testsuite>', "not well-formed"),
    "bytes that are not UTF-8": (b'<testsuite><testcase name="\xff"/></testsuite>', "not well-formed"),
    "a lone surrogate": ('<testsuite><testcase name="&#xD800;"/></testsuite>', "unexpected character"),
    "depth": ("<testsuite>" * 10_000, "nested deeper"),
    "a case in a case": ("<testsuite><testcase><testcase/></testcase></testsuite>", "inside a test case"),
    "a suite in a case": (f"<testsuite><testcase><testsuite>{BAD}</testsuite></testcase></testsuite>", "inside a test"),
    "a huge attribute": (b'<testsuite><testcase name="' + b"a" * (30 << 20) + b'"/></testsuite>', "longer than 4 MiB"),
    "a huge comment": (b"<testsuite><!--" + b"a" * (6 << 20) + b"--></testsuite>", "longer than 4 MiB"),
    "many names": ("<testsuite>" + "".join(f"<a{n}/>" for n in range(40_000)) + "</testsuite>", "names"),
    "JSON of something else": ('{"name": "shop", "version": "1.0.0"}', "neither a CTRF"),
    "a JSON list": ("[1, 2]", "neither a CTRF"),
    "JSON cut off": (dump(ctrf([PASSED]))[:-20], "not well-formed"),
    "JSON with more after it": (dump(ctrf([PASSED])) + b"{}", "not well-formed"),
    "JSON with NaN": (dump(ctrf([{**PASSED, "duration": float("nan")}])), "not well-formed"),
    "JSON with a large number": (dump(ctrf([{**PASSED, "duration": 10**30}])), "not well-formed"),
    "JSON with a larger number": (b'{"results": ' + b"9" * 100_000 + b"}", "not well-formed"),
    "JSON with infinity": (b'{"results": 1e999}', "not well-formed"),
    "JSON in UTF-16": (json.dumps(ctrf([PASSED])).encode("utf-16"), "not well-formed"),
    "JSON that is not UTF-8": (b'{"results": "\xff"}', "not UTF-8"),
    "a key twice": ('{"results": {"tests": [], "tests": []}}', "twice"),
    "a status twice": ('{"results": {"tests": [{"name": "a", "status": "failed", "status": "passed"}]}}', "twice"),
    "deep JSON": ('{"a": ' + "[" * 100_000, "nested deeper"),
    "deep JSON in a test": ('{"results": {"tests": [{"steps": ' + "[" * 100_000, "nested deeper"),
    "a huge JSON text": (b'{"a": "' + b"a" * (30 << 20) + b'"}', "longer than 8 MiB"),
    "many JSON values": (b'{"a": [' + b"1," * 300_000 + b"1]}", "more than 200,000 values"),
    "a test that is text": ('{"results": {"tests": ["passed"]}}', "not an object"),
    "a test without name": ('{"results": {"tests": [{"status": "passed"}]}}', "no name"),
    "a test without status": ('{"results": {"tests": [{"name": "a"}]}}', "status"),
    "another status": ('{"results": {"tests": [{"name": "a", "status": "PASSED"}]}}', "status"),
    "a status that is a list": ('{"results": {"tests": [{"name": "a", "status": []}]}}', "status"),
    "no summary": ('{"results": {"tests": []}}', "no `results.summary`"),
    "no tests": ('{"results": {"summary": {}}}', "no list"),
    "tests that are an object": ('{"results": {"tests": {}, "summary": {}}}', "no list"),
    "another in-toto predicate": (
        dump({**statement("PASSED"), "predicateType": "https://slsa.dev/provenance/v1"}),
        "not a test result",
    ),
    "another result": (dump(statement("passed", passedTests=["a"])), "neither PASSED"),
    "names that are none": (dump(statement("PASSED", passedTests=[1])), "not a list of names"),  # type: ignore[list-item]
    "another payload": (dump({"payloadType": "text/plain", "payload": "e30="}), "does not carry"),
    "a payload that is not base64": (
        dump({"payloadType": "application/vnd.in-toto+json", "payload": "{}"}),
        "not base64",
    ),
    "a payload of tests": (envelope(ctrf([PASSED])), "does not carry"),
    "an envelope in an envelope": (envelope(json.loads(envelope(statement("PASSED")))), "neither a CTRF"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_input_is_refused(name: str) -> None:
    data, word = HOSTILE[name]
    error = refusal(data)
    assert word in error.reason
    assert error.advice.endswith(".")
    assert not error.reason.endswith(".")
    assert all(bad not in f"{error.reason} {error.advice}".lower() for bad in ("please", "forbidden"))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"results": "a\nb"}', "a text in quotes is not closed on its line"),
        ('{"results": "a', "a text in quotes is never closed"),
        ('{"results": "\\d"}', "a backslash starts an escape that is not known"),
        ('{"results": "\\u12"}', "a backslash starts an escape that is not known"),
        ('{"results": {x: 1}}', "a name in double quotes is expected"),
        ('{"results": }', "a value is expected"),
        ('{"results": 1 "x": 1}', "a comma or a closing bracket is expected"),
        ('{"results" 1}', "a colon is expected"),
        ('{"results": 1} {}', "something follows its end"),
    ],
)
def test_what_is_wrong_with_json_is_told_in_our_words(text: str, reason: str) -> None:
    error = refusal(text)
    assert error.reason.startswith(f"The JSON is not well-formed: {reason}")
    assert not error.reason.endswith(" at")
    assert error.line == 1


def test_where_it_breaks() -> None:
    assert refusal(f"<testsuites>\n<testsuite>\n{OK}\n").line == 4
    assert refusal('{\n"results": 1,\nx}').line == 3
    assert refusal(b'{\n"results": "\xff"}').line == 2
    assert refusal(f"\n\n{BOMB}<testsuite/>").line == 3


def test_files_too_large_are_refused_before_they_are_read(tmp_path: Path) -> None:
    path = tmp_path / "sparse.xml"
    with path.open("wb") as file:
        file.truncate(10 << 30)
    with path.open("rb") as file, pytest.raises(ReportError, match="larger than 64 MiB"):
        reports.read(file)


def test_texts_are_bounded_and_harmless() -> None:
    nasty = "&#27;[2J".replace("&#27;", "\u009b") + "\u202e" + "evil " * 1_000
    report = xml(f'<testsuite><testcase name="{nasty}" time="1"><failure>{nasty}</failure></testcase></testsuite>')
    for case in (*report.failing, *report.slowest):
        for text in (case.name, case.message):
            assert len(text) == 300
            assert "\u009b" not in text
            assert "\u202e" not in text
    escaped = read_bytes(dump(ctrf([{**FAILED, "name": "a\ud800\u001b[0m\n"}])))
    escaped.failing[0].name.encode()
    assert "\x1b" not in escaped.failing[0].name


def test_only_the_first_failing_and_the_slowest_are_kept() -> None:
    cases = "".join(f'<testcase name="t{n}" time="{n}"><failure/></testcase>' for n in range(200))
    report = xml(f"<testsuite>{cases}</testsuite>")
    assert [one.name for one in report.failing] == [f"t{n}" for n in range(50)]
    assert [one.name for one in report.slowest] == [f"t{n}" for n in range(199, 189, -1)]


def test_xinclude_and_instructions_are_inert() -> None:
    text = (
        '<?xml-stylesheet href="http://127.0.0.1:9/x.xsl"?><testsuite xmlns:xi="http://www.w3.org/2001/XInclude">'
        f'<xi:include href="file:///etc/passwd" parse="text"/>{OK}</testsuite>'
    )
    assert xml(text).clean


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("commit", COMMIT, COMMIT),
        ("git.sha", COMMIT[:7], COMMIT[:7]),
        ("GIT_COMMIT", COMMIT.upper(), COMMIT),
        ("env.GIT_COMMIT", COMMIT, COMMIT),
        ("gitCommit", f" {COMMIT} ", COMMIT),
        ("vcs.revision", COMMIT, COMMIT),
        ("ci.commit", "0" * 64, "0" * 64),
        ("revision", COMMIT, COMMIT),
        ("revision", "1204711", None),
        ("sha", "20261124", None),
        ("commit", "HEAD", None),
        ("commit", "--output=x", None),
        ("commit", "abc123", None),
        ("commit.message", COMMIT, None),
        ("image", COMMIT, None),
    ],
)
def test_commits(name: str, value: str, expected: str | None) -> None:
    found = (expected,) if expected else ()
    for prop in (f'<property name="{name}" value="{value}"/>', f'<property name="{name}">{value}</property>'):
        assert xml(f"<testsuite><properties>{prop}</properties>{OK}</testsuite>").commits == found


def test_several_commits_are_all_kept_once() -> None:
    props = "".join(f'<property name="commit" value="{one}"/>' for one in (COMMIT, "abcdef1", COMMIT))
    assert xml(f"<testsuites><testsuite>{props}{OK}</testsuite></testsuites>").commits == (COMMIT, "abcdef1")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-11-23T03:12:07Z", datetime(2026, 11, 23, 3, 12, 7, tzinfo=UTC)),
        ("2026-11-23T03:12:07+02:00", datetime(2026, 11, 23, 1, 12, 7, tzinfo=UTC)),
        ("2026-11-23T03:12:07", datetime(2026, 11, 23, 3, 12, 7)),  # noqa: DTZ001
        ("Tue, 24 Nov 2026 13:38:39 GMT", datetime(2026, 11, 24, 13, 38, 39, tzinfo=UTC)),
        ("1970-01-01T00:00:00", None),
        ("9999-12-31T23:59:59-12:00", None),
        ("0001-01-01T00:00:00+12:00", None),
        ("tomorrow", None),
        ("", None),
        (None, None),
        ("2026-13-45", None),
    ],
)
def test_moments(text: str | None, expected: datetime | None) -> None:
    assert moment(text) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("1.5", 1.5),
        ("1,204.031", 1204.031),
        ("0,25", 0.25),
        ("1e-05", 1e-05),
        (".5", 0.5),
        ("0.", 0.0),
        ("-1", None),
        ("nan", None),
        ("inf", None),
        ("1e99", None),
        (".", None),
        ("", None),
        ("٣", None),
        ("9" * 50, None),
        (None, None),
        (True, None),
        (3, 3.0),
        (float("nan"), None),
    ],
)
def test_durations(value: str | float | None, expected: float | None) -> None:
    assert duration(value) == expected


def test_earliest_start_and_latest_end() -> None:
    report = xml(
        '<testsuites><testsuite timestamp="2026-11-23T03:10:00Z" time="60"/>'
        '<testsuite timestamp="2026-11-23T05:05:00+02:00" time="10"/>'
        '<testsuite timestamp="2026-11-23T09:00:00"/></testsuites>'
    )
    assert report.started == datetime(2026, 11, 23, 3, 5, tzinfo=UTC)
    assert report.finished == datetime(2026, 11, 23, 3, 11, tzinfo=UTC)
    assert report.started_local == datetime(2026, 11, 23, 9)  # noqa: DTZ001
    assert report.seconds == 70


SNIPPETS = [
    *(data if isinstance(data, bytes) else data.encode() for data, _ in HOSTILE.values() if len(data) < 2_000),
    *(text.encode() for lie in LIES.values() for text in lie[:2]),
    *((FOLDER / name).read_bytes() for name in REAL),
]


@settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.one_of(
        st.binary(max_size=300),
        st.tuples(st.sampled_from(SNIPPETS), st.integers(0, 4_000), st.integers(0, 40), st.binary(max_size=12)).map(
            lambda p: p[0][: p[1]] + p[3] + p[0][p[1] + p[2] :]
        ),
        st.recursive(
            st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=20)),
            lambda inner: (
                st.lists(inner, max_size=4)
                | st.dictionaries(
                    st.sampled_from(["results", "summary", "tests", "name", "status", "payload", "predicate", "x"]),
                    inner,
                )
            ),
            max_leaves=20,
        ).map(dump),
    )
)
@example(b'<?xml version="1.0" encoding="utf-16"?><testsuite/>')
@example(b"<\0t\0")
def test_nothing_but_report_errors_comes_out(data: bytes) -> None:
    said = outcome(data)
    if isinstance(said, ReportError):
        assert said.reason
        assert said.advice
    else:
        assert said.size == len(data)
        assert said.total == said.passed + said.failed + said.errors + said.skipped >= 0


MARKS = {"passed": "", "failed": "<failure/>", "error": "<error/>", "skipped": "<skipped/>"}
TREES = st.recursive(st.sampled_from(sorted(MARKS)), lambda inner: st.lists(inner, max_size=6), max_leaves=30).filter(
    lambda tree: isinstance(tree, list)
)


@settings(max_examples=200, deadline=None)
@given(TREES)
def test_the_count_does_not_depend_on_the_nesting(tree: list[object]) -> None:
    number = 0

    def write(node: object, depth: int = 0) -> tuple[str, list[str]]:
        nonlocal number
        if isinstance(node, str):
            number += 1
            return f'<testcase name="t{number}">{MARKS[node]}</testcase>', [node]
        assert isinstance(node, list)
        done = [write(one, depth + 1) for one in node]
        outcomes = [outcome for _, inner in done for outcome in inner]
        head = " ".join(
            f'{name}="{sum(outcome in kinds for outcome in outcomes)}"'
            for name, kinds in {
                "tests": tuple(MARKS),
                "failures": ("failed",),
                "errors": ("error",),
                "skipped": ("skipped",),
            }.items()
        )
        return f"<testsuite {head}>{''.join(text for text, _ in done)}</testsuite>", outcomes

    text, outcomes = write(tree)
    report = xml(text)
    flat = xml(
        "<testsuite>"
        + "".join(f'<testcase name="{n}">{MARKS[o]}</testcase>' for n, o in enumerate(outcomes))
        + "</testsuite>"
    )
    counts = (report.passed, report.failed, report.errors, report.skipped)
    assert counts == (flat.passed, flat.failed, flat.errors, flat.skipped)
    assert counts == tuple(outcomes.count(outcome) for outcome in MARKS)
    assert report.contradictions == ()


# -- marks of tools that nobody knows ------------------------------------------------------------------------

GOOD_CASE = '<testcase name="a"/>'
SAYS_WRONG = [
    f'<testsuite>{GOOD_CASE}<testcase name="b">{mark}</testcase></testsuite>'
    for mark in ("<fail/>", "<failed/>", "<timeout/>", "<exception>x</exception>", "<assertion-failed/>", "<crash/>")
]
SAYS_WRONG += [
    f'<testsuite>{GOOD_CASE}<testcase name="b" {mark}/></testsuite>'
    for mark in ('success="false"', 'passed="False"', 'outcome="failed"', 'failure="90 is not 91"', 'error="1"')
]
SAYS_WRONG += [
    f"<testsuite {mark}>{GOOD_CASE}</testsuite>" for mark in ('status="failed"', 'outcome="error"', 'result="Failure"')
]
SAYS_WRONG += [f"<testsuite {mark}>{GOOD_CASE}</testsuite>" for mark in ('failed="1"', 'failure="1"', 'error="2"')]
SAYS_WRONG += [f"<testsuite>{GOOD_CASE}<crashed/></testsuite>"]


@pytest.mark.parametrize("xml", SAYS_WRONG)
def test_a_mark_that_sounds_wrong_is_believed(xml: str):
    assert not read_bytes(xml.encode()).clean


SAYS_NOTHING = [
    f'<testsuite>{GOOD_CASE}<testcase name="b" {mark}/></testsuite>'
    for mark in ('success="true"', 'passed="1"', 'outcome="passed"', 'failure=""', 'error="false"', 'executed="true"')
]
SAYS_NOTHING += [f"<testsuite>{GOOD_CASE}<system-err>1 failed</system-err></testsuite>"]
SAYS_NOTHING += [f'<testsuite status="passed" failed="0">{GOOD_CASE}</testsuite>']
SAYS_NOTHING += ['<testsuite><testcase name="a"><attachments/><system-err>error</system-err></testcase></testsuite>']


@pytest.mark.parametrize("xml", SAYS_NOTHING)
def test_a_mark_that_says_nothing_changes_nothing(xml: str):
    assert read_bytes(xml.encode()).clean
