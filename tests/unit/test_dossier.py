"""Reports are opened once a run, and of one record as much is read as of one report."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from mkdocs_hotfix import dossier, gate, paths, policyfile

NOW = "2026-04-14T02:05:00Z"
HEAD = (
    "---\nid: HF-2026-{0:04}\ntitle: Cards fail\nstatus: reported\nseverity: major\nservice: checkout\n"
    "reported: {{at: 2026-04-14T01:04:00Z, by: support-lead}}\nevidence:\n"
    "  fix-verification: {{result: passed, at: 2026-04-14T02:04:00Z, by: a, environment: staging, report: [{1}]}}\n---\n"
)


@pytest.fixture
def handbook(tmp_path: Path) -> Callable[..., gate.Report]:
    """Give reports of so many MiB to records that name some of them, and check."""

    def made(sizes: dict[str, int], *records: list[str]) -> gate.Report:
        folder = tmp_path / "docs/hotfixes"
        folder.mkdir(parents=True, exist_ok=True)
        for name, size in sizes.items():
            output = "x" * (size << 20)
            (folder / name).write_text(
                f"<testsuite name='{name}'><testcase/><system-out>{output}</system-out></testsuite>"
            )
        for number, names in enumerate(records, 1):
            (folder / f"HF-2026-{number:04}.md").write_text(HEAD.format(number, ", ".join(names)), "utf-8")
        return gate.check(policyfile.load(None, root=tmp_path / "docs"), gate.now(NOW), sparing=True)

    return made


def unread(report: gate.Report) -> dict[str, str]:
    return {one.path[-7:-3]: one.message for one in report.findings if one.label == "left unread"}


def test_what_the_reports_of_a_record_have_beyond_the_limit_proves_nothing(handbook: Callable[..., gate.Report]):
    report = handbook({"a.xml": 40, "b.xml": 20, "c.xml": 5, "d.xml": 1}, ["a.xml", "b.xml", "c.xml", "d.xml"])
    assert unread(report) == {
        "0001": "The report `c.xml` (and 1 more) proves nothing: it is left unread: of one record's reports 64 MiB and 300,000 "
        "elements are read"
    }
    assert report.exit_code() == 1
    (record,) = report.judged
    assert [one.state for one in record.evidence if one.need == "evidence.fix-verification"] == ["failed"]


@pytest.mark.slow
def test_who_else_names_a_report_changes_nothing(handbook: Callable[..., gate.Report]):
    """Whether a report was read for another record before must not decide whether there is room for it."""
    sizes = {"a.xml": 60, "b.xml": 5, "c.xml": 63}
    assert set(unread(handbook(sizes, ["b.xml"], ["a.xml", "b.xml"], ["b.xml"], ["c.xml"]))) == {"0002"}


def test_a_report_that_many_name_is_read_once_a_run(
    handbook: Callable[..., gate.Report], monkeypatch: pytest.MonkeyPatch
):
    opened: list[str] = []

    def seen(path: Path) -> object:
        opened.append(path.name)
        return paths.open_regular(path)

    monkeypatch.setattr(dossier, "open_regular", seen)
    monkeypatch.setattr(gate, "_MANY", 2)  # from here on a run lets go of what it has read
    handbook({"a.xml": 1}, *[["a.xml"]] * 5)
    assert opened == ["a.xml"]
