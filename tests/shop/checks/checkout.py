"""From the basket to the invoice."""

import pytest
from shop.checkout import VAT, Basket, RefusedError, Vault, Vouchers, pay_with_gift_card, payment_form

pytestmark = pytest.mark.checkout


@pytest.fixture
def basket():
    made = Basket()
    made.put("T-100")
    made.put("T-101", 2)
    return made


@pytest.mark.smoke
def test_a_basket_adds_up(basket):
    assert basket.total == 24_900 + 2 * 990


@pytest.mark.parametrize("pieces", [0, -1, -100])
def test_less_than_one_piece_is_refused(basket, pieces):
    with pytest.raises(RefusedError, match="at least one piece"):
        basket.put("T-101", pieces)


@pytest.mark.smoke
@pytest.mark.parametrize("number", ["4111111111111111", "5500005555555559", "340000000000009"])
def test_a_new_card_pays(basket, number):
    vault = Vault()
    assert basket.pay(vault, vault.save(number)).endswith(number[-4:])


@pytest.mark.hotfix("HF-2026-0007")
@pytest.mark.parametrize("saved", range(1, 6))
def test_a_saved_card_pays_again(basket, saved):
    vault = Vault()
    references = [vault.save(f"411111111111{number:04}") for number in range(saved)]
    assert basket.pay(vault, references[-1]) == basket.pay(vault, references[-1])


@pytest.mark.hotfix("HF-2026-0007")
def test_a_card_that_was_deleted_is_refused(basket):
    vault = Vault()
    reference = vault.save("4111111111111111")
    del vault.cards[reference]
    with pytest.raises(RefusedError, match="no such card"):
        basket.pay(vault, reference)


def test_an_empty_basket_is_not_paid():
    with pytest.raises(RefusedError, match="empty"):
        Basket().pay(Vault(), "card-1")


@pytest.mark.smoke
def test_a_voucher_takes_its_percent_off(basket):
    basket.discounts.append(Vouchers({"SPRING10": 10}).redeem("SPRING10"))
    assert basket.total == 24_192


def test_an_unknown_voucher_is_refused():
    with pytest.raises(RefusedError, match="no such voucher"):
        Vouchers({}).redeem("SPRING10")


@pytest.mark.hotfix("HF-2026-0003")
@pytest.mark.parametrize("again", ["SPRING10", "spring10", " SPRING10", "SPRING10 ", "Spring10"])
def test_a_voucher_is_used_once_however_it_is_typed(again):
    vouchers = Vouchers({"SPRING10": 10})
    vouchers.redeem("SPRING10")
    with pytest.raises(RefusedError, match="used already"):
        vouchers.redeem(again)


@pytest.mark.hotfix("HF-2026-0004")
@pytest.mark.parametrize(("country", "rate"), VAT.items())
def test_an_invoice_has_the_tax_on_a_line_of_its_own(basket, country, rate):
    basket.country = country
    assert basket.invoice()[-2].startswith(f"VAT {rate} %: ")


@pytest.mark.hotfix("HF-2026-0004")
def test_the_tax_of_an_invoice_is_that_of_the_total(basket):
    assert basket.invoice()[-2:] == ["VAT 19 %: 42.91", "Total: 268.80"]


@pytest.mark.hotfix("HF-2026-0011")
@pytest.mark.parametrize(
    ("balance", "price", "left", "open_"),
    [
        ("50.00", 1_990, "30.10", 0),
        ("50.00", 5_000, "0.00", 0),
        ("50.00", 5_001, "0.00", 1),
        ("0.10", 990, "0.00", 980),
        ("19.95", 5, "19.90", 0),
    ],
)
def test_a_gift_card_pays_to_the_cent(balance, price, left, open_):
    assert pay_with_gift_card(balance, price) == (left, open_)


@pytest.mark.hotfix("HF-2026-0014")
@pytest.mark.parametrize("browser", ["Safari", "WebView"])
def test_a_browser_that_refuses_the_frame_gets_the_page_of_the_bank(browser):
    assert payment_form(browser)["frame"] == "top"


@pytest.mark.hotfix("HF-2026-0014")
@pytest.mark.parametrize("browser", ["Chrome", "Firefox", "Edge"])
def test_other_browsers_keep_the_frame(browser):
    assert payment_form(browser)["frame"] == "inline"


@pytest.mark.hotfix("HF-2026-0021")
@pytest.mark.parametrize("percents", [(50, 50), (60, 60), (100,), (100, 10), (30, 30, 30, 30)])
def test_discounts_never_pay_out(basket, percents):
    basket.discounts += percents
    assert 0 <= basket.total < basket.goods


@pytest.mark.hotfix("HF-2026-0021")
def test_two_discounts_are_taken_one_after_the_other(basket):
    basket.discounts += [50, 50]
    assert basket.total == 6_720
