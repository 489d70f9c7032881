"""How a YAML text is laid out: a tree of what stands where, and in which style. Nothing is built of it, whatever its tags say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import yaml

from mkdocs_hotfix.findings import Pointer
from mkdocs_hotfix.yamldata import Parser


class At(NamedTuple):
    """A place in the YAML text: line and column from 0."""

    line: int
    column: int


@dataclass
class Node:
    """A value and its place.

    Attributes:
        style: `'`, `"`, `|`, `>` or nothing for a scalar, `*` for an alias; `{`, `[` for containers within brackets; `map`, `list` for others.
        start: Where it starts: of a block mapping its first name, of a block list its first hyphen.
        end: Where the last thing in it ends. Blank lines and comments behind it do not belong to it.
        keys: The names of a mapping's fields, with their places.
        parts: A mapping's values or a list's items.
    """

    style: str
    start: At
    end: At
    keys: list[tuple[str, Node]] = field(default_factory=list)
    parts: list[Node] = field(default_factory=list)

    @property
    def is_map(self) -> bool:
        """Whether it is a mapping."""
        return self.style in ("{", "map")

    @property
    def is_list(self) -> bool:
        """Whether it is a list."""
        return self.style in ("[", "list")

    @property
    def is_flow(self) -> bool:
        """Whether it stands within brackets."""
        return self.style in ("{", "[")

    def index(self, part: str | int) -> int | None:
        """Return the position of a field or item."""
        if self.is_map:
            return next((number for number, (key, _) in enumerate(self.keys) if key == part), None)
        return part if self.is_list and isinstance(part, int) and 0 <= part < len(self.parts) else None

    def at(self, pointer: Pointer) -> Node | None:
        """Return what stands at a place."""
        here: Node | None = self
        for part in pointer:
            index = here.index(part) if here else None
            here = here.parts[index] if here and index is not None else None
        return here


def read(text: str) -> Node:
    r"""Lay out a text. Line breaks are `\\n`.

    Raises:
        yaml.YAMLError: It is not YAML; never for what `source.parse` has read without a problem.
    """
    lines = text.split("\n")
    root = Node("", At(0, 0), At(0, 0))
    stack: list[Node] = []
    waiting: list[tuple[str, Node] | None] = []  # the name whose value comes next, one for each open container
    parser = Parser(text)
    while (event := parser.get_event()) is not None:
        if isinstance(event, yaml.AliasEvent):
            node = Node("*", _at(event.start_mark), _at(event.end_mark))
        elif isinstance(event, yaml.ScalarEvent):
            node = Node(event.style or "", _at(event.start_mark), _scalar_end(event, lines))
        elif isinstance(event, yaml.MappingStartEvent | yaml.SequenceStartEvent):
            names = ("{", "map") if isinstance(event, yaml.MappingStartEvent) else ("[", "list")
            node = Node(names[not event.flow_style], _at(event.start_mark), _at(event.end_mark))
        elif isinstance(event, yaml.MappingEndEvent | yaml.SequenceEndEvent):
            done = stack.pop()
            waiting.pop()
            if done.is_flow:
                done.end = _at(event.end_mark)
            elif done.parts:
                done.end = max(done.parts[-1].end, done.end)
            continue
        else:
            continue
        if not stack:
            root = node
        else:
            _put(stack[-1], waiting, node, event)
        if node.style in ("{", "[", "map", "list"):
            stack.append(node)
            waiting.append(None)
    return root


def _put(parent: Node, waiting: list[tuple[str, Node] | None], node: Node, event: Any) -> None:
    if parent.is_list:
        parent.parts.append(node)
    elif (name := waiting[-1]) is None:
        waiting[-1] = (getattr(event, "value", "*"), node)
    else:
        waiting[-1] = None
        parent.keys.append(name)
        parent.parts.append(node)


def _at(mark: Any) -> At:
    return At(mark.line, mark.column)


def _scalar_end(event: Any, lines: list[str]) -> At:
    """Find the end of a scalar. That of a block scalar is reported behind the blank lines that follow it.

    They belong to it only where it says so: `|+`.
    """
    end = _at(event.end_mark)
    if event.style not in ("|", ">"):
        return end
    last = end.line - 1 if end.column == 0 else end.line
    header = lines[event.start_mark.line][event.start_mark.column :].split("#")[0]
    while "+" not in header and last > event.start_mark.line and not lines[last].strip():
        last -= 1
    return At(last, len(lines[last]))
