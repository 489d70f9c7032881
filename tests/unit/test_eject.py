"""A page of the site becomes a file of one's own, whole, and never over one that is there."""

from __future__ import annotations

import os

import click
import pytest
from click.testing import CliRunner

from mkdocs_hotfix import cli
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.pages import GENERATED, NAMES


def eject(*arguments: str) -> str:
    result = CliRunner().invoke(cli.cli, ["eject", *arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    assert result.return_value == 0
    return result.output


def test_every_page_that_is_made_has_a_name_and_is_listed(shop):
    assert {*NAMES.values()} == {*GENERATED}
    assert [line.split() for line in eject().splitlines()] == [
        [name, f"docs/{path.format(records='hotfixes')}"] for name, path in NAMES.items()
    ]


def test_a_page_is_written_with_the_front_matter_that_asks_for_its_blocks(shop):
    assert eject("process").startswith("Wrote docs/process.md. ")
    text = (shop.root / "process.md").read_text("utf-8")
    assert text.startswith("---\nhotfix: blocks\ndescription:")
    assert "{{ hotfix.severities }}" in text
    eject("rules")
    assert (shop.root / "rules.md").read_text("utf-8").startswith("---\nhotfix: blocks\n---\n\n# Rules\n")


def test_the_list_goes_where_the_policy_keeps_its_records(shop):
    shop.policy(records="fixes")
    (shop.root / "fixes").mkdir()
    eject("hotfixes")
    assert (shop.root / "fixes/index.md").is_file()


def test_a_page_that_is_there_is_kept_and_force_writes_over_it(shop):
    mine = shop.root / "triage.md"
    mine.write_bytes(b"# Mine\r\n")
    with pytest.raises(SetupError, match=r"docs/triage\.md is already there\. Edit it, or say --force"):
        eject("triage.md")
    assert mine.read_bytes() == b"# Mine\r\n"
    eject("triage", "--force")
    assert "hotfix: blocks" in mine.read_text("utf-8")


@pytest.mark.parametrize(
    ("page", "twin"),
    [
        ("process", "process/index.md"),
        ("process", "process.markdown"),
        ("hotfixes", "hotfixes/README.md"),
        ("hotfixes", "hotfixes.md"),
        ("home", "README.md"),
        ("releases", "releases.md"),
    ],
)
def test_a_page_at_the_same_address_is_not_doubled_even_with_force(shop, page, twin):
    mine = shop.root / twin
    mine.parent.mkdir(exist_ok=True)
    mine.write_text("# Mine\n", "utf-8")
    before = sorted(shop.root.rglob("*"))
    with pytest.raises(SetupError, match=f"docs/{twin} is that page already"):
        eject(page, "--force")
    assert sorted(shop.root.rglob("*")) == before


def test_a_link_is_not_followed(shop, tmp_path):
    outside = tmp_path / "outside.md"
    outside.write_text("# Not yours\n", "utf-8")
    (shop.root / "new.md").symlink_to(outside)
    with pytest.raises(SetupError, match="symbolic link"):
        eject("new", "--force")
    assert outside.read_text("utf-8") == "# Not yours\n"


def test_an_unknown_page_is_told_and_the_known_ones_are_named(shop):
    with pytest.raises(click.UsageError, match=r"There is no page `proces`\. Did you mean `process`\?"):
        eject("proces")
    with pytest.raises(click.UsageError, match=r"Name .*`home`.*`rules`"):
        eject("../../etc/passwd")


def test_printing_changes_nothing(shop):
    before = sorted(shop.root.rglob("*"))
    assert eject("metrics", "--print").startswith("---\nhotfix: blocks\n")
    assert sorted(shop.root.rglob("*")) == before


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_a_folder_that_is_read_only_is_told(shop):
    shop.root.chmod(0o555)
    try:
        with pytest.raises(SetupError, match=r"docs/process\.md can not be written"):
            eject("process")
    finally:
        shop.root.chmod(0o755)
