"""What programs read is well-formed, complete, and can not run anything."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from xml.etree import ElementTree as ET

import feedparser
import jsonschema
import pytest

from mkdocs_hotfix import badge, exports, feed, gate, metrics, policyfile, published
from mkdocs_hotfix.gate import Judged, Report

NOW = datetime(2026, 6, 15, 12, tzinfo=UTC)
HOSTILE = '=HYPERLINK("https://example.com","x") <b>&amp;]]></b>, "quoted"'


def address(judged: Judged) -> str | None:
    return f"hotfixes/{judged.name}/"


def file(folder: Path, name: str, title: str = "Checkout fails", **fields: str) -> None:
    folder.joinpath("hotfixes").mkdir(exist_ok=True)
    fields = {
        "status": "reported",
        "severity": "critical",
        "service": "shop",
        "reported": "{at: 2026-06-15T11:00:00Z, by: support}",
        **fields,
    }
    lines = [
        f"id: {name}",
        f"title: {json.dumps(title, ensure_ascii=False)}",
        *(f"{key}: {value}" for key, value in fields.items()),
    ]
    folder.joinpath("hotfixes", f"{name}.md").write_text("---\n" + "\n".join(lines) + "\n---\n", "utf-8")


def judge(folder: Path) -> Report:
    return gate.check(policyfile.load(None, root=folder), NOW)


@pytest.fixture
def report(tmp_path) -> Report:
    file(tmp_path, "HF-2026-0001", HOSTILE, summary='"-2+3 is a formula, too"')
    file(tmp_path, "HF-2026-0002", "Caf\u00e9 \U0001f525", reported="{at: 2026-06-15T11:30:00Z, by: support}")
    file(tmp_path, "HF-2026-0003", "Secret", security="{embargo_until: 2026-06-16}")
    return judge(tmp_path)


def test_the_list_for_programs_is_what_its_schema_says(report):
    made = json.loads(exports.hotfixes_json(report, address))
    jsonschema.validate(made, published.schema("hotfixes"), format_checker=jsonschema.FormatChecker())
    assert made["summary"]["records"] == 2
    assert [one["title"] for one in made["hotfixes"]] == [HOSTILE, "Caf\u00e9 \U0001f525"]
    assert {verdict["state"] for one in made["hotfixes"] for verdict in one["verdicts"]} == {"met", "not-due"}


def test_no_file_names_a_record_under_embargo(report):
    made = exports.site_files(report, metrics.measure(report), "Shop", "https://example.com/", address)
    assert not [path for path, text in made if "HF-2026-0003" in text or "Secret" in text]


def test_a_cell_never_starts_a_formula(report):
    rows = list(csv.DictReader(io.StringIO(exports.hotfixes_csv(report, address))))
    assert [row["title"] for row in rows] == [f"'{HOSTILE}", "Caf\u00e9 \U0001f525"]
    assert tuple(rows[0]) == exports.COLUMNS
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@pytest.mark.parametrize(("site", "link"), [("https://example.com/docs/", "https://example.com/docs/"), ("", "")])
def test_the_feed_is_read_by_a_feed_reader_newest_first(report, site, link):
    made = feed.feed(report, "Shop & <co>", site, address)
    read = feedparser.parse(made.encode())
    assert not read.bozo
    assert read.version == "atom10"
    assert read.feed.updated == "2026-06-15T11:30:00Z"
    assert [entry.link for entry in read.entries] == [f"{link}hotfixes/HF-2026-000{number}/" for number in (2, 1)]
    titles = [entry.text for entry in ET.fromstring(made).iterfind("{*}entry/{*}title")]
    assert titles == ["HF-2026-0002: Caf\u00e9 \U0001f525", f"HF-2026-0001: {HOSTILE}"]


def test_the_feed_has_what_atom_demands(report):
    """RFC 4287, 4.1.1 and 4.1.2: author, id, title and updated once each."""
    root = ET.fromstring(feed.feed(report, "Shop", "", address))
    for element in (root, *root.iterfind("{*}entry")):
        assert [len(element.findall(f"{{*}}{name}")) for name in ("id", "title", "updated")] == [1, 1, 1]
    assert root.find("{*}author/{*}name") is not None


def test_an_empty_handbook_has_a_feed_too(tmp_path):
    (tmp_path / "hotfixes").mkdir()
    read = feedparser.parse(feed.feed(judge(tmp_path), "Shop", "", address).encode())
    assert not read.bozo
    assert read.feed.updated == "2026-06-15T12:00:00Z"


def test_the_badge_says_what_needs_attention_first(tmp_path):
    file(tmp_path, "HF-2026-0001")
    assert json.loads(badge.shield(judge(tmp_path))) == {
        "schemaVersion": 1,
        "label": "hotfixes",
        "message": "1 open",
        "color": "orange",
    }
    file(tmp_path, "HF-2026-0002", status="closed")
    assert badge.said(judge(tmp_path)) == ("1 of 2 need attention", "red")
    ET.fromstring(badge.svg(judge(tmp_path)))


def test_what_is_exported_is_the_same_at_every_build(report):
    figures = metrics.measure(report)
    assert list(exports.site_files(report, figures, "S", "", address)) == list(
        exports.site_files(report, figures, "S", "", address)
    )


def test_the_schema_in_the_site_knows_the_policy(report):
    made = dict(exports.site_files(report, metrics.measure(report), "S", "", address))
    schema_ = json.loads(made["schemas/record.schema.json"])
    assert schema_["properties"]["severity"]["enum"] == ["critical", "major"]
    jsonschema.Draft202012Validator.check_schema(schema_)
