"""Whatever is posted: never a 5xx while the stores are healthy, and every event that came is accepted or rejected."""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import zlib
from typing import Any

from hypothesis import example, given, settings

from shared.gateway_headers import is_taken_for_text
from tests.fakes.collect_stage import LENIENT, OBSERVE, STRICT, Answer, Stage
from tests.unit.collect.hostile_bodies import REASONS, REQUESTS, Hostile

STAGE = Stage()
"""One for all examples, as one container serves many requests."""


def posted(request: Hostile) -> Answer:
    STAGE.stream.entries.clear()
    STAGE.rejected.requests.clear()
    with contextlib.redirect_stdout(io.StringIO()):
        return STAGE.post(request.path, request.body, request.headers, key=request.key, api=request.api)


def arrived(request: Hostile) -> bytes:
    """The body as it reaches the function."""
    content_type = request.headers.get("content-type", "application/json")
    if request.api == "http" and is_taken_for_text(content_type):
        return request.body.decode("utf-8", "replace").encode()
    return request.body


def items_in(request: Hostile) -> int:
    """How many events came, counted by other means than collect's."""
    try:
        body = arrived(request)
        body = gzip.decompress(body) if body[:2] == b"\x1f\x8b" else body
        document: Any = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError, EOFError, OSError, zlib.error):
        return 1
    is_batch = request.path in ("/v1/batch", "/v1/b", "/v1/import", "/flow", "/beacon/v1/batch")
    if is_batch and isinstance(document, dict) and isinstance(document.get("batch"), list):
        return len(document["batch"])
    return 1


@given(request=REQUESTS)
@settings(settings.get_profile("hostile_bodies"))
@example(request=Hostile("/v1/batch", b'{"batch":[{"userId":1e400,"type":"track"}]}', OBSERVE, {}, "rest"))
@example(
    request=Hostile(
        "/v1/track", b'{"userId":"u","event":"View Item","context":{"a":NaN}}', STRICT, {}, "rest"
    )
)
@example(
    request=Hostile(
        "/v1/track",
        b'{"userId":"u","event":"Complete Purchase","properties":{"\\ud800":null}}',
        STRICT,
        {},
        "rest",
    )
)
@example(request=Hostile("/v1/group", b'{"userId":"u","groupId":' + b"9" * 5000 + b"}", LENIENT, {}, "rest"))
@example(request=Hostile("/v1/batch", b'{"batch":[' + b"[" * 3000 + b"]" * 3000 + b"]}", LENIENT, {}, "rest"))
@example(
    request=Hostile("/v1/page", b'{"userId":"u","name":"\\udfff"}', LENIENT, {"headrace-debug": "1"}, "rest")
)
@example(
    request=Hostile(
        "/v1/track",
        b'{"userId":"u","event":"Complete Purchase","properties":{"paid_on":"2026-11-20","colour":"blue"}}',
        LENIENT,
        {"headrace-debug": "1"},
        "http",
    )
)
def test_every_request_is_answered_and_every_event_accounted_for(request: Hostile) -> None:
    answer = posted(request)
    assert answer.status in (200, 400, 401, 403, 413)
    if answer.status != 200:
        assert answer.body["success"] is False
        assert isinstance(answer.body["code"], str)
        assert answer.body["message"]
    if "rejected" not in answer.body:
        assert answer.status != 200
        assert (STAGE.stream.entries, STAGE.kept) == ([], [])
        return
    accepted, rejected = answer.body["accepted"], answer.body["rejected"]
    assert accepted + len(rejected) == items_in(request)
    assert [one["index"] for one in rejected] == [item.index for item in STAGE.refused]
    for one in rejected:
        assert {reason["code"] for reason in one["reasons"]} <= REASONS
        assert all(reason["message"] for reason in one["reasons"])
    records = STAGE.records
    assert sum(len(record.events) for record in records) == accepted
    for record, entry in zip(records, STAGE.stream.entries, strict=True):
        assert record.key == entry.key
        assert record.tally.model_dump() == {
            "received": accepted + len(rejected),
            "accepted": accepted,
            "rejected": len(rejected),
        }
        assert all(event.identities[0] == record.key for event in record.events)
        assert all(event.id and event.name for event in record.events)
