"""EVD: evidence is not older than what it is to prove."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from mkdocs_hotfix.findings import Problem, shorten
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record
from mkdocs_hotfix.times import later, rfc3339, spell

_CLOCKS_DIFFER = timedelta(minutes=5)


@judges_record("EVD311", makes="stale")
def stale_evidence(record: Record, context: Context) -> Iterator[Problem]:
    """Evidence is older than what it is to prove.

    A test that ran before the issue was reported can not have tested its fix. A time without a zone is
    taken as late as it can be meant. With `git: true` in the policy, or `--git`, the time of `release.commit` counts
    too, for tests and their reports, and that of the deployment, for reports of what comes after it; and a report must be in the
    repository, with content that came into it before none of these. Five minutes are allowed, since clocks differ.

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
    repository = context.repository
    reported = record.reported.at if record.reported else None
    commit = repository.commit(record.release.commit) if repository else None
    afterwards = context.policy.after_deployment
    for kind_id, evidence in record.evidence.items():
        kind = context.policy.kinds[kind_id]
        fixed = commit.at if commit and kind.is_test else None  # an analysis comes before the fix
        live = record.deployed.at if repository and record.deployed and kind_id in afterwards else None
        if commit and fixed and later(evidence.at, _CLOCKS_DIFFER) < fixed:
            yield Problem(
                f"“{kind.title}” is from {rfc3339(evidence.at)}, before commit {commit.id[:12]} was made",
                pointer=("evidence", kind_id, "at"),
                help=(f"Test the released commit, which is from {rfc3339(fixed)}, and record that.",),
                label=f"{spell(fixed - evidence.at)} too old",
                on="value",
            )
        for index, opened in enumerate(context.dossier.of(record, evidence)):
            here, name = evidence.report_pointer(index), shorten(opened.text)
            kept = None
            if repository and not opened.place.trouble:
                kept = repository.first_kept(opened.place.file)
                if not repository.tracks(opened.place.file):
                    yield Problem(
                        f"The report `{name}` is not in the Git repository",
                        pointer=here,
                        help=("Commit it together with the record.",),
                        label="not tracked",
                        on="value",
                    )
            began = opened.report.began if opened.report else None
            for at, what in ((began, "is from"), (kept, "was committed at")):
                for earliest, event in (
                    (live, "the package was deployed"),
                    (fixed, "the fix was made"),
                    (reported, "the issue was reported"),
                ):
                    if at and earliest and later(at, _CLOCKS_DIFFER) < earliest:
                        yield Problem(
                            f"The report `{name}` {what} {rfc3339(at)}, before {event}",
                            pointer=here,
                            help=("File the report of a run with the fix.",),
                            label=f"{spell(earliest - at)} too old",
                            on="value",
                        )
                        break
