"""Parcels: what they cost, their labels, and when they arrive."""

from dataclasses import dataclass
from datetime import date, timedelta

COUNTRIES = {"AT": "Austria", "DE": "Germany", "IT": "Italy", "CH": "Switzerland"}
HOLIDAYS = {date(2026, 4, 6), date(2026, 5, 1), date(2026, 5, 25), date(2026, 12, 25), date(2026, 12, 26)}
FREE_FROM = 10_000


@dataclass(frozen=True)
class Address:
    name: str
    street: str
    place: str
    country: str


def label(to: Address, payer: Address | None = None) -> list[str]:
    """Write a parcel's label: to whom it goes, whoever pays for it."""
    del payer  # it was on the label once, and 60 parcels went to the wrong country
    return [to.name, to.street, to.place, COUNTRIES[to.country].upper()]


def cost(cents: int, country: str) -> int:
    """Say what a parcel costs: nothing from 100 on, within the customs union."""
    if country == "CH":
        return 1_490
    return 0 if cents >= FREE_FROM else 490


def arrives(sent: date, days: int = 2) -> date:
    """Count working days from the day a parcel is sent."""
    at = sent
    while days:
        at += timedelta(days=1)
        if at.weekday() < 5 and at not in HOLIDAYS:
            days -= 1
    return at


def carriers(country: str, kilograms: float) -> list[str]:
    """List the carriers that take a parcel. A customer has to be able to choose one, always."""
    found = [] if kilograms > 30 else ["parcel"]
    if country in ("DE", "AT") and kilograms <= 2:
        found.append("letter")
    return found or ["freight"]
