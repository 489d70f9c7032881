"""The process as a picture: statuses in their order, exits below the status from which they branch off.

Only places are computed here, in whole pixels, so that the same policy gives the same picture to the byte.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from mkdocs_hotfix.policy import Policy, Status

Look = Literal["start", "decision", "work", "end", "exit"]

_LETTER = 7.0  # mean width of a letter at 14 px in common sans-serif fonts
_LINE = 18


@dataclass(frozen=True, slots=True)
class Box:
    """One status: its place (top left corner), size, the lines of its title, and a small line below them."""

    id: str
    x: int
    y: int
    width: int
    height: int
    lines: tuple[str, ...]
    caption: str
    look: Look


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line with a head at its end: the corners that it passes."""

    points: tuple[tuple[int, int], ...]
    exit: bool = False


@dataclass(frozen=True, slots=True)
class Flow:
    """A drawing of the process."""

    width: int
    height: int
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]


@dataclass(frozen=True, slots=True)
class _Grid:
    columns: int
    box: int  # width of a box
    gap: int  # between columns
    room: int  # between a status and its exits


_WIDE = _Grid(columns=6, box=120, gap=16, room=30)
_MARGIN = 2


def wide(policy: Policy) -> Flow:
    """Draw the process for a desk: rows of statuses, each with its exits below."""
    grid, boxes, arrows = _WIDE, list[Box](), list[Arrow]()
    chain = policy.lifecycle()
    top, last = _MARGIN, None
    for start in range(0, len(chain), grid.columns):
        row = chain[start : start + grid.columns]
        height = max(_height(policy, one, grid.box) for one in row)
        floor = top + height
        for column, status in enumerate(row):
            x = _MARGIN + column * (grid.box + grid.gap)
            box = _box(policy, status, x, top, grid.box, height)
            if last is not None:
                arrows.append(_to(last, box))
            below = top + height
            for out in _exits(policy, status):
                y = below + grid.room
                made = _box(policy, out, x, y, grid.box, _height(policy, out, grid.box))
                middle = x + grid.box // 2
                arrows.append(Arrow(((middle, below), (middle, y)), exit=True))
                boxes.append(made)
                below = y + made.height
            floor = max(floor, below)
            boxes.append(box)
            last = box
        top = floor + grid.room
    columns = min(len(chain), grid.columns)
    return Flow(
        2 * _MARGIN + columns * (grid.box + grid.gap) - grid.gap, top - grid.room + _MARGIN, tuple(boxes), tuple(arrows)
    )


def tall(policy: Policy) -> Flow:
    """Draw the process for a phone: statuses from top to bottom, exits to their right."""
    main, side, gap, room = 168, 118, 30, 26
    boxes, arrows = list[Box](), list[Arrow]()
    y, last = _MARGIN, None
    for status in policy.lifecycle():
        outs = _exits(policy, status)
        below = y
        height = _height(policy, status, main)
        for out in outs:
            made = _box(policy, out, _MARGIN + main + gap, below, side, _height(policy, out, side))
            boxes.append(made)
            below += made.height + 10
        height = max(height, below - 10 - y)
        for made in boxes[len(boxes) - len(outs) :]:
            middle = made.y + made.height // 2
            arrows.append(Arrow(((_MARGIN + main, middle), (made.x, middle)), exit=True))
        box = _box(policy, status, _MARGIN, y, main, height)
        if last is not None:
            middle = _MARGIN + main // 2
            arrows.append(Arrow(((middle, last.y + last.height), (middle, y))))
        boxes.append(box)
        last = box
        y += height + room
    return Flow(2 * _MARGIN + main + gap + side, y - room + _MARGIN, tuple(boxes), tuple(arrows))


def _exits(policy: Policy, status: Status) -> Sequence[Status]:
    return [one for one in policy.exits() if one.branches_from == status.id]


def _to(last: Box, box: Box) -> Arrow:
    """Go to the next status: straight in a row, around the corner into the next one."""
    start, end = last.y + last.height // 2, box.y + box.height // 2
    if last.y == box.y:
        return Arrow(((last.x + last.width, start), (box.x, end)))
    between = box.y - 12
    right, into = last.x + last.width + 10, box.x + box.width // 2
    return Arrow(((last.x + last.width, start), (right, start), (right, between), (into, between), (into, box.y)))


def _box(policy: Policy, status: Status, x: int, y: int, width: int, height: int) -> Box:
    return Box(
        status.id, x, y, width, height, _lines(status.title, width), _caption(policy, status), _look(policy, status)
    )


def _lines(title: str, width: int) -> tuple[str, ...]:
    return tuple(textwrap.wrap(title, int((width - 12) / _LETTER), max_lines=3, placeholder="…")) or ("",)


def _height(policy: Policy, status: Status, width: int) -> int:
    lines = len(_lines(status.title, width))
    return 24 + lines * _LINE + (_LINE if _caption(policy, status) else 0)


def _look(policy: Policy, status: Status) -> Look:
    chain = policy.lifecycle()
    if status.branches_from:
        return "exit"
    if status.id == chain[0].id:
        return "start"
    if status.id == chain[-1].id:
        return "end"
    return "decision" if "triage" in status.needs or _tests(policy, status) else "work"


def _tests(policy: Policy, status: Status) -> int:
    """Count the tests that a status needs first."""
    kinds = (need.removeprefix("evidence.") for need in status.needs if need.startswith("evidence."))
    return sum(policy.kinds[kind].is_test for kind in kinds)


def _caption(policy: Policy, status: Status) -> str:
    if "triage" in status.needs:
        count = len(policy.questions)
        return f"{count} question{'' if count == 1 else 's'}"
    if tests := _tests(policy, status):
        return f"{tests} test{'' if tests == 1 else 's'} passed"
    return "approved" if "approvals" in status.needs else ""
