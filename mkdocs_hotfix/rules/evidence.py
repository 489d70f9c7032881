"""EVD: what proves the fix."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from functools import lru_cache

from mkdocs_hotfix.findings import Problem, shorten
from mkdocs_hotfix.obligations import Obligation, lacking, open_still, owed
from mkdocs_hotfix.parts import Evidence
from mkdocs_hotfix.policy import Kind, Policy
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record
from mkdocs_hotfix.times import rfc3339, spell


def _owed(record: Record, context: Context) -> Sequence[tuple[Obligation, Kind, Evidence | None]]:
    return _of(record, context.policy, context.as_of)


@lru_cache(maxsize=1 << 4)
def _of(record: Record, policy: Policy, as_of: datetime) -> Sequence[tuple[Obligation, Kind, Evidence | None]]:
    """List what is owed, with its kind and what is there. Four rules ask it in turn."""
    return [(it, policy.kinds[it.kind], record.evidence.get(it.kind)) for it in owed(record, policy, as_of) if it.kind]


def _sample(kind: Kind, context: Context) -> str:
    """Write the line that would do, with the values left open."""
    places = context.policy.accepted(kind)
    parts = ["result: passed"] if kind.is_test else []
    parts += ["at: …", "by: …"]
    parts += [f"environment: {places[0]}"] if kind.environment and places else []
    parts += [f"{need}: …" for need in kind.needs if need not in ("result", "environment")]
    parts += ["report: …"] if kind.report and "report" not in kind.needs else []
    return f"{kind.id}: {{{', '.join(parts)}}}"


@judges_record("EVD301", makes="missing", waivable=True)
def missing_evidence(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence is missing that the record's status needs, or it lacks a part that its kind needs.

    Each status names the evidence that a record must carry to claim it, and all that the statuses before it name. An open
    hotfix is published with what it has; one that claims more than it proves stops the build.

    Wrong:

    ```yaml
    status: fixing
    evidence: {}
    ```

    Right:

    ```yaml
    status: fixing
    evidence:
      impact-analysis:
        at: 2026-04-14T01:31:00Z
        by: checkout-oncall
        summary: The release renamed a field in the vault client; the checkout still sent the old name.
        affected: [checkout-api, vault-client]
        test_scope: [pay with a saved card, save a card]
    ```
    """
    for obligation, kind, evidence in _owed(record, context):
        here = obligation.pointer
        if evidence is None and obligation.deadline:
            continue  # evidence-overdue says it
        if evidence is None:
            yield Problem(
                f"“{kind.title}” is missing",
                pointer=here,
                near=("status",),
                help=(
                    f"Add under `evidence`: `{_sample(kind, context)}`",
                    *open_still(record, context.policy, context.as_of, obligation),
                ),
                label=f"`{kind.id}` is missing",
            )
        elif absent := lacking(kind, evidence):
            names = ", ".join(f"`{name}`" for name in absent)
            yield Problem(
                f"“{kind.title}” does not say {names}",
                pointer=here,
                help=(
                    f"Add {', '.join(f'`{name}: …`' for name in absent)} to it.",
                    *open_still(record, context.policy, context.as_of, obligation),
                ),
                label=f"{names} missing",
            )


@judges_record("EVD302", makes="failed", waivable=True)
def failed_evidence(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence that the status needs says that the test failed.

    A failed test is worth recording, and it does not carry a release. Fix the cause, test again and record the new result; or
    set the status back; or, after the deployment, roll back.

    Wrong:

    ```yaml
    status: verified
    evidence:
      impact-analysis: {at: 2026-04-14T01:31:00Z, by: checkout-oncall, affected: [checkout-api], test_scope: [pay with a saved card]}
      fix-verification: {result: failed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    ```

    Right:

    ```yaml
    status: fixing
    evidence:
      impact-analysis: {at: 2026-04-14T01:31:00Z, by: checkout-oncall, affected: [checkout-api], test_scope: [pay with a saved card]}
      fix-verification: {result: failed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
    ```
    """
    for obligation, kind, evidence in _owed(record, context):
        if evidence is not None and evidence.result == "failed":
            yield Problem(
                f"“{kind.title}” failed",
                pointer=(*obligation.pointer, "result"),
                help=(
                    "Fix the cause, test again and record the new result.",
                    *open_still(record, context.policy, context.as_of, obligation, "It does not pass yet?"),
                ),
                label=f"`{record.status}` needs `passed`",
                on="value",
            )


@judges_record("EVD303", makes="missing", waivable=True)
def report_missing(record: Record, context: Context) -> Iterator[Problem]:
    """A test runner's report is not there.

    Where the policy says `report: required`, a sentence is not enough: the evidence names the file that the test runner wrote
    (JUnit XML, CTRF). A file that is named must exist, whatever the policy asks for. Its path is relative to the record.

    Wrong:

    ```yaml
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging}
    status: verified
    ```

    Right:

    ```yaml
    status: verified
    evidence:
      impact-analysis: {at: 2026-04-14T01:31:00Z, by: checkout-oncall, affected: [checkout-api], test_scope: [pay with a saved card]}
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    ```
    """
    for obligation, kind, evidence in _owed(record, context):
        if evidence is not None and kind.report and not evidence.reports and "report" not in kind.needs:
            yield Problem(
                f"“{kind.title}” names no report",
                pointer=(*obligation.pointer, "report"),
                help=(
                    f"Put the test runner's file into `{record.id}/` beside the record and add `report: {record.id}/{kind.id}.xml`",
                    *open_still(record, context.policy, context.as_of, obligation),
                ),
                label="`report` is missing",
            )
    for evidence in record.evidence.values():
        for index, text in enumerate(evidence.reports):
            place = context.dossier.place(text, record.file, record.root)
            if place.trouble in ("missing", "not-a-file"):
                folder = place.trouble == "not-a-file"
                yield Problem(
                    f"The report `{shorten(text)}` {'is not a file' if folder else 'does not exist'}",
                    pointer=evidence.report_pointer(index),
                    help=(
                        "Name the file that the test runner wrote, not its folder."
                        if folder
                        else "Commit the file with the record. Its path starts at the folder in which the record lies.",
                    ),
                    label="not a file" if folder else "no such file",
                    on="value",
                    untrue=True,
                )


@judges_record("EVD308", makes="failed")
def wrong_environment(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence comes from an environment that does not count for its kind.

    A fix is verified where it can do no harm, on an environment that stands for production (`production_like: true` in the
    policy); after the deployment it is verified in production itself. The one does not replace the other.

    Wrong:

    ```yaml
    status: triaged
    evidence:
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: production}
    ```

    Right:

    ```yaml
    status: triaged
    evidence:
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
    ```
    """
    policy = context.policy
    for kind_id, evidence in record.evidence.items():
        kind = policy.kinds[kind_id]
        if evidence.environment and not policy.accepts(kind, evidence.environment):
            accepted = " or ".join(f"`{one}`" for one in policy.accepted(kind))
            yield Problem(
                f"“{kind.title}” comes from `{evidence.environment}`, and only {accepted} counts",
                pointer=("evidence", kind_id, "environment"),
                help=(f"Test again on {accepted} and record that.",),
                label=f"not {accepted}",
                on="value",
            )


@judges_record("EVD309", makes="overdue", waivable=True)
def evidence_overdue(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence that was owed after the deployment is not there, and its time is up.

    `due: 2h` in the policy means: deploy first, prove within two hours. Until then the record is published and shows the
    evidence as due; from then on the gate is closed until it is there, or waived by somebody who may.

    Wrong:

    ```yaml
    status: deployed
    evidence:
      impact-analysis: {at: 2026-04-14T01:31:00Z, by: checkout-oncall, affected: [checkout-api], test_scope: [pay with a saved card]}
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    ```

    Right:

    ```yaml
    status: deployed
    evidence:
      impact-analysis: {at: 2026-04-14T01:31:00Z, by: checkout-oncall, affected: [checkout-api], test_scope: [pay with a saved card]}
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
      production-verification: {result: passed, at: 2026-04-14T03:48:00Z, by: checkout-oncall, environment: production}
      smoke-test: {result: passed, at: 2026-04-14T03:55:00Z, by: test-lead, environment: production}
      communication: {at: 2026-04-14T04:10:00Z, by: release-manager, audience: [support, sales], issues_found: None}
    ```
    """
    for obligation, kind, evidence in _owed(record, context):
        if obligation.deadline and evidence is None:
            late = context.as_of - obligation.deadline
            yield Problem(
                f"“{kind.title}” was due {spell(late)} ago" if late else f"“{kind.title}” is due now",
                pointer=obligation.pointer,
                near=("status",),
                help=(
                    f"Add under `evidence`: `{_sample(kind, context)}`",
                    *open_still(record, context.policy, context.as_of, obligation),
                ),
                label=f"`{kind.id}` was due {rfc3339(obligation.deadline)}",
            )
