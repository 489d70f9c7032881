"""EVD: evidence is bound to this fix: its commit, its time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mkdocs_hotfix.findings import Problem, shorten
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record
from mkdocs_hotfix.times import later, rfc3339, spell

_CLOCKS_DIFFER = timedelta(minutes=5)


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
                    pointer=evidence.report_pointer(index),
                    help=("File the report of the released commit.",),
                    label="another commit",
                    on="value",
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
    for evidence in record.evidence.values():
        for index, opened in enumerate(context.dossier.of(record, evidence)):
            started = opened.report.started if opened.report else None
            if started and later(started, _CLOCKS_DIFFER) < earliest:
                yield Problem(
                    f"The report `{shorten(opened.text)}` is from {rfc3339(started)}, before the issue was reported",
                    pointer=evidence.report_pointer(index),
                    help=("File the report of a run with the fix.",),
                    label=f"{spell(earliest - started)} too old",
                    on="value",
                )


def _same(one: str, other: str) -> bool:
    """Compare two commits, either of which may be written short."""
    return one.startswith(other) or other.startswith(one)
