"""A handbook of many records, two of them under embargo: what programs read, and what nobody reads."""

from __future__ import annotations

import csv
import gzip
import io
import json
import re

import feedparser
import pytest
from jsonschema import Draft202012Validator, FormatChecker

from mkdocs_hotfix import chains, listing
from tests.bench import corpus

NUMBER = 24
CARRIED, LAST = "HF-2024-0013", "HF-2024-0099"
SECRETS = ("Zephyr", "quince-marmalade", "4.77.0", "secret-branch")
"""Words of the title, the evidence, the release and the text of records under embargo, and of no other."""


def hide(text: str, name: str) -> str:
    text = re.sub(r"^title: .*$", f"title: Zephyr {name}", text, count=1, flags=re.MULTILINE)
    return text.replace("---\n", '---\nsecurity: {embargo_until: "2027-01-01"}\n', 1) + "\nquince-marmalade\n"


@pytest.fixture(scope="module")
def handbook(new_site):
    """Build a handbook in which a carried hotfix and the one with the highest number are under embargo."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", str(corpus.EPOCH))
        site = new_site(
            {"theme": {"name": "mkdocs"}, "plugins": ["search", "hotfix"], "site_url": "https://shop.example.com/docs/"}
        )
        corpus.write(site.docs, NUMBER)
        records = site.docs / "hotfixes"
        carried = records / f"{CARRIED}.md"
        assert [
            file.name
            for file in records.glob("*.md")
            if CARRIED in file.read_text("utf-8").split("includes", 1)[-1] and file != carried
        ]
        carried.write_text(hide(carried.read_text("utf-8"), CARRIED), "utf-8")
        for report in (records / CARRIED).iterdir():
            report.write_text(report.read_text("utf-8").replace("case 0", "quince-marmalade"), "utf-8")
        alone = f"""---
id: {LAST}
title: x
status: fixing
severity: major
service: checkout
reported: {{at: 2026-10-01T09:00:00Z, by: support-lead}}
triage: {{at: 2026-10-01T09:10:00Z, by: lead, decision: hotfix, answers: {{significant: {{answer: true, because: It costs a lot., harms: [security]}}, majority: {{answer: true, because: All of them.}}, workaround: {{answer: false, because: There is none.}}}}}}
work: {{owner: lead, sprint: "2026-20"}}
release: {{base: "4.77.0", branch: secret-branch}}
evidence: {{impact-analysis: {{at: 2026-10-01T09:20:00Z, by: lead, affected: [login], test_scope: [log in], report: elsewhere.xml}}}}
---
"""
        site.write(f"docs/hotfixes/{LAST}.md", hide(alone, LAST))
        site.write(
            "docs/hotfixes/elsewhere.xml",
            '<testsuite tests="1"><testcase classname="a" name="quince-marmalade"/></testsuite>',
        )
        built = site.build()
        assert not built.error, built.said
        return built


def files(built):
    return {path.relative_to(built.site).as_posix(): path for path in built.site.rglob("*") if path.is_file()}


def published(built, name):
    return Draft202012Validator(json.loads(built.read(f"schemas/{name}.schema.json")), format_checker=FormatChecker())


def test_no_file_of_the_site_knows_of_a_record_under_embargo(handbook):
    wanted = [word.encode() for word in (CARRIED, LAST, *SECRETS)]
    found = []
    for name, path in files(handbook).items():
        raw = gzip.decompress(path.read_bytes()) if name.endswith(".gz") else path.read_bytes()
        found += [
            (name, word) for word in wanted if word.lower() in raw.lower() or word.decode().lower() in name.lower()
        ]
    assert not found
    assert not (handbook.site / "hotfixes/elsewhere.xml").exists()


def test_the_form_of_a_new_record_does_not_betray_that_a_number_is_taken(handbook):
    html = handbook.read("new/index.html")
    assert f"{NUMBER}" in re.search(r"last[^>]*", html.replace("&#34;", '"'))[0]
    assert "99" not in re.search(r"data-last[^>]*", html)[0]


def test_what_the_gate_says_of_another_record_does_not_name_one_under_embargo(site):
    """A package that leaves out a hotfix under embargo is told so as a warning, and the page does not say which."""
    site.policy("docs/policy.yml", ("levels: {}", "levels: {broken-chain: warning}"))
    site.closed()
    text = (site.docs / "hotfixes/HF-2026-0007.md").read_text("utf-8")
    hidden = text.replace("HF-2026-0007", "HF-2026-0006").replace("4.12.3", "4.12.77").replace("T03:20", "T03:19")
    site.write(
        "docs/hotfixes/HF-2026-0006.md", hidden.replace("---\n", '---\nsecurity: {embargo_until: "2027-01-01"}\n', 1)
    )
    for report in (site.docs / "hotfixes/HF-2026-0007").iterdir():
        site.write(
            f"docs/hotfixes/HF-2026-0006/{report.name}", report.read_bytes().replace(b' name="', b' name="other ')
        )
    built = site.build()
    assert not built.error, built.said
    assert "The package leaves out HF-2026-0006" in built.said
    for path in files(built).values():
        raw = path.read_bytes()
        assert b"HF-2026-0006" not in raw, path
        assert b"4.12.77" not in raw, path
    assert (
        "This concerns a record under embargo. hotfix check says more"
        in built.page("hotfixes/HF-2026-0007/index.html").text
    )


def test_the_list_and_the_figures_are_what_their_published_schemas_say(handbook):
    listed, figures = json.loads(handbook.read("hotfixes.json")), json.loads(handbook.read("metrics.json"))
    assert [*published(handbook, "hotfixes").iter_errors(listed)] == []
    assert [*published(handbook, "metrics").iter_errors(figures)] == []
    assert listed["summary"] == {"records": NUMBER - 1, "errors": 0, "warnings": 0, "notes": 0}
    assert len(listed["hotfixes"]) == NUMBER - 1
    kinds = {verdict["need"] for one in listed["hotfixes"] for verdict in one["verdicts"]}
    assert {"evidence.smoke-test", "approvals", "release.merge_back"} <= kinds


def test_every_record_has_a_file_beside_its_page_that_is_what_its_schema_says(handbook):
    schema = published(handbook, "hotfix")
    listed = {one["id"]: one for one in json.loads(handbook.read("hotfixes.json"))["hotfixes"]}
    for name, one in listed.items():
        made = json.loads(handbook.read(f"hotfixes/{name}.json"))
        assert [*schema.iter_errors(made)] == []
        assert made["hotfix"] == {key: value for key, value in one.items() if key != "digests"}
        assert made["record"]["id"] == name
        link = [link for link in handbook.page(f"hotfixes/{name}/index.html").all("a") if link.text == "JSON"]
        assert [link.attrs["href"] for link in link] == [f"../{name}.json"]


def test_a_file_of_a_record_that_says_too_much_is_not_what_its_schema_says(handbook):
    """The schema can say no."""
    made = json.loads(handbook.read("hotfixes/HF-2024-0001.json"))
    made["record"]["colour"] = "red"
    assert not published(handbook, "hotfix").is_valid(made)


def test_the_table_has_a_row_for_every_published_record(handbook):
    rows = list(csv.DictReader(io.StringIO(handbook.read("hotfixes.csv"))))
    assert len(rows) == NUMBER - 1
    assert {row["url"] for row in rows} <= {f"hotfixes/{row['id']}/" for row in rows}
    assert all((handbook.site / row["url"] / "index.html").exists() for row in rows)


def test_a_feed_reader_reads_the_feed_and_finds_every_page_of_it(handbook):
    read = feedparser.parse(handbook.read("feed.xml").encode())
    assert not read.bozo
    assert read.version == "atom10"
    assert len(read.entries) == NUMBER - 1
    top = "https://shop.example.com/docs/"
    assert all((handbook.site / entry.link.removeprefix(top) / "index.html").exists() for entry in read.entries)
    assert [entry.published for entry in read.entries] == sorted(
        (entry.published for entry in read.entries), reverse=True
    )


def test_the_policy_is_published_word_for_word_even_where_it_is_the_built_in_one(handbook):
    from tests.e2e.conftest import POLICY  # noqa: PLC0415 - beside the fixture that writes it

    assert handbook.read("policy.yml") == POLICY


def test_every_published_schema_is_one(handbook):
    names = [name for name in files(handbook) if name.startswith("schemas/")]
    assert {f"schemas/{name}.schema.json" for name in ("record", "hotfix", "hotfixes", "metrics", "policy")} <= {*names}
    for name in names:
        Draft202012Validator.check_schema(json.loads(handbook.read(name)))


def test_the_badge_is_what_shields_reads_and_its_drawing_says_the_same(handbook):
    """shields.io, "Endpoint badge": schemaVersion 1, label, message, and a colour by name."""
    made = json.loads(handbook.read("badge.json"))
    assert made.keys() == {"schemaVersion", "label", "message", "color"}
    assert made["schemaVersion"] == 1
    assert f"hotfixes: {made['message']}" in handbook.read("badge.svg")


def test_every_release_with_a_hotfix_has_a_page_with_its_chain(handbook):
    bases = {
        one["release"]["base"]
        for one in json.loads(handbook.read("hotfixes.json"))["hotfixes"]
        if "base" in one["release"]
    }
    assert {path.parent.name for path in (handbook.site / "releases").glob("*/index.html")} == bases
    linked = {
        link.attrs["href"].strip("/")
        for link in handbook.page("releases/index.html").one("table", class_="hf-table").all("a")
    }
    assert bases <= linked
    longest = max(bases, key=lambda base: len(handbook.page(f"releases/{base}/index.html").all("tr")))
    table = handbook.page(f"releases/{longest}/index.html").one("table", class_="hf-contents")
    assert len(table.one("thead").all("th")) >= 3
    assert "Carried" in table.text


def test_a_release_is_read_in_the_part_of_the_site_to_which_hotfixes_belong(site):
    site.closed()
    site.config |= {"theme": {"name": "material", "features": ["navigation.tabs"]}}
    site.config["nav"] = [{"Home": "index.md"}, {"Hotfixes": ["hotfixes/index.md", "releases/index.md"]}]
    built = site.build()
    assert not built.error, built.said
    for path in ("releases/4.12.2/index.html", "hotfixes/HF-2026-0007/index.html"):
        assert built.page(path).one("li", class_="md-tabs__item--active").text == "Hotfixes"
        assert "HF-2026" not in built.page(path).all("nav")[0].text


def test_a_record_in_a_chain_says_what_it_carries_and_leads_to_its_release(handbook):
    carrier = next(one for one in json.loads(handbook.read("hotfixes.json"))["hotfixes"] if one["release"]["includes"])
    page = handbook.page(f"hotfixes/{carrier['id']}/index.html")
    assert [link for link in page.all("a") if link.attrs.get("href") == f"../../releases/{carrier['release']['base']}/"]
    rows = [row.text for row in page.one("div", class_="hf-record").all("tr")]
    carried = carrier["release"]["includes"][0]
    assert any(carried in row and row.endswith("Carried") for row in rows)
    assert any(carrier["id"] in row and row.endswith("This one") for row in rows)


def test_no_link_of_the_handbook_leads_nowhere(handbook):
    for path in handbook.pages - {"404.html"}:
        here = (handbook.site / path).parent
        for link in handbook.page(path).all("a"):
            target = link.attrs.get("href", "").split("#")[0]
            if target and ":" not in target and not target.startswith("/"):
                assert (here / target).exists(), (path, target)


def test_a_long_list_is_parted_by_year_quarter_and_month_and_every_hotfix_is_on_one_page(site, monkeypatch):
    monkeypatch.setenv("SOURCE_DATE_EPOCH", str(corpus.EPOCH))
    monkeypatch.setattr(listing, "SPLIT", 10)
    monkeypatch.setattr(listing, "FIRST", 3)
    (site.docs / "hotfixes/HF-2026-0100.md").unlink()
    (site.docs / "hotfixes").rmdir()
    (site.docs / "index.md").unlink()
    corpus.write(site.docs, NUMBER)
    early = (
        site.record("HF-2025-0001")
        .read_text("utf-8")
        .replace("2026-11-23", "2025-05-05")
        .replace("reported\n", "withdrawn\n", 1)
    )
    withdrawn = "\nwithdrawn: {at: 2025-05-06T01:00:00Z, by: support-lead, because: It was a mistake.}\n---\n\n"
    site.write("docs/hotfixes/HF-2025-0001.md", early.replace("\n---\n\n", withdrawn))
    site.write("docs/mine.md", "---\nhotfix: blocks\n---\n\n# Mine\n\n{{ hotfix.hotfixes_of(2025) }}\n")
    built = site.build()
    assert not built.error, built.said

    def listed(path):
        links = built.page(path).one("table", class_="hf-index").one("tbody").all("a")
        return [re.search(r"HF-[0-9-]+", link.attrs["href"])[0] for link in links]

    index = built.page("hotfixes/index.html")
    years = [link.attrs["href"] for link in index.one("nav", class_="hf-years").all("a")]
    assert years == ["2026-q4/", "2026-09/", "2026-08/", "2025/"]
    assert sorted(name for year in years for name in listed(f"hotfixes/{year}index.html")) == sorted(
        file.stem for file in (site.docs / "hotfixes").glob("HF-*.md")
    )
    need = {
        one["id"]
        for one in json.loads(built.read("hotfixes.json"))["hotfixes"]
        if one["status"] in ("fixing", "verified", "deployed")
    }
    first = {*listed("hotfixes/index.html")}
    assert need <= first
    assert 3 <= len(first) < NUMBER
    assert "Hotfixes, September 2026" in built.page("hotfixes/2026-09/index.html").one("h1").text
    assert listed("mine/index.html") == ["HF-2025-0001"]
    assert not [link for link in built.page("process/index.html").all("a") if "2026-09" in link.attrs.get("href", "")]


@pytest.mark.slow
def test_every_file_is_the_same_to_the_byte_whatever_order_python_hashes_in(site):
    site.config |= {"theme": {"name": "mkdocs"}, "plugins": ["search", "hotfix"]}
    corpus.write(site.root / "more", 12)
    (site.root / "more/hotfixes").rename(site.docs / "all")
    site.policy("docs/policy.yml", ("records: hotfixes", "records: all"))
    (site.docs / "hotfixes/HF-2026-0100.md").unlink()
    made = []
    for seed in ("1", "2"):
        ran = site.run("build", "--quiet", PYTHONHASHSEED=seed, SOURCE_DATE_EPOCH=str(corpus.EPOCH))
        assert ran.code == 0, ran.stderr
        made.append({name: content for name, (content, _) in site.snapshot().items()})
    assert len(made[0]) > 60
    assert [name for name in made[0] if made[0][name] != made[1].get(name)] == []


def test_search_finds_a_hotfix_on_its_own_page_and_not_in_every_list(site):
    site.closed()
    site.config |= {"theme": {"name": "material"}, "plugins": ["search", "hotfix"]}
    built = site.build()
    assert not built.error, built.said
    entries = json.loads(built.read("search/search_index.json"))["docs"]
    found = {entry["location"].split("#")[0] for entry in entries if "saved cards" in entry["title"] + entry["text"]}
    assert "hotfixes/HF-2026-0007/" in found
    assert found.isdisjoint({"hotfixes/", "metrics/", "releases/"})


def test_a_long_list_of_releases_is_parted_and_every_release_is_on_one_page(site, monkeypatch):
    """A new release makes the first page longer and moves none to another page, until that is full."""
    monkeypatch.setattr(chains, "SHELF", 3)
    days = (f"  - {{version: 1.{number}.0, at: 2026-01-{number + 1:02}}}\n" for number in range(11))
    site.write("docs/releases.yml", "releases:\n" + "".join(days))
    site.record()
    record = site.record("HF-2026-0101")
    record.write_text(record.read_text("utf-8").replace("\n---\n\n", "\nrelease: {base: 1.2.0}\n---\n\n"), "utf-8")
    site.write("docs/mine.md", "---\nhotfix: blocks\n---\n\n# Mine\n\n{{ hotfix.releases_of('part-2') }}\n")
    built = site.build()
    assert not built.error, built.said

    def listed(path):
        return [row.one("th").text.split()[0] for row in built.page(path).one("tbody").all("tr")]

    first = listed("releases/index.html")
    assert first == ["1.10.0", "1.9.0", "1.8.0", "1.7.0", "1.6.0"]
    assert listed("releases/part-2/index.html") == listed("mine/index.html") == ["1.5.0", "1.4.0", "1.3.0"]
    assert listed("releases/part-1/index.html") == ["1.2.0", "1.1.0", "1.0.0"]
    assert built.page("releases/part-1/index.html").one("h1").text == "Releases 1.0.0 to 1.2.0"
    assert [
        link.attrs["href"] for link in built.page("releases/index.html").one("nav", class_="hf-years").all("a")
    ] == [
        "part-2/",
        "part-1/",
    ]
    assert "HF-2026-0101" in built.page("releases/part-1/index.html").one("tbody").text
