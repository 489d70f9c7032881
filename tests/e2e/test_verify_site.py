"""A built site against the records: every way in which it can be another one is tried, on a site that was right before."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path

import pytest

HERE = Path(__file__).parent
RIGHT = "site shows what the gate says of these records and this policy.\n"
PAGE = "site/hotfixes/HF-2026-0007/index.html"
REPORT = "docs/hotfixes/HF-2026-0007/regression-test.xml"


@pytest.fixture(scope="module")
def built(new_site):
    """The sample tree, built by the plugin."""
    site = new_site({"site_url": "https://shop.example/docs/"})
    shutil.copytree(HERE / "docs", site.docs)
    assert not site.build().error
    return site


@pytest.fixture
def site(built, tmp_path):
    """A copy of it, to be spoiled."""
    shutil.copytree(built.root, tmp_path / "copy")
    return type(built)(tmp_path / "copy", dict(built.config))


def change(file: Path, old: str, new: str) -> None:
    text = file.read_text("utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), "utf-8")


def wrong(site, sentence: str) -> None:
    said = site.hotfix("verify-site", "site", code=1)
    assert re.search(sentence, said), said


@pytest.mark.parametrize("folders", [True, False])
@pytest.mark.parametrize("theme", ["mkdocs", "material"])
def test_a_site_that_was_just_built_is_right(site, theme, folders):
    site.config |= {"theme": {"name": theme}, "use_directory_urls": folders}
    assert not site.build().error
    assert site.hotfix("verify-site", "site") == RIGHT


def test_a_site_made_from_rendered_markdown_is_right(site):
    site.render("--out", "made", "--final-links")
    site.convert()
    assert site.hotfix("verify-site", "converted") == RIGHT.replace("site", "converted", 1)
    page = site.root / "converted/hotfixes/HF-2026-0007/index.html"
    change(page, "Checkout fails for saved cards", "All is well")
    assert "does not show what the gate says of HF-2026-0007" in site.hotfix("verify-site", "converted", code=1)


def test_line_breaks_of_another_system_change_nothing(site):
    for path in [*site.docs.rglob("*.md"), *site.docs.rglob("*.yml")]:
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert site.hotfix("verify-site", "site") == RIGHT


# -- the plugin was not there ------------------------------------------------------------------------------


def test_the_plugin_was_dropped(site):
    site.config["plugins"] = []
    assert not site.build().error
    wrong(site, r"carries no result of the gate: there is no hotfixes\.json")


def test_the_plugin_was_dropped_and_its_list_was_kept(site):
    """Committed into the docs folder, the list of an older site would be published by any build."""
    shutil.copy(site.out / "hotfixes.json", site.docs / "hotfixes.json")
    site.config["plugins"] = []
    assert not site.build().error
    wrong(site, r"HF-2026-0007/index\.html is not the page of HF-2026-0007: nothing on it was made by the gate")


def test_the_site_is_that_of_a_preview_with_findings(site):
    site.broken()
    site.build(serving=True)
    wrong(site, r"The gate is closed for these records: 3 records, 3 errors")


# -- the site is older -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "old", "new", "sentence"),
    [
        (
            "docs/hotfixes/HF-2026-0007.md",
            "Checkout fails",
            "The checkout fails",
            r"HF-2026-0007\.md was changed since",
        ),
        (
            "docs/hotfixes/HF-2026-0007.md",
            "## What happened",
            "## What really happened",
            r"HF-2026-0007\.md was changed since",
        ),
        (REPORT, 'time="', 'time="1', r"A report that docs/hotfixes/HF-2026-0007\.md names was changed"),
    ],
)
def test_something_was_changed_since(site, path, old, new, sentence):
    change(site.root / path, old, new)
    wrong(site, sentence)


def test_the_policy_was_changed_since(site):
    site.policy("docs/policy.yml", ("critical:", "critical:\n    # a word\n    "))
    wrong(site, r"The policy is another one")


def test_a_record_was_filed_since(site):
    site.record("HF-2026-0100")
    wrong(site, r"docs/hotfixes/HF-2026-0100\.md is not in the site")


def test_a_record_was_taken_away_since(site):
    (site.docs / "hotfixes/HF-2026-0020.md").unlink()
    wrong(site, r"The site shows HF-2026-0020, and no record of that id is to be published")


def test_a_release_was_listed_since(site):
    site.write("docs/releases.yml", 'releases:\n  - {version: "4.12.2"}\n')
    wrong(site, r"metrics\.json is not what the gate says")


# -- the site was changed ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [PAGE, "site/hotfixes.csv", "site/metrics.json", "site/feed.xml", "site/badge.svg", REPORT.replace("docs", "site")],
)
def test_a_file_of_the_site_is_missing(site, path):
    (site.root / path).unlink()
    wrong(site, rf"({re.escape(path)}|HF-2026-0007) .*missing")


@pytest.mark.parametrize(
    ("path", "old", "new"),
    [
        (PAGE, "<h1>Checkout fails for saved cards</h1>", "<h1>Checkout is slow</h1>"),
        (PAGE, 'href="regression-test.xml"', 'href="https://elsewhere.example/"'),
        (PAGE, "6 of 6", "6 of 7"),
        ("site/hotfixes.csv", "HF-2026-0007", "HF-2026-0008"),
        ("site/feed.xml", "saved cards", "saved carts"),
        ("site/hotfixes.json", '"state": "met"', '"state": "waived"'),
        ("site/hotfixes.json", '"errors": 0', '"errors": 1'),
        ("site/metrics.json", '"records": 2', '"records": 3'),
        ("site/badge.svg", "1 open", "0 open"),
        (REPORT.replace("docs", "site"), "<testsuite", "<!-- x --><testsuite"),
    ],
)
def test_a_file_of_the_site_was_changed(site, path, old, new):
    change(site.root / path, old, new)
    wrong(site, r"is not what the gate says|does not show what the gate says|is not the file that was filed")


def test_a_page_was_put_in_the_place_of_another(site):
    shutil.copy(site.out / "hotfixes/HF-2026-0020/index.html", site.root / PAGE)
    wrong(site, "does not show what the gate says of HF-2026-0007")


@pytest.mark.parametrize("text", ["", "{}", "[]", "null", '{"version": 1}', "[" * 100_000, "\xff"])
def test_a_list_that_is_none(site, text):
    site.write("site/hotfixes.json", text.encode("latin-1"))
    wrong(site, "is not as this program writes it")


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("as_of", "2199-01-01T00:00:00Z", "that is yet to come"),
        ("as_of", "2026-05-01T00:00:00Z", "the gate says|The gate is closed"),
        ("tool", {"name": "mkdocs-hotfix", "version": "0.0.1"}, r"was built by mkdocs-hotfix 0\.0\.1"),
        ("policy", "0" * 64, "The policy is another one"),
    ],
)
def test_a_list_that_says_something_else(site, name, value, sentence):
    listed = site.out / "hotfixes.json"
    listed.write_text(json.dumps({**json.loads(listed.read_bytes()), name: value}), "utf-8")
    wrong(site, sentence)


@pytest.mark.parametrize(
    "url", ["../secret/", "/etc/passwd", "//x/", "https://x.example/", "hotfixes/HF-2026-0020/", ""]
)
def test_a_list_that_sends_elsewhere_is_not_followed(site, url):
    listed = json.loads((site.out / "hotfixes.json").read_bytes())
    listed["hotfixes"][0]["url"] = url
    (site.out / "hotfixes.json").write_text(json.dumps(listed), "utf-8")
    wrong(site, r"hotfixes\.json is not what the gate says")


# -- embargo -----------------------------------------------------------------------------------------------


@pytest.fixture
def secret(site):
    """One of its records is under embargo, and names a report of the other, too."""
    change(site.docs / "hotfixes/HF-2026-0007.md", "id:", "security: {embargo_until: 2026-11-24T00:00:00Z}\nid:")
    shutil.rmtree(site.out)
    assert not site.build().error
    assert site.hotfix("verify-site", "site") == RIGHT
    return site


def test_the_digests_tell_nothing_of_a_record_under_embargo(secret):
    """Whatever is changed in it, the site stays the same, byte for byte: nobody can try what fits."""
    before = {path: raw for path, (raw, _) in secret.snapshot().items() if not path.endswith((".gz", "sitemap.xml"))}
    change(secret.docs / "hotfixes/HF-2026-0007.md", "## What happened", "## What was stolen")
    change(secret.root / REPORT, 'time="', 'time="1')
    assert not secret.build().error
    assert {path: raw for path, (raw, _) in secret.snapshot().items() if path in before} == before
    assert secret.hotfix("verify-site", "site") == RIGHT


def test_a_report_that_a_record_under_embargo_names_has_no_digest(secret):
    change(secret.docs / "hotfixes/HF-2026-0007.md", "HF-2026-0007/regression-test.xml", "shared.xml")
    shutil.move(secret.root / REPORT, secret.docs / "hotfixes/shared.xml")
    secret.policy("docs/policy.yml", ("levels: {}", "levels: {report-reused: off, stale-evidence: off}"))
    shown = secret.record()
    proof = "fix-verification: {result: passed, at: 2026-11-23T03:20:00Z, by: test-lead, environment: staging, report: shared.xml}"
    change(shown, "service: checkout\n", f"service: checkout\nevidence:\n  {proof}\n")
    built = secret.build()
    assert "hotfixes/HF-2026-0100/index.html" in built.pages, built.said
    assert "shared.xml" not in secret.snapshot()["hotfixes.json"][0].decode()
    assert "hotfixes/shared.xml" not in secret.snapshot()
    assert secret.hotfix("verify-site", "site") == RIGHT


def test_an_embargo_that_has_ended_is_said(secret):
    assert secret.hotfix("verify-site", "site", "--as-of", "2026-11-23T12:00:00Z") == RIGHT
    assert "The embargo of HF-2026-0007 has ended since" in secret.hotfix(
        "verify-site", "site", "--as-of", "2026-11-24T00:00:01Z", code=1
    )


@pytest.mark.parametrize("path", ["hotfixes/HF-2026-0007/index.html", "hotfixes/HF-2026-0007.md"])
def test_what_is_under_embargo_and_in_the_site_all_the_same_is_said(secret, path):
    secret.write(f"site/{path}", "a page of an earlier build, which nobody took away")
    said = secret.hotfix("verify-site", "site", code=1)
    assert said == "The site has a file of a record under embargo. Build it again, into an empty folder.\n"


def test_what_is_no_site_is_a_wrong_set_up(site):
    assert "nowhere is no folder" in site.hotfix("verify-site", "nowhere", code=2)
