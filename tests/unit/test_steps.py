"""The steps of a hotfix as commands: what moves the status, who may sign, and what is said where the gate says no."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import gate, source, writing

from .commands import ID, Facts, Run, data, git, head, report

ANSWERS = (
    "--yes",
    "significant=310 failed orders an hour.",
    "--yes",
    "majority=64 % of orders.",
    "--no",
    "workaround=The page offers none.",
)
WAIT = (
    "--yes",
    "significant=310 failed orders an hour.",
    "--no",
    "majority=3 % of orders.",
    "--no",
    "workaround=No other card.",
)


def unchanged(shop, file: Path) -> Callable[[], bool]:
    before = file.read_bytes()
    there = sorted(path.name for path in shop.records.iterdir())
    return lambda: file.read_bytes() == before and sorted(path.name for path in shop.records.iterdir()) == there


# -- which record ------------------------------------------------------------------------------------------


def test_a_record_is_named_by_its_id_in_any_case_or_by_its_file(shop, run: Run, reported: Facts):
    shop.file(reported)
    for name in (ID.lower(), f"docs/hotfixes/{ID}.md"):
        assert run(f"set {name} work.hours=3").code == 0
    assert run("set docs/hotfixes/HF-2026-0009.md work.hours=3").err == (
        "docs/hotfixes/HF-2026-0009.md does not exist. Name a record, or its file."
    )


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("HF-2026-0010", f"There is no record HF-2026-0010 in docs/hotfixes. Did you mean {ID}?"),
        ("nonsense", "There is no record nonsense in docs/hotfixes. `hotfix list` shows them."),
    ],
)
def test_a_record_that_does_not_exist_is_guessed_at(shop, run: Run, reported: Facts, name: str, said: str):
    shop.file(reported)
    assert (run(f"advance {name}").code, run(f"advance {name}").err) == (2, said)


def test_a_policy_beside_the_file_counts(shop, run: Run, reported: Facts, tmp_path: Path):
    other = tmp_path / "other" / "docs"
    (other / "hotfixes").mkdir(parents=True)
    shop.policy(name="Other")
    (shop.root / "policy.yml").rename(other / "policy.yml")
    (other / "hotfixes" / f"{ID}.md").write_bytes(shop.file(reported).read_bytes())
    assert run(f"set other/docs/hotfixes/{ID}.md work.hours=3").out.startswith(f"other/docs/hotfixes/{ID}.md: ")
    assert "work" not in data(shop)


def test_a_record_that_can_not_be_read_is_not_touched(shop, run: Run):
    file = shop.records / f"{ID}.md"
    file.write_bytes(b"---\nid: [\n---\n")
    same = unchanged(shop, file)
    said = run(f"set {ID} work.hours=3")
    assert said.code == 2
    assert said.err.startswith(f"docs/hotfixes/{ID}.md:3: ")
    assert "Mend this first" in said.err
    assert same()


def test_a_link_in_the_place_of_a_record_is_refused(shop, run: Run, reported: Facts, tmp_path: Path):
    shop.file(reported).rename(tmp_path / "elsewhere.md")
    (shop.records / f"{ID}.md").symlink_to(tmp_path / "elsewhere.md")
    said = run(f"set {ID} work.hours=3")
    assert (said.code, "is a symbolic link" in said.err) == (2, True)


# -- triage ------------------------------------------------------------------------------------------------


def test_answers_decide_and_move_the_status(shop, run: Run, reported: Facts):
    shop.file(reported)
    said = run(f"triage {ID} --harm financial-loss", *ANSWERS, "--percent", "majority=64 %")
    assert (
        said.out
        == f"docs/hotfixes/{ID}.md: triaged, the answers say hotfix; now `triaged`\nnext: hotfix attach {ID} impact-analysis --affected … --test-scope …\n"
    )
    assert data(shop)["triage"] == {
        "at": "2026-04-14T03:30:00Z",
        "by": "checkout-oncall",
        "answers": {
            "significant": {"answer": True, "because": "310 failed orders an hour.", "harms": ["financial-loss"]},
            "majority": {"answer": True, "because": "64 % of orders.", "percent": 64},
            "workaround": {"answer": False, "because": "The page offers none."},
        },
        "decision": "hotfix",
    }


def test_what_can_wait_is_deferred_with_a_link_to_its_plan(shop, run: Run, reported: Facts):
    shop.file(reported)
    said = run(f"triage {ID}", *WAIT)
    assert "the answers say defer; now `triaged`\nnext: hotfix set" in said.out
    said = run(f"advance {ID}")
    assert (said.code, "can not be “Planned with the other work” yet" in said.out) == (1, True)
    assert run(f"set {ID} --advance", "links+=title: SHOP-1, url: https://example.com/1").code == 0
    assert data(shop)["status"] == "deferred"
    # and taken up again
    assert run(f"triage {ID}", *ANSWERS).code == 2
    assert run(f"triage {ID} --replace", *ANSWERS).code == 0
    assert (data(shop)["status"], data(shop)["triage"]["decision"]) == ("triaged", "hotfix")


def test_a_fix_against_the_answers_is_an_exception_that_somebody_allows(shop, run: Run, reported: Facts):
    file = shop.file(reported)
    same = unchanged(shop, file)
    said = run(f"triage {ID} --decision hotfix", *WAIT)
    assert said.err.startswith("Missing: --exception, --allowed-by, --role (release-manager, service-owner).")
    said = run(
        f"triage {ID}", *WAIT, "--exception", "A legal duty.", "--allowed-by", "jane", "--role", "release-manager"
    )
    assert (said.code, "`jane` is not a release-manager" in said.out) == (1, True)
    said = run(
        f"triage {ID}",
        *WAIT,
        "--exception",
        "A legal duty.",
        "--allowed-by",
        "release-manager",
        "--role",
        "release-manger",
    )
    assert "Did you mean `release-manager`?" in said.err
    assert same()
    assert run(f"triage {ID}", *WAIT, "--exception", "A legal duty.", "--allowed-by", "release-manager").code == 0
    assert data(shop)["triage"]["exception"]["role"] == "release-manager"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "Missing: --yes or --no significant=WHY, --yes or --no majority=WHY, --yes or --no workaround=WHY."),
        (("--yes", "significnt=x"), "Did you mean `significant`?"),
        (("--yes", "significant"), "--yes significant: Write it as `--yes NAME=TEXT`."),
        (("--yes", "significant=a", "--no", "significant=b"), "“Is the bug significant?” is answered twice."),
        ((*ANSWERS, "--harm", "finance-loss"), "Did you mean `financial-loss`?"),
        ((*ANSWERS, "--percent", "majority=most"), "--percent: `most` is no number."),
    ],
)
def test_answers_that_do_not_fit_are_not_written(shop, run: Run, reported: Facts, words: tuple[str, ...], said: str):
    same = unchanged(shop, shop.file(reported))
    found = run(f"triage {ID}", *words)
    assert (found.code, said in found.err) == (2, True), found
    assert same()


# -- set ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("work.ower=x",), "`work.ower` is no field of a record. Did you mean `work.owner`?"),
        (("sprint=x",), "Did you mean `work.sprint`?"),
        (("work.hours=two",), "`work.hours` is a number, and `two` is none."),
        (("work.hours=nan",), "`work.hours` is a number, and `nan` is none."),
        (("work.owner=",), "`work.owner` has no value."),
        (("work.owner+=x",), "`work.owner` is no list"),
        (("status=closed",), "`hotfix advance` moves the status"),
        (("id=HF-2026-0002",), "The id is the file's name"),
        (("links+=[",), "can not be read"),
        (("links+=title: a}, {b: c",), "can not be read"),
        (("approvals.3.by=x",), "There is nothing yet to which it could belong."),
        (("work",), "Missing: work=…."),
        ((), "Name at least one field"),
        (("--unset", "title"), "Every record has that."),
        (("--unset", "work.owner"), "has no `work.owner`."),
        (("=x",), "is no field of a record"),
    ],
)
def test_a_field_that_does_not_fit_is_said_and_nothing_written(
    shop, run: Run, reported: Facts, words: tuple[str, ...], said: str
):
    same = unchanged(shop, shop.file(reported))
    found = run(f"set {ID}", *words)
    assert (found.code, said in found.err) == (2, True), found
    assert same()


@pytest.mark.parametrize(
    ("words", "rule"),
    [
        (("deployed=at: 2026-04-13T00:00:00Z, by: x",), "TIM401"),
        (("reported.at=2999-01-01T00:00:00Z",), "TIM402"),
        (("reported.at=tonight",), "REC"),
        (("links+=title: x, url: 'javascript:1'",), "REC"),
        (("release.commit=HEAD",), "REC"),
        (("links+=titel: x, url: 'https://a.example'",), "REC103"),
        (("extra.a=\x1b[31m",), "REC"),
        (("summary=todo",), "REC"),
    ],
)
def test_what_the_gate_would_refuse_is_not_written(shop, run: Run, reported: Facts, words: tuple[str, ...], rule: str):
    same = unchanged(shop, shop.file(reported))
    found = run(f"set {ID}", *words)
    assert found.code in (1, 2)
    assert "\x1b" not in found.out + found.err
    assert rule in found.out or "holds an unprintable character (U+001B)" in found.err, found
    assert same()


def test_fields_are_typed_as_the_schema_has_them(shop, run: Run, reported: Facts):
    shop.file(reported)
    said = run(
        f"set {ID} work.hours=2.5 work.sprint=2026.10 release.base=4.20 security.cve+=CVE-2026-0001 security.cve+=CVE-2026-0002 extra.paid=yes",
        "summary=Two\r\nlines: both.",
        "review={at: 2026-04-14T03:00:00Z, root_cause: x y z}",
        "review.actions+=summary: 'Test it, too', done: true",
    )
    assert said.code == 0, said
    made = data(shop)
    assert made["work"] == {"hours": 2.5, "sprint": "2026.10"}
    assert (made["release"], made["summary"]) == ({"base": "4.20"}, "Two\nlines: both.")
    assert made["security"] == {"cve": ["CVE-2026-0001", "CVE-2026-0002"]}
    assert made["review"]["actions"] == [{"summary": "Test it, too", "done": True}]
    assert made["extra"] == {"paid": "yes"}
    assert run(f"set {ID} security.cve=CVE-2026-0003 --unset review --unset work.hours").code == 0
    assert (data(shop)["security"], "review" in data(shop), data(shop)["work"]) == (
        {"cve": ["CVE-2026-0003"]},
        False,
        {"sprint": "2026.10"},
    )


def test_git_and_the_other_records_fill_fields_that_stand_alone(
    shop, run: Run, repository: Path, reported: Facts, deployed: Facts
):
    shop.file(reported)
    earlier = {**deployed, "id": "HF-2026-0002", "release": {**deployed["release"], "version": "4.12.3-a"}}
    shop.file({**earlier, "evidence": {}, "status": "triaged"}, "HF-2026-0002.md")
    shop.file(
        {
            **earlier,
            "id": "HF-2026-0003",
            "release": {**deployed["release"], "base": "4.11", "version": "x1"},
            "evidence": {},
            "status": "triaged",
        },
        "HF-2026-0003.md",
    )
    said = run(f"set {ID} work.owner release.base release.branch release.commit release.version release.includes")
    assert said.code == 0, said
    assert data(shop)["release"] == {
        "base": "4.12.2",
        "version": "4.12.3",
        "includes": ["HF-2026-0002"],
        "branch": "hotfix/4.12.3",
        "commit": head(repository),
    }
    assert data(shop)["work"] == {"owner": "checkout-oncall"}


def test_what_git_does_not_know_has_to_be_said(shop, run: Run, reported: Facts):
    shop.file(reported)
    assert run(f"set {ID} release.base release.branch").err == (
        "Missing: release.base=…, release.branch=…. There is no Git repository here. "
        "Nothing is asked here, since this is no terminal."
    )


def test_the_next_step_leaves_a_gap_where_git_does_not_know_the_value(
    shop, run: Run, repository: Path, reported: Facts, deployed: Facts
):
    """What it named alone was answered with "Missing"."""
    analysed = {"impact-analysis": deployed["evidence"]["impact-analysis"]}
    shop.file({**reported, "status": "triaged", "triage": deployed["triage"], "evidence": analysed})
    git("tag", "-d", "v4.12.2", cwd=repository)
    why = "  # Git knows no tag of a release before what is checked out.\n"
    assert f" release.base=… release.branch{why}" in run(f"set {ID} work.hours=2").out
    found = run(f"next {ID}").out
    assert f"$ hotfix set {ID} release.base=…{why}" in found
    assert f"$ hotfix set {ID} release.branch\n" in found
    git("tag", "v4.12.2", "HEAD~1", cwd=repository)
    assert " release.base release.branch\n" in run(f"set {ID} work.hours=3").out


def test_a_commit_that_was_taken_from_git_is_said_where_it_is_another_one(
    shop, run: Run, repository: Path, deployed: Facts
):
    tested = {
        kind: {**one, "commit": "9f3c1e2"} for kind, one in deployed["evidence"].items() if kind == "fix-verification"
    }
    file = shop.file({**deployed, "status": "triaged", "evidence": tested})
    same = unchanged(shop, file)
    said = run(f"set {ID} release.commit")
    assert (said.code, "EVD307 other-commit" in said.out, same()) == (1, True, True)
    assert (
        "The commit was taken from git: the last one at HEAD that changed the code. If another one is meant, name it: `release.commit=…`."
        in said.out
    )
    said = run(f"set {ID} release.commit={head(repository)}")
    assert "taken from git" not in said.out


def test_an_approval_of_a_package_that_is_not_settled_is_written_and_told(shop, run: Run, deployed: Facts):
    """It may come early, at night; but it says yes to something."""
    early = {key: value for key, value in deployed.items() if key not in ("approvals", "deployed")}
    release = {key: value for key, value in deployed["release"].items() if key not in ("version", "commit")}
    evidence = {"impact-analysis": deployed["evidence"]["impact-analysis"]}
    shop.file({**early, "status": "fixing", "release": release, "evidence": evidence})
    said = run(f"approve {ID} --by checkout-lead")
    assert said.code == 0, said
    assert said.err.strip() == (
        "The approval is filed, and the record does not say yet what was approved: `release.version` and `release.commit` are missing. "
        f"Add what is missing, and let checkout-lead look again: `hotfix set {ID} release.version=… release.commit=…`."
    )
    assert data(shop)["approvals"][0]["by"] == "checkout-lead"
    said = run(f"approve {ID} --by nobody --role service-owner")
    assert (said.code, said.err) == (1, "")  # nothing is filed, so nothing is told of it


def test_a_name_of_a_tag_or_branch_is_never_an_option(shop, run: Run, repository: Path, reported: Facts):
    """`--upload-pack=x` would be one, if it were handed on."""
    shop.file(reported)
    git("branch", "-M", "hotfix/--help", cwd=repository)
    said = run(f"set {ID} release.branch release.commit release.version")
    assert said.code == 2
    assert said.err.startswith("Missing: release.version=….")
    assert run(f"set {ID} release.branch release.commit").code == 0
    assert data(shop)["release"]["branch"] == "hotfix/--help"


# -- signing and deploying ---------------------------------------------------------------------------------


def test_who_may_not_approve_is_refused(shop, run: Run, deployed: Facts):
    file = shop.file(
        {key: value for key, value in deployed.items() if key not in ("approvals", "deployed")} | {"status": "verified"}
    )
    same = unchanged(shop, file)
    for words, said in (
        ("--by checkout-oncall --role release-manager", "`checkout-oncall` is `work.owner` and can not approve"),
        ("--by jane --role service-owner", "jane"),
        (
            "--by jane",
            "`jane` has none of the roles that count: release-manager (release-manager); service-owner (checkout-lead, accounts-lead). Ask one of them, or add the person to `approvals.roles` in",
        ),
        ("--by jane --role boss", "`boss` is not known. Known: `release-manager` or `service-owner`."),
    ):
        found = run(f"approve {ID} {words}")
        assert said in found.out + found.err, found
        assert same()
    assert run(f"approve {ID} --by checkout-lead").out == (
        f"docs/hotfixes/{ID}.md: approved by checkout-lead as service-owner\nnext: hotfix deploy {ID}\n"
    )
    assert (
        run(f"approve {ID} --by checkout-lead").err
        == f"checkout-lead has approved {ID} already. One person counts once."
    )
    assert run(f"deploy {ID} --url https://ci.example.com/1").code == 0
    made = data(shop)
    assert made["deployed"] == {
        "at": "2026-04-14T03:30:00Z",
        "by": "checkout-oncall",
        "url": "https://ci.example.com/1",
    }
    assert made["status"] == "deployed"
    assert run(f"deploy {ID}").err.startswith(f"{ID} has `deployed` already.")


def test_a_deployment_that_proves_too_little_is_refused_with_the_commands_that_are_missing(
    shop, run: Run, deployed: Facts
):
    facts = {key: value for key, value in deployed.items() if key not in ("approvals", "deployed")} | {
        "status": "fixing"
    }
    facts["evidence"] = {"impact-analysis": deployed["evidence"]["impact-analysis"]}
    facts["release"] = {key: value for key, value in facts["release"].items() if key != "rollback"}
    same = unchanged(shop, shop.file(facts))
    said = run(f"deploy {ID}")
    assert said.code == 1
    assert said.out.splitlines()[0] == f"{ID} can not be “Deployed” yet:"
    assert [line.strip() for line in said.out.splitlines() if line.startswith("    ")] == [
        f"hotfix set {ID} release.rollback=…",
        f"hotfix attach {ID} fix-verification --environment staging --result passed",
        f"hotfix attach {ID} regression-test --environment staging --report FILE",
        f"hotfix approve {ID}",
    ]
    assert said.out.splitlines()[-1] == "Nothing was changed."
    assert same()


def test_a_rollback_and_a_withdrawal_say_why(shop, run: Run, deployed: Facts, reported: Facts):
    shop.file(deployed)
    assert run(f"rollback {ID}").err.startswith("Missing: --because.")
    assert run(f"rollback {ID} --because", "Payments failed for all cards.").out.startswith(
        f"docs/hotfixes/{ID}.md: taken back at 2026-04-14T03:30:00Z by checkout-oncall; now `rolled-back`"
    )
    shop.file({**reported, "id": "HF-2026-0002"}, "HF-2026-0002.md")
    assert run("withdraw HF-2026-0002 --because", f"The same as {ID}.").code == 0
    assert data(shop, "HF-2026-0002")["status"] == "withdrawn"
    assert not shop.check().count(gate.Level.ERROR)


# -- advance -----------------------------------------------------------------------------------------------


def test_a_status_is_moved_only_where_nothing_at_all_is_wrong(shop, run: Run, deployed: Facts):
    file = shop.file({**deployed, "severity": "critical", "title": "Checkout fails for saved cards"})
    said = run(f"advance {ID}")
    assert said.code == 1
    assert f"    hotfix set {ID} work.hours=…" not in said.out
    assert f"    hotfix communicate {ID}" in said.out
    assert f"    hotfix review {ID}" in said.out
    same = unchanged(shop, file)
    assert run(f"advance {ID} clsed").err == "STATUS: `clsed` is not known. Did you mean `closed`?"
    assert run(f"advance {ID} deployed").out == f"docs/hotfixes/{ID}.md: is `deployed` already\n"
    assert same()
    said = run(f"advance {ID} fixing")
    assert (said.code, "its status is `fixing`" in said.out) == (1, True)
    assert run(f"set {ID} --unset deployed").code == 1
    assert same()


def test_a_status_goes_back_while_nothing_is_deployed(shop, run: Run, deployed: Facts):
    facts = {key: value for key, value in deployed.items() if key not in ("approvals", "deployed")}
    shop.file({**facts, "status": "verified"})
    assert run(f"advance {ID} fixing").out.startswith(f"docs/hotfixes/{ID}.md: was `verified`; now `fixing`")
    assert (
        run(f"advance {ID}").out == f"docs/hotfixes/{ID}.md: was `fixing`; now `verified`\nnext: hotfix approve {ID}\n"
    )


def test_errors_that_were_there_do_not_stop_a_change_and_do_stop_a_status(shop, run: Run, deployed: Facts):
    """Who mends one thing of three is let through; who claims more is not."""
    shop.file({**deployed, "approvals": [], "work": {"owner": "checkout-oncall"}})
    assert shop.check().count(gate.Level.ERROR) == 2
    assert run(f"set {ID} work.sprint=2026-08").code == 0
    assert shop.check().count(gate.Level.ERROR) == 1
    assert run(f"advance {ID}").code == 1
    assert run(f"approve {ID} --by release-manager --at 2026-04-14T03:10:00Z").code == 0
    assert not shop.check().count(gate.Level.ERROR)


def test_the_chain_is_mended_with_one_command(shop, run: Run, deployed: Facts):
    shop.file({**deployed, "evidence": {**deployed["evidence"]}})
    second = {
        **deployed,
        "id": "HF-2026-0002",
        "release": {**deployed["release"], "version": "4.12.4"},
        "status": "triaged",
    }
    shop.file(
        {key: value for key, value in second.items() if key not in ("evidence", "deployed", "approvals")},
        "HF-2026-0002.md",
    )
    said = run("advance HF-2026-0002 deployed")
    assert "    hotfix set HF-2026-0002 release.includes\n" in said.out
    assert said.out.splitlines()[-2].strip() == "hotfix deploy HF-2026-0002"
    assert run("set HF-2026-0002 release.includes").code == 0
    assert data(shop, "HF-2026-0002")["release"]["includes"] == [ID]


def test_nothing_comes_after_the_end(shop, run: Run, reported: Facts):
    shop.file(
        {
            **reported,
            "status": "withdrawn",
            "withdrawn": {"at": "2026-04-14T03:00:00Z", "by": "x", "because": "A mistake of mine."},
        }
    )
    said = run(f"advance {ID}")
    assert (said.code, said.err) == (2, f"{ID} is `withdrawn`, and nothing comes after that. Name the STATUS you mean.")


def test_another_record_that_a_change_would_break_stops_it(shop, run: Run, deployed: Facts):
    shop.file(deployed)
    shop.file(
        {
            **deployed,
            "id": "HF-2026-0002",
            "evidence": {},
            "status": "triaged",
            "release": {"base": "4.12.2", "includes": [ID]},
        },
        "HF-2026-0002.md",
    )
    said = run("set HF-2026-0002 release.version=4.12.3")
    assert said.code == 1
    assert f"docs/hotfixes/{ID}.md: The version 4.12.3 is taken by HF-2026-0002 too [REL503" in said.out


# -- files -------------------------------------------------------------------------------------------------


def test_a_record_that_changed_meanwhile_is_not_written_over(
    shop, run: Run, reported: Facts, monkeypatch: pytest.MonkeyPatch
):
    file = shop.file(reported)
    really = gate.check

    def saved_meanwhile(*given: Any, **more: Any) -> gate.Report:
        file.write_bytes(file.read_bytes() + b"More.\n")
        return really(*given, **more)

    monkeypatch.setattr(gate, "check", saved_meanwhile)
    said = run(f"set {ID} work.hours=3")
    assert (said.code, "was changed by somebody else while this ran" in said.err) == (2, True)
    assert file.read_bytes().endswith(b"More.\n")


def test_a_report_is_taken_back_when_the_record_can_not_be_written(
    shop, run: Run, deployed: Facts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    facts = {key: value for key, value in deployed.items() if key not in ("approvals", "deployed")} | {
        "status": "fixing"
    }
    facts["evidence"] = {"impact-analysis": deployed["evidence"]["impact-analysis"]}
    shop.file(facts)

    def full(*_given: object) -> None:
        raise writing.SetupError("The disk is full.")

    monkeypatch.setattr(writing, "replace", full)
    said = run(f"attach {ID} fix-verification --report {report(tmp_path / 'out')}")
    assert (said.code, said.err) == (2, "The disk is full.")
    assert sorted(path.name for path in (shop.records / ID).iterdir()) == ["regression-test.xml"]


def test_windows_line_ends_stay(shop, run: Run, reported: Facts):
    file = shop.file(reported)
    file.write_bytes(
        b"\xef\xbb\xbf---\r\nid: HF-2026-0001 # x\r\ntitle: Broken cards\r\nstatus: reported\r\nseverity: major\r\nservice: checkout\r\nreported:\r\n    at: 2026-04-14T01:40:00Z\r\n    by: me\r\n---\r\n\r\nText"
    )
    assert run(f"triage {ID}", *ANSWERS).code == 0
    raw = file.read_bytes()
    assert raw.count(b"\n") == raw.count(b"\r\n") > 15
    assert raw.startswith(b"\xef\xbb\xbf---\r\nid: HF-2026-0001 # x\r\n")
    assert (
        b"triage:\r\n    at: 2026-04-14T03:30:00Z\r\n    by: checkout-oncall\r\n    answers:\r\n        significant:"
        in raw
    )
    assert raw.endswith(b"\r\nText")


def test_a_policy_that_asks_git_lets_a_report_be_attached_before_it_is_committed(
    shop, run: Run, repository: Path, deployed: Facts, tmp_path: Path
):
    shop.policy(git=True)
    facts = {key: value for key, value in deployed.items() if key not in ("approvals", "deployed")} | {
        "status": "fixing"
    }
    facts["evidence"] = {"impact-analysis": deployed["evidence"]["impact-analysis"]}
    facts["release"] = {"base": "4.12.2", "branch": "hotfix/4.12.3"}
    shop.file(facts)
    (shop.records / ID / "regression-test.xml").unlink()
    assert run(f"attach {ID} fix-verification --report {report(tmp_path / 'out')}").code == 0
    git("add", ".", cwd=repository)
    assert not shop.check(git=True).count(gate.Level.ERROR)
    said = run(f"set {ID} release.commit=0123456789abcdef")
    assert (said.code, "is not in the Git repository" in said.out) == (1, True)


def test_source_is_what_was_meant(shop, run: Run, reported: Facts):
    """A sentence of whatever characters comes out as it went in."""
    shop.file(reported)
    text = "“Größe”: #1, {a: [b]}, 'c' \\ \"d\" — 🔥 %s & * ! | > @ `e` \u00a0 end"
    assert run(f"set {ID}", f"summary={text}").code == 0
    assert source.read(shop.records / f"{ID}.md").data["summary"] == text
