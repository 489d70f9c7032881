"""Products, their prices and photos."""

from dataclasses import dataclass, field

from shop import ENVIRONMENT

WIDTHS = (320, 640, 1280)


@dataclass(frozen=True)
class Product:
    number: str
    name: str
    cents: int
    sizes: tuple[str, ...] = ()
    photos: dict[int, str] = field(default_factory=lambda: {width: f"{width}.jpg" for width in WIDTHS})


EVERYWHERE = (
    Product("T-100", "Trekking tent", 24_900),
    Product("T-101", "Tent peg, set of ten", 990),
    Product("B-200", "Rucksack Höhenweg", 12_900, ("40 l", "60 l")),
    Product("S-300", "Sleeping bag Gröden", 18_950, ("M", "L")),
    Product("S-301", "Sleeping mat", 4_500, ("M", "L")),
    Product("J-400", "Rain jacket", 15_900, ("S", "M", "L", "XL")),
    Product("K-500", "Gas cooker", 5_490),
    Product("K-501", "Titanium mug", 2_290),
    Product("G-900", "Gift card 50", 5_000),
)
ONLY_IN_PRODUCTION = (
    Product("J-410", "Jacket Ελαφρύ", 21_900, ("S", "M", "L")),
    Product("C-700", "Καρφίτσα", 590),
    Product("M-800", "登山地図", 1_490),
)
PRODUCTS = EVERYWHERE + (ONLY_IN_PRODUCTION if ENVIRONMENT == "production" else ())


def product(number: str) -> Product:
    """Find a product by its number."""
    return next(one for one in PRODUCTS if one.number == number)


def photo(one: Product, screen: int) -> str:
    """Choose the smallest photo that fills a screen; the largest there is for a larger one."""
    fitting = [width for width in sorted(one.photos) if width >= screen]
    return one.photos[fitting[0] if fitting else max(one.photos)]


def with_size(size: str) -> list[str]:
    """List the products that come in a size."""
    return [one.number for one in PRODUCTS if size.casefold() in map(str.casefold, one.sizes)]


def listed(page: int, each: int = 4) -> list[str]:
    """List one page of the catalogue; past its end there is nothing."""
    return [one.number for one in PRODUCTS[(page - 1) * each : page * each]]


def money(cents: int) -> str:
    """Write a price as people read it."""
    return f"{cents // 100:,}.{cents % 100:02}"


def amount(text: str) -> int:
    """Read a price back into cents, with or without commas between thousands."""
    whole, _, rest = text.replace(",", "").partition(".")
    return int(whole) * 100 + int(f"{rest:<02}" if rest else 0)
