"""Test reports, opened and recounted: JUnit XML, CTRF JSON, and in-toto test results.

A report is input from strangers. It is read as a stream, in bounded time and memory, nothing outside it is fetched,
and whatever is wrong with it comes out as one `ReportError`. What it is, its content decides and not its name.
"""

from __future__ import annotations

import codecs
import io
from typing import BinaryIO

from mkdocs_hotfix.tally import Tally
from mkdocs_hotfix.testreport import MAX_BYTES, Case, Feed, Format, ReportError, TestReport

__all__ = ["MAX_BYTES", "Case", "ReportError", "TestReport", "read", "read_bytes"]

_PACKED = (b"\x1f\x8b", b"PK\x03\x04", b"BZh", b"\xfd7zXZ", b"\x28\xb5\x2f\xfd")
_LFS = b"version https://git-lfs.github.com/spec/"
_FILE = "File JUnit XML, CTRF JSON, or an in-toto test result."


def read(stream: BinaryIO) -> TestReport:
    """Read a report.

    Args:
        stream: The file, opened for reading bytes, at its start. The caller has seen to it that it is a regular one
            and may be read.

    Returns:
        What the report says. All counts are counted from its test cases; where its own summary differs, that is one
        of its `contradictions`.

    Raises:
        ReportError: It can not be read: cut off, hostile, too large, or no test report at all.
    """
    from mkdocs_hotfix import junit  # noqa: PLC0415 - most runs read no report

    try:
        feed, tally = Feed(stream), Tally()
        first = feed.head.removeprefix(codecs.BOM_UTF8).lstrip(b" \t\r\n")[:2]
        if not feed.head.strip(codecs.BOM_UTF8 + b" \t\r\n"):
            raise ReportError("The file is empty", _FILE)
        if first[:1] == b"<" or feed.head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or first == b"\0<":
            junit.read(feed, tally)
            return tally.report("junit", feed.sha256, feed.size)
        if first[:1] in (b"{", b"["):
            return tally.report(_read_json(feed, tally), feed.sha256, feed.size)
    except OSError as error:
        reason = (error.strerror or "unknown reason").lower()
        raise ReportError(f"The file can not be read: {reason}", "Check who may read it.") from error
    if feed.head.startswith(_LFS):
        raise ReportError("The file is a pointer of Git LFS, and the report itself is not here", "Run `git lfs pull`.")
    if feed.head.startswith(_PACKED):
        raise ReportError("The report is packed", "Unpack it, and file what is inside.")
    raise ReportError("The file is neither XML nor JSON", _FILE)


def _read_json(feed: Feed, tally: Tally) -> Format:
    from mkdocs_hotfix import ctrf, intoto, jsonstream  # noqa: PLC0415 - as above

    tests = ctrf.Tests(tally)
    root = jsonstream.parse(feed, tests.add)
    if isinstance(root, dict) and "payload" in root and "payloadType" in root:
        root = intoto.unpack(root)
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
