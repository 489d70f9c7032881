"""Records and the Git repository they lie in: what git confirms, what it denies, and what nobody may make it do."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import gate, policy
from mkdocs_hotfix.gate import Report

NOW = datetime(2026, 4, 14, 5, tzinfo=UTC)
ID = "HF-2026-0001"
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

    def file(self, data: Mapping[str, Any], name: str = "", body: str = "The release renamed a field.") -> Path:
        path = self.records / (name or f"{data['id']}.md")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(f"---\n{json.dumps(data, ensure_ascii=False, indent=1)}\n---\n\n{body}\n", "utf-8")
        for evidence in data.get("evidence", {}).values():
            named = evidence.get("report", [])
            for text in [named] if isinstance(named, str) else named:
                report = path.parent / text
                report.parent.mkdir(parents=True, exist_ok=True)
                if not report.exists():
                    report.write_text(JUNIT.format(name=data["id"]), "utf-8")
        return path

    def check(self, *paths: Path, as_of: datetime = NOW, **options: Any) -> Report:
        file = self.top / self.docs / "policy.yml"
        found = policy.load(file if file.exists() else None, root=self.top / self.docs)
        return gate.check(found, as_of, paths or None, **options)

    def slugs(self, *paths: Path, **options: Any) -> set[str]:
        return {finding.slug for finding in self.check(*paths, **options).findings}


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A release, a hotfix on it, tested, released, merged back and closed; and a later change on main."""
    shop = Shop(tmp_path_factory.mktemp("template") / "shop with ümlaut")
    shop.top.mkdir()
    shop.git("init", "--quiet")
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
    return shop


@pytest.fixture
def shop(template: Shop, tmp_path: Path) -> Shop:
    shutil.copytree(template.top, tmp_path / "shop", symlinks=True)
    return Shop(tmp_path / "shop", dict(template.commits))


# -- bound to this fix -------------------------------------------------------------------------------------


def test_what_git_confirms_passes(shop: Shop):
    assert shop.slugs(git=True) == set()


def test_a_policy_can_ask_for_git(shop: Shop):
    builtin = policy.load().data
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
    "a report that git does not have": (
        evidence("regression-test", report=f"{ID}/new.xml"), "stale-evidence", "is not in the Git repository",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_record_is_refused(shop: Shop, name: str):
    forge, slug, words = FORGED[name]
    data = shop.data()
    forge(shop, data)
    shop.file(data)
    found = [finding for finding in shop.check(git=True).findings if finding.slug == slug]
    assert any(words in finding.message for finding in found), [finding.message for finding in found]
    assert all(finding.help and finding.level == "error" for finding in found)


HONEST: Mapping[str, Forge] = {
    "a short commit": lambda shop, data: data["release"].update(commit=shop.commits["fix"][:7]),
    "no tag yet, and a branch": command("tag", "--delete", "v4.12.3"),
    "a tag, and the branch deleted": command("branch", "--delete", "--force", "hotfix/4.12.3"),
    "a cherry-pick named by the entry": merged(branch="main", commit="elsewhere"),
    "a merge commit named by the entry": merged(branch="main", commit="record"),
    "a test within five minutes before the commit": evidence("fix-verification", at="2026-04-14T01:56:00Z"),
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
