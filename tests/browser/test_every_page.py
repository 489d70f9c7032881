"""What holds on every page: nothing leaves the site, nothing fails, everybody can read it."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page

from .conftest import PAGES, THEMES

pytestmark = pytest.mark.slow


@pytest.mark.parametrize("theme", THEMES)
def test_no_page_asks_anybody_else_or_logs_an_error(page: Page, addresses: dict[str, str], theme: str):
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type == "error" else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on(
        "request",
        lambda asked: (
            troubles.append(asked.url) if not asked.url.startswith((addresses[theme], "data:", "blob:")) else None
        ),
    )
    for where in PAGES:
        page.goto(addresses[theme] + where, wait_until="load")
    assert troubles == []


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [320, 390])
def test_no_page_scrolls_sideways_on_a_phone(browser: Browser, addresses: dict[str, str], theme: str, width: int):
    context = browser.new_context(viewport={"width": width, "height": 800})
    tab = context.new_page()
    wide = {}
    for where in PAGES:
        tab.goto(addresses[theme] + where)
        if (found := tab.evaluate("document.documentElement.scrollWidth")) > width:
            wide[where] = found
    context.close()
    assert wide == {}


@pytest.mark.parametrize(
    ("theme", "scheme", "width"),
    [("material", "light", 1300), ("material", "dark", 390), ("mkdocs", "dark", 1300), ("mkdocs", "light", 390)],
)
def test_every_page_is_accessible(browser: Browser, addresses: dict[str, str], theme: str, scheme: str, width: int):
    """WCAG 2.2 A and AA, measured by axe-core: the whole article on Material, our own part of it on the plain theme."""
    context = browser.new_context(
        viewport={"width": width, "height": 900}, color_scheme=scheme, reduced_motion="reduce"
    )
    tab = context.new_page()
    found = []
    for where in PAGES:
        tab.goto(addresses[theme] + where)
        tab.evaluate(f"document.documentElement.dataset.bsTheme = '{scheme}'")
        content = "article.md-content__inner" if theme == "material" else "[role=main] [class*=hf]"
        if not tab.locator(content).count():
            continue
        rules = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        results = Axe().run(tab, context=content, options={"runOnly": rules, "resultTypes": ["violations"]})
        for one in results.response["violations"]:
            nodes = [node["html"][:160] for node in one["nodes"][:3]]
            found.append(f"{where or 'home'}: {one['id']}: {nodes}")
    context.close()
    assert found == []


@pytest.mark.parametrize("theme", THEMES)
def test_what_is_under_embargo_is_nowhere_in_the_site(sites: dict[str, Path], theme: str):
    files = [file for file in sites[theme].rglob("*") if file.is_file()]
    assert len(files) > 20
    hidden = (b"HF-2026-0022", b"Session token in the address")
    assert [
        file for file in files if any(word in file.read_bytes() for word in hidden) or "HF-2026-0022" in str(file)
    ] == []


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_of_ours_needs_an_inline_script_or_style(page: Page, addresses: dict[str, str], theme: str):
    for where in PAGES:
        page.goto(addresses[theme] + where)
        ours = page.locator("article.md-content__inner, [role=main]").first
        assert ours.locator("script, style, [style], [onclick], [onload]").count() == 0


def test_without_javascript_every_fact_is_there(browser: Browser, addresses: dict[str, str]):
    context = browser.new_context(java_script_enabled=False)
    tab = context.new_page()
    tab.goto(f"{addresses['mkdocs']}triage/")
    assert tab.locator(".hf-triage").is_hidden()
    assert tab.locator("table").first.locator("tbody tr").count() == 8
    tab.goto(f"{addresses['mkdocs']}hotfixes/")
    assert tab.locator(".hf-index tbody tr").count() == 4
    context.close()
