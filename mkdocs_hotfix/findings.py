"""The vocabulary of trouble: where something is, and what is wrong there."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Literal, NamedTuple, TypeAlias

Pointer: TypeAlias = tuple[str | int, ...]
"""A place in a record's data: the keys and list positions that lead to it. `()` is the whole record."""

On: TypeAlias = Literal["key", "value"]


class SetupError(Exception):
    """The set-up is wrong: policy, option, folder. The text names the file or option and the way out."""


class Level(StrEnum):
    """How bad a finding is. Only errors fail the gate; with `--strict` warnings do too."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class Span(NamedTuple):
    """A stretch of a file. Lines and columns count from 1, in characters; the end column is exclusive."""

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Problem:
    """What a reader, the schema or a rule has to say, before the gate gives it a level and a place.

    Attributes:
        message: What is wrong, in one sentence without a full stop.
        pointer: Where in the data. The place shown is its nearest ancestor that the file really has.
        help: What to do, one sentence or one line of YAML each, the best first.
        label: Two to five words under the carets.
        on: Whether the carets go under the field's name or under its value.
        span: The place in the file, where no pointer can say it.
        near: Where to point when neither the place nor a field around it is in the file.
        meant: The field whose absence this problem explains, so that it is not told a second time.
        untrue: Whether it says that a claim does not hold; then no waiver ends it.
        slug: The rule's name; set by the reader and the schema, who speak for several rules.
        fix: What to write in the place of what the carets are under, where only that can be meant.
    """

    message: str
    pointer: Pointer = ()
    help: tuple[str, ...] = ()
    label: str = ""
    on: On = "key"
    span: Span | None = None
    near: Pointer = ()
    meant: Pointer = ()
    untrue: bool = False
    slug: str = ""
    fix: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """One problem, with its rule, its level and its place. It can not be made without a place.

    `fix` is the text to write in the place of `span`, where only that can be meant.
    """

    code: str
    slug: str
    level: Level
    path: str
    record: str | None
    span: Span
    pointer: Pointer
    message: str
    help: tuple[str, ...] = ()
    label: str = ""
    fix: str = ""

    @property
    def sort_key(self) -> tuple[str, Span]:
        """Order of reading: by file, then by place; at one place as the rules found it."""
        return (self.path, self.span)


def cap(problems: Sequence[Problem], most: int) -> tuple[Problem, ...]:
    """Keep as many as a person would read, and let the last of them say how many are left out."""
    return (
        (
            *problems[: most - 1],
            replace(problems[most - 1], help=(*problems[most - 1].help, left_out(len(problems) - most))),
        )
        if len(problems) > most
        else tuple(problems)
    )


def left_out(number: int) -> str:
    """Say how many findings are not told."""
    return f"{number:,} more like this {'is' if number == 1 else 'are'} left out. Mend these first, then check again."


def json_pointer(pointer: Pointer) -> str:
    """Write a pointer as RFC 6901 does: `/evidence/smoke-test`; the whole record is the empty text."""
    return "".join("/" + str(part).replace("~", "~0").replace("/", "~1") for part in pointer)


def dotted(pointer: Pointer) -> str:
    """Write a pointer as people say it: `evidence.smoke-test`, `approvals[0].by`."""
    text = ""
    for part in pointer:
        text += f"[{part}]" if isinstance(part, int) else f".{part}" if text else part
    return text


_INVISIBLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ud800-\udfff\ufeff\ufff9-\ufffb]|[\U000e0000-\U000e007f]"
)


def visible(text: str) -> str:
    r"""Make a text safe to show on one line of a terminal, a log or a page.

    Control characters, line breaks, directional marks and lone surrogates come out as `\u{1b}`, so that
    nothing a record or a report says can move the cursor, hide a line or turn the reading direction.
    """
    if text.isprintable():  # nearly every text, and none of these characters
        return text
    return _INVISIBLE.sub(lambda found: f"\\u{{{ord(found[0]):x}}}", text)


def width(text: str) -> int:
    """Count the columns a text takes on a terminal (Unicode Standard Annex 11: wide ones take two)."""
    return sum(
        0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in text
    )


def shorten(text: str, limit: int = 60) -> str:
    """Cut a text for use inside a sentence; what is cut is marked with an ellipsis."""
    text = visible(text)
    return text if len(text) <= limit else text[: limit - 1] + "…"
