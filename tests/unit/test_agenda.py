"""`hotfix next` says what is due, in order, with the command that settles it; `hotfix list` loses no record."""

from __future__ import annotations

import csv
import io
import json
import shlex
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import click
import jsonschema
import pytest
from click.testing import CliRunner

from mkdocs_hotfix import agenda, cli, policyfile, published
from mkdocs_hotfix.agenda import Step

Facts = Mapping[str, Any]
NOW = datetime(2026, 4, 14, 3, 30, tzinfo=UTC)


def call(*arguments: str, as_of: datetime = NOW) -> str:
    result = CliRunner().invoke(
        cli.cli, [*arguments, f"--as-of={as_of:%Y-%m-%dT%H:%M:%SZ}"], standalone_mode=False, catch_exceptions=False
    )
    assert result.return_value == 0
    return result.stdout


def steps(shop, as_of: datetime = NOW, **policy: Any) -> list[Step]:
    report = shop.check(as_of=as_of, **policy)
    return agenda.agenda(report, report.judged)


def told(shop, as_of: datetime = NOW, **policy: Any) -> list[tuple[str, str]]:
    return [(one.urgency, one.command.removeprefix("hotfix ")) for one in steps(shop, as_of, **policy)]


ID = "HF-2026-0001"


def test_a_reported_hotfix_needs_its_triage_in_the_time_promised(shop, reported: Facts):
    shop.file(reported)
    (step,) = steps(shop)
    assert (step.urgency, step.command, step.status) == ("due", f"hotfix triage {ID}", "triaged")
    assert step.deadline == datetime(2026, 4, 14, 3, 40, tzinfo=UTC)
    assert [one.urgency for one in steps(shop, NOW + timedelta(minutes=10))] == ["now"]


def test_what_is_owed_after_the_deployment_comes_before_what_the_next_status_needs(shop, deployed: Facts):
    shop.file({**deployed, "work": {"owner": "jane", "sprint": "2026-08"}})
    assert told(shop) == [
        ("due", f"attach {ID} production-verification --environment production --result passed"),
        ("due", f"attach {ID} smoke-test --environment production --result passed"),
        ("due", f"set {ID} work.hours=…"),
        ("due", f"communicate {ID}"),
    ]
    late = steps(shop, NOW + timedelta(hours=2))
    assert [(one.urgency, one.why) for one in late[:2]] == [("now", "overdue"), ("now", "overdue")]


def test_what_closes_the_gate_comes_first(shop, deployed: Facts, proof: Facts):
    shop.file(
        {
            **deployed,
            "evidence": {**proof, "smoke-test": {**proof["smoke-test"], "result": "failed"}},
            "status": "closed",
        }
    )
    first = steps(shop, NOW + timedelta(days=1))[0]
    assert (first.urgency, first.why, first.what) == ("now", "failed", "Smoke test in production")


def test_a_record_that_has_all_it_needs_is_moved_on(shop, deployed: Facts, proof: Facts):
    shop.file({**deployed, "evidence": proof})
    assert told(shop, NOW + timedelta(hours=1)) == [("next", f"advance {ID} closed")]


def test_a_closed_record_and_one_that_left_by_an_exit_need_nothing(
    shop, reported: Facts, deployed: Facts, proof: Facts
):
    shop.file({**deployed, "evidence": proof, "status": "closed"})
    withdrawn = {"at": "2026-04-14T02:00:00Z", "by": "support-lead", "because": "It was a test order."}
    shop.file({**reported, "id": "HF-2026-0002", "status": "withdrawn", "withdrawn": withdrawn}, "HF-2026-0002.md")
    assert steps(shop, NOW + timedelta(days=9)) == []
    assert "Nothing is to be done. 2 records looked at." in call("next", as_of=NOW + timedelta(days=9))


def test_a_waived_requirement_is_not_asked_for(shop, deployed: Facts, proof: Facts):
    waiver = {
        "requirement": "evidence.smoke-test",
        "because": "The till is closed at night, and nobody can pay before six.",
        "by": "release-manager",
        "role": "release-manager",
        "at": "2026-04-14T04:00:00Z",
        "expires": "2026-04-30",
    }
    rest = {kind: one for kind, one in proof.items() if kind != "smoke-test"}
    shop.file({**deployed, "evidence": rest, "waivers": [waiver]})
    assert told(shop, NOW + timedelta(days=1)) == [("next", f"advance {ID} closed")]


def test_a_decision_to_wait_leads_to_the_exit(shop, deployed: Facts, reported: Facts):
    answers = {**deployed["triage"]["answers"], "majority": {"answer": False, "because": "3 % of orders."}}
    shop.file(
        {**reported, "status": "triaged", "triage": {**deployed["triage"], "answers": answers, "decision": "defer"}}
    )
    assert [one.status for one in steps(shop)] == ["deferred"]


def test_a_record_that_can_not_be_read_or_is_misspelt_names_the_gate(shop, reported: Facts):
    shop.file("id: [")
    assert told(shop) == [("now", f"check docs/hotfixes/{ID}.md")]
    shop.file({**reported, "sumary": "Paid and nothing came."})
    assert told(shop)[0] == ("now", f"check --fix docs/hotfixes/{ID}.md")


def test_the_most_urgent_record_comes_first_and_by_severity_where_nothing_has_a_deadline(shop, reported: Facts):
    promised = {name: {"title": name, "means": name} for name in ("critical", "major")}
    shop.file({**reported, "severity": "major"})
    shop.file({**reported, "id": "HF-2026-0002", "severity": "critical"}, "HF-2026-0002.md")
    assert [one.judged.name for one in steps(shop, severities=promised)] == ["HF-2026-0002", ID]


def test_the_custom_status_of_a_policy_is_the_next_one(shop, reported: Facts, policy):
    statuses = {
        "reported": policy.data["statuses"]["reported"],
        "checked": {"title": "Checked", "needs": ["work.owner"]},
    }
    shop.file(reported)
    made = shop.policy(statuses=statuses, exits={}, requirements=[])
    report = shop.check(statuses=statuses, exits={}, requirements=[])
    assert made.lifecycle()[-1].id == "checked"
    (step,) = agenda.agenda(report, report.judged)
    assert (step.status, step.what) == ("checked", "`work.owner`")


def test_next_writes_each_command_alone_on_its_line(shop, reported: Facts):
    shop.file({**reported, "security": {"embargo_until": "2026-05-01"}})
    assert call("next") == (
        f"10 min left         {ID} (under embargo)  Triage\n                    $ hotfix triage {ID}\n"
    )
    assert "under embargo" in call("next", ID)
    with pytest.raises(click.UsageError, match=f"There is no record HF-2026-0002 in docs/hotfixes. Did you mean {ID}"):
        call("next", "hf-2026-0002")


def test_a_title_can_not_move_the_cursor(shop, reported: Facts):
    shop.file({**reported, "title": "A \u202e trick", "severity": "major"})
    assert "\u202e" not in call("next", ID) + call("list")


@pytest.mark.parametrize(
    "need", sorted({need for one in policyfile.load(None).statuses.values() for need in one.needs} | {"review"})
)
def test_every_command_that_is_named_exists_with_its_options(need: str):
    policy = policyfile.load(None)
    program, verb, name, *rest = shlex.split(agenda.settles(ID, policy, need))
    assert (program, name) == ("hotfix", ID)
    options = {option for parameter in cli.cli.commands[verb].params for option in parameter.opts}
    assert {part for part in rest if part.startswith("--")} <= options


@pytest.fixture
def three(shop, reported: Facts, deployed: Facts):
    shop.file(deployed)
    shop.file(
        {**reported, "id": "HF-2026-0002", "title": "=1+1", "severity": "critical", "service": "till"},
        "HF-2026-0002.md",
    )
    secret = {**reported, "id": "HF-2026-0003", "title": "Secret", "security": {"embargo_until": "2026-05-01"}}
    shop.file(secret, "HF-2026-0003.md")
    return shop


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ([], [3, 2, 1]),
        (["--status", "reported"], [3, 2]),
        (["--status", "reported", "--status", "deployed"], [3, 2, 1]),
        (["--severity", "critical"], [2]),
        (["--service", "till"], [2]),
        (["--status", "reported", "--severity", "major"], [3]),
        (["--sla", "running"], [3, 2, 1]),
        (["--sla", "missed"], []),
        (["--missing", "smoke-test"], [1]),
        (["--missing", "impact-analysis"], []),
        (["--open"], [3, 2, 1]),
        (["--attention"], []),
    ],
    ids=str,
)
def test_filters_have_to_hold_all(filters: list[str], found: list[int], three):
    made = json.loads(call("list", "--format", "json", *filters))
    assert [one["id"] for one in made["hotfixes"]] == [f"HF-2026-000{number}" for number in found]


def test_the_list_for_programs_has_its_schema_and_marks_what_is_under_embargo(three):
    made = json.loads(call("list", "--format", "json"))
    jsonschema.validate(made, published.schema("hotfixes"), format_checker=jsonschema.FormatChecker())
    assert [one["id"] for one in made["hotfixes"] if one.get("embargoed")] == ["HF-2026-0003"]
    assert made["hotfixes"][2]["url"] == f"docs/hotfixes/{ID}.md"
    rows = list(csv.DictReader(io.StringIO(call("list", "--format", "csv"))))
    assert [(row["title"], row["embargoed"]) for row in rows[:2]] == [("Secret", "yes"), ("'=1+1", "")]


def test_the_table_is_for_people(three):
    lines = call("list").splitlines()
    assert lines[0].split() == ["ID", "Severity", "Status", "SLA", "Evidence", "Title"]
    assert lines[1].endswith("(under embargo) Secret")
    assert lines[-1] == "3 records"


@pytest.mark.parametrize("style", ["table", "json", "csv"])
def test_a_file_that_can_not_be_read_is_not_lost(style: str, three):
    three.file("id: [", "HF-2026-0004.md")
    result = CliRunner().invoke(cli.cli, ["list", "--format", style], standalone_mode=False, catch_exceptions=False)
    assert "1 file can not be read: see `hotfix check`." in result.stderr
    assert ("HF-2026-0004" in result.stdout) is (style == "table")


@pytest.mark.parametrize(
    ("option", "meant"), [("--status", "reported"), ("--severity", "major"), ("--missing", "smoke-test")]
)
def test_a_name_that_the_policy_does_not_have_is_refused_and_not_an_empty_list(option: str, meant: str, three):
    with pytest.raises(click.UsageError, match=f"Did you mean `{meant}`"):
        call("list", option, meant[:-1])
