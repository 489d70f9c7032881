"""What libyaml lets pass and YAML 1.2 does not, or what it reads otherwise: the next reader would see another record.

Everything here comes after libyaml has read the text. One thing is left as it is, since all readers take it alike and much
YAML is written so: the bracket that closes a list or a mapping may stand in the column of the field that it belongs to.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import yaml

from mkdocs_hotfix.explain import TAB, Explanation
from mkdocs_hotfix.findings import shorten

# Without one of these in the text there is nothing to look for among the tokens. Each starts with its sign, and looks back
# from there: so it is found twenty times faster.
_RARE = (
    re.compile(r"""\#(?<=["'\]},\[{:?]\#)"""),
    re.compile(r"""\?(?<![^\s,\[{:?"'\]}]\?)\S"""),
    re.compile(r"""-(?<![^\s,\[{:?"'\]}]-)\s*[,\]}]"""),
)
_NO_WORD = re.compile(r"""[\s,:\[\]{}"']""")
_EMPTY = re.compile(r"([^\n]*\n(?: *+\n)*+)( *+)[^\n]")


Open = list[tuple[Any, Any, Any]]
"""What is open around a place: the last of each is the event that opened it."""


def _margin(stack: Open) -> int:
    """Return the column of the fields or items around here that stand on lines of their own; -1 where there are none."""
    return next((begun.start_mark.column for *_, begun in reversed(stack) if not begun.flow_style), -1)


def text_of(event: Any, stack: Open, text: str) -> Explanation | None:
    """Look at a text of several lines, in quotes or below `|` or `>`.

    Args:
        event: The scalar.
        stack: What it lies in.
        text: All of the YAML.

    Returns:
        What is wrong with it; mostly nothing.
    """
    margin = _margin(stack)
    start, end = event.start_mark, event.end_mark
    if event.style not in ("|", ">"):
        return _at_margin("quotes", text[start.index : end.index].split("\n"), start.line, margin)
    if start.column <= margin:
        return Explanation(
            f"The sign `{event.style}` is not indented further than its field",
            "Write it behind the field's name, and the text below, indented.",
            start.line,
            start.column,
        )
    header, _, _ = text[start.index : start.index + 1024].partition("\n")
    sign, number_sign, _ = header.partition("#")
    if number_sign and sign[-1] not in " \t":
        return _touching(start.line, start.column + len(sign))
    if "+" in sign and end.index > len(text) and not text.rpartition("\n")[2].strip(" "):
        return Explanation(
            "The last line holds spaces alone, and no line break: whether it is part of the text above can not be told",
            "Delete the spaces.",
            text.count("\n"),
            0,
        )
    if event.value.strip("\n") or sign.strip(" \t|>+-"):
        return None
    # Of a text of empty lines the deepest tells where it would stand; a line below that is less deep ends it.
    empty = _EMPTY.match(text, start.index)
    if not empty or len(empty[2]) <= margin:
        return None
    return Explanation(
        "An empty line above holds more spaces than this line: whether this is part of the text can not be told",
        "Delete the spaces on the empty lines.",
        start.line + empty[1].count("\n"),
        len(empty[2]),
    )


def brackets(begun: Any, event: Any, stack: Open, text: str) -> Explanation | None:
    """Look at a list or mapping in brackets, from its first event to its last; the rest is as of `text_of`."""
    start, end = begun.start_mark, event.end_mark
    if end.line == start.line or (stack and stack[-1][2].flow_style):
        return None  # what lies inside others is looked at with them
    margin = _margin(stack)
    lines = text[start.index : end.index].split("\n")
    if lines[-1].startswith(" " * margin) and not lines[-1][:-1].strip(" \t"):
        del lines[-1]  # the closing bracket, in the column of the field or further
    return _at_margin("brackets", lines, start.line, margin)


def _at_margin(what: str, lines: list[str], row: int, margin: int) -> Explanation | None:
    for number, line in enumerate(lines[1:], row + 1):
        rest = line.lstrip(" ")
        column = len(line) - len(rest)
        if column > margin or not rest or (what == "brackets" and rest.lstrip(" \t")[:1] in ("", "#")):
            continue
        if rest[0] == "\t":
            return Explanation(*TAB, number, column)
        return Explanation(
            f"This line still belongs to the {what} opened above, and is not indented further than their field",
            f"Start it with {margin + 2} spaces.",
            number,
            column,
        )
    return None


def tokens(text: str, parser: type) -> Iterator[Explanation]:
    """Look at what no event tells of: comments, and signs that are read in two ways.

    Args:
        text: YAML that the parser reads without an error.
        parser: libyaml's.

    Yields:
        What is wrong; mostly nothing.
    """
    if not any(one.search(text) for one in _RARE):
        return
    depth = 0
    source: Any = parser(text)
    while (token := source.get_token()) is not None:
        kind, start, end = type(token), token.start_mark, token.end_mark
        if kind is yaml.FlowSequenceStartToken or kind is yaml.FlowMappingStartToken:
            depth += 1
        elif kind is yaml.FlowSequenceEndToken or kind is yaml.FlowMappingEndToken:
            depth -= 1
        elif depth and (
            (kind is yaml.KeyToken and end.index > start.index and not text[end.index].isspace())
            or (kind is yaml.ScalarToken and token.plain and token.value == "-")
        ):
            yield _in_two_ways(text, start)
        if end.index > start.index and text[end.index : end.index + 1] == "#" and not text[end.index - 1].isspace():
            yield _touching(end.line, end.column)


def _touching(row: int, column: int) -> Explanation:
    return Explanation(
        "No space stands before this `#`: whether a comment starts here can not be told",
        "Write a space before it; put text with `#` in quotes.",
        row,
        column,
    )


def _in_two_ways(text: str, start: Any) -> Explanation:
    word = _NO_WORD.split(text[start.index : start.index + 80], maxsplit=1)[0]
    return Explanation(
        f"A `{word[:1]}` that starts a text inside brackets is read in two ways",
        "Delete it." if word == "?" else f'Put the text in quotes: `"{shorten(word, 40)}"`.',
        start.line,
        start.column,
    )
