"""Charts as numbers: where each bar, dot and line of a drawing lies, in whole pixels, the same at every build."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

WIDTH, HEIGHT = 460, 210
_LEFT, _RIGHT, _TOP, _BOTTOM = 40, 8, 18, 24
_TICKS = 4


@dataclass(frozen=True, slots=True)
class Mark:
    """A bar or a dot. `look` names its class; `label` stands above it, `what` says what it is."""

    x: int
    y: int
    width: int
    height: int
    look: str
    label: str = ""
    what: str = ""


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the scale, or a name below the axis."""

    at: int
    name: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A drawing: `base` is the height of the axis, `line` the corners of a line, `target` the height of a promise."""

    width: int
    height: int
    left: int
    right: int
    base: int
    scale: tuple[Tick, ...]
    names: tuple[Tick, ...]
    marks: tuple[Mark, ...]
    line: tuple[tuple[int, int], ...] = ()
    target: Tick | None = None


@dataclass(frozen=True, slots=True)
class Stack:
    """A bar: its name below the axis, and its parts from the bottom up, each a number and a look."""

    name: str
    parts: tuple[tuple[float, str], ...]
    what: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A dot: its place on the axis between 0 and 1, its value, its look, what it is, and the line's value at it."""

    at: float
    value: float
    look: str
    what: str
    line: float


def bars(stacks: Sequence[Stack]) -> Chart:
    """Draw stacked bars, each with its sum above it; an empty one keeps its place."""
    sums = [sum(number for number, _ in stack.parts) for stack in stacks]
    top, scale = _scale(max(sums, default=0))
    step = (WIDTH - _LEFT - _RIGHT) / max(len(stacks), 1)
    wide = max(2, min(28, round(step * 0.62)))
    marks, names = list[Mark](), list[Tick]()
    every = max(1, math.ceil(max((_wide(stack.name) for stack in stacks), default=0) / step))
    for index, (stack, total) in enumerate(zip(stacks, sums, strict=True)):
        middle = round(_LEFT + step * (index + 0.5))
        if index % every == 0:
            names.append(Tick(middle, stack.name))
        reached = 0.0
        for number, look in stack.parts:
            if number:
                high, low = _y(reached + number, top), _y(reached, top)
                reached += number
                label = _number(total) if math.isclose(reached, total) else ""
                marks.append(Mark(middle - wide // 2, high, wide, max(low - high, 1), look, label, stack.what))
    return Chart(WIDTH, HEIGHT, _LEFT, WIDTH - _RIGHT, _y(0, top), scale, tuple(names), tuple(marks))


def dots(points: Sequence[Dot], target: tuple[float, str] | None, names: Sequence[str], unit: str) -> Chart:
    """Draw dots over a span of time, with a line through the line's values and one at the target."""
    top, scale = _scale(max([*(one.value for one in points), *((target[0],) if target else ())], default=0), unit)
    inner = WIDTH - _LEFT - _RIGHT
    step = inner / max(len(names), 1)
    marks = tuple(
        Mark(round(_LEFT + inner * one.at), _y(one.value, top), 8, 8, one.look, "", one.what) for one in points
    )
    line = tuple((round(_LEFT + inner * one.at), _y(one.line, top)) for one in points)
    ticks = tuple(Tick(round(_LEFT + step * (index + 0.5)), name) for index, name in enumerate(names))
    at = Tick(_y(target[0], top), target[1]) if target else None
    return Chart(WIDTH, HEIGHT, _LEFT, WIDTH - _RIGHT, _y(0, top), scale, ticks, marks, line, at)


def _scale(highest: float, unit: str = "") -> tuple[float, tuple[Tick, ...]]:
    """Choose a scale of round numbers: 1, 2 or 5 times a power of ten apart, whole where they can be."""
    raw = max(highest, 1) / _TICKS
    power = 10 ** math.floor(math.log10(raw)) if raw > 0 else 1
    step = max(next(one * power for one in (1, 2, 5, 10) if one * power >= raw), 1)
    count = max(1, math.ceil(highest / step))
    top = step * count
    return top, tuple(Tick(_y(step * one, top), f"{_number(step * one)}{unit}") for one in range(count + 1))


def _y(value: float, top: float) -> int:
    return round(HEIGHT - _BOTTOM - (HEIGHT - _TOP - _BOTTOM) * value / top)


def _wide(name: str) -> float:
    """Guess how many pixels a name takes below the axis, with room on both sides."""
    return 4 + sum(3.2 if char in ".,-:1 " else 6.4 for char in name)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
