"""Test reports, opened and recounted: JUnit XML, CTRF JSON, and in-toto test results.

A report is input from strangers. It is read as a stream, in bounded time and memory, nothing outside it is fetched,
and whatever is wrong with it comes out as one `ReportError`. What it is, its content decides and not its name.
"""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from mkdocs_hotfix.tally import Tally
from mkdocs_hotfix.testreport import (
    MAX_BYTES,
    MAX_ELEMENTS,
    Budget,
    Case,
    Feed,
    Format,
    ReportError,
    TestReport,
    UnreadError,
)

__all__ = ["MAX_BYTES", "Budget", "Case", "ReportError", "TestReport", "UnreadError", "read", "read_bytes"]

_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_LFS = b"version https://git-lfs.github.com/spec/"
_FILE = "File JUnit XML, CTRF JSON, or an in-toto test result."


def read(stream: BinaryIO, budget: Budget | None = None) -> TestReport:
    """Read a report.

    Args:
        stream: The file, opened for reading bytes, at its start. The caller has seen to it that it is a regular one
            and may be read.
        budget: What may be read of it and of other reports together; less, afterwards. All that one may hold, if nothing.

    Returns:
        What the report says. All counts are counted from its test cases; where its own summary differs, that is one
        of its `contradictions`.

    Raises:
        ReportError: It can not be read: cut off, hostile, too large, or no test report at all.
        UnreadError: It is more than the budget has left.
    """
    from mkdocs_hotfix import junit  # noqa: PLC0415 - most runs read no report

    try:
        feed = Feed(stream, budget or Budget())
    except OSError as error:
        raise _unreadable(error) from error
    try:
        tally = Tally()
        first = feed.head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")[:2]
        if not feed.head.strip(codecs.BOM_UTF8 + b" \t\r\n"):
            raise ReportError("The file is empty", _FILE)
        if first[:1] == b"<" or feed.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or first == b"\0<":
            junit.read(feed, tally)
            return tally.report("junit", feed.sha256, feed.size)
        if first[:1] in (b"{", b"["):
            return tally.report(_read_json(feed, tally), feed.sha256, feed.size)
    except OSError as error:
        raise _unreadable(error) from error
    finally:
        feed.spend()
    if feed.head.startswith(_LFS):
        raise ReportError("The file is a pointer of Git LFS, and the report itself is not here", "Run `git lfs pull`.")
    if feed.head.startswith(_PACKED):
        raise ReportError("The report is packed", "Unpack it, and file what is inside.")
    raise ReportError("The file is neither XML nor JSON", _FILE)


def _unreadable(error: OSError) -> ReportError:
    reason = (error.strerror or "unknown reason").lower()
    return ReportError(f"The file can not be read: {reason}", "Check who may read it.")


def _read_json(feed: Feed, tally: Tally) -> Format:
    from mkdocs_hotfix import ctrf, intoto, jsonstream  # noqa: PLC0415 - as above

    tests = ctrf.Tests(feed, tally)
    try:
        root = jsonstream.parse(feed, tests.add, feed)
        if isinstance(root, dict) and "payload" in root and "payloadType" in root:
            root = intoto.unpack(root, feed)
    finally:
        feed.elements = max(tests.elements, feed.values * MAX_ELEMENTS // jsonstream.MAX_VALUES)
    tally.note(sorted(root.items()) if isinstance(root, dict) else "")
    if isinstance(root, dict) and "predicateType" in root:
        intoto.read(root, tally)
        return "in-toto"
    if isinstance(root, dict) and isinstance(root.get("results"), dict):
        ctrf.compare(root, tests, tally)
        return "ctrf"
    raise ReportError("The JSON is neither a CTRF report nor an in-toto statement", _FILE)


def read_bytes(data: bytes) -> TestReport:
    """Read a report that is in memory already; otherwise as `read`."""
    return read(io.BytesIO(data))
