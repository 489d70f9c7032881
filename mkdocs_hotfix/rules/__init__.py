"""Every rule of the gate, in the order of the manual. A new rule is one line here, and all that follows from it."""

from __future__ import annotations

from mkdocs_hotfix.rule import Rule
from mkdocs_hotfix.rules import (
    approvals,
    changes,
    commits,
    evidence,
    freshness,
    record,
    release,
    reports,
    shape,
    signed,
    timeline,
    triage,
)

RULES: tuple[Rule, ...] = (
    shape.unreadable_front_matter,
    shape.duplicate_key,
    shape.unknown_field,
    shape.missing_field,
    shape.wrong_type,
    shape.not_allowed_value,
    shape.not_text,
    record.id_mismatch,
    record.duplicate_id,
    record.vacuous_text,
    changes.record_deleted,
    changes.policy_changed_too,
    triage.missing_answer,
    triage.decision_contradicts_answers,
    triage.exception_not_approved,
    evidence.missing_evidence,
    evidence.failed_evidence,
    evidence.report_missing,
    reports.report_unreadable,
    reports.report_disagrees,
    reports.digest_mismatch,
    commits.other_commit,
    evidence.wrong_environment,
    evidence.evidence_overdue,
    reports.path_outside,
    freshness.stale_evidence,
    reports.report_reused,
    changes.edited_after_closing,
    signed.unsigned_report,
    timeline.out_of_order,
    timeline.in_the_future,
    timeline.sla_missed,
    changes.status_went_back,
    timeline.status_behind,
    release.unknown_include,
    release.broken_chain,
    release.duplicate_version,
    commits.not_merged_back,
    approvals.missing_approval,
    approvals.self_approval,
    approvals.unknown_approver,
    approvals.waiver_expired,
    approvals.missing_requirement,
)

BY_SLUG = {rule.slug: rule for rule in RULES}
BY_CODE = {rule.code: rule for rule in RULES}
