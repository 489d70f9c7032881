"""The preview: it comes up whatever is wrong, says what, and recovers when it is mended."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from importlib.resources import files

import pytest
import yaml
from mkdocs.config import load_config

from mkdocs_hotfix import judging

PAGE = "hotfixes/HF-2026-0019/index.html"


def mended(text):
    """Claim no more than is proven: before the deployment, and without the regression test."""
    for line in re.findall(
        r"^deployed: .*\n|^  regression-test: .*\n|^  production-verification: .*\n|^review: .*\n", text, re.MULTILINE
    ):
        text = text.replace(line, "")
    return re.sub(r"^status: .*$", "status: fixing", text, flags=re.MULTILINE)


@pytest.fixture
def preview(site):
    def rebuild(**options):
        built = site.build(serving=True, **options)
        assert not built.error, built.error
        return built

    return rebuild


def test_a_broken_record_opens_with_what_is_wrong_where_and_what_to_do(site, preview):
    site.broken()
    page = preview().page(PAGE)
    record = page.one("div", class_="hf-record")
    assert next(child.attrs.get("class") for child in record.children if not isinstance(child, str)) == "hf-problem"
    box = record.one("div", class_="hf-problem")
    assert box.one("h2").text.startswith("There is a problem")
    findings = [item.text for item in box.all("li")]
    assert len(findings) == 3
    assert "“Regression test” names no report EVD303, line 24" in findings[2]
    assert findings[2].split("line 24")[1].strip()
    ids = {node.attrs["id"] for node in page.walk() if "id" in node.attrs}
    for link in box.all("a"):
        assert link.attrs["href"].removeprefix("#") in ids


def test_the_same_words_stand_in_the_log(site, preview):
    site.broken()
    built = preview()
    assert "ERROR" in built.said
    assert built.said.count("HF-2026-0019.md:24:3: EVD303 report-missing: “Regression test” names no report") == 1
    assert "INFO hotfix gate: 2 records, 3 errors" in built.log


def test_the_page_recovers_when_the_record_is_mended(site, preview):
    file = site.broken()
    assert "There is a problem" in preview().page(PAGE).text
    file.write_text(file.read_text().replace("status: closed", "status: verified"))
    page = preview().page(PAGE)
    assert page.one(id="evidence-smoke-test").one(class_="hf-tag").text == "Overdue"
    file.write_text(mended(file.read_text()))
    text = preview().page(PAGE).text
    assert "There is a problem" not in text
    assert "Fix under way" in text


@pytest.mark.parametrize("strict", [False, True])
def test_a_strict_configuration_does_not_end_the_preview(site, preview, strict):
    site.broken()
    built = preview(strict=strict)
    assert "There is a problem" in built.page(PAGE).text
    assert "EVD303" in built.said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "# No front matter <script>alert(1)</script>",
        "---\na: [\n---\n",
        "---\nid: 1\n",
        "\x00",
        "---\nstatus: wrong\n---\n",
    ],
)
def test_a_record_that_can_not_be_read_still_has_a_page_that_says_why(site, preview, text):
    site.write("docs/hotfixes/HF-2026-0019.md", text)
    page = preview().page(PAGE)
    assert "There is a problem: this record can not be published" in page.text
    assert "<script>alert" not in preview().read(PAGE)
    assert re.search(r"REC1\d\d, line \d", page.one("div", class_="hf-problem").text)


def test_a_broken_policy_is_shown_and_the_site_recovers(site, preview):
    site.record(body="<script>alert(1)</script>\n\n{{ 7 * 7 }}\n\n# A heading of the record\n")
    policy = site.policy()
    assert "There is a problem" not in preview().page("hotfixes/index.html").text
    good = policy.read_text()
    policy.write_text(good.replace("severities:", "severitys:"))
    built = preview()
    for path in ("hotfixes/index.html", "hotfixes/HF-2026-0100/index.html"):
        page = built.page(path)
        assert "There is a problem with the set-up" in page.text
        assert "policy.yml:6:1: Field `severitys` is not known. Rename it to `severities`." in page.text
    assert "A heading of the record" not in built.read("hotfixes/HF-2026-0100/index.html")
    assert "alert(1)" not in built.read("hotfixes/HF-2026-0100/index.html")
    assert built.said.count("Field `severitys` is not known") == 1
    policy.write_text(good)
    page = preview().page("hotfixes/HF-2026-0100/index.html")
    assert "There is a problem" not in page.text
    assert "A heading of the record" in page.text


def test_a_policy_that_is_broken_from_the_start_does_not_end_the_preview(site, preview):
    site.policy("docs/policy.yml", ("records: hotfixes", "records: [ops"))
    built = preview(strict=True)
    assert "There is a problem with the set-up" in built.page("hotfixes/index.html").text
    assert "There is a problem with the set-up" in built.page("hotfixes/HF-2026-0100/index.html").text


@pytest.mark.parametrize("wrong", ["no folder", "empty", "link"])
def test_a_records_folder_that_can_not_be_used_is_shown(site, preview, wrong):
    (site.docs / "hotfixes/HF-2026-0100.md").unlink()
    if wrong != "empty":
        (site.docs / "hotfixes").rmdir()
    if wrong == "link":
        site.record(folder="elsewhere", title="Outside")
        (site.docs / "hotfixes").symlink_to(site.root / "elsewhere")
    built = preview()
    assert "There is a problem with the set-up" in built.page("hotfixes/index.html").text
    assert "Outside" not in "".join(built.read(path) for path in built.pages)


def test_a_new_record_appears_and_a_deleted_one_is_gone(site, preview):
    preview()
    site.record("HF-2026-0101", "A newer one")
    built = preview()
    assert "A newer one" in built.page("hotfixes/HF-2026-0101/index.html").text
    assert "HF-2026-0101" in built.page("hotfixes/index.html").text
    (site.docs / "hotfixes/HF-2026-0101.md").unlink()
    built = preview()
    assert "hotfixes/HF-2026-0101/index.html" not in built.pages
    assert "HF-2026-0101" not in built.page("hotfixes/index.html").text


def test_a_record_in_the_wrong_folder_is_said_and_does_not_end_the_preview(site, preview):
    site.write("docs/HF-2026-0777.md", "# Never judged\n")
    built = preview(strict=True)
    assert "HF-2026-0777.md was not judged." in built.said
    assert "HF-2026-0777.md was not judged." in built.page("HF-2026-0777/index.html").text
    assert "Never judged" not in built.read("HF-2026-0777/index.html")


def test_a_draft_is_shown_with_its_problems(site, preview):
    site.broken()
    site.config["draft_docs"] = "HF-2026-0019.md"
    assert "There is a problem" in preview().page(PAGE).text


@pytest.mark.parametrize("text", ["{{ hotfix.nope }}", "{% if %}", "{{ 1 / 0 }}"])
def test_a_mistake_in_an_authors_template_is_shown_on_the_page(site, preview, text):
    site.write("docs/mine.md", f"---\nhotfix: blocks\n---\n\n# Mine\n\n{text}\n")
    built = preview(strict=True)
    assert "mine.md" in built.said
    assert built.page("mine/index.html").one("div", role="main").all("strong")


def test_a_problem_box_can_not_be_used_to_run_anything(site, preview):
    evil = '"><script>alert(1)</script><img src=x onerror=alert(2)>`</code><b>'
    record = {
        "id": "HF-2026-0019",
        "title": evil,
        "status": "closed",
        "severity": evil,
        evil: 1,
        "links": [{"title": evil, "url": f"javascript:{evil}"}],
    }
    site.write("docs/hotfixes/HF-2026-0019.md", f"---\n{yaml.safe_dump(record)}---\n{evil}\n")
    html = preview().read(PAGE)
    assert "There is a problem" in html
    assert "<script>alert" not in html
    assert "<img src=x" not in html
    assert 'href="javascript' not in html


def test_the_preview_watches_a_policy_that_lies_outside_of_the_docs_folder(site):
    site.config["plugins"] = [{"hotfix": {"policy": "policy.yml"}}]
    file = site.policy("policy.yml", ("records: hotfixes", "records: docs/hotfixes"))
    config = load_config(config_file=str(site.configure()))
    config = config.plugins.on_config(config)
    assert str(file) in config.watch


# -- the real server -----------------------------------------------------------------------------------------


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as answer:
            return answer.read().decode()
    except urllib.error.HTTPError as error:
        return f"{error.code}"
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return ""


def until(url, there, *, gone=False):
    """Ask until the page has this text (or has it no more)."""
    text = ""
    for _ in range(100):
        text = get(url)
        if text and (there in text) is not gone:
            return text
        time.sleep(0.1)
    raise AssertionError(f"{url} never came to {'lose' if gone else 'show'} {there!r}:\n{text[-3000:]}")


@pytest.mark.slow
@pytest.mark.parametrize("flags", [[], ["--strict"]], ids=["plain", "strict"])
def test_the_real_preview_comes_up_broken_and_recovers_by_itself(site, flags):
    file = site.broken()
    policy = site.policy()
    site.configure()
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    base = f"http://127.0.0.1:{port}"
    log = (site.root / "log").open("w")
    command = [sys.executable, "-m", "mkdocs", "serve", "-a", f"127.0.0.1:{port}", "--livereload", *flags]
    server = subprocess.Popen(
        command, cwd=site.root, stdout=log, stderr=log, env={**os.environ, "PYTHONUNBUFFERED": "1"}
    )
    try:
        text = until(f"{base}/hotfixes/HF-2026-0019/", "There is a problem: this record")
        assert "EVD303, line 24" in text
        file.write_text(mended(file.read_text()))
        until(f"{base}/hotfixes/HF-2026-0019/", "There is a problem", gone=True)
        good = policy.read_text()
        policy.write_text(good.replace("severities:", "severitys:"))
        until(f"{base}/hotfixes/HF-2026-0019/", "There is a problem with the set-up")
        policy.write_text(good)
        until(f"{base}/hotfixes/HF-2026-0019/", "There is a problem", gone=True)
        site.record("HF-2026-0101", "A newer one")
        until(f"{base}/hotfixes/HF-2026-0101/", "A newer one")
        (site.docs / "hotfixes/HF-2026-0101.md").unlink()
        until(f"{base}/hotfixes/", "A newer one", gone=True)
        assert server.poll() is None
    finally:
        server.send_signal(signal.SIGINT)
        server.wait(20)
        log.close()
    assert "Traceback" not in (site.root / "log").read_text()


def test_a_preview_judges_again_what_was_edited_and_not_the_rest(site, preview, monkeypatch):
    """A year after the last event, when no clock of the other records runs any more."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1830000000")
    file = site.broken()
    judged = []
    judge = judging.judge
    monkeypatch.setattr(
        judging,
        "judge",
        lambda draft, context, only=None: (judged.append((draft.file.name, only)), judge(draft, context, only))[1],
    )
    first = preview().page(PAGE).text
    assert {name for name, only in judged if only is None} == {"HF-2026-0100.md", file.name}
    judged.clear()
    assert preview().page(PAGE).text == first
    assert [name for name, only in judged if only is None] == []
    file.write_text(file.read_text() + "\nOne more sentence.\n")
    assert "One more sentence." in preview().page(PAGE).text
    assert {name for name, only in judged if only is None} == {file.name}
    judged.clear()
    policy = site.docs / "policy.yml"
    built_in = files("mkdocs_hotfix").joinpath("policy.yml").read_text("utf-8")
    policy.write_text(built_in.replace("restore: 4h", "restore: 5h"))
    preview()
    assert {name for name, only in judged if only is None} == {"HF-2026-0100.md", file.name}, "another policy"
