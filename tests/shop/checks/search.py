"""Search by name."""

import pytest
from shop.catalogue import PRODUCTS
from shop.search import find

pytestmark = pytest.mark.search


@pytest.mark.smoke
@pytest.mark.parametrize(
    ("words", "number"), [("tent", "T-100"), ("sleeping", "S-300"), ("rain jacket", "J-400"), ("mug titanium", "K-501")]
)
def test_a_product_is_found_by_words_of_its_name(words, number):
    assert number in find(words)


@pytest.mark.smoke
@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: one.number)
def test_every_product_on_sale_is_found_by_its_own_name(one):
    assert one.number in find(one.name), f"{one.number} is on sale, and nobody finds it by its name, {one.name}"


@pytest.mark.parametrize("words", ["TENT", "Tent", "tEnT"])
def test_capitals_do_not_matter(words):
    assert "T-100" in find(words)


@pytest.mark.parametrize("words", ["", " ", "submarine"])
def test_what_is_not_there_is_not_found(words):
    assert find(words) == []


@pytest.mark.hotfix("HF-2026-0008", "HF-2026-0009")
@pytest.mark.parametrize("words", ["höhenweg", "hohenweg", "Höhenweg", "HÖHENWEG", "ho\u0308henweg"])
def test_an_umlaut_is_found_with_and_without_its_dots(words):
    assert find(words) == ["B-200"]


@pytest.mark.hotfix("HF-2026-0009")
@pytest.mark.parametrize("words", ["ελαφρύ", "ΕΛΑΦΡΎ", "登山", "ж"])
def test_a_word_in_another_script_does_not_find_everything(words):
    assert len(find(words)) <= 1


@pytest.mark.hotfix("HF-2026-0015")
@pytest.mark.parametrize("page", [2, 3, 100, 0, -1])
def test_a_page_that_does_not_exist_is_empty_and_no_error(page):
    assert find("tent", page=page) == []
