"""Of mParticle's batches."""

from __future__ import annotations

from typing import Any

from tests.fakes.collect_stage import OBSERVE, basic
from tests.unit.collect.reported.row import Reported

KEY = {"authorization": basic(f"{OBSERVE}:secret")}


def batch(*events: dict[str, Any], **said: Any) -> Reported:
    body = {"user_identities": {"customer_id": "u1"}, "environment": "production", "events": list(events)}
    return Reported("/v2/events", body, KEY, status=202, **said)


ROWS = {
    "an event's type in another case": batch(
        {"event_type": "Custom_Event", "data": {"event_name": "Look Around"}},
        {"event_type": "SCREEN_VIEW", "data": {"screen_name": "Home"}},
        events=({"name": "Look Around", "user_id": "u1"}, {"type": "screen", "properties": {"name": "Home"}}),
    ),
    "every event rejected": Reported(
        "/v2/events",
        {"user_identities": {"customer_id": "u1"}, "events": [{"event_type": "merge"}]},
        KEY,
        status=400,
        refused=(("malformed",),),
    ),
    "an identity that is a list": Reported(
        "/v2/events",
        {
            "user_identities": {"customer_id": "u1", "facebook": ["1", "2"], "email": "ana@shop.example"},
            "events": [{"event_type": "custom_event", "data": {"event_name": "Look Around"}}],
        },
        KEY,
        status=202,
        events=(
            {"type": "identify", "user_id": "u1", "traits": {"email": "ana@shop.example"}, "other_ids": {}},
            {"name": "Look Around", "user_id": "u1", "other_ids": {}},
        ),
        observed=("id_unreadable",),
    ),
    "a customer id that is a list": Reported(
        "/v2/events",
        {"user_identities": {"customer_id": ["u1"]}, "events": []},
        KEY,
        status=400,
        refused=(("malformed",),),
    ),
    "a deleted attribute that is no name": Reported(
        "/v2/events",
        {"user_identities": {"customer_id": "u1"}, "deleted_user_attributes": ["plan", 5], "events": []},
        KEY,
        status=202,
        events=({"traits": {"plan": None}},),
        observed=("entry_unreadable",),
    ),
}
