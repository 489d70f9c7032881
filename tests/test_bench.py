"""The benchmark measures what it says: its records pass the gate, and its errors are errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mkdocs_hotfix import gate, policyfile
from tests.bench import build, check, corpus, peers, reports, sphinxneeds, table  # noqa: F401 - they can be imported


@pytest.mark.parametrize("with_reports", [True, False])
def test_the_records_pass_the_gate_with_and_without_reports(tmp_path: Path, with_reports: bool) -> None:
    corpus.write(tmp_path / "docs", 40, reports=with_reports)

    own = None if with_reports else tmp_path / "docs/policy.yml"
    report = gate.check(policyfile.load(own, root=tmp_path / "docs"), gate.now(corpus.AS_OF))

    assert report.records == 40
    assert not report.exit_code()
    assert bool(list((tmp_path / "docs/hotfixes").rglob("*.xml"))) == with_reports


def test_what_the_gate_says_of_the_seeded_errors_is_counted_as_found_and_placed(tmp_path: Path) -> None:
    corpus.write(tmp_path / "docs", 300, reports=False)
    errors = peers.seed(tmp_path / "docs/hotfixes")

    report = gate.check(policyfile.load(tmp_path / "docs/policy.yml"), gate.now(corpus.AS_OF))

    said = "".join(f"{one.path}:{one.span.line}:{one.span.column}: {one.message}\n" for one in report.findings)
    everything = frozenset({**peers.SHAPE, **peers.PROOF})
    assert peers.judge(said, errors) == (everything, everything, 0)


def test_every_option_of_a_directive_is_one_that_sphinx_needs_is_told_of(tmp_path: Path) -> None:
    """Or it would find errors that are ours."""
    corpus.write(tmp_path / "docs", 40, reports=False)
    peers.schema(tmp_path)
    known = {"id", "status", *sphinxneeds.fields(json.loads((tmp_path / "record.schema.json").read_text("utf-8")))}
    for file in (tmp_path / "docs/hotfixes").glob("*.md"):
        said = sphinxneeds.directive(file.read_text("utf-8"))
        options = [line.split(":")[1] for line in said.split("\n   ::\n")[0].split("\n")[1:] if line]
        assert len(options) > 15
        assert set(options) <= known
        assert len(set(options)) == len(options)


def test_an_error_is_not_placed_by_another_line_a_time_of_day_or_line_0() -> None:
    errors = {"HF-2026-0001": ("a", 17), "HF-2026-0002": ("b", 0)}

    said = "HF-2026-0001.md: at 2026-04-14T17:26:00Z\nHF-2026-0002.md:0:0 missing\nHF-2026-0003.md:1:1 wrong\n"

    assert peers.judge(said, errors) == (frozenset("ab"), frozenset(), 1)


def test_a_figure_above_its_target_is_said_to_be_over() -> None:
    lines = table.show([table.Row("a", "x", [3, 1, 2], 1.9), table.Row("b", "x", [3, 1, 2])]).splitlines()

    assert lines[1].split() == ["a", "2.00", "1.00", "-", "3.00", "1.90", "x", "OVER"]
    assert lines[2].split() == ["b", "2.00", "1.00", "-", "3.00", "x"]
