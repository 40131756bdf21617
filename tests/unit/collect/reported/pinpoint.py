"""Of Amazon Pinpoint's events."""

from __future__ import annotations

from tests.fakes.collect_stage import BROWSER
from tests.unit.collect.reported.row import Reported

EVENT_ID = "0f3b9c0e-5b43-4c55-8f9d-6a2f3b1c9d01"

ROWS = {
    "a time in milliseconds, where ISO 8601 is expected": Reported(
        f"/v1/apps/{BROWSER}/events",
        {"BatchItem": {"e1": {"Endpoint": {}, "Events": {
            EVENT_ID: {"EventType": "Look Around", "Timestamp": "1795262398000"},
        }}}},
        status=202,
        answer={"Results": {"e1": {"EventsItemResponse": {EVENT_ID: {"StatusCode": 202}}}}},
        events=({"name": "Look Around", "anonymous_id": "e1", "occurred_at": "2026-11-21T11:59:58Z"},),
    ),
    "every event rejected": Reported(
        f"/v1/apps/{BROWSER}/events",
        {"BatchItem": {"e1": {"Endpoint": {}, "Events": {EVENT_ID: {"EventType": "Look Around"}}}}},
        status=202,
        answer={"Results": {"e1": {"EventsItemResponse": {EVENT_ID: {"StatusCode": 400}}}}},
        refused=(("malformed",),),
    ),
}  # fmt: skip
