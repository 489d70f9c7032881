"""The list of all hotfixes: search, filters and order, each kept in the address."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from .conftest import Site

pytestmark = pytest.mark.slow


def shown(page: Page) -> list[str]:
    """The ids in the list, from top to bottom."""
    names = page.locator(".hf-index tbody tr:visible th span").all_text_contents()
    return [name.split(" ")[0] for name in names]


def column(page: Page, number: int) -> list[str]:
    return page.locator(f".hf-index tbody tr:visible > :nth-child({number})").all_text_contents()


@pytest.fixture
def listed(page: Page, troubles: list[str], sites: dict[str, Site]) -> Page:
    page.goto(sites["material"]("hotfixes/index"))
    return page


def test_every_figure_says_of_how_many(listed: Page):
    notes = listed.locator(".hf-figure small").all_text_contents()
    assert len(notes) >= 5
    assert all(any(one.isdigit() for one in note) for note in notes), notes


def test_words_are_looked_for_everywhere_in_a_row_and_in_any_order(listed: Page, troubles: list[str]):
    everything = shown(listed)
    listed.get_by_label("Search the list").press_sequentially("SAVED checkout")
    expect(listed.locator("[data-hf-shown]")).to_have_text(f"Showing 1 of {len(everything)} hotfixes")
    assert shown(listed) == ["HF-2026-0007"]
    expect(listed).to_have_url(re.compile(r"hotfixes/index\.html\?q=SAVED\+checkout$"))
    listed.get_by_label("Search the list").fill("no such thing")
    expect(listed.locator("[data-hf-none]")).to_be_visible()
    listed.locator(".hf-filter [type=reset]").click()
    expect(listed.locator("[data-hf-shown]")).to_have_text(f"Showing all {len(everything)} hotfixes")
    expect(listed).to_have_url(re.compile(r"hotfixes/index\.html$"))
    assert shown(listed) == everything
    assert troubles == []


def test_each_filter_shows_what_it_says_and_they_add_up(listed: Page):
    everything = len(shown(listed))
    for label, number in (("Status", 2), ("Severity", 3)):
        for option in listed.get_by_label(label, exact=True).locator("option").all_text_contents()[1:]:
            listed.get_by_label(label, exact=True).select_option(option)
            assert {cell.strip() for cell in column(listed, number)} == {option}
        listed.get_by_label(label, exact=True).select_option("")
    listed.get_by_label("SLA", exact=True).select_option("Met")
    assert all(cell.startswith("Met · ") for cell in column(listed, 4))
    listed.get_by_label("Service").select_option("checkout")
    assert all(
        cell.endswith("· checkout") for cell in listed.locator(".hf-index tbody tr:visible th span").all_text_contents()
    )
    assert "HF-2026-0007" in shown(listed)
    listed.locator(".hf-filter [type=reset]").click()
    listed.get_by_label("Needs attention").check()
    assert {"HF-2026-0918", "HF-2026-0921"} <= set(shown(listed))
    assert 0 < len(shown(listed)) < everything


def test_an_address_shows_what_its_sender_saw_and_the_back_button_goes_back(listed: Page, sites: dict[str, Site]):
    everything = shown(listed)
    listed.get_by_label("Severity").select_option("Critical")
    critical = shown(listed)
    listed.get_by_label("Search the list").press_sequentially("saved", delay=20)
    expect(listed).to_have_url(sites["material"]("hotfixes/index") + "?q=saved&severity=critical")
    few = shown(listed)
    assert set(few) < set(critical) < set(everything)
    listed.locator("[data-sort=title] button").click()

    other = listed.context.new_page()
    other.goto(listed.url)
    assert shown(other) == shown(listed)
    assert other.get_by_label("Search the list").input_value() == "saved"
    assert other.locator("[data-sort=title]").get_attribute("aria-sort") == "ascending"

    for expected in (few, critical, everything):
        listed.go_back()
        expect(listed.locator(".hf-index tbody tr:visible")).to_have_count(len(expected))
        assert shown(listed) == expected
    listed.go_forward()
    assert shown(listed) == critical
    assert listed.get_by_label("Severity").input_value() == "critical"


def test_an_address_with_values_that_are_not_there_shows_everything(page: Page, sites: dict[str, Site]):
    page.goto(sites["material"]("hotfixes/index"))
    everything = shown(page)
    page.goto(sites["material"]("hotfixes/index") + "?status=gone&sort=%22%5D&attention=maybe&utm=1")
    assert shown(page) == everything


def test_a_heading_sorts_with_the_keyboard_and_says_how(listed: Page):
    assert listed.locator("[aria-sort]").count() == 1
    assert listed.locator("[data-sort=reported]").get_attribute("aria-sort") == "descending"
    newest = shown(listed)
    by_title = listed.get_by_role("button", name="Hotfix", exact=True)
    by_title.focus()
    listed.keyboard.press("Enter")
    assert listed.locator("[data-sort=title]").get_attribute("aria-sort") == "ascending"
    titles = listed.locator(".hf-index tbody th").all_text_contents()
    assert titles == sorted(titles, key=str.casefold)
    listed.keyboard.press("Space")
    assert listed.locator("[data-sort=title]").get_attribute("aria-sort") == "descending"
    assert listed.locator("[aria-sort]").count() == 1
    for name, number in (("sla", 4), ("severity", 3)):
        listed.locator(f"[data-sort={name}] button").click()
        up = column(listed, number)
        listed.locator(f"[data-sort={name}] button").click()
        assert column(listed, number) != up
    listed.locator("[data-sort=hours] button").click()
    hours = [float(one) for one in column(listed, 8) if one != "–"]
    assert hours == sorted(hours, reverse=True)
    listed.locator("[data-sort=reported] button").click()
    assert shown(listed) == newest


def test_on_a_phone_rows_are_compact_and_can_be_sorted(page: Page, sites: dict[str, Site]):
    page.set_viewport_size({"width": 390, "height": 800})
    page.goto(sites["material"]("hotfixes/index"))
    heights = page.locator(".hf-index tbody tr").evaluate_all("all => all.map(one => one.offsetHeight)")
    assert max(heights) < 190
    page.get_by_label("Sort by").select_option("Oldest first")
    oldest = shown(page)
    page.get_by_label("Sort by").select_option("Newest first")
    assert shown(page) == oldest[::-1]
