"""A month of a small web shop, as `headrace simulate` reads it: `python -m benchmarks.shop_month > month.ndjson`.

Shoppers register, look around, fill carts and buy, in visits of a few minutes spread over November 2026.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, NamedTuple

import orjson
import typer

from benchmarks.shop import WORDS, Shopper, shoppers
from shared.events import utc_text

BEGINS = datetime(2026, 11, 1, tzinfo=UTC)
DAYS = 30

VISIT = ("page", "View Item", "Search", "View Item", "Add To Cart", "View Item", "Complete Purchase")
"""Visits go so far or less far."""

PLATFORMS = ("web", "ios", "android")


class Visit(NamedTuple):
    """Seconds since the month began, and how much of `VISIT` there is of it."""

    begins: float
    shopper: int
    steps: int


def month(events: int, people: int, seed: int = 1) -> list[dict[str, Any]]:
    """So many lines, in the order of arrival."""
    draw = random.Random(seed)
    everybody = shoppers(people, "november")
    lines: list[dict[str, Any]] = []
    met: set[int] = set()
    for visit in sorted(_visits(events, people, draw)):
        lines += _lines(everybody[visit.shopper], visit, draw, is_new=visit.shopper not in met)
        met.add(visit.shopper)
    return sorted(lines, key=lambda line: line["received_at"])[:events]


def _visits(events: int, people: int, draw: random.Random) -> list[Visit]:
    """As many as bring that many events: whoever comes for the first time brings two more."""
    visits: list[Visit] = []
    met: set[int] = set()
    count = 0
    while count < events:
        visit = Visit(
            draw.uniform(0, DAYS * 86_400 - 3_600), draw.randrange(people), draw.randint(1, len(VISIT))
        )
        count += visit.steps + (0 if visit.shopper in met else 2)
        met.add(visit.shopper)
        visits.append(visit)
    return visits


def _lines(shopper: Shopper, visit: Visit, draw: random.Random, *, is_new: bool) -> Iterator[dict[str, Any]]:
    at = BEGINS + timedelta(seconds=visit.begins)
    platform = PLATFORMS[visit.shopper % len(PLATFORMS)]
    if is_new:
        yield _line(shopper.says_who(at), at, platform, draw)
        at += timedelta(seconds=30)
        registration = {"type": "track", "event": "Registration", "properties": {}}
        yield _line({**shopper.did(at), **registration}, at, platform, draw)
    for name in VISIT[: visit.steps]:
        at += timedelta(seconds=draw.uniform(2, 240))
        named = {"type": "page"} if name == "page" else {"type": "track", "event": name}
        event = {key: value for key, value in shopper.did(at).items() if key != "event"}
        yield _line({**event, **named, "properties": _properties(name, draw)}, at, platform, draw)


def _line(event: dict[str, Any], at: datetime, platform: str, draw: random.Random) -> dict[str, Any]:
    arrived = at + timedelta(milliseconds=draw.randint(1_000, 3_000))
    context = {**event["context"], "device": {**event["context"]["device"], "type": platform}}
    return {"received_at": utc_text(arrived), "source": "lenient", **event, "context": context}


def _properties(name: str, draw: random.Random) -> dict[str, Any]:
    item = {"item_id": f"SKU-{draw.randint(1, 400)}", "name": " ".join(draw.choices(WORDS, k=2)).title()}
    match name:
        case "Complete Purchase":
            return {"amount": round(draw.uniform(5, 1_400), 2), "currency": "USD"}
        case "Search":
            return {"query": draw.choice(WORDS)}
        case "page":
            return {"path": f"/{draw.choice(WORDS)}"}
        case _:
            return {**item, "price": round(draw.uniform(1, 900), 2), "currency": "USD"}


def main(
    events: Annotated[int, typer.Option(help="Lines.", min=1)] = 25_000,
    people: Annotated[int, typer.Option(help="Shoppers.", min=1)] = 2_000,
    seed: Annotated[int, typer.Option(help="Another one is another month.")] = 1,
) -> None:
    """Write the month to standard output."""
    for line in month(events, people, seed):
        sys.stdout.buffer.write(orjson.dumps(line) + b"\n")


if __name__ == "__main__":
    typer.run(main)
