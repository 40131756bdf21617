"""Of User.com's product events."""

from __future__ import annotations

from tests.fakes.collect_stage import OBSERVE
from tests.unit.collect.reported.row import Reported

KEY = {"authorization": f"Token {OBSERVE}"}

ROWS = {
    "a product event's type in another case": Reported(
        "/api/public/products-by-id/K1/product_event/",
        {"user_custom_id": "u1", "event_type": "Add to Cart", "timestamp": 1795262398, "data": {"price": 3}},
        KEY,
        events=({"name": "Add To Cart", "user_id": "u1", "occurred_at": "2026-11-21T11:59:58Z"},),
    ),
    "a time in milliseconds, where seconds are expected": Reported(
        "/api/public/users-by-id/u1/events/",
        {"name": "look_around", "timestamp": 1795262398000},
        KEY,
        events=({"name": "look_around", "occurred_at": "2026-11-21T11:59:58Z"},),
    ),
    "a tag that is no name": Reported(
        "/api/public/users/",
        {"custom_id": "u1", "tags": ["new", 5], "first_name": "Ana"},
        KEY,
        events=({"traits": {"first_name": "Ana"}, "trait_changes": {"append": {"tags": ["new"]}}},),
        observed=("entry_unreadable",),
    ),
    "a time that is none": Reported(
        "/api/public/users-by-id/u1/events/",
        {"name": "look_around", "timestamp": "yesterday"},
        KEY,
        events=({"name": "look_around", "occurred_at": "2026-11-21T12:00:00Z"},),
        observed=("timestamp_unreadable",),
    ),
}
