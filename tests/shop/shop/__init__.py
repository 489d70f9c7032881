"""The shop of the sample handbook: just enough of one that its tests test something."""

import os

VERSION = os.environ.get("SHOP_VERSION", "")
"""The package that runs. One of them was rolled back, and still has to be wrong: see `search`."""

ENVIRONMENT = os.environ.get("SHOP_ENVIRONMENT", "staging")
"""Where it runs. Production knows more products than staging does."""
