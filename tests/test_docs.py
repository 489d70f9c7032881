"""The manual is followed to the letter, as somebody does who has never seen this: each page from an empty folder to its end."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest

from mkdocs_hotfix import policyfile

from .walk import EXCERPT, NOW, ROOT, Block, blocks, commands, run, says, write

DOCS = ROOT / "docs"
TUTORIAL = DOCS / "tutorial.md"
HOW_TO = sorted((DOCS / "how-to").glob("*.md"))
WALKED = [TUTORIAL, *HOW_TO]
FROM_NOTHING = ("tutorial", "existing-site", "monorepo", "github", "gitlab")
"""Pages that begin before `hotfix init`; the others begin after it."""


def page_blocks(path: Path) -> list[Block]:
    return list(blocks(path.read_text("utf-8")))


def follow(path: Path, folder: Path) -> None:
    """Do what a page says, block by block."""
    now = NOW
    for block in page_blocks(path):
        if block.title:
            before = (folder / block.title).read_text("utf-8") if (folder / block.title).exists() else None
            write(block, folder)
            if before is not None and path.stem in ("github", "gitlab") and not block.title.endswith(EXCERPT):
                assert block.text == before, f"{block.title} is not what `hotfix init` writes"
            if block.title.startswith("docs/policy.yml"):
                policyfile.load(folder / "docs" / "policy.yml")
        elif block.language == "console":
            for command, expected in commands(block):
                now += timedelta(seconds=1)  # a reader does one thing after the other, and rules look at the order
                printed = run(command, folder, now).stdout
                if not says(printed, expected):
                    pytest.fail(f"{path.name}: $ {command}\n{printed}", pytrace=False)


@pytest.mark.slow
@pytest.mark.parametrize("path", WALKED, ids=lambda path: path.stem)
def test_every_step_of_a_page_does_what_the_page_says(path: Path, tmp_path: Path):
    if path.stem not in FROM_NOTHING:
        assert run("hotfix init", tmp_path).returncode == 0
    follow(path, tmp_path)


def test_the_block_without_a_name_in_the_page_about_existing_sites_is_what_init_makes_of_the_one_before(tmp_path: Path):
    before, page, after = (
        block for block in page_blocks(DOCS / "how-to" / "existing-site.md") if block.language != "console"
    )
    write(before, tmp_path)
    write(page, tmp_path)
    run("hotfix init", tmp_path)
    assert (tmp_path / "mkdocs.yml").read_text("utf-8") == after.text


@pytest.mark.parametrize("path", WALKED, ids=lambda path: path.stem)
def test_every_yaml_block_is_read_by_something(path: Path):
    """A block without a name is checked by nothing: only these few are."""
    loose = [
        block.text.split("\n")[0]
        for block in page_blocks(path)
        if block.language in ("yaml", "markdown", "json") and not block.title
    ]
    known = {"existing-site": ["# The handbook of the shop."], "gitlab": ["include:"]}
    assert loose == known.get(path.stem, [])


@pytest.mark.parametrize("path", [*WALKED, *sorted((DOCS / "explanation").glob("*.md"))], ids=lambda path: path.stem)
def test_links_between_pages_lead_somewhere(path: Path):
    made = {
        "rules.md",
        "record.md",
        "process.md",
        "triage.md",
        "metrics.md",
        "new.md",
        "hotfixes/index.md",
        "releases/index.md",
    }
    for link in re.findall(r"\]\((?!https?:)([^)#\s]+)", path.read_text("utf-8")):
        target = (path.parent / link).resolve()
        assert target.is_file() or target.relative_to(DOCS).as_posix() in made, link


def test_the_wildcard_does_not_hide_what_comes_after_it():
    assert says("a\nb\nc\n", "a\n…\nc\n")
    assert says("a\nb\n", "…\n")
    assert says("", "")
    assert not says("a\nb\nd\n", "a\n…\nc\n")
    assert not says("a\nb\n", "a\n")
