"""What has to be written, and where, so that a laid-out value becomes another one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from mkdocs_hotfix import emit
from mkdocs_hotfix.outline import At, Node

_STEP = 2
_END = 1 << 30
"""A column behind every line: its end, before the line break."""


class Splice(NamedTuple):
    """New text for what stands between two places."""

    start: At
    end: At
    text: str


def step_of(node: Node) -> int:
    """Tell how far the first nested block mapping is indented; how the author does it once, they want it again."""
    for _, part in zip(node.keys, node.parts, strict=False):
        if node.style == "map" and part.style == "map" and part.parts:
            return max(part.start.column - node.start.column, 1)
    return next((found for part in node.parts if (found := step_of(part)) != _STEP), _STEP)


def differences(node: Node, old: Any, new: Any, step: int) -> Iterator[Splice]:
    """Yield what has to be written so that a value becomes another."""
    if same(old, new):
        return
    if isinstance(old, dict) and isinstance(new, dict) and old and set(old) & set(new) and node.is_map:
        yield from _map_differences(node, old, new, step)
    elif isinstance(old, list) and isinstance(new, list) and old and len(new) >= len(old) and node.is_list:
        for part, one, other in zip(node.parts, old, new, strict=False):
            yield from differences(part, one, other, step)
        for value in new[len(old) :]:
            yield _behind(node, len(old) - 1, emit.on_one_line(value), emit.item(value, node.start.column, step))
    else:
        yield _instead(node, new, step)


def same(old: Any, new: Any) -> bool:
    """Compare as JSON does: `true` is not 1."""
    if isinstance(old, dict) and isinstance(new, dict):
        return old.keys() == new.keys() and all(same(old[key], new[key]) for key in old)
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(same, old, new))
    return type(old) is type(new) and bool(old == new)


def _map_differences(node: Node, old: dict[str, Any], new: dict[str, Any], step: int) -> Iterator[Splice]:
    kept = [number for number, (key, _) in enumerate(node.keys) if key in new]
    gone = [number for number in range(len(node.keys)) if number not in kept]
    if gone and not node.is_flow and (0 in gone or not _apart(node)):
        # The first line may also hold the hyphen of a list: written anew as a whole, it stays right.
        lines = [line for key, value in new.items() for line in emit.entry(key, value, node.start.column, step)]
        yield Splice(node.start, node.end, "\n".join(lines)[node.start.column :])
        return
    for number in gone:
        yield _without(node, number, kept)
    before: int | None = None
    for key, value in new.items():
        index = node.index(key)
        if index is None:
            yield _field(node, before, key, value, step)
            continue
        before = index
        part = node.parts[index]
        if part.start == part.end and old[key] is None:
            yield from _fill(node, part, value, step)
        elif node.style == "map" and _outgrows(part, old[key], value):
            yield from _unfold(node, index, key, value, step)
        else:
            yield from differences(part, old[key], value, step)


def _outgrows(part: Node, old: Any, new: Any) -> bool:
    """Tell whether a mapping on one line gets a field for which the line has no room."""
    short = part.style == "{" and part.start.line == part.end.line and part.end.column <= emit.WIDTH
    grows = isinstance(old, dict) and isinstance(new, dict) and old and not new.keys() <= old.keys()
    return bool(short and grows and part.start.column + len(emit.on_one_line(new)) > emit.WIDTH)


def _unfold(node: Node, index: int, key: str, value: Any, step: int) -> Iterator[Splice]:
    """Write a mapping that stood on one line below its name; a comment behind it stays where it is."""
    lines = emit.entry(key, value, node.start.column, step)
    end = At(node.parts[index].end.line, _END)
    yield Splice(node.keys[index][1].end, node.parts[index].end, ":")
    yield Splice(end, end, "".join(f"\n{line}" for line in lines[1:]))


def _apart(node: Node) -> bool:
    """Tell whether every field of a block mapping has its lines to itself."""
    return all(one.end.line < other[1].start.line for one, other in zip(node.parts, node.keys[1:], strict=False))


def _without(node: Node, number: int, kept: list[int]) -> Splice:
    """Take a field away: its lines, or what stands between its comma and the next."""
    part, name = node.parts[number], node.keys[number][1]
    if not node.is_flow:
        last = max(part.end, name.end)
        return Splice(At(name.start.line - 1, _END), At(last.line, _END), "")
    if any(one > number for one in kept):
        return Splice(name.start, node.keys[number + 1][1].start, "")
    previous = node.parts[number - 1] if number else None
    return Splice(max(previous.end, node.keys[number - 1][1].end) if previous else name.start, part.end, "")


def _field(node: Node, before: int | None, key: str, value: Any, step: int) -> Splice:
    """Add a field behind another one, or as the first."""
    short = f"{emit.scalar(key)}: {emit.on_one_line(value)}"
    if before is not None:
        return _behind(node, before, short, emit.entry(key, value, node.start.column, step))
    first = node.keys[0][1].start
    if node.is_flow:
        return Splice(first, first, f"{short}, ")
    lines = "\n".join(emit.entry(key, value, node.start.column, step))
    return Splice(first, first, lines[node.start.column :] + "\n" + " " * node.start.column)


def _behind(node: Node, index: int, short: str, lines: list[str]) -> Splice:
    """Add something behind a part of a container: behind its comma, or on lines of its own."""
    end = node.parts[index].end
    if node.keys:
        end = max(end, node.keys[index][1].end)
    if node.is_flow:
        return Splice(end, end, f", {short}")
    end = At(end.line, _END)
    return Splice(end, end, "".join(f"\n{line}" for line in lines))


def _fill(node: Node, part: Node, value: Any, step: int) -> Iterator[Splice]:
    """Give a value to a field that has none: behind its colon, or below it."""
    if value is None:
        return
    if node.is_flow:
        yield Splice(part.start, part.start, f" {emit.on_one_line(value)}")
        return
    lines = emit.entry("x", value, node.start.column, step)
    yield Splice(part.start, part.start, lines[0][node.start.column + len("x:") :])
    if lines[1:]:
        end = At(part.start.line, _END)
        yield Splice(end, end, "".join(f"\n{line}" for line in lines[1:]))


def _instead(node: Node, new: Any, step: int) -> Splice:
    """Write a value in the place of another one."""
    if not isinstance(new, dict | list):
        style = node.style if node.style in ("'", '"') else ""
        text = emit.scalar(new, flow=True, style=style)
        return Splice(node.start, node.end, text)
    if node.style in ("map", "list") and new:
        column = node.start.column
        lines = (
            [line for key, value in new.items() for line in emit.entry(key, value, column, step)]
            if isinstance(new, dict)
            else [line for value in new for line in emit.item(value, column, step)]
        )
        return Splice(node.start, node.end, "\n".join(lines)[column:])
    return Splice(node.start, node.end, emit.on_one_line(new))
