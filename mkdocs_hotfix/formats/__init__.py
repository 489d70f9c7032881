"""How findings are written. A new format is one module here and its name below."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from mkdocs_hotfix.gate import Report

    Format: TypeAlias = Callable[[Report], str]


def _late(name: str) -> Format:
    """Load a format when it is written: a run writes one or two of them."""

    def render(report: Report) -> str:
        text: str = import_module(f"mkdocs_hotfix.formats.{name}").render(report)
        return text

    return render


FORMATS: Mapping[str, Format] = {
    name: _late(name) for name in ("text", "concise", "json", "github", "gitlab", "sarif", "junit")
}
