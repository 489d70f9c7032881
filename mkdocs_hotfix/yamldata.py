"""YAML to data, read as JSON, with the place of every key and value.

Only `true`, `false`, `null` (also `~` or nothing), and numbers as RFC 8259 writes them are anything but text, so that
`no`, `4.12.2`, `2026-04-14` and `012` stay what their author wrote. Aliases, anchors, tags, directives and further
documents are refused: they are how YAML bombs are made, and no record needs them.

The data is built from libyaml's events and never by its composer, which recurses on the C stack: 25,000 nested
brackets would end the process.
"""

from __future__ import annotations

import importlib
import math
import re
from sys import intern
from typing import Any

import yaml

from mkdocs_hotfix.explain import Explanation, explain
from mkdocs_hotfix.findings import Pointer, Problem, SetupError, Span, cap, shorten
from mkdocs_hotfix.strict import Open, brackets, text_of, tokens

MAX_DEPTH = 32
MAX_NODES = 20_000
MAX_SCALAR = 1 << 16
MAX_PROBLEMS = 50
_MAX_NUMBER = 40

UNREADABLE = "unreadable-front-matter"
DUPLICATE = "duplicate-key"
NOT_TEXT = "not-text"

# What no text needs.
_ESCAPED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]+)?")
NOT_TEXT_STARTS = frozenset(["", *"tfn~-0123456789"])  # how all begins that is something else than text
CONSTANTS: dict[str, bool | None] = {"true": True, "false": False, "null": None, "~": None}

try:
    # Not `yaml.CParser`: PyYAML does not hand it on under that name.
    Parser: Any = importlib.import_module("yaml.cyaml").CParser
except ImportError:
    # PyYAML's own parser is ten times slower and reads some files otherwise: the answer would depend on the machine.
    raise SetupError(
        "PyYAML is installed without libyaml. Install its wheel: "
        "`pip install --force-reinstall --only-binary :all: pyyaml`."
    ) from None


def plain(value: str) -> str | int | float | bool | None:
    """Resolve an unquoted scalar: JSON's constants and numbers, else text."""
    if not value:
        return None
    if value[0] in "tfn~":
        return CONSTANTS.get(value, value)
    if value[-1] not in "0123456789" or len(value) > _MAX_NUMBER or not (found := _NUMBER.fullmatch(value)):
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


def load(text: str, first_line: int) -> tuple[dict[str, Any] | None, list[Problem]]:  # noqa: PLR0915 - one loop
    """Build the data from the parser's events."""
    problems: list[Problem] = []
    stack: Open = []  # what the open containers lie in, the key that waits there, their start
    here: Any = None
    key: Any = _NOTHING
    root: Any = None
    nodes = documents = 0
    scalar, map_start, map_end = yaml.ScalarEvent, yaml.MappingStartEvent, yaml.MappingEndEvent
    list_start, list_end = yaml.SequenceStartEvent, yaml.SequenceEndEvent
    try:
        # libyaml alone would end a last text below `|` without the line break that the file lacks.
        get = Parser(text if text[-1:] == "\n" else text + "\n").get_event
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
                    if value[:1] in NOT_TEXT_STARTS:
                        value = plain(value)
                elif style == '"' and (found := _ESCAPED.search(value)):
                    raise _Refused(
                        f"An escape writes a character that no text needs (U+{ord(found[0]):04X})",
                        "Delete it. An emoji stands as itself, or as one escape: `\\U0001F525`.",
                        event,
                    )
                several = style and event.end_mark.line > event.start_mark.line
                if several and (odd := text_of(event, stack, text)):
                    problems.append(_told(odd, first_line))
                    break
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
                here, key, begun = stack.pop()
                if begun.flow_style and (odd := brackets(begun, event, stack, text)):
                    problems.append(_told(odd, first_line))
                    break
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
                    if type(value) is str and value not in here:
                        key = intern(value)  # a thousand records have the same few hundred
                    else:
                        key = _key(value, event, first_line, problems)
                    continue
                here[key] = value
                key = _NOTHING
            elif here is None:
                root = value
            else:
                here.append(value)
            if kind is not scalar:
                stack.append((here, key, event))
                here, key = value, _NOTHING
        else:
            problems += [_told(odd, first_line) for odd in tokens(text, Parser)]
    except _Refused as refused:
        problems.append(_unreadable(refused.message, refused.advice, _span(refused.event, first_line)))
    except yaml.MarkedYAMLError as error:
        problems.append(_told(explain(error, text), first_line))
    except yaml.YAMLError as error:  # pragma: no cover - what libyaml's reader refuses is refused before it
        where = Span(first_line, 1, first_line, 1)
        problems.append(_unreadable(f"YAML can not read this: {shorten(str(error))}", "Delete it.", where))
    if not problems and root is not None and not isinstance(root, dict):
        what = "a list" if isinstance(root, list) else "a single value"
        where = Span(first_line, 1, first_line, 1 + max(1, len(text.split("\n", 1)[0])))
        message = f"Fields (`name: value`) are expected here, and this is {what}"
        problems.append(_unreadable(message, "Write one field a line: `id: HF-2026-0001`.", where))
    return root if isinstance(root, dict) else None, list(cap(problems, MAX_PROBLEMS))


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


def spans(text: str, first_line: int) -> dict[Pointer, tuple[Span | None, Span]]:
    """Find the place of every key and value of a text that `load` has read."""
    found: dict[Pointer, tuple[Span | None, Span]] = {}
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
        parser = Parser(text)
        while (event := parser.get_event()) is not None:
            if isinstance(event, yaml.ScalarEvent):
                span = _span(event, first_line)
                if stack and stack[-1][3] < 0 and key is None:
                    key = (event.value, span)
                else:
                    pointer, key_span = place()
                    found[pointer] = (key_span, span)
            elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
                pointer, key_span = place()
                start = _span(event, first_line)
                found[pointer] = (key_span, start)
                stack.append((pointer, key_span, start, -1 if isinstance(event, yaml.MappingStartEvent) else 0))
            elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
                pointer, key_span, start, _ = stack.pop()
                end = _span(event, first_line)
                found[pointer] = (key_span, Span(start.line, start.column, end.end_line, end.end_column))
    except (yaml.YAMLError, AssertionError):
        pass  # what was found before the break still has its place
    return found


def _told(found: Explanation, first_line: int) -> Problem:
    line, column = found.row + first_line, found.column + 1
    return _unreadable(found.message, found.advice, Span(line, column, line, column + 1))


def _unreadable(message: str, advice: str, span: Span) -> Problem:
    return Problem(message, help=(advice,), span=span, slug=UNREADABLE)
