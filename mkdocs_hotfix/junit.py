"""JUnit XML as the tools really write it, recounted case by case.

No standard says what the counters of a header count, so each is checked for what it could hide, and what real tools do
is let through (each seen in a real run or in the tool's tracker; `tests/reports/README.md` names which):

- More `tests` than cases, or fewer: refused, unless the difference is explained. More: reruns (Surefire counts each,
  SUREFIRE-1627), skipped tests that the header counts and the file leaves out (mocha-junit-reporter). Fewer: failing
  cases (hooks in Mocha, suites that broke in jest-junit), tests to do (`time="0"`, jest-junit), and attempts of one test
  (pytest-rerunfailures). Passed cases
  under `tests="0"` are never explained.
- More failures and errors together than the cases show: refused (a failing case was taken out). Fewer: refused (the
  header hides them), but a test listed twice in a row counts once (jest-junit).
- More skipped than the cases show: refused (what was skipped is passed off as passed). Fewer: refused.
- A suite with suites inside may count its own cases or all of them. `<testsuites>` counts all.
- A counter that is not there says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NoReturn
from xml.parsers import expat

from mkdocs_hotfix.findings import shorten
from mkdocs_hotfix.testreport import CHUNK, Feed, Outcome, ReportError, Tally, duration, moment

MAX_DEPTH = 64
MAX_ELEMENTS = 3_000_000
MAX_TOKEN = 4 << 20
MAX_NAMES = 5_000
_MAX_MESSAGE = 2_000

_SUITES = frozenset({"testsuite", "testsuites"})
_WRONG = frozenset({"failure", "error", "warning"})  # PHPUnit up to 9 writes <warning> where it could not judge
_FAILED_RERUNS = frozenset({"rerunFailure", "rerunError"})
_FLAKY_RERUNS = frozenset({"flakyFailure", "flakyError"})
_SKIPPED = frozenset({"skipped", "ignored", "disabled"})
_STATUS: dict[str, Outcome] = {
    **dict.fromkeys(("fail", "failed", "failure", "timeout", "timedout", "broken"), "failed"),
    **dict.fromkeys(("error", "errored", "aborted", "crashed", "cancelled", "canceled"), "error"),
    **dict.fromkeys(("skip", "skipped", "notrun", "disabled", "ignored", "pending", "suppressed", "todo"), "skipped"),
}
_COUNTER = re.compile(r"[0-9]{1,9}(?:\.0+)?")
# What Python and expat read byte by byte; a codec that only Python knows has no business in a report.
_ENCODING = re.compile(
    r"(?i)(utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-[0-9]{1,2}|latin-?[19]|(windows-|cp)125[0-8]|cp437|cp850|koi8-[ru])"
)
_REPAIR = "Let the test tool write the report again, and file it as it is."


@dataclass(slots=True)
class _Counts:
    """What the cases of a suite show; only for comparing with its header."""

    cases: int = 0
    failures: int = 0  # tests with a <failure>, one that is listed twice in a row counted once
    errors: int = 0
    marks: int = 0  # every <failure> and <error>, those of suites too
    bad: int = 0  # cases with any of them
    skips: int = 0
    reruns: int = 0
    idle: int = 0  # passed with time="0"
    repeats: int = 0  # passed, and the next case bears the same name
    recovered: int = 0  # passed, and the case before it bears the same name and passed

    def add(self, other: _Counts) -> None:
        self.cases += other.cases
        self.failures += other.failures
        self.errors += other.errors
        self.marks += other.marks
        self.bad += other.bad
        self.skips += other.skips
        self.reruns += other.reruns
        self.idle += other.idle


class _Suite:
    """An open <testsuite> or <testsuites>."""

    __slots__ = ("all", "header", "name", "own", "tag")

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tag, self.header = tag, attributes
        self.name = attributes.get("name", "")
        self.own, self.all = _Counts(), _Counts()

    def says(self, *names: str) -> int | None:
        """Return a counter of the header, under the first name that is there."""
        for name in names:
            if value := self.header.get(name, "").strip():
                return int(float(value)) if _COUNTER.fullmatch(value) else None
        return None

    @property
    def title(self) -> str:
        return f"The header of <{self.tag}> {shorten(repr(self.name)) if self.name else ''}".rstrip()


class _Case:
    """An open <testcase>."""

    __slots__ = ("attributes", "error", "failure", "flaky", "message", "reruns", "skip", "skip_message", "warning")

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self.attributes = attributes
        self.failure = self.error = self.warning = self.skip = False
        self.reruns = self.flaky = 0
        self.message = self.skip_message = ""


class _Reader:
    """The handlers of the parser. Nothing is kept of a case once it is closed, but in the tally."""

    def __init__(self, tally: Tally, parser: expat.XMLParserType) -> None:
        self.tally, self.parser = tally, parser
        self.suites: list[_Suite] = []
        self.case: _Case | None = None
        self.depth = self.elements = 0
        self.last: tuple[str, str, Outcome] = ("", "", "skipped")
        self.recovers = False
        self.text: list[str] | None = None  # of a <failure> without a message, or of a <property> without a value
        self.taken = 0
        self.property = ""
        self.seconds: float | None = None  # of the suites right below the root
        self.missing = 0
        self.missing_in: list[str] = []

    def refuse(self, reason: str, advice: str = _REPAIR) -> NoReturn:
        raise ReportError(reason, advice, self.parser.CurrentLineNumber)

    def doctype(self, name: str, *_: object) -> None:
        if name.lower() == "html":
            self.refuse("This is a web page, not a test report", "Save the report itself, not the page that shows it.")
        self.refuse(
            "The XML declares a document type, and those are not read: they can change what the report says",
            "Delete the <!DOCTYPE …>; no test tool needs it.",
        )

    def declaration(self, _version: str, encoding: str | None, _standalone: int) -> None:
        if encoding is not None and not _ENCODING.fullmatch(encoding):
            self.refuse(f"The encoding {shorten(encoding)} is not one that reports are read in", "Save it as UTF-8.")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.depth += 1
        self.elements += 1
        if self.depth > MAX_DEPTH:
            self.refuse(f"The elements are nested deeper than {MAX_DEPTH} levels")
        if self.elements > MAX_ELEMENTS:
            self.refuse(
                f"The report holds more than {MAX_ELEMENTS:,} elements", "File the reports of the suites one by one."
            )
        if ":" in tag:  # namespaces are read as if they were not there
            tag = tag.rpartition(":")[2]
        if self.depth == 1 and tag not in _SUITES:
            if tag.lower() == "html":
                self.doctype("html")
            self.refuse(
                f"The XML starts with <{shorten(tag)}>, and a JUnit report starts with <testsuites> or <testsuite>",
                "File the JUnit report of the test run.",
            )
        if tag == "testcase":
            if self.case is not None:
                self.refuse("A test case stands inside a test case")
            self.case = _Case(attributes)
        elif tag in _SUITES:
            if self.case is not None:
                self.refuse("A suite stands inside a test case")
            self.suites.append(_Suite(tag, attributes))
        elif tag == "property":
            self.property = attributes.get("name", "")
            if "value" in attributes:
                self.tally.names_commit(self.property, attributes["value"])
            elif self.case is None:
                self.listen()
        elif tag in _WRONG:
            self.wrong(tag, attributes)
        elif self.case is not None:
            self.mark(self.case, tag, attributes)

    def wrong(self, tag: str, attributes: Mapping[str, str]) -> None:
        """Take in a <failure>, <error> or <warning>: of a case, or of a suite that broke."""
        message = attributes.get("message") or ""
        counts = self.suites[-1].own
        counts.marks += 1
        if self.case is None:
            self.tally.add(
                "(the suite itself)", self.suites[-1].name, "error", None, message or attributes.get("type", "")
            )
            return
        if tag == "failure":
            self.case.failure = True
        elif tag == "error":
            self.case.error = True
        else:
            self.case.warning = True
        if not self.case.message:
            self.case.message = message
            if not message:
                self.listen()

    @staticmethod
    def mark(case: _Case, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _SKIPPED:
            case.skip, case.skip_message = True, attributes.get("message", "")
        elif tag in _FLAKY_RERUNS:
            case.flaky += 1
        elif tag in _FAILED_RERUNS:
            case.reruns += 1
            case.message = case.message or attributes.get("message", "")

    def listen(self) -> None:
        self.text, self.taken = [], 0
        self.parser.CharacterDataHandler = self.characters

    def characters(self, data: str) -> None:
        if self.text is not None and self.taken < _MAX_MESSAGE:
            self.text.append(data[:_MAX_MESSAGE])
            self.taken += len(data)

    def heard(self) -> str:
        text, self.text = "".join(self.text or ()), None
        self.parser.CharacterDataHandler = None
        return text

    def end(self, tag: str) -> None:
        self.depth -= 1
        tag = tag.rpartition(":")[2]
        if tag == "testcase":
            self.close_case()
        elif tag in _SUITES:
            self.close_suite(self.suites.pop())
        elif self.text is not None and tag == "property":
            self.tally.names_commit(self.property, self.heard())
        elif self.text is not None and tag in _WRONG:
            text = self.heard()
            if self.case is not None:
                self.case.message = text

    def close_case(self) -> None:
        """Judge a case, conservatively.

        A `<failure>` or `<error>` counts, whatever stands beside it; a failed rerun without one counts too. Only what
        the format marks as flaky is forgiven: a test listed twice, once failed and once passed (gotestsum,
        pytest-rerunfailures), is one failed and one passed.
        """
        case, self.case = self.case, None
        assert case is not None, "the parser pairs the tags"  # noqa: S101
        attributes, counts = case.attributes, self.suites[-1].own
        name, group = attributes.get("name", ""), attributes.get("classname") or self.suites[-1].name
        status = _STATUS.get(attributes.get("status", "").lower()) or _STATUS.get(attributes.get("result", "").lower())
        outcome: Outcome = "passed"
        if case.error or case.warning or status == "error":
            outcome = "error"
        elif case.failure or status == "failed" or (case.reruns and not case.flaky):
            outcome = "failed"
        elif case.skip or status == "skipped":
            # CTest marks what it could not start as skipped, and fails the run for it.
            unable = attributes.get("status") == "notrun" and case.skip_message[:5] not in ("", "SKIP_")
            outcome = "error" if unable else "skipped"
            case.message = case.skip_message
        seconds = duration(attributes.get("time"))
        self.tally.add(name, group, outcome, seconds, case.message, flaky=outcome == "passed" and case.flaky > 0)
        again = self.last[:2] == (name, group)
        counts.cases += 1
        counts.skips += case.skip or status == "skipped"
        counts.reruns += case.reruns + case.flaky
        counts.idle += outcome == "passed" and attributes.get("time") == "0"
        if again and self.last[2] == "passed":
            counts.repeats += 1
            # One test may stand there three times: it recovers with the last.
            counts.recovered += (outcome == "passed") - self.recovers
            self.recovers = outcome == "passed"
        else:
            self.recovers = False
        if case.failure or case.error or case.warning:
            counts.bad += 1
            if not (again and self.last[2] in ("failed", "error")):
                counts.failures += case.failure and not case.error
                counts.errors += case.error
        self.last = (name, group, outcome)

    def close_suite(self, suite: _Suite) -> None:
        self.merge_attempts(suite)
        suite.all.add(suite.own)
        self.last = ("", "", "skipped")
        seconds = duration(suite.header.get("time"))
        if self.suites:
            self.suites[-1].all.add(suite.all)
            if len(self.suites) == 1 and seconds is not None:
                self.seconds = (self.seconds or 0.0) + seconds
        else:
            self.tally.seconds = self.seconds if seconds is None else seconds
        self.tally.started(moment(suite.header.get("timestamp")), seconds)
        for name in ("tests", "failures", "errors", "skipped", "disabled"):
            value = suite.header.get(name, "").strip()
            if value and not _COUNTER.fullmatch(value):
                self.tally.contradict(f"{suite.title} says {name}={shorten(repr(value), 30)}, which is no number")
        found = _differences(suite, suite.all)
        if found and suite.tag == "testsuite" and suite.own.cases:
            found = min(found, _differences(suite, suite.own), key=len)
        if not self.suites:
            self.settle(suite)
        for sentence, missing in found:
            if missing and self.suites:
                self.missing += missing
                self.missing_in = [*self.missing_in[:20], sentence]
            else:
                self.tally.contradict(sentence)

    def merge_attempts(self, suite: _Suite) -> None:
        """Count a test once that pytest-rerunfailures lists once for each attempt, the failed ones as if they had passed.

        Known by the header: it counts exactly as many tests as there are when cases of one name in a row are one.
        """
        own = suite.own
        if own.repeats and suite.says("tests") == own.cases - own.repeats:
            own.cases -= own.repeats
            self.tally.counts["passed"] -= own.repeats
            self.tally.flaky += own.recovered

    def settle(self, root: _Suite) -> None:
        """Decide on the suites with too few cases, now that the root's header is known.

        mocha-junit-reporter leaves skipped tests out and counts them in `<testsuites skipped="…">` alone.
        """
        left_out = (root.says("skipped") or 0) - root.all.skips
        if self.missing > left_out:
            for sentence in self.missing_in:
                self.tally.contradict(sentence)


def _differences(suite: _Suite, counts: _Counts) -> list[tuple[str, int]]:
    """Compare a header with the cases.

    Returns:
        Sentences, each with the number of cases that are missing and that the header of the root may yet explain.
    """
    found: list[tuple[str, int]] = []
    tests = suite.says("tests")
    skipped, disabled = suite.says("skipped", "skips", "skip", "ignored"), suite.says("disabled") or 0
    skips = None if skipped is None else skipped + disabled
    absent = 0 if tests is None else max(0, tests - counts.cases)
    if tests is not None:
        left_out = 0 if skips is None else max(0, skips - counts.skips)
        missing = absent - counts.reruns - left_out
        extra = counts.cases - tests - counts.bad - counts.idle
        passed = counts.cases - counts.bad - counts.skips
        if missing > 0 or extra > 0 or (tests == 0 and passed > 0):
            found.append((f"{suite.title} says tests={tests}, and {_are(counts.cases)} in it", max(0, missing)))
    told = [(suite.says("failures"), counts.failures), (suite.says("errors"), counts.errors)]
    said = sum(number or 0 for number, _ in told)
    if any(number is not None for number, _ in told):
        least = sum(shown for number, shown in told if number is not None)
        if said > counts.marks + counts.reruns:
            found.append((f"{suite.title} says {said} failed, and only {counts.marks} of its cases did", 0))
        elif said < least:
            found.append((f"{suite.title} says {said} failed, and {least} of its cases did", 0))
    if skips is not None:
        if skips > counts.skips + absent:
            found.append((f"{suite.title} says {skips} skipped, and only {counts.skips} of its cases were", 0))
        elif skips < counts.skips - (0 if tests is None else max(0, counts.cases - tests)):
            found.append((f"{suite.title} says {skips} skipped, and {counts.skips} of its cases were", 0))
    return found


def _are(number: int) -> str:
    return "one case is" if number == 1 else f"{number} cases are"


def read(feed: Feed, tally: Tally) -> None:
    """Read a JUnit report.

    Args:
        feed: Its bytes.
        tally: Where its cases are counted.

    Raises:
        ReportError: It is not well-formed, not JUnit, or larger than reports are.
    """
    names: dict[str, str] = {}
    parser = expat.ParserCreate(intern=names)
    reader = _Reader(tally, parser)
    parser.buffer_text = True
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.XmlDeclHandler = reader.declaration
    try:
        while chunk := feed.read(CHUNK):
            parser.Parse(chunk, False)
            if feed.size - max(parser.CurrentByteIndex, 0) > MAX_TOKEN:
                reader.refuse(f"One tag or comment is longer than {MAX_TOKEN >> 20} MiB")
            if len(names) > MAX_NAMES:
                reader.refuse(f"The XML uses more than {MAX_NAMES:,} names for elements and attributes")
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise _not_well_formed(error, reader) from None
    except (ValueError, LookupError):  # from the codec, before the first element
        if reader.elements:
            raise
        reader.refuse("The encoding that the XML declares can not be read", "Save it as UTF-8.")


def _not_well_formed(error: expat.ExpatError, reader: _Reader) -> ReportError:
    line = max(error.lineno, 1)
    if reader.depth and error.code in (3, 5, 6, 20):  # expat's ways to say that the input ends too early
        return ReportError("The XML ends before its last element is closed", f"The run was cut off. {_REPAIR}", line)
    what = expat.ErrorString(error.code) or "unknown reason"
    return ReportError(f"The XML is not well-formed: {what}", _REPAIR, line)
