"""The wire formats `collect` speaks: which path belongs to which, and what each module offers.

A protocol is one module with facts of its vendor and nothing else. Its module is loaded when its first request comes,
so that a cold start pays for the formats a stack uses. The source's field `protocol` is the module's name.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from functools import cache
from importlib import import_module
from typing import Any, NamedTuple, Protocol, cast

from functions.collect.canonical import Arrival, Item
from functions.collect.request import Request


class Route(NamedTuple):
    """`call` is the protocol's own word for what a path asks."""

    protocol: str
    call: str


def _twilio_segment() -> Iterator[tuple[str, Route]]:
    """Each call by its name and, as the browser SDK says it, by its first letter."""
    for call in ("track", "identify", "page", "screen", "group", "alias", "batch"):
        route = Route("twilio_segment", call)
        yield f"/v1/{call}", route
        # Screen's letter is s and page's p: all differ.
        yield f"/v1/{call[0]}", route
    yield "/v1/import", Route("twilio_segment", "batch")


ROUTES: dict[str, Route] = dict(_twilio_segment())
"""By path; every one is a POST."""


class Delivery(NamedTuple):
    """The facts of a request that an item cannot be understood without: kept with a rejected one for its replay."""

    path: str
    received_at: datetime
    is_retry: bool
    is_browser: bool
    ip: str | None
    user_agent: str | None


class Parsed(NamedTuple):
    """`raw` are the items as JSON values, one for each of `items`; `common` is what `again` needs for any of them."""

    arrival: Arrival
    items: list[Item]
    raw: list[Any]
    common: dict[str, Any]


class WireFormat(Protocol):
    """What a protocol's module offers."""

    def write_keys(self, request: Request, document: object) -> list[str]:
        """The keys the request shows, wherever it may carry one. `document` is None when the body is no JSON."""

    def parse(self, call: str, document: object, delivery: Delivery) -> Parsed:
        """Every item of the request, in order; what is not understood is an item with a reason. Raises TooLarge."""

    def again(
        self, call: str, raw: object, common: dict[str, Any], delivery: Delivery
    ) -> tuple[Arrival, Item]:
        """One item of an earlier request, read as `parse` reads it."""


@cache
def wire_format(name: str) -> WireFormat:
    return cast("WireFormat", import_module(f"functions.collect.protocols.{name}"))
