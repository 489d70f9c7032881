"""Values to YAML, so that every reader takes text for text: ours, that of YAML 1.1, and that of 1.2."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

from yaml import ScalarNode
from yaml.resolver import Resolver

WIDTH = 110
"""How long a line may be before a mapping or list is written over several."""

_FIRST = re.compile(r"[^\W_]|[(/_]")
_ODD = re.compile(r": |:$| #|^\s|\s$|[\n\t]")
_FLOW = re.compile(r"[,\[\]{}?]|:[,\[\]{}]")
_NUMBER_LIKE = re.compile(r"[0-9]+[-._:]?[0-9]*")
_TEXT = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:timestamp")
_resolve: Any = Resolver().resolve


def scalar(value: Any, *, flow: bool = True, style: str = "") -> str:
    """Write one value on one line.

    Args:
        value: Text, a number, a boolean or nothing.
        flow: Whether it stands inside `{…}` or `[…]`.
        style: The quotes of the value in whose place it goes; kept where they can be.
    """
    if not isinstance(value, str):
        return json.dumps(value)
    if style == "'" and value.isprintable():
        return "'" + value.replace("'", "''") + "'"
    return value if style != '"' and _is_plain(value, flow=flow) else json.dumps(value, ensure_ascii=False)


def _is_plain(text: str, *, flow: bool) -> bool:
    if not _FIRST.match(text) or _ODD.search(text) or (flow and _FLOW.search(text)) or not text.isprintable():
        return False
    return _resolve(ScalarNode, text, (True, False)) in _TEXT and not _NUMBER_LIKE.fullmatch(text)


def on_one_line(value: Any) -> str:
    """Write a value in JSON's manner: `{at: …, by: …}`, `[a, b]`."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{scalar(key)}: {on_one_line(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(on_one_line(one) for one in value) + "]"
    return scalar(value)


def entry(key: str, value: Any, indent: int, step: int = 2) -> list[str]:
    """Write a field of a block mapping.

    Args:
        key: Its name.
        value: Its value.
        indent: How far in the field stands.
        step: How much further its parts go.

    Returns:
        Its lines, without line breaks.
    """
    return _lines(f"{scalar(key, flow=False)}:", value, indent, indent + step, step)


def item(value: Any, indent: int, step: int = 2) -> list[str]:
    """Write an item of a block list; else as `entry`."""
    if isinstance(value, dict) and value and not _fits(indent + 2, value):
        lines = [line for key, one in value.items() for line in entry(key, one, indent + 2, step)]
        return [" " * indent + "- " + lines[0][indent + 2 :], *lines[1:]]
    return _lines("-", value, indent, indent + step, step)


def _lines(head: str, value: Any, indent: int, inner: int, step: int) -> list[str]:
    start = " " * indent + head
    if isinstance(value, dict | list) and value and not _fits(len(start) + 1, value):
        parts: Iterable[list[str]] = (
            (entry(key, one, inner, step) for key, one in value.items())
            if isinstance(value, dict)
            else (item(one, inner, step) for one in value)
        )
        return [start, *(line for part in parts for line in part)]
    if isinstance(value, str) and _is_literal(value):
        lines = [" " * inner + line if line else "" for line in value.removesuffix("\n").split("\n")]
        return [f"{start} |{'' if value.endswith(chr(10)) else '-'}", *lines]
    written = scalar(value, flow=False) if not isinstance(value, dict | list) else on_one_line(value)
    return [f"{start} {written}"]


def _fits(column: int, value: dict[str, Any] | list[Any]) -> bool:
    """Tell whether a container is best written on one line: short, and without further mappings in it."""
    parts = list(value.values()) if isinstance(value, dict) else value
    if any(isinstance(one, dict) or (isinstance(one, str) and "\n" in one) for one in parts):
        return False
    return column + len(on_one_line(value)) <= WIDTH


def _is_literal(text: str) -> bool:
    """Tell whether a text of several lines can stand below its field as it is."""
    lines = text.split("\n")
    return (
        len(lines) > 1
        and bool(lines[0])
        and not lines[0][0].isspace()
        and not text.endswith("\n\n")
        and text != "\n"
        and all(line.isprintable() for line in lines)
        and bool(text.strip())
    )
