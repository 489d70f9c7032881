"""Where people work: pre-commit, GitHub, GitLab and VS Code, with the programs and schemas of each."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from mkdocs_hotfix import gate, policyfile
from mkdocs_hotfix.formats import FORMATS

ROOT = Path(__file__).resolve().parents[1]
PROGRAMS = Path(sys.executable).parent
RECORD = """\
id: HF-2026-0042
title: Checkout fails for saved cards
status: reported
severity: major
service: checkout
reported: {at: 2026-04-14T02:50:00Z, by: support-lead}
"""
NOW = datetime(2026, 4, 14, 3, 30, tzinfo=UTC)


@pytest.fixture
def clone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of somebody else, with one record that is right."""
    for name in list(os.environ):
        if name.startswith("GIT_"):
            monkeypatch.delenv(name)
    folder = tmp_path / "clone"
    (folder / "docs" / "hotfixes").mkdir(parents=True)
    write(folder, RECORD)
    git(folder, "init", "-q", "-b", "main")
    commit(folder, "The first")
    monkeypatch.chdir(folder)
    return folder


def write(folder: Path, head: str, name: str = "HF-2026-0042.md") -> Path:
    file = folder / "docs" / "hotfixes" / name
    file.write_text(f"---\n{head}---\n\nThe release renamed a field.\n", "utf-8")
    return file


def git(folder: Path, *arguments: str) -> str:
    who = ["-c", "user.name=x", "-c", "user.email=x@example.com", "-c", "commit.gpgsign=false"]
    return subprocess.run(
        ["git", *who, *arguments], cwd=folder, check=True, capture_output=True, text=True
    ).stdout.strip()


def commit(folder: Path, message: str) -> None:
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", message)


def load(name: str) -> Any:
    found = yaml.safe_load((ROOT / name).read_text("utf-8"))
    if True in found:
        found["on"] = found.pop(True)  # YAML 1.1 takes GitHub's `on` for a truth
    return found


def published(name: str) -> Any:
    vendor = files("check_jsonschema").joinpath("builtin_schemas", "vendor", f"{name}.json")
    return json.loads(vendor.read_text("utf-8"))


def fits(value: Any, name: str) -> None:
    made = published(name)
    jsonschema.validators.validator_for(made)(made).validate(value)


def shell(script: str, folder: Path, program: str = "bash", **variables: str) -> subprocess.CompletedProcess[str]:
    """Run the lines as CI does, with nothing of this environment but the way to the programs."""
    return subprocess.run(
        [program, "-e", "-c", script],
        cwd=folder,
        env={"PATH": os.pathsep.join([str(PROGRAMS), os.defpath]), "SOURCE_DATE_EPOCH": "1776137400", **variables},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


# -- pre-commit --------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_pre_commit_stops_a_commit_and_mends(clone: Path, tmp_path: Path):
    """pre-commit installs the hooks from a clone of this repository, as it does for everybody."""
    source = tmp_path / "source"
    names = [name for name in git(ROOT, "ls-files", "-z", "-co", "--exclude-standard").split("\0") if name]
    for name in names:
        if name.startswith("tests/") or not (ROOT / name).is_file():
            continue
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, source / name)
    git(source, "init", "-q")
    commit(source, "As it is here")
    config = {
        "repos": [
            {
                "repo": str(source),
                "rev": git(source, "rev-parse", "HEAD"),
                "hooks": [{"id": "hotfix-check"}, {"id": "hotfix-fix", "stages": ["manual"]}],
            }
        ]
    }
    (clone / ".pre-commit-config.yaml").write_text(yaml.safe_dump(config), "utf-8")
    commit(clone, "Ask the gate first")
    environment = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "SOURCE_DATE_EPOCH": "1776137400"}

    def hook(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAMS / "pre-commit", *arguments],
            cwd=clone,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
            timeout=400,
        )

    assert hook("install").returncode == 0
    right = hook("run", "--all-files")
    assert right.returncode == 0, right.stdout + right.stderr
    (clone / "unrelated.txt").write_text("x", "utf-8")
    git(clone, "add", "unrelated.txt")
    assert "Skipped" in hook("run").stdout
    write(clone, RECORD.replace("status: reported", "status: triaged").replace("title:", "titel:"))
    git(clone, "add", "-A")
    stopped = subprocess.run(
        ["git", "commit", "-m", "x"], cwd=clone, env=environment, capture_output=True, text=True, check=False
    )
    assert stopped.returncode == 1
    assert "docs/hotfixes/HF-2026-0042.md:4:9" in stopped.stdout + stopped.stderr
    assert "REC103" in stopped.stdout + stopped.stderr
    mended = hook("run", "hotfix-fix", "--hook-stage", "manual", "--all-files")
    assert "files were modified by this hook" in mended.stdout
    assert "title: Checkout" in (clone / "docs/hotfixes/HF-2026-0042.md").read_text("utf-8")


def test_the_hooks_are_ones_that_pre_commit_takes():
    ended = subprocess.run(
        [PROGRAMS / "pre-commit", "validate-manifest", ROOT / ".pre-commit-hooks.yaml"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout
    for hook in load(".pre-commit-hooks.yaml"):
        pattern = re.compile(hook["files"])
        for name in ("docs/hotfixes/HF-2026-0001.md", "hotfixes/HF-2026-0001/smoke.xml", "a/docs/policy.yml"):
            assert pattern.search(name)
        for name in ("README.md", "docs/policy.yml.md", "docs/myhotfixes.md"):
            assert not pattern.search(name)


# -- GitHub ------------------------------------------------------------------------------------------------


def step() -> Mapping[str, Any]:
    found: Mapping[str, Any] = load("action.yml")["runs"]["steps"][-1]
    return found


def act(folder: Path, **inputs: str) -> subprocess.CompletedProcess[str]:
    """Run the step of the action as the runner does: inputs become variables, the script stays as it is."""
    known = load("action.yml")["inputs"]
    assert inputs.keys() <= known.keys()
    # No event is known here, as in a push: what asks for one is empty.
    given = {name: inputs.get(name, re.sub(r"\$\{\{.*\}\}", "", one["default"])) for name, one in known.items()}
    variables = {
        key: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda found: given[found[1]], value)
        for key, value in step()["env"].items()
    }
    assert "${{" not in step()["run"]
    return shell(step()["run"], folder, GITHUB_STEP_SUMMARY=str(folder / "summary.md"), **variables)


def test_the_action_and_the_workflow_fit_their_schemas():
    fits(load("action.yml"), "github-actions")
    fits(load("templates/github.yml"), "github-workflows")


def test_every_action_is_pinned_and_nothing_is_written_into_a_script():
    for name in ("action.yml", "templates/github.yml"):
        text = (ROOT / name).read_text("utf-8")
        uses = re.findall(r"uses: (\S+)( # v\S+)?$", text, re.MULTILINE)
        assert uses
        assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", pinned) and tag for pinned, tag in uses)
    workflow = load("templates/github.yml")
    assert workflow["permissions"] == {}
    assert workflow["jobs"]["gate"]["permissions"] == {"contents": "read"}
    assert workflow["jobs"]["gate"]["steps"][0]["with"] == {"fetch-depth": 0, "persist-credentials": False}


def test_zizmor_finds_nothing():
    ended = subprocess.run(
        [
            PROGRAMS / "zizmor",
            "--offline",
            "--no-config",
            "--persona=pedantic",
            ROOT / "action.yml",
            ROOT / "templates/github.yml",
            ROOT / "mkdocs_hotfix/starter/github.yml",
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr


def test_the_step_of_the_action_opens_and_closes(clone: Path):
    right = act(clone, junit="out/hotfix.xml")
    assert (right.returncode, right.stdout) == (0, "1 record, 0 errors\n"), right.stderr
    assert "## Hotfix gate: open" in (clone / "summary.md").read_text("utf-8")
    assert 'failures="0"' in (clone / "out/hotfix.xml").read_text("utf-8")
    write(clone, RECORD.replace("status: reported", "status: triaged"))
    wrong = act(clone, paths="docs/hotfixes/HF-2026-0042.md\n\n")
    assert wrong.returncode == 1
    assert "::error file=docs/hotfixes/HF-2026-0042.md,line=4," in wrong.stdout
    assert "## Hotfix gate: closed" in (clone / "summary.md").read_text("utf-8")


@pytest.mark.slow
def test_every_input_of_the_action_counts(clone: Path):
    (clone / "policy.yml").write_text(
        (ROOT / "mkdocs_hotfix/policy.yml")
        .read_text("utf-8")
        .replace("records: hotfixes", "records: docs/hotfixes")
        .replace("levels: {}", "levels: {missing-requirement: warning}"),
        "utf-8",
    )
    write(clone, RECORD.replace("status: reported", "status: triaged"))
    assert act(clone, policy="policy.yml").returncode == 0
    assert act(clone, policy="policy.yml", strict="true").returncode == 1
    assert act(clone, policy="policy.yml", git="true").returncode == 0
    since = act(clone, policy="policy.yml", **{"changed-since": "HEAD"})
    assert "1 of 1 record changed since HEAD" in since.stdout
    assert act(clone, sarif="x.sarif").returncode == 1
    assert json.loads((clone / "x.sarif").read_text("utf-8"))["version"] == "2.1.0"
    (clone / "docs/hotfixes/HF-2026-0042.md").unlink()
    assert act(clone).returncode == 2
    assert act(clone, **{"allow-empty": "true"}).returncode == 0


@pytest.mark.slow
def test_a_pull_request_is_judged_by_the_policy_that_it_goes_to_and_by_its_own(clone: Path):
    assert "pull_request.base.sha" in load("action.yml")["inputs"]["policy-from"]["default"]
    base = git(clone, "rev-parse", "HEAD")
    whole = (ROOT / "mkdocs_hotfix/policy.yml").read_text("utf-8")
    write(clone, RECORD.replace("status: reported", "status: triaged"))
    (clone / "docs/policy.yml").write_text(whole.replace("levels: {}", "levels: {missing-requirement: off}"), "utf-8")
    commit(clone, "A record, and a policy that lets it pass")
    assert act(clone).returncode == 0
    lax = act(clone, **{"policy-from": base})
    assert lax.returncode == 1
    assert "title=REC112 policy-changed-too" in lax.stdout
    write(clone, RECORD)
    (clone / "docs/policy.yml").write_text(whole.replace("levels: {}", "levels: {nothing: off}"), "utf-8")
    commit(clone, "A policy that nobody can use")
    assert act(clone, **{"policy-from": base}).returncode == 2


HOSTILE = """"; touch pwned; $(touch pwned) `touch pwned` ' && touch pwned # *"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["paths", "policy", "policy-from", "changed-since", "git", "strict", "allow-empty"])
def test_an_input_is_never_run_nor_an_option(clone: Path, name: str):
    for text in (HOSTILE, "--output=json=pwned"):
        ended = act(clone, **{name: text})
        assert ended.returncode == (2 if name in ("paths", "policy", "policy-from", "changed-since") else 0), (
            ended.stdout
        )
    assert not (clone / "pwned").exists()


# -- GitLab ------------------------------------------------------------------------------------------------


def gitlab(**inputs: str) -> Mapping[str, Any]:
    """Fill the template as GitLab does, and return its job."""
    head, _, body = (ROOT / "templates/hotfix.yml").read_text("utf-8").partition("\n---\n")
    known = yaml.safe_load(head)["spec"]["inputs"]
    assert inputs.keys() <= known.keys()

    def value(found: re.Match[str]) -> str:
        given = inputs.get(found[1], known[found[1]]["default"])
        return json.dumps(given) if isinstance(given, bool) else str(given)

    job: Mapping[str, Any] = yaml.safe_load(re.sub(r"\$\[\[ inputs\.([a-z-]+) \]\]", value, body))
    return job


def test_the_template_for_gitlab_fits_its_schema():
    fits(gitlab(), "gitlab-ci")
    fits(load("mkdocs_hotfix/starter/gitlab.yml"), "gitlab-ci")
    fits(load("mkdocs_hotfix/starter/github.yml"), "github-workflows")
    fits(gitlab(paths="docs/hotfixes", strict="true", image="python:3.13"), "gitlab-ci")
    assert {*yaml.safe_load((ROOT / "templates/hotfix.yml").read_text("utf-8").partition("\n---\n")[0])} == {"spec"}


def pipeline(folder: Path, program: str, **inputs: str) -> subprocess.CompletedProcess[str]:
    job = gitlab(**inputs)["hotfix"]
    variables = {key: str(value or "") for key, value in job["variables"].items()}
    return shell("\n".join(job["script"]), folder, program, **variables)


@pytest.mark.parametrize("program", ["bash", "sh"])
def test_the_job_for_gitlab_opens_and_closes(clone: Path, program: str):
    right = pipeline(clone, program)
    assert (right.returncode, right.stdout) == (0, "1 record checked, nothing to do\n"), right.stderr
    assert json.loads((clone / "gl-code-quality-report.json").read_text("utf-8")) == []
    write(clone, RECORD.replace("status: reported", "status: triaged"))
    wrong = pipeline(clone, program, paths="docs/hotfixes/HF-2026-0042.md", strict="true")
    assert wrong.returncode == 1
    (entry,) = json.loads((clone / "gl-code-quality-report.json").read_text("utf-8"))
    assert entry["location"]["path"] == "docs/hotfixes/HF-2026-0042.md"
    assert 'failures="1"' in (clone / "hotfix.xml").read_text("utf-8")
    assert pipeline(clone, program, **{"changed-since": "HEAD"}).returncode == 1
    assert pipeline(clone, program, policy="nowhere.yml").returncode == 2
    assert pipeline(clone, program, paths="--output=json=pwned").returncode == 2


@pytest.mark.parametrize("program", ["bash", "sh"])
def test_a_merge_request_is_judged_by_the_policy_that_it_goes_to(clone: Path, program: str):
    git(clone, "update-ref", "refs/remotes/origin/main", "HEAD")
    whole = (ROOT / "mkdocs_hotfix/policy.yml").read_text("utf-8")
    write(clone, RECORD.replace("status: reported", "status: triaged"))
    (clone / "docs/policy.yml").write_text(whole.replace("levels: {}", "levels: {missing-requirement: off}"), "utf-8")
    commit(clone, "A record, and a policy that lets it pass")
    assert pipeline(clone, program).returncode == 0
    for script in (gitlab()["hotfix"], load("mkdocs_hotfix/starter/gitlab.yml")["hotfix"]):
        variables = {key: str(value or "") for key, value in script["variables"].items()}
        lines = [line for line in script["script"] if "pip install" not in line]
        ended = shell("\n".join(lines), clone, program, CI_MERGE_REQUEST_TARGET_BRANCH_NAME="main", **variables)
        assert ended.returncode == 1, ended.stdout
        assert "by the policy of refs/remotes/origin/main" in ended.stdout


def test_what_init_writes_for_ci_may_read_only_and_keeps_no_token():
    made = load("mkdocs_hotfix/starter/github.yml")
    assert (made["permissions"], made["jobs"]["gate"]["permissions"]) == ({}, {"contents": "read"})
    checkout, *others = made["jobs"]["gate"]["steps"]
    assert checkout["with"] == {"fetch-depth": 0, "persist-credentials": False}
    assert [one.get("if") for one in others if "hotfix check" in one.get("run", "")] == [
        "github.event_name == 'pull_request'",
        None,
    ]
    assert load("mkdocs_hotfix/starter/gitlab.yml")["hotfix"]["variables"] == {"GIT_DEPTH": "0"}


# -- VS Code -----------------------------------------------------------------------------------------------


def test_the_problem_matcher_reads_every_line_of_the_real_output(clone: Path):
    (task,) = json.loads((ROOT / "templates/vscode/tasks.json").read_text("utf-8"))["tasks"]
    assert (task["command"], task["args"]) == ("hotfix", ["check", "--format", "concise"])
    pattern = task["problemMatcher"]["pattern"]
    write(clone, RECORD.replace("status: reported", "status: closed"))
    write(clone, "titel: x: y\n", "HF-2026-0043.md")
    write(clone, RECORD, "a b:1:2: REC101 x.md")
    report = gate.check(policyfile.load(), NOW)
    *lines, summary = FORMATS["concise"](report).splitlines()
    assert len(lines) == len(report.findings) > 10
    assert not re.match(pattern["regexp"], summary)
    for line, finding in zip(lines, report.findings, strict=True):
        found = re.match(pattern["regexp"], line, re.ASCII)
        assert found
        if " b:" not in finding.path:  # nobody can tell where a path like this one ends
            assert found[pattern["file"]] == finding.path
            assert int(found[pattern["line"]]) == finding.span.line
            assert int(found[pattern["column"]]) == finding.span.column
            assert found[pattern["code"]] == f"{finding.code} {finding.slug}"
            assert found[pattern["message"]] == finding.message


SNIPPETS: Mapping[str, Any] = json.loads((ROOT / "templates/vscode/hotfix.code-snippets").read_text("utf-8"))
VARIABLES = {
    "TM_FILENAME_BASE": "HF-2026-0042",
    "CURRENT_YEAR": "2026",
    "CURRENT_MONTH": "04",
    "CURRENT_DATE": "14",
    "CURRENT_HOUR": "05",
    "CURRENT_MINUTE": "10",
    "CURRENT_TIMEZONE_OFFSET": "+02:00",
}


def typed(name: str) -> list[str]:
    """Expand a snippet as VS Code does for somebody who takes every proposal; one text for each field that it can be."""
    body = "\n".join(SNIPPETS[name]["body"])
    body = re.sub(r"\$(?:\{([A-Z_]+)\}|([A-Z_]+))", lambda found: VARIABLES[found[1] or found[2]], body)
    body = re.sub(r"\$\{\d+:([^}]*)\}", r"\1", body)
    first = re.match(r" *\$\{\d+\|([^|]*)\|\}", body)
    texts = [body.replace(first[0].lstrip(), choice, 1) for choice in first[1].split(",")] if first else [body]
    texts = [re.sub(r"\$\{\d+\|([^,|]*)[^|]*\|\}", r"\1", text) for text in texts]
    texts = [re.sub(r"\$0$", "", text) for text in texts]
    assert not any("$" in text for text in texts)
    return texts


@pytest.mark.parametrize("name", [name for name in SNIPPETS if name != "Hotfix deployment"])
def test_what_a_snippet_writes_passes(clone: Path, name: str):
    for text in typed(name):
        if text.startswith("---\n"):
            (clone / "docs/hotfixes/HF-2026-0042.md").write_text(text, "utf-8")
        else:
            above = "evidence:\n" if text.startswith("  ") else ""
            write(clone, RECORD + above + text)
        report = gate.check(policyfile.load(), NOW)
        assert FORMATS["concise"](report) == "1 record, 0 errors\n"
        assert report.judged[0].record


def test_a_record_made_of_snippets_alone_passes_when_it_is_deployed(clone: Path):
    (start,) = typed("Hotfix record")
    head, _ = start.removeprefix("---\n").split("---\n")
    parts = [head.replace("status: reported", "status: deployed").replace("T05:10", "T05:05")]
    parts += [typed("Hotfix triage")[0], typed("Hotfix work and release")[0], "evidence:\n"]
    verified, tested = typed("Hotfix test before production")
    parts += [typed("Hotfix impact analysis")[0], verified, tested + "    report: HF-2026-0042/regression.xml\n"]
    parts += [typed("Hotfix approval")[0], typed("Hotfix deployment")[0]]
    write(clone, "".join(parts))
    report = clone / "docs/hotfixes/HF-2026-0042/regression.xml"
    report.parent.mkdir()
    report.write_text('<testsuite name="x" tests="1"><testcase name="y"/></testsuite>', "utf-8")
    assert FORMATS["concise"](gate.check(policyfile.load(), NOW)) == "1 record, 0 errors\n"


def test_the_snippets_know_the_words_of_the_policy():
    policy = policyfile.load()
    choices = {word for one in SNIPPETS.values() for line in one["body"] for word in re.findall(r"\|([^|]+)\|", line)}
    words = {word.removeprefix("evidence.") for found in choices for word in found.split(",")}
    known = {*policy.kinds, *policy.severities, *policy.harms, *policy.environments, *policy.approver_roles}
    assert words <= known | {"true", "false", "passed", "failed", "hotfix", "defer"}
    assert all(one["scope"] == "markdown" and one["prefix"].startswith("hotfix") for one in SNIPPETS.values())
