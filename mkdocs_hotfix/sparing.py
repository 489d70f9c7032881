"""Records of which only what rules compare is at hand: so ten thousand fit into little memory, and are soon recalled.

The rest is fetched when somebody asks, from the file or from what an earlier run has left.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, TypeAlias, cast

from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.parts import Evidence
from mkdocs_hotfix.paths import display
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.source import Source, read

_FIELDS = ("id", "title", "status", "severity", "service", "release", "deployed", "rollback", "withdrawn", "waivers")
_OF_EVIDENCE = ("environment", "report", "sha256")

Fetch: TypeAlias = Callable[[], Mapping[str, Any]]

Near: TypeAlias = tuple[dict[str, Any], dict[str, dict[str, Any]]]
"""Some fields of a record, whole, and some of each piece of its evidence."""


def near(data: Mapping[str, Any]) -> Near:
    """Pick what rules compare."""
    fields = {name: data[name] for name in _FIELDS if name in data}
    evidence = data.get("evidence", {}).items()
    return fields, {kind: {name: one[name] for name in _OF_EVIDENCE if name in one} for kind, one in evidence}


def sparse(file: Path, path: str, root: Path, at_hand: Near, source: Source, fetch: Fetch) -> Record:
    """Make a record of what is at hand.

    Args:
        file: Where it lies.
        path: The same, as people see it.
        root: The folder out of which no path of the record may lead.
        at_hand: What `near` has picked.
        source: Where its text is.
        fetch: Gets the whole data.
    """
    fields, pieces = at_hand
    evidence = {
        kind: Evidence(kind, Sparse(one, _OF_EVIDENCE, fetch, "evidence", kind)) for kind, one in pieces.items()
    }
    return Record(file, path, root, Sparse(fields, _FIELDS, fetch), source, evidence)


class Sparse(Mapping[str, Any]):
    """Data of which some fields are at hand, or known not to be there."""

    __slots__ = ("_fetch", "_names", "_near", "_way")  # there are six of a record

    def __init__(self, at_hand: Mapping[str, Any], names: tuple[str, ...], fetch: Fetch, *way: str) -> None:
        self._near, self._names, self._fetch, self._way = at_hand, names, fetch, way

    @property
    def _far(self) -> Mapping[str, Any]:
        found = self._fetch()
        for part in self._way:
            found = found[part]
        return found

    def __getitem__(self, key: str) -> Any:
        return (self._near if key in self._names else self._far)[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._far)

    def __len__(self) -> int:
        return len(self._far)


class Later:
    """A source that is made when somebody asks for more than its digest."""

    def __init__(self, digest: str, make: Callable[[], Source]) -> None:
        self.digest, self._make = digest, make

    @cached_property
    def _made(self) -> Source:
        return self._make()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._made, name)


def later(digest: str, make: Callable[[], Source]) -> Source:
    """Make a source that is made when somebody asks for more than its digest."""
    return cast("Source", Later(digest, make))


def again(file: Path, digest: str) -> Source:
    """Make a source that reads its file again when somebody asks."""

    def make() -> Source:
        found = read(file)
        if found.digest != digest:
            raise SetupError(f"{display(file)} was changed while it was checked. Check it again.")
        return found

    return later(digest, make)
