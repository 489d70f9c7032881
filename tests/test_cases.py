"""Every rule on the records of `tests/cases/<slug>/`: what it tells, to the letter, and what it leaves alone.

A rule about changes has a third folder, `before`: what its cases were when they were committed.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from mkdocs_hotfix import gate, policyfile, published, source, trusted
from mkdocs_hotfix.findings import visible, width
from mkdocs_hotfix.formats import FORMATS, text
from mkdocs_hotfix.gate import Report
from mkdocs_hotfix.policy import Policy
from mkdocs_hotfix.rules import BY_SLUG, RULES

CASES = Path(__file__).parent / "cases"
BAD = sorted(CASES.glob("*/bad*/"))
GOOD = sorted(CASES.glob("*/good*/"))


def name(case: Path) -> str:
    return f"{case.parent.name}-{case.name}"


def changed(before: Path, after: Path, here: Path) -> None:
    """Commit the one, and put the other in its place."""
    shutil.copytree(before, here)
    bare = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
    for command in (
        "init",
        "add --all",
        "-c user.name=nobody -c user.email=nobody@example.com commit --message before",
    ):
        subprocess.run(["git", *command.split()], cwd=here.parent, env=bare, check=True, capture_output=True)
    shutil.rmtree(here)
    shutil.copytree(after, here)


@pytest.fixture(scope="module")
def judged() -> dict[Path, Report]:
    """What was judged already: a case does not change."""
    return {}


@pytest.fixture
def judge(
    policy: Policy, as_of: datetime, judged: dict[Path, Report], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[[Path], Report]:
    """Judge one case as `hotfix check` does in the folder of its rule, by its own policy if it has one."""

    def run(case: Path) -> Report:
        if BY_SLUG[case.parent.name].history:
            monkeypatch.chdir(tmp_path)
            changed(case.parent / "before", case, tmp_path / case.name)
            if BY_SLUG[case.parent.name].with_policy:
                own = Path(case.name) / "policy.yml"
                return gate.check(trusted.load("HEAD", own, (), Path("docs")), as_of, [Path(case.name)])
            return gate.check(policy, as_of, [Path(case.name)], since="HEAD")
        monkeypatch.chdir(case.parent)
        if case not in judged:
            own = case / "policy.yml"
            judged[case] = gate.check(policyfile.load(own) if own.exists() else policy, as_of, [Path(case.name)])
        return judged[case]

    return run


@pytest.mark.parametrize("slug", [rule.slug for rule in RULES])
def test_a_rule_has_a_bad_and_a_good_case(slug: str):
    for kind in ("bad", "good"):
        found = list((CASES / slug).glob(f"{kind}*/**/*.md"))
        assert found, f"Put records into tests/cases/{slug}/{kind}/: see CONTRIBUTING.md, “Add a rule”."


@pytest.mark.parametrize("case", BAD, ids=name)
def test_a_bad_case_is_told_to_the_letter(
    case: Path, judge: Callable[[Path], Report], says: Callable[[str, Path], None]
):
    report, rule = judge(case), BY_SLUG[case.parent.name]
    for judged in report.judged:
        slugs = {finding.slug for finding in (report if rule.corpus else judged).findings}
        assert rule.slug in slugs, f"{judged.path} has no {rule.slug}, but: {', '.join(sorted(slugs)) or 'nothing'}"
    says(text.render(report), case.with_suffix(".txt"))


@pytest.mark.parametrize("case", GOOD, ids=name)
def test_a_good_case_passes_the_gate(case: Path, judge: Callable[[Path], Report]):
    report = judge(case)
    assert report.records
    assert text.render(report).endswith(f", nothing to do{report.by}\n"), text.render(report)


def test_a_case_belongs_to_a_rule_and_a_text_to_a_case():
    assert {case.parent.name for case in BAD + GOOD} <= set(BY_SLUG)
    made_in_a_test = {CASES / "path-outside/links"}
    texts = {file.with_suffix("") for file in CASES.glob("*/*.txt")}
    assert texts == set(BAD) | made_in_a_test, "a text is missing, or has no case any more: run this with --rewrite"


# -- what holds for every case -------------------------------------------------------------------------------


@pytest.mark.parametrize("case", BAD, ids=name)
def test_the_carets_stand_under_the_very_text(case: Path, judge: Callable[[Path], Report]):
    for judged in judge(case).judged:
        for finding in judged.findings:
            line, at = judged.source.line(finding.span.line), finding.span
            if line is None:
                continue
            end = at.end_column if at.end_line == at.line else len(line) + 1
            shown, before, carets = text._frame(line, at.column, at.end_column if at.end_line == at.line else None)
            over = column = 0
            while column < before:
                column += width(shown[over])
                over += 1
            assert column == before, f"{finding.path}: the carets start in the middle of a character"
            above = shown[over:]
            meant = visible(line[at.column - 1 : end - 1].replace("\t", " ")).rstrip()
            assert above.startswith(meant) or meant.startswith(above.rstrip("…")), (above, meant)
            assert carets >= 1
            assert width(shown) <= 2 * 122


@pytest.mark.parametrize("case", BAD, ids=name)
def test_no_output_carries_what_a_terminal_or_a_runner_would_obey(case: Path, judge: Callable[[Path], Report]):
    report = judge(case)
    for style, render in FORMATS.items():
        out = render(report)
        for line in out.splitlines():
            assert visible(line) == line, (style, line)
        if style == "github":
            assert "##[" not in out
            starts = [line for line in out.splitlines() if line.startswith("::")]
            shown = [line for line in starts if line.startswith(("::error file=", "::warning file="))]
            more = [] if len(shown) == len(report.findings) else ["::group::Every finding", "::endgroup::"]
            assert starts == shown + more
            assert len(shown) <= 20
            assert not more or out.count("\n- ") == len(report.findings)


@pytest.mark.parametrize("case", BAD, ids=name)
def test_a_finding_blames_nobody_and_says_what_to_do(case: Path, judge: Callable[[Path], Report]):
    for finding in judge(case).findings:
        assert finding.help, finding
        assert not finding.message.endswith("."), finding.message
        for sentence in (finding.message, *finding.help):
            assert sentence[0].isupper() or sentence[0] in "`“0123456789", sentence
        # What our own sentences say is told from what they quote by the backquotes around it.
        words = " ".join(part for text in (finding.message, *finding.help) for part in text.split("`")[::2]).lower()
        for word in ("invalid", "illegal", "forbidden", "please", "cannot", "must not"):
            assert word not in words, finding


def names_a_field(pointer: tuple[str | int, ...], record: Any) -> bool:
    """Whether the schema of records, or the record itself, knows a field by this name."""
    root = published.schema("record")
    shape: Any = root
    for part in pointer:
        while "$ref" in shape:
            shape = root["$defs"][shape["$ref"].rpartition("/")[2]]
        kinds = shape.get("oneOf", []) + shape.get("anyOf", [])
        shape = next((one for one in kinds if "items" in one), shape) if isinstance(part, int) else shape
        inside = shape.get("items") if isinstance(part, int) else shape.get("properties", {}).get(part)
        shape = inside or shape.get("additionalProperties") or {}
        try:
            record = record[part]
        except (LookupError, TypeError):
            record = None
            if not shape:
                return False
    return True


@pytest.mark.parametrize("case", BAD, ids=name)
def test_the_pointer_of_a_finding_names_a_field_of_records(case: Path, judge: Callable[[Path], Report]):
    for judged in judge(case).judged:
        for finding in judged.findings:
            assert names_a_field(finding.pointer, judged.source.data), finding


@pytest.mark.parametrize("case", BAD, ids=name)
def test_advice_to_write_a_line_can_be_pasted(case: Path, judge: Callable[[Path], Report]):
    for judged in judge(case).judged:
        if not judged.file.exists():
            continue  # deleted: that is what the finding says
        lines = judged.file.read_text("utf-8", errors="replace").replace("\r\n", "\n").split("\n")
        for finding in judged.findings:
            line = lines[finding.span.line - 1] if finding.span.line <= len(lines) else ""
            for advice in finding.help:
                found = re.search(r"(?:whole text in quotes: |Write it in quotes: |Write )`([a-z_]+: [^`…]+)`", advice)
                if not found or "{" in found[1]:
                    continue
                field = found[1].partition(":")[0]
                pasted = line[: finding.span.column - 1].rpartition(f"{field}:")[0] + found[1]
                pasted += "}" * (pasted.count("{") - pasted.count("}"))
                assert source.parse(f"---\n{pasted.strip()}\n---\n".encode()).data, (pasted, advice)


# -- too large to lie here ---------------------------------------------------------------------------------

HEAD = "---\nid: HF-2026-0001\ntitle: Larger than a record should be\nstatus: reported\n"

LARGE = {
    "a file of more than one mebibyte": HEAD + "---\n" + "x" * (1 << 20),
    "a text of more than 65,536 characters": f"{HEAD}summary: {'s' * 65_537}\n---\n",
    "more than 20,000 values": f"{HEAD}extra: {{{', '.join(f'f{n}: 1' for n in range(10_001))}}}\n---\n",
    "25,000 brackets": f"{HEAD}extra: {'[' * 25_000}\n---\n",
    "25,000 lists in lists": f"{HEAD}extra:\n  {'- ' * 25_000}x\n---\n",
    "25,000 questions": f"{HEAD}{'? ' * 25_000}x\n---\n",
    "ten thousand control characters": HEAD + "summary: " + "\x07" * 10_000 + "\n---\n",
    "an alias bomb": HEAD
    + "a0: &a0 [x, x, x]\n"
    + "".join(f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}, *a{n - 1}]\n" for n in range(1, 30))
    + "---\n",
}


@pytest.mark.parametrize("content", LARGE.values(), ids=LARGE)
def test_what_is_too_large_or_too_deep_is_told_at_one_place(
    content: str, policy: Policy, as_of: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.chdir(tmp_path)
    Path("HF-2026-0001.md").write_text(content, "utf-8")
    report = gate.check(policy, as_of, [tmp_path])
    assert report.exit_code() == 1
    assert {finding.slug for finding in report.findings} == {"unreadable-front-matter"}
    assert len(report.findings) <= 50
    assert len(text.render(report)) < 60_000


def test_a_link_is_told_and_not_followed(
    policy: Policy, as_of: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, says: Callable[[str, Path], None]
):
    """Made here: not every system can check out a link."""
    case = tmp_path / "links"
    case.mkdir()
    good = CASES / "path-outside/good/HF-2026-0001.md"
    record = good.read_text("utf-8")
    (tmp_path / "secret.xml").write_text("<testsuites/>", "utf-8")
    (tmp_path / "secret.md").write_text(record, "utf-8")
    (case / "HF-2026-0001.md").write_text(re.sub(r"report: [^}]*", "report: HF-2026-0001/link.xml", record), "utf-8")
    (case / "HF-2026-0001").mkdir()
    (case / "HF-2026-0001/link.xml").symlink_to(tmp_path / "secret.xml")
    (case / "HF-2026-0002.md").symlink_to(tmp_path / "secret.md")
    (case / "HF-2026-0003").symlink_to(tmp_path)
    monkeypatch.chdir(tmp_path)
    says(text.render(gate.check(policy, as_of, [Path("links")])), CASES / "path-outside/links.txt")
