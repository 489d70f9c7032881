"""Where in a record's front matter a cursor stands, also while the YAML is half typed and no parser would read it.

Lines are looked at one by one, so that what is broken elsewhere does not matter. Nothing is built, and the time it takes
grows with the lines above and no more.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mkdocs_hotfix.findings import On, Pointer

_ENTRY = re.compile(r"( *)((?:- +)?)(?:\"([^\"]{1,100})\"|'([^']{1,100})'|([\w.-]{1,100})) *:(?: |$)")
_START = re.compile(r" *(?:- +)?")
_KEY = re.compile(r"([\w.-]{1,100}) *:(?: +|$)")
_WORD_END = re.compile(r"[,}\]#]|: |:$| #")
_FARTHEST = 4_000
_WIDEST = 4_000


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place in the front matter.

    Attributes:
        pointer: The field whose value the cursor is in; of a name, the fields around it.
        on: Whether it stands at a name or at a value.
        word: The text from the start of the name or value to the cursor.
        start: The column at which that starts, from 0.
        end: The column at which the name or value ends.
        line: The line, from 0.
        siblings: The names that are already there beside it.
    """

    pointer: Pointer
    on: On
    word: str
    start: int
    end: int
    line: int
    siblings: frozenset[str] = frozenset()


def locate(lines: Sequence[str], line: int, column: int) -> Cursor | None:
    """Find the place of a cursor.

    Args:
        lines: The whole document, without line breaks.
        line: The cursor's line, from 0.
        column: The cursor's column, from 0, in characters.

    Returns:
        Nothing outside the front matter, and in a comment.
    """
    if not 0 < line < len(lines) or line > _FARTHEST or lines[0].rstrip() != "---":
        return None
    if any(one.rstrip() == "---" for one in lines[1 : line + 1]):
        return None
    text = lines[line][:_WIDEST]
    column = min(column, len(text))
    head = _START.match(text)
    level = head.end() if head else 0
    if column < level:
        level = min(level, column)
    around = _around(lines, line, level, is_item="-" in text[:level])
    found = _KEY.match(text, level)
    if found is None or column <= found.end(1):
        if text[level : level + 1] in ("{", "["):
            return _within(text, level, column, line, around)
        if text[level : level + 1] == "#":
            return None
        if around and around[-1] == 0 and found is None and column > level and not text[level:column].isidentifier():
            return _value(text, level, column, line, around)
        end = found.end(1) if found else _end(text, column)
        siblings = frozenset(_beside(lines, line, level))
        return Cursor(around, "key", text[level:column], level, end, line, siblings)
    return _within(text, found.end(), column, line, (*around, found[1]))


def _around(lines: Sequence[str], line: int, level: int, *, is_item: bool) -> Pointer:
    """Name the fields in which a line stands, by their indentation."""
    parts: list[str | int] = []
    limit = level
    if is_item:
        parts.append(0)
        limit = lines[line].index("-") + 1
    for number in range(line - 1, 0, -1):
        found = _ENTRY.match(lines[number][:_WIDEST])
        if not found or limit == 0:
            continue
        dash, start = len(found[1]), len(found[1]) + len(found[2])
        if start < limit:
            parts.append(found[3] or found[4] or found[5])
            limit = start
        if start == limit and found[2]:
            parts.append(0)
            limit = dash + 1
    return tuple(reversed(parts))


def _beside(lines: Sequence[str], line: int, level: int) -> Iterator[str]:
    """Name the fields of the same mapping above and below a line."""
    for numbers in (range(line - 1, 0, -1), range(line + 1, min(len(lines), line + _FARTHEST))):
        for number in numbers:
            text = lines[number]
            if text.rstrip() == "---":
                break
            found = _ENTRY.match(text[:_WIDEST])
            if not found:
                continue
            start = len(found[1]) + len(found[2])
            if start < level or (start == level and found[2] and number > line):
                break
            if start == level:
                yield found[3] or found[4] or found[5]
                if found[2]:
                    break


def _within(text: str, start: int, column: int, line: int, pointer: Pointer) -> Cursor | None:
    """Go through the brackets of one line up to the cursor."""
    frames: list[tuple[str, list[str]]] = []  # the open bracket, and the names given in it
    keys: list[str | None] = []  # the name whose value is being written, for each
    begin, quote = start, ""
    index = start
    while index < column:
        char = text[index]
        if quote:
            quote = "" if char == quote else quote
        elif char in "'\"" and not text[begin:index].strip():
            quote = char
        elif char in "{[":
            frames.append((char, []))
            keys.append(None)
            begin = index + 1
        elif char in "}]" and frames:
            frames.pop()
            keys.pop()
            begin = index + 1
        elif char == "," and frames:
            keys[-1] = None
            begin = index + 1
        elif (
            char == ":"
            and frames
            and frames[-1][0] == "{"
            and keys[-1] is None
            and text[index + 1 : index + 2] in ("", " ")
        ):
            name = text[begin:index].strip().strip("'\"")
            keys[-1] = name
            frames[-1][1].append(name)
            begin = index + 1
        elif char == "#" and text[index - 1 : index] == " ":
            return None
        index += 1
    inner: Pointer = tuple(0 if bracket == "[" else key or "" for (bracket, _), key in zip(frames, keys, strict=True))
    if frames and frames[-1][0] == "{" and keys[-1] is None:
        while begin < column and text[begin] == " ":
            begin += 1
        here = (*pointer, *inner[:-1])
        return Cursor(here, "key", text[begin:column], begin, _end(text, column), line, frozenset(frames[-1][1]))
    return _value(text, begin, column, line, (*pointer, *inner))


def _value(text: str, begin: int, column: int, line: int, pointer: Pointer) -> Cursor:
    while begin < column and text[begin] == " ":
        begin += 1
    return Cursor(pointer, "value", text[begin:column], begin, _end(text, column), line)


def _end(text: str, column: int) -> int:
    found = _WORD_END.search(text, column)
    return len(text[: found.start() if found else len(text)].rstrip()) if column < len(text) else len(text)
