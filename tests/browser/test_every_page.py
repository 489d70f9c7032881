"""What holds on every page: nothing leaves the site, nothing fails, everybody can read it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page

from .conftest import HIDDEN, THEMES, Site, listen

pytestmark = pytest.mark.slow

AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text("utf-8")
WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]
ASK_AXE = """([where, tags]) => {
  // What repeats itself is judged by its beginning: the colour of each word of a hundred samples takes seconds.
  for (const one of document.querySelectorAll("article > :nth-child(n+80), tbody > tr:nth-child(n+16)")) one.remove();
  return axe.run(where, {runOnly: {type: "tag", values: tags}, resultTypes: ["violations"], preload: false}).then(
    found => found.violations.map(one => `${one.id}: ${one.nodes.slice(0, 3).map(node => node.html.slice(0, 160)).join(" ")}`));
}"""
OURS = {"material": "article.md-content__inner", "mkdocs": "[role=main]"}
LOOKS = [
    ("material", "light", 1300),
    ("material", "dark", 1300),
    ("material", "light", 390),
    ("mkdocs", "dark", 1300),
    ("mkdocs", "light", 390),
]


@dataclass
class Seen:
    """What came of opening every page of a site once, in one look."""

    troubles: list[str] = field(default_factory=list)
    barriers: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)


@pytest.fixture(scope="module", params=LOOKS, ids=lambda look: "-".join(map(str, look)))
def seen(request: pytest.FixtureRequest, browser: Browser, sites: dict[str, Site]) -> Seen:
    """Open each page once, and look at everything there is to see."""
    theme, scheme, width = request.param
    site, found = sites[theme], Seen()
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    context.add_init_script(
        f"addEventListener('DOMContentLoaded', () => document.documentElement.dataset.bsTheme = '{scheme}')"
    )
    tab = context.new_page()
    listen(tab, found.troubles)
    assert len(site.pages) > 10
    for name in site.pages:
        tab.goto(site(name))
        for size in (width, 320) if width < 400 else (width,):
            tab.set_viewport_size({"width": size, "height": 900})
            if (across := tab.evaluate("document.documentElement.scrollWidth")) > size:
                found.wide.append(f"{name}: {across} of {size}")
        tab.set_viewport_size({"width": width, "height": 900})
        tab.evaluate(AXE)
        where = "html" if theme == "material" else OURS[theme]
        found.barriers += [f"{name}: {one}" for one in tab.evaluate(ASK_AXE, [where, WCAG])]
    context.close()
    return found


def test_no_page_asks_anybody_else_fails_or_needs_more_than_a_strict_policy_allows(seen: Seen):
    """The server sends a Content-Security-Policy without anything inline; what it refuses is said on the console."""
    assert seen.troubles == []


def test_every_page_is_accessible(seen: Seen, request: pytest.FixtureRequest):
    """WCAG 2.2 A and AA, measured by axe-core: whole pages of our handbook, where Material's defects are mended from our
    side; on the plain theme our own part, since its links are too faint, and are not ours to colour."""
    plain = "mkdocs" in request.node.name
    assert [one for one in seen.barriers if not plain or 'class="hf' in one or "color-contrast" not in one] == []


def test_no_page_scrolls_sideways(seen: Seen):
    """320 pixels are also what is left of a desk's screen at a zoom of 400 % (WCAG 1.4.10)."""
    assert seen.wide == []


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
        listed = {one.split(" ")[0] for one in tab.locator(".hf-index tbody th span").all_text_contents()}
        published = json.loads((site.folder / "hotfixes.json").read_text("utf-8"))["hotfixes"]
        assert listed == {one["id"] for one in published}
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
    soft = page.evaluate("getComputedStyle(document.querySelector('.hf-record .hf-meta')).color")
    assert max(int(one) for one in soft.strip("rgba()").split(",")[:3]) < 140, "also where it is softer"
    page.set_viewport_size({"width": 720, "height": 1000})
    page.goto(sites["material"]("hotfixes/index"))
    wide = "all => all.filter(cell => cell.firstElementChild?.getBoundingClientRect().right > cell.getBoundingClientRect().right).length"
    assert page.locator(".hf-index td:has(.hf-squares)").evaluate_all(wide) == 0, "no cell reaches into the next"
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
