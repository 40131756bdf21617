"""The industries that a workspace can begin with. To add one: a module here, and its name in INDUSTRIES."""

from __future__ import annotations

from cli.starting.industries.banking import BANKING
from cli.starting.industries.delivery import DELIVERY
from cli.starting.industries.ecommerce import ECOMMERCE
from cli.starting.industries.games import GAMES
from cli.starting.industries.industry import Industry
from cli.starting.industries.media import MEDIA
from cli.starting.industries.saas import SAAS
from shared.authoring.files.models.plan import CatalogueName

INDUSTRIES: dict[CatalogueName, Industry] = {
    one.catalogue: one for one in (ECOMMERCE, DELIVERY, MEDIA, SAAS, GAMES, BANKING)
}
OTHER_NAMES: dict[str, CatalogueName] = {
    "commerce": "ecommerce", "shop": "ecommerce", "retail": "ecommerce", "food": "delivery",
    "subscriptions": "saas", "software": "saas", "gaming": "games", "finance": "banking", "insurance": "banking",
}  # fmt: skip
"""What else people call them."""


def industry(named: str) -> Industry | None:
    """By the catalogue's name, or another one it goes by; None if there is no such industry."""
    word = named.strip().lower()
    return next((one for one in INDUSTRIES.values() if one.catalogue == OTHER_NAMES.get(word, word)), None)
