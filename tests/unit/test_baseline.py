"""What is known of old records leaves the gate open; whatever is new, open, changed or unreadable closes it."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner, Result

from mkdocs_hotfix import agenda, baseline, cli, gate, policyfile, published
from mkdocs_hotfix.findings import Level, SetupError
from mkdocs_hotfix.policy import Taken

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


TOLD = {
    "no JSON": "is not a baseline of mkdocs-hotfix",
    "no rule": "`any` is no rule. Mend the record a",
    "a rule that stays": "`unknown-field` stays an error. Mend the record a",
    "a rule about changes": "`record-deleted` stays an error. Mend the record a",
}


@pytest.mark.parametrize("name", TOLD)
def test_what_is_wrong_with_a_baseline_is_told_with_the_way_out(name: str, shop, old: Path):
    call("--write-baseline", code=0)
    (shop.root / baseline.NAME).write_bytes(WRONG[name])
    with pytest.raises(SetupError) as told:
        call(code=2)
    assert re.fullmatch(
        rf"docs/\.hotfix-baseline\.json:? {re.escape(TOLD[name])}\. "
        r"Write it anew: delete it, then `hotfix check --write-baseline`\.",
        str(told.value),
    )


@pytest.mark.parametrize("raw", WRONG.values(), ids=WRONG)
def test_a_file_that_is_no_baseline_stops_the_gate(raw: bytes, shop, old: Path):
    call("--write-baseline", code=0)
    (shop.root / baseline.NAME).write_bytes(raw)
    with pytest.raises(SetupError, match=r"docs/\.hotfix-baseline\.json"):
        call(code=2)


def test_a_baseline_that_is_asked_for_and_not_there_stops_the_gate(shop, old: Path):
    call("--write-baseline", code=0)
    (shop.root / baseline.NAME).unlink()
    with pytest.raises(SetupError) as told:
        call(code=2)
    column = (shop.root / "policy.yml").read_text("utf-8").index("baseline") + 1
    assert str(told.value) == (
        f"docs/policy.yml:1:{column}: the baseline docs/.hotfix-baseline.json does not exist. "
        "Write it with `hotfix check --write-baseline`, or take `baseline` out of the policy."
    )


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


@pytest.mark.parametrize("often", [1, 2])
def test_one_entry_is_for_one_finding(shop, old: Path, often: int):
    call("--write-baseline", code=0)
    rules = policyfile.load(shop.root / "policy.yml")
    report = gate.check(rules, gate.now("2026-04-14T12:00:00Z"))
    (judged,) = report.judged
    entry = baseline.entry_of(judged.known[0], judged, rules)
    assert entry is not None
    twice = (judged.known[0],) * (often + 1)
    made, gone = baseline.Baseline(Path(), {entry: often}).part(
        [gate.Judged(judged.file, judged.path, judged.source, judged.record, twice)], rules
    )
    assert (len(made[0].findings), len(made[0].known)) == (1, often)
    assert gone == ()


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


# -- the file ----------------------------------------------------------------------------------------------

TOLD_FILE = Path(__file__).parents[1] / "told" / "baseline" / "written.json"


def test_the_file_is_the_same_wherever_it_is_written_from_and_holds_for_years(
    shop, deployed: Facts, says: Callable[[str, Path], None], monkeypatch: pytest.MonkeyPatch
):
    """Records are named by their place in the records folder, and what stands there by 16 digits; nothing by none."""
    shop.policy(name="Hot-fix process")
    late = [{**deployed["approvals"][0], "at": "2026-04-14T03:40:00Z"}]
    work = {"owner": "checkout-oncall", "sprint": "2026-08", "hours": 14}
    data = {**deployed, "status": "closed", "approvals": late, "summary": "tbd", "work": work}
    shop.file({name: one for name, one in data.items() if name != "evidence"} | {"evidence": {}})
    shop.file(
        {**data, "id": "HF-2026-0002", "release": {**deployed["release"], "version": "4.12.4"}}, "2026/HF-2026-0002.md"
    )
    monkeypatch.chdir(shop.root)
    rules = policyfile.load(Path("policy.yml"))
    report = gate.check(rules, gate.now("2026-04-14T12:00:00Z"))
    assert baseline.write(rules, report.judged) == len(report.findings)
    says((shop.root / baseline.NAME).read_text("utf-8"), TOLD_FILE)
    loaded = baseline.load(replace(rules, baseline=True))
    assert loaded.file == Path(baseline.NAME)
    before = (shop.root / baseline.NAME).stat().st_ino
    known, gone = loaded.part(report.judged, rules)
    assert gone == ()
    assert [one for judged in known for one in judged.findings] == []
    assert baseline.write(rules, known) == len(report.findings)
    assert (shop.root / baseline.NAME).stat().st_ino == before, "it is not written where nothing has changed"


def test_what_stands_at_a_place_is_known_by_digits_that_no_layout_changes(shop, old: Path):
    call("--write-baseline", code=0)
    rules = policyfile.load(shop.root / "policy.yml")
    (judged,) = gate.check(rules, gate.now("2026-04-14T12:00:00Z")).judged
    finding = replace(judged.known[0], pointer=("work",))
    digits = []
    for work in ({"owner": "Jürgen", "hours": 1}, {"hours": 1, "owner": "Jürgen"}, {"hours": 2, "owner": "Jürgen"}):
        record = replace(judged.record, data={**judged.record.data, "work": work})
        entry = baseline.entry_of(finding, replace(judged, record=record), rules)
        assert entry is not None
        digits.append(entry.value)
    assert digits == ["ce397504a7ba0f54", "ce397504a7ba0f54", "9e23052eee3506f7"]


@pytest.mark.parametrize(
    ("changes", "can_be"),
    [
        ({}, True),
        ({"level": Level.WARNING}, True),
        ({"level": Level.NOTE}, False),
        ({"slug": "edited-after-closing"}, False),
        ({"slug": "record-deleted"}, False),
        ({"slug": "unknown-field"}, False),
    ],
    ids=str,
)
def test_what_stays_an_error_what_is_new_and_what_is_only_noted_is_never_known(
    shop, old: Path, changes: Facts, can_be: bool
):
    """An edit of a closed record is told as often as somebody makes one."""
    report = gate.check(policyfile.load(shop.root / "policy.yml"), gate.now("2026-04-14T12:00:00Z"))
    (judged,) = report.judged
    entry = baseline.entry_of(replace(judged.findings[0], **changes), judged, report.policy)
    assert (entry is not None) == can_be


def test_what_is_known_of_records_that_nobody_looked_at_is_not_called_mended(shop, old: Path, deployed: Facts):
    shop.file(
        {**deployed, "id": "HF-2026-0002", "status": "closed", "release": {**deployed["release"], "version": "4.12.4"}},
        "HF-2026-0002.md",
    )
    call("--write-baseline", code=0)
    assert len(listed(shop)) == 9
    assert call(str(old), code=0).stderr == ""


def test_a_baseline_that_is_too_large_is_refused(shop, old: Path):
    call("--write-baseline", code=0)
    file = shop.root / baseline.NAME
    text = file.read_bytes()
    file.write_bytes(text + b" " * ((4 << 20) - len(text)))
    call(code=0)
    file.write_bytes(text + b" " * ((4 << 20) - len(text) + 1))
    with pytest.raises(SetupError, match=r"docs/\.hotfix-baseline\.json"):
        call(code=2)


def test_two_who_write_the_first_one_at_once_do_not_overwrite_each_other(
    shop, old: Path, monkeypatch: pytest.MonkeyPatch
):
    rules = policyfile.load(shop.root / "policy.yml")
    report = gate.check(rules, gate.now("2026-04-14T12:00:00Z"))
    (shop.root / baseline.NAME).write_bytes(b"theirs")
    monkeypatch.setattr(os.path, "lexists", lambda _: False)
    with pytest.raises(SetupError) as told:
        baseline.write(rules, report.judged)
    assert str(told.value) == "docs/.hotfix-baseline.json was made by somebody else while this ran. Run it again."
    assert (shop.root / baseline.NAME).read_bytes() == b"theirs"


def test_where_the_policy_is_taken_from_a_revision_so_is_the_baseline(shop, old: Path):
    """One that lies only in the working tree is none, and what it says does not count."""
    call("--write-baseline", code=0)
    rules = policyfile.load(shop.root / "policy.yml")
    file = baseline.file_of(rules)
    kept = b'{"version": 1, "known": []}'
    assert baseline.load(replace(rules, taken=Taken("main", "0" * 40, {file: kept}))).entries == {}
    with pytest.raises(SetupError, match="does not exist"):
        baseline.load(replace(rules, taken=Taken("main", "0" * 40, {})))
    file.unlink()
    assert baseline.load(replace(rules, taken=Taken("main", "0" * 40, {file: kept}))).entries == {}
