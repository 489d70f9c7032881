"""Nothing from a record runs: thousands of published XSS payloads in one site, opened in a real browser without any CSP."""

from __future__ import annotations

import json
import logging
import re
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

import pytest
import yaml
from mkdocs.commands.build import build
from mkdocs.config import load_config
from playwright.sync_api import Browser, Page

from mkdocs_hotfix import source

NOW = "1795405200"  # 2026-11-23T03:40:00Z
EACH = 60
CONTROLS = 60

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(find_spec("brs_kb") is None, reason="the payloads come with brs-kb: pip install brs-kb"),
]

WATCH = """
window.ran = [];
for (const name of ["alert", "confirm", "prompt", "print", "open"]) window[name] = (...all) => { window.ran.push(name + ":" + all); };
"""
LOOK = """
() => {
  const found = [];
  for (const one of document.querySelectorAll("*"))
    for (const at of one.attributes) {
      if (/^on/i.test(at.name)) found.push(one.tagName + " " + at.name + "=" + at.value);
      if (/^(href|src|action|formaction|data|xlink:href|srcdoc)$/i.test(at.name) && /^[\\s\\x00-\\x1f]*(javascript|data|vbscript):/i.test(at.value)
          && !/^data:image\\/(svg|png)/.test(at.value)) found.push(one.tagName + " " + at.value);
    }
  for (const one of document.querySelectorAll(".hf-record *")) {
    for (const kind of ["mouseover", "mouseenter", "focus", "pointerover", "toggle", "animationstart"]) one.dispatchEvent(new Event(kind, {bubbles: true}));
  }
  return found;
}
"""


def payloads() -> list[str]:
    from brs_kb import get_all_payloads  # noqa: PLC0415 - it may not be there

    texts = sorted({str(one["payload"]) for one in get_all_payloads().values()})
    # What the reader refuses is never a page: control characters, lone surrogates.
    return [one for one in texts if not source._CONTROL.search(one) and one.isprintable() and one.strip()]


def record(number: int, texts: list[str]) -> str:
    def some(index: int, most: int) -> str:
        return texts[index % len(texts)][:most].strip() or "x"

    fields = {
        "id": f"HF-2026-{number:04}",
        "title": some(0, 200),
        "summary": some(1, 2000),
        "status": "reported",
        "severity": "major",
        "service": "checkout",
        "reported": {"at": "2026-11-23T03:10:00Z", "by": some(2, 100)},
        "work": {"owner": some(3, 100), "sprint": some(4, 200), "hours": 1},
        "links": [{"title": some(5 + n, 200), "url": f"https://example.com/?q='onclick='alert({n})"} for n in range(5)],
        "review": {
            "at": "2026-11-23T03:30:00Z",
            "root_cause": some(11, 2000),
            "escaped_because": some(12, 2000),
            "actions": [{"summary": some(13, 200), "url": "https://example.com/", "due": "2026-12-01"}],
        },
        "extra": {"x": some(14, 2000), some(15, 60): some(16, 2000)},
    }
    # As text, as a heading, in a table, as a link's address and title, in code: wherever Markdown lets it stand.
    body = "\n\n".join(
        f'{one}\n\n# {one}\n\n[x]({one})\n\n[x](<{one}> "{one}")\n\n![{one}]({one})\n\n| {one} |\n|---|\n| {one} |\n\n<{one}>\n\n`{one}`'
        for one in texts
    )
    return f"---\n{json.dumps(fields, indent=1, ensure_ascii=False)}\n---\n\n{body[:95_000]}\n"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[str]]:
    top, texts = tmp_path_factory.mktemp("payloads"), payloads()
    folder = top / "docs/hotfixes"
    folder.mkdir(parents=True)
    policy = (Path(__file__).parents[2] / "mkdocs_hotfix/policy.yml").read_text("utf-8")
    (top / "docs/policy.yml").write_text(policy.replace("levels: {}", "levels: {vacuous-text: off}"), "utf-8")
    (top / "docs/index.md").write_text("# Home\n", "utf-8")
    names = []
    for number, start in enumerate(range(0, len(texts), EACH), start=1):
        names.append(f"HF-2026-{number:04}")
        (folder / f"{names[-1]}.md").write_text(record(number, texts[start : start + EACH]), "utf-8")
    settings = {
        "site_name": "Shop",
        "theme": {"name": "material", "font": False},
        "use_directory_urls": False,
        "plugins": ["search", "hotfix"],
        "markdown_extensions": ["attr_list", "md_in_html", "tables", "toc", "pymdownx.superfences"],
    }
    (top / "mkdocs.yml").write_text(yaml.safe_dump(settings), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCE_DATE_EPOCH", NOW)
        patch.setenv("NO_MKDOCS_2_WARNING", "1")
        config = load_config(str(top / "mkdocs.yml"))
        config.plugins.on_startup(command="build", dirty=False)
        logging.getLogger("mkdocs").setLevel(logging.ERROR)
        build(config)
    (top / "raw").mkdir()
    for number, one in enumerate(texts[:: max(1, len(texts) // CONTROLS)]):
        (top / f"raw/{number}.html").write_text(f"<!doctype html><body>{one}</body>", "utf-8")
    return top, names


def watched(browser: Browser) -> tuple[Page, list[str]]:
    page, asked = browser.new_page(), []
    page.add_init_script(WATCH)
    page.on("dialog", lambda one: one.dismiss())

    def gate(route):
        here = urlsplit(route.request.url).scheme in ("file", "data", "blob")
        if not here:
            asked.append(route.request.url)
        route.continue_() if here else route.abort()

    page.route("**/*", gate)
    return page, asked


def test_of_thousands_of_published_payloads_none_runs_and_none_asks_another_host(browser: Browser, site):
    top, names = site
    assert len(names) * EACH > 3_000
    page, asked = watched(browser)
    wrong = []
    for name in ("index", "hotfixes/index", "metrics", "triage", "new", *(f"hotfixes/{one}" for one in names)):
        page.goto((top / f"site/{name}.html").as_uri(), wait_until="domcontentloaded")
        if name.startswith("hotfixes/HF"):
            assert page.locator(".hf-record").count() == 1, name
        found = page.evaluate(LOOK)
        wrong += [f"{name}: {one}" for one in (*found, *page.evaluate("() => window.ran")) if "__md" not in one]
    page.close()
    assert wrong == []
    assert [one for one in asked if not re.match(r"https://unpkg\.com/", one)] == []


def test_the_same_payloads_do_run_on_a_page_that_shows_them_as_they_are(browser: Browser, site):
    """Or the test above would see nothing because it can not see."""
    top, _ = site
    page, asked = watched(browser)
    ran = 0
    for file in sorted((top / "raw").iterdir()):
        page.goto(file.as_uri(), wait_until="domcontentloaded")
        ran += bool(page.evaluate(LOOK) or page.evaluate("() => window.ran"))
    page.close()
    assert ran + len(asked) > CONTROLS // 10
