"""What a test report says, in values of our own: the same for every format, recounted from its test cases."""

from __future__ import annotations

import hashlib
import math
import os
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import BinaryIO, ClassVar, Literal

from mkdocs_hotfix.findings import shorten
from mkdocs_hotfix.times import later

Format = Literal["junit", "ctrf", "in-toto"]
Outcome = Literal["passed", "failed", "error", "skipped"]

MAX_BYTES = 64 << 20
MAX_ELEMENTS = 300_000
CHUNK = 256 << 10
MAX_TEXT = 300
_FIRST_YEAR, _LAST_YEAR = 2000, 9000
_WEST, _EAST = timedelta(hours=12), timedelta(hours=14)
_LONGEST = 10 * 365 * 86_400.0
_SHORT = 9  # digits and a point that can not be longer than `_LONGEST` seconds
LESS = "File the tests of the scope only, and leave captured output out of their reports."
REPAIR = "Let the test tool write the report again, and file it as it is."

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MAIL = re.compile(  # by hand: email.utils takes four times as long, and a report may hold 300,000 times
    r"(?:[A-Z][a-z]{2}, )?([0-9]{1,2}) ([A-Z][a-z]{2}) ([0-9]{4}) ([0-9]{2}:[0-9]{2}:[0-9]{2}) (?:([+-][0-9]{4})|GMT|UTC?)"
)
_SECONDS = re.compile(r"(?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,12})?(?:[.,][0-9]{0,30})?(?:[eE]-?[0-9]{1,2})?")


class ReportError(Exception):
    """A report that can not be read, and so proves nothing.

    Attributes:
        reason: What is wrong, one sentence without a full stop.
        advice: What to do, one sentence.
        line: The line of the file, from 1, where the format tells it.
    """

    def __init__(self, reason: str, advice: str, line: int | None = None) -> None:
        super().__init__(reason)
        self.reason, self.advice, self.line = reason, advice, line


class UnreadError(ReportError):
    """A report that was left unread, since reports of the same record have used up what is read for one record."""

    def __init__(self) -> None:
        super().__init__(
            f"It is left unread: of one record's reports {MAX_BYTES >> 20} MiB and {MAX_ELEMENTS:,} elements are read",
            LESS,
        )


@dataclass(slots=True)
class Budget:
    """What may still be read for one record: all its reports together may be as large as one alone."""

    size: int = MAX_BYTES
    elements: int = MAX_ELEMENTS


@dataclass(frozen=True, slots=True)
class Case:
    """One test, as a page or a message may show it: texts are cut at 300 characters and free of control characters."""

    name: str
    group: str
    outcome: Outcome
    seconds: float | None
    message: str


@dataclass(frozen=True, slots=True)
class TestReport:
    """A report, read and recounted.

    Attributes:
        format: What the content is; the file's name is never asked.
        sha256: Digest of the bytes that were read, lower-case hex.
        content: Digest of what they say, however it is laid out: the same for a copy that was saved again.
        size: How many bytes they were.
        passed: Tests that passed; those that passed on a further try are among them.
        failed: Tests that failed.
        errors: Tests that ended in an error or could not be run, and suites that broke.
        skipped: Tests that were not run: skipped, pending, disabled, to do, failing as expected.
        flaky: How many of `passed` failed at first, where the format marks it.
        seconds: How long the run took: as the report says, else the sum of its tests.
        started: The earliest start that names its zone, in UTC.
        finished: The latest end of the same kind; the start, where nothing says how long it took.
        started_local: The earliest start without a zone. Nobody knows where its clock hung.
        finished_local: The latest end of the same kind.
        commits: Commits that the report itself names: lower-case hex, whole or short.
        contradictions: Where the report disagrees with itself, one sentence each.
        failing: The first 50 tests that failed or ended in an error.
        slowest: The 10 that took longest, the slowest first.
    """

    __test__: ClassVar[bool] = False  # pytest collects what is called Test…

    format: Format
    sha256: str
    content: str
    size: int
    passed: int
    failed: int
    errors: int
    skipped: int
    flaky: int
    seconds: float | None
    started: datetime | None
    finished: datetime | None
    started_local: datetime | None
    finished_local: datetime | None
    commits: tuple[str, ...]
    contradictions: tuple[str, ...]
    failing: tuple[Case, ...]
    slowest: tuple[Case, ...]

    @property
    def began(self) -> datetime | None:
        """When it began, at the latest: where a time names no zone, that of the western-most clock."""
        local = self.started_local and later(self.started_local.replace(tzinfo=UTC), _WEST)
        return min((at for at in (self.started, local) if at), default=None)

    @property
    def ended(self) -> datetime | None:
        """When it ended, at the earliest: where a time names no zone, that of the eastern-most clock."""
        local = self.finished_local and self.finished_local.replace(tzinfo=UTC) - _EAST
        return max((at for at in (self.finished, local) if at), default=None)

    @property
    def total(self) -> int:
        """All test cases."""
        return self.ran + self.skipped

    @property
    def ran(self) -> int:
        """Test cases with a result."""
        return self.passed + self.bad

    @property
    def bad(self) -> int:
        """Test cases that failed or ended in an error."""
        return self.failed + self.errors

    @property
    def clean(self) -> bool:
        """Whether the report bears out `result: passed`: at least one test passed, none failed, nothing disagrees."""
        return self.passed > 0 and self.bad == 0 and not self.contradictions


class Feed:
    """The bytes of a report on their way into a parser: counted, hashed and capped, never all in memory.

    Attributes:
        head: The first bytes, for a look at what the file is.
        size: How many bytes were handed on.
        elements: How many elements were in them: of XML, or of as much work.
        values: How many values, names and brackets of JSON.
        budget: What may be read; as much less once this is done.
    """

    def __init__(self, stream: BinaryIO, budget: Budget) -> None:
        self.stream, self.budget = stream, budget
        self.size = self.elements = self.values = 0
        self._hash = hashlib.sha256()
        try:
            announced = os.fstat(stream.fileno()).st_size
        except (OSError, AttributeError, ValueError):  # not a file of the disk
            announced = 0
        if announced > MAX_BYTES:
            raise _too_large()
        if announced > budget.size:
            raise UnreadError
        self.head: bytes = stream.read(CHUNK)
        self._next: bytes | None = self.head

    @property
    def sha256(self) -> str:
        """The digest of the bytes handed on so far."""
        return self._hash.hexdigest()

    def read(self, size: int = CHUNK) -> bytes:
        """Return the next bytes, at most as many as `CHUNK`; none at the end, or if none are asked for (as ijson does)."""
        if not size:
            return b""
        data, self._next = self.stream.read(min(size, CHUNK)) if self._next is None else self._next, None
        self.size += len(data)
        if self.size > self.budget.size:
            raise _too_large() if self.budget.size == MAX_BYTES else UnreadError
        self._hash.update(data)
        return data

    def too_many(self, reason: str, advice: str, line: int | None = None) -> ReportError:
        """Return the error of more elements than may be read: the report's own, or that of all before it."""
        return ReportError(reason, advice, line) if self.budget.elements == MAX_ELEMENTS else UnreadError()

    def spend(self) -> None:
        """Take what was read from the budget."""
        self.budget.size = max(self.budget.size - self.size, 0)
        self.budget.elements = max(self.budget.elements - self.elements, 0)


def _too_large() -> ReportError:
    return ReportError(
        f"The report is larger than {MAX_BYTES >> 20} MiB",
        LESS,
    )


def tidy(text: str, limit: int = MAX_TEXT) -> str:
    """Make a text of a report fit to be shown on one line."""
    return shorten(" ".join(text[: 8 * limit].split()), limit)


def moment(text: str | None) -> datetime | None:
    """Read a time as test tools write it; in UTC where it names its zone, else without one.

    ISO 8601, or RFC 5322 as Mocha's own reporter writes it. What is before 2000 is a tool's way to say
    "never" (jest-junit: `1970-01-01T00:00:00`), and reads as no time, as does everything else.
    """
    text = (text or "")[:64].strip()
    try:
        if not text[:1].isdigit() and (mail := _MAIL.fullmatch(text)):
            day, month, year, clock, zone = mail.groups()
            text = f"{year}-{1 + _MONTHS.index(month):02}-{day:0>2}T{clock}{zone or 'Z'}"
        at = datetime.fromisoformat(text)
        at = at.astimezone(UTC) if at.tzinfo else at
    except (ValueError, OverflowError):
        return None
    return at if _FIRST_YEAR <= at.year <= _LAST_YEAR else None


def duration(value: str | float | None, unit: float = 1.0) -> float | None:
    """Read a duration, in seconds; `unit` is how many of them one is. Commas may part thousands (Surefire) or decimals."""
    if isinstance(value, str):
        if len(value) < _SHORT and value.replace(".", "", 1).isdecimal() and value.isascii():  # nearly all: 0.013
            return float(value) * unit
        value = value[:64].strip()
        if not value or not _SECONDS.fullmatch(value):
            return None
        if "," in value:
            grouped = re.fullmatch(r"[1-9][0-9]{0,2}(?:,[0-9]{3})+(?:\..*)?", value)
            value = value.replace(",", "" if grouped else ".")
        try:
            value = float(value)
        except ValueError:
            return None
    if value is None or isinstance(value, bool) or not 0 <= value <= _LONGEST / unit:
        return None
    return float(value) * unit if math.isfinite(value) else None
