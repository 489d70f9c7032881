"""JUnit XML as the tools really write it, recounted case by case. Its headers are for `junitcounts`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NoReturn
from xml.parsers import expat

from mkdocs_hotfix.findings import shorten
from mkdocs_hotfix.junitcase import Case, sounds_wrong, told_wrong
from mkdocs_hotfix.junitcounts import Suite, differences
from mkdocs_hotfix.tally import MAX_NOTED, Tally
from mkdocs_hotfix.testreport import CHUNK, LESS, MAX_ELEMENTS, REPAIR, Feed, Outcome, ReportError, duration, moment

MAX_DEPTH = 64
MAX_TOKEN = 4 << 20
MAX_NAMES = 5_000
_MAX_MESSAGE = 2_000

_SUITES = frozenset({"testsuite", "testsuites"})
_WRONG = frozenset({"failure", "error", "warning"})  # PHPUnit up to 9 writes <warning> where it could not judge
_FAILED_RERUNS = frozenset({"rerunFailure", "rerunError"})
_FLAKY_RERUNS = frozenset({"flakyFailure", "flakyError"})
_SKIPPED = frozenset({"skipped", "ignored", "disabled"})
# What Python and expat read byte by byte; a codec that only Python knows has no business in a report.
_ENCODING = re.compile(
    r"(?i)(utf-?8|utf-?16(le|be)?|us-ascii|ascii|iso-?8859-[0-9]{1,2}|latin-?[19]|(windows-|cp)125[0-8]|cp437|cp850|koi8-[ru])"
)


class _Reader:
    """The handlers of the parser. Nothing is kept of a case once it is closed, but in the tally."""

    def __init__(self, feed: Feed, tally: Tally, parser: expat.XMLParserType) -> None:
        self.feed, self.tally, self.parser, self.most = feed, tally, parser, feed.budget.elements
        self.suites: list[Suite] = []
        self.case: Case | None = None
        self.depth = self.elements = 0
        self.last: tuple[str, str, Outcome] = ("", "", "skipped")
        self.recovers = False
        self.text: list[str] | None = None  # of a <failure> without a message, or of a <property> without a value
        self.taken = 0
        self.property = ""
        self.seconds: float | None = None  # of the suites right below the root
        self.missing = 0
        self.missing_in: list[str] = []

    def refuse(self, reason: str, advice: str = REPAIR) -> NoReturn:
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
        if self.elements > self.most:
            raise self.feed.too_many(f"The report holds more than {MAX_ELEMENTS:,} elements", LESS)
        if self.elements <= MAX_NOTED:
            self.tally.note_text(f"{tag}{sorted(attributes.items())}")
        self.elements += "timestamp" in attributes  # what is more work counts for more
        if tag == "testcase" and self.case is None and self.depth == len(self.suites) + 1 > 1:  # nearly all
            self.case = Case(attributes)
            return
        if ":" in tag:  # namespaces are read as if they were not there
            tag = tag.rpartition(":")[2]
        if self.depth == 1 and tag not in _SUITES:
            if tag.lower() == "html":
                self.doctype("html")
            self.refuse(
                f"The XML starts with <{shorten(tag)}>, and a JUnit report starts with <testsuites> or <testsuite>",
                "File the JUnit report of the test run.",
            )
        if tag == "testcase" or tag in _SUITES:
            what = "test case" if tag == "testcase" else "suite"
            if self.case is not None:
                self.refuse(f"A {what} stands inside a test case")
            if self.depth - 1 != len(self.suites):
                self.refuse(f"A {what} stands inside something that is no suite")
            if tag == "testcase":
                self.case = Case(attributes)
            else:
                self.elements += 3
                self.suites.append(Suite(tag, attributes))
        elif tag == "property":
            self.property = attributes.get("name", "")
            if "value" in attributes:
                self.tally.names_commit(self.property, attributes["value"])
            elif self.case is None:
                self.listen()
        elif tag in _WRONG or tag.lower() in _WRONG:
            self.wrong(tag.lower(), attributes)
        elif self.case is not None:
            self.mark(self.case, tag, attributes)
        elif sounds_wrong(tag):
            self.wrong(tag, attributes)

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
    def mark(case: Case, tag: str, attributes: Mapping[str, str]) -> None:
        if tag in _SKIPPED:
            case.skip, case.skip_message = True, attributes.get("message", "")
        elif tag in _FLAKY_RERUNS:
            case.flaky += 1
        elif tag in _FAILED_RERUNS:
            case.reruns += 1
            case.message = case.message or attributes.get("message", "")
        elif sounds_wrong(tag):
            case.failure, case.message = True, case.message or attributes.get("message", "") or f"<{tag}>"

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
        if tag == "testcase":
            self.close_case()
            return
        tag = tag.rpartition(":")[2]
        if tag == "testcase":
            self.close_case()
        elif tag in _SUITES:
            self.close_suite(self.suites.pop())
        elif self.text is not None and tag == "property":
            self.tally.names_commit(self.property, self.heard())
        elif self.text is not None and tag.lower() in _WRONG:
            text = self.heard()
            if self.case is not None:
                self.case.message = text

    def close_case(self) -> None:
        case, self.case = self.case, None
        assert case is not None, "the parser pairs the tags"  # noqa: S101
        attributes, counts = case.attributes, self.suites[-1].own
        name, group = attributes.get("name", ""), attributes.get("classname") or self.suites[-1].name
        outcome, seconds = case.judge(), duration(attributes.get("time"))
        if "timestamp" in attributes:
            self.tally.started(moment(attributes["timestamp"]), seconds)
        self.tally.add(name, group, outcome, seconds, case.message, flaky=outcome == "passed" and case.flaky > 0)
        again = self.last[:2] == (name, group)
        counts.cases += 1
        counts.skips += case.skip
        counts.reruns += case.reruns + case.flaky
        counts.idle += outcome == "passed" and attributes.get("time") == "0"
        if again and self.last[2] == "passed":
            counts.repeats += 1
            # One test may stand there three times: it recovers with the last.
            counts.recovered += (outcome == "passed") - self.recovers
            self.recovers = outcome == "passed"
        else:
            self.recovers = False
        if case.marked:
            counts.bad += 1
            if not (again and self.last[2] in ("failed", "error")):
                counts.failures += case.failure and not case.error
                counts.errors += case.error
        self.last = (name, group, outcome)

    def close_suite(self, suite: Suite) -> None:
        self.merge_attempts(suite)
        suite.all.add(suite.own)
        to_do = suite.uncounted()
        suite.all.to_do += to_do
        self.tally.counts["passed"] -= to_do
        self.tally.counts["skipped"] += to_do
        self.last = ("", "", "skipped")
        seconds = duration(suite.header.get("time"))
        if self.suites:
            self.suites[-1].all.add(suite.all)
            if len(self.suites) == 1 and seconds is not None:
                self.seconds = (self.seconds or 0.0) + seconds
        else:
            self.tally.seconds = self.seconds if seconds is None else seconds
        self.tally.started(moment(suite.header.get("timestamp")), seconds)
        if word := told_wrong(suite.header):
            self.tally.add("(the suite itself)", suite.name, "error", None, f"Its header says {shorten(word)}")
        for sentence in suite.no_numbers():
            self.tally.contradict(sentence)
        found = differences(suite, suite.all)
        if found and suite.tag == "testsuite" and suite.own.cases:
            found = min(found, differences(suite, suite.own), key=len)
        if not self.suites:
            self.settle(suite)
        for sentence, missing in found:
            if missing and self.suites:
                self.missing += missing
                self.missing_in = [*self.missing_in[:20], sentence]
            else:
                self.tally.contradict(sentence)

    def merge_attempts(self, suite: Suite) -> None:
        """Count a test once that pytest-rerunfailures lists once for each attempt, the failed ones as if they had passed.

        Known by the header: it counts exactly as many tests as there are when cases of one name in a row are one.
        """
        own = suite.own
        if own.repeats and suite.says("tests") == own.cases - own.repeats:
            own.cases -= own.repeats
            self.tally.counts["passed"] -= own.repeats
            self.tally.flaky += own.recovered

    def settle(self, root: Suite) -> None:
        """Decide on the suites with too few cases, now that the root's header is known.

        mocha-junit-reporter leaves skipped tests out and counts them in `<testsuites skipped="…">` alone.
        """
        left_out = (root.says("skipped") or 0) - root.all.skips
        if self.missing > left_out:
            for sentence in self.missing_in:
                self.tally.contradict(sentence)


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
    reader = _Reader(feed, tally, parser)
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
    finally:
        feed.elements = reader.elements
        # Parser and reader know each other, and nobody collects them before a check ends.
        parser.StartElementHandler = parser.EndElementHandler = parser.StartDoctypeDeclHandler = None
        parser.XmlDeclHandler = parser.CharacterDataHandler = None


def _not_well_formed(error: expat.ExpatError, reader: _Reader) -> ReportError:
    line = max(error.lineno, 1)
    if reader.depth and error.code in (3, 5, 6, 20):  # expat's ways to say that the input ends too early
        return ReportError("The XML ends before its last element is closed", f"The run was cut off. {REPAIR}", line)
    what = (expat.ErrorString(error.code) or "unknown reason").replace("invalid", "unexpected")
    return ReportError(f"The XML is not well-formed: {what}", REPAIR, line)
