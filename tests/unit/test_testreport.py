"""What is read of a report at most, and how its times and durations are read."""

from __future__ import annotations

import hashlib
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix.testreport import (
    MAX_BYTES,
    MAX_ELEMENTS,
    Budget,
    Feed,
    ReportError,
    TestReport,
    UnreadError,
    duration,
    moment,
    tidy,
)

LESS = "File the tests of the scope only, and leave captured output out of their reports."
UNREAD = "It is left unread: of one record's reports 64 MiB and 300,000 elements are read"
AT = datetime(2026, 4, 14, 2, tzinfo=UTC)
LOCAL = AT.replace(tzinfo=None)
HOUR = timedelta(hours=1)


# -- how much is read --------------------------------------------------------------------------------------


class Endless:
    """A file that is no file of the disk, and does not end."""

    def read(self, size: int) -> bytes:
        return b"\0" * size


def refused(work: Any) -> tuple[type[ReportError], str, str]:
    with pytest.raises(ReportError) as told:
        work()
    return type(told.value), told.value.reason, told.value.advice


def test_of_one_record_64_mib_and_300_000_elements_are_read():
    assert Budget() == Budget(67_108_864, 300_000)
    assert (UnreadError().reason, UnreadError().advice, UnreadError().line) == (UNREAD, LESS, None)
    assert str(UnreadError()) == UNREAD


def test_a_file_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path):
    file = tmp_path / "report.xml"
    file.touch()
    for size, told in ((MAX_BYTES, None), (MAX_BYTES + 1, "The report is larger than 64 MiB")):
        with file.open("r+b") as stream:
            stream.truncate(size)
            if told:
                assert refused(lambda stream=stream: Feed(stream, Budget())) == (ReportError, told, LESS)
                assert refused(lambda stream=stream: Feed(stream, Budget(9)))[1] == told
                assert stream.tell() == 0
            else:
                assert Feed(stream, Budget()).size == 0


def test_what_others_have_used_up_leaves_a_file_unread(tmp_path: Path):
    file = tmp_path / "report.xml"
    file.write_bytes(b"12345")
    with file.open("rb") as stream:
        assert refused(lambda: Feed(stream, Budget(4))) == (UnreadError, UNREAD, LESS)
        assert stream.tell() == 0
        feed = Feed(stream, Budget(5))
        assert (feed.head, feed.read(), feed.read(), feed.size) == (b"12345", b"12345", b"", 5)


def test_what_tells_no_size_is_read_until_it_is_too_much():
    assert Feed(io.BytesIO(b""), Budget(0)).read() == b""
    feed = Feed(io.BytesIO(b"12345"), Budget(5))
    assert (feed.read(), feed.sha256) == (b"12345", hashlib.sha256(b"12345").hexdigest())
    assert refused(Feed(io.BytesIO(b"12345"), Budget(4)).read) == (UnreadError, UNREAD, LESS)

    def all_of_it() -> None:
        feed = Feed(Endless(), Budget())  # type: ignore[arg-type]
        while feed.read(1 << 30):
            assert feed.size <= MAX_BYTES

    assert refused(all_of_it) == (ReportError, "The report is larger than 64 MiB", LESS)


def test_what_is_read_comes_in_pieces_and_none_of_it_twice():
    content = bytes(range(256)) * 3_000
    feed = Feed(io.BytesIO(content), Budget())
    assert (feed.size, feed.elements, feed.values) == (0, 0, 0)
    assert feed.read(0) == b""
    pieces = []
    while piece := feed.read(1 << 30):
        pieces.append(piece)
    assert max(map(len, pieces)) == len(feed.head) == 256 << 10
    assert b"".join(pieces) == content
    assert (feed.size, feed.sha256) == (len(content), hashlib.sha256(content).hexdigest())
    feed = Feed(io.BytesIO(content), Budget())
    feed.read()
    assert feed.read(7) == content[256 << 10 :][:7]


def test_too_many_elements_are_the_reports_own_or_those_of_all_before_it():
    feed = Feed(io.BytesIO(b""), Budget())
    own = feed.too_many("It holds too much", "File less.", 7)
    assert (type(own), own.reason, own.advice, own.line) == (ReportError, "It holds too much", "File less.", 7)
    feed = Feed(io.BytesIO(b""), Budget(elements=MAX_ELEMENTS - 1))
    assert isinstance(feed.too_many("It holds too much", "File less."), UnreadError)


def test_what_was_read_is_taken_from_what_may_be_read():
    budget = Budget(10, 10)
    feed = Feed(io.BytesIO(b"1234567"), budget)
    feed.read()
    feed.elements = 4
    feed.spend()
    assert budget == Budget(3, 6)
    feed.elements = 9
    feed.spend()
    assert budget == Budget(0, 0)


# -- when it was -------------------------------------------------------------------------------------------


def report(**parts: Any) -> TestReport:
    counts = dict.fromkeys(("size", "passed", "failed", "errors", "skipped", "flaky"), 0)
    empty = dict.fromkeys(("seconds", "started", "finished", "started_local", "finished_local"))
    lists: dict[str, Any] = dict.fromkeys(("commits", "contradictions", "failing", "slowest"), ())
    made: dict[str, Any] = {"format": "junit", "sha256": "", "content": "", **counts, **empty, **lists, **parts}
    return TestReport(**made)


@pytest.mark.parametrize(
    ("parts", "began", "ended"),
    [
        ({}, None, None),
        ({"started": AT, "finished": AT + HOUR}, AT, AT + HOUR),
        ({"started_local": LOCAL, "finished_local": LOCAL + HOUR}, AT + 12 * HOUR, AT - 13 * HOUR),
        ({"started": AT, "started_local": LOCAL, "finished": AT, "finished_local": LOCAL}, AT, AT),
        ({"started": AT + 13 * HOUR, "started_local": LOCAL}, AT + 12 * HOUR, None),
        ({"finished": AT - 15 * HOUR, "finished_local": LOCAL}, None, AT - 14 * HOUR),
    ],
    ids=str,
)
def test_where_no_zone_is_named_any_place_on_earth_is_given_the_benefit(
    parts: dict[str, datetime], began: datetime | None, ended: datetime | None
):
    assert (report(**parts).began, report(**parts).ended) == (began, ended)


MONTHS = "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec"


@pytest.mark.parametrize(("number", "month"), [*enumerate(MONTHS.split(), 1)])
def test_a_time_may_be_written_as_in_a_letter(number: int, month: str):
    at = datetime(2026, number, 4, 13, 38, 39, tzinfo=UTC)
    for day in ("4", "04"):
        assert moment(f"Tue, {day} {month} 2026 13:38:39 GMT") == at
        assert moment(f"Tue, {day} {month} 2026 13:38:39 +0200") == at - 2 * HOUR
    assert moment(f"Tue, 44 {month} 2026 13:38:39 GMT") is None
    assert moment(f"Tue, 4 {month}x 2026 13:38:39 GMT") is None


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Wed, 4 Foo 2026 13:38:39 GMT", None),
        ("4 Jan 2026 13:38:39 GMT", None),
        ("Jan, 4 Jan 2026 13:38:39 UT", datetime(2026, 1, 4, 13, 38, 39, tzinfo=UTC)),
        ("Jan, 4 Jan 2026 13:38:39 UTC", datetime(2026, 1, 4, 13, 38, 39, tzinfo=UTC)),
        ("Jan, 4 Jan 2026 13:38:39 CET", None),
        ("1999-12-31T23:59:59Z", None),
        ("2000-01-01T00:00:00Z", datetime(2000, 1, 1, tzinfo=UTC)),
        ("9000-12-31T23:59:59Z", datetime(9000, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("9001-01-01T00:00:00Z", None),
        ("2000-01-01T00:30:00+01:00", None),
        (" 2026-04-14T02:00:00Z ", AT),
        (" " * 44 + "2026-04-14T02:00:00Z", AT),
        (" " * 45 + "2026-04-14T02:00:00Z", LOCAL),
        (" " * 64 + "2026-04-14T02:00:00Z", None),
    ],
)
def test_a_time_from_before_2000_is_a_tools_way_to_say_never(text: str, read: datetime | None):
    found = moment(text)
    assert found == read
    assert found is None or (found.tzinfo is UTC) == (read is not None and read.tzinfo is UTC)


TEN_YEARS = 10 * 365 * 86_400


@pytest.mark.parametrize(
    ("value", "unit", "seconds"),
    [
        ("12345678", 1.0, 12_345_678.0),
        ("123456789", 1.0, 123_456_789.0),
        ("999999999", 1.0, None),
        (str(TEN_YEARS), 1.0, float(TEN_YEARS)),
        (f"{TEN_YEARS}.5", 1.0, None),
        (TEN_YEARS * 1_000, 0.001, float(TEN_YEARS)),
        (TEN_YEARS * 1_000 + 1, 0.001, None),
        (f"{TEN_YEARS * 1_000}", 0.001, float(TEN_YEARS)),
        (f"{TEN_YEARS * 1_000 + 1}", 0.001, None),
        ("1500", 0.001, 1.5),
        (1500, 0.001, 1.5),
        ("1,500", 0.001, 1.5),
        ("1,500", 1.0, 1_500.0),
        ("1,500.25", 1.0, 1_500.25),
        ("12,345,678", 1.0, 12_345_678.0),
        ("1,50", 1.0, 1.5),
        ("0,500", 1.0, 0.5),
        ("01,500", 1.0, 1.5),
        ("1.2.3", 1.0, None),
        ("1..", 1.0, None),
        ("²", 1.0, None),
        ("٣", 1.0, None),
        (" 1.5 ", 1.0, 1.5),
        (" " * 61 + "1.5", 1.0, 1.5),
        (" " * 62 + "1.5", 1.0, 1.0),
        (" " * 64 + "1.5", 1.0, None),
        (0, 1.0, 0.0),
        (-1, 1.0, None),
        (False, 1.0, None),
        (float("inf"), 1.0, None),
        ("1e3", 1.0, 1_000.0),
        ("1e-3", 1.0, 0.001),
        ("1E2", 1.0, 100.0),
    ],
    ids=str,
)
def test_a_duration_is_a_number_of_seconds_below_ten_years(value: str | float, unit: float, seconds: float | None):
    assert duration(value, unit) == pytest.approx(seconds)


def test_a_text_of_a_report_fits_on_a_line():
    assert tidy(" a\n\tb\x1b ") == tidy("a b\x1b")
    assert "\x1b" not in tidy("a\x1b[31m")
    assert tidy("x" * 300) == "x" * 300
    assert tidy("x" * 301) == f"{'x' * 299}…"
    assert tidy("x" * 9, 8) == f"{'x' * 7}…"
    assert tidy(" " * 63 + "x", 8) == "x"
    assert tidy(" " * 64 + "x", 8) == ""
