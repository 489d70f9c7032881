"""Runs the commands that change records in a shop, and makes what they work on: reports and a Git repository."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from mkdocs_hotfix import cli, source
from mkdocs_hotfix.findings import SetupError

Facts = Mapping[str, Any]
ID = "HF-2026-0001"
NIGHT = "2026-04-14T03:30:00Z"
JUNIT = '<testsuite name="checkout" tests="3" timestamp="{at}"><testcase classname="pay" name="{name}" time="0.1"/><testcase classname="pay" name="b"/><testcase classname="pay" name="c">{what}</testcase></testsuite>\n'
FAILED = '<failure message="expected 200, got 500">trace</failure>'


@dataclass(frozen=True)
class Said:
    code: int
    out: str
    err: str = ""


Run = Callable[..., Said]


@pytest.fixture
def run(shop, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run the program in the shop's folder; what main() does with an error is done here, too."""
    monkeypatch.setenv("HOTFIX_BY", "checkout-oncall")

    def call(line: str, *more: str, at: str = NIGHT) -> Said:
        words = [*line.split(), *more, "--as-of", at]
        result = CliRunner().invoke(cli.cli, words, standalone_mode=False)
        if result.exception is None:
            return Said(int(result.return_value or 0), result.stdout, result.stderr)
        if isinstance(result.exception, SetupError):
            return Said(2, result.stdout, str(result.exception))
        if hasattr(result.exception, "format_message"):
            return Said(2, result.stdout, result.exception.format_message())
        raise result.exception

    return call


def report(
    folder: Path, name: str = "junit.xml", *, what: str = "", at: str = "2026-04-14T02:40:00Z", case: str = "a"
) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(JUNIT.format(at=at, what=what, name=case), "utf-8")
    return folder / name


def data(shop, name: str = ID) -> dict[str, Any]:
    read_as = source.read(shop.records / f"{name}.md")
    assert read_as.data is not None, read_as.problems
    return read_as.data


def git(*words: str, cwd: Path, at: str = "2026-04-14T02:10:00Z") -> None:
    author = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    that_night = {**os.environ, "GIT_COMMITTER_DATE": at, "GIT_AUTHOR_DATE": at}
    ran = subprocess.run(["git", *author, *words], cwd=cwd, check=False, capture_output=True, text=True, env=that_night)
    assert ran.returncode == 0, ran.stderr


@pytest.fixture
def repository(shop, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a release, a hotfix branch that is checked out, and the shop's docs in it."""
    top = shop.root.parent
    git("init", "-q", "-b", "main", cwd=top)
    (top / "shop.py").write_text("old\n", "utf-8")
    (top / "docs" / "index.md").write_text("# Handbook\n", "utf-8")
    git("add", ".", cwd=top)
    git("commit", "-qm", "Release", cwd=top)
    git("tag", "v4.12.2", cwd=top)
    git("switch", "-qc", "hotfix/4.12.3", cwd=top)
    (top / "shop.py").write_text("new\n", "utf-8")
    git("commit", "-qam", "Fix", cwd=top)
    return top


def head(top: Path, revision: str = "HEAD") -> str:
    return subprocess.run(
        ["git", "rev-parse", revision], cwd=top, check=True, capture_output=True, text=True
    ).stdout.strip()
