"""EVD: who vouches for a report."""

from __future__ import annotations

from collections.abc import Iterator

from mkdocs_hotfix.findings import Problem, shorten
from mkdocs_hotfix.record import Record
from mkdocs_hotfix.rule import Context, judges_record
from mkdocs_hotfix.signatures import ENDING, MAX_BYTES, SignatureError, size_of


@judges_record("EVD314", makes="failed")
def unsigned_report(record: Record, context: Context) -> Iterator[Problem]:
    """A report is not signed by somebody whose signature counts.

    With `sigstore` in the policy, a bundle beside a report is verified, without the network: the file was signed by one of
    `identities`, as `trust_root` vouches. It lies beside the report as `NAME.sigstore.json`, as `cosign sign-blob --bundle`, the
    `sigstore` command and GitHub's attestations write it: a signature of the file, or a statement that names its digest. Reports of
    the kinds under `required` have one; the bundle of any other is verified where it is there. What was signed and then
    changed, or signed by somebody else, proves nothing.

    Wrong, with `required: [regression-test]`: `report: HF-2026-0001/regression-test.xml` and no such bundle.

    Right: `HF-2026-0001/regression-test.xml.sigstore.json` beside it. The record stays as it is.
    """
    sigstore, signatures = context.policy.sigstore, context.signatures
    if sigstore is None or signatures is None:
        return
    left = MAX_BYTES  # for all bundles of the record together
    for kind_id, evidence in record.evidence.items():
        kind, required = context.policy.kinds[kind_id], kind_id in sigstore.required
        if required and not evidence.reports and not kind.report:
            yield Problem(
                f"“{kind.title}” names no report that could be signed",
                pointer=("evidence", kind_id),
                help=(f"Add `report: {record.id}/{kind_id}.xml`, and file its bundle beside it.",),
                label="nothing signed",
            )
        for index, opened in enumerate(context.dossier.of(record, evidence)):
            if opened.report is None:
                continue  # that it can not be read is told, and then nothing is left to be signed
            here, name = evidence.report_pointer(index), shorten(opened.text)
            bundle = context.dossier.place(opened.text + ENDING, record.file, record.root)
            if bundle.trouble == "missing" and not required:
                continue
            try:
                if bundle.trouble == "missing":
                    raise SignatureError(
                        f"there is no `{name}{ENDING}`",
                        "Sign the report where the tests run, and file the bundle beside it: "
                        f"`cosign sign-blob --bundle {name}{ENDING} {name}`.",
                    )
                if bundle.trouble:
                    raise SignatureError("its bundle is not a plain file", "Put the bundle itself beside the report.")
                allowed, left = left, left - size_of(bundle.file)
                signatures.verify(bundle.file, opened.report.sha256, allowed)
            except SignatureError as error:
                yield Problem(
                    f"No signature of the report `{name}` counts: {error.reason}",
                    pointer=here,
                    help=(error.advice,),
                    label="not signed",
                    on="value",
                )
