"""A shop with the built-in policy, and records made of data: JSON is YAML, so a record is a line of JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import settings

from mkdocs_hotfix import gate, policyfile
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy

from .commands import repository, run

__all__ = ["repository", "run"]

# The same examples in every run: a suite that fails on Tuesdays helps nobody.
settings.register_profile("house", derandomize=True, database=None, deadline=None, max_examples=80)
settings.load_profile("house")

NOW = datetime(2026, 4, 14, 3, 30, tzinfo=UTC)
"""The night of the hotfix: no promise is broken yet."""

ID = "HF-2026-0001"
COMMIT = "9f3c1e2b7a60d4c5e8f1a2b3c4d5e6f708192a3b"

REPORTED: Mapping[str, Any] = {
    "id": ID,
    "title": "Checkout fails for saved cards",
    "status": "reported",
    "severity": "major",
    "service": "checkout",
    "reported": {"at": "2026-04-14T01:40:00Z", "by": "support-lead"},
}
"""A record that is right as soon as the problem is known."""

DEPLOYED: Mapping[str, Any] = {
    **REPORTED,
    "status": "deployed",
    "triage": {
        "at": "2026-04-14T01:50:00Z",
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
        "commit": COMMIT,
        "rollback": "Redeploy 4.12.2.",
        "merge_back": [{"branch": "main", "url": "https://git.example.com/acme/shop/pull/2214"}],
    },
    "deployed": {"at": "2026-04-14T03:20:00Z", "by": "checkout-oncall"},
    "approvals": [{"by": "release-manager", "role": "release-manager", "at": "2026-04-14T03:05:00Z"}],
    "evidence": {
        "impact-analysis": {
            "at": "2026-04-14T01:55:00Z",
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
    },
}
"""A record as it stands right after the deployment: the proof from production is still owed."""

PROOF: Mapping[str, Mapping[str, Any]] = {
    **DEPLOYED["evidence"],
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
}
"""Evidence of every kind: passed, in order, from the right environment."""

JUNIT = '<testsuite name="checkout" tests="1"><testcase classname="pay" name="saved card" time="0.1"/></testsuite>\n'


def written(data: Mapping[str, Any] | str, body: str = "\nThe release renamed a field.\n") -> str:
    """Write a record of data, or of lines of YAML."""
    head = data.strip("\n") if isinstance(data, str) else json.dumps(data)
    return f"---\n{head}\n---\n{body}"


@dataclass(frozen=True)
class Shop:
    """A docs folder with a policy and records."""

    root: Path

    @property
    def records(self) -> Path:
        return self.root / "hotfixes"

    def file(self, data: Mapping[str, Any] | str, name: str = f"{ID}.md") -> Path:
        """Write a record, and the report that a complete one names."""
        path = self.records / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(written(data), "utf-8")
        report = self.records / ID / "regression-test.xml"
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(JUNIT, "utf-8")
        return path

    def policy(self, **changes: Any) -> Policy:
        """Load the built-in policy with some of its parts replaced."""
        if not changes:
            return policyfile.load(root=self.root)
        data = deepcopy(dict(policyfile.load(root=self.root).data)) | changes
        self.root.mkdir(parents=True, exist_ok=True)
        (self.root / "policy.yml").write_text(json.dumps(data), "utf-8")
        return policyfile.load(self.root / "policy.yml")

    def check(self, *paths: Path, as_of: datetime = NOW, **changes: Any) -> Report:
        return gate.check(self.policy(**changes), as_of, paths or None)


@pytest.fixture
def shop(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Shop:
    """An empty docs folder; the program runs in the folder around it."""
    monkeypatch.chdir(tmp_path)
    for name in ("SOURCE_DATE_EPOCH", "NO_COLOR", "FORCE_COLOR", "TERM"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "docs" / "hotfixes").mkdir(parents=True)
    return Shop(tmp_path / "docs")


@pytest.fixture(scope="module")
def workshop(tmp_path_factory: pytest.TempPathFactory) -> Shop:
    """A docs folder for properties, which write the same file again and again."""
    root = tmp_path_factory.mktemp("workshop") / "docs"
    (root / "hotfixes").mkdir(parents=True)
    return Shop(root)


@pytest.fixture(scope="session")
def reported() -> Mapping[str, Any]:
    return REPORTED


@pytest.fixture(scope="session")
def deployed() -> Mapping[str, Any]:
    return DEPLOYED


@pytest.fixture(scope="session")
def proof() -> Mapping[str, Mapping[str, Any]]:
    return PROOF
