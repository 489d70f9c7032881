"""Changes to a file's YAML at the very places that change: all other bytes stay as their author wrote them.

A YAML library that writes a whole document, even one that keeps comments, lays it out anew; a review would then drown in
lines that nobody meant. So the wanted data are compared with what is there, only the differences are written, and the
result is read again: unless it says exactly what was wanted, nothing is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from copy import deepcopy
from itertools import pairwise
from typing import Any

from mkdocs_hotfix import emit, outline, source
from mkdocs_hotfix.findings import Pointer, SetupError, dotted
from mkdocs_hotfix.outline import At
from mkdocs_hotfix.splices import Splice, differences, same, step_of

_UNPRINTABLE = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
_BOM = b"\xef\xbb\xbf"


def rewrite(raw: bytes, wanted: Mapping[str, Any], *, front_matter: bool = True) -> bytes:
    r"""Make a file say something else, and touch only the lines that have to.

    Comments, order, quotes, line ends, a byte order mark, a missing line break at the end and the text below the front
    matter stay. New fields go behind the field that is before them in `wanted`.

    Args:
        raw: The file. It must be one that `source.parse` reads without a problem.
        wanted: All the data that it shall hold.
        front_matter: Whether the YAML is a Markdown file's front matter, or the whole file.

    Raises:
        SetupError: The file can't be read, or the change can't be made in place; one sentence without the file's name.
    """
    text = _Text(raw, front_matter=front_matter)
    see_that_it_prints(wanted)
    found = tuple(differences(text.root, text.data, dict(wanted), text.step))
    made = text.spliced(found)
    if not same(source.parse(made, front_matter=front_matter).data, dict(wanted)):
        place = _where(text.data, dict(wanted))
        raise SetupError(f"`{place}` can not be written in place, the way the file is laid out. Write it by hand.")
    return made


def rename(raw: bytes, pointer: Pointer, name: str, *, front_matter: bool = True) -> bytes:
    """Give a field another name, and leave its value alone; else as `rewrite`."""
    text = _Text(raw, front_matter=front_matter)
    parent = text.root.at(pointer[:-1])
    index = parent.index(pointer[-1]) if parent and parent.is_map else None
    wanted = _renamed(text.data, pointer, name) if parent and index is not None else None
    if parent is None or index is None or wanted is None:
        raise SetupError(f"There is no `{dotted(pointer)}` to be called `{name}`, or there is one already.")
    key = parent.keys[index][1]
    written = emit.scalar(name, flow=parent.is_flow, style=key.style)
    made = text.spliced((Splice(key.start, key.end, written),))
    if not same(source.parse(made, front_matter=front_matter).data, wanted):
        raise SetupError(f"`{dotted(pointer)}` can not be renamed in place. Write `{name}` by hand.")
    return made


def see_that_it_prints(data: Any, here: Pointer = ()) -> None:
    """Refuse what no record may hold, before it is written: control characters, and bytes that were no text.

    Raises:
        SetupError: There is such a character; one sentence without the file's name.
    """
    if isinstance(data, str) and (found := _UNPRINTABLE.search(data)):
        raise SetupError(f"`{dotted(here)}` holds an unprintable character (U+{ord(found[0]):04X}). Leave it out.")
    parts = data.items() if isinstance(data, Mapping) else enumerate(data) if isinstance(data, list) else ()
    for key, value in parts:
        see_that_it_prints(value, (*here, key))


Orders = Mapping[Pointer, Sequence[str]]
"""The usual order of fields, for each mapping that has one."""


def put(data: Mapping[str, Any], pointer: Pointer, value: Any, orders: Orders | None = None) -> dict[str, Any]:
    """Return the data with one value set; nothing is changed in what was given.

    Args:
        data: The data of a file.
        pointer: Where the value goes. Fields on the way are made; in a list, the position behind the last one adds an item.
        value: The value; `None` takes the field away.
        orders: Where new fields usually stand. Others go to the end.
    """
    made = deepcopy(dict(data))
    here: Any = made
    for depth, (part, following) in enumerate(pairwise(pointer)):
        if isinstance(here, dict) and not here.get(str(part)):
            _insert(here, str(part), [] if isinstance(following, int) else {}, (orders or {}).get(pointer[:depth], ()))
        here = here[part]
    last = pointer[-1]
    if isinstance(here, list) and isinstance(last, int):
        here[last : last + 1] = [value]
    elif value is None:
        here.pop(last, None)
    else:
        _insert(here, str(last), value, (orders or {}).get(pointer[:-1], ()))
    return made


def _insert(here: dict[str, Any], key: str, value: Any, order: Sequence[str]) -> None:
    """Set a field; a new one goes behind the last of those that usually stand before it."""
    if key in here or key not in order:
        here[key] = value
        return
    before = set(order[: order.index(key)])
    names = list(here)
    position = max((number for number, name in enumerate(names, 1) if name in before), default=0)
    rest = {name: here.pop(name) for name in names[position:]}
    here[key] = value
    here.update(rest)


# -- the file ----------------------------------------------------------------------------------------------


class _Text:
    """A file as text that can be spliced, with its data and layout."""

    def __init__(self, raw: bytes, *, front_matter: bool) -> None:
        read_as = source.parse(raw, front_matter=front_matter)
        if read_as.data is None or read_as.problems:
            problem = next(iter(read_as.problems))
            number = problem.span.line if problem.span else 1
            raise SetupError(f"Line {number} can not be read: {problem.message}. Mend it first.")
        self.data = read_as.data
        self.root = outline.read(read_as.yaml_text)
        self.step = step_of(self.root)
        self._mark = _BOM if raw.startswith(_BOM) else b""
        self._raw = raw.removeprefix(_BOM).decode("utf-8")
        self._first = read_as.first_line - 1
        self._newline = "\r\n" if "\r\n" in self._raw else "\n"
        self._starts = [0]
        for line in self._raw.split("\n"):
            self._starts.append(self._starts[-1] + len(line) + 1)

    def spliced(self, splices: tuple[Splice, ...]) -> bytes:
        """Return the file with new text at some places."""
        made, done = "", 0
        for start, end, text in sorted(splices, key=lambda one: one[:2]):  # stable: what comes first stays first
            begin, stop = self._offset(start), self._offset(end)
            made += self._raw[done:begin] + text.replace("\n", self._newline)
            done = max(done, stop)
        return self._mark + (made + self._raw[done:]).encode("utf-8", "surrogatepass")

    def _offset(self, at: At) -> int:
        start = self._starts[at.line + self._first]
        stop = self._starts[at.line + self._first + 1] - 1  # where the line break stands
        if stop > start and self._raw[stop - 1 : stop + 1] == "\r\n":
            stop -= 1
        return min(start + at.column, stop)


def _where(old: Any, new: Any, here: Pointer = ()) -> str:
    """Name the first place at which two data differ."""
    if isinstance(old, dict) and isinstance(new, dict):
        for key in {**old, **new}:
            if not same(old.get(key), new.get(key)):
                return _where(old.get(key), new.get(key), (*here, key))
    return dotted(here) or "This"


def _renamed(data: Mapping[str, Any], pointer: Pointer, name: str) -> dict[str, Any] | None:
    made = deepcopy(dict(data))
    here: Any = made
    for part in pointer[:-1]:
        here = here[part]
    if name in here:
        return None
    items = [(name if key == pointer[-1] else key, value) for key, value in here.items()]
    here.clear()
    here.update(items)
    return made
