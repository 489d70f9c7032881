"""EVD: the reports that records name, opened and compared with the claim."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta

from mkdocs_hotfix.findings import Problem, shorten
from mkdocs_hotfix.parts import Evidence
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.reports import UnreadError
from mkdocs_hotfix.rule import Context, judges_corpus, judges_record
from mkdocs_hotfix.times import later, rfc3339

_NAMED = 3
_CLOCKS_DIFFER = timedelta(minutes=5)


@judges_record("EVD310", makes="failed", fixed=True)
def path_outside(record: Record, context: Context) -> Iterator[Problem]:
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
    for evidence in record.evidence.values():
        for index, text in enumerate(evidence.reports):
            place = context.dossier.place(text, record.file, record.root)
            if place.trouble in ("outside", "link"):
                why, label = _astray(text, place.trouble)
                yield Problem(
                    f"The path `{shorten(text)}` {why}",
                    pointer=evidence.report_pointer(index),
                    help=(
                        f"Copy the file into `{record.id}/` beside the record and write `{record.id}/NAME`, with `/`.",
                    ),
                    label=label,
                    on="value",
                )


def _astray(text: str, trouble: str) -> tuple[str, str]:
    """Say why a path is not followed. What lies outside was not looked at, so this goes by the text alone."""
    if trouble == "link":
        return "is, or passes through, a symbolic link", "a link"
    if "://" in text:
        return "is an address, and not a file beside the record", "an address"
    if "\\" in text:
        return "is written with `\\`", "`\\` for `/`"
    if text != text.strip():
        return "starts or ends with a blank", "a blank too many"
    return "leads out of the docs folder", "not in the docs folder"


@judges_record("EVD304", makes="failed")
def report_unreadable(record: Record, context: Context) -> Iterator[Problem]:
    """A report that the record names can not be read as a test report.

    JUnit XML (as pytest, Surefire, Gradle, gotestsum, jest-junit, PHPUnit, CTest and others write it), CTRF JSON and in-toto
    test results are read. A file that is cut off, empty, packed, larger than 64 MiB, or that declares entities proves nothing.
    Of all reports of a record together as much is read as of one, 64 MiB and 300,000 elements. What is left unread proves nothing.

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
    for evidence in record.evidence.values():
        opened_reports = context.dossier.of(record, evidence)
        unread = [index for index, one in enumerate(opened_reports) if isinstance(one.error, UnreadError)]
        for index, opened in enumerate(opened_reports):
            if opened.error and index not in unread[1:]:
                where = f" (line {opened.error.line})" if opened.error.line else ""
                more = f" (and {len(unread) - 1} more)" if index in unread and unread[1:] else ""
                yield Problem(
                    f"The report `{shorten(opened.text)}`{more} proves nothing: {_lower(opened.error.reason)}{where}",
                    pointer=evidence.report_pointer(index),
                    help=(opened.error.advice,),
                    label="left unread" if index in unread else "not a test report",
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
            here = evidence.report_pointer(index)
            if report.bad:
                names = ", ".join(
                    f"“{shorten(f'{case.group} {case.name}'.strip(), 80)}”" for case in report.failing[:_NAMED]
                )
                more = f" and {report.bad - _NAMED} more" if report.bad > _NAMED else ""
                yield Problem(
                    f"The report `{shorten(text)}` has {report.bad} failed of {report.total} test{'' if report.total == 1 else 's'}: {names}{more}",
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
            ended = report.ended
            if ended and ended > later(evidence.at, _CLOCKS_DIFFER):
                yield Problem(
                    f"The report `{shorten(text)}` is from {rfc3339(ended)}, after the time that the record gives",
                    pointer=("evidence", kind_id, "at"),
                    help=(f"Write when the test was done: `at: {rfc3339(ended)}`, or file the report of that run.",),
                    label="before the report's end",
                    on="value",
                )
        if not any(report.passed for _, _, report in read) and not any(report.bad for _, _, report in read):
            skipped = sum(report.skipped for _, _, report in read)
            yield Problem(
                f"“{title}” rests on a report in which no test ran" + (f" ({skipped} skipped)" if skipped else ""),
                pointer=evidence.report_pointer(read[0][0]),
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
            digests, files = len(evidence.sha256), len(evidence.reports)
            yield Problem(
                f"{digests} digest{'' if digests == 1 else 's'} for {files or 'no'} report{'' if files == 1 else 's'}",
                pointer=here,
                help=(
                    "Write one digest for each report, in their order."
                    if files
                    else f"Name the file that it is the digest of: `report: {record.id}/{kind_id}.xml`.",
                ),
                label="not one each" if files else "of which file?",
                on="value",
            )
            continue
        opened_reports = context.dossier.of(record, evidence)
        for index, (opened, digest) in enumerate(zip(opened_reports, evidence.sha256, strict=True)):
            if opened.report and opened.report.sha256 != digest:
                yield Problem(
                    f"The report `{shorten(opened.text)}` is not the file that was pinned",
                    pointer=here if isinstance(evidence.data["sha256"], str) else (*here, index),
                    help=(
                        f"Put the pinned file back; or look at the new one again and write its digest: `{opened.report.sha256}`",
                    ),
                    label="another file",
                    on="value",
                )


@judges_corpus("EVD312", makes="failed")
def report_reused(records: Sequence[Record], context: Context) -> Iterator[tuple[Record, Problem]]:
    """One report stands for two hotfixes, or for tests on two environments.

    A test runner writes a new file at every run, so two hotfixes, or tests on two environments, that name the same bytes rest on
    one run. Both are told. A copy that was laid out anew says the same, and is told as well. One run may prove several kinds of
    evidence of one hotfix where they were tested on the same environment.

    Wrong: `report: HF-2026-0001/regression-test.xml` in two records, or a copy of that file in the second one; or the same
    file twice in one list.

    Right: the report of a run of its own in each.
    """
    claims: dict[str, list[tuple[Record, Evidence, int, str]]] = defaultdict(list)
    for record in records:
        for evidence in record.evidence.values():
            for index, text, content in context.dossier.contents(record, evidence) if evidence.reports else ():
                claims[content].append((record, evidence, index, text))
    for same in claims.values():
        for record, evidence, index, text in same if len(same) > 1 else ():
            others = [
                other.id if other is not record else f"`{that.kind}` of this record"
                for other, that, number, _ in same
                if other is not record
                or (that.kind == evidence.kind and number != index)
                or (that.kind != evidence.kind and that.environment != evidence.environment)
            ]
            if others:
                yield (
                    record,
                    Problem(
                        f"The report `{shorten(text)}` is also the proof of {', '.join(dict.fromkeys(others))}",
                        pointer=evidence.report_pointer(index),
                        help=("File the report of a run of its own for each.",),
                        label="used twice",
                        on="value",
                    ),
                )


def _lower(sentence: str) -> str:
    """Fit a sentence into another one."""
    return sentence[:1].lower() + sentence[1:]
