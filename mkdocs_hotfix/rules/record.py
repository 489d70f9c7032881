"""REC: what makes a record one of many, and what makes its words worth reading."""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

from mkdocs_hotfix.findings import Pointer, Problem, dotted, shorten
from mkdocs_hotfix.record import WORDS, Record
from mkdocs_hotfix.rule import Context, judges_corpus, judges_record


@judges_record("REC108", fixed=True)
def id_mismatch(record: Record, _context: Context) -> Iterator[Problem]:
    """The record's `id` and its file's name differ.

    The file of `HF-2026-0007` is `HF-2026-0007.md`, in capitals as written: links, evidence folders and other
    records find it by that name on every system.

    Wrong, in `HF-2026-0001.md`:

    ```yaml
    id: HF-2026-0099
    ```

    Right:

    ```yaml
    id: HF-2026-0001
    ```
    """
    if record.carries(("id",)) and record.file.name != f"{record.id}.md":
        yield Problem(
            f"The id is `{record.id}`, and the file is called `{shorten(record.file.name)}`",
            pointer=("id",),
            help=(f"Rename the file to `{record.id}.md`, or write the id that the file's name says.",),
            label="not the file's name",
            on="value",
        )


@judges_corpus("REC109", fixed=True)
def duplicate_id(records: Sequence[Record], _context: Context) -> Iterator[tuple[Record, Problem]]:
    """Two records have one id.

    It happens when two people file a hotfix at the same time, or when a record is copied into another folder. Both
    places are told, since nobody but their authors knows which one moves.

    Wrong: `hotfixes/HF-2026-0001.md` and `hotfixes/2026/HF-2026-0001.md`.

    Right: one of them becomes `HF-2026-0002.md`, with `id: HF-2026-0002`.
    """
    by_id: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        if record.carries(("id",)):
            by_id[record.id.casefold()].append(record)
    for same in by_id.values():
        for record in same if len(same) > 1 else ():
            others = ", ".join(shorten(other.path, 120) for other in same if other is not record)
            yield (
                record,
                Problem(
                    f"The id `{record.id}` is taken by {others} too",
                    pointer=("id",),
                    help=("Give one of them the next free number, in `id`, in its file's name and in its folder.",),
                    label="taken",
                    on="value",
                ),
            )


@judges_record("REC110")
def vacuous_text(record: Record, context: Context) -> Iterator[Problem]:
    """A text says nothing.

    "n/a", "tbd" and "works on my machine" fill a field and prove nothing; nor does a template's text that was left
    standing, or one sentence in every field. Say what was done and seen, or leave the field out until it is known.
    The policy can add texts under `vacuous`. "None" is an answer to `issues_found`, and nowhere else.

    Wrong:

    ```yaml
    summary: tbd
    ```

    Right:

    ```yaml
    summary: Customers who paid with a saved card got an error at the last step of the checkout.
    ```
    """
    empty = _vacuous(context.policy.vacuous)
    if _says_something(record, _squeezed(empty)):
        return
    seen: dict[str, list[Pointer]] = defaultdict(list)
    for pointer, text in _texts(record):
        plain = _plain(text)
        if pointer[-1] == "issues_found" and plain in _NONE:
            continue
        first = plain.partition(" ")[0]
        may_be_placeholder = first in _ORDERS or not text[:1].isalnum() or not text.isascii()
        if plain in empty or first in _OPEN or (may_be_placeholder and _PLACEHOLDER.fullmatch(text.strip())):
            yield Problem(
                f"`{dotted(pointer)}` says nothing: “{shorten(text, 40)}”",
                pointer=pointer,
                help=("Say what was done and seen, or leave the field out until it is known.",),
                label="says nothing",
                on="value",
            )
        elif len(first) < len(plain) and not (_COUNTS.fullmatch(text) and _names_a_report(record, pointer)):
            seen[plain].append(pointer)
    for pointers in seen.values():
        if len(pointers) >= _SAME:
            places = ", ".join(f"`{dotted(one)}`" for one in pointers[:-1])
            yield Problem(
                f"`{dotted(pointers[-1])}` repeats the text of {places}",
                pointer=pointers[-1],
                help=("Say in each field what that field asks for.",),
                label="the same again",
                on="value",
            )


_COUNTS = re.compile(r"[0-9,]{1,12} tests?: [a-z0-9, ()]{1,100}")
_SAME = 3
_NONE = {"none", "no issues", "no issues found", "none found", "nothing", "no", "none known"}
_OPEN = {"todo", "tbd", "tbc", "tba", "fixme", "xxx", "lorem"}
_ORDERS = {"your", "insert", "describe", "write", "fill", "enter"}  # how placeholders without brackets begin
_PLACEHOLDER = re.compile(
    r"<[^<>]*>|\[[^\[\]]*\]|\{\{?[^{}]*\}?\}|\(?(?:your|insert|describe|write|fill in|enter)\b[^.]*(?:here|\.\.\.|…)\)?",
    re.IGNORECASE,
)
_WORDS = re.compile(r"[^\W_]+")
_ASCII_WORDS = "".join(char.lower() if char.isalnum() else " " for char in map(chr, range(128)))


@cache
def _vacuous(more: tuple[str, ...]) -> frozenset[str]:
    lines = files("mkdocs_hotfix").joinpath("vacuous.txt").read_text("utf-8").splitlines()
    known = (line for line in lines if line and not line.startswith("#"))
    return frozenset(map(_plain, (*known, *more))) | {""}


_CAPITALS = bytes.maketrans(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ", b"abcdefghijklmnopqrstuvwxyz")
_NO_LETTERS = bytes(one for one in range(1, 128) if not chr(one).isalnum())
_BEGINNINGS = frozenset(word[:3].encode() for word in _OPEN | _ORDERS)
_WORDY = ("title", "rollback", *sorted(WORDS))


def _says_something(record: Record, empty: frozenset[bytes]) -> bool:
    """Tell at a glance that there is nothing to find, as in nearly all records: no text begins or reads like an empty one, nor thrice.

    Letters and digits alone are compared, so that what is alike in plain words is alike here, too.
    """
    texts = [text for name in _WORDY for text in record.texts.get(name, ())]
    if not all(text[:1].isalnum() for text in texts):
        return False
    together = "\0".join(texts)  # no text holds that
    if not together.isascii():
        return False
    squeezed = together.encode().translate(_CAPITALS, _NO_LETTERS).split(b"\0")
    different = set(squeezed)
    return (
        len(different) > len(squeezed) - _SAME + 1
        and different.isdisjoint(empty)
        and _BEGINNINGS.isdisjoint([text[:3] for text in squeezed])
    )


@cache
def _squeezed(empty: frozenset[str]) -> frozenset[bytes]:
    return frozenset(text.replace(" ", "").encode() for text in empty)


def _plain(text: str) -> str:
    """Reduce a text to its words, so that `N/A.` and `n/a` are one."""
    if text.isascii():  # the same, five times as fast
        return " ".join(text.translate(_ASCII_WORDS).split())
    return " ".join(_WORDS.findall(unicodedata.normalize("NFKC", text).casefold()))


def _names_a_report(record: Record, pointer: Pointer) -> bool:
    """Tell whether a text stands beside a report: the counts of two runs may well be the same."""
    evidence = record.evidence.get(str(pointer[1])) if pointer[0] == "evidence" else None
    return evidence is not None and bool(evidence.reports)


def _texts(record: Record) -> Iterator[tuple[Pointer, str]]:
    """Walk the fields that should say something in words."""
    if record.title:
        yield ("title",), record.title
    if record.release.rollback:
        yield ("release", "rollback"), record.release.rollback
    found: list[tuple[Pointer, str]] = []
    for key, value in record.data.items():
        if key in WORDS and isinstance(value, str):
            found.append(((key,), value))
        elif key not in _NO_TEXTS and type(value) in (dict, list):
            _add_below(value, (key,), found)
    yield from found


_NO_TEXTS = {"extra", "links", "security"}


def _add_below(node: dict[str, Any] | list[Any], here: Pointer, found: list[tuple[Pointer, str]]) -> None:
    """Walk the texts below a field; a list's items and a table's values belong to the field that holds them."""
    inside = here[-1] in WORDS
    for key, value in node.items() if isinstance(node, dict) else enumerate(node):
        kind = type(value)
        if kind is str:  # most are
            if inside or key in WORDS:
                found.append(((*here, key), value))
        elif kind is dict or kind is list:
            _add_below(value, (*here, key), found)
