"""Files written by a check: several at once, when all is judged, each whole or as it was."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import click
import pytest
from click.testing import CliRunner, Result

from mkdocs_hotfix import cli
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.formats import FORMATS

Facts = Mapping[str, Any]
AS_OF = "--as-of=2026-04-14T03:30:00Z"


def check(*arguments: str) -> Result:
    result = CliRunner().invoke(cli.cli, ["check", AS_OF, *arguments], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result


def test_several_formats_are_written_at_once(shop, reported: Facts):
    shop.file({**reported, "status": "closed"})
    names = {style: f"out/{style}" for style in FORMATS}
    result = check("--format", "concise", *(f"--output={style}={name}" for style, name in names.items()))
    assert result.return_value == 1
    assert result.stdout == Path("out/concise").read_text("utf-8")
    assert json.loads(Path("out/sarif").read_text("utf-8"))["runs"][0]["invocations"][0]["exitCode"] == 1
    assert ET.parse("out/junit").getroot().get("failures") == "1"
    assert "\x1b" not in Path("out/text").read_text("utf-8")
    assert sorted(path.name for path in Path("out").iterdir()) == sorted(FORMATS)


def test_strict_counts_in_the_files_too(shop, reported: Facts):
    shop.file({**reported, "status": "triaged"})
    shop.policy(levels={"missing-requirement": "warning"})
    for flags, failures in ((), "0"), (("--strict",), "1"):
        assert check(*flags, "--output=junit=x.xml").return_value == int(failures)
        assert ET.parse("x.xml").getroot().get("failures") == failures


def test_the_summary_is_added_below_what_is_there(shop, reported: Facts):
    shop.file(reported)
    page = Path("summary.md")
    page.write_text("# Tests\n\nno line break at the end", "utf-8")
    check("--summary", "summary.md")
    check("--summary", "summary.md")
    text = page.read_text("utf-8")
    assert text.startswith("# Tests\n\nno line break at the end\n## Hotfix gate: open\n\n1 record, 0 errors, as of ")
    assert text.count("\n## Hotfix gate: open\n") == 2
    check("--summary", "new/summary.md")
    assert Path("new/summary.md").read_text("utf-8").startswith("## Hotfix gate: open\n")


@pytest.mark.parametrize(
    "arguments",
    [("nowhere",), ("--policy=nowhere.yml",), ("--as-of=soon",), ("docs/empty",), ("--changed-since=nowhere",)],
    ids=str,
)
def test_no_file_is_made_before_all_is_judged(shop, reported: Facts, arguments: tuple[str, ...]):
    shop.file(reported)
    (shop.root / "empty").mkdir()
    Path("old.json").write_text("old", "utf-8")
    with pytest.raises(SetupError):
        check(*arguments, "--output=json=old.json", "--output=sarif=out/new.sarif", "--summary=summary.md")
    assert Path("old.json").read_text("utf-8") == "old"
    assert not Path("out").exists()
    assert not Path("summary.md").exists()


def test_a_crash_while_writing_one_format_writes_none(shop, reported: Facts, monkeypatch: pytest.MonkeyPatch):
    def broken(_: object) -> str:
        raise ZeroDivisionError

    shop.file(reported)
    monkeypatch.setitem(FORMATS, "junit", broken)  # type: ignore[arg-type]
    with pytest.raises(ZeroDivisionError):
        check("--output=json=a.json", "--output=junit=b.xml", "--summary=c.md")
    assert not {"a.json", "b.xml", "c.md"}.intersection(path.name for path in Path.cwd().iterdir())


@pytest.mark.parametrize(
    ("option", "said"),
    [
        ("json", "Name a file: `json=FILE`"),
        ("json=", "Name a file"),
        ("json=-", "--format"),
        ("html=x", "`html` is no format. Write FORMAT=FILE with one of text, "),
        ("=x", "is no format"),
        ("x.json", "is no format"),
    ],
)
def test_what_is_no_format_or_file_is_said(shop, reported: Facts, option: str, said: str):
    shop.file(reported)
    with pytest.raises(click.BadParameter) as told:
        check(f"--output={option}")
    assert said in told.value.message


@pytest.mark.parametrize(
    "target",
    [
        "docs/hotfixes/HF-2026-0001.md",
        "docs/hotfixes/HF-2026-0001/regression-test.xml",
        "docs/hotfixes/new.json",
        "docs/policy.yml",
        "docs/../docs/policy.yml",
        "link.json",
    ],
)
@pytest.mark.parametrize("option", ["--output=json=", "--summary="])
def test_nothing_that_the_gate_reads_is_written_over(shop, reported: Facts, target: str, option: str):
    record = shop.file(reported)
    shop.policy(name="A policy")
    Path("link.json").symlink_to(record)
    before = {path: path.read_bytes() for path in shop.root.rglob("*") if path.is_file()}
    with pytest.raises(SetupError, match="Name another file"):
        check(f"{option}{target}")
    assert {path: path.read_bytes() for path in shop.root.rglob("*") if path.is_file()} == before


def test_one_file_for_two_outputs_is_refused(shop, reported: Facts):
    shop.file(reported)
    for more in ("--output=sarif=./x", "--summary=x"):
        with pytest.raises(SetupError, match="named twice"):
            check("--output=json=x", more)


def test_what_can_not_be_written_is_no_yes(shop, reported: Facts):
    shop.file(reported)
    Path("folder").mkdir()
    Path("file").write_text("x", "utf-8")
    for target in ("folder", "file/x.json"):
        with pytest.raises(SetupError, match="can not be written"):
            check(f"--output=json={target}")


def test_a_full_disk_is_no_yes_and_leaves_the_summary_as_it_was(shop, reported: Facts):
    shop.file(reported)
    with pytest.raises(SetupError, match="Make room on the disk"):
        check("--output=json=/dev/full")
    with pytest.raises(SetupError, match="can not be written"):
        check("--summary=/dev/full")


def test_a_pipe_can_be_named(shop, reported: Facts):
    shop.file(reported)
    code = f"exec 3>&1; {Path(sys.executable).parent}/hotfix check {AS_OF} --output json=/dev/fd/3 >/dev/null"
    said = subprocess.run(["bash", "-c", code], capture_output=True, check=True, timeout=60).stdout
    assert json.loads(said)["summary"]["records"] == 1


def test_the_mode_of_a_file_stays_and_a_link_is_followed(shop, reported: Facts):
    shop.file(reported)
    Path("real.json").write_text("old", "utf-8")
    Path("real.json").chmod(0o600)
    Path("link.json").symlink_to("real.json")
    check("--output=json=link.json")
    assert Path("link.json").is_symlink()
    assert json.loads(Path("real.json").read_text("utf-8"))["version"] == 1
    assert Path("real.json").stat().st_mode & 0o777 == 0o600


def test_files_hold_what_is_left_after_a_mending_and_none_is_written_for_a_difference(shop, reported: Facts):
    shop.file({**{key: value for key, value in reported.items() if key != "title"}, "titel": "Prices are old"})
    with pytest.raises(click.UsageError, match="writes nothing"):
        check("--diff", "--output=json=x.json")
    assert check("--fix", "--output=json=x.json").return_value == 0
    assert json.loads(Path("x.json").read_text("utf-8"))["findings"] == []
