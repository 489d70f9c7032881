"""Every figure has a denominator, and nothing counts that can not be known."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from mkdocs_hotfix import figures, gate, metrics, policyfile, releases
from mkdocs_hotfix.book import Book, Links
from mkdocs_hotfix.figures import Figures
from mkdocs_hotfix.findings import SetupError
from mkdocs_hotfix.metrics import Metrics, Share

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)


def measure(folder: Path, *records: str, listed: str = "") -> Metrics:
    """Write records, each as `key: value` lines without its id, and measure them."""
    (folder / "hotfixes").mkdir()
    for number, text in enumerate(records, start=1):
        name = f"HF-2026-{number:04}"
        (folder / "hotfixes" / f"{name}.md").write_text(
            f"---\nid: {name}\ntitle: Number {number}\nservice: shop\n{text}\n---\n", "utf-8"
        )
    if listed:
        (folder / releases.FILE).write_text(listed, "utf-8")
    report = gate.check(policyfile.load(None, root=folder), NOW)
    return metrics.measure(report, releases.load(folder))


def restored(reported: str, proven: str = "", severity: str = "critical", more: str = "") -> str:
    live = f"{{result: passed, at: {proven}, by: test-lead, environment: production}}"
    evidence = f"evidence: {{production-verification: {live}}}" if proven else ""
    return f"status: deployed\nseverity: {severity}\nreported: {{at: {reported}, by: support}}\n{evidence}\n{more}"


def test_promises_count_in_the_month_of_the_report_and_empty_months_stay(tmp_path):
    found = measure(
        tmp_path,
        restored("2026-04-30T23:00:00Z", "2026-05-01T01:00:00Z"),
        restored("2026-04-02T01:00:00Z", "2026-04-02T06:00:00Z"),
        restored("2026-06-15T11:00:00Z"),
    )
    assert [one.name for one in found.months] == [
        *(f"2025-{month:02}" for month in range(7, 13)),
        *(f"2026-{month:02}" for month in range(1, 7)),
    ]
    april, june = found.months[-3], found.months[-1]
    assert (april.met, april.missed, april.running) == (1, 1, 0)
    assert (june.met, june.missed, june.running) == (0, 0, 1)
    assert found.kept == Share(1, 2)
    assert Figures(found).sla_answer == (
        "1 of 2 hotfixes met it. 1 did not, reported in April 2026. 1 is still running."
    )


def test_what_was_reported_more_than_twelve_months_ago_or_lies_in_the_future_does_not_count(tmp_path):
    found = measure(tmp_path, restored("2025-06-30T23:59:59Z"), restored("2026-06-15T12:00:01Z"))
    assert found.records == ()
    assert found.kept.percent is None


def test_the_median_is_told_by_severity_and_over_all(tmp_path):
    found = measure(
        tmp_path,
        restored("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z"),
        restored("2026-03-02T00:00:00Z", "2026-03-02T03:00:00Z"),
        restored("2026-03-03T00:00:00Z", "2026-03-03T10:00:00Z"),
        restored("2026-03-04T00:00:00Z", "2026-03-04T20:00:00Z", severity="major"),
    )
    critical, major = found.speeds
    assert critical.median == timedelta(hours=3)
    assert [one.median for one in critical.restored] == [timedelta(hours=1), timedelta(hours=2), timedelta(hours=3)]
    assert [one.missed for one in critical.restored] == [False, False, True]
    assert major.median == timedelta(hours=20)
    assert found.recovery == timedelta(hours=6, minutes=30)


def test_the_rolling_median_looks_at_five(tmp_path):
    hours = (1, 1, 1, 9, 9, 9, 9)
    found = measure(
        tmp_path,
        *(restored(f"2026-03-{day:02}T00:00:00Z", f"2026-03-{day:02}T{h:02}:00:00Z") for day, h in enumerate(hours, 1)),
    )
    assert [one.median for one in found.speeds[0].restored][-1] == timedelta(hours=9)


def test_sprints_without_a_hotfix_stay_where_sprints_are_numbered(tmp_path):
    found = measure(
        tmp_path,
        restored("2026-03-01T00:00:00Z", more='work: {sprint: "2026-08", hours: 4.5}'),
        restored("2026-03-02T00:00:00Z", more='work: {sprint: "2026-11", hours: 2}'),
        restored("2026-03-03T00:00:00Z", more='work: {sprint: "2026-11"}'),
    )
    assert [(one.name, one.hours) for one in found.sprints] == [
        ("2026-08", 4.5),
        ("2026-09", 0),
        ("2026-10", 0),
        ("2026-11", 2),
    ]
    assert (found.hours, found.tracked) == (6.5, 2)
    assert Figures(found).sprints_answer == ("6.5 unplanned hours in 2 hotfixes, 3.2 each. 1 has not told theirs yet.")


def test_releases_sort_as_people_do_and_those_without_a_hotfix_count_when_they_are_listed(tmp_path):
    found = measure(
        tmp_path,
        restored("2026-03-01T00:00:00Z", more="release: {base: 4.10.0}\ndeployed: {at: 2026-03-01T01:00:00Z, by: ci}"),
        listed="releases:\n  - {version: 4.10.0, at: 2026-02-20}\n  - {version: 4.9.0}\n  - {version: 3.0.0, at: 2020-01-01}\n",
    )
    assert [(one.name, len(one.hotfixes)) for one in found.releases] == [("4.9.0", 0), ("4.10.0", 1)]
    assert Figures(found).releases_answer == "4.10.0 needed 1 hotfix, 4.9.0 none."
    assert found.failed == Share(1, 3)
    assert found.rework == Share(1, 3)


def test_without_a_list_of_releases_the_rates_are_not_known(tmp_path):
    found = measure(tmp_path, restored("2026-03-01T00:00:00Z", more="release: {base: 4.10.0}"))
    assert found.failed is None
    assert found.rework is None


def test_a_record_under_embargo_counts_nowhere(tmp_path):
    found = measure(
        tmp_path,
        restored("2026-03-01T00:00:00Z", "2026-03-01T01:00:00Z", more="security: {embargo_until: 2026-06-15}"),
        restored("2026-03-02T00:00:00Z", "2026-03-02T01:00:00Z", more="security: {embargo_until: 2026-06-14}"),
    )
    assert [one.name for one in found.records] == ["HF-2026-0002"]
    assert found.kept == Share(1, 1)
    assert [one.judged.name for one in found.proofs] == ["HF-2026-0002"]


def test_nothing_at_all_gives_sentences_and_drawings_and_no_crash(tmp_path):
    figures = Figures(measure(tmp_path))
    assert figures.sla_answer == "No promise was to be kept in this time."
    assert figures.releases_answer == "No release needed a hotfix in this time."
    assert figures.sprints_answer == "No hotfix has told its hours yet."
    assert figures.sla.marks == figures.releases.marks == ()
    assert [one.value for one in figures.keys] == ["-", "-", "-", "0 h"]
    assert all(figures.speed(speed).marks == () for speed in figures.metrics.speeds)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("- 4.1.0\n", "releases.yml:1:1:"),
        ("releases:\n  - {version: 4.10}\n", "releases.yml:2:15: "),
        ("releases:\n  - {version: 4.1.0}\n  - {version: 4.1.0}\n", "releases.yml:3:15: 4.1.0 is listed twice."),
        ("releases:\n  - {version: 4.1.0, at: 2026-02-30}\n", "releases.yml:2:26:"),
    ],
)
def test_a_list_of_releases_that_can_not_be_used_names_the_place(tmp_path, text, told):
    (tmp_path / releases.FILE).write_text(text, "utf-8")
    with pytest.raises(SetupError) as caught:
        releases.load(tmp_path)
    assert told in str(caught.value)


def test_the_matrix_shows_the_newest_hotfixes_and_every_one_that_lacks_evidence_and_counts_all(tmp_path, monkeypatch):
    monkeypatch.setattr(figures, "COLUMNS", 2)
    whole = restored("2026-06-10T01:00:00Z", "2026-06-10T02:00:00Z").replace("deployed", "reported")
    found = Figures(measure(tmp_path, restored("2026-06-09T01:00:00Z"), *[whole] * 4))
    assert [one.judged.name for one in found.proofs] == ["HF-2026-0005", "HF-2026-0004", "HF-2026-0001"]
    assert found.proven("regression-test") == "0 of 1"
    assert found.proven("production-verification") == "4 of 4"


def test_drawings_show_the_newest_and_a_sentence_never_lists_hundreds(tmp_path):
    listed = "releases: [" + ", ".join(f'{{version: "4.{number}"}}' for number in range(40)) + "]"
    found = Figures(measure(tmp_path, restored("2026-06-09T01:00:00Z", more='release: {base: "4.7"}'), listed=listed))
    assert found.releases.names[0].name == "4.16"
    assert found.releases_answer == "4.7 needed 1 hotfix, 4.0, 4.1, 4.2, 4.3, 4.4, 4.5 and 33 others none."


def test_the_drawings_are_the_same_to_the_byte_at_every_build(tmp_path):
    found = measure(
        tmp_path, restored("2026-06-09T01:00:00Z", "2026-06-09T02:00:00Z", more='work: {sprint: "7", hours: 3}')
    )
    report = gate.check(policyfile.load(None, root=tmp_path), NOW)
    nowhere = Links(lambda judged: None, lambda uri: None)
    first, second = (Book(report).block("metrics", nowhere) for _ in range(2))
    assert first == second
    assert first.count("<svg") > 5
    assert found.records
