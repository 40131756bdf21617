"""How many events a body has, by its vendor's format: for those whose list has one event in each place.

It is the length of that list and nothing else: whoever reads it in `collect` may leave no place of it out unsaid.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def in_field(name: str) -> Callable[[Any], int | None]:
    return lambda document: whole(document.get(name)) if isinstance(document, dict) else None


def whole(document: Any) -> int | None:
    return len(document) if isinstance(document, list) else None


def ga4s(document: Any) -> int | None:
    """What is said of the person is one more."""
    events = in_field("events")(document)
    says = isinstance(document, dict) and (document.get("user_properties") or document.get("consent"))
    return None if events is None else events + bool(says)


LISTS: dict[tuple[str, str], Callable[[Any], int | None]] = {
    ("twilio_segment", "batch"): in_field("batch"),
    ("cloudevents", "events"): whole,
    ("snowplow", "events"): in_field("data"),
    ("clevertap", "upload"): in_field("d"),
    ("infobip", "batch"): whole,
    ("netmera", "fireEvents"): whole,
    ("ga4", "collect"): ga4s,
}
"""By protocol and call."""


def how_many(protocol: str, call: str, document: Any) -> int | None:
    """`document` is the body, read; None where the format has no such list, or the document has none."""
    count = LISTS.get((protocol, call))
    return None if count is None else count(document)
