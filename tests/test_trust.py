"""Who is judged does not write the law: `--policy-from` takes all that decides from a revision, and none of it from the change."""

from __future__ import annotations

import json
import os
import subprocess
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from mkdocs_hotfix import cache, policyfile, trusted
from mkdocs_hotfix.cli import cli
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.formats import FORMATS

ROOT = Path(__file__).parents[1]
BUILT_IN = (ROOT / "mkdocs_hotfix/policy.yml").read_text("utf-8")
LAX = BUILT_IN.replace("levels: {}", "levels: {missing-requirement: off, missing-approval: off, missing-evidence: off}")
REPORTED = """\
id: HF-2026-0042
title: Checkout fails for saved cards
status: reported
severity: major
service: checkout
reported: {at: 2026-04-14T02:50:00Z, by: support-lead}
"""
TRIAGED = REPORTED.replace("status: reported", "status: triaged")  # and no triage
SCHEMA = {"type": "object", "properties": {"ticket": {"type": "string", "pattern": "^SHOP-[0-9]{1,9}$"}}}


class Shop:
    """A clone whose `main` has a policy, and what somebody wants to bring there."""

    def __init__(self, top: Path) -> None:
        self.top = top
        self.git("init", "-q", "-b", "main", "--template=")

    def git(self, *arguments: str) -> str:
        who = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false")
        bare = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        done = subprocess.run(["git", *who, *arguments], cwd=self.top, env=bare, check=True, capture_output=True)
        return done.stdout.decode().strip()

    def write(self, **files: str) -> None:
        for name, content in files.items():
            self.put({"policy": "docs/policy.yml", "record": "docs/hotfixes/HF-2026-0042.md"}[name], content)

    def put(self, name: str, content: str) -> None:
        path = self.top / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{content}---\n" if name.endswith(".md") else content, "utf-8")

    def commit(self, message: str = "more") -> None:
        self.git("add", "--all")
        self.git("commit", "-q", "--allow-empty", "-m", message)

    def check(self, *arguments: str, since: str = "main") -> Result:
        return CliRunner().invoke(
            cli, ["check", "--policy-from", since, "--format", "concise", *arguments], standalone_mode=False
        )


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    made = tmp_path / "shop"
    made.mkdir()
    shop = Shop(made)
    shop.write(policy=BUILT_IN, record=REPORTED)
    shop.commit("base")
    shop.git("switch", "-q", "-c", "work")
    monkeypatch.chdir(made)
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1776137400")  # 2026-04-14T03:30Z
    return shop


def test_a_laxer_policy_does_not_open_the_gate_for_its_own_change(shop: Shop):
    shop.write(policy=LAX, record=TRIAGED)
    shop.commit()
    plain = CliRunner().invoke(cli, ["check"], standalone_mode=False)
    assert plain.return_value == 0
    told = shop.check()
    assert told.return_value == 1
    assert "missing-requirement" in told.stdout
    assert told.stdout.endswith("by the policy of main\n")


def test_a_change_of_policy_and_records_is_said_in_every_format(shop: Shop):
    shop.write(policy=LAX, record=REPORTED.replace("saved", "all"))
    for stage in ("not committed", "committed"):
        told = shop.check()
        assert told.return_value == 0, stage
        assert "REC112 policy-changed-too: This record changes together with what it is judged by" in told.stdout
        assert "Changed here: docs/policy.yml. That does not count yet" in told.stderr
        shop.commit()
    assert shop.check("--strict").return_value == 1
    for style in FORMATS:
        assert "policy-changed-too" in shop.check("--format", style).stdout, style
    shop.check("--summary", "summary.md")
    assert "policy-changed-too" in (shop.top / "summary.md").read_text("utf-8")


def test_a_change_of_the_policy_alone_is_said_beside_the_findings(shop: Shop):
    shop.write(policy=LAX)
    told = shop.check()
    assert told.stdout == "1 record, 0 errors, by the policy of main\n"
    assert "Changed here: docs/policy.yml" in told.stderr


def test_a_change_of_records_alone_says_nothing_more(shop: Shop):
    shop.write(record=REPORTED.replace("saved", "all"))
    told = shop.check()
    assert (told.return_value, told.stdout, told.stderr) == (0, "1 record, 0 errors, by the policy of main\n", "")


def test_what_others_change_in_the_policy_of_main_counts_and_is_not_ours(shop: Shop):
    shop.write(record=TRIAGED)
    shop.commit()
    shop.git("switch", "-q", "main")
    shop.write(policy=LAX)
    shop.commit()
    shop.git("switch", "-q", "work")
    told = shop.check()
    assert (told.return_value, told.stderr) == (0, "")


def test_it_goes_together_with_changed_since(shop: Shop):
    shop.write(policy=LAX, record=TRIAGED)
    shop.put("docs/hotfixes/HF-2026-0043.md", REPORTED.replace("0042", "0043"))
    shop.commit()
    told = shop.check("--changed-since", "main")
    assert told.return_value == 1
    assert told.stdout.count("policy-changed-too") == 2
    assert "2 of 2 records changed since main, 1 error, 2 warnings, by the policy of main" in told.stdout
    assert "REC112" not in CliRunner().invoke(cli, ["check", "--changed-since", "main"], standalone_mode=False).stdout


def test_the_schema_of_extra_comes_from_there_too(shop: Shop):
    law = f"extra: extra.json\n{BUILT_IN}"
    shop.git("switch", "-q", "main")
    shop.write(policy=law)
    shop.put("docs/extra.json", json.dumps(SCHEMA))
    shop.commit()
    shop.git("switch", "-q", "-C", "work")
    shop.put("docs/extra.json", "{}")
    shop.write(record=f"{REPORTED}extra: {{ticket: none}}\n")
    told = shop.check()
    assert told.return_value == 1
    assert "Changed here: docs/extra.json." in told.stderr
    assert "REC112" in told.stdout
    (shop.top / "docs/extra.json").unlink()
    assert shop.check().return_value == 1


def test_the_baseline_comes_from_there_too(shop: Shop):
    """Or a change could call its own findings known."""
    shop.git("switch", "-q", "main")
    shop.write(policy=f"baseline: true\n{BUILT_IN}")
    shop.put("docs/.hotfix-baseline.json", '{"version": 1, "known": []}')
    shop.commit()
    shop.git("switch", "-q", "-C", "work")
    shop.write(record=REPORTED.replace("reported\n", "withdrawn\n", 1))
    first = shop.check()
    assert first.return_value == 1
    CliRunner().invoke(cli, ["check", "--format", "json"], standalone_mode=False)
    (shop.top / "docs/.hotfix-baseline.json").unlink()
    assert CliRunner().invoke(cli, ["check", "--write-baseline"], standalone_mode=False).return_value == 0
    assert shop.check().return_value == 1


def test_the_trusted_root_comes_from_there_too(shop: Shop):
    named = (
        "sigstore: {trust_root: root.json, identities: [{identity: a@example.com, issuer: https://login.example.com}]}"
    )
    shop.git("switch", "-q", "main")
    shop.write(policy=f"{named}\n{BUILT_IN}")
    shop.put("docs/root.json", "mine")
    shop.commit()
    shop.git("switch", "-q", "-C", "work")
    shop.put("docs/root.json", "theirs")
    policy = trusted.load("main", None, (), Path("docs"))
    assert policy.taken is not None
    assert policy.taken.files[Path("docs/root.json")] == b"mine"
    assert policy.taken.touched == ("docs/root.json",)


def nearer(shop: Shop) -> None:
    """A policy right beside the records."""
    shop.put("docs/hotfixes/policy.yml", LAX.replace("records: hotfixes", "records: ."))


def gone(shop: Shop) -> None:
    """No policy: the built-in one would count."""
    (shop.top / "docs/policy.yml").unlink()


def renamed(shop: Shop) -> None:
    (shop.top / "docs/policy.yml").rename(shop.top / "docs/policy.yaml")


@pytest.mark.parametrize("trick", [nearer, gone, renamed])
@pytest.mark.parametrize("paths", [(), ("docs/hotfixes",), ("docs/hotfixes/HF-2026-0042.md",)])
def test_where_the_policy_lies_is_asked_of_the_revision(shop: Shop, trick, paths):
    shop.git("switch", "-q", "main")
    shop.write(policy=BUILT_IN.replace("title: Critical", "title: Ours"))
    shop.commit()
    shop.git("switch", "-q", "-C", "work")
    shop.write(record=TRIAGED)
    trick(shop)
    told = shop.check(*paths)
    assert told.return_value == 1
    policy = trusted.load("main", None, tuple(map(Path, paths)), Path("docs"))
    assert policy.severities["critical"].title == "Ours"


def test_a_docs_folder_that_became_a_link_is_refused(shop: Shop):
    """Behind it could lie a laxer policy that main has, too: among test files."""
    shop.git("switch", "-q", "main")
    shop.put("tests/docs/policy.yml", LAX)
    shop.commit()
    shop.git("switch", "-q", "-C", "work")
    (shop.top / "docs").rename(shop.top / "old")
    (shop.top / "docs").symlink_to("tests/docs")
    assert "is a link here" in str(shop.check().exception)


def test_a_docs_folder_that_became_a_repository_of_its_own_is_refused(shop: Shop):
    (shop.top / "docs/.git").mkdir()
    assert "is a repository of its own here" in str(shop.check().exception)


def test_a_policy_that_is_a_link_there_is_refused_and_not_passed_over(shop: Shop):
    shop.git("switch", "-q", "main")
    (shop.top / "docs/policy.yml").rename(shop.top / "docs/law.yml")
    (shop.top / "docs/policy.yml").symlink_to("law.yml")
    shop.commit()
    assert "no regular file" in str(shop.check().exception)


def test_without_a_policy_there_the_built_in_one_counts_and_not_the_one_that_comes_along(shop: Shop):
    shop.git("switch", "-q", "--orphan", "bare")
    shop.commit("start")
    shop.git("switch", "-q", "-c", "first")
    shop.write(policy=LAX, record=TRIAGED)
    told = shop.check(since="bare")
    assert told.return_value == 1
    assert "docs/policy.yml" in told.stderr
    assert "Bring the policy there first" in str(shop.check("--policy", "docs/policy.yml", since="bare").exception)


def test_a_tag_can_not_take_the_place_of_a_branch(shop: Shop):
    shop.write(policy=LAX, record=TRIAGED)
    shop.commit()
    shop.git("tag", "main", "work")
    assert str(shop.check().exception) == (
        "--policy-from: `main` can be refs/heads/main and refs/tags/main. Write the whole name of the one you mean."
    )
    assert shop.check(since="refs/heads/main").return_value == 1
    assert shop.check(since=shop.git("rev-parse", "refs/heads/main")).return_value == 1


def test_a_whole_name_is_one_whatever_else_bears_it(shop: Shop):
    for place in ("refs/tags/refs/heads/main", "refs/heads/refs/heads/main"):
        shop.git("update-ref", place, "work")
    shop.write(policy=LAX, record=TRIAGED)
    assert shop.check(since="refs/heads/main").return_value == 1


@pytest.mark.parametrize("longer", [0, 1])
def test_a_long_name_is_cut_at_a_hundred_characters(shop: Shop, longer: int):
    name = "n" * (100 + longer)
    shop.git("branch", name, "main")
    policy = trusted.load(name, None, (), Path("docs"))
    assert policy.taken is not None
    shown = f"{name[:99]}…" if longer else name
    assert (policy.taken.revision, policy.file) == (shown, f"{shown}:docs/policy.yml")
    shop.git("tag", name, "work")
    places = [f"refs/{kind}/{name}" for kind in ("heads", "tags")]
    with pytest.raises(SetupError) as told:
        trusted.load(name, None, (), Path("docs"))
    names = " and ".join(f"{one[:99]}…" for one in places)
    assert str(told.value) == f"--policy-from: `{shown}` can be {names}. Write the whole name of the one you mean."


@pytest.mark.parametrize(("kind", "longer"), [("heads", 0), ("tags", 1)])
def test_a_long_place_is_cut_at_a_hundred_characters_too(shop: Shop, kind: str, longer: int):
    name = "n" * (100 + longer - len(f"refs/{kind}/"))
    shop.git("branch", name, "main")
    shop.git("tag", name, "work")
    place = f"refs/{kind}/{name}"
    assert (f"{place[:99]}…" if longer else place) in str(shop.check(since=name).exception)


# -- which policy of the revision --------------------------------------------------------------------------


def other_handbook(shop: Shop) -> None:
    """Let main have a second handbook with a policy of its own, and a third policy beside the first."""
    shop.git("switch", "-q", "main")
    for name, title in (("other/policy.yml", "Other"), ("docs/strict.yml", "Strict"), ("docs/policy.yml", "Ours")):
        shop.put(name, BUILT_IN.replace("title: Critical", f"title: {title}"))
    shop.put("other/hotfixes/2026/HF-2026-0042.md", REPORTED)
    shop.commit()
    shop.git("switch", "-q", "-C", "work")


@pytest.mark.parametrize(
    ("file", "paths", "title"),
    [
        (None, (), "Ours"),
        (None, ("other/hotfixes/2026/HF-2026-0042.md",), "Other"),
        (None, ("other/hotfixes/2026", "other/hotfixes"), "Other"),
        (None, ("other",), "Other"),
        (None, ("elsewhere",), "Ours"),
        ("docs/strict.yml", (), "Strict"),
        ("docs/strict.yml", ("other/hotfixes",), "Strict"),
    ],
    ids=str,
)
def test_the_policy_that_is_named_counts_and_else_the_one_nearest_to_the_records(
    shop: Shop, file: str | None, paths: tuple[str, ...], title: str
):
    other_handbook(shop)
    policy = trusted.load("main", Path(file) if file else None, tuple(map(Path, paths)), Path("docs"))
    assert policy.severities["critical"].title == title
    assert policy.taken is not None
    assert policy.taken.touched == ()


def test_records_of_two_handbooks_are_not_judged_by_one_policy(shop: Shop):
    other_handbook(shop)
    with pytest.raises(SetupError) as told:
        trusted.load("main", None, (Path("docs/hotfixes"), Path("other/hotfixes")), Path("docs"))
    assert str(told.value) == (
        "The paths belong to different policies of main (docs/policy.yml and other/policy.yml). "
        "Check them one by one, or say which with --policy."
    )


def test_from_within_the_repository_it_is_the_same(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    other_handbook(shop)
    shop.write(policy=LAX)
    monkeypatch.chdir(shop.top / "docs")
    for file, paths in ((Path("policy.yml"), ()), (None, ()), (None, (Path("hotfixes"),))):
        policy = trusted.load("main", file, paths, Path())
        assert policy.severities["critical"].title == "Ours"
        assert policy.taken is not None
        assert policy.taken.touched == ("policy.yml",)
        assert [name.name for name in policy.taken.files] == ["policy.yml"]


def test_the_built_in_policy_counts_for_the_docs_folder_that_was_asked_about(shop: Shop):
    shop.put("handbook/hotfixes/HF-2026-0042.md", REPORTED)
    policy = trusted.load("main", None, (), Path("handbook"))
    assert (policy.root, policy.records) == (Path("handbook"), Path("handbook/hotfixes"))
    assert policy.taken is not None
    assert (policy.taken.files, policy.taken.touched) == ({}, ())
    shop.put("handbook/policy.yml", LAX)
    policy = trusted.load("main", None, (), Path("handbook"))
    assert policy.taken is not None
    assert policy.taken.touched == ("handbook/policy.yml",)


def test_a_policy_of_the_docs_folder_that_is_not_read_is_told(shop: Shop):
    shop.git("switch", "-q", "main")
    (shop.top / "docs/policy.yml").rename(shop.top / "docs/policy.yaml")
    shop.commit()
    assert str(shop.check().exception) == (
        "--policy-from: docs/policy.yaml of main is not read: a policy is named policy.yml. Rename it there."
    )


def test_a_baseline_that_is_not_there_is_told_with_its_place_there(shop: Shop):
    """One that comes along with the change is none."""
    shop.git("switch", "-q", "main")
    shop.write(policy=f"baseline: true\n{BUILT_IN}")
    shop.commit()
    shop.git("switch", "-q", "-C", "work")
    shop.put("docs/.hotfix-baseline.json", '{"version": 1, "known": []}')
    assert str(shop.check().exception) == (
        "main:docs/policy.yml:1:1: the baseline docs/.hotfix-baseline.json does not exist. "
        "Write it with `hotfix check --write-baseline`, or take `baseline` out of the policy."
    )


def test_a_file_that_may_be_run_or_is_just_small_enough_is_a_policy_too(shop: Shop):
    shop.git("switch", "-q", "main")
    (shop.top / "docs/policy.yml").chmod(0o755)
    shop.commit()
    assert shop.check().return_value == 0
    law = f"extra: extra.json\n{BUILT_IN}"
    schema = json.dumps(SCHEMA)
    for size, fits in ((16 << 20, True), ((16 << 20) + 1, False)):
        shop.write(policy=law)
        shop.put("docs/extra.json", schema + " " * (size - len(schema)))
        shop.commit()
        said = str(shop.check().exception)
        assert ("docs/extra.json of main is no regular file, or is too large." in said) is not fits


def test_a_history_that_has_nothing_in_common_is_told_with_the_option(shop: Shop):
    shop.git("switch", "-q", "--orphan", "alone")
    shop.write(policy=BUILT_IN, record=REPORTED)
    shop.commit()
    assert str(shop.check().exception) == ("--policy-from: `main` and what is checked out have no commit in common.")


def test_line_ends_are_no_change_of_the_policy_and_everything_else_is(shop: Shop):
    file = shop.top / "docs/policy.yml"
    for content, touched in (
        (BUILT_IN.replace("\n", "\r\n"), False),
        (BUILT_IN, False),
        (f"{BUILT_IN} ", True),
        (BUILT_IN.replace("\n", "\n\n", 1), True),
        (None, True),
    ):
        file.unlink(missing_ok=True)
        if content is not None:
            file.write_bytes(content.encode())
        policy = trusted.load("main", None, (), Path("docs"))
        assert policy.taken is not None
        assert policy.taken.touched == (("docs/policy.yml",) if touched else ())
        said = "Changed here: docs/policy.yml. That does not count yet: records are judged by the policy of main."
        assert trusted.tell(policy.taken) == (said if touched else "")


def test_what_lies_outside_or_behind_another_repository_or_link_is_told(shop: Shop, tmp_path: Path):
    outside = tmp_path / "elsewhere.yml"
    outside.write_text(BUILT_IN)
    with pytest.raises(SetupError) as told:
        trusted.load("main", outside, (), Path("docs"))
    assert str(told.value).startswith("--policy-from: ")
    assert "lies outside the repository" in str(told.value)
    assert str(told.value).endswith("Run this in the repository of the policy.")
    (shop.top / "docs/.git").mkdir()
    with pytest.raises(SetupError) as told:
        trusted.load("main", Path("docs/policy.yml"), (), Path("docs"))
    assert str(told.value) == (
        "--policy-from: docs is a repository of its own here, so nobody can tell what it is in main."
    )


@pytest.mark.parametrize("revision", ["", "-x", "--output=x", "nowhere", "main:docs", "main\nwork"])
def test_a_revision_that_is_none_is_told(shop: Shop, revision: str):
    told = shop.check(since=revision)
    assert isinstance(told.exception, SetupError)
    assert "--policy-from" in str(told.exception)
    assert not (shop.top / "x").exists()


def test_a_policy_that_can_not_be_used_there_is_told_with_the_revision(shop: Shop):
    shop.git("switch", "-q", "main")
    shop.write(policy="records: x\n")
    shop.commit()
    assert "--policy-from main: The policy can not be used:\ndocs/policy.yml:1:1:" in str(shop.check().exception)


def test_a_shallow_clone_is_told_as_one(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    shop.commit()
    shop.git("-c", "protocol.file.allow=always", "clone", "-q", "--depth=1", f"file://{shop.top}", str(tmp_path / "c"))
    monkeypatch.chdir(tmp_path / "c")
    assert "shallow clone" in str(shop.check(since="origin/work").exception)


def test_what_was_remembered_under_one_policy_is_not_believed_under_another(shop: Shop, tmp_path: Path):
    """The records are the same and the policy is not: of two revisions, or of the working tree."""
    shop.git("switch", "-q", "main")
    shop.write(policy=LAX, record=TRIAGED)
    shop.commit()
    shop.git("switch", "-q", "-c", "strict")
    shop.write(policy=BUILT_IN)
    shop.commit()
    shop.git("switch", "-q", "-C", "work")
    for _ in range(2):
        assert shop.check(since="main").return_value == 0
        assert shop.check(since="strict").return_value == 1
        assert CliRunner().invoke(cli, ["check"], standalone_mode=False).return_value == 1
    made = {cache.fingerprint(trusted.load(one, None, (), Path("docs"))) for one in ("main", "strict")}
    assert len(made | {cache.fingerprint(policyfile.load(Path("docs/policy.yml")))}) == 3


def test_a_baseline_is_not_written_by_the_policy_of_elsewhere(shop: Shop):
    assert "--write-baseline" in str(shop.check("--write-baseline").exception)


def test_output_never_lands_on_the_policy(shop: Shop):
    assert "lies among what the gate reads" in str(shop.check("--output", "json=docs/policy.yml").exception)
    assert (shop.top / "docs/policy.yml").read_text("utf-8") == BUILT_IN
