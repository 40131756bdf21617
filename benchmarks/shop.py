"""Shoppers and what they do: received JSON of exactly so many bytes, made from a seed and as varied as real traffic.

Ids, addresses, tokens, prices and queries are random, so that compression is not flattered; what one person's events
share in reality (browser, place, link) they share here.
"""

from __future__ import annotations

import random
import string
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import orjson

from shared.events import utc_text

NAMES = (
    "page", "View Item", "View Category", "View Promotion", "View Cart", "Search", "Add To Cart", "Remove From Cart",
    "Add To Wish List", "Start Checkout", "Apply Coupon", "Rate Item", "Share Item", "Open Chat", "Subscribe",
)  # fmt: skip
WORDS = (  # noqa: SIM905  words are read more easily than a list of them
    "amber anchor apron basket beacon birch blanket bottle brass bridge cabin candle canvas cedar chair "
    "cobalt copper cotton crystal denim ember fabric falcon feather fern flannel forest garnet ginger "
    "glass granite harbor hazel indigo ivory jasper kettle lantern leather lemon linen maple marble "
    "meadow mirror mosaic nylon oak olive onyx opal orchid paper pebble pepper pine plum porcelain quartz "
    "raven ribbon river saddle saffron sage sand satin shell silver slate spruce stone sugar table tea "
    "thistle thread timber topaz velvet walnut willow wool zinc"
).split()
CITIES = (
    ("Austin", "US"),
    ("Boston", "US"),
    ("Leeds", "GB"),
    ("Lyon", "FR"),
    ("Graz", "AT"),
    ("Porto", "PT"),
)
BROWSERS = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/{}.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_{} like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (X11; Linux x86_64; rv:{}.0) Gecko/20100101 Firefox/{}.0",
)


class Shopper:
    """One person with a device, a browser and a place, and everything they send, in Twilio Segment's form.

    The same `number` is the same person; another `chapter` of their life brings other events.
    """

    def __init__(self, number: int, chapter: str) -> None:
        self._random = random.Random(number)
        draw = self._random
        self.user_id = f"u{number:06d}{self._token(6)}"
        self.anonymous_id = self._uuid()
        city, country = draw.choice(CITIES)
        version = draw.randint(100, 140)
        self._context: dict[str, Any] = {
            "ip": ".".join(str(draw.randint(1, 254)) for _ in range(4)),
            "userAgent": draw.choice(BROWSERS).format(version, version),
            "locale": draw.choice(("en-US", "en-GB", "fr-FR", "de-AT", "pt-PT")),
            "timezone": draw.choice(("America/Chicago", "Europe/London", "Europe/Paris", "Europe/Vienna")),
            "screen": {"width": draw.choice((390, 1440, 1920)), "height": draw.choice((844, 900, 1080))},
            "library": {"name": "analytics.js", "version": "2.11.1"},
            "device": {"id": self._uuid(), "type": "web"},
        }
        self._traits: dict[str, Any] = {
            "email": f"{draw.choice(WORDS)}.{self._token(6)}@{draw.choice(WORDS)}.example",
            "phone": f"+1{draw.randint(2_000_000_000, 9_999_999_999)}",
            "first_name": draw.choice(WORDS).title(),
            "last_name": draw.choice(WORDS).title() + draw.choice(WORDS),
            "city": city,
            "country": country,
            "plan": draw.choice(("free", "silver", "gold")),
            "birthday": f"{draw.randint(1950, 2008)}-{draw.randint(1, 12):02d}-{draw.randint(1, 28):02d}",
            "loyalty_points": draw.randint(0, 20_000),
            "referral_code": self._token(8),
            "consents": {"email": True, "sms": draw.random() < 0.5, "push": True},
        }
        self._push_token = "".join(draw.choices("0123456789abcdef", k=64))
        self._campaign = {
            "source": draw.choice(WORDS),
            "medium": "cpc",
            "name": f"{draw.choice(WORDS)}-{self._token(4)}",
        }
        self._random = random.Random(f"{number}/{chapter}")

    def visits(self, at: datetime) -> dict[str, Any]:
        """The first page of all, by a campaign's link, before anybody knows who it is."""
        page = {**self._event("page", at), "context": {**self._context, "campaign": self._campaign}}
        del page["userId"]
        return page

    def says_who(self, at: datetime) -> dict[str, Any]:
        """identify: traits, consents, the device's push token."""
        event = self._event("identify", at)
        context = {**self._context, "device": {**self._context["device"], "token": self._push_token}}
        return {**event, "type": "identify", "traits": self._traits, "context": context}

    def did(self, at: datetime) -> dict[str, Any]:
        """Something out of `NAMES`, with no more than profiles remember of it."""
        return {**self._event(self._random.choice(NAMES), at), "context": {"device": self._context["device"]}}

    def does(self, at: datetime, size: int) -> dict[str, Any]:
        """Something out of `NAMES`; its JSON has exactly so many bytes."""
        event = self._event(self._random.choice(NAMES), at)
        event["properties"] = self._properties()
        event["context"] = {**self._context, "page": self._page()}
        return self._filled(event, size)

    def _event(self, name: str, at: datetime) -> dict[str, Any]:
        named = {"type": "page"} if name == "page" else {"type": "track", "event": name}
        return {
            **named,
            "messageId": f"ajs-next-{self._uuid()}",
            "userId": self.user_id,
            "anonymousId": self.anonymous_id,
            "timestamp": utc_text(at + timedelta(milliseconds=self._random.randint(0, 999))),
        }

    def _properties(self) -> dict[str, Any]:
        draw = self._random
        return {
            "item_id": f"SKU-{self._token(8).upper()}",
            "item_name": " ".join(draw.choices(WORDS, k=3)).title(),
            "brand": draw.choice(WORDS).title(),
            "category": f"{draw.choice(WORDS)}/{draw.choice(WORDS)}",
            "variant": f"{draw.choice(WORDS)} {draw.randint(34, 48)}",
            "price": round(draw.uniform(1, 900), 2),
            "currency": "USD",
            "quantity": draw.randint(1, 5),
            "in_stock": draw.random() < 0.9,
        }

    def _page(self) -> dict[str, str]:
        path = f"/{self._random.choice(WORDS)}/{'-'.join(self._random.choices(WORDS, k=2))}-{self._token(6)}"
        return {
            "url": f"https://shop.example{path}",
            "path": path,
            "title": " ".join(self._random.choices(WORDS, k=2)).title(),
            "referrer": f"https://shop.example/{self._random.choice(WORDS)}",
        }

    def _filled(self, event: dict[str, Any], size: int) -> dict[str, Any]:
        """Up to the size with ids of items shown beside this one, the last of them of the length that is missing."""
        event["properties"]["shown"] = shown = list[str]()
        while (missing := size - len(orjson.dumps(event))) > 0:
            room = missing - (3 if shown else 2)  # quotes, and a comma between two
            if room < 0:  # too little for one more: the last one takes it
                shown[-1] += self._token(missing)
            else:
                shown.append(self._token(room if room < 20 else 10))
        if missing < 0:
            raise ValueError(
                f"an event of {size} bytes has no room for a shopper's properties: {-missing} too many"
            )
        return event

    def _token(self, length: int) -> str:
        return "".join(self._random.choices(string.ascii_lowercase + string.digits, k=length))

    def _uuid(self) -> str:
        digits = f"{self._random.getrandbits(128):032x}"
        return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))


def shoppers(count: int, chapter: str) -> list[Shopper]:
    return [Shopper(number, chapter) for number in range(count)]


def moments(since: datetime, count: int, seconds: float) -> Iterator[datetime]:
    """`count` times, evenly over so many seconds."""
    return (since + timedelta(seconds=seconds * index / count) for index in range(count))
