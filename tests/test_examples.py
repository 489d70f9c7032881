"""Example records of a shop, and public hotfixes as their sources tell them: every finding, to the letter."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from mkdocs.commands.build import build
from mkdocs.config import load_config
from mkdocs.exceptions import Abort

from mkdocs_hotfix.cli import cli

EXAMPLES = Path(__file__).parent / "examples"
SHOP = EXAMPLES / "docs/hotfixes"
PUBLIC = sorted((EXAMPLES / "real").glob("HF-*.md"))
NOW = "2026-11-24T00:00:00Z"


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(EXAMPLES)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1795478400")  # the same moment
    monkeypatch.setenv("NO_MKDOCS_2_WARNING", "1")


def check(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["check", *arguments], catch_exceptions=False, standalone_mode=False)


def errors(*arguments: str) -> list[tuple[str, str, int, int]]:
    found = json.loads(check(*arguments, "--format", "json").stdout)["findings"]
    return [(one["slug"], one["pointer"], one["line"], one["column"]) for one in found if one["level"] == "error"]


def test_both_ways_to_say_now_are_the_same_moment():
    assert check("--as-of", NOW).stdout == check().stdout


def test_a_complete_hotfix_passes():
    done = check("docs/hotfixes/HF-2026-0007.md")
    assert (done.return_value, done.stdout) == (0, "1 record checked, nothing to do\n")


def test_a_hotfix_that_claims_more_than_it_proves_fails_with_exactly_what_is_missing():
    assert check("docs/hotfixes/HF-2026-0019.md").return_value == 1
    assert errors("docs/hotfixes/HF-2026-0019.md") == [
        ("missing-evidence", "/evidence/smoke-test", 21, 1),
        ("missing-evidence", "/evidence/communication", 21, 1),
        ("report-missing", "/evidence/regression-test/report", 24, 3),
    ]


def test_a_hotfix_that_was_just_reported_passes_and_only_its_clock_is_told():
    done = check("docs/hotfixes/HF-2026-0020.md", "--format", "json")
    assert done.return_value == 0
    assert {one["slug"] for one in json.loads(done.stdout)["findings"]} == {"sla-missed"}


def test_the_shop_is_told_to_the_letter(says: Callable[[str, Path], None]):
    done = check()
    assert done.return_value == 1
    says(done.stdout, EXAMPLES / "docs.txt")


@pytest.mark.parametrize("record", PUBLIC, ids=lambda file: file.stem)
def test_a_public_hotfix_fails_with_what_its_source_does_not_tell(record: Path, says: Callable[[str, Path], None]):
    done = check(f"real/{record.name}")
    assert done.return_value == 1
    says(done.stdout, record.with_suffix(".txt"))


@pytest.mark.parametrize("record", PUBLIC, ids=lambda file: file.stem)
def test_what_is_told_of_a_public_hotfix_is_true(record: Path):
    """A finding that calls something missing names nothing that is there; any other one names something that is."""
    front_matter = record.read_text("utf-8").split("---\n")[1]
    for slug, pointer, line, column in errors(f"real/{record.name}"):
        head, _, tail = pointer.strip("/").partition("/")
        start = front_matter.splitlines()[line - 2][column - 1 :]
        if slug == "not-allowed-value":
            assert start.startswith("20"), "the day without a time"
        elif f"\n{head}:" in f"\n{front_matter}":
            rest = f"\n{front_matter}".partition(f"\n{head}:")[2].partition("\n")[0]
            assert start.startswith(head)
            assert tail
            assert f"{tail}:" not in rest
        else:
            assert start.startswith("deployed"), "the status that needs it"


def test_every_example_is_in_the_tests():
    assert sorted(file.name for file in SHOP.glob("*.md")) == [f"HF-2026-00{n}.md" for n in ("07", "19", "20")]
    assert len(PUBLIC) == 3


@pytest.mark.parametrize(
    ("records", "summary"), [("docs", "3 records, 3 errors, 2 warnings"), ("real", "3 records, 41 errors")]
)
def test_a_build_stops_once_with_the_same_count(
    records: str, summary: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    docs = EXAMPLES / "docs"
    if records == "real":
        docs = tmp_path / "docs"
        (docs / "hotfixes").mkdir(parents=True)
        for file in PUBLIC:
            (docs / "hotfixes" / file.name).write_bytes(file.read_bytes())
    made = tmp_path / "mkdocs.yml"
    made.write_text(f"site_name: Example\ndocs_dir: {docs}\nplugins: [hotfix]\n", "utf-8")
    site = tmp_path / "site"
    config = load_config(str(made), site_dir=str(site))
    with pytest.raises(Abort) as stop:
        build(config)
    assert stop.value.exit_code == 1
    *findings, end = [one.getMessage() for one in caplog.records if one.levelname == "ERROR"]
    assert end == f"hotfix gate: {summary}. `hotfix check` shows the lines and what to do."
    assert len(findings) == int(summary.split()[2])
    assert not site.exists()
