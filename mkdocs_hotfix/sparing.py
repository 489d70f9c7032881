"""Sources that are read again when somebody asks, so that ten thousand records fit into little memory."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.paths import display
from mkdocs_hotfix.source import Source, read

_SHORT = 100


class Later:
    """A source that is read again when somebody asks: of thousands of records, few are asked about."""

    def __init__(self, file: Path, digest: str) -> None:
        self._file, self.digest = file, digest

    @cached_property
    def _again(self) -> Source:
        again = read(self._file)
        if again.digest != self.digest:
            raise SetupError(f"{display(self._file)} was changed while it was checked. Check it again.")
        return again

    def __getattr__(self, name: str) -> Any:
        return getattr(self._again, name)


class LaterData(Mapping[str, Any]):
    """The data of such a source, or a part of it. Short texts are at hand: every record is asked for its id."""

    def __init__(self, later: Later, data: Mapping[str, Any], *way: str) -> None:
        self._later, self._way = later, way
        short = {} if way else {key: one for key, one in data.items() if isinstance(one, str) and len(one) <= _SHORT}
        self._texts: Mapping[str, str] = short

    @property
    def _again(self) -> Mapping[str, Any]:
        found: Mapping[str, Any] = self._later.value(self._way)
        return found

    def __getitem__(self, key: str) -> Any:
        return self._texts[key] if key in self._texts else self._again[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._again)

    def __len__(self) -> int:
        return len(self._again)
