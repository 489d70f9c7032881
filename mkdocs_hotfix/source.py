"""Bytes to data, with the place of every key and value; and everything that can be wrong with a file.

YAML is read as JSON. Only `true`, `false`, `null` (also `~` or nothing), and numbers as RFC 8259 writes them are
anything but text, so that `no`, `4.12.2`, `2026-04-14` and `012` stay what their author wrote. Aliases, anchors,
tags, directives and further documents are refused: they are how YAML bombs are made, and no record needs them.

The data is built from libyaml's events and never by its composer, which recurses on the C stack: 25,000 nested
brackets would end the process.
"""

from __future__ import annotations

import importlib
import math
import re
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

import yaml

from mkdocs_hotfix.explain import explain
from mkdocs_hotfix.findings import On, Pointer, Problem, SetupError, Span, shorten
from mkdocs_hotfix.paths import open_regular

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1 << 20
MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_SCALAR = 1 << 16
MAX_PROBLEMS = 50
_MAX_NUMBER = 40

UNREADABLE = "unreadable-front-matter"
DUPLICATE = "duplicate-key"
NOT_TEXT = "not-text"

# What no text file needs and what makes terminals, browsers and line counts disagree.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
_NOT_TEXT = frozenset(["", *"tfn~-0123456789"])  # how all begins that is something else than text
_CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None}

try:
    # Not `yaml.CParser`: PyYAML does not hand it on under that name.
    _Parser: Any = importlib.import_module("yaml.cyaml").CParser
except ImportError:
    # PyYAML's own parser is ten times slower and reads some files otherwise: the answer would depend on the machine.
    raise SetupError(
        "PyYAML is installed without libyaml. Install its wheel: "
        "`pip install --force-reinstall --only-binary :all: pyyaml`."
    ) from None


@dataclass(frozen=True)
class Source:
    r"""A file, read.

    Attributes:
        data: The front matter (or the whole YAML file); `None` when it could not be read.
        body: The Markdown below the front matter.
        problems: Why it can't be judged; empty for a file that can.
        yaml_text: The YAML alone, line breaks as `\\n`.
        first_line: The line of the file on which the YAML starts, from 1.
        body_line: The line on which the body starts, from 1.
    """

    data: dict[str, Any] | None
    body: str = ""
    problems: tuple[Problem, ...] = ()
    yaml_text: str = field(default="", repr=False)
    first_line: int = 1
    body_line: int = 1
    lines: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def _spans(self) -> dict[Pointer, tuple[Span | None, Span]]:
        # Made only for files that have a finding: three of four files never need it. And never for a file that
        # was refused: the places of 200,000 nested brackets fill the memory.
        return _spans(self.yaml_text, self.first_line) if self.data is not None else {}

    def span(self, pointer: Pointer = (), on: On = "value") -> Span:
        """Return where a key or value stands.

        Args:
            pointer: The place in the data. Where the file has no such field, its nearest ancestor is meant,
                and the place is the ancestor's key.
            on: The field's name or its value. List items have no name: their value is meant.
        """
        while pointer not in self._spans:
            if not pointer:
                return Span(1, 1, 1, 4 if self.first_line > 1 else 1)
            pointer, on = pointer[:-1], "key"
        key, value = self._spans[pointer]
        if not pointer:
            return Span(1, 1, 1, 4) if self.first_line > 1 else value
        return key if key and (on == "key" or value.end_line > value.line) else value

    def line(self, number: int) -> str | None:
        """Return one line of the file up to its body, counted from 1; nothing where it can't be shown."""
        if not self.lines and not self.yaml_text and self.first_line == 1:
            return None
        lines = self.lines or (*(["---"] * (self.first_line - 1)), *self.yaml_text.split("\n"))
        return lines[number - 1] if 0 < number <= len(lines) else None

    def has(self, pointer: Pointer) -> bool:
        """Tell whether the file itself holds this place."""
        return pointer in self._spans

    def written(self, pointer: Pointer) -> str:
        """Return a scalar as the file writes it: `4.20`, where the data has 4.2."""
        span = self._spans[pointer][1]
        line = self.yaml_text.split("\n")[span.line - self.first_line]
        return line[span.column - 1 : span.end_column - 1 if span.end_line == span.line else None]


def read(path: Path, *, front_matter: bool = True) -> Source:
    """Read one file. Never raises for what a file holds or is; what is wrong comes back as problems.

    Args:
        path: The file. It is opened only if it is a regular one.
        front_matter: Whether the YAML is a Markdown file's front matter, or the whole file.
    """
    try:
        opened = open_regular(path)
        if opened is None:
            return _refuse("This is not a regular file", "Put a text file in its place.")
        stream, size = opened
        with stream:
            raw = stream.read(min(size, MAX_BYTES) + 1)
    except OSError as error:
        if path.is_symlink():
            return _refuse("This is a symbolic link, and links are not followed", "Put the file itself here.")
        reason = (error.strerror or "unknown reason").lower()
        return _refuse(f"The file can not be read: {reason}", "Check that it exists and who may read it.")
    return parse(raw, front_matter=front_matter)


def parse(raw: bytes, *, front_matter: bool = True) -> Source:
    """Turn the bytes of a file into data and body.

    Args:
        raw: The file. A UTF-8 byte order mark and CRLF line ends read as if they were not there.
        front_matter: Whether the YAML is a Markdown file's front matter, or the whole file.

    Returns:
        The source; with problems where it can't be judged. Nothing is raised, whatever the bytes.
    """
    if len(raw) > MAX_BYTES:
        return _refuse(
            f"The file is larger than {MAX_BYTES >> 20} MiB",
            "Move logs and reports into files beside the record and name them under `report`.",
        )
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return _wrong_encoding(raw, error)
    if found := _control_characters(text):
        return Source(None, problems=found, lines=tuple(text.split("\n")))
    if not front_matter:
        return _finish(text, text, 1, "", 1)
    return _split(text)


def _split(text: str) -> Source:
    lines = text.split("\n")
    if not text.strip():
        return _refuse("The file is empty", "Write front matter with `id`, `title` and `status`, or delete the file.")
    if lines[0].rstrip(" \t") != "---":
        return _refuse(
            "The front matter is missing: the first line is not `---`",
            "Start the file with a line `---`, then the fields, then another line `---`.",
            lines=tuple(lines),
            width=max(len(lines[0]), 1),
        )
    for number, line in enumerate(lines[1:], start=1):
        if line.startswith("---") and line.rstrip(" \t") == "---":
            head = "\n".join(lines[1:number])
            return _finish(text, head + "\n" if head else "", 2, "\n".join(lines[number + 1 :]), number + 2)
    return _refuse(
        "The front matter is opened here and never closed",
        "Put a line `---` after the last field.",
        lines=tuple(lines),
        width=3,
    )


def _finish(text: str, head: str, first_line: int, body: str, body_line: int) -> Source:
    data, problems = _load(head, first_line)
    if data is None and not problems:
        what = "The front matter holds no field" if first_line > 1 else "The file holds no field"
        problems = [
            Problem(
                what,
                help=("Write at least `id`, `title` and `status`.",),
                span=Span(1, 1, 1, 4 if first_line > 1 else 1),
                slug=UNREADABLE,
            )
        ]
    return Source(
        data=None if problems else data,
        body=body,
        problems=tuple(problems),
        yaml_text=head,
        first_line=first_line,
        body_line=body_line,
        lines=tuple(text.split("\n")) if problems else (),
    )


def _refuse(message: str, advice: str, *, lines: tuple[str, ...] = (), width: int = 0) -> Source:
    problem = Problem(message, help=(advice,), span=Span(1, 1, 1, 1 + width), slug=UNREADABLE)
    return Source(None, problems=(problem,), lines=lines)


def _wrong_encoding(raw: bytes, error: UnicodeDecodeError) -> Source:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:64].count(0) > 8:  # noqa: PLR2004 - text has none
        return _refuse("The file is written in UTF-16, not in UTF-8", "Save it with the encoding UTF-8.")
    offset = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
    before = raw[:offset].removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    message = f"The byte 0x{raw[offset]:02X} is not UTF-8"
    problem = Problem(
        message,
        help=("Save the file with the encoding UTF-8 (it looks like Windows-1252 or Latin-1).",),
        span=Span(line, column, line, column + 1),
        slug=UNREADABLE,
    )
    return Source(None, problems=(problem,))


def _control_characters(text: str) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    told = False
    for found in _CONTROL.finditer(text):
        if found[0] == "\r" and told:  # one for a whole file of them
            continue
        told |= found[0] == "\r"
        start = found.start()
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        name = f"U+{ord(found[0]):04X}"
        problems.append(
            Problem(
                f"An unprintable character ({name}) stands here",
                help=("Delete it.",) if found[0] != "\r" else ("End lines with LF or CRLF, not with CR alone.",),
                span=Span(line, column, line, column + 1),
                slug=UNREADABLE,
            )
        )
        if len(problems) == MAX_PROBLEMS:
            break
    return tuple(problems)


def _plain(value: str) -> str | int | float | bool | None:
    """Resolve an unquoted scalar: JSON's constants and numbers, else text."""
    if not value:
        return None
    if value[0] in "tfn~":
        return _CONSTANTS.get(value, value)
    if len(value) > _MAX_NUMBER or not (found := _NUMBER.fullmatch(value)):
        return value
    if found[1] or found[2]:
        number = float(value)
        return number if math.isfinite(number) else value
    return int(value)


class _Refused(Exception):  # noqa: N818 - it never leaves this module
    """The YAML asks for something that is not read; nothing after it is looked at."""

    def __init__(self, message: str, advice: str, event: Any) -> None:
        super().__init__(message)
        self.message, self.advice, self.event = message, advice, event


_NOTHING = object()


def _load(text: str, first_line: int) -> tuple[dict[str, Any] | None, list[Problem]]:  # noqa: PLR0915 - one loop
    """Build the data from the parser's events."""
    problems: list[Problem] = []
    stack: list[tuple[Any, Any]] = []  # the open containers, each with the key that waits for its value
    here: Any = None
    key: Any = _NOTHING
    root: Any = None
    nodes = documents = 0
    scalar, map_start, map_end = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.MappingEndEvent
    list_start, list_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent
    try:
        parser = _Parser(text)
        get = parser.get_event
        while (event := get()) is not None:
            kind = type(event)
            if kind is scalar:
                if event.tag is not None or event.anchor is not None:
                    _no_extras(event)
                value: Any = event.value
                if len(value) > MAX_SCALAR:
                    raise _Refused(
                        "This text is longer than 65,536 characters",
                        "Put it into a file beside the record.",
                        event,
                    )
                style = event.style
                if not style:  # unquoted
                    if value[:1] in _NOT_TEXT:
                        value = _plain(value)
                elif style == '"' and (found := _ESCAPED.search(value)):
                    raise _Refused(
                        f"An escape writes a character that no text needs (U+{ord(found[0]):04X})",
                        "Delete it. An emoji stands as itself, or as one escape: `\\U0001F525`.",
                        event,
                    )
            elif kind is map_start or kind is list_start:
                if event.tag is not None or event.anchor is not None:
                    _no_extras(event)
                value = {} if kind is map_start else []
                if len(stack) >= MAX_DEPTH:
                    raise _Refused(
                        f"The nesting is deeper than {MAX_DEPTH} levels",
                        "Flatten it: no field of a record is that deep.",
                        event,
                    )
            elif kind is map_end or kind is list_end:
                here, key = stack.pop()
                continue
            else:
                documents += _framing(event, documents)
                continue
            nodes += 1
            if nodes > MAX_NODES:
                raise _Refused(
                    f"The front matter holds more than {MAX_NODES:,} values",
                    "Move the details into files beside the record.",
                    event,
                )
            if type(here) is dict:
                if key is _NOTHING:
                    key = (
                        value if type(value) is str and value not in here else _key(value, event, first_line, problems)
                    )
                    continue
                here[key] = value
                key = _NOTHING
            elif here is None:
                root = value
            else:
                here.append(value)
            if kind is not scalar:
                stack.append((here, key))
                here, key = value, _NOTHING
    except _Refused as refused:
        problems.append(
            Problem(
                refused.message,
                help=(refused.advice,),
                span=_span(refused.event, first_line),
                slug=UNREADABLE,
            )
        )
    except yaml.MarkedYAMLError as error:
        problems.append(_explain(error, text, first_line))
    except yaml.YAMLError as error:  # pragma: no cover - what libyaml's reader refuses is refused before it
        problems.append(
            Problem(
                f"YAML can not read this: {shorten(str(error))}",
                span=Span(first_line, 1, first_line, 1),
                slug=UNREADABLE,
            )
        )
    if not problems and root is not None and not isinstance(root, dict):
        what = "a list" if isinstance(root, list) else "a single value"
        problems.append(
            Problem(
                f"Fields (`name: value`) are expected here, and this is {what}",
                help=("Write one field a line: `id: HF-2026-0001`.",),
                span=Span(first_line, 1, first_line, 1 + max(1, len(text.split("\n", 1)[0]))),
                slug=UNREADABLE,
            )
        )
    return root if isinstance(root, dict) else None, problems[:MAX_PROBLEMS]


def _no_extras(event: Any) -> None:
    if event.anchor is not None:
        raise _Refused(
            f"An anchor (`&{shorten(event.anchor, 20)}`) is not read here",
            "Write the value out where it is needed; put text that starts with `&` in quotes.",
            event,
        )
    if event.tag is not None:
        raise _Refused(
            "A YAML tag (`!…`) is not read here",
            "Delete the tag; put text that starts with `!` in quotes.",
            event,
        )


def _framing(event: Any, documents: int) -> int:
    """Handle what is not a node; return how many documents it starts."""
    if isinstance(event, yaml.AliasEvent):
        raise _Refused(
            "An alias (`*…`) is not read here",
            "Write the value out; put text that starts with `*` in quotes.",
            event,
        )
    if not isinstance(event, yaml.DocumentStartEvent):
        return 0
    if event.version or event.tags:
        raise _Refused("A YAML directive (`%…`) is not read here", "Delete the line.", event)
    if documents:
        raise _Refused(
            "A second YAML document starts here",
            "Keep one document a file: delete the line `---` or `...`.",
            event,
        )
    return 1


def _key(value: Any, event: Any, first_line: int, problems: list[Problem]) -> Any:
    """Say what is wrong with a mapping's key; the value that follows is stored under what this returns."""
    span = _span(event, first_line)
    if type(value) is not str:
        if isinstance(value, dict | list):
            raise _Refused(
                "The name of a field must be text, and this is a list or a mapping",
                "Write `name: value`; put text with brackets in quotes.",
                event,
            )
        shown = shorten(event.value)
        problems.append(
            Problem(
                f"The name of a field must be text, and YAML reads `{shown}` as something else"
                if shown
                else "A field without a name",
                help=(f'Write `"{shown}":`' if shown else "Write `name: value`.",),
                label="quote it" if shown else "no name",
                span=span,
                slug=NOT_TEXT,
            )
        )
        return event.value
    problems.append(
        Problem(
            f"The field `{shorten(value)}` stands here a second time",
            help=("Keep one of the two.",),
            label="already given above",
            span=span,
            slug=DUPLICATE,
        )
    )
    return value


def _span(event: Any, first_line: int) -> Span:
    start, end = event.start_mark, event.end_mark
    return Span(start.line + first_line, start.column + 1, end.line + first_line, end.column + 1)


def _spans(text: str, first_line: int) -> dict[Pointer, tuple[Span | None, Span]]:
    """Find the place of every key and value of a text that `_load` has read."""
    spans: dict[Pointer, tuple[Span | None, Span]] = {}
    stack: list[tuple[Pointer, Span | None, Span, int]] = []  # pointer, key, start, next position (-1: a mapping)
    key: tuple[str, Span] | None = None

    def place() -> tuple[Pointer, Span | None]:
        nonlocal key
        if not stack:
            return (), None
        pointer, key_span, start, position = stack[-1]
        if position >= 0:
            stack[-1] = (pointer, key_span, start, position + 1)
            return (*pointer, position), None
        assert key is not None  # noqa: S101 - a mapping's values follow their keys
        name, span = key
        key = None
        return (*pointer, name), span

    try:
        parser = _Parser(text)
        while (event := parser.get_event()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                span = _span(event, first_line)
                if stack and stack[-1][3] < 0 and key is None:
                    key = (event.value, span)
                else:
                    pointer, key_span = place()
                    spans[pointer] = (key_span, span)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                pointer, key_span = place()
                start = _span(event, first_line)
                spans[pointer] = (key_span, start)
                stack.append((pointer, key_span, start, -1 if isinstance(event, yaml.MappingStartEvent) else 0))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                pointer, key_span, start, _ = stack.pop()
                end = _span(event, first_line)
                spans[pointer] = (key_span, Span(start.line, start.column, end.end_line, end.end_column))
    except (yaml.YAMLError, AssertionError):
        pass  # what was found before the break still has its place
    return spans


def _explain(error: yaml.MarkedYAMLError, text: str, first_line: int) -> Problem:
    message, advice, row, column = explain(error, text)
    line, column = row + first_line, column + 1
    return Problem(message, help=(advice,), span=Span(line, column, line, column + 1), slug=UNREADABLE)
