"""Every rule of the gate, in the order of the manual. A new rule is one line here, and all that follows from it."""

from __future__ import annotations

from mkdocs_hotfix.rule import Rule
from mkdocs_hotfix.rules import approvals, evidence, record, timeline, triage

RULES: tuple[Rule, ...] = (
    record.unreadable_front_matter,
    record.duplicate_key,
    record.unknown_field,
    record.missing_field,
    record.wrong_type,
    record.not_allowed_value,
    record.not_text,
    record.id_mismatch,
    record.duplicate_id,
    record.vacuous_text,
    triage.missing_answer,
    triage.decision_contradicts_answers,
    triage.exception_not_approved,
    evidence.missing_evidence,
    evidence.failed_evidence,
    evidence.report_missing,
    evidence.wrong_environment,
    evidence.path_outside,
    timeline.out_of_order,
    timeline.in_the_future,
    approvals.missing_approval,
    approvals.self_approval,
    approvals.unknown_approver,
    approvals.missing_requirement,
)

BY_SLUG = {rule.slug: rule for rule in RULES}
BY_CODE = {rule.code: rule for rule in RULES}
