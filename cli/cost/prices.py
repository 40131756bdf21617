"""AWS's list prices, out of `prices.json`: the one place that has them, with their date and where they are from."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import orjson

FILE = Path(__file__).with_name("prices.json")

_read: dict[str, Any] = orjson.loads(FILE.read_bytes())

AS_OF: str = _read["as_of"]
REGION: str = _read["region"]


class Price(NamedTuple):
    """Dollars for `per` of the unit. `confirmed` is whether it was looked up on the service's price page."""

    usd: float
    per: float
    unit: str
    source: str
    confirmed: bool


PRICES: dict[str, Price] = {name: Price(**one) for name, one in _read["prices"].items()}
