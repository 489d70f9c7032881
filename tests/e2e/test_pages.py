"""What a reader finds in the built site, on both themes."""

from __future__ import annotations

import hashlib
import json
import re
import textwrap

import mkdocs.structure.pages
import pytest
from click.testing import CliRunner

from mkdocs_hotfix.blocks import BLOCKS
from mkdocs_hotfix.cli import cli
from mkdocs_hotfix.pages import NAMES
from mkdocs_hotfix.recordpage import SECTIONS
from mkdocs_hotfix.templating import source

CLOSED = "hotfixes/HF-2026-0007/index.html"
OPEN = "hotfixes/HF-2026-0020/index.html"


def search(built):
    return {entry["location"]: entry for entry in json.loads(built.read("search/search_index.json"))["docs"]}


def test_every_record_and_every_generated_page_is_there(shop):
    assert {CLOSED, OPEN, "hotfixes/index.html"} <= shop.pages
    assert {f"{name}/index.html" for name in ("process", "triage", "record", "rules")} <= shop.pages


def test_a_record_page_has_its_parts_in_the_promised_order(shop):
    page = shop.page(CLOSED).one("div", class_="hf-record")
    order = [node.attrs.get("id") or node.attrs.get("class") or node.tag for node in page.walk()]
    parts = ("hf-eyebrow", "h1", "hf-score", "hf-summary", "facts", "triage", "verification", "hf-proofs")
    parts += ("timeline", "hf-timeline", "clocks", "impact", "hf-narrative", "issues", "review", "hf-meta")
    assert [part for part in order if part in parts] == list(parts)


def test_a_verification_row_tells_verdict_who_when_where_and_links_to_the_report(shop):
    row = shop.page(CLOSED).one("li", id="evidence-regression-test")
    assert row.one("strong").text == "Regression test"
    assert row.one(class_="hf-state").text == "Passed"
    assert "test-lead, 02:41 UTC on staging ." in row.text
    assert row.one("a").attrs["href"] == "regression-test.xml"


def test_the_score_row_tells_status_severity_clock_and_evidence(shop):
    score = shop.page(CLOSED).one("dl", class_="hf-score")
    assert [cell.text for cell in score.all("dt")] == ["Status", "Severity", "SLA", "Evidence"]
    assert [cell.text for cell in score.all("dd")] == ["Closed", "Critical", "Met 2 h 44 min of 4 h", "6 of 6"]


def test_the_timeline_tells_how_long_after_the_report_each_step_came(shop):
    steps = [step.text for step in shop.page(CLOSED).one("ol", class_="hf-timeline").all("li")]
    assert steps[:3] == ["14 April 2026", "01:04 Reported by support-lead", "01:12 Triage: fix now (+8 min)"]
    assert "03:20 4.12.3 deployed to production by checkout-oncall (+2 h 16 min)" in steps
    assert steps[-2:] == ["16 April 2026", "09:00 Reviewed (+2 days)"]


def test_the_table_of_contents_lists_the_sections(shop):
    page = shop.page(CLOSED)
    links = [link.attrs["href"] for link in page.all("a") if link.attrs.get("href", "").startswith("#")]
    wanted = ["#triage", "#verification", "#timeline", "#impact", "#text-what-happened", "#issues", "#review"]
    assert [link for link in dict.fromkeys(links) if link in wanted] == wanted
    ids = [node.attrs["id"] for node in page.walk() if "id" in node.attrs]
    assert {link[1:] for link in wanted} <= set(ids)
    assert len(ids) == len(set(ids))


def test_search_finds_a_record_by_its_id_and_its_title(shop):
    entry = search(shop)["hotfixes/HF-2026-0007/"]
    assert entry["title"] == "Checkout fails for saved cards"
    assert "HF-2026-0007" in entry["text"]


def test_search_reads_a_title_as_it_reads_that_of_an_ordinary_page(shop):
    assert search(shop)["hotfixes/HF-2026-0020/"]["title"] == "Price list shows last year's prices"


def test_records_stay_out_of_the_navigation_and_the_list_has_them(shop):
    home = shop.page("index.html")
    assert not [link for link in home.all("a") if "HF-2026" in link.attrs.get("href", "")]
    table = shop.page("hotfixes/index.html").one("table", class_="hf-index")
    rows = [[cell.text for cell in row.children if not isinstance(cell, str)] for row in table.one("tbody").all("tr")]
    assert [row[0] for row in rows] == [
        "Price list shows last year's prices HF-2026-0020 · checkout",
        "Checkout fails for saved cards HF-2026-0007 · checkout",
    ]
    assert all(len(row) == 8 for row in rows)
    assert [link.attrs["href"] for link in table.all("a")] == ["HF-2026-0020/", "HF-2026-0007/"]


def test_reports_lie_beside_the_page_byte_for_byte(shop):
    for name in ("fix-verification.xml", "regression-test.xml", "smoke-test.xml"):
        filed = shop.site.parent / "docs/hotfixes/HF-2026-0007" / name
        assert (shop.site / "hotfixes/HF-2026-0007" / name).read_bytes() == filed.read_bytes()


def test_a_report_of_an_earlier_run_is_linked_and_called_no_proof(site):
    """It is published with the folder in which it lies; a reader who finds it has to know what it is."""
    site.closed((r"(?s)\A(.*)\Z", r"\1\n[A drawing](HF-2026-0007/drawing.json)\n"))
    for name in ("regression-test-1.xml", "regression-test.xml.sigstore.json", "drawing.json", "notes.txt"):
        site.write(f"docs/hotfixes/HF-2026-0007/{name}", "{}")
    built = site.build()
    assert not built.error, built.log
    (said,) = [one for one in built.page(CLOSED).all("p") if "earlier runs" in one.text]
    assert said.text == "Kept of earlier runs, and no proof of this record: regression-test-1.xml ."
    assert said.one("a").attrs["href"] == "regression-test-1.xml"
    assert "earlier runs" not in built.read("hotfixes/HF-2026-0100/index.html")


def test_the_generated_pages_show_the_policy(shop):
    assert "Restored within" in shop.page("process/index.html").text
    assert "Is there a reasonable workaround?" in shop.page("triage/index.html").text
    assert "release.merge_back[].branch" in shop.page("record/index.html").text
    assert shop.page("rules/index.html").one(id="missing-evidence").tag == "h3"


def test_no_placeholder_and_no_template_is_left_on_a_page_of_ours(shop):
    for path in shop.pages - {"index.html", "blocks/index.html"}:
        assert "data-hotfix-block" not in shop.read(path), path
        assert "{{" not in shop.read(path), path
        assert "{%" not in shop.read(path), path


def test_an_authors_page_gets_the_blocks_that_it_asks_for(shop):
    page = shop.page("blocks/index.html")
    assert "Our process is called Hot-fix process." in page.text
    assert len(page.one("table", class_="hf-index").all("tr")) == 3
    assert [link.attrs["href"] for link in page.one("table", class_="hf-index").all("a")] == [
        "../hotfixes/HF-2026-0020/",
        "../hotfixes/HF-2026-0007/",
    ]
    assert "{{ not.ours }}" in page.text


def test_an_authors_page_that_does_not_ask_stays_as_it_is(shop):
    assert "{{ hotfix.name }} as it stands, and {% raw %} too" in shop.page("index.html").text


def test_the_successful_build_says_what_the_gate_saw(shop):
    assert "INFO hotfix gate: 2 records, 0 errors, 1 warning" in shop.log


def test_what_the_page_calls_late_is_what_the_log_calls_late(shop):
    assert any(
        re.search(r"^WARNING .*HF-2026-0020\.md:7:16: TIM403 sla-missed: Triage takes", line) for line in shop.log
    )
    assert "Triage takes 13 h 30 min so far" in shop.page(OPEN).one("div", class_="hf-hint").text


def test_every_link_of_our_pages_leads_somewhere(shop):
    for path in shop.pages - {"404.html"}:
        here = (shop.site / path).parent
        for link in shop.page(path).all("a"):
            target = link.attrs.get("href", "").split("#")[0]
            if target and ":" not in target and not target.startswith("/"):
                assert (here / target).exists(), (path, target)


def test_every_block_that_the_readme_names_can_be_asked_for(site):
    site.write("docs/all.md", "---\nhotfix: blocks\n---\n" + "".join(f"{{{{ hotfix.{name} }}}}\n" for name in BLOCKS))
    built = site.build()
    assert not built.error
    assert "data-hotfix-block" not in built.read("all/index.html")


def test_a_page_can_show_the_hotfixes_on_one_release(site):
    site.closed()
    site.write(
        "docs/mine.md", '---\nhotfix: blocks\n---\n\n{{ hotfix.release("4.12.2") }}\n{{ hotfix.release("<9>") }}\n'
    )
    page = site.build().page("mine/index.html")
    assert "1 hotfix went out on 4.12.2. The latest version is 4.12.3: it carries one fix." in page.text
    assert "No hotfix on <9> was filed." in page.text


def test_a_block_about_nothing_stops_the_build_and_the_sentence_says_what_to_write(site):
    site.write("docs/mine.md", "---\nhotfix: blocks\n---\n\n{{ hotfix.release }}\n")
    assert '`release` needs the version of an official release: `hotfix.release("…")`' in site.build().said


def test_a_block_that_does_not_exist_stops_the_build_and_the_sentence_names_those_that_do(site):
    site.write("docs/mine.md", "---\nhotfix: blocks\n---\n\n# Mine\n\n{{ hotfix.severitys }}\n")
    error = site.build().said
    assert "mine.md" in error
    assert "There is no block `severitys`" in error
    assert "severities" in error
    assert "object" not in error


@pytest.mark.parametrize(
    "text", ["{{ 1 / 0 }}", "{{ nothing }}", "{% if %}", "{{ hotfix.name() }}", "{{ ''.__class__.mro() }}"]
)
def test_a_template_that_can_not_run_stops_the_build_and_names_the_page(site, text):
    site.write("docs/mine.md", f"---\nhotfix: blocks\n---\n\n{text}\n")
    built = site.build()
    assert built.error.startswith("Abort"), built.error
    assert any("mine.md" in line for line in built.log)


@pytest.mark.parametrize(
    "path", ["process.md", "triage.md", "rules.md", "hotfixes/index.md", "hotfixes/README.md", "releases/index.md"]
)
def test_a_page_of_the_authors_own_is_never_replaced(site, path):
    site.write(f"docs/{path}", "# My own words\n")
    built = site.build()
    assert not built.error
    html = path.replace("README.md", "index.html") if "/" in path else path.replace(".md", "/index.html")
    assert [
        one.text for one in built.page(html.replace("index.md", "index.html")).all("h1") if "Sample" not in one.text
    ] == ["My own words"]


@pytest.mark.parametrize("path", ["process/index.md", "triage.markdown", "rules/README.md"])
def test_a_page_of_the_authors_own_at_the_same_address_is_never_replaced(site, path):
    site.write(f"docs/{path}", "# My own words\n")
    built = site.build()
    assert not built.error
    assert built.page(f"{path.split('/')[0].split('.')[0]}/index.html").one("h1").text == "My own words"


def test_an_anchor_of_a_record_page_can_be_linked_to(site):
    site.config["validation"] = {"links": {"anchors": "warn"}}
    site.write(
        "docs/index.md",
        "[proof](hotfixes/HF-2026-0100.md#verification), [kind](hotfixes/HF-2026-0100.md#evidence-smoke-test)\n",
    )
    built = site.build(strict=True)
    assert not built.error, built.log


def test_a_policy_deeper_in_the_docs_folder_takes_its_list_along(site):
    site.config |= {"plugins": ["search", {"hotfix": {"policy": "docs/ops/policy.yml"}}], "strict": True}
    (site.docs / "ops").mkdir()
    (site.docs / "hotfixes").rename(site.docs / "ops/hotfixes")
    site.policy("docs/ops/policy.yml")
    built = site.build(strict=True)
    assert not built.error, built.log
    assert "ops/hotfixes/HF-2026-0100/index.html" in built.pages
    assert [link for link in built.page("process/index.html").all("a") if link.attrs.get("href") == "../ops/hotfixes/"]


WAIVER = (
    "waivers: [{requirement: evidence.regression-test, because: The test machines are down, by: checkout-lead,"
    " role: service-owner, at: 2026-04-14T02:50:00Z, expires: 2026-05-01}]"
)


@pytest.fixture
def deployed(site, monkeypatch):
    """A record ten minutes after its deployment; changes on top of that."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1776137400")  # 2026-04-14T03:30:00Z
    (site.docs / "hotfixes/HF-2026-0100.md").unlink()

    def page(*changes):
        later = r"^(  (production-verification|smoke-test|communication):\n(    .*\n)+|review: .*\n)"
        site.closed((r"^status: closed", "status: deployed"), (later, ""), *changes)
        built = site.build()
        assert not built.error, built.said
        return built.page(CLOSED)

    return page


def test_evidence_that_is_owed_says_until_when(deployed):
    row = deployed().one("li", id="evidence-smoke-test")
    assert row.text == "Smoke test in production Due Owed until 14 April 2026, 05:20 UTC."
    assert "hf-open" not in row.attrs.get("class", "")


def test_evidence_that_is_waived_says_who_let_it_be_left_out_and_why(deployed):
    row = deployed((r"^  regression-test:\n(    .*\n)+", ""), (r"^deployed:", f"{WAIVER}\ndeployed:")).one(
        "li", id="evidence-regression-test"
    )
    assert row.text.startswith(
        "Regression test Waived Left out until 2 May 2026, 00:00 UTC with leave of checkout-lead (service-owner): "
    )
    assert row.text.endswith("The test machines are down")
    assert "hf-open" not in row.attrs.get("class", "")


def test_an_ejected_page_shows_what_the_built_in_one_showed(site, monkeypatch):
    monkeypatch.chdir(site.root)
    site.closed()
    before = site.build()
    for name, path in NAMES.items():
        if name != "home":
            (site.docs / path.format(records="hotfixes")).parent.mkdir(exist_ok=True)
            assert CliRunner().invoke(cli, ["eject", name]).exit_code == 0
            assert (site.docs / path.format(records="hotfixes")).is_file()
    after = site.build()
    assert not after.error, after.said
    assert after.pages == before.pages
    for page in before.pages - {"404.html"}:
        assert after.page(page).text == before.page(page).text, page


# -- what a report says ------------------------------------------------------------------------------------


def test_a_verification_row_shows_the_recounted_tests_and_the_digest_of_the_published_file(shop):
    row = shop.page(CLOSED).one("li", id="evidence-smoke-test")
    assert "28 passed, 0 failed in 28.50 s." in row.text
    (digest,) = [code.attrs["title"] for code in row.all("code") if "title" in code.attrs]
    published = (shop.site / "hotfixes/HF-2026-0007/smoke-test.xml").read_bytes()
    assert digest == hashlib.sha256(published).hexdigest()
    slowest = [one.text for one in row.one("details", class_="hf-tests").all("li")]
    assert slowest[0] == "shop.smoke-test · case_1, 1.00 s"
    assert len(slowest) == 5


def test_a_verification_row_names_the_tests_that_failed_as_text(site):
    file = site.record()
    evidence = (
        "evidence:\n  smoke-test: {result: failed, at: 2026-11-23T03:20:00Z, by: test-lead, environment: production, "
        "report: HF-2026-0100/smoke.xml}\n"
    )
    file.write_text(file.read_text("utf-8").replace("\n---\n", f"\n{evidence}---\n", 1), "utf-8")
    cases = "".join(
        f'<testcase classname="pay" name="&lt;b&gt;card {n}&lt;/b&gt;" time="0.{n}"><failure message="&lt;script&gt;{n}"/></testcase>'
        for n in range(1, 8)
    )
    site.write("docs/hotfixes/HF-2026-0100/smoke.xml", f'<testsuite tests="7" failures="7">{cases}</testsuite>')
    row = site.build().page("hotfixes/HF-2026-0100/index.html").one("li", id="evidence-smoke-test")
    assert row.one(class_="hf-tag").text == "Failed"
    assert "0 passed, 7 failed" in row.text
    assert "Failed, the first 5 of 7:" in row.text
    assert next(one.text for one in row.one("ul", class_="hf-tests").all("li")) == "pay · <b>card 1</b>: <script>1"
    assert not row.all("b")
    assert not row.all("script")


@pytest.mark.parametrize("theirs", ["", "*Theirs*"], ids=["alone", "with another plugin"])
def test_markdown_is_not_set_up_for_a_record_that_has_none(site, monkeypatch, theirs):
    """Its page is made afterwards, and replaces what another plugin wrote in its place."""
    seen = []
    whole = mkdocs.structure.pages.markdown.Markdown.convert
    monkeypatch.setattr(
        "mkdocs.structure.pages.markdown.Markdown.convert", lambda self, text: seen.append(text) or whole(self, text)
    )
    if theirs:
        hook = f"""
            from mkdocs.plugins import event_priority

            @event_priority(-90)
            def on_page_markdown(markdown, page, **_):
                return {theirs!r} if page.file.name == "HF-2026-0100" else None
            """
        site.write("hooks.py", textwrap.dedent(hook))
        site.config["hooks"] = ["hooks.py"]
    built = site.build()
    assert not built.error, built.said
    assert "# Home" in [text.strip() for text in seen]
    assert [text for text in seen if text in ("", "*Theirs*")] == ([theirs] if theirs else [])
    page = built.page("hotfixes/HF-2026-0100/index.html")
    assert page.one("h1").text == "A small one"
    assert "Theirs" not in page.text


def test_each_section_of_a_record_has_its_place_in_the_page():
    text = source("record.html.j2")
    assert re.findall(r'section == "([a-z]+)" %}{% inline "sections/\1\.html\.j2" %}', text) == list(SECTIONS)
