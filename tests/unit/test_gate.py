"""The gate: which files are judged, in which order, by which time, and what closes it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import gate
from mkdocs_hotfix.findings import Level, SetupError
from mkdocs_hotfix.gate import Report, now
from mkdocs_hotfix.rules import RULES

Facts = Mapping[str, Any]


def slugs(report: Report) -> list[str]:
    return [one.slug for one in report.findings]


# -- which files -------------------------------------------------------------------------------------------


def test_a_right_record_has_no_finding(shop, reported: Facts):
    shop.file(reported)
    report = shop.check()
    assert report.findings == ()
    assert (report.records, report.exit_code(), report.exit_code(strict=True)) == (1, 0, 0)
    assert report.summary == "1 record, 0 errors"


def test_every_markdown_file_below_the_folder_is_a_record(shop, reported: Facts):
    names = ["a.md", "B.MD", "c.markdown", "d.mdown", "e.mkd", "deep/er/f.md", "deep/index.md", "notes.txt.md"]
    for name in names:
        shop.file("nothing", name)
    assert {one.path for one in shop.check().judged} == {f"docs/hotfixes/{name}" for name in names}


def test_what_is_no_markdown_and_what_is_hidden_is_no_record(shop, reported: Facts):
    shop.file(reported)
    for name in ("notes.txt", "report.xml", ".draft.md", ".git/x.md", "md"):
        shop.file("nothing", name)
    assert shop.check().records == 1


@pytest.mark.parametrize("index", ["index.md", "README.md"])
def test_the_folders_own_index_page_is_no_record(shop, reported: Facts, index: str):
    shop.file(reported)
    (shop.records / index).write_text("# Hotfixes\n", "utf-8")
    assert shop.check().findings == ()


def test_beside_an_index_a_readme_is_a_record_since_mkdocs_would_publish_it_unjudged(shop, reported: Facts):
    shop.file(reported)
    (shop.records / "index.md").write_text("# Hotfixes\n", "utf-8")
    (shop.records / "README.md").write_text("# Notes\n", "utf-8")
    assert [one.path for one in shop.check().findings] == ["docs/hotfixes/README.md"]


def test_a_file_without_front_matter_is_an_error_and_never_a_page(shop):
    (shop.records / "notes.md").write_text("# Notes\n", "utf-8")
    assert slugs(shop.check()) == ["unreadable-front-matter"]


def test_one_broken_record_does_not_hide_the_others(shop, reported: Facts):
    shop.file("title: Fix: x", "HF-2026-0001.md")
    shop.file({**reported, "id": "HF-2026-0002", "status": "triaged"}, "HF-2026-0002.md")
    report = shop.check()
    assert [(one.path[-6:], one.slug) for one in report.findings] == [
        ("001.md", "unreadable-front-matter"),
        ("002.md", "missing-requirement"),
    ]


def test_a_link_is_refused_and_what_it_leads_to_is_not_read(shop, reported: Facts, tmp_path: Path):
    shop.file(reported)
    secret = tmp_path / "secret.md"
    secret.write_text("root:x:0:0", "utf-8")
    (shop.records / "HF-2026-0002.md").symlink_to(secret)
    (shop.records / "HF-2026-0003").symlink_to(tmp_path)
    (shop.records / "gone.md").symlink_to(tmp_path / "gone")
    report = shop.check()
    assert slugs(report) == ["path-outside"] * 3
    assert all(one.level is Level.ERROR for one in report.findings)
    assert "root:x" not in repr([report.findings, [judged.source.lines for judged in report.judged]])


@pytest.mark.parametrize(
    "make",
    [os.mkfifo, lambda path: path.symlink_to("/dev/zero"), lambda path: path.write_bytes(b"\xff\xfe\x00")],
    ids=["pipe", "device", "bytes"],
)
def test_what_can_not_be_read_is_an_error(shop, reported: Facts, make: Callable[[Path], object]):
    shop.file(reported)
    make(shop.records / "x.md")
    report = shop.check()
    assert report.exit_code() == 1
    assert report.records == 2


def test_a_folder_with_the_name_of_a_record_is_a_folder(shop, reported: Facts):
    shop.file(reported, "HF-2026-0002.md/HF-2026-0001.md")
    assert [one.path for one in shop.check().judged] == ["docs/hotfixes/HF-2026-0002.md/HF-2026-0001.md"]


def test_a_file_whose_name_is_no_text_is_judged_and_its_name_shown_without_doing_anything(shop):
    for name in (b"\xff\xfe.md", b"a\nb.md", b"\x1b[2J.md", "\u202edm.md".encode(), b"::error::x.md", b"-x.md"):
        Path(os.fsdecode(os.fsencode(shop.records) + b"/" + name)).write_bytes(b"---\nid: x\n---\n")
    report = shop.check()
    assert report.records == 6
    shown = "".join(one.path + one.message + "".join(one.help) for one in report.findings)
    assert all(char.isprintable() for char in shown)
    assert r"\u{1b}" in shown
    assert r"\u{dcff}" in shown


def test_two_files_with_one_id_are_both_told(shop, reported: Facts):
    shop.file(reported)
    shop.file(reported, "2026/HF-2026-0001.md")
    assert slugs(shop.check()) == ["duplicate-id", "duplicate-id"]


# -- what was asked for ------------------------------------------------------------------------------------


def test_only_what_was_asked_for_is_reported(shop, reported: Facts):
    shop.file({**reported, "status": "triaged"})
    other = shop.file({**reported, "id": "HF-2026-0002"}, "HF-2026-0002.md")
    report = shop.check(other)
    assert (report.records, report.findings) == (1, ())


def test_a_record_that_was_asked_for_is_compared_with_those_that_were_not(shop, reported: Facts):
    shop.file(reported)
    copy = shop.file(reported, "2026/HF-2026-0001.md")
    report = shop.check(copy)
    assert report.records == 1
    assert slugs(report) == ["duplicate-id"]


def test_a_path_named_twice_or_in_two_ways_is_judged_once(shop, reported: Facts):
    file = shop.file(reported)
    again = file.parent / "." / ".." / "hotfixes" / file.name
    assert shop.check(file, again, shop.records, file).records == 1


def test_a_record_outside_of_the_records_folder_is_judged_by_itself(shop, reported: Facts, tmp_path: Path):
    shop.file(reported)
    elsewhere = tmp_path / "drafts" / "HF-2026-0001.md"
    elsewhere.parent.mkdir()
    elsewhere.write_bytes((shop.records / "HF-2026-0001.md").read_bytes())
    assert shop.check(elsewhere).findings == ()


def test_any_named_file_is_judged_whatever_its_name(shop, tmp_path: Path):
    file = tmp_path / "notes.txt"
    file.write_text("x", "utf-8")
    assert slugs(shop.check(file)) == ["unreadable-front-matter"]


def test_a_path_that_leads_nowhere_is_a_wrong_set_up(shop):
    with pytest.raises(SetupError, match="does not exist"):
        shop.check(shop.records / "gone.md")


def test_a_records_folder_that_does_not_exist_is_a_wrong_set_up(shop):
    shop.records.rmdir()
    with pytest.raises(SetupError, match="does not exist"):
        shop.check()


# -- in which order ----------------------------------------------------------------------------------------


def test_findings_come_by_file_and_place(shop, reported: Facts):
    for number in (3, 1, 2):
        shop.file(f"id: HF-2026-000{number}\nstatus: nowhere\nzzz: x\ntitle: 4", f"HF-2026-000{number}.md")
    found = [(one.path, one.span) for one in shop.check().findings]
    assert found == sorted(found)
    assert len(found) == 9


def test_the_order_of_paths_changes_nothing(shop, reported: Facts):
    files = [
        shop.file({**reported, "id": f"HF-2026-000{number}", "status": "triaged"}, f"HF-2026-000{number}.md")
        for number in range(1, 5)
    ]
    expected = shop.check(*files).findings
    assert shop.check(*reversed(files)).findings == expected
    assert shop.check(files[2], files[0], files[3], files[1]).findings == expected
    assert shop.check().findings == expected


# -- when --------------------------------------------------------------------------------------------------


def test_what_was_given_comes_before_the_environment_and_that_before_the_clock():
    epoch = {"SOURCE_DATE_EPOCH": "1776127440"}
    given = datetime(2026, 11, 23, 3, 40, tzinfo=UTC)
    assert now("2026-11-23T05:40:00+02:00", epoch) == given
    assert now(None, epoch) == datetime.fromtimestamp(1776127440, UTC)
    for environment in ({}, {"SOURCE_DATE_EPOCH": ""}):
        assert abs(now(None, environment) - datetime.now(UTC)) < timedelta(hours=1)


@pytest.mark.parametrize(
    "given", ["", "now", "2026-11-23", "2026-11-23T03:40:00", "2026-02-30T00:00:00Z", "1776127440"]
)
def test_a_time_that_is_none_is_a_wrong_set_up(given: str):
    with pytest.raises(SetupError, match="--as-of"):
        now(given, {"SOURCE_DATE_EPOCH": "0"})


@pytest.mark.parametrize("epoch", ["soon", "1e9", "99999999999999999999", "-99999999999999", " "])
def test_an_epoch_that_is_none_is_a_wrong_set_up(epoch: str):
    with pytest.raises(SetupError, match="SOURCE_DATE_EPOCH"):
        now(None, {"SOURCE_DATE_EPOCH": epoch})


def test_the_same_record_is_right_today_and_overdue_tomorrow(shop, deployed: Facts):
    shop.file(deployed)
    report = shop.check()
    assert report.findings == ()
    overdue = shop.check(as_of=report.as_of + timedelta(days=2))
    assert slugs(overdue).count("evidence-overdue") == 3


# -- what closes it ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("level", "plain", "strict"), [("error", 1, 1), ("warning", 0, 1), ("note", 0, 0), ("off", 0, 0)]
)
def test_the_policy_sets_the_level_of_a_rule(shop, reported: Facts, level: str, plain: int, strict: int):
    shop.file({**reported, "status": "triaged"})
    report = shop.check(levels={"missing-requirement": level})
    assert [str(one.level) for one in report.findings] == ([] if level == "off" else [level])
    assert (report.exit_code(), report.exit_code(strict=True)) == (plain, strict)


@pytest.mark.parametrize("slug", [rule.slug for rule in RULES if rule.fixed])
@pytest.mark.parametrize("level", ["warning", "note", "off"])
def test_what_can_not_be_read_can_not_be_waved_through(shop, slug: str, level: str):
    with pytest.raises(SetupError, match=rf"docs/policy\.yml:1:\d+: `{slug}` stays an error"):
        shop.check(levels={slug: level})


def test_a_fixed_rule_may_be_called_an_error(shop, reported: Facts):
    shop.file(reported)
    assert shop.check(levels={rule.slug: "error" for rule in RULES}).findings == ()


def test_a_level_for_a_rule_that_does_not_exist_names_the_one_that_was_meant(shop):
    with pytest.raises(SetupError, match=r"`mising-evidence` is no rule\. Did you mean `missing-evidence`"):
        shop.check(levels={"mising-evidence": "off"})


def test_a_rule_that_is_off_leaves_the_others_on(shop, deployed: Facts):
    wrong = deepcopy(dict(deployed)) | {"approvals": []}
    del wrong["evidence"]["fix-verification"]
    shop.file(wrong)
    assert set(slugs(shop.check())) == {"missing-evidence", "missing-approval"}
    assert slugs(shop.check(levels={"missing-evidence": "off"})) == ["missing-approval"]


def test_a_record_with_a_wrong_shape_is_told_all_that_can_still_be_judged(shop, deployed: Facts):
    wrong = deepcopy(dict(deployed)) | {"severity": 4, "approvals": []}
    shop.file(wrong)
    assert set(slugs(shop.check())) == {"not-allowed-value", "missing-approval"}


def test_the_verdict_of_the_gate_does_not_depend_on_the_seed_of_hashes(shop, reported: Facts):
    for number in range(1, 6):
        shop.file(
            {**reported, "id": "HF-2026-0001", "status": "closed", "x": number, "y": 1, "release": {"base": 4.2}},
            f"HF-2026-000{number}.md",
        )
    outputs = {
        subprocess.run(
            [Path(sys.executable).parent / "hotfix", "check", "--format=json", "--as-of=2026-05-01T00:00:00Z"],
            env={**os.environ, "PYTHONHASHSEED": seed},
            capture_output=True,
            check=False,
        ).stdout
        for seed in ("1", "2", "3")
    }
    assert len(outputs) == 1
    assert len(outputs.pop()) > 1000


def test_the_gate_itself_needs_no_clock(shop, reported: Facts):
    shop.file(reported)
    policy = shop.policy()
    report = gate.check(policy, datetime(2026, 4, 14, 1, 30, tzinfo=UTC))
    assert report == gate.check(policy, datetime(2026, 4, 14, 1, 30, tzinfo=UTC))
