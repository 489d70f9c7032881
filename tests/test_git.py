"""Records and the Git repository they lie in: what git confirms, what it denies, and what nobody may make it do."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mkdocs_hotfix import gate, git, policyfile, witness
from mkdocs_hotfix.cli import cli
from mkdocs_hotfix.findings import Level, SetupError
from mkdocs_hotfix.formats import text
from mkdocs_hotfix.gate import Report

NOW = datetime(2026, 4, 14, 5, tzinfo=UTC)
ID = "HF-2026-0001"
BUILTIN = policyfile.load()
JUNIT = '<testsuite name="{name}" tests="1"><testcase classname="pay" name="saved card" time="0.1"/></testsuite>\n'

RECORD: Mapping[str, Any] = {
    "id": ID,
    "title": "Checkout fails for saved cards",
    "status": "closed",
    "severity": "major",
    "service": "checkout",
    "reported": {"at": "2026-04-14T01:04:00Z", "by": "support-lead"},
    "triage": {
        "at": "2026-04-14T01:12:00Z",
        "by": "checkout-oncall",
        "answers": {
            "significant": {"answer": True, "because": "310 failed orders an hour.", "harms": ["financial-loss"]},
            "majority": {"answer": True, "because": "64 % of orders use a saved card."},
            "workaround": {"answer": False, "because": "The error page offers no other card."},
        },
        "decision": "hotfix",
    },
    "work": {"owner": "checkout-oncall", "sprint": "2026-08", "hours": 14},
    "release": {
        "base": "4.12.2",
        "version": "4.12.3",
        "branch": "hotfix/4.12.3",
        "commit": "",
        "rollback": "Redeploy 4.12.2.",
        "merge_back": [{"branch": "main", "url": "https://git.example.com/acme/shop/pull/2214"}],
    },
    "deployed": {"at": "2026-04-14T03:20:00Z", "by": "checkout-oncall"},
    "approvals": [{"by": "release-manager", "role": "release-manager", "at": "2026-04-14T03:05:00Z"}],
    "evidence": {
        "impact-analysis": {
            "at": "2026-04-14T01:31:00Z",
            "by": "checkout-oncall",
            "affected": ["checkout-api"],
            "test_scope": ["pay with a saved card"],
        },
        "fix-verification": {
            "result": "passed",
            "at": "2026-04-14T02:20:00Z",
            "by": "test-lead",
            "environment": "staging",
        },
        "regression-test": {
            "result": "passed",
            "at": "2026-04-14T02:41:00Z",
            "by": "test-lead",
            "environment": "staging",
            "report": f"{ID}/regression-test.xml",
        },
        "production-verification": {
            "result": "passed",
            "at": "2026-04-14T03:48:00Z",
            "by": "checkout-oncall",
            "environment": "production",
        },
        "smoke-test": {
            "result": "passed",
            "at": "2026-04-14T03:55:00Z",
            "by": "test-lead",
            "environment": "production",
        },
        "communication": {
            "at": "2026-04-14T04:10:00Z",
            "by": "release-manager",
            "audience": ["support"],
            "issues_found": "None",
        },
    },
}


def run_git(top: Path, *arguments: str, at: str = "2026-04-14T04:20:00Z", feed: str = "") -> str:
    """Run git as somebody at a terminal would, at a time of their own."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    who = {
        f"GIT_{role}_{what}": "somebody@example.com" for role in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
    }
    when = {
        "GIT_AUTHOR_DATE": at,
        "GIT_COMMITTER_DATE": at,
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    done = subprocess.run(
        ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments],
        cwd=top,
        env={**environment, **who, **when},
        input=feed,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, (arguments, done.stderr)
    return done.stdout.strip()


@dataclass
class Shop:
    """A repository with code and records, and the one record that most tests change."""

    top: Path
    commits: dict[str, str] = field(default_factory=dict)
    docs: str = "docs"

    @property
    def records(self) -> Path:
        return self.top / self.docs / "hotfixes"

    def git(self, *arguments: str, **options: str) -> str:
        return run_git(self.top, *arguments, **options)

    def commit(self, name: str, at: str = "2026-04-14T04:20:00Z") -> str:
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", name, at=at)
        self.commits[name] = self.git("rev-parse", "HEAD")
        return self.commits[name]

    def data(self) -> dict[str, Any]:
        made = deepcopy(dict(RECORD))
        made["release"]["commit"] = self.commits.get("fix", "9f3c1e2b7a60")
        return made

    def other(self, id_: str, version: str, **changes: Any) -> dict[str, Any]:
        """Another record, with a version and a report of its own."""
        made = self.data() | {"id": id_} | changes
        made["release"].update(version=version, includes=[ID])
        made["evidence"]["regression-test"]["report"] = f"{id_}/regression-test.xml"
        return made

    def file(self, data: Mapping[str, Any], name: str = "", body: str = "The release renamed a field.") -> Path:
        path = self.records / (name or f"{data['id']}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{json.dumps(data, ensure_ascii=False, indent=1)}\n---\n\n{body}\n", "utf-8")
        for evidence in data.get("evidence", {}).values():
            named = evidence.get("report", [])
            for one in [named] if isinstance(named, str) else named:
                report = path.parent / one
                report.parent.mkdir(parents=True, exist_ok=True)
                if not report.exists():
                    report.write_text(JUNIT.format(name=data["id"]), "utf-8")
        return path

    def check(self, *paths: Path, as_of: datetime = NOW, **options: Any) -> Report:
        root, file = self.top / self.docs, self.top / self.docs / "policy.yml"
        found = policyfile.load(file) if file.exists() else replace(BUILTIN, root=root, records=root / "hotfixes")
        if not file.exists():
            found.__dict__["shape"] = BUILTIN.shape  # compiled once: the policy is the same but for its place
        return gate.check(found, as_of, paths or None, **options)

    def slugs(self, *paths: Path, **options: Any) -> set[str]:
        return {finding.slug for finding in self.check(*paths, **options).findings}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A release, a hotfix on it, tested, released, merged back and closed; and a later change on main."""
    shop = Shop(tmp_path_factory.mktemp("template") / "shop with ümlaut")
    shop.top.mkdir()
    shop.git("init", "--quiet", "--template=")
    (shop.top / "code").write_text("1")
    (shop.top / "docs").mkdir()
    (shop.top / "docs" / "old-report.xml").write_text(JUNIT.format(name="old"))
    shop.commit("base", at="2026-04-01T09:00:00Z")
    shop.git("tag", "--annotate", "--message", "4.12.2", "v4.12.2")
    shop.git("switch", "--quiet", "--create", "hotfix/4.12.3")
    (shop.top / "code").write_text("2")
    shop.commit("fix", at="2026-04-14T02:00:00Z")
    shop.git("tag", "v4.12.3")
    shop.git("switch", "--quiet", "main")
    (shop.top / "more").write_text("1")
    shop.commit("elsewhere", at="2026-04-14T02:30:00Z")
    shop.git("merge", "--quiet", "--no-ff", "--message", "merge", "hotfix/4.12.3", at="2026-04-14T03:30:00Z")
    shop.file(shop.data())
    shop.commit("record")
    shop.git("gc", "--quiet")
    return shop


@pytest.fixture
def shop(template: Shop, tmp_path: Path) -> Shop:
    shutil.copytree(template.top, tmp_path / "shop", symlinks=True)
    return Shop(tmp_path / "shop", dict(template.commits))


# -- bound to this fix -------------------------------------------------------------------------------------


def test_what_git_confirms_passes(shop: Shop):
    assert shop.slugs(git=True) == set()


def test_a_policy_can_ask_for_git(shop: Shop):
    builtin = policyfile.load().data
    (shop.top / "docs" / "policy.yml").write_text(json.dumps({**builtin, "git": True}), "utf-8")
    assert shop.slugs() == set()
    data = shop.data()
    data["release"]["commit"] = "0" * 40
    shop.file(data)
    assert "other-commit" in shop.slugs()


def test_without_git_nobody_is_asked(shop: Shop):
    data = shop.data()
    data["release"]["commit"] = "0" * 40
    shop.file(data)
    assert shop.slugs() == set()


Forge = Callable[[Shop, dict[str, Any]], object]


def released(name: str) -> Forge:
    return lambda shop, data: data["release"].update(commit=shop.commits[name])


def release(**changes: Any) -> Forge:
    return lambda _shop, data: data["release"].update(changes)


def evidence(kind: str, **changes: Any) -> Forge:
    return lambda _shop, data: data["evidence"][kind].update(changes)


def command(*arguments: str) -> Forge:
    return lambda shop, _data: shop.git(*arguments)


def merged(**entry: str) -> Forge:
    return lambda shop, data: data["release"].update(
        merge_back=[{key: shop.commits.get(value, value) for key, value in entry.items()}]
    )


def several(*parts: Forge) -> Forge:
    def forge(shop: Shop, data: dict[str, Any]) -> None:
        for part in parts:
            part(shop, data)

    return forge


def merged_early(shop: Shop, data: dict[str, Any]) -> None:
    """Name a commit of main that is not in the base release, and that nobody can have made for this issue."""
    early = shop.commit("early", at="2026-04-10T09:00:00Z")
    merged(branch="main", commit=early)(shop, data)


def filed_early(shop: Shop, data: dict[str, Any]) -> None:
    """File the report of a test in production before anything was there to be tested."""
    (shop.records / ID / "smoke.xml").write_text(JUNIT.format(name="smoke"), "utf-8")
    shop.commit("smoke", at="2026-04-14T03:00:00Z")
    evidence("smoke-test", report=f"{ID}/smoke.xml")(shop, data)


def merged_at(at: str) -> Forge:
    """Name a commit of main that was made then."""
    return lambda shop, data: merged(branch="main", commit=shop.commit("early", at=at))(shop, data)


TWIN = "tree {}\nauthor A <a@example.com> 1776132000 +0000\ncommitter A <a@example.com> 1776132000 +0000\n\n{}\n"


def twins(*numbers: int) -> Forge:
    """Make commits whose ids begin with the same seven digits."""

    def forge(shop: Shop, data: dict[str, Any]) -> None:
        tree = shop.git("hash-object", "-t", "tree", "-w", "--stdin")
        for number in numbers:
            commit = shop.git("hash-object", "-t", "commit", "-w", "--stdin", feed=TWIN.format(tree, number))
            shop.git("branch", f"twin-{number}", commit)
            data["release"]["commit"] = commit[:7]

    return forge


def without(*fields: str, **changes: Any) -> Forge:
    def forge(_shop: Shop, data: dict[str, Any]) -> None:
        data["release"] = {key: one for key, one in (data["release"] | changes).items() if key not in fields}

    return forge


FORGED: Mapping[str, tuple[Forge, str, str]] = {
    "a commit that is not there": (
        release(commit="0" * 40), "other-commit", "Commit 000000000000 is not in the Git repository",
    ),
    "the base release for the fix": (released("base"), "other-commit", "is the release 4.12.2 itself"),
    "a commit beside the fix": (released("elsewhere"), "other-commit", "is not in 4.12.3 (tag `v4.12.3`)"),
    "a commit on no named branch": (
        several(released("elsewhere"), command("tag", "--delete", "v4.12.3")), "other-commit",
        "is not on the branch `hotfix/4.12.3`",
    ),
    "neither branch nor tag": (
        several(command("tag", "--delete", "v4.12.3"), release(branch="hotfix/none")), "other-commit",
        "is not on any branch or tag that the record names",
    ),
    "a base release that is not there": (release(base="4.12.1"), "other-commit", "No tag of the base release 4.12.1"),
    "a base release made from something else": (
        command("tag", "--force", "v4.12.2", "main"), "other-commit", "does not build on 4.12.2 (tag `v4.12.2`)",
    ),
    "a tree for a commit": (
        lambda shop, data: data["release"].update(commit=shop.git("rev-parse", "HEAD^{tree}")), "other-commit",
        "is not in the Git repository",
    ),
    "a tag's own id for a commit": (
        lambda shop, data: data["release"].update(commit=shop.git("rev-parse", "v4.12.2")), "other-commit",
        "is not in the Git repository",
    ),
    "evidence of a commit that is not there": (
        lambda _shop, data: (data["release"].pop("commit"), data["evidence"]["smoke-test"].update(commit="1" * 40)),
        "other-commit", "Commit 111111111111 is not in the Git repository",
    ),
    "a fix that was never merged back": (
        several(command("branch", "next", "v4.12.2"), merged(branch="next", url="https://a.example/1")),
        "not-merged-back", "is not on the branch `next`",
    ),
    "a branch for the merge that is not there": (
        merged(branch="develop", url="https://a.example/1"), "not-merged-back", "The branch `develop` is not in",
    ),
    "a merge commit that is not on the branch": (
        several(command("branch", "next", "v4.12.2"), merged(branch="next", commit="fix")),
        "not-merged-back", "is not on the branch `next`",
    ),
    "a merge commit that is not there": (
        merged(branch="main", commit="2" * 40), "not-merged-back", "Commit 222222222222 is not in the Git repository",
    ),
    "a merge commit from before the fix": (
        merged(branch="main", commit="base"), "not-merged-back", "is part of 4.12.2 already",
    ),
    "a merge commit from before the issue": (
        merged_early, "not-merged-back", "is from 2026-04-10T09:00:00Z, before the issue was reported",
    ),
    "merged back into the hotfix branch itself": (
        merged(branch="hotfix/4.12.3", url="https://a.example/1"), "not-merged-back", "is the branch of the hotfix itself",
    ),
    "a test from before the commit": (
        evidence("fix-verification", at="2026-04-14T01:50:00Z"), "stale-evidence",
        "is from 2026-04-14T01:50:00Z, before commit",
    ),
    "a report that lay there before the fix": (
        evidence("regression-test", report="../old-report.xml"), "stale-evidence",
        "was committed at 2026-04-01T09:00:00Z, before the fix was made",
    ),
    "a smoke test from before the deployment": (
        filed_early, "stale-evidence", "was committed at 2026-04-14T03:00:00Z, before the package was deployed",
    ),
    "a commit that is not there, and its evidence": (
        lambda _shop, data: (
            data["release"].update(commit="0" * 40), data["evidence"]["smoke-test"].update(commit="0" * 40),
        ),
        "other-commit", "Commit 000000000000 is not in the Git repository",
    ),
    "an id that two commits begin with": (twins(63, 20_718), "other-commit", "`7929cb8` is short for 2 commits"),
    "an id that three commits begin with": (
        twins(95_113, 289_374, 753_649), "other-commit", "`68ca5ec` is short for 3 commits",
    ),
    "a commit beside the release of the service": (
        several(released("elsewhere"), command("tag", "checkout/v4.12.3", "v4.12.3"), command("tag", "--delete", "v4.12.3")),
        "other-commit", "is not in 4.12.3 (tag `checkout/v4.12.3`)",
    ),
    "a base release of the service made from something else": (
        several(command("tag", "checkout/v4.12.2", "main"), command("tag", "--delete", "v4.12.2")),
        "other-commit", "does not build on 4.12.2 (tag `checkout/v4.12.2`)",
    ),
    "a commit on no named branch, and no version": (
        several(released("elsewhere"), without("version")), "other-commit", "is not on the branch `hotfix/4.12.3`",
    ),
    "neither branch nor version": (
        without("version", branch="hotfix/none"), "other-commit", "is not on any branch or tag that the record names",
    ),
    "merged into the hotfix branch, and into one that is not there": (
        lambda _shop, data: data["release"].update(
            merge_back=[{"branch": name, "url": "https://a.example/1"} for name in ("hotfix/4.12.3", "develop")]
        ),
        "not-merged-back", "The branch `develop` is not in",
    ),
    "a merge commit that is not there, and a branch that is not": (
        lambda _shop, data: data["release"].update(
            merge_back=[{"branch": "main", "commit": "2" * 40}, {"branch": "develop", "url": "https://a.example/1"}]
        ),
        "not-merged-back", "The branch `develop` is not in",
    ),
    "a merge commit from before the fix of the service": (
        several(
            command("tag", "checkout/v4.12.2", "v4.12.2"), command("tag", "--delete", "v4.12.2"),
            merged(branch="main", commit="base"),
        ),
        "not-merged-back", "is part of 4.12.2 already",
    ),
    "a merge commit a second older than clocks differ": (
        merged_at("2026-04-14T00:58:59Z"), "not-merged-back", "before the issue was reported",
    ),
    "a test a second older than clocks differ": (
        evidence("fix-verification", at="2026-04-14T01:54:59Z"), "stale-evidence", "before commit",
    ),
    "a report that git does not have": (
        evidence("regression-test", report=f"{ID}/new.xml"), "stale-evidence", "is not in the Git repository",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_record_is_refused(
    shop: Shop, name: str, tells: Callable[[Report], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(shop.top)
    forge, slug, words = FORGED[name]
    data = shop.data()
    forge(shop, data)
    shop.file(data)
    report = shop.check(git=True)
    found = [finding for finding in report.findings if finding.slug == slug]
    assert any(words in finding.message for finding in found), [finding.message for finding in found]
    assert all(finding.help and finding.level == "error" for finding in found)
    tells(report)


HONEST: Mapping[str, Forge] = {
    "a short commit": lambda shop, data: data["release"].update(commit=shop.commits["fix"][:7]),
    "no tag yet, and a branch": command("tag", "--delete", "v4.12.3"),
    "a tag, and the branch deleted": command("branch", "--delete", "--force", "hotfix/4.12.3"),
    "a cherry-pick named by the entry": merged(branch="main", commit="elsewhere"),
    "a merge commit named by the entry": merged(branch="main", commit="record"),
    "a test within five minutes before the commit": evidence("fix-verification", at="2026-04-14T01:56:00Z"),
    "a test as long before the commit as clocks differ": evidence("fix-verification", at="2026-04-14T01:55:00Z"),
    "a merge commit as long before the issue as clocks differ": merged_at("2026-04-14T00:59:00Z"),
    "an analysis from before the commit": evidence("impact-analysis", at="2026-04-14T01:20:00Z"),
    "a branch called like the commit": lambda shop, data: (
        data["release"].update(commit=shop.commits["fix"][:9]),
        shop.git("branch", shop.commits["fix"][:9], "v4.12.2"),
    ),
    "a tag of the service": several(
        command("tag", "checkout/v4.12.2", "v4.12.2"), command("tag", "--force", "v4.12.2", "main")
    ),
    "a plain tag": several(command("tag", "4.12.2", "v4.12.2^{commit}"), command("tag", "--delete", "v4.12.2")),
    "a tag of a tag": command("tag", "--force", "--annotate", "--message", "again", "v4.12.2", "v4.12.2"),
    "a report that is added and not committed yet": lambda shop, data: (
        data["evidence"]["regression-test"].update(report=f"{ID}/new.xml"),
        shop.file(data),
        shop.git("add", "--all"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", HONEST)
def test_its_honest_twin_passes(shop: Shop, name: str):
    data = shop.data()
    HONEST[name](shop, data)
    shop.file(data)
    assert [finding.message for finding in shop.check(git=True).findings] == []


@pytest.mark.parametrize(
    "word",
    [
        "main",
        "HEAD",
        "HEAD~1",
        "v4.12.2",
        "-x",
        "--upload-pack=touch",
        "@{u}",
        "9f3c1e",
        "9F3C1E2B7A",
        "4.12.3^{}",
        ":/fix",
    ],
)
def test_a_word_that_is_no_commit_never_reaches_git(shop: Shop, word: str, monkeypatch: pytest.MonkeyPatch):
    seen: list[bytes] = []
    ask = git.Git.ask

    def listen(self: git.Git, *arguments: str, feed: bytes = b"", may_fail: bool = False) -> bytes:
        seen.extend([*map(os.fsencode, arguments), *feed.split(b"\n")])
        return ask(self, *arguments, feed=feed, may_fail=may_fail)

    monkeypatch.setattr(git.Git, "ask", listen)
    repository = witness.Repository(shop.records)
    before = len(seen)
    assert repository.find(word) == ()
    assert repository.branch(word if word != "main" else "refs/heads/main") == ()
    assert repository.tag(word if word != "v4.12.2" else "-v4.12.2", "") is None
    assert not any(word.encode() in one for one in seen[before:])
    data = shop.data()
    data["release"]["commit"] = word
    shop.file(data)
    assert "not-allowed-value" in shop.slugs(git=True)


def test_a_branch_of_another_remote_branch_is_not_mistaken(shop: Shop):
    shop.git("remote", "add", "origin", "nowhere")
    shop.git("update-ref", "refs/remotes/origin/team/next", "main")
    shop.git("update-ref", "refs/remotes/origin/later", "main")
    repository = witness.Repository(shop.records)
    assert repository.branch("next") == ()
    assert repository.branch("team/next") == repository.branch("later") == (shop.commits["record"],)
    assert repository.branch("origin/later") == ()


def test_hundreds_of_records_cost_git_no_more_commands_than_one(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    commands: list[str] = []
    ask = git.Git.ask
    monkeypatch.setattr(
        git.Git, "ask", lambda self, *words, **options: (commands.append(words[0]), ask(self, *words, **options))[1]
    )
    shop.check(git=True, since="HEAD")
    alone = list(commands)
    for number in range(2, 41):
        data = shop.other(f"HF-2026-{number:04}", f"4.14.{number}")
        data["release"].update(branch=f"hotfix/4.14.{number}", commit=f"{number:07x}")
        shop.file(data)
    commands.clear()
    assert shop.check(git=True, since="HEAD").records == 39
    assert len(commands) <= len(alone) + 1


# -- repositories of every kind ----------------------------------------------------------------------------


def test_a_shallow_clone_is_told_as_one(shop: Shop, tmp_path: Path):
    run_git(tmp_path, "clone", "--quiet", "--depth", "1", f"file://{shop.top}", "clone")
    clone = Shop(tmp_path / "clone")
    for options in ({"git": True}, {"since": "HEAD"}):
        with pytest.raises(SetupError, match=r"is a shallow clone.*fetch-depth: 0"):
            clone.check(**options)


def test_a_full_clone_knows_the_branches_of_its_remote(shop: Shop, tmp_path: Path):
    run_git(tmp_path, "clone", "--quiet", f"file://{shop.top}", "clone")
    clone = Shop(tmp_path / "clone")
    clone.git("switch", "--quiet", "--detach", "HEAD")
    clone.git("branch", "--delete", "--force", "main")
    assert clone.slugs(git=True) == set()


def test_a_partial_clone_fetches_nothing(shop: Shop, tmp_path: Path):
    shop.git("config", "uploadpack.allowFilter", "true")
    shop.file({**shop.data(), "title": "Checkout fails for cards"})
    shop.commit("newer")
    run_git(tmp_path, "clone", "--quiet", "--filter=blob:none", f"file://{shop.top}", "clone")
    clone = Shop(tmp_path / "clone")
    assert clone.slugs(git=True) == set()
    run_git(clone.top, "config", "protocol.allow", "always")
    with pytest.raises(SetupError, match=r"is a partial clone.*--no-filter"):
        clone.check(since="HEAD~1")


def test_a_worktree_and_a_submodule_are_repositories(shop: Shop, tmp_path: Path):
    shop.git("worktree", "add", "--quiet", "--detach", str(tmp_path / "work tree"))
    assert Shop(tmp_path / "work tree").slugs(git=True, since="main") == set()
    outer = tmp_path / "outer"
    outer.mkdir()
    run_git(outer, "init", "--quiet")
    run_git(outer, "submodule", "--quiet", "add", f"file://{shop.top}", "handbook")
    inner = Shop(outer / "handbook")
    run_git(inner.top, "fetch", "--quiet", "--tags")
    assert inner.slugs(git=True) == set()


def test_no_repository_and_no_git_are_told_with_the_way_out(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copytree(shop.top / "docs", tmp_path / "elsewhere" / "docs")
    with pytest.raises(SetupError, match=r"lies in no Git repository.*leave that out"):
        Shop(tmp_path / "elsewhere").check(git=True)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(SetupError, match=r"no `git` on the PATH.*Install Git"):
        shop.check(git=True)


def test_a_folder_that_looks_like_a_bare_repository_is_no_witness(shop: Shop):
    # Everything that git needs to take `docs` for a repository can come in with a pull request.
    docs = shop.top / "docs"
    run_git(docs, "init", "--quiet", "--bare", "made-up")
    for name in ("HEAD", "config", "objects", "refs"):
        (docs / "made-up" / name).rename(docs / name)
    assert witness.Repository(shop.records).git.top == shop.top.resolve()
    assert shop.slugs(git=True) == set()


def test_a_working_tree_that_git_sees_elsewhere_is_refused(shop: Shop, tmp_path: Path):
    shop.git("config", "core.worktree", str(tmp_path))
    with pytest.raises(SetupError, match=r"Mend `core\.worktree`"):
        shop.check(git=True)


def test_a_records_folder_deep_in_the_repository_and_odd_names(shop: Shop):
    shop.docs = "produkt ä/handbuch"
    data = shop.data()
    data["evidence"]["regression-test"]["report"] = f"{ID}/lauf ü.xml"
    shop.file(data)
    (shop.records / "odd\nname.txt").write_text("x")
    shop.commit("odd")
    assert shop.slugs(git=True) == set()
    assert shop.check(since="HEAD~1").records == 1


def test_a_repository_with_no_commit_yet(tmp_path: Path):
    shop = Shop(tmp_path)
    shop.git("init", "--quiet")
    shop.file(shop.data())
    slugs = shop.slugs(git=True)
    assert "other-commit" in slugs
    assert "stale-evidence" in slugs
    with pytest.raises(SetupError, match="HEAD"):
        shop.check(since="HEAD")


def test_records_kept_apart_from_the_code_are_told_so(tmp_path: Path):
    shop = Shop(tmp_path)
    shop.git("init", "--quiet")
    shop.file(shop.data())
    shop.commit("records")
    [found] = [one for one in shop.check(git=True).findings if one.slug == "other-commit"]
    assert "Are the records kept apart from the code?" in " ".join(found.help)


# -- what a repository brings along does not run -----------------------------------------------------------


def test_nothing_planted_in_the_repository_runs(shop: Shop, tmp_path: Path):
    flag = tmp_path / "it ran"
    script = tmp_path / "planted"
    script.write_text(f"#!/bin/sh\ntouch '{flag}'\ncat\n")
    script.chmod(0o755)
    (shop.top / ".git" / "hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "post-checkout", "reference-transaction", "pre-commit", "fsmonitor-watchman"):
        shutil.copy(script, shop.top / ".git" / "hooks" / hook)
    (shop.top / ".gitattributes").write_text("* filter=planted diff=planted merge=planted\n")
    shop.git("add", "--all")
    for key in (
        "core.fsmonitor", "core.pager", "core.sshCommand", "core.editor", "diff.external", "diff.planted.command",
        "diff.planted.textconv", "filter.planted.clean", "filter.planted.smudge", "filter.planted.process",
        "gpg.program", "credential.helper", "core.askPass", "pager.rev-list", "alias.rev-list", "core.alternateRefsCommand",
    ):  # fmt: skip
        shop.git("config", key, f"{script}" if not key.startswith("alias.") else f"!{script}")
    shop.git("config", "log.showSignature", "true")
    flag.unlink(missing_ok=True)
    shop.file({**shop.data(), "title": "Checkout fails for every card"})
    shop.check(git=True, since="HEAD~1")
    assert not flag.exists()
    assert subprocess.run([script], input=b"", check=True).returncode == 0
    assert flag.exists(), "the trap itself works"


def test_nothing_that_the_user_has_set_runs_or_changes_the_answer(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
):
    """The same repository gives the same answer on every machine, whatever its user likes git to do."""
    shop.file({**shop.data(), "title": "Checkout fails for every card"})
    before = shop.check(git=True, since="HEAD~1").findings
    home, flag = tmp_path / "home", tmp_path / "ran"
    home.mkdir()
    script = home / "trap"
    script.write_text(f"#!/bin/sh\ntouch {flag}\n")
    script.chmod(0o755)
    (home / "hooks").mkdir()
    shutil.copy(script, home / "hooks" / "post-index-change")
    settings = f"""[core]
        fsmonitor = {script}
        pager = {script}
        hooksPath = {home}/hooks
        quotePath = false
        worktree = {home}
        abbrev = 4
[log]
        showSignature = true
        date = relative
[gpg]
        program = {script}
[diff]
        external = {script}
        noprefix = true
        renames = copies
[status]
        showUntrackedFiles = no
[alias]
        rev-list = !{script}
[trace2]
        normalTarget = {flag}
"""
    (home / ".gitconfig").write_text(settings)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    assert shop.check(git=True, since="HEAD~1").findings == before
    assert not flag.exists()


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can give a folder away")
def test_whom_the_user_trusts_is_heeded(shop: Shop, monkeypatch: pytest.MonkeyPatch, tmp_path: Path):
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.delenv("GIT_CONFIG_GLOBAL", raising=False)
    os.chown(shop.top, 65534, 65534)
    os.chown(shop.top / ".git", 65534, 65534)
    with pytest.raises(SetupError, match="belongs to another user"):
        shop.check(git=True)
    (home / ".gitconfig").write_text(f"[safe]\n        directory = {shop.top}\n")
    assert shop.check(git=True).records


def test_replaced_objects_and_grafts_are_not_believed(shop: Shop):
    data = shop.data()
    data["release"]["commit"] = shop.commits["elsewhere"]
    shop.file(data)
    (shop.top / ".git" / "info").mkdir(exist_ok=True)
    shop.git("replace", shop.commits["fix"], shop.commits["elsewhere"])
    grafted = f"{shop.commits['fix']} {shop.commits['elsewhere']}\n"
    (shop.top / ".git" / "info" / "grafts").write_text(grafted)
    messages = [finding.message for finding in shop.check(git=True).findings]
    assert any("is not in 4.12.3" in message for message in messages)


@pytest.mark.parametrize(
    "name",
    [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_OBJECT_DIRECTORY",
        "GIT_NAMESPACE",
        "GIT_SHALLOW_FILE",
        "GIT_TRACE",
    ],
)
def test_what_a_hook_sets_in_the_environment_does_not_lead_astray(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
):
    monkeypatch.setenv(name, str(tmp_path / "astray"))
    assert shop.slugs(git=True, since="HEAD") == set()
    assert not (tmp_path / "astray").exists()


def test_what_takes_too_long_or_says_too_much_is_stopped(shop: Shop):
    with pytest.raises(SetupError, match="says more than 0 MiB"):
        git.Git(shop.top.resolve(), limit=10)
    slow = git.Git(shop.top.resolve(), seconds=0.2)
    with pytest.raises(SetupError, match="took longer than 0 s"):
        slow.ask("-c", "alias.wait=!exec sleep 60", "wait")


# -- history -----------------------------------------------------------------------------------------------


def test_what_has_not_changed_is_not_reported(shop: Shop):
    shop.file(shop.other("HF-2026-0002", "4.13.1", severity="none"))
    shop.commit("broken")
    assert shop.slugs() == {"not-allowed-value"}
    report = shop.check(since="HEAD")
    assert report.findings == ()
    assert report.exit_code(strict=True) == 0
    assert text.render(report) == "None of 2 records changed since HEAD, nothing to do\n"
    assert shop.slugs(since="HEAD~1") == {"not-allowed-value"}


def edit(shop: Shop) -> None:
    shop.file({**shop.data(), "title": "Checkout fails for every card"})


def stage(shop: Shop) -> None:
    edit(shop)
    shop.git("add", "--all")


def commit(shop: Shop) -> None:
    edit(shop)
    shop.commit("edited")


def add(shop: Shop) -> None:
    shop.file(shop.other("HF-2026-0003", "4.13.1"))


def rename(shop: Shop) -> None:
    shop.git("mv", f"docs/hotfixes/{ID}.md", "docs/hotfixes/HF-2026-0004.md")


def other_report(shop: Shop) -> None:
    (shop.records / ID / "regression-test.xml").write_text(JUNIT.format(name="another"))


@pytest.mark.parametrize("change", [edit, stage, commit, add, rename, other_report])
def test_every_kind_of_change_counts(shop: Shop, change: Callable[[Shop], None]):
    change(shop)
    report = shop.check(since=shop.commits["record"])
    assert report.extent is not None
    assert report.extent.changed == 1


def test_what_others_do_on_main_meanwhile_is_not_ours(shop: Shop):
    shop.git("switch", "--quiet", "--create", "mine")
    shop.git("switch", "--quiet", "main")
    edit(shop)
    shop.commit("theirs")
    shop.git("switch", "--quiet", "mine")
    add(shop)
    shop.commit("mine")
    report = shop.check(since="main")
    assert [judged.name for judged in report.judged] == ["HF-2026-0003"]


@pytest.mark.parametrize("crlf", ["true", "input", "false"])
def test_line_ends_that_git_turns_are_no_change(shop: Shop, crlf: str):
    shop.git("config", "core.autocrlf", crlf)
    for file in shop.records.rglob("*.*"):
        file.write_bytes(file.read_bytes().replace(b"\n", b"\r\n"))
    report = shop.check(since="HEAD")
    assert report.extent is not None
    assert report.extent.changed == 0


def test_a_report_that_git_lfs_keeps_elsewhere_is_no_change(shop: Shop):
    report = shop.records / ID / "regression-test.xml"
    held = report.read_bytes()
    digest = hashlib.sha256(held).hexdigest()
    report.write_text(f"version https://git-lfs.github.com/spec/v1\noid sha256:{digest}\nsize {len(held)}\n")
    shop.commit("into LFS")
    report.write_bytes(held)
    assert shop.slugs(since="HEAD") == set()
    report.write_bytes(held.replace(b"0.1", b"0.2"))
    assert shop.slugs(since="HEAD") == {"edited-after-closing"}


def test_what_a_change_breaks_in_another_record_is_reported(shop: Shop):
    proof = {"production-verification": "2026-04-14T04:01:00Z", "smoke-test": "2026-04-14T04:02:00Z"}
    later = shop.other("HF-2026-0002", "4.12.4", deployed={"at": "2026-04-14T04:00:00Z", "by": "checkout-oncall"})
    later["release"]["includes"] = [ID]
    for kind, at in proof.items():
        later["evidence"][kind]["at"] = at
    shop.file(later)
    shop.commit("two")
    assert shop.slugs() == set()
    between = shop.other("HF-2026-0003", "4.12.5", deployed={"at": "2026-04-14T03:30:00Z", "by": "checkout-oncall"})
    between["release"]["includes"] = [ID]
    shop.file(between)
    report = shop.check(since="HEAD")
    assert [(one.slug, one.record) for one in report.findings] == [("broken-chain", "HF-2026-0002")]
    shop.commit("three")
    assert shop.check(since="HEAD").findings == ()


def test_a_record_is_never_deleted(shop: Shop):
    (shop.records / f"{ID}.md").unlink()
    report = shop.check(since="HEAD")
    [found] = report.findings
    assert (found.slug, found.record, found.span, found.level) == ("record-deleted", ID, (1, 1, 1, 1), "error")
    assert found.path.endswith(f"docs/hotfixes/{ID}.md")
    assert report.exit_code() == 1
    assert "the record was deleted" in text.render(report).lower()
    assert shop.check(shop.records, since="HEAD").findings


def moved(shop: Shop) -> None:
    (shop.records / "2026").mkdir()
    shop.git("mv", f"docs/hotfixes/{ID}.md", f"docs/hotfixes/{ID}", "docs/hotfixes/2026/")


def renumbered(shop: Shop) -> None:
    shop.git("mv", f"docs/hotfixes/{ID}.md", "docs/hotfixes/HF-2026-0002.md")
    shop.file({**shop.data(), "id": "HF-2026-0002"})


def withdrawn(shop: Shop) -> None:
    data = {key: RECORD[key] for key in ("id", "title", "severity", "service", "reported")}
    shop.file({**data, "status": "reported"}, body="Seen by one customer.")
    shop.commit("reported")
    gone = {"at": "2026-04-14T02:00:00Z", "by": "support-lead", "because": "The customer had mistyped the card."}
    shop.file({**data, "status": "withdrawn", "withdrawn": gone})


def stray(shop: Shop) -> None:
    (shop.records / "notes.md").write_text("Notes that are no record.\n")
    shop.commit("stray")
    (shop.records / "notes.md").unlink()


@pytest.mark.parametrize("change", [moved, renumbered, withdrawn, stray])
def test_what_is_moved_renumbered_or_withdrawn_is_not_deleted(shop: Shop, change: Callable[[Shop], None]):
    change(shop)
    assert shop.slugs(since="HEAD") == set()


def test_a_new_record_does_not_take_the_place_of_a_deleted_one(shop: Shop):
    """It is of another issue: reported at another time, or under another title."""
    for changes in (
        {"title": "Refunds fail"},
        {"reported": {"at": "2026-04-14T00:30:00Z", "by": "support-lead"}},
        {"title": "Refunds fail", "reported": {"at": "2026-04-14T00:30:00Z", "by": "support-lead"}},
    ):
        (shop.records / f"{ID}.md").unlink(missing_ok=True)
        shop.file(shop.other("HF-2026-0002", "4.12.4", **changes))
        found = [(one.slug, one.record) for one in shop.check(since="HEAD").findings if one.slug == "record-deleted"]
        assert found == [("record-deleted", ID)], changes


def test_what_is_moved_and_edited_is_told_beside_what_is_new(shop: Shop):
    """Of the new files, the one with its id or its issue is the old record; the others are nobody's."""
    (shop.records / f"{ID}.md").unlink()
    data = {**shop.data(), "reported": {**RECORD["reported"], "at": "2026-04-14T01:09:00Z"}}
    for name, new in (
        (f"a/{ID}.md", data),
        ("0/HF-2026-0002.md", shop.other("HF-2026-0002", "4.12.4", title="Refunds fail")),
    ):
        shop.file(new, name)
    told = {(one.slug, one.record) for one in shop.check(since="HEAD").findings}
    assert ("edited-after-closing", ID) in told
    assert not {
        slug for slug, record in told if slug == "record-deleted" or (slug, record[-1]) == ("edited-after-closing", "2")
    }


ROLLBACK = {"at": "2026-04-14T04:30:00Z", "by": "checkout-oncall", "because": "Payments with new cards failed."}


def amendment(what: str, at: str = "2026-04-14T04:40:00Z") -> dict[str, str]:
    return {"at": at, "by": "test-lead", "what": what, "because": "The production test was seen to be wrong."}


STEPS: Mapping[str, tuple[dict[str, Any], dict[str, Any], bool]] = {
    "closed to verified": ({}, {"status": "verified"}, False),
    "closed to verified, amended": ({}, {"status": "verified", "amendments": [amendment("status")]}, False),
    "closed to deferred": ({}, {"status": "deferred", "links": [{"title": "Plan", "url": "https://a.example/"}]}, False),
    "closed to withdrawn": ({}, {"status": "withdrawn", "withdrawn": ROLLBACK}, False),
    "closed to deployed": ({}, {"status": "deployed"}, False),
    "closed to deployed, amended": ({}, {"status": "deployed", "amendments": [amendment("status")]}, True),
    "closed to deployed, amended before": ({}, {"status": "deployed", "amendments": [amendment("status", "2026-04-14T01:20:00Z")]}, False),
    "closed to rolled back": ({}, {"status": "rolled-back", "rollback": ROLLBACK}, True),
    "closed to verified, rolled back": ({}, {"status": "verified", "rollback": ROLLBACK}, True),
    "closed to verified, rolled back before it was deployed": (
        {}, {"status": "verified", "rollback": {**ROLLBACK, "at": "2026-04-14T03:00:00Z"}}, False,
    ),
    "closed to verified, rolled back as it was deployed": (
        {}, {"status": "verified", "rollback": {**ROLLBACK, "at": "2026-04-14T03:20:00Z"}}, True,
    ),
    "claimed to be deployed, to fixing": (
        {"status": "deployed", "deployed": None}, {"status": "fixing", "deployed": None}, False,
    ),
    "deployed to fixing": ({"status": "deployed"}, {"status": "fixing"}, False),
    "deployed to closed": ({"status": "deployed"}, {"status": "closed"}, True),
    "rolled back to fixing": (
        {"status": "rolled-back", "rollback": ROLLBACK}, {"status": "fixing", "rollback": ROLLBACK}, True,
    ),
    "rolled back to rolled back, and the rollback can not be read": (
        {"status": "rolled-back", "rollback": ROLLBACK}, {"status": "rolled-back", "rollback": "at night"}, True,
    ),
    "rolled back to closed, and the rollback is gone": (
        {"status": "rolled-back", "rollback": ROLLBACK}, {"status": "closed"}, False,
    ),
    "verified to fixing": ({"status": "verified", "deployed": None}, {"status": "fixing", "deployed": None}, True),
    "withdrawn to reported": (
        {"status": "withdrawn", "deployed": None, "withdrawn": ROLLBACK}, {"status": "reported", "deployed": None}, False,
    ),
    "withdrawn to reported, amended": (
        {"status": "withdrawn", "deployed": None, "withdrawn": ROLLBACK},
        {"status": "reported", "deployed": None, "amendments": [amendment("status")]},
        True,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", STEPS)
def test_a_status_goes_back_only_with_a_rollback(
    shop: Shop, name: str, tells: Callable[[Report], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(shop.top)
    before, after, allowed = STEPS[name]

    def put(changes: Mapping[str, Any]) -> None:
        shop.file({key: value for key, value in (shop.data() | changes).items() if value is not None})

    put(before)
    shop.commit("before")
    put(after)
    report = shop.check(since="HEAD")
    assert ("status-went-back" in {finding.slug for finding in report.findings}) is not allowed
    if not allowed:
        tells(report)


@pytest.mark.parametrize("stays", [True, False], ids=["still there", "gone"])
def test_where_no_status_needs_a_deployment_the_record_says_whether_it_is_in_production(
    shop: Shop, stays: bool, tells: Callable[[Report], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(shop.top)
    policy = deepcopy(dict(policyfile.load().data))
    policy["statuses"]["deployed"]["needs"] = ["approvals"]
    del policy["exits"]["rolled-back"]
    (shop.top / "docs" / "policy.yml").write_text(json.dumps(policy), "utf-8")
    shop.commit("policy")
    data = shop.data() | {"status": "verified"}
    shop.file(data if stays else {key: value for key, value in data.items() if key != "deployed"})
    tells(shop.check(since="HEAD"))


def with_evidence(**changes: Any) -> Callable[[Shop, dict[str, Any]], None]:
    return lambda _shop, data: data["evidence"]["smoke-test"].update(changes)


def change_report(shop: Shop, _data: dict[str, Any]) -> None:
    other_report(shop)


def as_it_is(shop: Shop, data: Mapping[str, Any]) -> None:
    """Write a record, however little it is one, and leave its reports as they are."""
    (shop.records / f"{ID}.md").write_text(f"---\n{json.dumps(data)}\n---\n", "utf-8")


def delete_evidence(_shop: Shop, data: dict[str, Any]) -> None:
    del data["evidence"]["smoke-test"]


def delete_all_evidence(_shop: Shop, data: dict[str, Any]) -> None:
    del data["evidence"]


def empty_all_evidence(_shop: Shop, data: dict[str, Any]) -> None:
    data["evidence"] = {}


def delete_report(shop: Shop, _data: dict[str, Any]) -> None:
    shutil.rmtree(shop.records / ID)


def other_commit(shop: Shop, data: dict[str, Any]) -> None:
    data["release"]["commit"] = shop.commits["elsewhere"]


EDITS: Mapping[str, tuple[Callable[[Shop, dict[str, Any]], None], str]] = {
    "another result": (with_evidence(result="failed"), "evidence.smoke-test"),
    "evidence deleted": (delete_evidence, "evidence.smoke-test"),
    "all evidence deleted": (delete_all_evidence, "evidence"),
    "all evidence deleted from its field": (empty_all_evidence, "evidence"),
    "another report": (change_report, "evidence.regression-test"),
    "report deleted": (delete_report, "evidence.regression-test"),
    "another commit": (other_commit, "release.commit"),
    "another severity": (lambda _shop, data: data.update(severity="critical"), "severity"),
    "another time of the report": (lambda _shop, data: data["reported"].update(at="2026-04-14T01:05:00Z"), "reported"),
    "another triage": (lambda _shop, data: data["triage"].update(by="test-lead"), "triage"),
    "another approval": (lambda _shop, data: data["approvals"][0].update(at="2026-04-14T03:06:00Z"), "approvals"),
    "no severity": (lambda _shop, data: data.pop("severity"), "severity"),
    "no release": (lambda _shop, data: data.pop("release"), "release"),
    "another deployment": (lambda _shop, data: data["deployed"].update(by="test-lead"), "deployed"),
}


@pytest.mark.parametrize("name", EDITS)
def test_a_closed_record_is_not_edited_in_silence(
    shop: Shop, name: str, tells: Callable[[Report], None], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(shop.top)
    change, what = EDITS[name]
    data = shop.data()
    change(shop, data)
    as_it_is(shop, data)
    report = shop.check(since="HEAD")
    tells(report)
    found = [one for one in report.findings if one.slug == "edited-after-closing"]
    assert [what in one.message for one in found] == [True]
    assert what in " ".join(found[0].help)
    for told, allowed in ((what, True), (what.split(".")[0], True), ("evidence.communication", False)):
        data["amendments"] = [amendment(told)]
        as_it_is(shop, data)
        assert ("edited-after-closing" not in shop.slugs(since="HEAD")) is allowed


def test_a_text_belongs_to_a_test():
    """A text in `tests/told/git/` that no test compares says nothing."""
    there = {file.stem for file in (Path(__file__).parent / "told" / "git").iterdir()}
    refused = [
        "an_amendment_stays_as_it_was",
        "still there",
        "gone",
        *FORGED,
        *EDITS,
        *(name for name, step in STEPS.items() if not step[-1]),
    ]
    assert there == {re.sub(r"[^A-Za-z0-9.]+", "-", name).strip("-") for name in refused}


def test_an_amendment_stays_as_it_was(shop: Shop, tells: Callable[[Report], None], monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(shop.top)
    shop.file({**shop.data(), "amendments": [amendment("evidence.smoke-test")]})
    shop.commit("amended")
    shop.file({**shop.data(), "amendments": [amendment("evidence.smoke-test", at="2026-04-14T04:45:00Z")]})
    assert shop.slugs(since="HEAD") == {"edited-after-closing"}
    shop.file(shop.data())
    report = shop.check(since="HEAD")
    assert {finding.slug for finding in report.findings} == {"edited-after-closing"}
    tells(report)


def test_an_amendment_speaks_for_one_change_and_not_for_the_next(shop: Shop):
    data = shop.data() | {"amendments": [amendment("evidence.smoke-test")]}
    shop.file(data)
    shop.commit("amended")
    data["evidence"]["smoke-test"]["by"] = "test-two"
    shop.file(data)
    assert shop.slugs(since="HEAD") == {"edited-after-closing"}
    shop.file({**data, "amendments": [*data["amendments"], amendment("evidence.smoke-test", "2026-04-14T04:41:00Z")]})
    assert shop.slugs(since="HEAD") == set()


@pytest.mark.parametrize(("at", "allowed"), [("2026-04-14T04:05:00Z", True), ("2026-04-14T04:04:59Z", False)])
def test_an_amendment_is_no_older_than_what_it_amends_and_clocks_differ(shop: Shop, at: str, allowed: bool):
    data = shop.data() | {"amendments": [amendment("evidence.smoke-test", at)]}
    data["evidence"]["smoke-test"]["by"] = "test-two"
    shop.file(data)
    assert (shop.slugs(since="HEAD") == set()) is allowed


def test_what_could_not_be_read_when_it_was_closed_can_be_mended(shop: Shop):
    shop.file({**shop.data(), "severity": 7})
    shop.commit("closed all the same")
    shop.file(shop.data())
    assert shop.slugs(since="HEAD") == set()


def closed_with_unclear_evidence(shop: Shop) -> dict[str, Any]:
    """Commit a closed record of which one kind of evidence can not be read, and return it with that kind mended."""
    data = shop.data()
    as_it_is(shop, {**data, "evidence": {**data["evidence"], "communication": "told"}})
    shop.commit("closed all the same")
    return data


def edits(shop: Shop, data: dict[str, Any]) -> list[str]:
    as_it_is(shop, data)
    found = [one for one in shop.check(since="HEAD").findings if one.slug == "edited-after-closing"]
    assert all(one.level is Level.ERROR for one in found)
    return [one.message.partition(" was ")[0] for one in found]


def test_evidence_that_could_not_be_read_when_it_was_closed_can_be_mended_and_hides_no_other_edit(shop: Shop):
    data = closed_with_unclear_evidence(shop)
    assert edits(shop, data) == []
    data["evidence"]["smoke-test"]["by"] = "test-two"
    assert edits(shop, data) == ["`evidence.smoke-test`"]
    data["evidence"]["communication"] = "told again"
    assert edits(shop, data) == ["`evidence.smoke-test`"]
    del data["evidence"]["communication"], data["evidence"]["fix-verification"]
    assert edits(shop, data) == ["`evidence.fix-verification`", "`evidence.smoke-test`"]


def test_each_edit_of_a_closed_record_is_told_once(shop: Shop):
    data = shop.data()
    data["severity"] = "critical"
    data["release"]["rollback"] = "none"
    data["evidence"]["regression-test"]["by"] = "test-two"
    data["approvals"][0]["at"] = "2026-04-14T03:06:00Z"
    other_report(shop)
    assert sorted(edits(shop, data)) == [
        "`approvals`",
        "`evidence.regression-test`",
        "`release.rollback`",
        "`severity`",
    ]


def test_a_report_edited_beside_evidence_that_could_not_be_read_is_told(shop: Shop):
    data = closed_with_unclear_evidence(shop)
    other_report(shop)
    assert edits(shop, data) == ["A report of `evidence.regression-test`"]


@pytest.mark.parametrize("left", [{}, {"evidence": {}}])
def test_all_evidence_is_not_deleted_behind_a_part_that_could_not_be_read(shop: Shop, left: dict[str, Any]):
    data = closed_with_unclear_evidence(shop)
    del data["evidence"]
    assert edits(shop, {**data, **left}) == ["`evidence`"]


def test_evidence_of_which_nothing_could_be_read_when_it_was_closed_can_be_mended(shop: Shop):
    as_it_is(shop, {**shop.data(), "evidence": "all of it"})
    shop.commit("closed all the same")
    assert edits(shop, shop.data()) == []
    assert edits(shop, {**shop.data(), "severity": "critical"}) == ["`severity`"]


def test_an_edit_does_not_hide_behind_evidence_that_can_not_be_read(shop: Shop):
    data = shop.data()
    data["evidence"] |= {"smoke-test": {**data["evidence"]["smoke-test"], "by": "test-two"}, "communication": "told"}
    shop.file({**data, "evidence": {**data["evidence"], "communication": shop.data()["evidence"]["communication"]}})
    as_it_is(shop, data)
    assert {"edited-after-closing", "wrong-type"} <= shop.slugs(since="HEAD")
    data["evidence"] = {"communication": "told"}  # and nothing else
    assert edits(shop, data) == [f"`evidence.{kind}`" for kind in shop.data()["evidence"] if kind != "communication"]


def test_what_may_change_in_a_closed_record_and_in_an_open_one(shop: Shop):
    review = {"at": "2026-04-14T04:50:00Z", "root_cause": "The release renamed a field."}
    shop.file(
        {**shop.data(), "title": "Nobody could pay with a saved card", "review": review}, body="More is known now."
    )
    assert shop.slugs(since="HEAD") == set()
    data = {**shop.data(), "status": "deployed"}
    shop.file(data)
    shop.commit("open")
    data["evidence"] = {**data["evidence"], "smoke-test": {**data["evidence"]["smoke-test"], "by": "test-two"}}
    shop.file(data)
    assert shop.slugs(since="HEAD") == set()


def test_a_former_version_that_today_s_policy_does_not_know_counts_as_none(shop: Shop):
    shop.file({**shop.data(), "status": "live"})
    shop.commit("under another policy")
    shop.file({key: value for key, value in shop.data().items() if key != "deployed"} | {"status": "verified"})
    assert shop.slugs(since="HEAD") == set()


@pytest.mark.parametrize(
    "revision", ["", "-x", "--output=x", "nowhere", "HEAD\nmain", "HEAD..main", "0" * 40, "main:docs"]
)
def test_a_revision_that_is_none_is_told(shop: Shop, revision: str):
    with pytest.raises(SetupError, match="--changed-since"):
        shop.check(since=revision)
    assert not (shop.top / "x").exists()


@pytest.mark.parametrize("revision", ["HEAD", "main~0", "v4.12.2", "@", "HEAD@{0}", ":/base"])
def test_a_revision_is_what_git_takes_for_one(shop: Shop, revision: str):
    assert shop.check(since=revision).extent is not None


def test_work_that_has_nothing_in_common_is_told(shop: Shop):
    shop.git("switch", "--quiet", "--orphan", "new")
    shop.file(shop.data())
    shop.commit("new")
    with pytest.raises(SetupError, match="no commit in common"):
        shop.check(since="main")


def test_the_command_line_says_how_many_of_how_many(shop: Shop, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(shop.top)
    run = CliRunner().invoke
    nothing = run(
        cli, ["check", "--git", "--changed-since", "main", "--as-of", "2026-04-14T05:00:00Z"], standalone_mode=False
    )
    assert nothing.output == "None of 1 record changed since main, nothing to do\n"
    assert nothing.return_value == 0
    (shop.records / f"{ID}.md").unlink()
    (shop.records / "index.md").write_text("# Hotfixes\n")
    deleted = run(cli, ["check", "--changed-since", "main", "--format", "concise"], standalone_mode=False)
    assert deleted.output == (
        f"docs/hotfixes/{ID}.md:1:1: REC111 record-deleted: The record was deleted\n"
        "1 of 1 record changed since main, 1 error\n"
    )
    assert deleted.return_value == 1
