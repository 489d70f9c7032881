"""`hotfix init`: nothing that is there is written over, and what comes out of it is a handbook behind a gate."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from mkdocs_hotfix import cli, policyfile, starter
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.pages import GENERATED
from mkdocs_hotfix.siteconfig import SiteConfig

EMOJI = """# Our site
site_name: Shop
theme: {name: material}   # the theme
markdown_extensions:
  - pymdownx.emoji:
      emoji_index: !!python/name:material.extensions.emoji.twemoji
"""

CONFIGS = {
    "a block list": ("plugins:\n  - search\n  - blog: # ours\n      a: 1 # x\n  # - off\n", "plugins:\n  - search\n  - blog: # ours\n      a: 1 # x\n  - hotfix\n  # - off\n"),
    "a block list that is not indented": ("plugins:\n- search\ntheme: x\n", "plugins:\n- search\n- hotfix\ntheme: x\n"),
    "a flow list": ("plugins: [search, 'blog']  # ours\n", "plugins: [search, 'blog', hotfix]  # ours\n"),
    "a flow list on several lines": ("plugins: [\n  search, # s\n  blog,   # b\n]\n", "plugins: [\n  search, # s\n  blog, hotfix,   # b\n]\n"),
    "no search by intent": ("plugins: []\n", "plugins: [hotfix]\n"),
    "a mapping": ("plugins:\n  search: {}\n  blog:\ntheme: x\n", "plugins:\n  search: {}\n  blog:\n  hotfix: {}\ntheme: x\n"),
    "a flow mapping": ("plugins: {search: , blog: {a: 1}}\n", "plugins: {search: , blog: {a: 1}, hotfix: {}}\n"),
    "nothing behind the name": ("plugins:   # none\ntheme: x\n", "plugins: [search, hotfix]   # none\ntheme: x\n"),
    "null": ("plugins: ~\n", "plugins: [search, hotfix]\n"),
    "a computed item": ("plugins: [search, !ENV [X, blog]]\n", "plugins: [search, !ENV [X, blog], hotfix]\n"),
    "an alias elsewhere": ("x: &x 1\ny: *x\nplugins: [search]\n", "x: &x 1\ny: *x\nplugins: [search, hotfix]\n"),
    "no plugins": ("theme: x\n\n\n", "theme: x\n\nplugins:\n  - search\n  - hotfix\n\n\n"),
    "no line break at the end": ("theme: x", "theme: x\n\nplugins:\n  - search\n  - hotfix\n"),
    "JSON": ('{"theme": "x"}', '{"theme": "x", "plugins": ["search", "hotfix"]}'),
}  # fmt: skip

COMPUTED = {
    "a computed list": "plugins: !ENV [PLUGINS, [search]]\n",
    "an alias": "x: &x [search]\nplugins: *x\n",
    "an anchor": "plugins: &x [search]\ny: *x\n",
    "a text": "plugins: search\n",
    "twice": "plugins: [search]\nplugins: [blog]\n",
    "a computed docs folder": "docs_dir: !ENV [DOCS, docs]\n",
    "broken YAML": "plugins: [search\n",
    "a list": "- plugins\n",
    "an end mark": "site_name: x\n...\n",
    "itself": "INHERIT: mkdocs.yml\n",
    "what is not there": "INHERIT: base.yml\n",
}


@pytest.fixture
def empty(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def init(*arguments: str) -> str:
    result = CliRunner().invoke(cli.cli, ["init", *arguments], standalone_mode=False, catch_exceptions=False)
    assert result.return_value == 0
    return result.stdout


def everything(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and ".git/" not in path.as_posix()
    }


def test_an_empty_folder_gets_all_that_a_handbook_needs_and_the_second_time_nothing(empty: Path):
    said = init()
    made = everything(empty)
    assert sorted(made) == [".gitignore", "docs/hotfixes/.gitkeep", "docs/index.md", "docs/policy.yml", "mkdocs.yml"]
    assert said.count("made ") == 5
    assert "Next:\n  edit docs/policy.yml" in said
    again = init()
    assert everything(empty) == made
    assert "made " not in again


def test_the_policy_is_the_built_in_one_and_allows_that_there_is_no_record_yet(empty: Path):
    init()
    made, built_in = policyfile.load(empty / "docs" / "policy.yml"), policyfile.load(None)
    assert made.allow_empty
    assert {**made.data, "allow_empty": None} == {**built_in.data, "allow_empty": None}


def test_the_first_record_makes_an_empty_folder_an_error(empty: Path):
    init()
    before = (empty / "docs" / "policy.yml").read_text("utf-8")
    new = ["new", "--title", "Saved cards fail", "--severity", "major", "--service", "shop", "--by", "support-lead"]
    filed = CliRunner().invoke(cli.cli, new, standalone_mode=False, catch_exceptions=False)
    assert filed.return_value == 0
    assert "docs/policy.yml: `allow_empty` is gone" in filed.stdout
    lines = before.splitlines(keepends=True)
    after = (empty / "docs" / "policy.yml").read_text("utf-8")
    assert after == "".join(line for line in lines if not line.startswith("allow_empty"))
    (empty / "docs" / "hotfixes" / "HF-2026-0001.md").unlink(missing_ok=True)


def test_the_navigation_of_a_new_site_leads_to_every_generated_page(empty: Path):
    init()
    config = (empty / "mkdocs.yml").read_text("utf-8")
    for page in GENERATED:
        assert page.format(records="hotfixes") in config


def test_a_folder_that_is_not_there_is_made(empty: Path):
    assert "cd handbook" in init("handbook")
    assert (empty / "handbook" / "docs" / "policy.yml").is_file()


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
@pytest.mark.parametrize(("before", "after"), CONFIGS.values(), ids=CONFIGS)
def test_the_plugin_comes_behind_the_others_and_no_other_byte_changes(before: str, after: str, ends: str, empty: Path):
    head = "" if before.startswith("{") else EMOJI
    file = empty / "mkdocs.yml"
    file.write_bytes(("\ufeff" + head + before).replace("\n", ends).encode())
    init()
    assert file.read_bytes() == ("\ufeff" + head + after).replace("\n", ends).encode()
    first = everything(empty)
    init()
    assert everything(empty) == first
    assert "docs/index.md" not in first, "the home page of somebody's site is theirs"


@pytest.mark.parametrize("text", COMPUTED.values(), ids=COMPUTED)
def test_what_only_mkdocs_can_tell_is_left_to_people_and_nothing_is_written(text: str, empty: Path):
    (empty / "mkdocs.yml").write_text(text, "utf-8")
    with pytest.raises(SetupError, match=r"mkdocs\.yml|base\.yml"):
        init()
    assert everything(empty) == {"mkdocs.yml": text.encode()}


def test_inherited_plugins_are_not_pushed_aside(empty: Path):
    (empty / "base.yml").write_text("plugins: [search, blog]\n", "utf-8")
    (empty / "mkdocs.yml").write_text("INHERIT: base.yml\nsite_name: Shop\n", "utf-8")
    with pytest.raises(SetupError, match=r"inherits its plugins from base.yml. Add `hotfix` to the plugins there"):
        init()
    (empty / "base.yml").write_text("plugins: [search, hotfix]\ndocs_dir: handbook\n", "utf-8")
    said = init()
    assert (empty / "handbook" / "policy.yml").is_file()
    assert "hotfix check --policy handbook/policy.yml" in said


def test_a_policy_that_the_site_names_is_the_one_that_is_made(empty: Path):
    (empty / "mkdocs.yml").write_text(
        "plugins:\n  - search\n  - hotfix:\n      policy: docs/rules/policy.yml\n", "utf-8"
    )
    init()
    assert (empty / "docs" / "rules" / "policy.yml").is_file()
    assert not (empty / "docs" / "policy.yml").exists()


def test_our_pages_come_behind_the_others_of_the_navigation_but_not_over_an_authors_own(empty: Path):
    (empty / "docs").mkdir()
    (empty / "docs" / "process.md").write_text("# Ours\n", "utf-8")
    file = empty / "mkdocs.yml"
    file.write_text("plugins: [search]\nnav:\n  - Home: index.md\n  - More:\n      - process.md\n\ntheme: x\n", "utf-8")
    init()
    text = file.read_text("utf-8")
    assert "      - process.md\n  - Hotfixes:\n      - hotfixes/index.md\n      - Triage: triage.md\n" in text
    assert text.endswith("      - Rules: rules.md\n\ntheme: x\n")
    assert "process.md" not in text.partition("- Hotfixes")[2]


def test_a_navigation_that_can_not_be_added_to_is_left_with_the_lines_to_add(empty: Path):
    file = empty / "mkdocs.yml"
    file.write_text("plugins: [search]\nnav: [index.md]\n", "utf-8")
    said = init()
    assert file.read_text("utf-8") == "plugins: [search, hotfix]\nnav: [index.md]\n"
    assert "Add the pages to `nav` of mkdocs.yml:\n- Hotfixes:\n    - hotfixes/index.md" in said


def test_a_policy_that_is_there_is_read_first_and_stays(empty: Path):
    (empty / "docs").mkdir()
    policy = empty / "docs" / "policy.yml"
    policy.write_text("insurance: yes\n", "utf-8")
    with pytest.raises(SetupError, match=r"docs/policy\.yml:1:1"):
        init()
    assert everything(empty) == {"docs/policy.yml": b"insurance: yes\n"}


@pytest.mark.parametrize(
    ("before", "after"), [(b"x", b"x\nsite/\n"), (b"x\r\n", b"x\r\nsite/\r\n"), (b"/site\n", b"/site\n")]
)
def test_the_built_site_is_left_out_of_git(before: bytes, after: bytes, empty: Path):
    (empty / ".gitignore").write_bytes(before)
    init()
    assert (empty / ".gitignore").read_bytes() == after


def test_ci_files_lie_at_the_top_of_the_repository_and_run_in_the_folder(empty: Path):
    subprocess.run(["git", "init", "--quiet"], cwd=empty, check=True)
    init("teams/shop", "--ci", "github")
    workflow = (empty / ".github" / "workflows" / "hotfix.yml").read_text("utf-8")
    assert "working-directory: 'teams/shop'" in workflow
    init("teams/shop", "--ci", "gitlab")
    pipeline = (empty / ".gitlab-ci.yml").read_text("utf-8")
    assert "- cd 'teams/shop'\n    - set -- --output gitlab=gl-code-quality-report.json" in pipeline
    assert "codequality: teams/shop/gl-code-quality-report.json" in pipeline


def test_ci_asks_for_the_policy_where_it_is_and_odd_names_are_left_to_people(empty: Path):
    (empty / "mkdocs.yml").write_text("docs_dir: hand book\nsite_name: x\n", "utf-8")
    init("--ci", "github")
    assert "hotfix check --policy 'hand book/policy.yml' --format" in (
        empty / ".github/workflows/hotfix.yml"
    ).read_text("utf-8")
    subprocess.run(["git", "init", "--quiet"], cwd=empty, check=True)
    with pytest.raises(SetupError, match="without --ci"):
        init("it's", "--ci", "github")
    assert not (empty / "it's").exists()


def test_the_change_that_brings_the_handbook_along_passes_its_own_gate_and_the_next_is_judged_by_it(empty: Path):
    """The step of the workflow is run as a runner does, with the commit that the change goes to."""

    def git(*arguments: str) -> str:
        who = ["-c", "user.name=a", "-c", "user.email=a@example.com"]
        return subprocess.run(
            ["git", *who, *arguments], cwd=empty, check=True, capture_output=True, encoding="utf-8"
        ).stdout.strip()

    git("init", "--quiet")
    git("commit", "--quiet", "--allow-empty", "-m", "Start")
    before = git("rev-parse", "HEAD")
    init("--ci", "github")
    workflow = yaml.safe_load((empty / ".github/workflows/hotfix.yml").read_text("utf-8"))
    step = next(one["run"] for one in workflow["jobs"]["gate"]["steps"] if "--policy-from" in one.get("run", ""))

    def gate(base: str) -> int:
        path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
        seen = {"PATH": path, "BASE": base, "GITHUB_STEP_SUMMARY": str(empty / ".git" / "summary.md")}
        return subprocess.run(
            ["bash", "-e", "-c", step], cwd=empty, env=seen, check=False, capture_output=True
        ).returncode

    assert gate(before) == 0
    git("add", ".")
    git("commit", "--quiet", "-m", "Bring the handbook")
    policy = empty / "docs" / "policy.yml"
    policy.write_text(policy.read_text("utf-8").replace("needs: [triage]", "needs: []"), "utf-8")
    (empty / "docs/hotfixes/HF-2026-0001.md").write_text(
        "---\nid: HF-2026-0001\ntitle: Saved cards fail\nstatus: triaged\nseverity: major\nservice: shop\nreported: {at: 2026-04-14T01:40:00Z, by: support-lead}\n---\n",
        "utf-8",
    )
    assert gate(git("rev-parse", "HEAD")) == 1


def test_a_pipeline_that_is_there_gets_a_file_beside_it_and_the_line_to_add(empty: Path):
    (empty / ".gitlab-ci.yml").write_text("test: {script: [make]}\n", "utf-8")
    said = init("--ci", "gitlab")
    assert (empty / ".gitlab-ci.yml").read_text("utf-8") == "test: {script: [make]}\n"
    assert "include:\n  - local: .gitlab/hotfix.yml" in said
    assert (empty / ".gitlab" / "hotfix.yml").is_file()
    workflow = empty / ".github" / "workflows" / "hotfix.yml"
    workflow.parent.mkdir(parents=True)
    workflow.write_text("on: push\n", "utf-8")
    init("--ci", "github")
    assert workflow.read_text("utf-8") == "on: push\n"


def test_a_file_that_somebody_makes_or_changes_meanwhile_is_not_written_over(empty: Path):
    (empty / "mkdocs.yml").write_text("site_name: x\n", "utf-8")
    made = starter.plan(Path(), None)
    (empty / "mkdocs.yml").write_text("site_name: y\n", "utf-8")
    with pytest.raises(SetupError, match="was changed by somebody else"):
        starter.carry_out(made)
    made = starter.plan(Path(), "github")
    (empty / ".gitignore").write_text("mine\n", "utf-8")
    with pytest.raises(SetupError, match="was made by somebody else"):
        starter.carry_out(made)
    assert (empty / ".gitignore").read_text("utf-8") == "mine\n"
    assert (empty / "mkdocs.yml").read_text("utf-8").startswith("site_name: y\n")


def test_the_command_offers_the_hosts_that_there_are():
    option = next(one for one in cli.cli.commands["init"].params if one.name == "host")
    assert tuple(option.type.choices) == starter.HOSTS


def test_nothing_in_a_configuration_is_run(empty: Path):
    text = "x: !!python/object/apply:os.mkdir [ran]\nplugins: [search]\n"
    assert SiteConfig.read(text.encode(), "mkdocs.yml").plugins() == ["search"]
    (empty / "mkdocs.yml").write_text(text, "utf-8")
    init()
    assert not (empty / "ran").exists()


@pytest.mark.slow
@pytest.mark.parametrize("config", ["", EMOJI.replace("material}", "mkdocs}").partition("markdown")[0], "site_name: x\nplugins:\n  - search\nnav:\n  - Home: index.md\n"], ids=["empty", "plain", "nav"])  # fmt: skip
def test_the_result_builds_and_closes_over_a_wrong_record(config: str, empty: Path):
    if config:
        (empty / "docs").mkdir()
        (empty / "docs" / "index.md").write_text("# Ours\n", "utf-8")
        (empty / "mkdocs.yml").write_text(config, "utf-8")
    init()

    def build() -> subprocess.CompletedProcess[str]:
        program = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet"]
        return subprocess.run(program, cwd=empty, capture_output=True, encoding="utf-8", check=False)

    built = build()
    assert built.returncode == 0, built.stderr
    assert (empty / "site" / "hotfixes" / "index.html").is_file()
    (empty / "docs" / "hotfixes" / "HF-2026-0001.md").write_text("---\nid: HF-2026-0001\n---\n", "utf-8")
    assert build().returncode == 1
