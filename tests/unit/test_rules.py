"""Rules, one at a time: what each means to a verdict, and what it tells where no case of `tests/cases/` leads, to the letter."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import dossier, policyfile
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Taken
from mkdocs_hotfix.reports import MAX_BYTES, Budget
from mkdocs_hotfix.rule import Change, Context
from mkdocs_hotfix.rules import BY_SLUG, RULES

Facts = Mapping[str, Any]

WORTH = {
    "unreadable-front-matter": "REC101, error, fixed",
    "duplicate-key": "REC102, error, fixed",
    "unknown-field": "REC103, error, fixed",
    "missing-field": "REC104, error, fixed",
    "wrong-type": "REC105, error, fixed",
    "not-allowed-value": "REC106, error, fixed",
    "not-text": "REC107, error, fixed",
    "id-mismatch": "REC108, error, fixed",
    "duplicate-id": "REC109, error, fixed",
    "vacuous-text": "REC110, error",
    "record-deleted": "REC111, error",
    "policy-changed-too": "REC112, warning, with policy",
    "missing-answer": "TRI201, error",
    "decision-contradicts-answers": "TRI202, error",
    "exception-not-approved": "TRI203, error",
    "missing-evidence": "EVD301, makes missing, error, waivable",
    "failed-evidence": "EVD302, makes failed, error, waivable",
    "report-missing": "EVD303, makes missing, error, waivable",
    "report-unreadable": "EVD304, makes failed, error",
    "report-disagrees": "EVD305, makes failed, error",
    "digest-mismatch": "EVD306, makes failed, error",
    "other-commit": "EVD307, makes failed, error",
    "wrong-environment": "EVD308, makes failed, error",
    "evidence-overdue": "EVD309, makes overdue, error, waivable",
    "path-outside": "EVD310, makes failed, error, fixed",
    "stale-evidence": "EVD311, makes stale, error",
    "report-reused": "EVD312, makes failed, error",
    "edited-after-closing": "EVD313, error",
    "unsigned-report": "EVD314, makes failed, error",
    "out-of-order": "TIM401, makes stale, error",
    "in-the-future": "TIM402, makes failed, error",
    "sla-missed": "TIM403, warning",
    "status-went-back": "TIM404, error",
    "status-behind": "TIM405, error",
    "unknown-include": "REL501, error",
    "broken-chain": "REL502, error",
    "duplicate-version": "REL503, error",
    "not-merged-back": "REL504, error",
    "missing-approval": "APP601, makes missing, error, waivable",
    "self-approval": "APP602, makes failed, error",
    "unknown-approver": "APP603, makes failed, error",
    "waiver-expired": "APP604, error, fixed",
    "missing-requirement": "APP605, makes missing, error, waivable",
}
"""What follows from a finding. What is untrue can not be waived; what can not be read can not be turned off."""


def test_every_rule_is_worth_something():
    assert list(WORTH) == [rule.slug for rule in RULES]


@pytest.mark.parametrize("slug", WORTH)
def test_a_rule_is_worth_what_the_manual_says(slug: str):
    rule = BY_SLUG[slug]
    words = [rule.code, f"makes {rule.makes}" if rule.makes else "", rule.level]
    words += [word for word in ("waivable", "fixed", "with policy") if getattr(rule, word.replace(" ", "_"))]
    assert ", ".join(word for word in words if word) == WORTH[slug]


# -- what no case of a folder shows --------------------------------------------------------------------------


ID = "HF-2026-0001"
APPROVED_LAST = deepcopy(policyfile.load().data["statuses"])
APPROVED_LAST["deployed"]["needs"] = ["deployed"]
APPROVED_LAST["closed"]["needs"] = ["approvals", "work.hours"]

UNTRIAGED = deepcopy(policyfile.load().data["statuses"])
UNTRIAGED["triaged"]["needs"] = ["summary"]
BUILT_BY_VERSION = deepcopy(policyfile.load().data["statuses"])
BUILT_BY_VERSION["verified"]["needs"] = ["release.version"]
BUILT_BY_COMMIT = deepcopy(policyfile.load().data["statuses"])
BUILT_BY_COMMIT["verified"]["needs"] = ["release.commit"]
NEVER_DEPLOYED = deepcopy(policyfile.load().data["statuses"])
NEVER_DEPLOYED["deployed"]["needs"] = ["approvals"]
TWO_EXITS = deepcopy(policyfile.load().data["exits"])
TWO_EXITS["reverted"] = TWO_EXITS["rolled-back"] | {"title": "Reverted"}
TWO_ROLES = deepcopy(policyfile.load().data["triage"])
TWO_ROLES["exception"]["approvers"] = ["release-manager", "service-owner"]
AUDITED = deepcopy(policyfile.load().data["approvals"])
AUDITED["roles"]["auditor"] = ["test-lead"]
CAN_WAIT = {
    "significant": {"answer": True, "because": "310 failed orders an hour."},
    "majority": {"answer": False, "because": "3 % of orders use a saved card."},
    "workaround": {"answer": False, "because": "The error page offers no other card."},
}


def words(name: str) -> str:
    return name.replace(",", "").replace(" ", "-")


def closed(deployed: Facts, proof: Facts, changes: Facts) -> dict[str, Any]:
    """A record that may call itself closed, but for the changes; what is None is left out."""
    data = deepcopy(dict(deployed)) | {"status": "closed"}
    data["evidence"] |= deepcopy(dict(proof))
    for name, value in changes.items():
        if isinstance(value, Mapping) and isinstance(data.get(name), dict):
            data[name] = {key: one for key, one in (data[name] | value).items() if one is not None}
        else:
            data[name] = value
    return {name: value for name, value in data.items() if value is not None}


def kinds(shop: Any, **changes: Any) -> dict[str, Any]:
    made = deepcopy(shop.policy().data["evidence"])
    for kind, fields in changes.items():
        made[kind.replace("_", "-")] |= fields
    return made


CLOSED = datetime(2026, 4, 14, 5, tzinfo=UTC)
A_DAY_LATER = CLOSED + timedelta(days=1)
AT = {"at": "2026-04-14T02:41:00Z", "by": "test-lead"}
LATE = "2026-04-14T03:30:00Z"
STAGING = {"result": "passed", **AT, "environment": "staging"}
PRODUCTION = {"environment": "production", "result": "passed", "at": "2026-04-14T03:55:00Z", "by": "test-lead"}
OWN_REPORT = {"smoke_test": {"needs": ["result", "environment", "report"], "report": "required"}}


def junit(*failed: str, passed: int = 0, skipped: int = 0, head: str = "") -> str:
    """Write a report with these failed cases, and so many others."""
    cases = [f'<testcase classname="pay" name="{name}"><failure message="no"/></testcase>' for name in failed]
    cases += [f'<testcase classname="pay" name="p{number}"/>' for number in range(passed)]
    cases += [f'<testcase classname="pay" name="s{number}"><skipped/></testcase>' for number in range(skipped)]
    return f'<testsuite name="checkout" tests="{len(cases)}"{head}>{"".join(cases)}</testsuite>'


def took(seconds: int, at: str = "2026-04-14T02:40:00Z") -> str:
    return junit(passed=1, head=f' timestamp="{at}" time="{seconds}"')


@dataclass(frozen=True)
class Scene:
    """What differs from a record that may call itself closed, and from the built-in policy; the reports; and when it is."""

    changes: Mapping[str, Any] = field(default_factory=dict)
    kinds: Mapping[str, Any] = field(default_factory=dict)
    policy: Mapping[str, Any] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime = CLOSED
    others: tuple[Mapping[str, Any], ...] = ()


def release(**changes: Any) -> dict[str, Any]:
    return {"release": {"base": "4.12.2", "includes": None, **changes}}


UNDER_WAY = {"deployed": None, "approvals": None}
DEPLOYED_AT = {"at": "2026-04-14T03:20:00Z", "by": "checkout-oncall"}
SCENES: dict[str, Scene] = {
    "missing-evidence of a kind that needs its report": Scene({"evidence": {"smoke-test": None}}, OWN_REPORT),
    "missing-evidence without the report that it needs": Scene({"evidence": {"smoke-test": PRODUCTION}}, OWN_REPORT),
    "missing-evidence beside a promise that is broken": Scene(
        {"status": "deployed", "evidence": {"smoke-test": None, "fix-verification": None, "impact-analysis": AT}},
        as_of=A_DAY_LATER,
    ),
    "report-missing where closing needs one": Scene(
        {"evidence": {"smoke-test": PRODUCTION}}, {"smoke_test": {"report": "required"}}, as_of=A_DAY_LATER
    ),
    "evidence-overdue without any evidence": Scene({"status": "deployed", "evidence": None}, as_of=A_DAY_LATER),
    "path-outside in a list": Scene(
        {"evidence": {"regression-test": {**STAGING, "report": [f"{ID}/regression-test.xml", "../../else.xml"]}}}
    ),
    "report-unreadable in a list": Scene(
        {"evidence": {"regression-test": {**STAGING, "report": [f"{ID}/regression-test.xml", f"{ID}/empty.xml"]}}},
        files={"empty": ""},
    ),
    "report-disagrees in a list, with as many as are named": Scene(
        {"evidence": {"regression-test": {**STAGING, "report": [f"{ID}/regression-test.xml", f"{ID}/failed.xml"]}}},
        files={"failed": junit("a" * 76, "b" * 77, "c")},
    ),
    "report-disagrees in a list in which nothing ran": Scene(
        {"evidence": {"regression-test": {**STAGING, "report": [f"{ID}/none.xml", f"{ID}/no.xml"]}}},
        files={"none": junit(skipped=1), "no": junit(skipped=2)},
    ),
    "report-disagrees after one that says it failed": Scene(
        {
            "status": "deployed",
            "evidence": {
                "regression-test": {**STAGING, "result": "failed", "report": f"{ID}/failed.xml"},
                "smoke-test": {**PRODUCTION, "report": f"{ID}/smoke.xml"},
            },
        },
        files={"failed": junit("a"), "smoke": junit("b")},
    ),
    "report-disagrees by a second more than clocks differ": Scene(
        {
            "evidence": {
                "fix-verification": {**STAGING, "report": f"{ID}/in-time.xml"},
                "regression-test": {**STAGING, "report": f"{ID}/late.xml"},
            }
        },
        files={"in-time": took(360), "late": took(361)},
    ),
    "digest-mismatch in number, and in the next one": Scene(
        {
            "evidence": {
                "fix-verification": {**STAGING, "sha256": ["0" * 64, "1" * 64], "report": f"{ID}/one.xml"},
                "regression-test": {**STAGING, "sha256": "0" * 64, "report": f"{ID}/two.xml"},
                "smoke-test": {**PRODUCTION, "sha256": "0" * 64},
            }
        },
        files={"one": junit(passed=1), "two": junit(passed=2)},
    ),
    "stale-evidence by a second more than clocks differ": Scene(
        {
            "evidence": {
                "fix-verification": {**STAGING, "report": f"{ID}/in-time.xml"},
                "regression-test": {**STAGING, "report": f"{ID}/early.xml"},
            }
        },
        files={"in-time": took(0, "2026-04-14T01:35:00Z"), "early": took(1, "2026-04-14T01:34:59Z")},
    ),
    "stale-evidence in two kinds": Scene(
        {
            "evidence": {
                "fix-verification": {**STAGING, "report": f"{ID}/one.xml"},
                "regression-test": {**STAGING, "report": f"{ID}/two.xml"},
            }
        },
        files={"one": took(1, "2026-04-13T01:00:00Z"), "two": took(2, "2026-04-13T01:00:00Z")},
    ),
    "decision-contradicts-answers of an exception that two may allow": Scene(
        {"triage": {"answers": CAN_WAIT}}, policy={"triage": TWO_ROLES}
    ),
    "decision-contradicts-answers once": Scene({"triage": {"decision": "defer"}}),
    "decision-contradicts-answers where no status needs a triage": Scene(
        {
            "status": "triaged",
            "triage": {"answers": CAN_WAIT, "decision": "defer"},
            "deployed": None,
            "approvals": None,
        },
        policy={"statuses": UNTRIAGED},
    ),
    "exception-not-approved by two roles": Scene(
        {"triage": {"answers": CAN_WAIT, "exception": {**AT, "because": "A legal duty.", "role": "auditor"}}},
        policy={"triage": TWO_ROLES, "approvals": AUDITED},
    ),
    "exception-not-approved by who is none of two": Scene(
        {"triage": {"answers": CAN_WAIT, "exception": {**AT, "because": "A legal duty.", "role": "service-owner"}}},
        policy={"triage": TWO_ROLES},
    ),
    "exception-not-approved by who did both": Scene(
        {
            "triage": {
                "by": "checkout-lead",
                "answers": CAN_WAIT,
                "exception": {**AT, "by": "checkout-lead", "because": "A legal duty.", "role": "service-owner"},
            },
            "work": {"owner": "checkout-lead"},
        },
        policy={"triage": TWO_ROLES},
    ),
    "unknown-include of what was rolled back as the next one went out": Scene(
        {"status": "rolled-back", "rollback": {**DEPLOYED_AT, "at": "2026-04-14T03:30:00Z", "because": "It failed."}},
        others=(
            {**release(version="4.12.4", includes=[ID]), "deployed": {**DEPLOYED_AT, "at": "2026-04-14T03:30:00Z"}},
            {**release(version="4.12.5"), "deployed": {**DEPLOYED_AT, "at": "2026-04-14T03:30:00Z"}},
        ),
    ),
    "broken-chain of what is built, and not of what is begun": Scene(
        others=(
            {"status": "fixing", **UNDER_WAY, **release(version=None)},
            {
                "status": "verified",
                **UNDER_WAY,
                **release(version="4.12.5", drops=[{"id": "HF-2026-0002", "because": "Not done yet."}]),
            },
        ),
    ),
    "broken-chain of what has a version": Scene(
        policy={"statuses": BUILT_BY_VERSION},
        others=({"status": "verified", **UNDER_WAY, **release(version="4.12.4")},),
    ),
    "broken-chain of what has a commit": Scene(
        policy={"statuses": BUILT_BY_COMMIT}, others=({"status": "verified", **UNDER_WAY, **release(version="4.12.4")},)
    ),
    "broken-chain of what has no version": Scene(
        release(version=None),
        others=({"deployed": {**DEPLOYED_AT, "at": "2026-04-14T03:30:00Z"}, **release(version="4.12.4")},),
    ),
    "missing-requirement of two bases": Scene(
        release(base=None),
        others=({"deployed": {**DEPLOYED_AT, "at": "2026-04-14T03:30:00Z"}, **release(base=None, version="4.12.4")},),
    ),
    "duplicate-version of three": Scene(others=(release(includes=[ID]), release(includes=[ID]))),
    "vacuous-text of one more than is shown": Scene({"summary": f"<{'a' * 39}>"}),
    "vacuous-text of each way to say nothing": Scene(
        {
            "summary": "todo",
            "review": {
                "at": "2026-04-14T04:50:00Z",
                "root_cause": "ＴＯＤＯ",
                "escaped_because": "Insert the cause here",
            },
        }
    ),
    "vacuous-text of a count with no report": Scene(
        {
            "summary": "12 tests: 12 passed",
            "evidence": {
                kind: {**PRODUCTION, "summary": "12 tests: 12 passed"}
                for kind in ("smoke-test", "production-verification")
            },
        }
    ),
    "out-of-order in three orders, and told once": Scene(
        policy={"order": [["deployed", "triage"], ["approvals", "triage"], ["triage", "reported"]]}
    ),
    "out-of-order after several at one moment": Scene(
        {
            "evidence": {"regression-test": {**STAGING, "at": LATE, "report": f"{ID}/regression-test.xml"}},
            "approvals": [
                {"by": "release-manager", "role": "release-manager", "at": LATE},
                {"by": "checkout-lead", "role": "service-owner", "at": LATE},
            ],
        },
    ),
    "out-of-order behind a rollback that is over": Scene(
        {"rollback": {**DEPLOYED_AT, "at": "2026-04-14T03:00:00Z", "because": "It failed."}},
        policy={"order": [["deployed", "rollback", "reported"]]},
    ),
    "in-the-future by a second more than clocks differ": Scene(
        {"review": {"at": "2026-04-14T04:10:01Z", "root_cause": "The release renamed a field."}},
        as_of=CLOSED - timedelta(minutes=55),
    ),
    "status-behind of one that has two ways out": Scene(
        {"rollback": {**DEPLOYED_AT, "at": "2026-04-14T03:30:00Z", "because": "It failed."}},
        policy={"exits": TWO_EXITS},
    ),
    "missing-requirement where no status needs a deployment": Scene(
        {"work": {"hours": None}}, policy={"statuses": NEVER_DEPLOYED}
    ),
    "missing-requirement beside a decision to wait that no status asks for": Scene(
        {"status": "reported", "service": None, **UNDER_WAY, "triage": {"answers": CAN_WAIT, "decision": "defer"}},
        policy={"statuses": UNTRIAGED},
    ),
    "missing-requirement of the report itself": Scene({"reported": None}),
    "missing-approval where closing needs one": Scene({"approvals": None}, policy={"statuses": APPROVED_LAST}),
    "unknown-approver in a role of two": Scene(
        {"approvals": [{"by": "night-shift", "role": "service-owner", "at": "2026-04-14T03:05:00Z"}]}
    ),
    "other-commit in a list": Scene(
        {"evidence": {"regression-test": {**STAGING, "report": [f"{ID}/regression-test.xml", f"{ID}/other.xml"]}}},
        files={
            "other": '<testsuite name="c" tests="1"><properties><property name="git.commit" value="1234567-dirty"/></properties>'
            '<testcase name="a"/></testsuite>'
        },
    ),
}


@pytest.mark.parametrize("name", [pytest.param(name, id=words(name)) for name in SCENES])
def test_it_is_told_to_the_letter(shop: Any, deployed: Facts, proof: Facts, name: str, tells: Callable[[Report], None]):
    scene = SCENES[name]
    shop.file(closed(deployed, proof, scene.changes))
    for file, content in scene.files.items():
        (shop.records / ID / f"{file}.xml").write_text(content, "utf-8")
    for number, changes in enumerate(scene.others, 2):
        other = f"HF-2026-{number:04}"
        data = closed(deployed, proof, changes) | {"id": other}
        data["evidence"]["regression-test"]["report"] = f"{other}/regression-test.xml"
        shop.file(data, f"{other}.md")
        (shop.records / other).mkdir()
        (shop.records / other / "regression-test.xml").write_text(junit(passed=number), "utf-8")
    policy = dict(scene.policy) | ({"evidence": kinds(shop, **scene.kinds)} if scene.kinds else {})
    report = shop.check(as_of=scene.as_of, **policy)
    assert name.split(maxsplit=1)[0] in {finding.slug for finding in report.findings}
    tells(report)


def vacuous(shop: Any, data: Facts, **policy: Any) -> list[tuple[str | int, ...]]:
    shop.file(data)
    return [one.pointer for one in shop.check(as_of=CLOSED, **policy).findings if one.slug == "vacuous-text"]


NOTHING = "todo tbd tbc tba fixme xxx lorem".split()
ORDERS = ["Your text here", "Insert it here", "Describe it here", "Write it here", "Fill in here", "Enter it here"]


@pytest.mark.parametrize(
    "said",
    [*(f"{word} on Monday" for word in NOTHING), *ORDERS, "<what>", "[what]", "{{what}}", "…", "tbd – später"],
    ids="vacuous-text-{}".format,
)
def test_vacuous_text_is_found_however_it_is_put(shop: Any, deployed: Facts, proof: Facts, said: str):
    assert vacuous(shop, closed(deployed, proof, {"summary": said})) == [("summary",)]


@pytest.mark.parametrize(
    "said",
    ["None", "No issues.", "No issues found", "none found", "Nothing", "No", "None known", "Two, both known before."],
    ids="vacuous-text-{}".format,
)
def test_that_no_issue_was_found_says_something(shop: Any, deployed: Facts, proof: Facts, said: str):
    told = {"communication": {**proof["communication"], "issues_found": said}}
    assert vacuous(shop, closed(deployed, proof, {"evidence": told})) == []
    assert vacuous(shop, closed(deployed, proof, {"summary": "None"})) == [("summary",)]


@pytest.mark.parametrize(
    "said",
    ["none", "no issues", "no issues found", "none found", "nothing", "no", "none known"],
    ids="vacuous-text-{}-by-the-policy".format,
)
def test_no_policy_takes_away_that_none_is_an_answer(shop: Any, deployed: Facts, proof: Facts, said: str):
    told = {"communication": {**proof["communication"], "issues_found": said}}
    assert vacuous(shop, closed(deployed, proof, {"evidence": told}), vacuous=[said]) == []
    assert vacuous(shop, closed(deployed, proof, {"summary": said}), vacuous=[said]) == [("summary",)]


@pytest.mark.parametrize("said", ["tbd"], ids="vacuous-text-{}-elsewhere".format)
def test_a_field_of_the_organisation_may_say_what_it_likes(shop: Any, deployed: Facts, proof: Facts, said: str):
    assert vacuous(shop, closed(deployed, proof, {"extra": {"summary": said, "because": said}})) == []


@pytest.mark.parametrize("name", ["vacuous.txt"], ids="vacuous-text-{}".format)
def test_each_line_of_the_list_says_nothing_and_its_comments_are_none(
    shop: Any, deployed: Facts, proof: Facts, name: str
):
    """It is ASCII, so that it reads the same whatever the system's encoding."""
    lines = resources.files("mkdocs_hotfix").joinpath(name).read_bytes().decode("ascii").splitlines()
    comments = [line for line in lines if line.startswith("#")]
    assert comments
    said = [*(line for line in lines if line and line not in comments), *comments]
    places = [("evidence", "impact-analysis", "affected", number) for number in range(len(said) - len(comments))]
    analysis = {**proof["impact-analysis"], "affected": said}
    found = vacuous(shop, closed(deployed, proof, {"evidence": {"impact-analysis": analysis}}))
    assert sorted(found) == places


@pytest.mark.parametrize("said", ["Reindexing"], ids="vacuous-text-{}".format)
def test_one_word_may_be_said_three_times(shop: Any, deployed: Facts, proof: Facts, said: str):
    review = {"at": "2026-04-14T04:50:00Z", "root_cause": said, "escaped_because": said}
    assert vacuous(shop, closed(deployed, proof, {"summary": said, "review": review})) == []
    told = closed(deployed, proof, {"summary": "Reindexing it", "review": review | {"root_cause": "Reindexing it"}})
    told["review"]["escaped_because"] = "Reindexing it"
    assert vacuous(shop, told) == [("review", "escaped_because")]


@pytest.mark.parametrize("said", ["12 tests: 12 passed"], ids="vacuous-text-{}".format)
def test_a_count_may_stand_beside_each_report(shop: Any, deployed: Facts, proof: Facts, said: str):
    names = {"fix-verification": STAGING, "smoke-test": PRODUCTION, "production-verification": PRODUCTION}
    told = {kind: {**base, "summary": said, "report": f"{ID}/{kind}.xml"} for kind, base in names.items()}
    assert vacuous(shop, closed(deployed, proof, {"evidence": told})) == []


@pytest.mark.parametrize("said", ["tbd"], ids="vacuous-text-{}".format)
def test_vacuous_text_is_found_in_each_field_that_is_a_text(shop: Any, deployed: Facts, proof: Facts, said: str):
    data = closed(deployed, proof, {"title": said, "summary": said, "release": {"rollback": said}})
    data["triage"]["answers"]["majority"]["because"] = said
    data["review"] = {"at": "2026-04-14T04:50:00Z", "root_cause": said, "escaped_because": said}
    data["evidence"]["communication"] |= {"issues_found": said, "audience": [said]}
    data["evidence"]["impact-analysis"] |= {"affected": [said], "test_scope": ["all", said]}
    assert sorted(vacuous(shop, data), key=str) == [
        ("evidence", "communication", "audience", 0),
        ("evidence", "communication", "issues_found"),
        ("evidence", "impact-analysis", "affected", 0),
        ("evidence", "impact-analysis", "test_scope", 1),
        ("release", "rollback"),
        ("review", "escaped_because"),
        ("review", "root_cause"),
        ("summary",),
        ("title",),
        ("triage", "answers", "majority", "because"),
    ]


@pytest.mark.parametrize("elements", [pytest.param(5, id="report-unreadable-beyond-what-is-read")])
def test_what_is_left_unread_is_told_once_for_each_kind(
    shop: Any,
    deployed: Facts,
    proof: Facts,
    elements: int,
    tells: Callable[[Report], None],
    monkeypatch: pytest.MonkeyPatch,
):
    monkeypatch.setattr(dossier, "Budget", lambda size=MAX_BYTES, left=elements: Budget(size, left))
    names = {
        "regression-test": ["empty", "a", "b", "c"],
        "smoke-test": ["d"],
        "production-verification": ["e", "f"],
    }
    bases = {"regression-test": STAGING, "smoke-test": PRODUCTION, "production-verification": PRODUCTION}
    evidence = {kind: {**bases[kind], "report": [f"{ID}/{one}.xml" for one in names[kind]]} for kind in names}
    shop.file(closed(deployed, proof, {"evidence": evidence}))
    for number, name in enumerate("abcdefg"):
        (shop.records / ID / f"{name}.xml").write_text(junit(passed=2, head=f' id="{number}"'), "utf-8")
    (shop.records / ID / "empty.xml").write_text("", "utf-8")
    tells(shop.check(as_of=CLOSED))


def test_a_policy_that_changes_too_is_told_with_each_of_its_files(shop: Any):
    taken = Taken("main", "0" * 40, touched=("policy.yml", "extra.json"))
    context = Context(replace(shop.policy(), taken=taken), CLOSED)
    (told,) = BY_SLUG["policy-changed-too"].history(Change(None, None), context)
    assert told.message == "This record changes together with what it is judged by (`policy.yml`, `extra.json`)"


@pytest.mark.parametrize("longer", [0, 1], ids="duplicate-id-{}".format)
def test_a_place_of_120_characters_is_told_in_full(shop: Any, reported: Facts, longer: int):
    folder = "f" * (120 - len("docs/hotfixes//HF-2026-0001.md") + longer)
    for name in (f"{ID}.md", f"{folder}/{ID}.md"):
        shop.file(reported, name)
    told = [one.message for one in shop.check().findings if one.slug == "duplicate-id"]
    place = f"docs/hotfixes/{folder}/{ID}.md"
    other = f"{place[:119]}…" if longer else place
    assert sorted(told) == sorted(f"The id `{ID}` is taken by {one} too" for one in (f"docs/hotfixes/{ID}.md", other))


@pytest.mark.parametrize("names", [("a.md", "b.md")], ids=["duplicate-id-where-there-is-none"])
def test_what_has_no_id_and_no_title_is_told_once(shop: Any, reported: Facts, names: tuple[str, ...]):
    """It is no second record of one id besides, and its title no text that says nothing."""
    for name in names:
        shop.file({key: one for key, one in reported.items() if key not in ("id", "title")}, name)
    assert Counter(one.slug for one in shop.check().findings) == {"missing-field": 4}


def test_a_text_belongs_to_a_scene():
    there = {file.stem for file in (Path(__file__).parents[1] / "told" / "rules").iterdir()}
    assert there == {"report-unreadable-beyond-what-is-read", *map(words, SCENES)}


@pytest.mark.parametrize("kind", [pytest.param("canary", id="evidence-overdue-that-no-status-needs")])
def test_what_no_status_needs_is_owed_all_the_same(shop: Any, deployed: Facts, proof: Facts, kind: str):
    """To go back to `deployed` would not help: what is overdue stays so."""
    evidence = shop.policy().data["evidence"] | {
        kind: {"title": "Canary", "means": "One server is watched.", "due": "2h"}
    }
    shop.file(closed(deployed, proof, {}))
    told = shop.check(as_of=A_DAY_LATER, evidence=evidence).findings
    assert [(one.slug, one.pointer) for one in told] == [("evidence-overdue", ("evidence", kind))]
    assert [one for one in told[0].help if "may waive" in one]
    assert not shop.check(as_of=datetime(2026, 4, 14, 5, 19, 59, tzinfo=UTC), evidence=evidence).findings
