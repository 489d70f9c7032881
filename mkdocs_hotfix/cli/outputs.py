"""Files that a command writes besides what it prints: all of them when it is done, each whole or as it was."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import click

from mkdocs_hotfix.cli.words import ParamType
from mkdocs_hotfix.findings import SetupError, shorten, visible

if TYPE_CHECKING:
    from mkdocs_hotfix.gate import Report


class FormatFile(ParamType):
    """`FORMAT=FILE`: how to write, and where."""

    name = "format=file"

    def __init__(self, formats: Collection[str]) -> None:
        self.formats = formats

    def convert(
        self, value: str | tuple[str, Path], param: click.Parameter | None, ctx: click.Context | None
    ) -> tuple[str, Path]:
        """Take the two apart.

        Raises:
            click.BadParameter: The format is none, or no file is named.
        """
        if isinstance(value, tuple):
            return value
        style, _, file = value.partition("=")
        if style not in self.formats:
            self.fail(
                f"`{shorten(style)}` is no format. Write FORMAT=FILE with one of {', '.join(self.formats)}.", param, ctx
            )
        if not file or file == "-":
            self.fail(f"Name a file: `{style}=FILE`. What goes to standard output is chosen with --format.", param, ctx)
        return style, Path(file)


def refuse_clashes(files: Collection[Path], records: Path, read: Collection[Path]) -> None:
    """See that no file is written twice, nor over one that was read, nor among records and their evidence.

    Raises:
        SetupError: One is.
    """
    if not files:
        return
    folder = os.path.join(os.path.realpath(records), "")
    sources = {os.path.realpath(one) for one in read}
    seen: set[str] = set()
    for file in files:
        real = os.path.realpath(file)
        if real in sources or real.startswith(folder):
            raise SetupError(f"{_shown(file)} is or lies among what the gate reads. Name another file for the output.")
        if real in seen:
            raise SetupError(f"{_shown(file)} is named twice for output. Name a file for each.")
        seen.add(real)


def write_all(report: Report, outputs: Mapping[Path, Callable[[Report], str]], summary: Path | None) -> None:
    """Make every text first, then write the files.

    Raises:
        SetupError: A file can not be written; it is as it was.
    """
    from mkdocs_hotfix import writing  # noqa: PLC0415 - `--help` starts without it
    from mkdocs_hotfix.formats import summary as page  # noqa: PLC0415

    texts = {file: render(report).encode("utf-8", "backslashreplace") for file, render in outputs.items()}
    below = page.render(report).encode("utf-8", "backslashreplace") if summary else b""
    for file, text in texts.items():
        writing.put(file, text)
    if summary:
        writing.append(summary, below)


def _shown(file: Path) -> str:
    return visible(str(file))
