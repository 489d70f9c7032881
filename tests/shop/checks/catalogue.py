"""Products, prices and photos."""

import pytest
from shop.catalogue import PRODUCTS, WIDTHS, amount, listed, money, photo, product, with_size

pytestmark = pytest.mark.catalogue


@pytest.mark.smoke
@pytest.mark.parametrize("number", ["T-100", "B-200", "S-301", "J-400", "K-501"])
def test_a_product_is_found_by_its_number(number):
    assert product(number).number == number


@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: one.number)
def test_every_product_costs_something(one):
    assert one.cents > 0


@pytest.mark.parametrize("one", PRODUCTS, ids=lambda one: one.number)
def test_every_product_has_a_photo_in_each_width(one):
    assert sorted(one.photos) == sorted(WIDTHS)


@pytest.mark.hotfix("HF-2026-0001")
@pytest.mark.parametrize(
    ("screen", "file"),
    [(280, "320.jpg"), (320, "320.jpg"), (321, "640.jpg"), (390, "640.jpg"), (1280, "1280.jpg"), (3840, "1280.jpg")],
)
def test_a_screen_of_any_width_gets_a_photo(screen, file):
    assert photo(product("T-100"), screen) == file


@pytest.mark.smoke
def test_the_first_page_of_the_catalogue_is_full():
    assert len(listed(1)) == 4


@pytest.mark.parametrize("page", [4, 5, 40])
def test_past_the_end_of_the_catalogue_there_is_nothing(page):
    assert listed(page) == []


@pytest.mark.parametrize(("cents", "text"), [(5, "0.05"), (990, "9.90"), (24_900, "249.00"), (99_999, "999.99")])
def test_a_price_is_written_as_people_read_it(cents, text):
    assert money(cents) == text
    assert amount(text) == cents


@pytest.mark.hotfix("HF-2026-0016")
@pytest.mark.parametrize(
    ("text", "cents"),
    [("1,000.00", 100_000), ("1,299.90", 129_990), ("12,345.60", 1_234_560), ("1,000,000.00", 100_000_000)],
)
def test_an_amount_keeps_its_thousands(text, cents):
    assert amount(text) == cents
    assert money(cents) == text


@pytest.mark.hotfix("HF-2026-0018")
@pytest.mark.parametrize("size", ["XL", "xl", "Xl"])
def test_a_size_is_found_however_it_is_written(size):
    assert with_size(size) == ["J-400"]


@pytest.mark.hotfix("HF-2026-0018")
def test_a_size_that_no_product_has_finds_nothing_and_not_everything():
    assert with_size("5XL") == []
