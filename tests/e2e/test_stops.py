"""Builds that the gate ends, in real processes, with every switch that could soften them."""

from __future__ import annotations

import re
import sys

import pytest

from mkdocs_hotfix import cli

FINDINGS = [
    "docs/hotfixes/HF-2026-0019.md:21:1: EVD301 missing-evidence: “Smoke test in production” is missing",
    "docs/hotfixes/HF-2026-0019.md:21:1: EVD301 missing-evidence: “Stakeholders told the result” is missing",
    "docs/hotfixes/HF-2026-0019.md:24:3: EVD303 report-missing: “Regression test” names no report",
]
WARN = ("levels: {}", "levels: {missing-evidence: warning, report-missing: warning}")
ALL = ([], ["--strict"], ["-q"], ["--strict", "-q"])


def named(flags):
    return " ".join(flags) or "plain"


def closes(site, ran, *, quiet):
    """A closed gate says each finding once, sums up, and leaves the older site alone."""
    assert ran.code == 1
    for finding in FINDINGS:
        assert ran.stderr.count(finding) == 1, ran.stderr
    lines = [line for line in ran.stderr.splitlines() if re.search(r"\.md:\d+:\d+: ", line)]
    assert len(lines) == len(FINDINGS)
    assert all(re.search(r"[^ ]\.md:\d+:\d+: [A-Z]{3}\d{3} [a-z-]+: .", line) for line in lines)
    assert ("INFO    -  hotfix gate: 2 records, 3 errors\n" in ran.stderr) is not quiet
    assert "ERROR   -  hotfix gate: 2 records, 3 errors. `hotfix check` shows" in ran.stderr


@pytest.fixture
def built(site):
    """A site that was built while all was well, and then got a broken record."""
    site.write("site/index.html", "the older site")
    site.write("site/hotfixes/HF-2026-0100/index.html", "an older page")
    site.broken()
    return site


@pytest.mark.parametrize("flags", ALL, ids=named)
def test_a_broken_record_ends_the_build_and_the_older_site_stays_as_it_was(built, flags):
    before = built.snapshot()
    closes(built, built.run("build", *flags), quiet="-q" in flags)
    assert built.snapshot() == before


@pytest.mark.parametrize(
    ("python", "env"),
    [pytest.param(("-O",), {}, marks=pytest.mark.slow), ((), {"PYTHONOPTIMIZE": "1"})],
    ids=["-O", "PYTHONOPTIMIZE"],
)
def test_python_without_assertions_judges_the_same(built, python, env):
    before = built.snapshot()
    closes(built, built.run("build", python=python, **env), quiet=False)
    assert built.snapshot() == before


def test_a_good_record_lets_the_build_go_on_and_the_log_says_so(site):
    ran = site.run("build", "--strict")
    assert ran.code == 0, ran.stderr
    assert ran.stderr.count("INFO    -  hotfix gate: 1 record, 0 errors\n") == 1
    assert (site.out / "hotfixes/HF-2026-0100/index.html").is_file()


@pytest.mark.parametrize("strict", [False, True])
def test_a_warning_ends_only_a_strict_build(site, strict):
    site.policy("docs/policy.yml", WARN)
    site.broken()
    built = site.build(strict=strict)
    assert bool(built.error) is strict
    assert all(built.said.count(finding) == 1 for finding in FINDINGS)


def test_a_warning_that_ends_a_build_is_said_even_when_quiet(site):
    site.policy("docs/policy.yml", WARN)
    site.broken()
    ran = site.run("build", "--strict", "-q")
    assert ran.code == 1
    assert all(ran.stderr.count(finding) == 1 for finding in FINDINGS)


@pytest.mark.parametrize("command", ["build", "check"])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ("absent", r"other/policy\.yml:1:1: The file can not be read: no such file or directory\."),
        ("broken", r"docs/policy\.yml:6:1: Field `severitys` is not known\. Rename it to `severities`\."),
        ("rule", r"docs/policy\.yml:97:10: `missing-evidense` is no rule\. Did you mean `missing-evidence`\?"),
        ("fixed", r"docs/policy\.yml:97:10: `duplicate-key` stays an error: .+"),
        ("folder", r"docs/policy\.yml:4:1: the records folder docs/nowhere does not exist\."),
        ("no folder", r"docs/hotfixes does not exist\."),
        ("empty", r"No record found in docs/hotfixes\."),
        ("yaml", r"docs/policy\.yaml is not read: a policy is named policy\.yml\. Rename it\."),
        ("dangling", r"docs/policy\.yml:1:1: This is a symbolic link, and links are not followed\."),
    ],
)
def test_a_wrong_set_up_is_one_clear_sentence(site, command, wrong, sentence, monkeypatch, capsys):
    option = []
    if wrong == "absent":
        site.config["plugins"] = [{"hotfix": {"policy": "other/policy.yml"}}]
        option = ["--policy", "other/policy.yml"]
    elif wrong == "broken":
        site.policy("docs/policy.yml", ("severities:", "severitys:"))
    elif wrong == "rule":
        site.policy("docs/policy.yml", ("levels: {}", "levels: {missing-evidense: warning}"))
    elif wrong == "fixed":
        site.policy("docs/policy.yml", ("levels: {}", "levels: {duplicate-key: warning}"))
    elif wrong == "folder":
        site.policy("docs/policy.yml", ("records: hotfixes", "records: nowhere"))
    elif wrong == "yaml":
        site.policy("docs/policy.yaml")
    elif wrong == "dangling":
        (site.docs / "policy.yml").symlink_to("gone.yml")
    else:
        (site.docs / "hotfixes/HF-2026-0100.md").unlink()
        if wrong == "no folder":
            (site.docs / "hotfixes").rmdir()
    site.write("site/index.html", "the older site")
    before = site.snapshot()
    monkeypatch.chdir(site.root)
    if command == "build":
        built = site.build()
        said = built.said
        assert built.error.startswith("Abort: "), built.error
        assert said.count("hotfix gate: ") == 1
    else:
        monkeypatch.setattr(sys, "argv", ["hotfix", "check", *option])
        with pytest.raises(SystemExit) as ended:
            cli.main()
        said = capsys.readouterr().err
        assert ended.value.code == 2
    assert len(re.findall(sentence, said)) == 1, said
    assert site.snapshot() == before


@pytest.mark.parametrize(
    "command", [["-m", "mkdocs", "build", "-q"], ["-c", "from mkdocs_hotfix.cli import main; main()", "check"]]
)
def test_a_wrong_set_up_ends_the_process_with_its_own_code(site, command):
    site.policy("docs/policy.yml", ("records: hotfixes", "records: nowhere"))
    site.configure()
    ran = site.python(*command)
    assert ran.code == (1 if "mkdocs" in command else 2)
    assert ran.stderr.count("docs/policy.yml:4:1: the records folder docs/nowhere does not exist.") == 1


def test_a_crash_of_the_gate_never_ends_green(site):
    site.write("sitecustomize.py", "import mkdocs_hotfix.gate as g\ng.check = lambda *a, **k: 1 / 0\n")
    done = site.run("build", PYTHONPATH=str(site.root))
    assert done.code == 1
    assert not site.out.exists()
