"""The handbook that is published, with its samples: the first integration test."""

from __future__ import annotations

import re
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
import yaml

from mkdocs_hotfix import gate, policyfile, source

from .conftest import THEMES, Built, Site

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
FILES = sorted((DOCS / "hotfixes").glob("HF-*.md"))
RECORDS = {file.stem: source.read(file).data or {} for file in FILES}
MADE = re.search(r"^SAMPLES_NOW = (\d+)$", (ROOT / "Makefile").read_text("utf-8"), re.MULTILINE)
NOW = MADE[1] if MADE else ""
EMBARGOED = {
    name
    for name, data in RECORDS.items()
    if str(data.get("security", {}).get("embargo_until", "")) > datetime.fromtimestamp(int(NOW), UTC).isoformat()
}


class _Settings(yaml.SafeLoader):
    """Reads our own mkdocs.yml, in which Material may name functions."""


_Settings.add_multi_constructor(
    "tag:yaml.org,2002:python/", lambda loader, _suffix, node: loader.construct_scalar(node)
)


@pytest.fixture(scope="module", params=THEMES)
def handbook(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Built:
    """The handbook as `make site` builds it, and the same on the plain theme."""
    folder = tmp_path_factory.mktemp(f"handbook-{request.param}")
    settings = yaml.load((ROOT / "mkdocs.yml").read_text("utf-8"), _Settings)
    settings |= {"docs_dir": str(DOCS)}
    if request.param != "material":
        settings |= {"theme": {"name": request.param}}
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        built = Site(folder, settings).build()
    assert not built.error, built.said
    return built


def published() -> set[str]:
    return set(RECORDS) - EMBARGOED


# -- the build -----------------------------------------------------------------------------------------------


def test_the_gate_says_how_many_records_it_saw_and_that_none_is_wrong(handbook):
    assert re.search(
        rf"^INFO hotfix gate: {len(RECORDS)} records, 0 errors(, \d+ warnings?)?$", handbook.said, re.MULTILINE
    )


def test_nothing_is_warned_of_but_promises_that_were_missed(handbook):
    warnings = [line for line in handbook.log if line.startswith(("WARNING", "ERROR"))]
    assert not [line for line in warnings if "TIM403 sla-missed" not in line]


def test_every_record_has_its_page_and_every_report_its_file(handbook):
    assert {Path(path).stem for path in handbook.pages if re.match(r"hotfixes/HF-", path)} == published()
    for name in published():
        for report in (DOCS / "hotfixes" / name).glob("*"):
            assert (handbook.site / "hotfixes" / name / report.name).read_bytes() == report.read_bytes()


def test_the_list_has_every_hotfix_that_is_published(handbook):
    rows = handbook.page("hotfixes/index.html").one("table", class_="hf-index").one("tbody").all("tr")
    links = [link.attrs["href"].removesuffix(".html") for row in rows for link in row.all("a")]
    assert set(links) == published()
    assert len(links) == len(published())


def test_every_link_and_every_file_of_every_page_is_there(handbook):
    ids: dict[Path, set[str]] = {}
    broken = []
    for path in sorted(handbook.pages - {"404.html"}):
        here = handbook.site / path
        for node in handbook.page(path).walk():
            for name in ("href", "src"):
                to = urlsplit(node.attrs.get(name, ""))
                if to.scheme or to.netloc or not (to.path or to.fragment) or to.path.startswith("/"):
                    continue
                target = (here.parent / unquote(to.path)).resolve() if to.path else here
                target = target / "index.html" if target.is_dir() else target
                if not target.is_file():
                    broken.append((path, node.attrs[name]))
                elif to.fragment and target.suffix == ".html":
                    if target not in ids:
                        found = handbook.page(target.relative_to(handbook.site.resolve()).as_posix())
                        ids[target] = {one.attrs["id"] for one in found.walk() if "id" in one.attrs}
                    if unquote(to.fragment) not in ids[target] | {"__skip"} and not to.fragment.startswith("__"):
                        broken.append((path, node.attrs[name]))
    assert not broken


# -- the samples ---------------------------------------------------------------------------------------------


def test_the_policy_is_the_one_that_is_built_in():
    assert (DOCS / "policy.yml").read_bytes() == (ROOT / "mkdocs_hotfix" / "policy.yml").read_bytes()


@pytest.mark.parametrize("as_of", [int(NOW), 1798761600, 1830297600, 2082758400], ids=["then", "2027", "2028", "2036"])
def test_no_record_turns_red_as_time_goes_by(as_of):
    report = gate.check(policyfile.load(DOCS / "policy.yml"), datetime.fromtimestamp(as_of, UTC))
    assert {one.slug for one in report.findings} <= {"sla-missed"}
    assert report.exit_code() == 0


@pytest.fixture(scope="module")
def report():
    """What the gate says of the samples on their day."""
    return gate.check(policyfile.load(DOCS / "policy.yml"), datetime.fromtimestamp(int(NOW), UTC))


def test_every_status_and_every_severity_has_a_sample(report):
    records = [one.record for one in report.judged]
    assert {one.status for one in records} == set(report.policy.statuses)
    assert {one.severity for one in records} == set(report.policy.severities)
    assert len({one.service for one in records}) >= 5
    assert len({one.value(("work", "sprint")) for one in records}) >= 8
    assert len({one.reported.at.strftime("%Y-%m") for one in records}) >= 8


def test_a_package_carries_the_two_before_it(report):
    chain = {one.name: one.record.release for one in report.judged if one.record.release.base == "4.10.0"}
    assert [(name, one.version, list(one.includes)) for name, one in chain.items()] == [
        ("HF-2026-0003", "4.10.1", []),
        ("HF-2026-0004", "4.10.2", ["HF-2026-0003"]),
        ("HF-2026-0005", "4.10.3", ["HF-2026-0003", "HF-2026-0004"]),
    ]


def test_the_samples_show_what_does_not_happen_every_day(report):
    by_name = {one.name: one for one in report.judged}
    assert by_name["HF-2026-0004"].record.triage.exception
    assert {one.need for one in by_name["HF-2026-0011"].verdicts if one.state == "waived"} == {"evidence.smoke-test"}
    assert by_name["HF-2026-0008"].record.evidence["smoke-test"].result == "failed"
    assert EMBARGOED == {"HF-2026-0017"} == set(report.embargoed)
    assert [one.record for one in report.findings if "took" in one.message] == ["HF-2026-0012"]
    found = [
        one.record.evidence["communication"].data["issues_found"]
        for one in report.judged
        if "communication" in one.record.evidence
    ]
    assert sum(not text.startswith("None") for text in found) >= 3


def test_the_metrics_have_releases_without_a_hotfix(handbook):
    text = handbook.page("metrics.html").text
    assert "4.11.0" in text
    assert "4.12.0" in text
    assert "163 unplanned hours in 14 hotfixes, 11.6 each. 5 have not told theirs yet." in text


def test_a_test_that_failed_and_led_to_a_rollback_is_shown_as_failed_and_not_as_owed(handbook):
    page = handbook.page("hotfixes/HF-2026-0008.html")
    assert page.one("dl", class_="hf-score").all("dd")[0].text == "Rolled back"
    assert "Failed" in page.one("li", id="evidence-smoke-test").text
    assert "Package" in [one.text for one in page.one("dl", class_="hf-facts").all("dt")]


def test_the_home_page_opens_with_what_is_late(handbook):
    first = handbook.page("index.html").one("section", class_="hf-attention").all("li")[0]
    assert first.text == (
        "Late HF-2026-0020 , Price list shows last year's prices: not triaged, 17 h 20 min late so far."
    )


def test_the_process_guide_is_filed_under_the_words_of_the_organisation(handbook):
    html = handbook.read("process.html")
    if "md-container" in html:  # the plain theme shows neither
        assert re.search('<meta name="description" content="[^"]*a critical or major error', html)
        tags = [one.text for one in handbook.page("process.html").all("span", class_="md-tag")]
        assert set(tags) == {"Harvest", "Hot-fix Process", "Winning Product", "Technology Mastery"}


def test_no_page_and_no_file_names_what_is_under_embargo(handbook):
    for path in handbook.site.rglob("*"):
        if path.is_file() and path.suffix in (".html", ".json", ".xml", ".csv", ".svg"):
            assert not any(name in path.read_text("utf-8") for name in EMBARGOED), path


def test_people_appear_as_roles_and_addresses_lead_nowhere():
    for file in FILES:
        text = file.read_text("utf-8")
        for person in re.findall(r"\bby: ([^,}\n]+)", text):
            assert re.fullmatch(r"[a-z]+(-[a-z]+)+", person), (file.name, person)
        for host in re.findall(r"https?://([^/\"\s)]+)", text):
            assert re.search(r"(^|\.)example\.com$", host), (file.name, host)


def test_the_home_page_says_that_the_shop_does_not_exist(handbook):
    assert "The shop in this handbook does not exist" in handbook.page("index.html").text


@pytest.mark.parametrize(
    "report", sorted((DOCS / "hotfixes").glob("HF-*/*")), ids=lambda file: f"{file.parent.name}/{file.name}"
)
def test_a_report_was_written_by_a_run_and_names_no_computer(report):
    text = report.read_text("utf-8")
    assert not re.search(r"/(home|tmp|root|Users|usr|opt|srv|work)/|\b[A-Z]:\\", text)
    assert set(re.findall(r'hostname="([^"]*)"', text)) <= {"staging", "production"}


def test_every_report_is_named_by_a_record():
    named = Counter(
        path
        for data in RECORDS.values()
        for one in data.get("evidence", {}).values()
        for path in ([one["report"]] if isinstance(one.get("report"), str) else one.get("report", []))
    )
    lying = {f"{file.parent.name}/{file.name}" for file in (DOCS / "hotfixes").glob("HF-*/*")}
    assert lying == set(named)
    assert set(named.values()) == {1}
