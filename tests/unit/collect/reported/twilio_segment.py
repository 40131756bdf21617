"""Of RudderStack's gateway and transformer tests, and of Segment's libraries."""

from __future__ import annotations

from typing import Any

from tests.fakes.collect_stage import OBSERVE, basic
from tests.unit.collect.reported.row import Reported

KEY = {"authorization": basic(f"{OBSERVE}:"), "content-type": "application/json"}

AT = "2026-11-21T11:59:58Z"
MILLISECONDS = 1795262398000


def call(path: str, body: dict[str, Any], **said: Any) -> Reported:
    return Reported(path, {"userId": "u1", **body}, KEY, **said)


def timed(at: object, expected: str = AT, **beside: object) -> Reported:
    event = {"original_timestamp": expected, "occurred_at": expected}
    return call("/v1/track", {"event": "Look Around", "timestamp": at, **beside}, events=(event,))


def named(*entries: object, known: dict[str, str], seen: bool = True, word: str = "externalId") -> Reported:
    context = {word: list(entries)}
    event = {"user_id": "u1", "traits": {"plan": "gold"}, "other_ids": known, "context": context}
    body = {"traits": {"plan": "gold"}, "context": context}
    return call("/v1/identify", body, events=(event,), observed=("id_unreadable",) if seen else ())


EMAIL = {"type": "email", "id": "ana@shop.example"}
ANA = {"email": "ana@shop.example"}

ROWS = {
    "an external id that is a list": named({"type": "hubspot", "id": ["1", "2"]}, EMAIL, known=ANA),
    "an external id that is an object": named({"type": "hubspot", "id": {}}, known={}, word="externalIds"),
    "an external id that is a fraction": named({"type": "hubspot", "id": 1.5}, EMAIL, known=ANA),
    "an external id that is a number": named({"type": "crm", "id": 15}, known={"crm": "15"}, seen=False),
    "an external id that is null": named({"type": "crm", "id": None}, EMAIL, known=ANA, seen=False),
    "an external id without a type": named({"id": "15"}, EMAIL, known=ANA),
    "an external id that is no object": named("15", None, EMAIL, known=ANA),
    "nobody but an unreadable external id": Reported(
        "/v1/identify",
        {"context": {"externalId": [{"type": "email", "id": ["ana@shop.example"]}]}},
        KEY,
        status=400,
        answer={"code": "no_identity"},
        refused=(("no_identity",),),
    ),
    "a type in another case": Reported(
        "/v1/batch",
        {"batch": [
            {"type": "Identify", "userId": "u1", "traits": {"plan": "gold"}},
            {"type": "TRACK", "userId": "u1", "event": "Look Around"},
            {"type": " Page ", "userId": "u1", "name": "Home"},
        ]},
        KEY,
        events=(
            {"type": "identify", "name": "identify", "traits": {"plan": "gold"}},
            {"type": "track", "name": "Look Around"},
            {"type": "page", "properties": {"name": "Home"}},
        ),
    ),
    "a type of ours in another case stays ours": Reported(
        "/v1/batch",
        {"batch": [{"type": "System", "userId": "u1", "event": "Message Sent"}]},
        KEY,
        status=400,
        answer={"code": "reserved_name"},
        refused=(("reserved_name",),),
    ),
    "the same by the path of its call": call(
        "/v1/track", {"type": "SYSTEM", "event": "x"}, status=400, refused=(("reserved_name",),)
    ),
    "a type there is not": Reported(
        "/v1/batch",
        {"batch": [{"type": "merge", "userId": "u1"}]},
        KEY,
        status=400,
        answer={"code": "malformed"},
        refused=(("malformed",),),
    ),
    "a time in milliseconds": timed(MILLISECONDS),
    "a time in milliseconds, as text": timed(str(MILLISECONDS)),
    "a time in seconds": timed(MILLISECONDS // 1000),
    "a time in seconds, as text": timed(str(MILLISECONDS // 1000)),
    "a time in seconds with a fraction": timed(MILLISECONDS / 1000 + 0.25, "2026-11-21T11:59:58.250000Z"),
    "a time in seconds with a fraction, as text": timed("1795262398.25", "2026-11-21T11:59:58.250000Z"),
    "a time in microseconds": timed(MILLISECONDS * 1000),
    "a time in nanoseconds": timed(MILLISECONDS * 10**6),
    "milliseconds whose digits read like a day of 1712": timed("1712010112345", "2024-04-01T22:21:52.345000Z"),
    "an original time in milliseconds": timed(None, originalTimestamp=MILLISECONDS),
    "a day in digits alone": timed("20261121", "2026-11-21T00:00:00Z"),
    "a time and the time of sending in milliseconds, by a clock an hour slow": call(
        "/v1/track",
        {"event": "x", "timestamp": MILLISECONDS - 3_600_000, "sentAt": MILLISECONDS - 3_600_000 + 2000},
        events=({"occurred_at": AT, "sent_at": "2026-11-21T11:00:00Z"},),
    ),
    "a batch with nothing in it": Reported(
        "/v1/batch",
        {"batch": []},
        KEY,
        status=400,
        answer={"success": False, "code": "empty_batch", "message": "the batch holds no event"},
    ),
    "the same by a beacon": Reported(
        "/beacon/v1/batch",
        {"batch": []},
        query=f"writeKey={OBSERVE}",
        status=400,
        answer={"code": "empty_batch"},
    ),
}  # fmt: skip
