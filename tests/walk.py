"""Pages of the manual as their reader follows them: files are written, commands are run, and print what the page says.

A block with a title is the file of that name. `(excerpt)` behind the name puts the fields of the block in the place of those
that the file has. A `console` block is run; a line `…` in it stands for any number of lines. A `sh` block can not be run here
(it installs, pushes, or needs a host); a block of any other language without a title is only looked at.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from mkdocs_hotfix import editing, source

ROOT = Path(__file__).resolve().parents[1]
NOW = datetime(2026, 4, 14, 2, 30, tzinfo=UTC)
"""The night of the manual's hotfix."""

EXCERPT = " (excerpt)"


@dataclass(frozen=True)
class Block:
    """A fenced block: its language, the file it stands for, and its text."""

    language: str
    title: str
    text: str


def blocks(markdown: str) -> Iterator[Block]:
    pattern = r'^( *)(`{3,})(\w+)(?: title="([^"]+)")?\n(.*?)^\1\2$'
    for found in re.finditer(pattern, markdown, re.MULTILINE | re.DOTALL):
        yield Block(found[3], found[4] or "", textwrap.dedent(found[5]))


def commands(block: Block) -> Iterator[tuple[str, str]]:
    """Tell each command of a console block with what the block says it prints. A backslash goes on in the next line."""
    for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
        found = re.match(r"((?:[^\n]*\\\n)*[^\n]*)\n?(.*)", part, re.DOTALL)
        assert found
        yield found[1], found[2]


def environment(now: datetime = NOW) -> Mapping[str, str]:
    """Nothing of the caller's shell but the way to the programs of this environment."""
    return {
        "PATH": os.pathsep.join([str(Path(sys.executable).parent), os.defpath]),
        "SOURCE_DATE_EPOCH": str(int(now.timestamp())),
        "PYTHONIOENCODING": "utf-8",
        "NO_MKDOCS_2_WARNING": "1",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_SYSTEM": os.devnull,
    }


def run(command: str, folder: Path, now: datetime = NOW) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        shell=True,
        cwd=folder,
        env=environment(now),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        check=False,
        timeout=60,
    )


def write(block: Block, folder: Path) -> None:
    """Put the file of a block into its place."""
    file = folder / block.title.removesuffix(EXCERPT)
    file.parent.mkdir(parents=True, exist_ok=True)
    if not block.title.endswith(EXCERPT):
        file.write_text(block.text, "utf-8")
        return
    raw = file.read_bytes()
    front_matter = file.suffix == ".md"
    data = source.parse(raw, front_matter=front_matter).data
    fields = source.parse(block.text.encode(), front_matter=False).data
    assert data is not None, block.title
    assert fields, block.text
    file.write_bytes(editing.rewrite(raw, {**data, **fields}, front_matter=front_matter))


def says(printed: str, expected: str) -> bool:
    """Compare what a command prints with what the page says."""
    wanted = (r"(?:.*\n)*" if line == "…" else re.escape(line) + r"\n" for line in expected.strip("\n").split("\n"))
    lines = "".join(line.rstrip() + "\n" for line in printed.strip("\n").split("\n"))
    return re.fullmatch("".join(wanted), lines) is not None
