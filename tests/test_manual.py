"""The handbook's page about the command line is what the program itself says."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from click.testing import CliRunner

from mkdocs_hotfix.cli import cli
from mkdocs_hotfix.cli.manual import manual

REFERENCE = Path(__file__).resolve().parents[1] / "docs" / "reference" / "cli.md"


def test_the_reference_of_the_command_line_is_that_of_the_program(says: Callable[[str, Path], None]):
    says(manual(cli), REFERENCE)


def test_the_reference_leaves_out_nothing_that_help_says():
    page = REFERENCE.read_text("utf-8")
    general = words(page.partition("\n### ")[0])
    for name in cli.commands:
        settings = {"terminal_width": 500, "max_content_width": 500}
        shown = CliRunner().invoke(cli, [name, "--help"], prog_name="hotfix", **settings).output
        section = page.partition(f"\n### hotfix {name}\n")[2].partition("\n### ")[0]
        left_out = words(shown.replace("<=x<=", " to ")) - words(section) - general - {"usage", "default"}
        assert not left_out, name


def words(text: str) -> set[str]:
    return set(re.findall(r"[\w./$-]*\w", text.lower()))
