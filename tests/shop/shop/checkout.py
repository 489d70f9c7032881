"""Baskets, vouchers, gift cards, payment and the invoice."""

from dataclasses import dataclass, field

from shop.catalogue import amount, money, product

VAT = {"AT": 20, "DE": 19, "IT": 22, "CH": 0}


class RefusedError(Exception):
    """The checkout says no, and why."""


@dataclass
class Vault:
    """Keeps cards, and gives out references to them."""

    cards: dict[str, str] = field(default_factory=dict)

    def save(self, number: str) -> str:
        reference = f"card-{len(self.cards) + 1}"
        self.cards[reference] = number
        return reference

    def charge(self, *, card_reference: str) -> str:
        if card_reference not in self.cards:
            raise RefusedError("no such card")
        return f"paid with a card ending in {self.cards[card_reference][-4:]}"


@dataclass
class Vouchers:
    """Vouchers in percent. Each can be used once."""

    percent: dict[str, int]
    used: set[str] = field(default_factory=set)

    def redeem(self, code: str) -> int:
        key = code.strip().upper()
        if key not in self.percent:
            raise RefusedError("no such voucher")
        if key in self.used:
            raise RefusedError("this voucher was used already")
        self.used.add(key)
        return self.percent[key]


@dataclass
class Basket:
    """What somebody is about to buy."""

    country: str = "DE"
    lines: list[tuple[str, int]] = field(default_factory=list)
    discounts: list[int] = field(default_factory=list)

    def put(self, number: str, pieces: int = 1) -> None:
        if pieces < 1:
            raise RefusedError("at least one piece")
        self.lines.append((product(number).number, pieces))

    @property
    def goods(self) -> int:
        return sum(product(number).cents * pieces for number, pieces in self.lines)

    @property
    def total(self) -> int:
        """Discounts are taken one after the other, each from what is left, so that nothing is ever paid out."""
        left = self.goods
        for percent in self.discounts:
            left -= left * percent // 100
        return left

    def pay(self, vault: Vault, reference: str) -> str:
        if not self.lines:
            raise RefusedError("the basket is empty")
        return vault.charge(card_reference=reference)

    def invoice(self) -> list[str]:
        """Write the invoice, with the tax in it on a line of its own."""
        rate = VAT[self.country]
        tax = self.total * rate // (100 + rate)
        return [
            *(f"{pieces} x {product(number).name}" for number, pieces in self.lines),
            f"VAT {rate} %: {money(tax)}",
            f"Total: {money(self.total)}",
        ]


def pay_with_gift_card(balance: str, price: int) -> tuple[str, int]:
    """Take a price from a gift card: what is left on it, and what is still to pay."""
    cents = amount(balance)
    taken = min(cents, price)
    return money(cents - taken), price - taken


def payment_form(browser: str) -> dict[str, str]:
    """Say how the payment page is loaded: with the frame of the bank, or without where a browser refuses it."""
    return {"frame": "top" if browser in ("Safari", "WebView") else "inline", "script": "payment.js"}
