"""The README shows the real program: its samples, its commands and what they print."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest

from mkdocs_hotfix.cli import cli

from .walk import ROOT, blocks, commands, run

README = (ROOT / "README.md").read_text("utf-8")

PROMISED = ("0", "1", "2", "3")


CONSOLE = [one for block in blocks(README) if block.language == "console" for one in commands(block)]
SAMPLES = [block for block in blocks(README) if block.title]


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A folder with the README's own files and nothing else."""
    for sample in SAMPLES:
        file = tmp_path / sample.title
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(sample.text, "utf-8")
    return tmp_path


def seen(page: str) -> str:
    """Reduce a page to the words that a reader sees."""
    body = re.sub(r"<svg.*?</svg>", " ", page[page.index('<div class="hf') :], flags=re.DOTALL)
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", body)).split())


@pytest.mark.parametrize(("command", "output"), CONSOLE, ids=[command for command, _ in CONSOLE])
def test_a_command_prints_what_the_readme_says(command: str, output: str, site: Path):
    assert run(command, site).stdout.strip() == output.strip()


def test_the_readme_has_examples_and_samples():
    assert len(CONSOLE) >= 5
    assert {sample.title for sample in SAMPLES} >= {"mkdocs.yml", "docs/hotfixes/HF-2026-0001.md"}


def test_the_page_of_the_sample_record_shows_what_the_readme_shows(site: Path):
    record = site / "docs/hotfixes/HF-2026-0002.md"
    refused = run("mkdocs build --strict", site)
    assert refused.returncode == 1, refused.stdout
    record.write_text(record.read_text("utf-8").replace("status: verified", "status: fixing"), "utf-8")
    built = run("mkdocs build --strict", site)
    assert built.returncode == 0, built.stdout
    page = seen((site / "site/hotfixes/HF-2026-0002/index.html").read_text("utf-8"))
    shown = next(block.text for block in blocks(README) if block.language == "text")
    for cell in re.split(r"\n\s*| {2,}", shown.strip()):
        assert cell in page, cell
    verification = shown.partition("Verification\n")[2]
    for row in verification.strip().splitlines():
        assert " ".join(row.split()) in page, row


def test_the_sample_page_shows_its_block(site: Path):
    (site / "docs/hotfixes/HF-2026-0002.md").unlink()
    built = run("mkdocs build --strict", site)
    assert built.returncode == 0, built.stdout
    page = (site / "site/index.html").read_text("utf-8")
    assert "Restored within" in page
    assert "{{" not in page.partition("<body")[2]


def test_exit_codes_are_those_of_the_table(site: Path):
    table = re.search(r"\| Exit code of `hotfix check` \|.*?\n\n", README, re.DOTALL)
    assert table
    assert tuple(re.findall(r"^\| (\d) \|", table[0], re.MULTILINE)) == PROMISED
    assert run("hotfix check docs/hotfixes/HF-2026-0001.md", site).returncode == 0
    assert run("hotfix check", site).returncode == 1
    assert run("hotfix check nowhere", site).returncode == 2


def test_the_readme_names_every_command():
    for name in cli.commands:
        assert f"`hotfix {name}" in README


@pytest.mark.parametrize("text", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"])
def test_every_path_named_exists(text: str):
    """Paths are recognised by a folder of the repository in front, or by a file's ending; samples are left out."""
    markdown = (ROOT / text).read_text("utf-8")
    prose = re.sub(r"^( *)(`{3,}).*?^\1\2$", "", markdown, flags=re.MULTILINE | re.DOTALL)
    folders = {entry.name for entry in ROOT.iterdir() if entry.is_dir()} - {"site"}
    samples = {"docs/hotfixes", "docs/hotfixes/HF-2026-0001/"}  # of the reader
    links = [link for link in re.findall(r"\]\(([^)#\s]+)[^)]*\)", prose) if "://" not in link]
    assert all((ROOT / link).exists() for link in links), links
    for name in re.findall(r"`([^`\s]+)`", prose):
        if name in samples or re.search(r"[<>{*…]|[A-Z]{4}", name.replace("HF-YYYY", "<")):
            continue
        if "/" in name and name.partition("/")[0] in folders:
            assert (ROOT / name).exists(), f"{text} names {name}, which does not exist"


def test_every_make_target_named_exists():
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE))
    for text in ("README.md", "CONTRIBUTING.md"):
        named = set(re.findall(r"(?:^|`)make ([a-z]+)", (ROOT / text).read_text("utf-8"), re.MULTILINE))
        assert named
        assert named <= targets, named - targets


def test_make_site_and_make_test_are_the_two_commands():
    block = next(block.text for block in blocks(README) if block.language == "sh")
    assert [line.split("#")[0].strip() for line in block.splitlines()] == ["make site", "make test"]
    assert (ROOT / ".ci/run").read_text("utf-8").rstrip().endswith("make test")
