"""JSON read event by event with ijson, and refused where readers could differ in what it says.

Duplicate keys are refused, since parsers differ in which one they believe; so are NaN, numbers too large for 64 bits, and
what is nested deeper than 32 levels.
"""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import ijson  # type: ignore[import-untyped]

from mkdocs_hotfix.findings import shorten
from mkdocs_hotfix.testreport import CHUNK, LESS, MAX_ELEMENTS, REPAIR, Feed, ReportError
from mkdocs_hotfix.wording import not_json

MAX_DEPTH = 32
MAX_KEPT = 200_000
MAX_VALUES = 2_800_000
MAX_TOKEN = 8 << 20
MAX_STRING = 2_000
MAX_LOCATED = 8 << 20


class _Watched:
    """A feed that notices when bytes go in and no event comes out: a string without end; or far too many."""

    def __init__(self, source: Feed | io.BytesIO, feed: Feed) -> None:
        self.source, self.feed = source, feed
        self.taken = self.at_event = self.events = self.counted = 0

    def count(self) -> None:
        """Take note of the events since the last time. Ten of them are as much work as an element of XML."""
        self.feed.values += self.events - self.counted
        self.counted = self.events
        if self.feed.values * MAX_ELEMENTS > self.feed.budget.elements * MAX_VALUES:
            raise self.feed.too_many(f"The report holds more than {MAX_VALUES:,} values", LESS)

    def read(self, size: int) -> bytes:
        if self.events > self.counted:
            self.at_event = self.taken
            self.count()
        data = self.source.read(size)
        if not self.taken:
            data = data.removeprefix(b"\xef\xbb\xbf") or data
        self.taken += len(data)
        if self.taken - self.at_event > MAX_TOKEN:
            raise ReportError(
                f"One text in it is longer than {MAX_TOKEN >> 20} MiB", "Leave captured output out of it."
            )
        return data


class _Builder:
    """Makes data of the events, and hands each item of `results.tests` on instead of keeping it."""

    def __init__(self, on_test: Callable[[Any], None]) -> None:
        self.on_test = on_test
        self.root: Any = None
        self.open: list[Any] = []
        self.keys: list[str] = []  # under which each open container, and what comes next, stands
        self.kept = self.before = 0

    def value(self, value: Any) -> None:
        """Put a value where it belongs."""
        here = self.open[-1] if self.open else None
        if here is None:
            self.root = value
        elif isinstance(here, dict):
            self.keep(value)
            here[self.keys[-1]] = value
        elif self.in_tests:
            if not isinstance(value, dict):
                raise ReportError("A test in `results.tests` is not an object", REPAIR)
            self.before = self.kept
        elif len(self.open) < 5 or self.keys[:2] != ["results", "tests"] or self.keys[2] == "suite":  # noqa: PLR2004
            self.keep(value)
            here.append(value)
        # else it is output, steps, attachments … of one test: checked, not kept

    def keep(self, value: Any) -> None:
        self.kept += 1 + (len(value) // 64 if isinstance(value, str) else 0)
        if self.kept > MAX_KEPT:
            raise ReportError(
                f"The report holds more than {MAX_KEPT:,} values besides its tests, or in one of them", REPAIR
            )

    @property
    def in_tests(self) -> bool:
        return len(self.open) == 3 and self.keys == ["results", "tests"] and isinstance(self.open[2], list)  # noqa: PLR2004

    def key(self, key: str) -> None:
        if key in self.open[-1]:
            raise ReportError(f"The key {shorten(repr(key))} stands twice in one object", REPAIR)
        self.open[-1][key] = None
        self.keys[-1] = key

    def enter(self, container: Any) -> None:
        self.value(container)
        if len(self.open) >= MAX_DEPTH:
            raise ReportError(f"The JSON is nested deeper than {MAX_DEPTH} levels", REPAIR)
        self.open.append(container)
        if isinstance(container, dict):
            self.keys.append("")

    def leave(self) -> None:
        done = self.open.pop()
        if isinstance(done, dict):
            self.keys.pop()
            if self.in_tests:
                self.kept = self.before
                self.on_test(done)


def _load(source: Feed | io.BytesIO, on_test: Callable[[Any], None], feed: Feed) -> Any:
    """Build the data of a JSON text, without the items of `results.tests`: those go to `on_test` and are dropped."""
    watched, builder = _Watched(source, feed), _Builder(on_test)
    events = ijson.basic_parse(watched, use_float=True, buf_size=CHUNK)
    for watched.events, (event, value) in enumerate(events, 1):
        if event == "map_key":
            builder.key(value)
        elif event == "start_map":
            builder.enter({})
        elif event == "start_array":
            builder.enter([])
        elif event in {"end_map", "end_array"}:
            builder.leave()
        elif event == "string" and len(value) > MAX_STRING and builder.keys != ["payload"]:
            builder.value(value[:MAX_STRING])
        else:
            builder.value(value)
    watched.count()
    return builder.root


def parse(source: Feed | io.BytesIO, on_test: Callable[[dict[str, Any]], None], feed: Feed) -> Any:
    """Read a JSON text.

    Args:
        source: Its bytes.
        on_test: Is given each item of `results.tests`, which is dropped afterwards.
        feed: The report that it is, or comes out of: counts what is read.

    Returns:
        All the rest of it.

    Raises:
        ReportError: It is not well-formed, too deep, or too much.
    """
    try:
        return _load(source, on_test, feed)
    except (ijson.JSONError, ValueError, RecursionError) as error:
        reason, line = _why(source)
        raise ReportError(f"The JSON is not well-formed: {reason}", REPAIR, line) from error


def _why(source: Feed | io.BytesIO) -> tuple[str, int | None]:
    """Find the line of an error: ijson tells none, the stock parser does, if the text is small and there to be reread."""
    stream = source.stream if isinstance(source, Feed) else source
    try:
        stream.seek(0)
        raw = stream.read(MAX_LOCATED + 1)
        if len(raw) <= MAX_LOCATED:
            json.loads(raw.decode("utf-8-sig"))
    except (json.JSONDecodeError, UnicodeDecodeError) as error:
        return not_json(error)
    except (OSError, ValueError, AttributeError, RecursionError):
        pass
    return "a number in it is out of range, or the text breaks off", None
