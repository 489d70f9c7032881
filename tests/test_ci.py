"""What CI does where something fails, where a registry does not answer, and where nobody knows of holes."""

from __future__ import annotations

import json
import os
import runpy
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

CI = Path(__file__).parents[1] / ".ci"
JUDGE = runpy.run_path(str(CI / "audit.py"))["judge"]
# Stands for make and for each Python: notes what it is asked for, and fails where it is told to.
TOLD = """#!/bin/sh
echo "$(basename "$0") $*" >> "$SAID"
case " $FAILS " in *" $1 "*) exit "${CODE:-2}" ;; esac
"""


@pytest.fixture
def ci(tmp_path: Path) -> Callable[..., tuple[int, list[str], str]]:
    """Run `.ci/run` where some commands fail, named by their first word."""

    def run(*fails: str, code: int = 2) -> tuple[int, list[str], str]:
        for name in ("bin/make", "bin/chromium", ".venv/bin/python", ".venv-audit/bin/python"):
            (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / name).write_text(TOLD)
            (tmp_path / name).chmod(0o755)
        (tmp_path / ".ci").mkdir()
        (tmp_path / ".ci/run").write_bytes((CI / "run").read_bytes())
        env = {"PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "FAILS": " ".join(fails), "CODE": str(code)}
        done = subprocess.run(
            ["bash", tmp_path / ".ci/run"],
            env={**env, "SAID": str(tmp_path / "said")},
            capture_output=True,
            text=True,
            check=False,
        )
        asked = [line.removeprefix("make ") for line in (tmp_path / "said").read_text().splitlines()]
        return done.returncode, [one for one in asked if not one.startswith("python")], done.stdout + done.stderr

    return run


def test_ci_runs_everything_and_the_tests_last(ci: Callable[..., tuple[int, list[str], str]]):
    code, made, said = ci()
    assert code == 0
    assert [one for one in made if not one.startswith(".venv")] == ["lint", "minimum", "fuzz", "hosts", "test"]
    assert "Left out" not in said


@pytest.mark.parametrize("target", ["lint", "minimum", "fuzz", "hosts", "test"])
def test_what_fails_is_red(target: str, ci: Callable[..., tuple[int, list[str], str]]):
    assert ci(target)[0] != 0


def test_an_environment_that_can_not_be_made_is_red_where_the_registry_answers(
    ci: Callable[..., tuple[int, list[str], str]],
):
    """Then it is our floor that nobody can install."""
    assert ci(".venv-minimum/.ready")[0] != 0


def test_what_can_not_be_fetched_is_said(ci: Callable[..., tuple[int, list[str], str]]):
    code, made, said = ci(".venv-minimum/.ready", ".venv/.ready-fuzz", ".venv-audit/.ready", "-m")
    assert code == 0
    assert [one for one in made if not one.startswith(".venv")] == ["lint", "test"]
    assert "Left out, since the registries did not give what they need: audit minimum fuzz hosts" in said


@pytest.mark.parametrize(("ends", "is_red"), [(1, True), (3, False)])
def test_a_known_hole_is_red_and_an_audit_without_data_is_said(
    ends: int, is_red: bool, ci: Callable[..., tuple[int, list[str], str]]
):
    code, _, said = ci(".ci/audit.py", code=ends)
    assert (code != 0) is is_red
    assert ("Left out" in said and " audit" in said) is not is_red


def package(name: str, **more: object) -> dict[str, object]:
    return {"name": name, "version": "1.0", **more}


HOLE = {"id": "PYSEC-2026-1", "fix_versions": ["1.1"], "aliases": [], "description": "…"}


@pytest.mark.parametrize(
    ("packages", "code", "said"),
    [
        ([package("a", vulns=[]), package("mkdocs-hotfix", skip_reason="not on PyPI")], 0, "Audited: 1 packages"),
        ([package("a", vulns=[HOLE]), package("b", skip_reason="x")], 1, "a 1.0: PYSEC-2026-1, mended in 1.1"),
        ([package("a", vulns=[]), package("b", skip_reason="not found on PyPI")], 3, "Not audited: 1 of 2 packages"),
        ([package("a", skip_reason="x"), package("b", skip_reason="x")], 3, "Not audited: 2 of 2 packages"),
        ([], 3, "Not audited"),
    ],
)
def test_an_audit_that_looked_nothing_up_is_no_success(packages: list[dict[str, object]], code: int, said: str):
    ended, lines = JUDGE(json.dumps({"dependencies": packages, "fixes": []}))
    assert ended == code
    assert said in "\n".join(lines)


@pytest.mark.parametrize("said", ["", "Traceback", "[]", '{"dependencies": [1]}'])
def test_an_audit_that_broke_is_no_success(said: str):
    assert JUDGE(said) == (3, ["Not audited: pip-audit has looked nothing up."])
