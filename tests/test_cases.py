"""Every rule on the records of `tests/cases/<slug>/`: what it tells, to the letter, and what it leaves alone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from mkdocs_hotfix import gate
from mkdocs_hotfix import policy as policies
from mkdocs_hotfix.formats import text
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.rules import BY_SLUG, RULES

CASES = Path(__file__).parent / "cases"
BAD = sorted(CASES.glob("*/bad*/"))
GOOD = sorted(CASES.glob("*/good*/"))


def name(case: Path) -> str:
    return f"{case.parent.name}-{case.name}"


@pytest.fixture
def judge(policy: Policy, as_of: datetime, monkeypatch: pytest.MonkeyPatch) -> Callable[[Path], Report]:
    """Judge one case as `hotfix check` does in the folder of its rule, by its own policy if it has one."""

    def run(case: Path) -> Report:
        monkeypatch.chdir(case.parent)
        own = case / "policy.yml"
        return gate.check(policies.load(own) if own.exists() else policy, as_of, [Path(case.name)])

    return run


@pytest.mark.parametrize("slug", [rule.slug for rule in RULES])
def test_a_rule_has_a_bad_and_a_good_case(slug: str):
    for kind in ("bad", "good"):
        found = list((CASES / slug).glob(f"{kind}*/**/*.md"))
        assert found, f"Put records into tests/cases/{slug}/{kind}/: see CONTRIBUTING.md, “A rule”."


@pytest.mark.parametrize("case", BAD, ids=name)
def test_a_bad_case_is_told_to_the_letter(
    case: Path, judge: Callable[[Path], Report], says: Callable[[str, Path], None]
):
    report, rule = judge(case), BY_SLUG[case.parent.name]
    for judged in report.judged:
        slugs = {finding.slug for finding in (report if rule.corpus else judged).findings}
        assert rule.slug in slugs, f"{judged.path} has no {rule.slug}, but: {', '.join(sorted(slugs)) or 'nothing'}"
    says(text.render(report), case.with_suffix(".txt"))


@pytest.mark.parametrize("case", GOOD, ids=name)
def test_a_good_case_passes_the_gate(case: Path, judge: Callable[[Path], Report]):
    report = judge(case)
    assert report.records
    assert text.render(report).endswith("checked, nothing to do\n"), text.render(report)


def test_a_case_belongs_to_a_rule_and_a_text_to_a_case():
    assert {case.parent.name for case in BAD + GOOD} <= set(BY_SLUG)
    assert {file.with_suffix("") for file in CASES.glob("*/*.txt")} == set(BAD)
