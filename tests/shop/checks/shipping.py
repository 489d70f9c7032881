"""Parcels."""

from datetime import date

import pytest
from shop.shipping import COUNTRIES, Address, arrives, carriers, cost, label

pytestmark = pytest.mark.shipping


@pytest.mark.smoke
@pytest.mark.parametrize("country", COUNTRIES)
def test_there_is_a_carrier_to_every_country(country):
    assert carriers(country, 1)


@pytest.mark.parametrize(
    ("cents", "country", "price"),
    [(9_999, "DE", 490), (10_000, "DE", 0), (10_000, "AT", 0), (10_000, "CH", 1_490), (1, "IT", 490)],
)
def test_a_parcel_costs_what_is_announced(cents, country, price):
    assert cost(cents, country) == price


@pytest.mark.smoke
def test_a_parcel_takes_two_working_days():
    assert arrives(date(2026, 3, 2)) == date(2026, 3, 4)


@pytest.mark.parametrize(
    ("sent", "there"),
    [
        (date(2026, 3, 6), date(2026, 3, 10)),
        (date(2026, 4, 3), date(2026, 4, 8)),
        (date(2026, 12, 24), date(2026, 12, 29)),
    ],
)
def test_weekends_and_holidays_are_no_working_days(sent, there):
    assert arrives(sent) == there


@pytest.mark.hotfix("HF-2026-0005")
@pytest.mark.parametrize("payer", COUNTRIES)
@pytest.mark.parametrize("country", COUNTRIES)
def test_a_label_names_the_country_of_who_gets_the_parcel(country, payer):
    to = Address("A. Friend", "Side street 1", "Anytown", country)
    by = Address("A. Payer", "Main street 2", "Elsewhere", payer)
    assert label(to, by)[-1] == COUNTRIES[country].upper()


@pytest.mark.hotfix("HF-2026-0012")
@pytest.mark.parametrize("country", COUNTRIES)
@pytest.mark.parametrize("kilograms", [0.1, 2, 2.1, 30, 30.1, 200])
def test_some_carrier_takes_every_parcel(country, kilograms):
    assert carriers(country, kilograms)


@pytest.mark.hotfix("HF-2026-0012")
def test_what_is_too_heavy_for_a_parcel_goes_as_freight():
    assert carriers("DE", 31) == ["freight"]
