"""What a record owes: by its status, by each condition of the policy and by a deadline; and who may let it off."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mkdocs_hotfix import obligations
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.obligations import Obligation

Facts = Mapping[str, Any]
NIGHT = datetime(2026, 4, 14, 3, 30, tzinfo=UTC)
TAKEN = {"at": "2026-04-14T03:25:00Z", "by": "checkout-oncall", "because": "Payments failed."}


def needing(shop: Any, status: str, *needs: str) -> dict[str, Any]:
    """Let a status need these before everything else."""
    statuses: dict[str, Any] = deepcopy(dict(shop.policy().data["statuses"]))
    statuses[status]["needs"] = [*needs, *statuses[status]["needs"]]
    return statuses


def lacks(report: Report) -> list[str]:
    return [".".join(map(str, one.pointer)) for one in report.findings]


# -- by condition ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "asked"),
    [
        ({"status": "deployed"}, True),
        ({"status": "verified"}, True),
        ({"status": "closed"}, False),
        ({"severity": "major"}, True),
        ({"severity": "critical"}, False),
        ({"service": "checkout"}, True),
        ({"service": "accounts"}, False),
        ({"decision": "hotfix"}, True),
        ({"decision": "defer"}, False),
        ({"decision": ["defer", "hotfix"], "severity": ["critical", "major"]}, True),
        ({"decision": "defer", "severity": "major"}, False),
        ({"decision": "hotfix", "severity": "critical"}, False),
    ],
    ids=str,
)
def test_what_a_condition_asks_for_is_owed_where_all_of_it_holds(shop, deployed: Facts, when: Facts, asked: bool):
    shop.file(deployed)
    report = shop.check(requirements=[{"when": when, "needs": ["review"], "because": "It is dear."}])
    assert [(one.slug, one.pointer) for one in report.findings] == [("missing-requirement", ("review",))] * asked
    assert report.exit_code() == asked


def test_without_a_triage_there_is_no_decision(shop, reported: Facts):
    shop.file(reported)
    for decision in ("hotfix", "defer"):
        assert not shop.check(requirements=[{"when": {"decision": decision}, "needs": ["review"]}]).findings


def test_each_condition_asks_for_its_own(shop, deployed: Facts):
    """One is not forgotten beside another, nor told twice, and the first one says why."""
    when = {"severity": "major"}
    rules = [
        {"when": when, "needs": ["review", "evidence.smoke-test"], "because": "It is dear."},
        {"when": when, "needs": ["review", "links"], "because": "It is cheap."},
    ]
    shop.file(deployed)
    report = shop.check(requirements=rules)
    assert sorted(lacks(report)) == ["evidence.smoke-test", "links", "review"]
    record, policy = report.judged[0].record, report.policy
    owed = {one.need: one for one in obligations.owed(record, policy, NIGHT)}
    assert owed["review"] == Obligation("review", "", "It is dear.", None)
    assert owed["work.owner"] == Obligation("work.owner", "fixing", "", None)
    assert len(owed) == len(obligations.owed(record, policy, NIGHT))
    assert "evidence.smoke-test" not in {one.need for one in obligations.debts(record, policy)}


# -- by a deadline -----------------------------------------------------------------------------------------


def test_what_is_put_off_puts_off_nothing_else(shop, deployed: Facts):
    """It stands first among what the deployment needs, and the approval after it is missing all the same."""
    shop.file({name: one for name, one in deployed.items() if name != "approvals"})
    report = shop.check(statuses=needing(shop, "deployed", "evidence.smoke-test"))
    assert [one.slug for one in report.findings] == ["missing-approval"]


def test_what_was_rolled_back_in_time_owes_no_proof_that_was_put_off(shop, deployed: Facts):
    statuses = needing(shop, "deployed", "evidence.smoke-test")
    shop.file({**deployed, "status": "rolled-back", "rollback": TAKEN})
    assert not shop.check(statuses=statuses).findings
    assert not shop.check(statuses=statuses, as_of=NIGHT + timedelta(days=9)).findings


# -- let off -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("at", "covers"),
    [(-timedelta(seconds=1), False), (timedelta(0), True), (timedelta(seconds=1), True)],
    ids=["a second early", "at that instant", "a second late"],
)
def test_a_waiver_counts_from_the_instant_at_which_it_was_given(shop, deployed: Facts, at: timedelta, covers: bool):
    waiver = {
        "requirement": "evidence.smoke-test",
        "because": "The suite was being rebuilt.",
        "by": "release-manager",
        "role": "release-manager",
        "at": "2026-04-14T03:25:00Z",
        "expires": "2026-04-14T09:00:00Z",
    }
    shop.file({**deployed, "waivers": [waiver]})
    report = shop.check()
    given = datetime(2026, 4, 14, 3, 25, tzinfo=UTC)
    waived = obligations.waived(report.judged[0].record, report.policy, given + at)
    assert waived == ({"evidence.smoke-test"} if covers else set())


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ada Lovelace", "ada  lovelace ", True),
        ("\uff21\uff44\uff41", "ada", True),
        ("STRASSE", "straße", True),
        ("ada lovelace", "adalovelace", False),
        ("ada", "ida", False),
    ],
)
def test_one_person_may_be_written_in_several_ways(one: str, other: str, same: bool):
    assert obligations.same_person(one, other) is same
