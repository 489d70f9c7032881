"""What holds on every page: nothing leaves the site, nothing fails, everybody can read it."""

from __future__ import annotations

from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from .conftest import HIDDEN, THEMES, Site

pytestmark = pytest.mark.slow

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ASK_AXE = """([where, tags]) => axe.run(where, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"]}).then(
    found => found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" ")}`))"""
OURS = {"material": "article.md-content__inner", "mkdocs": "[role=main]"}


def walk(page: Page, site: Site) -> list[str]:
    for name in site.pages:
        page.goto(site(name), wait_until="load")
    return site.pages


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_asks_anybody_else_fails_or_needs_more_than_a_strict_policy_allows(
    page: Page, troubles: list[str], sites: dict[str, Site], theme: str, scheme: str
):
    """The server sends a Content-Security-Policy without anything inline; what it refuses is said on the console."""
    page.emulate_media(color_scheme="dark" if scheme == "dark" else "light")
    assert len(walk(page, sites[theme])) > 10
    assert troubles == []


def test_the_policy_does_refuse_what_is_inline(page: Page, troubles: list[str], sites: dict[str, Site]):
    page.goto(sites["mkdocs"]("triage"))
    assert troubles == []
    page.evaluate("document.querySelector('h1').insertAdjacentHTML('beforeend', '<i style=\"color: red\">!</i>')")
    page.evaluate(
        "document.body.append(Object.assign(document.createElement('script'), {textContent: 'window.ran = 1'}))"
    )
    assert page.evaluate("window.ran") is None
    assert len(troubles) == 2
    assert all("Content Security Policy" in one for one in troubles)


def test_search_works_from_a_disk(page: Page, troubles: list[str], sites: dict[str, Site]):
    for name in ("index", "hotfixes/HF-2026-0007"):
        page.goto((sites["material"].folder / f"{name}.html").as_uri())
        page.locator(".md-search__input").click()
        page.keyboard.type("saved card")
        page.locator(".md-search-result__item").first.wait_for()
    page.locator(".md-search-result__item a[href*='HF-2026-0007']").first.click()
    assert page.url.startswith((sites["material"].folder / "hotfixes/HF-2026-0007.html").as_uri())
    assert troubles == []


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_scrolls_sideways_on_a_phone(page: Page, sites: dict[str, Site], theme: str):
    """320 pixels are also what is left of a desk's screen at a zoom of 400 % (WCAG 1.4.10)."""
    wide = {}
    for name in sites[theme].pages:
        page.set_viewport_size({"width": 320, "height": 800})
        page.goto(sites[theme](name))
        for width in (320, 390):
            page.set_viewport_size({"width": width, "height": 800})
            if (found := page.evaluate("document.documentElement.scrollWidth")) > width:
                wide[name, width] = found
    assert wide == {}


def judge(context: BrowserContext, site: Site, where: str) -> list[str]:
    tab = context.new_page()
    found = []
    for name in site.pages:
        tab.goto(site(name))
        tab.evaluate(AXE)
        found += [f"{name}: {one}" for one in tab.evaluate(ASK_AXE, [where, WCAG])]
    return found


@pytest.mark.parametrize(("scheme", "width"), [("light", 1300), ("dark", 1300), ("light", 390)])
def test_every_page_of_the_handbook_is_accessible(browser: Browser, sites: dict[str, Site], scheme: str, width: int):
    """WCAG 2.2 A and AA, measured by axe-core on the whole page: Material's own defects are mended from our side."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    assert judge(context, sites["material"], "html") == []
    context.close()


@pytest.mark.parametrize(("scheme", "width"), [("dark", 1300), ("light", 390)])
def test_our_part_of_every_page_is_accessible_on_the_plain_theme(
    browser: Browser, sites: dict[str, Site], scheme: str, width: int
):
    """Its own links are too faint, and stay so: they are the theme's colours."""
    context = browser.new_context(viewport={"width": width, "height": 900}, color_scheme=scheme)
    context.add_init_script(
        f"addEventListener('DOMContentLoaded', () => document.documentElement.dataset.bsTheme = '{scheme}')"
    )
    found = judge(context, sites["mkdocs"], OURS["mkdocs"])
    assert [one for one in found if 'class="hf' in one or "color-contrast" not in one] == []
    context.close()


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_under_embargo_is_nowhere_in_the_site(sites: dict[str, Site], theme: str):
    files = [file for file in sites[theme].folder.rglob("*") if file.is_file()]
    assert len(files) > 20
    words = [word.encode() for word in HIDDEN]
    assert [file for file in files if any(word in file.read_bytes() for word in words) or HIDDEN[0] in str(file)] == []


SPACES = """where => {
  const inline = new Set(["A", "ABBR", "B", "BUTTON", "CODE", "EM", "LABEL", "SMALL", "SPAN", "STRONG", "TIME"]);
  const glued = [];
  const ours = document.querySelector(where);
  for (const one of ours.querySelectorAll([...inline].join(","))) {
    const next = one.nextSibling;
    if (next?.nodeType !== 1 || !inline.has(next.tagName) || next.hidden || one.hidden) continue;
    if (/[\\p{L}\\p{N}]$/u.test(one.textContent) && /^[\\p{L}\\p{N}]/u.test(next.textContent)) glued.push(one.outerHTML.slice(-80) + next.outerHTML.slice(0, 80));
  }
  for (const svg of ours.querySelectorAll("svg")) {
    if (!svg.getAttribute("width") || !svg.getAttribute("height")) glued.push(svg.outerHTML.slice(0, 200));
    for (const shape of svg.querySelectorAll("path, rect, circle, polyline, text")) {
      if (!shape.closest("[fill], [stroke]")) glued.push(shape.outerHTML);
    }
  }
  return glued;
}"""


@pytest.mark.parametrize("theme", THEMES)
def test_without_our_style_sheet_and_script_words_stay_apart_and_pictures_have_a_size(
    page: Page, sites: dict[str, Site], theme: str
):
    page.route("**/assets/hotfix/*", lambda route: route.abort())
    glued = []
    for name in sites[theme].pages:
        page.goto(sites[theme](name))
        glued += [f"{name}: {one}" for one in page.evaluate(SPACES, OURS[theme])]
    assert glued == []


def test_without_javascript_every_fact_is_there(browser: Browser, sites: dict[str, Site]):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    for site in sites.values():
        tab.goto(site("triage"))
        assert tab.locator(".hf-triage").is_hidden()
        assert tab.locator(".hf-table tbody tr").count() == 8
        tab.goto(site("hotfixes/index"))
        assert tab.locator(".hf-filter").is_hidden()
        records = {path.stem for path in (site.folder.parent / "docs/hotfixes").glob("HF-*.md")} - {HIDDEN[0]}
        if site.theme == "mkdocs":
            assert {one.split(" ")[0] for one in tab.locator(".hf-index tbody th span").all_text_contents()} == records
        tab.goto(site("new"))
        assert tab.locator(".hf-new").is_hidden()
        assert tab.locator("noscript p").is_visible()
    context.close()


def test_on_paper_there_is_the_record_and_nothing_to_press(page: Page, sites: dict[str, Site]):
    page.emulate_media(media="print", color_scheme="dark")
    page.goto(sites["material"]("hotfixes/HF-2026-0007"))
    assert page.locator(".hf-score").is_visible()
    assert page.locator(".md-header").is_hidden()
    light = page.evaluate("getComputedStyle(document.querySelector('.hf-record h1')).color")
    assert max(int(one) for one in light.strip("rgba()").split(",")[:3]) < 100, "dark ink, whatever the screen is like"
    page.goto(sites["material"]("hotfixes/index"))
    assert page.locator(".hf-filter").is_hidden()
    assert page.locator(".hf-index thead").is_visible()


@pytest.mark.parametrize("theme", THEMES)
def test_whoever_has_only_a_keyboard_sees_where_they_are(page: Page, sites: dict[str, Site], theme: str):
    """Every stop of the Tab key in our part of the page has an outline (WCAG 2.4.7)."""
    for name in ("index", "triage", "hotfixes/index", "new"):
        page.goto(sites[theme](name))
        page.locator(f"{OURS[theme]} h1").first.click()
        unseen = []
        for _ in range(25):
            page.keyboard.press("Tab")
            unseen += page.evaluate(
                """where => {
                  const one = document.activeElement;
                  if (!one?.closest(where)) return [];
                  const seen = [one, one.parentElement].some(box => { const style = getComputedStyle(box); return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0; });
                  return seen ? [] : [one.outerHTML.slice(0, 120)];
                }""",
                OURS[theme],
            )
        assert unseen == []
