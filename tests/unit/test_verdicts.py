"""Verdicts: one for each requirement, never better than what is there; and what holds at the very instant of a limit."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from mkdocs_hotfix import exports, metrics, sla
from mkdocs_hotfix.book import Book
from mkdocs_hotfix.findings import Level, Problem
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.rules import BY_SLUG, RULES
from mkdocs_hotfix.verdicts import Verdict, verdicts

Facts = Mapping[str, Any]
DEPLOYED_AT = datetime(2026, 4, 14, 3, 20, tzinfo=UTC)
LATER = datetime(2026, 4, 14, 12, 0, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def states(report: Report) -> dict[str, str]:
    return {one.need.removeprefix("evidence."): one.state for one in report.judged[0].verdicts}


def slugs(report: Report) -> set[str]:
    return {finding.slug for finding in report.findings if finding.level is Level.ERROR}


def waiver(need: str, **changes: Any) -> dict[str, Any]:
    return {
        "requirement": need,
        "because": "The suite was being rebuilt.",
        "by": "release-manager",
        "role": "release-manager",
        "at": "2026-04-14T03:25:00Z",
        "expires": "2026-04-14T09:00:00Z",
    } | changes


# -- never better than what is there -----------------------------------------------------------------------


@pytest.mark.parametrize("value", ["all passed", ["all passed"], {"smoketest": {}}, None, 7])
def test_evidence_that_can_not_be_read_is_never_met(shop, deployed: Facts, value: Any):
    shop.file({**deployed, "status": "closed", "evidence": value})
    report = shop.check(as_of=LATER)
    assert report.exit_code() == 1
    assert not [kind for kind in states(report) if kind in shop.policy().kinds and states(report)[kind] == "met"]


@pytest.mark.parametrize(
    ("kind", "without"),
    [
        ("regression-test", "report"),
        ("regression-test", "result"),
        ("fix-verification", "environment"),
        ("impact-analysis", "affected"),
    ],
)
def test_half_of_a_proof_is_none_even_where_no_status_asks_for_it(shop, deployed: Facts, kind: str, without: str):
    """It would be shown as passed, and is not."""
    data = deepcopy(dict(deployed)) | {"status": "triaged"}
    del data["deployed"], data["approvals"], data["evidence"][kind][without]
    shop.file(data)
    report = shop.check()
    assert report.exit_code() == 0
    assert states(report)[kind] == "not-due"


def test_a_proof_that_comes_early_is_met(shop, deployed: Facts):
    data = dict(deployed) | {"status": "triaged"}
    del data["deployed"], data["approvals"]
    shop.file(data)
    assert states(shop.check())["regression-test"] == "met"


@pytest.mark.parametrize(
    ("changes", "slug", "state"),
    [
        ({"at": "2026-04-14T03:10:00Z"}, "out-of-order", "stale"),
        ({"at": "2026-04-15T03:10:00Z"}, "in-the-future", "failed"),
        ({"result": "failed"}, "failed-evidence", "failed"),
        ({"environment": "staging"}, "wrong-environment", "failed"),
        ({"commit": "0" * 40}, "other-commit", "failed"),
        ({"report": "HF-2026-0001/gone.xml"}, "report-missing", "missing"),
        ({"report": "../../gone.xml"}, "path-outside", "failed"),
        ({"report": "HF-2026-0001.md"}, "report-unreadable", "failed"),
        ({"report": "HF-2026-0001/regression-test.xml"}, "report-reused", "failed"),
        ({"report": "HF-2026-0001/regression-test.xml", "sha256": "0" * 64}, "digest-mismatch", "failed"),
    ],
)
@pytest.mark.parametrize("level", ["error", "note", "off"])
def test_a_rule_that_is_turned_down_makes_no_proof_better(
    shop, deployed: Facts, proof: Facts, changes: Facts, slug: str, state: str, level: str
):
    """A policy may stop asking; what is not proven is still not called proven."""
    fixed = {rule.slug for rule in RULES if rule.fixed}
    evidence = {**proof, "smoke-test": {**proof["smoke-test"], **changes}}
    shop.file({**deployed, "status": "closed", "evidence": evidence})
    levels = {} if slug in fixed else {slug: level, "report-reused": level, "wrong-environment": level}
    report = shop.check(as_of=LATER, levels=levels)
    assert states(report)["smoke-test"] == state
    assert (slug in {finding.slug for finding in report.findings}) == (level != "off" or slug in fixed)


def test_what_is_waived_is_waived_everywhere_and_met_nowhere(shop, deployed: Facts, proof: Facts):
    evidence = {kind: one for kind, one in proof.items() if kind != "smoke-test"}
    shop.file({**deployed, "status": "closed", "evidence": evidence, "waivers": [waiver("evidence.smoke-test")]})
    report = shop.check(as_of=datetime(2026, 4, 14, 8, 0, tzinfo=UTC))
    assert report.exit_code() == 0
    assert states(report)["smoke-test"] == "waived"
    (exported,) = json.loads(exports.hotfixes_json(report, lambda _: ""))["hotfixes"]
    assert {one["state"] for one in exported["verdicts"] if one["need"] == "evidence.smoke-test"} == {"waived"}
    measured = metrics.measure(report)
    assert (measured.waived, measured.proven.part, measured.proven.whole) == (1, 0, 1)
    book, judged = Book(report), report.judged[0]
    shown = {one.need: book.state(one, judged.record) for one in judged.evidence}
    assert shown["evidence.smoke-test"] == "Waived"
    assert book.met(judged) == len(judged.evidence) - 1
    assert book.rows[0].met == len(judged.evidence) - 1


TABLE = """
impact-analysis met fixing
fix-verification met verified
regression-test met verified
production-verification due - 05:20
smoke-test due - 05:20
communication due - 03:20
service met reported
severity met reported
reported met reported
triage met triaged
work.owner met fixing
work.sprint met fixing
release.base met fixing
release.branch met fixing
release.version met verified
release.commit met verified
release.rollback met verified
deployed met deployed
approvals met deployed
"""


def test_each_requirement_has_one_verdict_with_the_status_that_asks_for_it_and_its_deadline(shop, deployed: Facts):
    shop.file(deployed)
    said = [
        (one.need.removeprefix("evidence."), one.state, one.since, f"{one.deadline:%H:%M}" if one.deadline else "")
        for one in shop.check().judged[0].verdicts
    ]
    assert [" ".join(part or "-" for part in one).removesuffix(" -") for one in said] == TABLE.strip().split("\n")


def judged(report: Report, *problems: tuple[str, tuple[str, ...]], waived: str = "") -> dict[str, str]:
    """Ask for the verdicts as if these rules, and no others, had found something."""
    found = [(BY_SLUG[slug], Problem("It is so", pointer=place)) for slug, place in problems]
    record = report.judged[0].record
    assert record is not None
    made = verdicts(record, report.policy, report.as_of, found, frozenset({waived} - {""}))
    return {one.need.removeprefix("evidence."): one.state for one in made}


def test_what_is_owed_and_not_there_is_missing_even_if_no_rule_says_so(shop, deployed: Facts, proof: Facts):
    evidence = {kind: one for kind, one in proof.items() if kind != "smoke-test"}
    evidence["regression-test"] = {name: one for name, one in proof["regression-test"].items() if name != "report"}
    data = {**deployed, "status": "closed", "evidence": evidence, "work": {"owner": "checkout-oncall"}}
    shop.file(data)
    made = judged(shop.check(as_of=LATER))
    assert [need for need, state in made.items() if state != "met"] == [
        "regression-test",
        "smoke-test",
        "work.sprint",
        "work.hours",
    ]
    assert {made[need] for need in ("regression-test", "smoke-test", "work.sprint", "work.hours")} == {"missing"}


@pytest.mark.parametrize(
    ("slug", "state"),
    [
        ("missing-evidence", "missing"),
        ("stale-evidence", "stale"),
        ("evidence-overdue", "overdue"),
        ("failed-evidence", "failed"),
        ("digest-mismatch", "failed"),
        ("not-allowed-value", "failed"),
        ("path-outside", "failed"),
        ("vacuous-text", "met"),
        ("edited-after-closing", "met"),
    ],
)
def test_what_a_rule_finds_is_what_becomes_of_a_requirement(shop, deployed: Facts, proof: Facts, slug: str, state: str):
    """A rule that stays an error whatever the policy says makes it failed; one about words changes nothing."""
    shop.file({**deployed, "status": "closed", "evidence": proof})
    made = judged(shop.check(as_of=LATER), (slug, ("evidence", "smoke-test", "summary")))
    assert made.pop("smoke-test") == state
    assert set(made.values()) == {"met"}


@pytest.mark.parametrize(
    ("status", "changes", "state"),
    [
        ("verified", {"result": "failed"}, "failed"),
        ("verified", {"at": "the other day"}, "failed"),
        ("verified", {"result": "passed"}, "met"),
        ("verified", None, "not-due"),
        ("rolled-back", None, "not-applicable"),
        ("withdrawn", None, "not-applicable"),
    ],
)
def test_evidence_that_no_status_asks_for_yet(
    shop, deployed: Facts, proof: Facts, status: str, changes: Facts | None, state: str
):
    """What is there is told as it is; what is not is not due, or never will be."""
    evidence = dict(deployed["evidence"])
    if changes is not None:
        evidence["smoke-test"] = {**proof["smoke-test"], **changes}
    gone = {"at": "2026-04-14T03:25:00Z", "by": "checkout-oncall", "because": "Payments failed."}
    ends = {"rolled-back": {"rollback": gone}, "withdrawn": {"withdrawn": gone}}
    data = {**deployed, "status": status, "evidence": evidence, **ends.get(status, {})}
    shop.file({name: one for name, one in data.items() if name != "deployed" or status == "rolled-back"})
    report = shop.check(as_of=LATER)
    assert states(report)["smoke-test"] == state
    assert {one.since for one in report.judged[0].verdicts if one.need == "evidence.smoke-test"} == {""}


@pytest.mark.parametrize("evidence", [{"smoketest": {}}, "all passed"], ids=["misspelt", "no table"])
def test_evidence_that_may_be_meant_and_can_not_be_read_is_missing(shop, deployed: Facts, evidence: Any):
    data = {**deployed, "status": "triaged", "evidence": evidence}
    shop.file({name: one for name, one in data.items() if name not in ("deployed", "approvals")})
    assert states(shop.check())["smoke-test"] == "missing"


def test_a_kind_of_evidence_that_is_called_like_a_field_is_not_taken_for_it(shop, deployed: Facts):
    kinds = shop.policy().data["evidence"] | {
        "review": {"title": "Review", "means": "Two people have read it.", "report": "required"}
    }
    review = {"at": "2026-04-14T03:29:00Z", "root_cause": "A field was renamed."}
    half = {"result": "passed", "at": "2026-04-14T03:29:00Z", "by": "test-lead"}
    shop.file({**deployed, "review": review, "evidence": {**deployed["evidence"], "review": half}})
    asked = [{"when": {"severity": "major"}, "needs": ["review"]}]
    made = {one.need: one.state for one in shop.check(evidence=kinds, requirements=asked).judged[0].verdicts}
    assert (made["review"], made["evidence.review"]) == ("met", "not-due")


@pytest.mark.parametrize(
    ("state", "alone", "told"),
    [
        ("met", False, False),
        ("missing", True, True),
        ("failed", False, True),
        ("stale", True, True),
        ("waived", False, False),
        ("waiver-expired", True, True),
        ("due", False, False),
        ("overdue", True, True),
        ("not-due", False, False),
        ("not-applicable", False, False),
    ],
)
def test_what_is_to_be_mended(state: Any, alone: bool, told: bool):
    """A failed test that nothing was found against is one on the way to the next try."""
    problem = Problem("It is so", pointer=("evidence", "smoke-test"))
    for problems, is_open in (((), alone), ((problem,), told)):
        assert Verdict("evidence.smoke-test", "Smoke test", state, "", problems, None).is_open is is_open


# -- at the very instant -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("after", "state", "finding"),
    [
        (timedelta(hours=2) - SECOND, "due", False),
        (timedelta(hours=2), "overdue", True),
        (timedelta(hours=2) + SECOND, "overdue", True),
    ],
)
def test_evidence_is_due_until_its_deadline_and_overdue_from_then_on(
    shop, deployed: Facts, after: timedelta, state: str, finding: bool
):
    shop.file(deployed)
    report = shop.check(as_of=DEPLOYED_AT + after)
    assert states(report)["smoke-test"] == state
    assert ("evidence-overdue" in slugs(report)) == finding


@pytest.mark.parametrize(("before", "valid"), [(SECOND, True), (timedelta(0), False), (-SECOND, False)])
def test_a_waiver_counts_until_it_expires_and_not_at_that_instant(
    shop, deployed: Facts, before: timedelta, valid: bool
):
    expires = DEPLOYED_AT + timedelta(hours=3)
    written = expires.isoformat().replace("+00:00", "Z")
    waivers = [waiver(f"evidence.{kind}", expires=written) for kind in ("smoke-test", "production-verification")]
    shop.file({**deployed, "waivers": waivers})
    report = shop.check(as_of=expires - before)
    assert states(report)["smoke-test"] == ("waived" if valid else "waiver-expired")
    assert slugs(report) == (set() if valid else {"evidence-overdue", "waiver-expired"})


def test_a_waiver_to_a_day_counts_to_its_end(shop, deployed: Facts):
    waivers = [waiver(f"evidence.{kind}", expires="2026-04-14") for kind in ("smoke-test", "production-verification")]
    shop.file({**deployed, "waivers": waivers})
    assert slugs(shop.check(as_of=datetime(2026, 4, 14, 23, 59, 59, tzinfo=UTC))) == set()
    assert "waiver-expired" in slugs(shop.check(as_of=datetime(2026, 4, 15, tzinfo=UTC)))


@pytest.mark.parametrize(
    "changes",
    [
        {"by": "test-lead"},
        {"by": "Release-Manager"},
        {"role": "service-owner"},
        {"at": "2026-04-14T08:00:00Z"},
        {"expires": "2026-04-14T03:00:00Z"},
    ],
)
def test_a_waiver_by_nobody_who_may_covers_nothing(shop, deployed: Facts, changes: Facts):
    shop.file({**deployed, "waivers": [waiver("evidence.smoke-test", **changes)]})
    report = shop.check(as_of=DEPLOYED_AT + timedelta(hours=3))
    assert report.exit_code() == 1
    assert states(report)["smoke-test"] in ("overdue", "waiver-expired")


def test_nobody_waives_their_own_work_however_they_write_their_name(shop, deployed: Facts):
    own = {**deployed, "work": {**deployed["work"], "owner": "Release-Manager "}}
    shop.file({**own, "waivers": [waiver("evidence.smoke-test"), waiver("evidence.production-verification")]})
    report = shop.check(as_of=DEPLOYED_AT + timedelta(hours=3))
    assert "self-approval" in slugs(report)
    assert states(report)["smoke-test"] == "overdue"


@pytest.mark.parametrize("name", ["release-manager", "Release-Manager", "RELEASE-MANAGER"])
def test_nobody_allows_the_exception_to_their_own_triage(shop, deployed: Facts, name: str):
    triage = deepcopy(dict(deployed["triage"])) | {"by": name}
    triage["answers"]["majority"] = {"answer": False, "because": "3 % of orders use a saved card."}
    triage["exception"] = {
        "because": "A legal duty.",
        "by": "release-manager",
        "role": "release-manager",
        "at": "2026-04-14T01:50:00Z",
    }
    shop.file({**deployed, "triage": triage})
    assert slugs(shop.check()) == {"exception-not-approved"}


def test_nobody_allows_an_exception_for_their_own_work(shop, deployed: Facts):
    triage = deepcopy(dict(deployed["triage"]))
    triage["answers"]["majority"] = {"answer": False, "because": "3 % of orders use a saved card."}
    triage["exception"] = {
        "because": "A legal duty.",
        "by": "release-manager",
        "role": "release-manager",
        "at": "2026-04-14T01:50:00Z",
    }
    shop.file({**deployed, "triage": triage})
    assert slugs(shop.check()) == set()
    shop.file({**deployed, "triage": triage, "work": {**deployed["work"], "owner": "release-manager"}})
    assert {"exception-not-approved", "self-approval"} == slugs(shop.check())


@pytest.mark.parametrize(("ahead", "told"), [(timedelta(minutes=5), False), (timedelta(minutes=5) + SECOND, True)])
def test_clocks_may_differ_by_five_minutes_and_not_by_more(shop, reported: Facts, ahead: timedelta, told: bool):
    shop.file(reported)
    now = datetime(2026, 4, 14, 1, 40, tzinfo=UTC) - ahead
    assert ("in-the-future" in slugs(shop.check(as_of=now))) == told


@pytest.mark.parametrize(("taken", "state"), [(timedelta(hours=24), "met"), (timedelta(hours=24) + SECOND, "missed")])
def test_a_promise_is_kept_at_the_last_instant(shop, deployed: Facts, proof: Facts, taken: timedelta, state: str):
    proven = datetime(2026, 4, 14, 1, 40, tzinfo=UTC) + taken
    evidence = {**proof, "production-verification": {**proof["production-verification"], "at": proven.isoformat()}}
    del evidence["smoke-test"], evidence["communication"]
    file = shop.file({**deployed, "evidence": evidence})
    report = shop.check(file, as_of=proven + SECOND)
    clock = sla.restore(report.judged[0].record, report.policy, report.as_of)
    assert clock is not None
    assert clock.state == state
    assert any(finding.slug == "sla-missed" for finding in report.findings) == (state == "missed")


def test_the_first_proof_in_production_of_any_order_stops_the_clock(shop, deployed: Facts, proof: Facts):
    """An order in which a text comes first after the deployment says nothing about it."""
    order = [["deployed", "evidence.communication"], ["deployed", "evidence.smoke-test"]]
    shop.file({**deployed, "status": "closed", "evidence": proof})
    report = shop.check(as_of=LATER, order=order)
    proven = sla.restored(report.judged[0].record, report.policy)
    assert proven == datetime(2026, 4, 14, 3, 55, tzinfo=UTC)


# -- deploy first, owe the rest ------------------------------------------------------------------------------


def test_what_is_due_may_be_owed_even_if_the_deployment_itself_asks_for_it(shop, deployed: Facts):
    """`due: 2h` puts off what `deployed` needs; closing does not wait."""
    statuses = deepcopy(dict(shop.policy().data["statuses"]))
    statuses["deployed"]["needs"] += ["evidence.smoke-test"]
    shop.file(deployed)
    report = shop.check(as_of=DEPLOYED_AT + timedelta(hours=1), statuses=statuses)
    assert report.exit_code() == 0
    assert states(report)["smoke-test"] == "due"
    report = shop.check(as_of=DEPLOYED_AT + timedelta(hours=2), statuses=statuses)
    assert "evidence-overdue" in slugs(report)
    shop.file({**deployed, "status": "closed"})
    report = shop.check(as_of=DEPLOYED_AT + timedelta(hours=1), statuses=statuses)
    assert "missing-evidence" in slugs(report)
    assert states(report)["smoke-test"] == "missing"


@pytest.mark.parametrize("status", ["reported", "triaged", "fixing", "verified", "withdrawn", "deferred"])
def test_a_record_that_was_deployed_can_not_hide_behind_a_lower_status(shop, deployed: Facts, status: str):
    """It would owe no test, no approval and no proof from production."""
    shop.file({**deployed, "status": status, "withdrawn": {**deployed["reported"], "because": "Filed twice."}})
    assert "status-behind" in slugs(shop.check())
    taken = {"at": "2026-04-14T03:25:00Z", "by": "checkout-oncall", "because": "Payments failed."}
    shop.file({**deployed, "status": status, "rollback": taken})
    assert "status-behind" not in slugs(shop.check())


def test_what_was_rolled_back_may_be_deployed_again(shop, deployed: Facts):
    taken = {"at": "2026-04-14T03:25:00Z", "by": "checkout-oncall", "because": "Payments failed."}
    shop.file({**deployed, "rollback": taken})
    assert slugs(shop.check()) == {"status-behind"}
    shop.file({**deployed, "rollback": taken, "deployed": {**deployed["deployed"], "at": "2026-04-14T03:28:00Z"}})
    assert slugs(shop.check()) == set()
