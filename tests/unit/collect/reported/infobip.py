"""Of Infobip's People events."""

from __future__ import annotations

from tests.fakes.collect_stage import OBSERVE
from tests.unit.collect.reported.row import Reported

KEY = {"authorization": f"App {OBSERVE}"}
EVENTS = "/peopleevents/2/persons/{}/definitions/lookAround/events"

ROWS = {
    "an identifier's type in another case": Reported(
        EVENTS.format("u1"),
        {"properties": {"items": 3}},
        KEY,
        query="identifierType=external_id",
        status=201,
        events=({"user_id": "u1", "name": "lookAround"},),
    ),
    "the same in a batch, with a time in milliseconds": Reported(
        "/people/3/events",
        [{
            "definitionId": "lookAround",
            "occurredTime": 1795262398000,
            "identifier": {"type": "Email", "id": "ana@shop.example"},
        }],
        KEY,
        status=202,
        events=({"other_ids": {"email": "ana@shop.example"}, "occurred_at": "2026-11-21T11:59:58Z"},),
    ),
    "an empty batch": Reported("/people/3/events", [], KEY, status=400),
}  # fmt: skip
