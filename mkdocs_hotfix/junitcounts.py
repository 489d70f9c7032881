"""The counters in the headers of JUnit XML, compared with the cases.

No standard says what they count, so each is checked for what it could hide, and what real tools do is let through (each
seen in a real run or in the tool's tracker; `tests/reports/README.md` names which):

- More `tests` than cases: refused, unless there were reruns (Surefire counts each, SUREFIRE-1627), or skipped tests that
  the header counts and the file leaves out (mocha-junit-reporter).
- Fewer `tests` than cases: refused, unless the rest are failing cases (hooks in Mocha, suites that broke in jest-junit),
  tests to do (`time="0"`, jest-junit), or attempts of one test (pytest-rerunfailures). Passed cases under `tests="0"` are
  never explained.
- More failures and errors together than the cases show: refused (a failing case was taken out). Fewer: refused (the
  header hides them), but a test listed twice in a row counts once (jest-junit).
- More skipped than the cases show: refused (what was skipped is passed off as passed). Fewer: refused.
- A suite with suites inside may count its own cases or all of them. `<testsuites>` counts all.
- A counter that is not there says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from mkdocs_hotfix.findings import shorten

_COUNTER = re.compile(r"[0-9]{1,9}(?:\.0+)?")


@dataclass(slots=True)
class Counts:
    """What the cases of a suite show; only for comparing with its header."""

    cases: int = 0
    failures: int = 0  # tests with a <failure>, one that is listed twice in a row counted once
    errors: int = 0
    marks: int = 0  # every <failure> and <error>, those of suites too
    bad: int = 0  # cases with any of them
    skips: int = 0
    reruns: int = 0
    idle: int = 0  # passed with time="0"
    to_do: int = 0  # as many of them as the header does not count as tests
    repeats: int = 0  # passed, and the next case bears the same name
    recovered: int = 0  # passed, and the case before it bears the same name and passed

    def add(self, other: Counts) -> None:
        """Take in what a suite inside this one shows."""
        self.cases += other.cases
        self.failures += other.failures
        self.errors += other.errors
        self.marks += other.marks
        self.bad += other.bad
        self.skips += other.skips
        self.reruns += other.reruns
        self.idle += other.idle
        self.to_do += other.to_do


class Suite:
    """An open <testsuite> or <testsuites>: its header, what its own cases show, and what all below it show."""

    __slots__ = ("all", "header", "name", "own", "tag")

    def __init__(self, tag: str, attributes: Mapping[str, str]) -> None:
        self.tag, self.header = tag, attributes
        self.name = attributes.get("name", "")
        self.own, self.all = Counts(), Counts()

    def says(self, *names: str) -> int | None:
        """Return a counter of the header, under the first name that is there."""
        for name in names:
            if value := self.header.get(name, "").strip():
                return int(float(value)) if _COUNTER.fullmatch(value) else None
        return None

    def no_numbers(self) -> Iterator[str]:
        """Name the counters that are not numbers."""
        for name in ("tests", "failures", "errors", "skipped", "disabled"):
            value = self.header.get(name, "").strip()
            if value and not _COUNTER.fullmatch(value):
                yield f"{self.title} says {name}={shorten(repr(value), 30)}, which is no number"

    def uncounted(self) -> int:
        """Tell how many tests to do stand among the cases that passed: the header does not count them.

        Where a test failed, the rest may be a hook that broke; and nothing depends on it then.
        """
        tests = self.says("tests")
        if tests is None or self.all.bad:
            return 0
        known = [self.all.cases - self.all.to_do, *([self.own.cases] if self.own.cases else [])]
        surplus = min((cases - tests for cases in known if cases >= tests), default=0)
        return min(surplus, self.all.idle - self.all.to_do)

    @property
    def title(self) -> str:
        """Name its header in a sentence."""
        return f"The header of <{self.tag}> {shorten(repr(self.name)) if self.name else ''}".rstrip()


def differences(suite: Suite, counts: Counts) -> list[tuple[str, int]]:
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
    told = [
        (suite.says("failures", "failed", "failure"), counts.failures),
        (suite.says("errors", "error"), counts.errors),
    ]
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
