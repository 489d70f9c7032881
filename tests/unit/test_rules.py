"""Rules, one at a time: what each means to a verdict, and what it tells where no case of `tests/cases/` leads, to the letter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from copy import deepcopy
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.rules import BY_SLUG, RULES

Facts = Mapping[str, Any]

WORTH = {
    "unreadable-front-matter": "REC101, error, fixed",
    "duplicate-key": "REC102, error, fixed",
    "unknown-field": "REC103, error, fixed",
    "missing-field": "REC104, error, fixed",
    "wrong-type": "REC105, error, fixed",
    "not-allowed-value": "REC106, error, fixed",
    "not-text": "REC107, error, fixed",
    "id-mismatch": "REC108, error, fixed",
    "duplicate-id": "REC109, error, fixed",
    "vacuous-text": "REC110, error",
    "record-deleted": "REC111, error",
    "policy-changed-too": "REC112, warning, with policy",
    "missing-answer": "TRI201, error",
    "decision-contradicts-answers": "TRI202, error",
    "exception-not-approved": "TRI203, error",
    "missing-evidence": "EVD301, makes missing, error, waivable",
    "failed-evidence": "EVD302, makes failed, error, waivable",
    "report-missing": "EVD303, makes missing, error, waivable",
    "report-unreadable": "EVD304, makes failed, error",
    "report-disagrees": "EVD305, makes failed, error",
    "digest-mismatch": "EVD306, makes failed, error",
    "other-commit": "EVD307, makes failed, error",
    "wrong-environment": "EVD308, makes failed, error",
    "evidence-overdue": "EVD309, makes overdue, error, waivable",
    "path-outside": "EVD310, makes failed, error, fixed",
    "stale-evidence": "EVD311, makes stale, error",
    "report-reused": "EVD312, makes failed, error",
    "edited-after-closing": "EVD313, error",
    "unsigned-report": "EVD314, makes failed, error",
    "out-of-order": "TIM401, makes stale, error",
    "in-the-future": "TIM402, makes failed, error",
    "sla-missed": "TIM403, warning",
    "status-went-back": "TIM404, error",
    "status-behind": "TIM405, error",
    "unknown-include": "REL501, error",
    "broken-chain": "REL502, error",
    "duplicate-version": "REL503, error",
    "not-merged-back": "REL504, error",
    "missing-approval": "APP601, makes missing, error, waivable",
    "self-approval": "APP602, makes failed, error",
    "unknown-approver": "APP603, makes failed, error",
    "waiver-expired": "APP604, error, fixed",
    "missing-requirement": "APP605, makes missing, error, waivable",
}
"""What follows from a finding. What is untrue can not be waived; what can not be read can not be turned off."""


def test_every_rule_is_worth_something():
    assert list(WORTH) == [rule.slug for rule in RULES]


@pytest.mark.parametrize("slug", WORTH)
def test_a_rule_is_worth_what_the_manual_says(slug: str):
    rule = BY_SLUG[slug]
    words = [rule.code, f"makes {rule.makes}" if rule.makes else "", rule.level]
    words += [word for word in ("waivable", "fixed", "with policy") if getattr(rule, word.replace(" ", "_"))]
    assert ", ".join(word for word in words if word) == WORTH[slug]


# -- what no case of a folder shows --------------------------------------------------------------------------


def closed(deployed: Facts, proof: Facts, **changes: Any) -> dict[str, Any]:
    """A record that may call itself closed, but for the changes; what is None is left out."""
    data = deepcopy(dict(deployed)) | {"status": "closed"}
    data["evidence"] |= deepcopy(dict(proof))
    for field, value in changes.items():
        if isinstance(value, Mapping) and isinstance(data.get(field), dict):
            data[field] = {key: one for key, one in (data[field] | value).items() if one is not None}
        else:
            data[field] = value
    return {field: value for field, value in data.items() if value is not None}


def kinds(shop: Any, **changes: Any) -> dict[str, Any]:
    made = deepcopy(shop.policy().data["evidence"])
    for kind, fields in changes.items():
        made[kind.replace("_", "-")] |= fields
    return made


HOUR, DAY = timedelta(hours=1), timedelta(days=1)
CLOSED = datetime(2026, 4, 14, 5, tzinfo=UTC)
AT = {"at": "2026-04-14T02:41:00Z", "by": "test-lead"}
TOLD = {"environment": "production", "result": "passed", "at": "2026-04-14T03:55:00Z", "by": "test-lead"}
NEEDS_ITS_REPORT = {"smoke_test": {"needs": ["result", "environment", "report"], "report": "required"}}

SCENES: dict[str, tuple[dict[str, Any], dict[str, Any], datetime]] = {
    "missing-evidence of a kind that needs its report": ({"evidence": {"smoke-test": None}}, NEEDS_ITS_REPORT, CLOSED),
    "missing-evidence without the report that it needs": ({"evidence": {"smoke-test": TOLD}}, NEEDS_ITS_REPORT, CLOSED),
    "missing-evidence beside a promise that is broken": (
        {"status": "deployed", "evidence": {"smoke-test": None, "fix-verification": None, "impact-analysis": AT}},
        {},
        CLOSED + DAY,
    ),
    "report-missing where closing needs one": (
        {"evidence": {"smoke-test": TOLD}},
        {"smoke_test": {"report": "required"}},
        CLOSED + DAY,
    ),
    "evidence-overdue without any evidence": ({"status": "deployed", "evidence": None}, {}, CLOSED + DAY),
}
"""What differs from a record that may call itself closed and, in kinds of evidence or else, from the built-in policy; and when."""


@pytest.mark.parametrize("name", [pytest.param(name, id=name.replace(" ", "-")) for name in SCENES])
def test_it_is_told_to_the_letter(shop: Any, deployed: Facts, proof: Facts, name: str, tells: Callable[[Report], None]):
    changes, policy, as_of = SCENES[name]
    shop.file(closed(deployed, proof, **changes))
    if policy and set(policy) <= {kind.replace("-", "_") for kind in shop.policy().kinds}:
        policy = {"evidence": kinds(shop, **policy)}
    report = shop.check(as_of=as_of, **policy)
    assert name.split(maxsplit=1)[0] in {finding.slug for finding in report.findings}
    tells(report)


def test_a_text_belongs_to_a_scene():
    there = {file.stem for file in (Path(__file__).parents[1] / "told" / "rules").iterdir()}
    assert there == {name.replace(" ", "-") for name in SCENES}
