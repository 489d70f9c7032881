"""Reports without end, and reports that are large and in order: memory stays bounded, and so does what is read."""

from __future__ import annotations

import io
import runpy
import tracemalloc
from pathlib import Path

import pytest

from mkdocs_hotfix import reports
from mkdocs_hotfix.reports import MAX_BYTES, ReportError

BENCH = runpy.run_path(str(Path(__file__).parent / "bench/reports.py"))
OK = b'<testcase name="a"/>'


class Endless(io.RawIOBase):
    """A file that says nothing of its size, and goes on for ever."""

    def __init__(self, start: bytes, rest: bytes) -> None:
        self.start, self.rest, self.given = start, rest, 0

    def read(self, size: int = -1) -> bytes:
        data = self.rest if self.given else self.start
        self.given += len(data)
        return data


STREAMS = {
    "a tag": (b"<testsuite ", b"a" * 200_000, "longer than", 6 << 20),
    "blanks": (b"{", b" " * 200_000, "longer than", 10 << 20),
    "CDATA": (b"<testsuite><system-out><![CDATA[", b"]]" * 100_000, "64 MiB", MAX_BYTES),
    "instructions": (b"<testsuite>", b"<?php ?>" * 20_000, "64 MiB", MAX_BYTES),
    "comments": (b"<testsuite>", b"<!-- -->" * 20_000, "64 MiB", MAX_BYTES),
    "output": (b"<testsuite><system-out>", b"all is well " * 20_000, "64 MiB", MAX_BYTES),
    "a message": (b'<testsuite><testcase><failure message="">', b"all is well " * 20_000, "64 MiB", MAX_BYTES),
}
LONG_STREAMS = {
    "cases without a name": (b"<testsuite>", b"<testcase/>" * 20_000, "elements", MAX_BYTES),
    "cases": (b"<testsuite>", OK * 12_000, "elements", MAX_BYTES),
    "CTRF tests": (
        b'{"results": {"tests": [{"name": "a", "status": "passed"}',
        b',{"name":"a","status":"passed"}' * 8_000,
        "200,000 tests",
        MAX_BYTES,
    ),
    "CTRF output": (b'{"results": {"tests": [{"stdout": ["a"', b',"hello"' * 30_000, "2,800,000 values", MAX_BYTES),
}


def ends(start: bytes, rest: bytes, word: str, most: int) -> None:
    stream = Endless(start, rest)
    with pytest.raises(ReportError, match=word):
        reports.read(stream)  # type: ignore[arg-type]
    assert stream.given <= most + 2 * len(rest)


@pytest.mark.parametrize("name", STREAMS)
def test_what_never_ends_is_left(name: str):
    ends(*STREAMS[name])


@pytest.mark.slow
@pytest.mark.parametrize("name", LONG_STREAMS)
def test_a_billion_cases_are_left_too(name: str):
    ends(*LONG_STREAMS[name])


@pytest.mark.slow
def test_memory_does_not_grow_with_failures():
    suite = b"<testsuite>" + b'<testcase name="a"><failure message="' + b"x" * 2_000 + b'"/></testcase>'
    tracemalloc.start()
    try:
        with pytest.raises(ReportError, match="64 MiB"):
            reports.read(Endless(suite, suite.removeprefix(b"<testsuite>") * 100))  # type: ignore[arg-type]
        assert tracemalloc.get_traced_memory()[1] < 20 << 20
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("kind", BENCH["KINDS"])
def test_fifty_mebibytes_are_checked_in_less_than_two_hundred(kind: str):
    small, large = BENCH["measure"](kind, 0), BENCH["measure"](kind, 50)
    assert (large.exit_code, large.said) == (0, "1 record checked, nothing to do\n")
    assert small.exit_code == 0
    assert large.peak < 200
    assert large.peak < small.peak + 50
