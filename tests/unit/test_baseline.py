"""What is known of old records leaves the gate open; whatever is new, open, changed or unreadable closes it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from mkdocs_hotfix import agenda, baseline, cli, gate, policyfile, published
from mkdocs_hotfix.findings import SetupError

Facts = Mapping[str, Any]
ID = "HF-2026-0001"


def call(*arguments: str, code: int) -> Result:
    arguments = ("check", *arguments, "--as-of=2026-04-14T12:00:00Z")
    result = CliRunner().invoke(cli.cli, arguments, standalone_mode=False, catch_exceptions=False)
    assert result.return_value == code, result.output
    return result


@pytest.fixture
def old(shop, deployed: Facts) -> Path:
    """A closed record without the proof from production, and a policy."""
    shop.policy(name="Hot-fix process")
    return shop.file({**deployed, "status": "closed"})


def listed(shop) -> list[dict[str, str]]:
    return json.loads((shop.root / baseline.NAME).read_text("utf-8"))["known"]


def test_what_is_written_down_is_known_and_the_policy_says_so(shop, old: Path):
    call(code=1)
    made = call("--write-baseline", code=0)
    assert made.stdout == "1 record checked, nothing to do, 3 known\n"
    assert (
        made.stderr
        == "docs/.hotfix-baseline.json holds 3 known findings.\ndocs/policy.yml says `baseline: true` now.\n"
    )
    assert [one["at"] for one in listed(shop)] == [
        "/evidence/communication",
        "/evidence/production-verification",
        "/evidence/smoke-test",
    ]
    again = call(code=0)
    assert (again.stdout, again.stderr) == (made.stdout, "")


def test_a_moved_line_changes_nothing(shop, old: Path):
    call("--write-baseline", code=0)
    old.write_text(old.read_text("utf-8").replace("---\n", "---\n# an old one\n\n", 1), "utf-8")
    call(code=0)


def test_a_new_record_and_a_new_finding_close_the_gate(shop, old: Path, deployed: Facts):
    call("--write-baseline", code=0)
    data = {**deployed, "status": "closed", "work": {"owner": "jane", "sprint": "2026-08"}}
    shop.file(data)
    made = call("--format", "concise", code=1)
    assert "work.hours" in made.stdout
    assert "1 record, 1 error, 3 known" in made.stdout
    shop.file({**deployed, "status": "closed"})
    call(code=0)
    shop.file({**data, "id": "HF-2026-0002", "release": {**data["release"], "version": "4.12.4"}}, "HF-2026-0002.md")
    call(code=1)


def test_whoever_changes_what_is_known_hears_of_it_again(shop, old: Path, deployed: Facts):
    late = {**deployed, "status": "closed", "approvals": [{**deployed["approvals"][0], "at": "2026-04-14T03:40:00Z"}]}
    shop.file(late)
    call("--write-baseline", code=0)
    shop.file({**late, "deployed": {"at": "2026-04-14T03:25:00Z", "by": "checkout-oncall"}})
    assert "out-of-order" in call("--format", "concise", code=1).stdout


def test_a_record_that_is_open_is_never_known(shop, old: Path, deployed: Facts):
    call("--write-baseline", code=0)
    shop.file({**deployed, "status": "deployed"})
    made = call("--format", "concise", code=1)
    assert "evidence-overdue" in made.stdout
    (shop.root / baseline.NAME).unlink()
    call("--write-baseline", code=1)
    assert listed(shop) == []


def test_it_never_gets_longer(shop, old: Path, deployed: Facts, proof: Facts):
    call("--write-baseline", code=0)
    shop.file(
        {
            **deployed,
            "status": "closed",
            "evidence": {**deployed["evidence"], "smoke-test": proof["smoke-test"]},
            "work": {"owner": "jane", "sprint": "2026-08"},
        }
    )
    said = call(code=1).stderr
    assert (
        said
        == "docs/.hotfix-baseline.json: 1 entry matches nothing any more. Take out what does: `hotfix check --write-baseline`.\n"
    )
    call("--write-baseline", code=1)
    assert [one["at"] for one in listed(shop)] == ["/evidence/communication", "/evidence/production-verification"]


def test_what_is_mended_is_not_known_a_second_time(shop, old: Path, deployed: Facts, proof: Facts):
    call("--write-baseline", code=0)
    shop.file({**deployed, "status": "closed", "evidence": proof})
    call("--write-baseline", code=0)
    assert listed(shop) == []
    shop.file({**deployed, "status": "closed"})
    call(code=1)


def test_what_can_not_be_read_is_never_known(shop, old: Path, deployed: Facts):
    shop.file({**deployed, "status": "closed", "sevrity": "major"})
    shop.file("id: [", "HF-2026-0003.md")
    call("--write-baseline", code=1)
    assert {one["rule"] for one in listed(shop)} == {"missing-evidence"}


WRONG = {
    "no JSON": b"{",
    "another version": b'{"version": 2, "known": []}',
    "nothing known": b'{"version": 1}',
    "a list": b"[]",
    "no text": b'{"version": 1, "known": [{"record": 1, "rule": "missing-evidence", "at": ""}]}',
    "no rule": b'{"version": 1, "known": [{"record": "a", "rule": "any", "at": ""}]}',
    "a rule that stays": b'{"version": 1, "known": [{"record": "a", "rule": "unknown-field", "at": ""}]}',
    "a rule about changes": b'{"version": 1, "known": [{"record": "a", "rule": "record-deleted", "at": ""}]}',
    "deep nesting": b"[" * 100_000,
    "no text at all": b"\xff\xfe",
}


@pytest.mark.parametrize("raw", WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_baseline_stops_the_gate(raw: bytes, shop, old: Path):
    call("--write-baseline", code=0)
    (shop.root / baseline.NAME).write_bytes(raw)
    with pytest.raises(SetupError, match=r"docs/\.hotfix-baseline\.json"):
        call(code=2)


def test_a_baseline_that_is_asked_for_and_not_there_stops_the_gate(shop, old: Path):
    call("--write-baseline", code=0)
    (shop.root / baseline.NAME).unlink()
    with pytest.raises(SetupError, match=r"docs/policy\.yml.* does not exist"):
        call(code=2)


def test_a_baseline_counts_only_where_the_policy_asks_for_it(shop, old: Path):
    call("--write-baseline", code=0)
    shop.policy(name="Hot-fix process")
    call(code=1)


@pytest.mark.parametrize(
    "more", [["docs/hotfixes"], ["--changed-since", "HEAD"], ["--git"], ["--fix"], ["--diff"]], ids=str
)
def test_it_is_written_of_all_records_alike(more: list[str], shop, old: Path):
    with pytest.raises(click.UsageError, match="looks at all records"):
        call("--write-baseline", *more, code=2)


def test_it_needs_a_policy_of_ones_own(shop, deployed: Facts):
    shop.file(deployed)
    with pytest.raises(click.UsageError, match="hotfix init"):
        call("--write-baseline", code=2)


def test_one_entry_is_for_one_finding(shop, old: Path):
    call("--write-baseline", code=0)
    rules = policyfile.load(shop.root / "policy.yml")
    report = gate.check(rules, gate.now("2026-04-14T12:00:00Z"))
    (judged,) = report.judged
    entry = baseline.entry_of(judged.known[0], judged, rules)
    assert entry is not None
    twice = (judged.known[0], judged.known[0])
    made, _ = baseline.Baseline(Path(), {entry: 1}).part(
        [gate.Judged(judged.file, judged.path, judged.source, judged.record, twice)], rules
    )
    assert (len(made[0].findings), len(made[0].known)) == (1, 1)


def test_programs_learn_how_much_is_known_and_nobody_is_told_to_do_it(shop, old: Path):
    call("--write-baseline", code=0)
    made = json.loads(call("--format", "json", code=0).stdout)
    jsonschema.validate(made, published.schema("findings"), format_checker=jsonschema.FormatChecker())
    assert made["summary"]["known"] == 3
    report = gate.check(policyfile.load(shop.root / "policy.yml"), gate.now("2026-04-14T12:00:00Z"))
    assert agenda.agenda(report, report.judged) == []
    assert {one.state for one in report.judged[0].evidence} == {"met", "missing"}, (
        "the page still shows what is missing"
    )
