"""Signatures of reports: each bundle is made by a Sigstore of our own, and verified by the real library without the network."""

from __future__ import annotations

import base64
import json
import runpy
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import gate, policyfile
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.formats import text
from mkdocs_hotfix.gate import Report

HERE = Path(__file__).parent
SIGNING = runpy.run_path(str(HERE / "signing.py"))
SIGNER, ISSUER, AT = SIGNING["SIGNER"], SIGNING["ISSUER"], SIGNING["AT"]
REPORT = (HERE / "HF-2026-0001/regression-test.xml").read_bytes()
WORKFLOW = "https://git.example.com/acme/shop/.ci/tests.yml@refs/heads/main"
TRUSTED = {
    "trust_root": "trusted_root.json",
    "identities": [{"identity": SIGNER, "issuer": ISSUER}, {"identity": WORKFLOW, "issuer": ISSUER}],
    "required": ["regression-test"],
}


@pytest.fixture(scope="module")
def ours() -> Any:
    return SIGNING["Sigstore"]()


@dataclass
class Docs:
    """A docs folder with one honest record, whose regression test has to be signed."""

    folder: Path
    as_of: datetime

    @property
    def report(self) -> Path:
        return self.folder / "hotfixes/HF-2026-0001/regression-test.xml"

    @property
    def bundle(self) -> Path:
        return self.report.with_name("regression-test.xml.sigstore.json")

    def file(self, bundle: Any) -> None:
        self.bundle.write_text(bundle if isinstance(bundle, str) else json.dumps(bundle), "utf-8")

    def check(self, **changes: Any) -> Report:
        policy = {**policyfile.load().data, "sigstore": TRUSTED, **changes}
        (self.folder / "policy.yml").write_text(json.dumps(policy), "utf-8")
        return gate.check(policyfile.load(self.folder / "policy.yml"), self.as_of)


@pytest.fixture
def docs(tmp_path: Path, as_of: datetime, ours: Any, monkeypatch: pytest.MonkeyPatch) -> Docs:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(socket.socket, "connect", no_network)
    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    made = Docs(Path("docs"), as_of)
    made.report.parent.mkdir(parents=True)
    made.report.write_bytes(REPORT)
    (made.folder / "hotfixes/HF-2026-0001.md").write_text((HERE / "base.md").read_text("utf-8"), "utf-8")
    (made.folder / "trusted_root.json").write_text(json.dumps(ours.trusted_root()), "utf-8")
    return made


def no_network(*_: object, **__: object) -> None:
    raise AssertionError("a signature is verified without the network")


def refused(report: Report, words: str) -> None:
    (finding,) = [one for one in report.findings if one.slug == "unsigned-report"]
    assert words in finding.message, finding.message
    assert report.exit_code() == 1
    (verdict,) = [one for one in report.judged[0].evidence if one.need == "evidence.regression-test"]
    assert verdict.state == "failed"


def passes(report: Report) -> None:
    assert text.render(report).endswith("nothing to do\n"), text.render(report)


def statement(digest: str) -> bytes:
    made = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "regression-test.xml", "digest": {"sha256": digest}}],
        "predicateType": "https://example.com/tested/v1",
        "predicate": {},
    }
    return json.dumps(made).encode()


def digest(data: bytes) -> str:
    return SIGNING["hashlib"].sha256(data).hexdigest()


# -- what counts -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("signer", [SIGNER, WORKFLOW])
def test_a_report_signed_by_somebody_trusted_passes(docs: Docs, ours: Any, signer: str):
    docs.file(ours.sign_file(REPORT, signer=signer))
    passes(docs.check())


def test_a_signed_statement_about_the_report_passes(docs: Docs, ours: Any):
    docs.file(ours.attest(statement(digest(REPORT))))
    passes(docs.check())


def test_a_signed_test_result_passes(docs: Docs, ours: Any):
    """The report is the statement itself."""
    result = {
        "_type": "https://in-toto.io/Statement/v1",
        "subject": [{"name": "shop", "digest": {"gitCommit": "9f3c1e2b7a60d4c5e8f1a2b3c4d5e6f708192a3b"}}],
        "predicateType": "https://in-toto.io/attestation/test-result/v0.1",
        "predicate": {"result": "PASSED", "configuration": [], "passedTests": ["pays with a saved card"]},
    }
    docs.report.write_text(json.dumps(result), "utf-8")
    docs.file(ours.attest(docs.report.read_bytes()))
    passes(docs.check())


def test_where_none_is_required_none_is_asked_for_and_one_that_is_there_is_verified(docs: Docs, ours: Any):
    loose = {**TRUSTED, "required": []}
    passes(docs.check(sigstore=loose))
    docs.file(ours.sign_file(REPORT))
    passes(docs.check(sigstore=loose))
    docs.file(ours.sign_file(REPORT + b" "))
    refused(docs.check(sigstore=loose), "another file")


# -- what does not -----------------------------------------------------------------------------------------


def changed(bundle: dict[str, Any], *place: str | int, to: Any) -> dict[str, Any]:
    made = json.loads(json.dumps(bundle))
    here = made
    for part in place[:-1]:
        here = here[part]
    here[place[-1]] = to
    return made


ENTRY = ("verificationMaterial", "tlogEntries", 0)
FORGED: dict[str, tuple[Callable[[Any], Any], str]] = {
    "another file": (lambda ours: ours.sign_file(REPORT + b"\n"), "another file"),
    "another file, with the digest of this one": (
        lambda ours: changed(
            ours.sign_file(REPORT + b"\n"),
            "messageSignature",
            "messageDigest",
            "digest",
            to=base64.b64encode(bytes.fromhex(digest(REPORT))).decode(),
        ),
        "Signature is invalid",
    ),
    "somebody else": (lambda ours: ours.sign_file(REPORT, signer="somebody@example.com"), "signed by somebody@example"),
    "a name that somebody else vouches for": (
        lambda ours: ours.sign_file(REPORT, issuer="https://login.example.org"),
        "whom the policy does not trust",
    ),
    "a Sigstore of their own": (lambda _ours: SIGNING["Sigstore"]().sign_file(REPORT), "certificate chain"),
    "a certificate that was not logged": (lambda ours: ours.sign_file(REPORT, logged=False), "SCT"),
    "a certificate of another hour": (
        lambda ours: changed(
            ours.sign_file(REPORT), *ENTRY, to=ours.sign_file(REPORT, at=AT + timedelta(hours=1))[ENTRY[0]][ENTRY[1]][0]
        ),
        "certificate",
    ),
    "a time written by hand": (
        lambda ours: changed(ours.sign_file(REPORT), *ENTRY, "integratedTime", to=str(int(AT.timestamp()) + 60)),
        "inclusion promise",
    ),
    "an entry of another signature": (
        lambda ours: changed(ours.sign_file(REPORT), *ENTRY, to=ours.sign_file(REPORT)[ENTRY[0]][ENTRY[1]][0]),
        "inconsistent",
    ),
    "an entry that is not in the log": (
        lambda ours: changed(ours.sign_file(REPORT), *ENTRY, "canonicalizedBody", to=base64.b64encode(b"{}").decode()),
        "inclusion proof",
    ),
    "no entry": (lambda ours: changed(ours.sign_file(REPORT), *ENTRY[:2], to=[]), "no Sigstore bundle"),
    "a statement about another file": (lambda ours: ours.attest(statement("0" * 64)), "another file"),
    "a statement that names no file": (lambda ours: ours.attest(b"[]"), "another file"),
    "a statement put into another's envelope": (
        lambda ours: changed(
            ours.attest(statement("0" * 64)),
            "dsseEnvelope",
            "payload",
            to=base64.b64encode(statement(digest(REPORT))).decode(),
        ),
        "not verified",
    ),
    "no JSON": (lambda _ours: "signed by the test lead", "no Sigstore bundle"),
    "nothing": (lambda _ours: "", "no Sigstore bundle"),
    "an empty object": (lambda _ours: {}, "no Sigstore bundle"),
    "a list": (lambda _ours: [], "no Sigstore bundle"),
    "brackets without end": (lambda _ours: "[" * 100_000, "no Sigstore bundle"),
    "a signature alone": (lambda ours: {"signature": "MEUCIQ=="}, "no Sigstore bundle"),
    "more than a bundle is": (lambda _ours: '"' + "x" * (2 << 20) + '"', "larger than 1 MiB"),
}


@pytest.mark.parametrize("name", FORGED)
def test_a_forged_signature_is_refused(docs: Docs, ours: Any, name: str):
    make, words = FORGED[name]
    docs.file(make(ours))
    refused(docs.check(), words)


def test_a_report_that_was_edited_after_it_was_signed_is_refused(docs: Docs, ours: Any):
    docs.file(ours.sign_file(REPORT))
    docs.report.write_bytes(REPORT.replace(b"saved", b"new", 1))
    assert docs.report.read_bytes() != REPORT
    refused(docs.check(), "another file")


def test_a_report_that_nobody_signed_is_refused(docs: Docs, tells: Callable[[Report], None]):
    report = docs.check()
    refused(report, "there is no `HF-2026-0001/regression-test.xml.sigstore.json`")
    tells(report)


def test_evidence_that_names_no_report_has_none_that_is_signed(docs: Docs, tells: Callable[[Report], None]):
    report = docs.check(sigstore={**TRUSTED, "required": ["smoke-test"]})
    assert [one.message for one in report.findings] == [
        "“Smoke test in production” names no report that could be signed"
    ]
    tells(report)


@pytest.mark.parametrize("required", ["regression-test", "smoke-test"])
def test_each_report_of_a_list_has_a_signature_of_its_own(
    docs: Docs, ours: Any, required: str, tells: Callable[[Report], None]
):
    """One that can not be read is none that could be signed, and one that need not be signed stands for itself only."""
    record = docs.folder / "hotfixes/HF-2026-0001.md"
    name = "HF-2026-0001/regression-test.xml"
    named = f"[HF-2026-0001/empty.xml, HF-2026-0001/other.xml, {name}]"
    record.write_text(record.read_text("utf-8").replace(f"report: {name}", f"report: {named}"), "utf-8")
    docs.report.with_name("empty.xml").write_bytes(b"")
    docs.report.with_name("other.xml").write_bytes(REPORT.replace(b"saves", b"keeps"))
    docs.bundle.write_text("{}", "utf-8")
    tells(docs.check(sigstore={**TRUSTED, "required": [required]}))


def test_the_bundles_of_one_record_have_a_limit_together(docs: Docs):
    """To read one of some MiB takes a second, and a record can name 300."""
    record = docs.folder / "hotfixes/HF-2026-0001.md"
    name = "HF-2026-0001/regression-test.xml"
    names = [f"HF-2026-0001/{number}.xml" for number in range(3)]
    record.write_text(record.read_text("utf-8").replace(f"report: {name}", f"report: [{', '.join(names)}]"), "utf-8")
    for number, one in enumerate(names):
        file = docs.folder / "hotfixes" / one
        file.write_bytes(REPORT.replace(b"saves", b"saves %d" % number))
        file.with_name(f"{file.name}.sigstore.json").write_text('"' + "a" * (3 << 17) + '"')
    said = [one.message for one in docs.check().findings if one.slug == "unsigned-report"]
    assert ["no Sigstore bundle" in one for one in said] == [True, True, False]
    assert "its bundle is left unread: those of one record have at most 1 MiB together" in said[2]


@pytest.mark.parametrize("what", ["link", "folder"])
def test_a_bundle_that_is_no_file_is_refused_unread(docs: Docs, ours: Any, what: str, tells: Callable[[Report], None]):
    if what == "folder":
        docs.bundle.mkdir()
    else:
        elsewhere = docs.folder.parent / "elsewhere.json"
        elsewhere.write_text(json.dumps(ours.sign_file(REPORT)), "utf-8")
        docs.bundle.symlink_to(elsewhere.absolute())
    report = docs.check()
    refused(report, "not a plain file")
    tells(report)


@pytest.mark.parametrize("level", ["note", "off"])
def test_a_rule_that_is_turned_down_makes_no_report_signed(docs: Docs, level: str):
    report = docs.check(levels={"unsigned-report": level})
    states = {one.need: one.state for one in report.judged[0].evidence}
    assert states["evidence.regression-test"] == "failed"


# -- a set-up that can not verify ----------------------------------------------------------------------------


def test_without_the_extra_it_is_said_what_to_install(docs: Docs, ours: Any, monkeypatch: pytest.MonkeyPatch):
    docs.file(ours.sign_file(REPORT))
    for name in [name for name in sys.modules if name.partition(".")[0] == "sigstore"] + ["sigstore"]:
        monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SetupError, match=r"pip install 'mkdocs-hotfix\[sigstore\]'"):
        docs.check()


@pytest.mark.parametrize(
    ("root", "words"),
    [
        (None, "can not be read"),
        ("{", r"is no trusted root of Sigstore \(a name in double quotes is expected, line 1\)"),
        ("{}", "is no trusted root"),
        ("[]", "is no trusted root"),
    ],
)
def test_a_trusted_root_that_is_none_is_told(docs: Docs, root: str | None, words: str):
    file = docs.folder / "trusted_root.json"
    file.unlink() if root is None else file.write_text(root, "utf-8")
    with pytest.raises(SetupError, match=words) as told:
        docs.check()
    assert "docs/policy.yml:" in str(told.value)


@pytest.mark.parametrize("part", ["tlogs", "certificateAuthorities"])
def test_a_trusted_root_that_trusts_nobody_is_told(docs: Docs, ours: Any, part: str):
    (docs.folder / "trusted_root.json").write_text(json.dumps({**ours.trusted_root(), part: []}), "utf-8")
    with pytest.raises(SetupError, match="is no trusted root"):
        docs.check()


def test_a_kind_that_is_none_is_told(docs: Docs):
    with pytest.raises(SetupError, match="`regresion-test` is no kind of evidence"):
        docs.check(sigstore={**TRUSTED, "required": ["regresion-test"]})


def test_the_public_sigstore_is_a_trusted_root_and_vouches_for_none_of_ours(docs: Docs, ours: Any):
    """The library brings along the root of the public one, as a file."""
    store = Path(str(SIGNING["x509"].__file__)).parents[2] / "sigstore/_store"
    (public,) = [file for file in store.rglob("trusted_root.json") if "sigstore.dev" in str(file)]
    docs.file(ours.sign_file(REPORT))
    (docs.folder / "trusted_root.json").write_bytes(public.read_bytes())
    refused(docs.check(), "certificate chain")
