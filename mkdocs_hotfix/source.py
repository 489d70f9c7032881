"""Bytes to data, with the place of every key and value; and everything that can be wrong with a file."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mkdocs_hotfix.findings import On, Pointer, Problem, Span, left_out
from mkdocs_hotfix.paths import read_regular
from mkdocs_hotfix.plainyaml import load
from mkdocs_hotfix.yamldata import MAX_PROBLEMS, UNREADABLE, plain, spans

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 1 << 20

# What no text file needs and what makes terminals, browsers and line counts disagree.
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufeff\ufffe\uffff]")

_PLAIN = b"\t\n" + bytes(range(0x20, 0x7F))


@dataclass(frozen=True)
class Source:
    r"""A file, read.

    Attributes:
        data: The front matter (or the whole YAML file); `None` when it could not be read.
        body: The Markdown below the front matter.
        problems: Why it can't be judged; empty for a file that can.
        yaml_text: The YAML alone, line breaks as `\\n`.
        first_line: The line of the file on which the YAML starts, from 1.
        body_line: The line on which the body starts, from 1.
        digest: SHA-256 of the bytes that were read, for files of the disk.
    """

    data: dict[str, Any] | None
    body: str = ""
    problems: tuple[Problem, ...] = ()
    yaml_text: str = field(default="", repr=False)
    first_line: int = 1
    body_line: int = 1
    digest: str = ""
    lines: tuple[str, ...] = field(default=(), repr=False)

    @cached_property
    def _spans(self) -> dict[Pointer, tuple[Span | None, Span]]:
        # Made only for files that have a finding: three of four files never need it. And never for a file that
        # was refused: the places of 200,000 nested brackets fill the memory.
        return spans(self.yaml_text, self.first_line) if self.data is not None else {}

    def span(self, pointer: Pointer = (), on: On = "value") -> Span:
        """Return where a key or value stands.

        Args:
            pointer: The place in the data. Where the file has no such field, its nearest ancestor is meant,
                and the place is the ancestor's key.
            on: The field's name or its value. List items have no name: their value is meant.
        """
        while pointer not in self._spans:
            if not pointer:
                return Span(1, 1, 1, 4 if self.first_line > 1 else 1)
            pointer, on = pointer[:-1], "key"
        key, value = self._spans[pointer]
        if not pointer:
            return Span(1, 1, 1, 4) if self.first_line > 1 else value
        return key if key and (on != "value" or value.end_line > value.line) else value

    def line(self, number: int) -> str | None:
        """Return one line of the file up to its body, counted from 1; nothing where it can't be shown."""
        if not self.lines and not self.yaml_text and self.first_line == 1:
            return None
        lines = self.lines or (*(["---"] * (self.first_line - 1)), *self.yaml_text.split("\n"))
        return lines[number - 1] if 0 < number <= len(lines) else None

    def has(self, pointer: Pointer) -> bool:
        """Tell whether the file itself holds this place."""
        return pointer in self._spans

    def written(self, pointer: Pointer) -> str:
        """Return a scalar as the file writes it: `4.20`, where the data has 4.2."""
        span = self._spans[pointer][1]
        line = self.yaml_text.split("\n")[span.line - self.first_line]
        return line[span.column - 1 : span.end_column - 1 if span.end_line == span.line else None]

    def value(self, pointer: Pointer) -> Any:
        """Return what stands at a place that is there."""
        found: Any = self.data
        for part in pointer:
            found = found[part]
        return found

    def rewritten(self, pointer: Pointer, value: str | float | bool) -> str:
        """Write another value as it would stand in the place of a scalar, in the same quotes; nothing where that spans lines."""
        span = self._spans[pointer][1] if pointer in self._spans else Span(1, 1, 2, 1)
        old = self.written(pointer) if span.line == span.end_line else "|"
        if old[:1] in ("|", ">"):
            return ""
        if not isinstance(value, str):
            return json.dumps(value)
        if old[:1] == "'":
            return "'" + value.replace("'", "''") + "'"
        is_plain = old[:1] != '"' and isinstance(plain(old), str) and isinstance(plain(value), str)
        return value if is_plain else json.dumps(value, ensure_ascii=False)


def read(path: Path, *, front_matter: bool = True) -> Source:
    """Read one file. Never raises for what a file holds or is; what is wrong comes back as problems.

    Args:
        path: The file. It is opened only if it is a regular one.
        front_matter: Whether the YAML is a Markdown file's front matter, or the whole file.
    """
    try:
        raw = read_regular(path, MAX_BYTES)
        if raw is None:
            return _refuse("This is not a regular file", "Put a text file in its place.")
    except OSError as error:
        if path.is_symlink():
            return _refuse("This is a symbolic link, and links are not followed", "Put the file itself here.")
        reason = (error.strerror or "unknown reason").lower()
        return _refuse(f"The file can not be read: {reason}", "Check that it exists and who may read it.")
    digest = hashlib.sha256(raw).hexdigest()
    found = parse(raw, front_matter=front_matter, digest=digest)
    return found if found.digest else replace(found, digest=digest)


def known(raw: bytes, digest: str, data: Mapping[str, Any]) -> Source:
    """Make the source of a record that was read before, and whose bytes are the same: only what YAML says is not asked again."""
    text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")
    head, body = _split(text) or ("", "")
    return Source(dict(data), body, yaml_text=head, first_line=2, body_line=head.count("\n") + 3, digest=digest)


def parse(raw: bytes, *, front_matter: bool = True, digest: str = "") -> Source:
    """Turn the bytes of a file into data and body.

    Args:
        raw: The file. A UTF-8 byte order mark and CRLF line ends read as if they were not there.
        front_matter: Whether the YAML is a Markdown file's front matter, or the whole file.
        digest: SHA-256 of the bytes, if they are a file's.

    Returns:
        The source; with problems, and mostly without the digest, where it can't be judged. Nothing is raised, whatever the bytes.
    """
    if len(raw) > MAX_BYTES:
        return _refuse(
            f"The file is larger than {MAX_BYTES >> 20} MiB",
            "Move logs and reports into files beside the record and name them under `report`.",
        )
    try:
        text = raw.removeprefix(b"\xef\xbb\xbf").decode("utf-8").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return _wrong_encoding(raw, error)
    is_plain = raw.isascii() and not raw.translate(None, _PLAIN)  # nearly all, and it takes a tenth of the time
    if not is_plain and (found := _control_characters(text)):
        return Source(None, problems=found, lines=tuple(text.split("\n")))
    if not front_matter:
        return _finish(text, text, 1, "", digest)
    if not text or text.isspace():
        return _refuse("The file is empty", "Write front matter with `id`, `title` and `status`, or delete the file.")
    opener = text.partition("\n")[0]
    if opener.rstrip(" \t") != "---":
        return _refuse(
            "The front matter is missing: the first line is not `---`",
            "Start the file with a line `---`, then the fields, then another line `---`.",
            lines=tuple(text.split("\n")),
            width=max(len(opener), 1),
        )
    if not (parts := _split(text)):
        return _refuse(
            "The front matter is opened here and never closed",
            "Put a line `---` after the last field.",
            lines=tuple(text.split("\n")),
            width=3,
        )
    return _finish(text, parts[0], 2, parts[1], digest)


def _split(text: str) -> tuple[str, str] | None:
    """Part front matter and body of a text that starts with a line `---`; nothing where no other such line follows."""
    at = first = text.find("\n") + 1
    while (at := text.find("\n---", at - 1) + 1) > 0:
        end = text.find("\n", at) + 1 or len(text) + 1
        if text[at : end - 1].rstrip(" \t") == "---":
            return text[first:at], text[end:]
        at = end
    return None


def _finish(text: str, head: str, first_line: int, body: str, digest: str) -> Source:
    data, problems = load(head, first_line)
    if data is None and not problems:
        what = "The front matter holds no field" if first_line > 1 else "The file holds no field"
        problems = [
            Problem(
                what,
                help=("Write at least `id`, `title` and `status`.",),
                span=Span(1, 1, 1, 4 if first_line > 1 else 1),
                slug=UNREADABLE,
            )
        ]
    return Source(
        data=None if problems else data,
        body=body,
        problems=tuple(problems),
        yaml_text=head,
        first_line=first_line,
        body_line=head.count("\n") + 3 if first_line > 1 else 1,
        digest=digest,
        lines=tuple(text.split("\n")) if problems else (),
    )


def _refuse(message: str, advice: str, *, lines: tuple[str, ...] = (), width: int = 0) -> Source:
    problem = Problem(message, help=(advice,), span=Span(1, 1, 1, 1 + width), slug=UNREADABLE)
    return Source(None, problems=(problem,), lines=lines)


def _wrong_encoding(raw: bytes, error: UnicodeDecodeError) -> Source:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw[:64].count(0) > 8:  # noqa: PLR2004 - text has none
        return _refuse("The file is written in UTF-16, not in UTF-8", "Save it with the encoding UTF-8.")
    offset = error.start + (3 if raw.startswith(b"\xef\xbb\xbf") else 0)
    before = raw[:offset].removeprefix(b"\xef\xbb\xbf").decode("utf-8")
    line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
    message = f"The byte 0x{raw[offset]:02X} is not UTF-8"
    problem = Problem(
        message,
        help=("Save the file with the encoding UTF-8 (it looks like Windows-1252 or Latin-1).",),
        span=Span(line, column, line, column + 1),
        slug=UNREADABLE,
    )
    return Source(None, problems=(problem,))


def _control_characters(text: str) -> tuple[Problem, ...]:
    problems: list[Problem] = []
    told = False
    for found in _CONTROL.finditer(text):
        if found[0] == "\r" and told:  # one for a whole file of them
            continue
        told |= found[0] == "\r"
        start = found.start()
        line, column = text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start)
        name = f"U+{ord(found[0]):04X}"
        problems.append(
            Problem(
                f"An unprintable character ({name}) stands here",
                help=("Delete it.",) if found[0] != "\r" else ("End lines with LF or CRLF, not with CR alone.",),
                span=Span(line, column, line, column + 1),
                slug=UNREADABLE,
            )
        )
        if len(problems) == MAX_PROBLEMS:
            break
    rest = sum(1 for _ in _CONTROL.finditer(text, found.end())) if len(problems) == MAX_PROBLEMS else 0
    if rest:
        problems[-1] = replace(problems[-1], help=(*problems[-1].help, left_out(rest)))
    return tuple(problems)
