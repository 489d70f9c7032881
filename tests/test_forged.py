"""Forged records: claim and report disagree, and the gate refuses each; its honest twin passes.

A forgery is a folder `tests/forged/<slug>/<what is forged>/`, named after the rule that refuses it. In it, for each of
`forged` and `honest`:

- a file, `forged.xml`: it is laid in the place of the regression test's report of the record `tests/base.md`;
- or a folder, `forged/`, of files that lie beside the record;
- and fields of the record, `forged.yml`, that take the place of those of the base.

What is too large for a file, or is none, is made below.
"""

from __future__ import annotations

import gzip
import os
import re
import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

from mkdocs_hotfix import gate
from mkdocs_hotfix.findings import Level
from mkdocs_hotfix.formats import text
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.rules import BY_SLUG

HERE = Path(__file__).parent
FORGED = HERE / "forged"
CASES = sorted(FORGED.glob("*/*/"))
BASE = (HERE / "base.md").read_text("utf-8").split("---\n")[1]
HONEST = (HERE / "HF-2026-0001/regression-test.xml").read_bytes()
PLACE = "HF-2026-0001/regression-test.xml"
AFTERWARDS = ("approvals", "deployed", "review")


def fields(front_matter: str) -> dict[str, str]:
    parts = re.split(r"^(?=[a-z_]+:)", front_matter, flags=re.MULTILINE)
    return {part.partition(":")[0]: part for part in parts if part.strip()}


def laid_over(base: str, new: str) -> str:
    kept, put = fields(base), fields(new)
    if put.get("status") == "status: triaged\n":
        kept = {name: part for name, part in kept.items() if name not in AFTERWARDS}
    return "".join((kept | put).values())


class Docs:
    """A docs folder with one honest record, to be spoiled, and judged by the whole gate."""

    def __init__(self, folder: Path, policy: Policy, as_of: datetime) -> None:
        self.folder, self.policy, self.as_of = folder, policy, as_of
        self.record = folder / "HF-2026-0001.md"
        self.report = folder / PLACE
        self.report.parent.mkdir(parents=True)
        self.report.write_bytes(HONEST)
        self.write(BASE)

    def write(self, front_matter: str, name: str = "HF-2026-0001") -> None:
        (self.folder / f"{name}.md").write_text(f"---\n{front_matter}---\n", "utf-8", newline="\n")

    def take(self, case: Path, side: str) -> None:
        """Take over one side of a forgery."""
        own = case / f"{side}.yml"
        if own.exists():
            self.write(laid_over(BASE, own.read_text("utf-8")))
        if (case / side).is_dir():
            shutil.copytree(case / side, self.report.parent, dirs_exist_ok=True)
        for file in case.glob(f"{side}.*"):
            if file.suffix != ".yml":
                self.report.write_bytes(file.read_bytes())

    def judge(self) -> Report:
        return gate.check(self.policy, self.as_of, [self.folder])


@pytest.fixture
def docs(tmp_path: Path, policy: Policy, as_of: datetime, monkeypatch: pytest.MonkeyPatch) -> Docs:
    monkeypatch.chdir(tmp_path)
    return Docs(Path("docs/hotfixes"), policy, as_of)


def refuses(report: Report, slug: str) -> None:
    """The gate is closed, by this rule, and by no other."""
    errors = {finding.slug for finding in report.findings if finding.level is Level.ERROR}
    assert errors == {slug}, text.render(report)
    assert report.exit_code() == 1


def passes(report: Report) -> None:
    assert not report.count(Level.ERROR), text.render(report)
    assert report.exit_code() == 0


def name(case: Path) -> str:
    return f"{case.parent.name}-{case.name}"


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_forged_record_is_refused(case: Path, docs: Docs, tells: Callable[[Report], None]):
    docs.take(case, "forged")
    report = docs.judge()
    refuses(report, case.parent.name)
    tells(report)


@pytest.mark.parametrize("case", CASES, ids=name)
def test_its_honest_twin_passes(case: Path, docs: Docs):
    docs.take(case, "honest")
    passes(docs.judge())


def test_a_forgery_is_named_after_a_rule_and_has_both_sides():
    assert {case.parent.name for case in CASES} <= set(BY_SLUG)
    for case in CASES:
        assert {path.name.partition(".")[0] for path in case.iterdir()} == {"forged", "honest"}, case


# -- what no text file can hold ------------------------------------------------------------------------------

FAILING = (HERE / "HF-2026-0001/failing.xml").read_bytes()


def utf16(data: bytes) -> bytes:
    return data.decode().replace('encoding="utf-8"', 'encoding="utf-16"').encode("utf-16")


def laid_before_the_end(data: bytes, more: bytes) -> bytes:
    return data.replace(b"</testsuite>", more + b"</testsuite>")


BYTES = {
    "an empty file": ("report-unreadable", b"", HONEST),
    "blanks": ("report-unreadable", b" \r\n" * 1_000, HONEST),
    "NUL bytes": ("report-unreadable", b"\0" * 4_096, HONEST),
    "a NUL byte inside": ("report-unreadable", HONEST.replace(b"saves", b"sa\0es"), HONEST),
    "a byte that is not UTF-8": ("report-unreadable", HONEST.replace(b"saves", b"sa\xffes"), HONEST),
    "packed": ("report-unreadable", gzip.compress(HONEST, mtime=0), HONEST),
    "a failure in UTF-16": ("report-disagrees", utf16(FAILING), utf16(HONEST)),
    "UTF-16 that says it is UTF-8": ("report-unreadable", HONEST.decode().encode("utf-16-le"), utf16(HONEST)),
    "a failure behind a BOM": ("report-disagrees", b"\xef\xbb\xbf" + FAILING, b"\xef\xbb\xbf" + HONEST),
    "a failure in lines of Windows": (
        "report-disagrees",
        FAILING.replace(b"\n", b"\r\n"),
        HONEST.replace(b"\n", b"\r\n"),
    ),
    "a huge attribute": (
        "report-unreadable",
        HONEST.replace(b'"saves a card"', b'"%s"' % (b"a" * (30 << 20))),
        HONEST.replace(b'"saves a card"', b'"%s"' % (b"a" * (1 << 20))),
    ),
    "deep nesting": (
        "report-unreadable",
        laid_before_the_end(HONEST, b"<a>" * 10_000 + b"</a>" * 10_000),
        laid_before_the_end(HONEST, b"<a>" * 50 + b"</a>" * 50),
    ),
    "deep JSON": (
        "report-unreadable",
        b'{"results": {"tests": [{"steps": ' + b"[" * 100_000,
        b'{"results": {"summary": {}, "tests": [{"name": "a", "status": "passed", "steps": [[[]]]}]}}',
    ),
    "a failure behind fifty thousand cases": (
        "report-disagrees",
        b"<testsuite>" + b'<testcase name="a"/>' * 50_000 + b'<testcase name="b"><failure/></testcase></testsuite>',
        b"<testsuite>" + b'<testcase name="a"/>' * 50_001 + b"</testsuite>",
    ),
    "a failure behind a long output": (
        "report-disagrees",
        b"<testsuite><system-out>"
        + b"all is well " * 400_000
        + b'</system-out><testcase name="b"><error/></testcase></testsuite>',
        b"<testsuite><system-out>" + b"all is well " * 400_000 + b'</system-out><testcase name="b"/></testsuite>',
    ),
}


@pytest.mark.parametrize("what", BYTES)
def test_bytes_that_no_text_file_holds_are_judged(what: str, docs: Docs):
    slug, forged, honest = BYTES[what]
    docs.report.write_bytes(forged)
    refuses(docs.judge(), slug)
    docs.report.write_bytes(honest)
    passes(docs.judge())


@pytest.mark.slow
def test_a_billion_cases_are_refused(docs: Docs):
    """They fit into fewer bytes than one would think, and are not counted to the end."""
    docs.report.write_bytes(b"<testsuite>" + b"<testcase/>" * 5_000_000 + b"</testsuite>")
    refuses(docs.judge(), "report-unreadable")
    docs.report.write_bytes(b"<testsuite>" + b"<testcase/>" * 290_000 + b"</testsuite>")
    passes(docs.judge())


def test_a_file_too_large_is_refused_unread(docs: Docs):
    with docs.report.open("wb") as file:
        file.truncate(10 << 40)  # of holes: it takes no room
    refuses(docs.judge(), "report-unreadable")


# -- what is no file -----------------------------------------------------------------------------------------


def folder(place: Path, _honest: Path) -> None:
    place.mkdir()


def pipe(place: Path, _honest: Path) -> None:
    os.mkfifo(place)


def link(place: Path, honest: Path) -> None:
    place.symlink_to(honest.absolute())


def link_to_nothing(place: Path, _honest: Path) -> None:
    place.symlink_to("nothing")


def link_to_itself(place: Path, _honest: Path) -> None:
    place.symlink_to(place.name)


def link_out(place: Path, _honest: Path) -> None:
    place.symlink_to("/etc/hostname")


def device(place: Path, _honest: Path) -> None:
    place.symlink_to("/dev/zero")


def linked_folder(place: Path, honest: Path) -> None:
    place.parent.rename(place.parent.with_name("reports"))
    shutil.copy(honest, place.parent.with_name("reports") / place.name)
    place.parent.symlink_to("reports")


@pytest.mark.parametrize(
    ("make", "slug"),
    [
        (folder, "report-missing"),
        (pipe, "report-missing"),
        (link, "path-outside"),
        (link_to_nothing, "path-outside"),
        (link_to_itself, "path-outside"),
        (link_out, "path-outside"),
        (device, "path-outside"),
        (linked_folder, "path-outside"),
    ],
)
def test_what_is_no_plain_file_is_refused_unopened(make: Callable[[Path, Path], None], slug: str, docs: Docs):
    honest = docs.folder / "honest.xml"
    docs.report.rename(honest)
    make(docs.report, honest)
    # A link in the records folder is told as such, too, and by the same rule.
    refuses(docs.judge(), slug)


# -- two records -----------------------------------------------------------------------------------------------


def shared(docs: Docs) -> str:
    return PLACE


def copied(docs: Docs) -> str:
    shutil.copy(docs.report, docs.folder / "HF-2026-0002")
    return "HF-2026-0002/regression-test.xml"


def laid_out_anew(docs: Docs) -> str:
    (docs.folder / "HF-2026-0002/copy.xml").write_bytes(HONEST.replace(b"\n  ", b"\n\n\t") + b"<!-- second run -->\n")
    return "HF-2026-0002/copy.xml"


def hard_link(docs: Docs) -> str:
    (docs.folder / "HF-2026-0002/link.xml").hardlink_to(docs.report)
    return "HF-2026-0002/link.xml"


def another_spelling(docs: Docs) -> str:
    return "./HF-2026-0002/..//HF-2026-0001/regression-test.xml"


def own(docs: Docs) -> str:
    (docs.folder / "HF-2026-0002/own.xml").write_bytes(HONEST.replace(b"02:30:00", b"02:34:07"))
    return "HF-2026-0002/own.xml"


@pytest.mark.parametrize("make", [shared, copied, laid_out_anew, hard_link, another_spelling, own])
def test_two_records_do_not_share_one_run(make: Callable[[Docs], str], docs: Docs):
    (docs.folder / "HF-2026-0002").mkdir()
    second = BASE.replace("HF-2026-0001\n", "HF-2026-0002\n").replace("4.12.3", "4.12.4").replace(PLACE, make(docs))
    second = second.replace("version: 4.12.4\n", "version: 4.12.4\n  includes: [HF-2026-0001]\n")
    docs.write(second, "HF-2026-0002")
    report = docs.judge()
    if make is own:
        passes(report)
        return
    refuses(report, "report-reused")
    assert {finding.record for finding in report.findings} == {"HF-2026-0001", "HF-2026-0002"}


# -- whoever reads it --------------------------------------------------------------------------------------------


def everything(docs: Docs) -> Iterator[Report]:
    for case in CASES:
        shutil.rmtree(docs.folder)
        docs.__init__(docs.folder, docs.policy, docs.as_of)  # type: ignore[misc]
        docs.take(case, "forged")
        yield docs.judge()


def test_every_refusal_says_where_and_what_to_do(docs: Docs):
    for report in everything(docs):
        for finding in report.findings:
            assert finding.help, finding
            assert finding.span.line > 1, finding
            assert not re.search(r"invalid|illegal|forbidden|please|cannot", finding.message.lower()), finding
