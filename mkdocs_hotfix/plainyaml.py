"""The plainest YAML, read a line at a time: what nearly every record is made of, in a third of the time.

A field, a list's item, a text in one line or as a block below `>` or `|`, a list or mapping in brackets on one line, and
comment lines: wherever a line could mean anything else (a text that goes on, an escape, a tab, a field that is there twice),
this reader knows no answer, and libyaml gives it. So it never says no. Where it says yes, `tests/test_plainyaml.py` holds it
to libyaml's answer, over public examples and over made ones.
"""

from __future__ import annotations

import re
from sys import intern
from typing import Any

from mkdocs_hotfix import yamldata
from mkdocs_hotfix.findings import Problem
from mkdocs_hotfix.yamldata import CONSTANTS, NOT_TEXT_STARTS, plain

MAX_LENGTH = 1 << 14
"""Characters. In so few there is room neither for more values than `yamldata` reads nor for a longer text."""

_DEEPEST = (
    8  # of the mappings and lists on lines of their own, and of those in brackets: together less than `yamldata` reads
)

_NAME = r"[A-Za-z_][A-Za-z0-9_-]{0,63}+"
_QUOTED = r""""[^"\\\n]*+"|'[^'\n]*+'"""
_START = r"""[^\s\-"'\#&*!|>%@`\[\]{},?:~]"""  # of a text that stands without quotes

_LINES = re.compile(
    rf"""
    (\ *+)                                                  # how far it is indented
    (?:
      (-\ )?+                                               # a list's item
      (?:({_NAME}):(?:\ |(?=\n)))?+                         # a field's name
      (?:
        ({_START}[^\n:\#]*+(?:(?::(?=[^\ \n])|(?<=[^\ ])\#)[^\n:\#]*+)*+)(?<!\ )\n  # text as it stands
        |({_QUOTED})\n
        |([\[{{][^\n]*+)(?<=[\]}}])\n                        # something in brackets
        |([>|]-?+)\n((?:\1(?(2)\ \ )\ ++[^\ \n][^\n]*+\n)++)(?!\n*+\1(?(2)\ \ )\ )  # text below: all lines indented further
        |(?<!\ )\n                                          # nothing
      )
      |\#[^\n]*+\n                                          # a comment
    )
    |([^\n]++\n?+)                                         # anything else
    """,
    re.VERBOSE,
)
_TOKENS = re.compile(
    rf"""
    \ *+
    (?:
      ([\[{{])
      |([\]}}])
      |(,)
      |({_NAME}):\ ++
      |({_QUOTED})(?=\ *+[,\]}}])
      |({_START}[^:\#,\[\]{{}}?]*+(?:(?::(?=[^\ ,\[\]{{}}?\#])|(?<=[^\ ])\#)[^:\#,\[\]{{}}?]*+)*+)(?<!\ )(?=[,\]}}])
      |(.)
    )
    """,
    re.VERBOSE,
)


def load(text: str, first_line: int) -> tuple[dict[str, Any] | None, list[Problem]]:
    r"""Read YAML as `yamldata.load` does, and faster where it is plain.

    Args:
        text: The YAML, without control characters and with `\n` as its only line break.
        first_line: The line of the file on which it starts.
    """
    data = read(text)
    return yamldata.load(text, first_line) if data is None else (data, [])


def read(text: str) -> dict[str, Any] | None:  # noqa: PLR0915 - one loop
    """Read plain YAML; return nothing where it is not plain, or not right, or holds no field."""
    if len(text) > MAX_LENGTH or "\t" in text or text[-1:] != "\n":
        return None
    root: Any = {}
    here, level = root, 0  # the open mapping or list, and its column
    around: list[tuple[Any, int]] = []  # those it lies in
    waiting = ""  # the field of `here` whose value stands on the lines to come
    value: Any
    for indent, item, name, bare, quoted, brackets, style, block, other in _LINES.findall(text):
        if other:
            return None
        if bare:
            value = plain(bare) if bare[0] in NOT_TEXT_STARTS else bare
        elif quoted:
            value = quoted[1:-1]
        elif brackets:
            value = _in_brackets(brackets)
            if value is None:
                return None
        elif style:
            value = _joined(style, block)
            if value is None:
                return None
        elif name:
            value = None
        elif item:
            return None
        else:
            continue  # an empty line or a comment
        column = len(indent)
        if waiting:
            if not (item or name):
                if column <= level or style:
                    return None
                here[waiting] = value
                waiting = ""
                continue
            if column > level or (item and column == level and type(here) is dict):
                if len(around) == _DEEPEST:
                    return None
                new: Any = [] if item else {}
                here[waiting] = new
                around.append((here, level))
                here, level = new, column
            else:
                here[waiting] = None
            waiting = ""
        while column < level:
            here, level = around.pop()
        if column != level:
            return None
        if item:
            if type(here) is dict:
                return None
            if not name:
                here.append(value)
                continue
            if len(around) == _DEEPEST:
                return None
            new = {}
            here.append(new)
            around.append((here, level))
            here, level = new, column + 2
        elif not name:
            return None
        elif type(here) is list:  # a list may stand in the column of the field that holds it
            here, level = around.pop()
            if level != column:
                return None
        if name in here or name in CONSTANTS:
            return None
        if value is None and not bare:
            waiting = intern(name)
        else:
            here[intern(name)] = value  # a thousand records have the same few hundred
    if waiting:
        here[waiting] = None
    return root or None


def _in_brackets(text: str) -> Any:
    """Read a list or a mapping that stands on one line; nothing where it is not plain."""
    root: Any = None
    here: Any = None
    around: list[Any] = []
    waiting = ""  # the field of `here` whose value comes next
    is_free = True  # nothing stands between here and the bracket or comma before it
    for opened, closed, comma, name, quoted, bare, other in _TOKENS.findall(text):
        if name:
            if type(here) is not dict or waiting or not is_free or name in here or name in CONSTANTS:
                return None
            waiting = intern(name)
            continue
        if comma:
            if is_free or here is None:
                return None
            is_free = True
            continue
        if closed:
            if here is None or waiting or (is_free and here) or (closed == "}") is not (type(here) is dict):
                return None
            here, is_free = around.pop(), False
            continue
        if other or not is_free:
            return None
        value: Any
        if bare:
            value = plain(bare) if bare[0] in NOT_TEXT_STARTS else bare
        elif quoted:
            value = quoted[1:-1]
        else:
            value = {} if opened == "{" else []
        if type(here) is dict:
            if not waiting:
                return None
            here[waiting] = value
            waiting = ""
        elif here is not None:
            here.append(value)
        elif root is None and opened:
            root = value
        else:
            return None
        if opened:
            if len(around) == _DEEPEST:
                return None
            around.append(here)
            here = value
        else:
            is_free = False
    return root if here is None else None


def _joined(style: str, block: str) -> str | None:
    """Join the lines of a block; nothing where they are not all equally far in, and so keep their line breaks."""
    lines = block[:-1].split("\n")
    width = len(lines[0]) - len(lines[0].lstrip(" "))
    start = lines[0][:width]
    for line in lines:
        if line[:width] != start or line[width] == " ":
            return None
    text = (" " if style[0] == ">" else "\n").join([line[width:] for line in lines])
    return text if len(style) > 1 else text + "\n"
