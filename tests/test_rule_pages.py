"""The samples on the page of a rule are true: what is called wrong is found by that rule, what is called right passes.

A sample is laid over a complete record, `tests/base.md`, field by field at the top level. Where it sets the status
back, the record carries no more than that status can know.
"""

from __future__ import annotations

import re
import shutil
import textwrap
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from mkdocs_hotfix import gate, judging
from mkdocs_hotfix.findings import Problem
from mkdocs_hotfix.formats import text
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, Rule, judges_record
from mkdocs_hotfix.rules import BY_SLUG, RULES

HERE = Path(__file__).parent
AFTERWARDS = ("approvals", "deployed", "review")
"""What a record that was not deployed does not have."""


def fields(front_matter: str) -> list[tuple[str, str]]:
    """Cut front matter into its fields as written; the same name may come twice."""
    parts = re.split(r"^(?=[a-z_]+:)", front_matter, flags=re.MULTILINE)
    return [(part.partition(":")[0], part) for part in parts if part.strip()]


BASE = (HERE / "base.md").read_text("utf-8").split("---\n")[1]


def laid_over(sample: str, policy: Policy) -> str:
    new = fields(sample)
    names = {name for name, _ in new}
    status = next((part.split()[1] for name, part in new if name == "status"), "")
    if status in policy.statuses and "deployed" not in [one.id for one in policy.reached(status)]:
        names |= {name for name in AFTERWARDS if name not in names}
    return "".join([part for name, part in fields(BASE) if name not in names] + [part for _, part in new])


def contributed() -> Rule:
    """Make the rule that CONTRIBUTING shows to those who add one, of the very text."""
    page = (HERE.parent / "CONTRIBUTING.md").read_text("utf-8")
    (block,) = re.findall(r"^   ````python\n(.*?)^   ````$", page, re.MULTILINE | re.DOTALL)
    known = {
        "judges_record": judges_record,
        "Problem": Problem,
        "Record": Record,
        "Context": Context,
        "Iterator": Iterator,
    }
    exec(textwrap.dedent(block), known)
    return next(one for one in known.values() if isinstance(one, Rule))


def samples(rule: Rule, word: str) -> list[str]:
    return re.findall(rf"^{word}[^\n]*:\n\n```yaml\n(.*?)^```$", rule.page, re.MULTILINE | re.DOTALL)


SAMPLES = [
    pytest.param(rule, word, sample, id=f"{rule.slug}-{word.lower()}")
    for rule in RULES
    for word in ("Wrong", "Right")
    for sample in samples(rule, word)
]


@pytest.fixture
def judge(policy: Policy, as_of: datetime, tmp_path: Path) -> Callable[[str], Report]:
    def run(front_matter: str) -> Report:
        shutil.copytree(HERE / "HF-2026-0001", tmp_path / "HF-2026-0001", dirs_exist_ok=True)
        (tmp_path / "HF-2026-0001.md").write_text(f"---\n{front_matter}---\n", "utf-8")
        return gate.check(policy, as_of, [tmp_path / "HF-2026-0001.md"])

    return run


def test_the_record_under_the_samples_passes(judge: Callable[[str], Report]):
    assert text.render(judge(BASE)).endswith("nothing to do\n")


@pytest.mark.parametrize(("rule", "word", "sample"), SAMPLES)
def test_a_sample_is_what_its_page_calls_it(
    rule: Rule, word: str, sample: str, policy: Policy, judge: Callable[[str], Report]
):
    report = judge(laid_over(sample, policy))
    found = {finding.slug for finding in report.findings}
    if word == "Wrong":
        assert rule.slug in found, text.render(report)
    else:
        assert rule.slug not in found, text.render(report)
        assert report.exit_code() == 0, text.render(report)


def test_the_rule_that_contributing_shows_works(
    policy: Policy, judge: Callable[[str], Report], monkeypatch: pytest.MonkeyPatch
):
    rule = contributed()
    assert rule.code not in {one.code for one in RULES}, "its code is taken: show the next one"
    monkeypatch.setattr(judging, "RULES", (*RULES, rule))
    monkeypatch.setitem(BY_SLUG, rule.slug, rule)
    for word in ("Wrong", "Right"):
        (sample,) = samples(rule, word)
        report = judge(laid_over(sample, policy))
        assert [one.slug for one in report.findings] == ([rule.slug] if word == "Wrong" else [])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.slug)
def test_a_page_says_what_is_wrong_and_shows_wrong_and_right(rule: Rule):
    first, *rest = rule.page.split("\n\n")
    assert re.fullmatch(r"[A-Z][^\n]*\.", first.replace("\n", " ")), first
    assert rest, "why it matters"
    for word in ("Wrong", "Right"):
        assert re.search(rf"^{word}\b", rule.page, re.MULTILINE), f"{rule.slug} shows nothing under {word}:"
        told = rule.page.count(f"\n{word}")
        assert told >= len(samples(rule, word))


def test_nearly_every_page_has_samples_that_run():
    """The others compare several records, or ask git or who signed: their pages say it in words and their cases show it."""
    silent = {rule.slug for rule in RULES if not samples(rule, "Wrong")}
    assert silent <= {rule.slug for rule in RULES if rule.corpus or rule.history} | {
        "not-merged-back",
        "unsigned-report",
    }
