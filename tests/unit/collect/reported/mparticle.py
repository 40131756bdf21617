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
}
