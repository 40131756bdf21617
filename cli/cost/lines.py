"""Lines of a bill: what is paid, for which service, how much of it in a month, and how that is known."""

from __future__ import annotations

from typing import Literal, NamedTuple

from cli.cost.prices import PRICES

HOURS = 730
SECONDS = HOURS * 3600
"""A month."""

GB = 1024**3

Service = Literal[
    "api", "functions", "logs", "stream", "tables", "bus", "queues", "delivery", "storage", "alarms", "metrics",
    "secrets",
]  # fmt: skip

Basis = Literal["measured", "formed", "assumed", "counted"]
"""`measured` on the real handlers; `formed`: measured, times what a simulation of batches says; `assumed`; `counted` in
the stack's template."""


class Line(NamedTuple):
    """A month's. `idle_usd` is the part that is paid when nobody sends anything."""

    service: Service
    what: str
    quantity: float
    price: str
    """Its name in `prices.json`."""
    month_usd: float
    idle_usd: float
    basis: Basis


def paid(service: Service, what: str, quantity: float, price: str, basis: Basis) -> Line:
    return Line(service, what, quantity, price, _usd(price, quantity), 0.0, basis)


def paid_when_idle(service: Service, what: str, quantity: float, price: str, basis: Basis) -> Line:
    usd = _usd(price, quantity)
    return Line(service, what, quantity, price, usd, usd, basis)


def _usd(price: str, quantity: float) -> float:
    return quantity * PRICES[price].usd / PRICES[price].per
