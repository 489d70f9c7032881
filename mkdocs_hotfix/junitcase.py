"""One case of JUnit XML: what its elements and its status say together."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mkdocs_hotfix.testreport import Outcome

_STATUS: dict[str, Outcome] = {
    **dict.fromkeys(("", "run", "ran", "ok", "pass", "passed", "success", "successful", "succeeded"), "passed"),
    **dict.fromkeys(("complete", "completed", "finished", "fixed"), "passed"),
    **dict.fromkeys(("fail", "failed", "failure", "timeout", "timedout", "broken", "regression"), "failed"),
    **dict.fromkeys(("error", "errored", "aborted", "crashed", "cancelled", "canceled"), "error"),
    **dict.fromkeys(("skip", "skipped", "notrun", "disabled", "ignored", "pending", "suppressed", "todo"), "skipped"),
}


_WORDS = ("status", "result", "outcome")
_TELLING = frozenset({*_WORDS, "failure", "error", "success", "passed", "executed"})
_NO = frozenset({"", "0", "false", "no", "none", "null"})
_SOUNDS_WRONG = re.compile("fail|error|crash|abort|timeout|timed-?out|exception|broken", re.IGNORECASE)


def sounds_wrong(tag: str) -> bool:
    """Tell whether an element that no known tool writes says that something went wrong: better believed than passed over."""
    return _SOUNDS_WRONG.search(tag) is not None


def told_wrong(header: Mapping[str, str]) -> str:
    """Return the word by which the header of a suite says that it went wrong, if it has one."""
    words = (header.get(name, "").strip() for name in _WORDS)
    return next((word for word in words if _STATUS.get(word.lower()) in ("failed", "error")), "")


class Case:
    """An open <testcase>."""

    # On the class: most cases are nothing but a name, and there can be a million of them.
    failure = error = warning = skip = False
    reruns = flaky = 0
    message = skip_message = ""

    def __init__(self, attributes: Mapping[str, str]) -> None:
        self.attributes = attributes

    @property
    def marked(self) -> bool:
        """Whether an element says that it went wrong."""
        return self.failure or self.error or self.warning

    def _denies(self, name: str) -> bool:
        return bool(word := self.attributes.get(name, "").strip().lower()) and word in _NO

    def judge(self) -> Outcome:
        """Judge conservatively, and leave in `message` what is to be said about it.

        A `<failure>` or `<error>` counts, whatever stands beside it; a failed rerun without one counts too, and a status
        that no tool is known to write. Only what the format marks as flaky is forgiven: a test listed twice, once failed
        and once passed (gotestsum, pytest-rerunfailures), is one failed and one passed.
        """
        if not (self.marked or self.skip or self.reruns or not _TELLING.isdisjoint(self.attributes)):
            return "passed"
        for name in ("failure", "error"):  # Node.js says it twice: as an element, and as an attribute
            if self.attributes.get(name, "").strip().lower() not in _NO:
                self.failure, self.message = True, self.message or self.attributes[name]
        self.failure |= any(self._denies(name) for name in ("success", "passed"))
        self.skip |= self._denies("executed")
        said = {name: self.attributes.get(name, "").strip().lower() for name in _WORDS}
        known = [_STATUS.get(word, "error") for word in said.values()]
        if self.error or self.warning or "error" in known:
            unknown = next((word for word in said.values() if word not in _STATUS), "")
            self.message = self.message or (f"Its status is {unknown!r}, which may mean anything" if unknown else "")
            return "error"
        if self.failure or "failed" in known or self.reruns:
            return "failed"
        if self.skip or "skipped" in known:
            self.message, self.skip = self.skip_message, True
            # CTest marks what it could not start as skipped, and fails the run for it.
            unable = said["status"] == "notrun" and self.skip_message[:5] not in ("", "SKIP_")
            return "error" if unable else "skipped"
        return "passed"
