"""The commands that change a record, as the program takes them: what they write, what they refuse, and what they say."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import gate, source, writing

from .commands import FAILED, ID, Facts, Run, Said, data, git, head, report
from .layouts import Writer, record

REPORTS = Path(__file__).parents[1] / "reports"

# -- new ---------------------------------------------------------------------------------------------------

NEW = "new --severity major --service checkout --by support-lead --title"


def test_a_new_record_passes_the_gate_and_tells_the_next_step(shop, run: Run):
    said = run(NEW, "Checkout fails: saved cards", "--summary", "Nobody can pay.", "--text", "# Night\n\nAt one.\n")
    assert said == Said(0, f"docs/hotfixes/{ID}.md: filed as `reported`\nnext: hotfix triage {ID}\n")
    assert (shop.records / f"{ID}.md").read_bytes() == (
        b'---\nid: HF-2026-0001\ntitle: "Checkout fails: saved cards"\nsummary: Nobody can pay.\nstatus: reported\n'
        b"severity: major\nservice: checkout\nreported: {at: 2026-04-14T03:30:00Z, by: support-lead}\n---\n\n# Night\n\nAt one.\n"
    )
    assert not shop.check().findings


def test_without_a_terminal_all_that_is_missing_is_said_at_once(shop, run: Run, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.delenv("HOTFIX_BY")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", os.devnull)
    said = run("new")
    assert said.code == 2
    assert (
        said.err
        == "Missing: --title, --severity (critical, major), --service, --by. Nothing is asked here, since this is no terminal."
    )
    assert not list(shop.records.iterdir())


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--severity", "critcal"], "--severity: `critcal` is not known. Did you mean `critical`?"),
        (["--at", "2026-04-14 03:00"], "--at: `2026-04-14 03:00` is no time with its zone."),
        (["--id", "HF-26-1"], "HF-26-1"),
        (["--set", "relase.base=1"], "`relase.base` is no field of a record. Did you mean `release.base`?"),
        (["--set", "links"], "Write it as `--set links=VALUE`"),
        (["--url", "ftp://x"], "url"),
        (["--title", "fix"], "fix"),
    ],
)
def test_a_new_record_that_would_be_wrong_is_not_written(shop, run: Run, words: list[str], said: str):
    found = run(NEW, "Checkout fails for saved cards", *words)
    assert found.code in (1, 2)
    assert said in found.err + found.out
    assert not list(shop.records.iterdir())


def test_a_time_may_be_written_as_people_do(shop, run: Run):
    assert run(NEW, "Checkout fails", "--at", "2026-04-14 03:20 UTC").code == 0
    assert data(shop)["reported"]["at"] == "2026-04-14T03:20:00Z"


def test_the_fields_that_a_policy_needs_besides_have_a_flag_too(shop, run: Run):
    first = {"title": "Reported", "needs": ["severity", "reported", "links", "extra"]}
    shop.policy(statuses={**shop.policy().data["statuses"], "reported": first})
    said = run("new --severity major --service x --title Broken --by me")
    assert said.code == 2
    assert "--set links=…" in said.err
    assert (
        run(
            "new --severity major --service x --title Broken --by me",
            "--set",
            "links+=title: Ticket, url: https://example.com/1",
            "--set",
            "extra.ticket=SHOP-1",
        ).code
        == 0
    )
    assert data(shop)["links"] == [{"title": "Ticket", "url": "https://example.com/1"}]


def test_the_folder_of_the_records_is_made_with_the_first(shop, run: Run):
    shop.records.rmdir()
    assert run(NEW, "Checkout fails").code == 0
    assert not shop.check().findings


def test_in_the_wrong_folder_no_record_is_left(shop, run: Run):
    shop.records.rmdir()
    shop.root.rmdir()
    assert run(NEW, "Checkout fails").err == (
        "There is no folder docs here. Go to the folder of the handbook, or set one up: `hotfix init`."
    )
    assert not list(shop.root.parent.iterdir())


@pytest.mark.parametrize("text", ["a\x1bb", "a\udcffb", "a\x85b"])
def test_a_character_that_no_record_may_hold_is_named(shop, run: Run, text: str):
    for words in (["--text", text], ["--summary", text]):
        said = run(NEW, "Checkout fails", *words)
        assert (said.code, "holds an unprintable character (U+" in said.err) == (2, True), said
    assert not list(shop.records.iterdir())


def test_an_id_that_is_taken_is_refused(shop, run: Run, reported: Facts):
    shop.file(reported)
    said = run(NEW, "Checkout fails", "--id", ID.lower())
    assert (said.code, said.err) == (2, f"--id: {ID} is taken. Without --id the next free one is found.")


def test_two_who_file_at_once_get_two_ids(shop, run: Run, monkeypatch: pytest.MonkeyPatch):
    really = writing.create

    def late(path: Path, content: bytes) -> None:
        if path.name == f"{ID}.md" and not path.exists():
            path.write_bytes(b"theirs")
        really(path, content)

    monkeypatch.setattr(writing, "create", late)
    said = run(NEW, "Checkout fails")
    assert (said.code, said.out.partition(":")[0]) == (0, "docs/hotfixes/HF-2026-0002.md")
    assert (shop.records / f"{ID}.md").read_bytes() == b"theirs"


def test_the_next_id_is_free_on_every_branch_that_git_knows(shop, run: Run, reported: Facts, tmp_path_factory):
    top, origin = shop.root.parent, tmp_path_factory.mktemp("origin") / "shop.git"
    git("init", "-q", "-b", "main", cwd=top)
    shop.file(reported)
    git("add", ".", cwd=top)
    git("commit", "-qm", "one", cwd=top)
    git("clone", "-q", "--bare", ".", str(origin), cwd=top)
    git("remote", "add", "origin", str(origin), cwd=top)
    for branch, number in (("mine", "0007"), ("theirs", "0009")):
        git("switch", "-qc", branch, cwd=top)
        shop.file({**reported, "id": f"HF-2026-{number}"}, f"2026/HF-2026-{number}.md")
        git("add", ".", cwd=top)
        git("commit", "-qm", branch, cwd=top)
        git("switch", "-q", "main", cwd=top)
    git("push", "-q", "origin", "theirs:main", cwd=top)
    git("branch", "-qD", "theirs", cwd=top)
    git("fetch", "-q", "origin", cwd=top)
    assert run(NEW, "Checkout fails").out.startswith("docs/hotfixes/HF-2026-0010.md: filed")
    git("update-ref", "-d", "refs/remotes/origin/main", cwd=top)
    (shop.records / "HF-2026-0010.md").unlink()
    assert run(NEW, "Checkout fails").out.startswith("docs/hotfixes/HF-2026-0008.md: filed")


def test_a_shallow_clone_is_enough_to_file(
    shop, run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch, tmp_path_factory
):
    clone = tmp_path_factory.mktemp("clone") / "shop"
    git("clone", "-q", "--depth", "1", f"file://{repository}", str(clone), cwd=repository)
    monkeypatch.chdir(clone)
    said = run(NEW, "Checkout fails")
    assert (said.code, said.err) == (0, "")
    assert (clone / "docs" / "hotfixes" / f"{ID}.md").is_file()


def test_where_git_can_not_answer_it_is_said(shop, run: Run, repository: Path):
    (repository / ".git" / "HEAD").unlink()
    said = run(NEW, "Checkout fails")
    assert said.code == 0
    assert said.err.startswith("Ids on other branches are not known. `git rev-parse` can not answer in ")


# -- the whole way -----------------------------------------------------------------------------------------


def test_from_new_to_closed_with_commands_alone(shop, run: Run, repository: Path, monkeypatch: pytest.MonkeyPatch):
    """In fewer than 15 commands, with files that real test runners wrote; each says what the next one is."""
    fix = head(repository)
    build = repository / "build"
    commands = [
        (
            "new --at 2026-04-14T01:04:00Z --severity critical --service checkout --by support-lead --title",
            "Checkout fails for saved cards",
        ),
        (
            "triage {id} --at 2026-04-14T01:12:00Z --harm financial-loss --yes",
            "significant=310 failed orders an hour.",
            "--yes",
            "majority=64 % of orders.",
            "--no",
            "workaround=The error page offers no other card.",
        ),
        (
            "attach {id} impact-analysis --at 2026-04-14T01:31:00Z --affected checkout-api --test-scope",
            "pay with a saved card",
            "--summary",
            "The release renamed a field.",
        ),
        ("set {id} work.owner work.sprint=2026-08 release.base release.branch --advance",),
        (f"attach {{id}} fix-verification --by test-lead --report {report(build, case='fix')}",),
        (
            f"attach {{id}} regression-test --by test-lead --report {report(build, 'regression.xml', case='regression')}",
        ),
        ("set {id} release.commit release.version --advance", "release.rollback=Redeploy 4.12.2."),
        ("approve {id} --by release-manager",),
        ("deploy {id}",),
        (
            f"attach {{id}} production-verification --report {report(build, 'prod.xml', case='prod', at='2026-04-14T03:09:00Z')}",
        ),
        (f"attach {{id}} smoke-test --report {report(build, 'smoke.xml', case='smoke', at='2026-04-14T03:10:00Z')}",),
        ("communicate {id} --audience support --audience sales --no-issues --by release-manager",),
        (
            "review {id} --root-cause",
            "A field was renamed.",
            "--escaped-because",
            "No test pays with a saved card.",
            "--action",
            "Add that test.",
        ),
        (
            "set {id} work.hours=14 --advance",
            "release.merge_back+=branch: main, url: https://git.example.com/acme/shop/pull/2214",
        ),
    ]
    assert len(commands) < 15
    told = []
    for minute, (line, *more) in enumerate(commands):
        if line.startswith("set {id} work.hours"):  # records were committed meanwhile, and the fix was merged
            git("add", ".", cwd=repository)
            git("commit", "-qm", "Record", cwd=repository, at="2026-04-14T03:12:00Z")
            git("switch", "-q", "main", cwd=repository)
            git("merge", "-q", "hotfix/4.12.3", cwd=repository)
        said = run(line.format(id=ID), *more, at=f"2026-04-14T03:{minute:02}:00Z")
        assert said.code == 0, (line, said)
        told.append(re.sub(r".*next: hotfix ", "", said.out.strip().splitlines()[-1]).split()[0])
        assert not shop.check(as_of=gate.now(f"2026-04-14T03:{minute:02}:30Z")).count(gate.Level.ERROR), line
    assert told[:5] == ["triage", "attach", "set", "attach", "attach"]
    made = data(shop)
    assert made["status"] == "closed"
    assert made["release"] == {
        "base": "4.12.2",
        "version": "4.12.3",
        "branch": "hotfix/4.12.3",
        "commit": fix,
        "rollback": "Redeploy 4.12.2.",
        "merge_back": [{"branch": "main", "url": "https://git.example.com/acme/shop/pull/2214"}],
    }
    assert made["evidence"]["regression-test"] == {
        "result": "passed",
        "at": "2026-04-14T02:40:00Z",
        "by": "test-lead",
        "environment": "staging",
        "commit": fix,
        "summary": "3 tests: 3 passed",
        "report": f"{ID}/regression-test.xml",
        "sha256": made["evidence"]["regression-test"]["sha256"],
    }
    (judged,) = shop.check(as_of=gate.now("2026-04-14T04:00:00Z"), git=True).judged
    assert {one.state for one in judged.verdicts} == {"met"}
    assert max(len(line) for line in (shop.records / f"{ID}.md").read_text("utf-8").splitlines()) <= 120


# -- attach ------------------------------------------------------------------------------------------------


def before_tests(deployed: Facts) -> dict[str, Any]:
    made = {key: value for key, value in deployed.items() if key not in ("deployed", "approvals")}
    return {**made, "status": "fixing", "evidence": {"impact-analysis": deployed["evidence"]["impact-analysis"]}}


def test_a_failing_report_is_never_filed_as_passed(shop, run: Run, deployed: Facts, tmp_path: Path):
    file = shop.file(before_tests(deployed))
    (shop.records / ID / "regression-test.xml").unlink()
    before = file.read_bytes()
    bad = report(tmp_path / "out", what=FAILED)
    said = run(f"attach {ID} fix-verification --result passed --report {bad}")
    assert said.code == 1
    assert "3 tests: 2 passed, 1 failed. It is not `passed`: “pay c”. Fix the cause" in said.out
    assert file.read_bytes() == before
    assert not list((shop.records / ID).iterdir())
    assert run(f"attach {ID} fix-verification --report {bad}").code == 0
    assert data(shop)["evidence"]["fix-verification"]["result"] == "failed"
    # what failed may be done again without a word more; what passed may not
    good = report(tmp_path / "out", "again.xml", case="again")
    assert run(f"attach {ID} fix-verification --report {good}").code == 0
    made = data(shop)["evidence"]["fix-verification"]
    assert (made["result"], made["report"]) == ("passed", f"{ID}/fix-verification-2.xml")
    said = run(f"attach {ID} fix-verification --report {good}")
    assert said.code == 2
    assert f"{ID} has `evidence.fix-verification` already (passed, 2026-04-14T02:40:00Z, checkout-oncall)." in said.err
    assert run(f"attach {ID} fix-verification --replace --report {good}").code == 0
    assert sorted(path.name for path in (shop.records / ID).iterdir()) == [
        "fix-verification-2.xml",
        "fix-verification.xml",
    ]


def test_a_report_of_nothing_and_one_that_contradicts_itself_are_no_proof(
    shop, run: Run, deployed: Facts, tmp_path: Path
):
    shop.file(before_tests(deployed))
    nothing = tmp_path / "nothing.xml"
    nothing.write_text('<testsuite tests="1"><testcase name="a"><skipped/></testcase></testsuite>', "utf-8")
    lies = tmp_path / "lies.xml"
    lies.write_text('<testsuite tests="9" failures="2"><testcase name="a"/></testsuite>', "utf-8")
    for file, why in ((nothing, "No test ran in it"), (lies, "The report contradicts itself")):
        said = run(f"attach {ID} fix-verification --result passed --report {file}")
        assert (said.code, why in said.out) == (1, True), said


@pytest.mark.parametrize("name", sorted(path.name for path in REPORTS.glob("*.*") if path.suffix in (".xml", ".json")))
def test_the_files_of_real_test_runners_are_attached_as_they_are(shop, run: Run, deployed: Facts, name: str):
    """Each is filed with the result that it has; whatever is refused leaves nothing behind."""
    file = shop.file(
        {
            **before_tests(deployed),
            "reported": {"at": "2020-01-01T00:00:00Z", "by": "x"},
            "triage": {**deployed["triage"], "at": "2020-01-01T00:00:00Z"},
            "evidence": {},
            "status": "triaged",
        }
    )
    (shop.records / ID / "regression-test.xml").unlink()
    before = file.read_bytes()
    said = run(f"attach {ID} fix-verification --report {REPORTS / name}", at="2026-12-01T00:00:00Z")
    if said.code == 0:
        made = data(shop)["evidence"]["fix-verification"]
        copied = shop.records / made["report"]
        assert copied.read_bytes() == (REPORTS / name).read_bytes()
        assert re.match(r"[0-9,]+ tests?: ", made["summary"])
        assert not shop.check(as_of=gate.now("2026-12-01T00:00:00Z")).count(gate.Level.ERROR)
    else:
        assert file.read_bytes() == before
        assert not (shop.records / ID).exists() or not list((shop.records / ID).iterdir())
        assert said.out + said.err


def test_a_report_that_lies_beside_the_record_stays_where_it_is(shop, run: Run, deployed: Facts):
    shop.file(before_tests(deployed))
    report(shop.records / ID / "night", "mine.xml")
    assert run(f"attach {ID} fix-verification --report docs/hotfixes/{ID}/night/mine.xml").code == 0
    assert data(shop)["evidence"]["fix-verification"]["report"] == f"{ID}/night/mine.xml"
    assert sorted(path.name for path in (shop.records / ID).iterdir()) == ["night", "regression-test.xml"]


def test_several_reports_get_names_of_their_own(shop, run: Run, deployed: Facts, tmp_path: Path):
    shop.file(before_tests(deployed))
    one = report(tmp_path / "a", "TEST-pay & go.xml", case="one")
    two = report(tmp_path / "b", "TEST-pay & go.xml", case="two")
    assert run(f"attach {ID} regression-test", "--report", str(one), "--report", str(two)).code == 0
    made = data(shop)["evidence"]["regression-test"]
    assert made["report"] == [f"{ID}/regression-test-TEST-pay-go.xml", f"{ID}/regression-test-TEST-pay-go-2.xml"]
    assert len(made["sha256"]) == 2
    assert made["summary"] == "6 tests: 6 passed"
    said = run(f"attach {ID} fix-verification", "--report", str(one), "--report", str(one))
    assert (said.code, "is named twice" in said.err) == (2, True)


def test_a_file_of_that_name_is_never_written_over(shop, run: Run, deployed: Facts, tmp_path: Path):
    shop.file(before_tests(deployed))
    mine = shop.records / ID / "fix-verification.xml"
    mine.write_text("mine", "utf-8")
    assert run(f"attach {ID} fix-verification --report {report(tmp_path / 'a')}").code == 0
    assert mine.read_text("utf-8") == "mine"
    assert data(shop)["evidence"]["fix-verification"]["report"] == f"{ID}/fix-verification-2.xml"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "out.xml can not be read: no such file"),
        ("", "out.xml proves nothing: the file is empty."),
        ("<html><body>404</body></html>", "out.xml:1 proves nothing: "),
        ("<testsuite><testcase", "out.xml:1 proves nothing: "),
        ('<!DOCTYPE x [<!ENTITY a "b">]><testsuite/>', "proves nothing: "),
    ],
)
def test_what_is_no_report_is_said_to_be_none(
    shop, run: Run, deployed: Facts, tmp_path: Path, content: str | None, said: str
):
    file = shop.file(before_tests(deployed))
    before = file.read_bytes()
    if content is not None:
        (tmp_path / "out.xml").write_text(content, "utf-8")
    found = run(f"attach {ID} fix-verification --report out.xml")
    assert found.code == 2
    assert said in found.err
    assert file.read_bytes() == before


def test_a_kind_is_asked_for_what_it_needs(shop, run: Run, deployed: Facts):
    shop.file(before_tests(deployed))
    said = run(f"attach {ID} communication")
    assert said.err == "Missing: --audience, --issue or --no-issues. Nothing is asked here, since this is no terminal."
    assert run(f"attach {ID} smoke-test").err.startswith("Missing: --result (passed, failed).")
    assert run(f"attach {ID} regression-test --result passed").err.startswith("Missing: --report.")
    assert "Did you mean `smoke-test`?" in run(f"attach {ID} smoketest --result passed").err
    assert "Did you mean `staging`?" in run(f"attach {ID} fix-verification --result passed --environment stagin").err
    said = run(f"attach {ID} fix-verification --result passed --environment production")
    assert (said.code, "and only `staging` counts" in said.out) == (1, True)


def test_where_several_environments_count_one_has_to_be_named(shop, run: Run, deployed: Facts):
    places = {**shop.policy().data["environments"], "mirror": {"title": "Mirror", "production_like": True}}
    shop.policy(environments=places)
    shop.file(before_tests(deployed))
    assert run(f"attach {ID} fix-verification --result passed").err.startswith(
        "Missing: --environment (staging, mirror)."
    )
    assert run(f"attach {ID} fix-verification --result passed --environment mirror").code == 0


def test_one_run_can_not_prove_two_hotfixes(shop, run: Run, deployed: Facts, reported: Facts, tmp_path: Path):
    shop.file(before_tests(deployed))
    shop.file({**reported, "id": "HF-2026-0002"}, "HF-2026-0002.md")
    one = report(tmp_path / "a")
    assert run(f"attach {ID} fix-verification --report {one}").code == 0
    said = run(f"attach HF-2026-0002 fix-verification --report {one}")
    assert (said.code, f"is also the proof of {ID}" in said.out) == (1, True)
    assert not (shop.records / "HF-2026-0002").exists()


def test_the_commit_is_the_one_of_the_branch_that_is_checked_out(shop, run: Run, repository: Path, deployed: Facts):
    fix = head(repository)
    bare = before_tests(deployed)
    bare["release"] = {key: value for key, value in bare["release"].items() if key != "commit"}
    shop.file(bare)
    git("add", ".", cwd=repository)
    git("commit", "-qm", "A record is no new state of the fix", cwd=repository)
    assert run(f"attach {ID} fix-verification --result passed").code == 0
    assert data(shop)["evidence"]["fix-verification"]["commit"] == fix
    git("switch", "-qc", "another", cwd=repository)
    assert run(f"attach {ID} smoke-test --result passed").code == 0
    assert "commit" not in data(shop)["evidence"]["smoke-test"]


def test_where_the_commit_of_git_is_not_the_released_one_the_way_out_is_told_and_works(
    shop, run: Run, repository: Path, deployed: Facts
):
    bare = before_tests(deployed)
    file = shop.file({**bare, "release": {**bare["release"], "commit": head(repository, "v4.12.2")}})
    before = file.read_bytes()
    words = f"attach {ID} fix-verification --result passed"
    said = run(words)
    assert (said.code, file.read_bytes()) == (1, before)
    assert "[EVD307 other-commit]" in said.out
    assert said.out.splitlines()[-2:] == [
        "    The commit was taken from git: the last one at HEAD that changed the code. If another one is meant, name it: `--commit …`.",
        "Nothing was changed.",
    ]
    said = run(f"{words} --commit 0000000")
    assert (said.code, file.read_bytes()) == (1, before)
    assert "[EVD307 other-commit]" in said.out
    assert "taken from git" not in said.out
    assert run(f"{words} --commit {head(repository, 'v4.12.2')[:12]}").code == 0
    assert data(shop)["evidence"]["fix-verification"]["commit"] == head(repository, "v4.12.2")[:12]
    assert not shop.check().count(gate.Level.ERROR)


def test_a_report_of_another_commit_is_not_attached_and_git_is_not_blamed_for_it(
    shop, run: Run, repository: Path, deployed: Facts, tmp_path: Path
):
    bare = before_tests(deployed)
    file = shop.file({**bare, "release": {**bare["release"], "commit": head(repository)}})
    before, there = file.read_bytes(), sorted((shop.records / ID).iterdir())
    path = report(tmp_path / "out")
    path.write_text(
        path.read_text("utf-8").replace(
            "<testcase", f'<properties><property name="git.commit" value="{"0" * 40}"/></properties><testcase', 1
        ),
        "utf-8",
    )
    said = run(f"attach {ID} fix-verification --report {path}")
    assert (said.code, file.read_bytes(), sorted((shop.records / ID).iterdir())) == (1, before, there)
    assert "[EVD307 other-commit]" in said.out
    assert "taken from git" not in said.out
    path.write_text(path.read_text("utf-8").replace("0" * 40, head(repository)), "utf-8")
    assert run(f"attach {ID} fix-verification --report {path}").code == 0
    assert data(shop)["evidence"]["fix-verification"]["commit"] == head(repository)
    assert not shop.check().count(gate.Level.ERROR)


def test_a_branch_that_is_not_the_one_of_the_hotfix_vouches_for_nothing(
    shop, run: Run, repository: Path, deployed: Facts
):
    """Somebody files the record on a branch of its own: what is checked out there was not tested."""
    bare = before_tests(deployed)
    shop.file({**bare, "status": "triaged", "release": {"base": "4.12.2"}})
    assert run(f"attach {ID} fix-verification --result passed").code == 0
    assert "commit" not in data(shop)["evidence"]["fix-verification"]


def test_a_handbook_deep_in_the_repository_is_left_out_of_account_too(shop, run: Run, reported: Facts, tmp_path: Path):
    top = tmp_path / "mono"
    (top / "shop" / "docs" / "hotfixes").mkdir(parents=True)
    (top / "shop" / "code.py").write_text("1\n", "utf-8")
    git("init", "-q", "-b", "hotfix/1.0.1", cwd=top)
    git("add", ".", cwd=top)
    git("commit", "-qm", "Fix", cwd=top)
    fix = head(top)
    file = top / "shop" / "docs" / "hotfixes" / f"{ID}.md"
    file.write_bytes(shop.file(reported).read_bytes())
    (top / "shop" / "docs" / "policy.yml").write_text("{}", "utf-8")
    shop.policy(name="Mono")
    (shop.root / "policy.yml").rename(top / "shop" / "docs" / "policy.yml")
    git("add", ".", cwd=top)
    git("commit", "-qm", "Record", cwd=top)
    assert run(f"set mono/shop/docs/hotfixes/{ID}.md release.branch release.commit").code == 0
    assert source.read(file).data["release"] == {"branch": "hotfix/1.0.1", "commit": fix}


def attach_to_any_layout(shop, run: Run, seed: int, proof: Path) -> None:
    file = shop.records / f"{ID}.md"
    facts = record(seed)
    facts["title"], facts["summary"] = "Checkout fails", "Nobody can pay: not one order."
    facts["evidence"] = {key: value for key, value in facts.get("evidence", {}).items() if key != "communication"}
    facts = {key: value for key, value in facts.items() if key not in ("work", "approvals") or value}
    raw = Writer(seed).front_matter(facts)
    file.write_bytes(raw)
    said = run(f"attach {ID} smoke-test --report {proof}")
    assert said.code == 0, (seed, said, raw.decode())
    made = file.read_bytes()
    assert len(made) > len(raw)
    kept = [line for line in raw.split(b"\n") if line not in made.split(b"\n")]
    assert len(kept) <= 1, (seed, kept, made.decode())
    assert source.parse(made).body == source.parse(raw).body


@pytest.mark.slow
def test_a_thousand_records_of_any_layout_survive_attach(shop, run: Run, tmp_path: Path):
    proof = report(tmp_path / "out", at="2026-04-14T03:06:00Z")
    for seed in range(1000):
        attach_to_any_layout(shop, run, seed, proof)


def test_a_few_records_of_any_layout_survive_attach(shop, run: Run, tmp_path: Path):
    proof = report(tmp_path / "out", at="2026-04-14T03:06:00Z")
    for seed in range(1000, 1012):
        attach_to_any_layout(shop, run, seed, proof)
