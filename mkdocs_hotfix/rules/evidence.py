"""EVD: what proves the fix."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from mkdocs_hotfix.findings import Problem, shorten
from mkdocs_hotfix.obligations import Obligation, owed, step_back
from mkdocs_hotfix.paths import locate
from mkdocs_hotfix.policy import Kind
from mkdocs_hotfix.record import Evidence, Record
from mkdocs_hotfix.rule import Context, judges_corpus, judges_record
from mkdocs_hotfix.times import later, rfc3339, spell

_NAMED = 3
_CLOCKS_DIFFER = timedelta(minutes=5)


def _owed(record: Record, context: Context) -> Iterator[tuple[Obligation, Kind, Evidence | None]]:
    for obligation in owed(record, context.policy, context.as_of):
        if obligation.kind:
            yield obligation, context.policy.kinds[obligation.kind], record.evidence.get(obligation.kind)


def _not_yet(record: Record, context: Context, obligation: Obligation) -> tuple[str, ...]:
    """Say how the record can be published while this is open."""
    back = step_back(context.policy, obligation, record.status)
    return (f"Not done yet? Set `status: {back}` and publish the record while it is open.",) if back else ()


def _sample(kind: Kind, context: Context) -> str:
    """Write the line that would do, with the values left open."""
    places = context.policy.accepted(kind)
    parts = ["result: passed"] if kind.is_test else []
    parts += ["at: …", "by: …"]
    parts += [f"environment: {places[0]}"] if kind.environment and places else []
    parts += [f"{need}: …" for need in kind.needs if need not in ("result", "environment")]
    parts += ["report: …"] if kind.report and "report" not in kind.needs else []
    return f"{kind.id}: {{{', '.join(parts)}}}"


def _lacking(kind: Kind, evidence: Evidence) -> list[str]:
    wanted = [
        *(["result"] if kind.is_test else []),
        *(["environment"] if kind.environment else []),
        *kind.needs,
    ]
    return [name for name in dict.fromkeys(wanted) if evidence.data.get(name) in (None, "", [], {})]


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
                    *_not_yet(record, context, obligation),
                ),
                label=f"`{kind.id}` is missing",
            )
        elif lacking := _lacking(kind, evidence):
            names = ", ".join(f"`{name}`" for name in lacking)
            yield Problem(
                f"“{kind.title}” does not say {names}",
                pointer=here,
                help=(f"Add {names} to it.", *_not_yet(record, context, obligation)),
                label=f"{names} missing",
            )


@judges_record("EVD302", makes="failed", waivable=True)
def failed_evidence(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence that the status needs says that the test failed.

    A failed test is worth recording, and it does not carry a release. Fix the cause, test again and record the new result; or
    set the status back; or, after the deployment, roll back.

    Wrong:

    ```yaml
    status: closed
    evidence:
      smoke-test: {result: failed, at: 2026-04-14T03:55:00Z, by: test-lead, environment: production}
    ```

    Right:

    ```yaml
    status: deployed
    evidence:
      impact-analysis: {at: 2026-04-14T01:31:00Z, by: checkout-oncall, affected: [checkout-api], test_scope: [pay with a saved card]}
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
      smoke-test: {result: failed, at: 2026-04-14T03:55:00Z, by: test-lead, environment: production}
    ```
    """
    for obligation, kind, evidence in _owed(record, context):
        if evidence is not None and evidence.result == "failed":
            yield Problem(
                f"“{kind.title}” failed",
                pointer=(*obligation.pointer, "result"),
                help=(
                    "Fix the cause, test again and record the new result.",
                    *_not_yet(record, context, obligation),
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
                    *_not_yet(record, context, obligation),
                ),
                label="`report` is missing",
            )
    for kind_id, evidence in record.evidence.items():
        for index, text in enumerate(evidence.reports):
            place = locate(text, record.file, record.root)
            if place.trouble in ("missing", "not-a-file"):
                what = "is not a file" if place.trouble == "not-a-file" else "does not exist"
                yield Problem(
                    f"The report `{shorten(text)}` {what}",
                    pointer=_report_pointer(record, kind_id, index),
                    help=("Commit the file with the record. Its path starts at the folder in which the record lies.",),
                    label="no such file",
                    on="value",
                    untrue=True,
                )


@judges_record("EVD304", makes="failed")
def report_unreadable(record: Record, context: Context) -> Iterator[Problem]:
    """A report that the record names can not be read as a test report.

    JUnit XML (as pytest, Surefire, Gradle, gotestsum, jest-junit, PHPUnit, CTest and others write it), CTRF JSON and in-toto
    test results are read. A file that is cut off, empty, packed, larger than 64 MiB, or that declares entities proves nothing.

    Wrong, with an HTML error page saved as `notes.xml`:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/notes.xml}
    ```

    Right:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    ```
    """
    for kind_id, evidence in record.evidence.items():
        for index, opened in enumerate(context.dossier.of(record, evidence)):
            if opened.error:
                where = f" (line {opened.error.line})" if opened.error.line else ""
                yield Problem(
                    f"The report `{shorten(opened.text)}` proves nothing: {_lower(opened.error.reason)}{where}",
                    pointer=_report_pointer(record, kind_id, index),
                    help=(opened.error.advice,),
                    label="not a test report",
                    on="value",
                )


@judges_record("EVD305", makes="failed")
def report_disagrees(record: Record, context: Context) -> Iterator[Problem]:
    """The report does not say what the record says.

    Reports are opened and their test cases counted; their own summaries are not believed. `result: passed` does not hold with
    a failed test or an error in a report, with no test that ran, with a summary that hides what its cases say, or with a report
    that was written after the time the record gives. `result: failed` does not hold with reports in which all passed.

    Wrong, where a test in the report failed:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/failing.xml}
    ```

    Right:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: failed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/failing.xml}
    ```
    """
    for kind_id, evidence in record.evidence.items():
        read = [
            (index, one.text, one.report)
            for index, one in enumerate(context.dossier.of(record, evidence))
            if one.report
        ]
        title = context.policy.kinds[kind_id].title
        if not read:
            continue
        if evidence.result == "failed" and all(report.clean for _, _, report in read):
            yield Problem(
                f"“{title}” says `failed`, and every test in its report passed",
                pointer=("evidence", kind_id, "result"),
                help=("File the report of the run that failed, or write `result: passed` if that is the run.",),
                label="the report says otherwise",
                on="value",
            )
        if evidence.result == "failed":
            continue
        for index, text, report in read:
            here = _report_pointer(record, kind_id, index)
            if report.bad:
                names = ", ".join(
                    f"“{shorten(f'{case.group} {case.name}'.strip(), 80)}”" for case in report.failing[:_NAMED]
                )
                more = f" and {report.bad - _NAMED} more" if report.bad > _NAMED else ""
                yield Problem(
                    f"The report `{shorten(text)}` has {report.bad} failed of {report.total} tests: {names}{more}",
                    pointer=here,
                    help=("Fix the cause and test again, or write `result: failed`.",),
                    label=f"{report.bad} failed",
                    on="value",
                )
            for sentence in report.contradictions[:1]:
                yield Problem(
                    f"The report `{shorten(text)}` contradicts itself: {_lower(sentence)}",
                    pointer=here,
                    help=("File the report as the test runner wrote it, unedited.",),
                    label="does not add up",
                    on="value",
                )
            if report.finished and report.finished > later(evidence.at, _CLOCKS_DIFFER):
                yield Problem(
                    f"The report `{shorten(text)}` was written at {rfc3339(report.finished)}, after the time that the record gives",
                    pointer=("evidence", kind_id, "at"),
                    help=(
                        f"Write when the test was done: `at: {rfc3339(report.finished)}`, or file the report of that run.",
                    ),
                    label="before the report's end",
                    on="value",
                )
        if not any(report.passed for _, _, report in read) and not any(report.bad for _, _, report in read):
            skipped = sum(report.skipped for _, _, report in read)
            yield Problem(
                f"“{title}” rests on a report in which no test ran" + (f" ({skipped} skipped)" if skipped else ""),
                pointer=_report_pointer(record, kind_id, read[0][0]),
                help=("Run the tests of the scope and file that report.",),
                label="nothing was tested",
                on="value",
            )


@judges_record("EVD306", makes="failed")
def digest_mismatch(record: Record, context: Context) -> Iterator[Problem]:
    """A report is not the file that the record pinned with `sha256`.

    The digest says which bytes were approved. A file that changed afterwards is another proof, and needs another look.

    Wrong:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml, sha256: 0000000000000000000000000000000000000000000000000000000000000000}
    ```

    Right:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    ```
    """
    for kind_id, evidence in record.evidence.items():
        if not evidence.sha256:
            continue
        here = ("evidence", kind_id, "sha256")
        if len(evidence.sha256) != len(evidence.reports):
            yield Problem(
                f"{len(evidence.sha256)} digests for {len(evidence.reports)} reports",
                pointer=here,
                help=("Write one digest for each report, in their order.",),
                label="not one each",
                on="value",
            )
            continue
        for opened, digest in zip(context.dossier.of(record, evidence), evidence.sha256, strict=True):
            if opened.report and opened.report.sha256 != digest:
                yield Problem(
                    f"The report `{shorten(opened.text)}` is not the file that was pinned",
                    pointer=here,
                    help=(
                        f"Put the pinned file back; or look at the new one again and write its digest: `{opened.report.sha256}`",
                    ),
                    label="another file",
                    on="value",
                )


@judges_record("EVD307", makes="failed")
def other_commit(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence was made with another commit than the one that was released.

    What was tested is what goes out. The commit of the evidence, and the one that its report names, is `release.commit`. With
    `git: true` in the policy, or `--git`, it must also exist, build on the tag of `release.base`, and lie on `release.branch` or
    in the tag of `release.version`.

    Wrong:

    ```yaml
    status: triaged
    evidence:
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging, commit: 0000000000000000000000000000000000000000}
    ```

    Right:

    ```yaml
    status: triaged
    evidence:
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
    ```
    """
    released = record.release.commit
    for kind_id, evidence in record.evidence.items():
        if released and evidence.commit and not _same(evidence.commit, released):
            yield Problem(
                f"“{context.policy.kinds[kind_id].title}” was made with commit {evidence.commit[:12]}, and {released[:12]} was released",
                pointer=("evidence", kind_id, "commit"),
                help=("Test the released commit and record that.",),
                label="not `release.commit`",
                on="value",
            )
        wanted = released or evidence.commit
        for index, opened in enumerate(context.dossier.of(record, evidence)):
            named = opened.report.commits if opened.report and wanted else ()
            if named and not any(_same(one, wanted) for one in named):
                yield Problem(
                    f"The report `{shorten(opened.text)}` was made with commit {named[0][:12]}, and the record says {wanted[:12]}",
                    pointer=_report_pointer(record, kind_id, index),
                    help=("File the report of the released commit.",),
                    label="another commit",
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
    status: verified
    deployed: null
    evidence:
      impact-analysis: {at: 2026-04-14T01:31:00Z, by: checkout-oncall, affected: [checkout-api], test_scope: [pay with a saved card]}
      fix-verification: {result: passed, at: 2026-04-14T02:20:00Z, by: test-lead, environment: staging}
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    ```
    """
    for obligation, kind, evidence in _owed(record, context):
        if obligation.deadline and evidence is None:
            yield Problem(
                f"“{kind.title}” was due {spell(context.as_of - obligation.deadline)} ago",
                pointer=obligation.pointer,
                near=("status",),
                help=(
                    f"Add under `evidence`: `{_sample(kind, context)}`",
                    f"It can not be had? Somebody of {', '.join(context.policy.approver_roles)} may waive `{obligation.need}`.",
                ),
                label=f"`{kind.id}` was due {rfc3339(obligation.deadline)}",
            )


@judges_record("EVD311", makes="stale")
def stale_evidence(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence is older than what it is to prove.

    A test that ran before the issue was reported can not have tested its fix. With `git: true` in the policy, or `--git`, the
    time of `release.commit` counts too, and a report must have come into the repository with or after the fix.

    Wrong, where the report says that its tests began in March:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/march.xml}
    ```

    Right:

    ```yaml
    status: triaged
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    ```
    """
    if record.reported is None:
        return
    earliest = record.reported.at
    for kind_id, evidence in record.evidence.items():
        for index, opened in enumerate(context.dossier.of(record, evidence)):
            started = opened.report.started if opened.report else None
            if started and later(started, _CLOCKS_DIFFER) < earliest:
                yield Problem(
                    f"The report `{shorten(opened.text)}` is from {rfc3339(started)}, before the issue was reported",
                    pointer=_report_pointer(record, kind_id, index),
                    help=("File the report of a run with the fix.",),
                    label=f"{spell(earliest - started)} too old",
                    on="value",
                )


@judges_corpus("EVD312", makes="failed")
def report_reused(records: Sequence[Record], context: Context) -> Iterator[tuple[Record, Problem]]:
    """One report stands for two hotfixes, or for tests on two environments.

    A test runner writes a new file at every run, so two claims that rest on the same bytes rest on one run. Both are told.

    Wrong: `report: HF-2026-0001/regression-test.xml` in two records, or a copy of that file in the second one.

    Right: the report of a run of its own in each.
    """
    claims: dict[str, list[tuple[Record, Evidence, int, str]]] = defaultdict(list)
    for record in records:
        for evidence in record.evidence.values():
            for index, opened in enumerate(context.dossier.of(record, evidence)):
                if opened.report:
                    claims[opened.report.sha256].append((record, evidence, index, opened.text))
    for same in claims.values():
        for record, evidence, index, text in same if len(same) > 1 else ():
            others = [
                other.id if other is not record else f"`{that.kind}` of this record"
                for other, that, _, _ in same
                if other is not record or (that.kind != evidence.kind and that.environment != evidence.environment)
            ]
            if others:
                yield (
                    record,
                    Problem(
                        f"The report `{shorten(text)}` is also the proof of {', '.join(dict.fromkeys(others))}",
                        pointer=_report_pointer(record, evidence.kind, index),
                        help=("File the report of a run of its own for each.",),
                        label="used twice",
                        on="value",
                    ),
                )


@judges_record("EVD310", makes="failed", fixed=True)
def path_outside(record: Record, _context: Context) -> Iterator[Problem]:
    """A path leads out of the docs folder, or through a symbolic link.

    Reports are published with the site, so a record can name only what lies in the docs folder as a plain file. What lies
    elsewhere is neither read nor looked for.

    Wrong:

    ```yaml
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: ../../../build/report.xml}
    status: triaged
    ```

    Right:

    ```yaml
    evidence:
      regression-test: {result: passed, at: 2026-04-14T02:41:00Z, by: test-lead, environment: staging, report: HF-2026-0001/regression-test.xml}
    status: triaged
    ```
    """
    for kind_id, evidence in record.evidence.items():
        for index, text in enumerate(evidence.reports):
            place = locate(text, record.file, record.root)
            if place.trouble in ("outside", "link"):
                why = (
                    "leads out of the docs folder"
                    if place.trouble == "outside"
                    else "is, or passes through, a symbolic link"
                )
                yield Problem(
                    f"The path `{shorten(text)}` {why}",
                    pointer=_report_pointer(record, kind_id, index),
                    help=(
                        f"Copy the file into `{record.id}/` beside the record and write `{record.id}/NAME`, with `/`.",
                    ),
                    label="not in the docs folder" if place.trouble == "outside" else "a link",
                    on="value",
                )


def _lower(sentence: str) -> str:
    """Fit a sentence into another one."""
    return sentence[:1].lower() + sentence[1:].rstrip(".")


def _same(one: str, other: str) -> bool:
    """Compare two commits, either of which may be written short."""
    return one.startswith(other) or other.startswith(one)


def _report_pointer(record: Record, kind: str, index: int) -> tuple[str | int, ...]:
    here = ("evidence", kind, "report")
    return here if isinstance(record.value(here), str) else (*here, index)


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
