"""What is wrong with an event is said in the words of the format it came in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.collect import protocols
from functions.collect.adapter.field_names import reworded
from shared.plan.reasons import Code, Reason
from shared.workspace.model import Limits
from tests.fakes.collect_stage import LENIENT, SHOP, STRICT, Stage, basic
from tests.unit.collect.test_payloads import PAIRS, sent

KEY = {"authorization": basic(f"{LENIENT}:secret")}
BEARER = {"authorization": f"Bearer {LENIENT}"}
OURS = ("user_id or", "anonymous_id", "previous_id")

EVENT = {"specversion": "1.0", "id": "1", "type": "T", "source": "/s"}

Told = tuple[str, str, object, dict[str, str], str, str]

NOBODY: dict[str, Told] = {
    "posthog": ("POST", "/batch", {"api_key": LENIENT, "batch": [{"event": "E"}]}, {}, "", "distinct_id is needed"),
    "ga4": (
        "POST", "/debug/mp/collect", {"events": [{"name": "x"}]}, {}, f"measurement_id=G-1&api_secret={LENIENT}",
        "client_id, app_instance_id or user_id is needed",
    ),
    "snowplow": ("GET", "/i", b"", {}, f"e=pv&aid={LENIENT}", "uid, duid or sid is needed"),
    "cloudevents": ("POST", "/cloudevents", EVENT, BEARER, "", "subject, userid or anonymousid is needed"),
    "mparticle": (
        "POST", "/v2/events", {"environment": "production", "events": [{"event_type": "uninstall"}]}, KEY, "",
        "an identity, mp_deviceid or mpid is needed",
    ),
    "netmera": (
        "POST", "/rest/3.0/fireEvents", [{"name": "x"}], {"x-netmera-api-key": LENIENT}, "", "extId is needed",
    ),
    "clevertap": (
        "POST", "/1/upload", {"d": [{"type": "event", "evtName": "x"}]},
        {"x-clevertap-account-id": "A", "x-clevertap-passcode": LENIENT}, "",
        "identity, objectId, FBID or GPID is needed",
    ),
    "user_com": (
        "POST", "/api/public/events/", {"name": "x"}, {"authorization": f"Token {LENIENT}"}, "",
        "a custom id, User.com's number, a user's key or an email address is needed",
    ),
}  # fmt: skip


@pytest.mark.parametrize("protocol", NOBODY)
def test_an_event_of_nobody_is_refused_in_the_formats_own_words(stage: Stage, protocol: str) -> None:
    method, path, body, headers, query, sentence = NOBODY[protocol]
    told = str(stage.request(method, path, body, headers, query=query).body)
    assert sentence in told or sentence in told.replace("\\'", "'")
    assert not any(word in told for word in OURS)


def _of_segment(**fields: Any) -> Any:
    return {"batch": [{"type": "track", "event": "E", "messageId": "m1", "userId": "u1", **fields}]}


@pytest.mark.parametrize(
    ("fields", "field", "sentence"),
    [
        ({"userId": None}, "userId", "userId or anonymousId is needed"),
        ({"userId": ["u"]}, "userId", "userId must be a string, a list came"),
        ({"type": "alias"}, "previousId",
         "an alias needs previousId, the id the person had before, and no placeholder"),
        ({"messageId": {"a": 1}}, "messageId", "messageId must be a string, an object came"),
        ({"event": ""}, "event", "the event has no name"),
        ({"timestamp": "3000-01-01T00:00:00Z"}, "timestamp", "the event lies more than 86400 seconds in the future"),
        ({"context": {"externalIds": [{"type": "loyalty", "id": "x" * 300}]}}, "context.externalIds.loyalty",
         "context.externalIds.loyalty is longer than 200 characters"),
    ],
)  # fmt: skip
def test_segments_fields_have_segments_names(
    stage: Stage, fields: dict[str, Any], field: str, sentence: str
) -> None:
    answer = stage.request("POST", "/v1/batch", _of_segment(**fields), KEY)
    [reason] = answer.body["rejected"][0]["reasons"]
    assert (reason["field"], reason["message"]) == (field, sentence)
    assert stage.refused[0].reasons[0].field == field


@pytest.mark.parametrize("protocol", protocols.NAMES)
def test_a_formats_words_are_said_again_the_same(protocol: str) -> None:
    """Readings use them already where they know more of an item."""
    words = protocols.wire_format(protocol).words
    for field in (*words.fields, "user_id", "properties.amount", ""):
        reason = Reason(Code.NO_IDENTITY, field, f"{field} is wrong: user_id or anonymous_id is needed")
        once = reworded([reason], words.fields, words.somebody)
        assert reworded(once, words.fields, words.somebody) == once


@pytest.mark.parametrize(
    ("path", "query", "body", "field", "sentence"),
    [
        ("/i", f"e=pv&aid={STRICT}&uid=u&dtm=noon", b"", "dtm", "dtm is not a time"),
        (
            "/batch",
            "",
            {"api_key": LENIENT, "batch": [{"distinct_id": "u"}]},
            "event",
            "the event has no name",
        ),
    ],
)
def test_a_field_is_called_what_the_sender_called_it(
    stage: Stage, path: str, query: str, body: Any, field: str, sentence: str
) -> None:
    answer = stage.request("GET" if path == "/i" else "POST", path, body, {}, query=query)
    [reason] = answer.body["rejected"][0]["reasons"]
    assert (reason["field"], reason["message"]) == (field, sentence)


OURS_ALONE = {"user_id", "anonymous_id", "previous_id", "session_id"}
THEIRS_TOO = {"ga4": {"user_id"}, "user_com": {"user_id"}}
"""Formats that call something of their own so."""


@pytest.mark.parametrize("file", PAIRS, ids=lambda file: f"{file.parent.name}-{file.stem}")
def test_no_reason_for_a_real_request_has_a_field_of_ours(file: Path) -> None:
    """Each is refused for its name by a plan without events, or for its time by a source that takes no day old."""
    sources = [
        one.model_copy(update={"policy": "strict", "limits": Limits(oldest_days=days)})
        for one in SHOP.sources
        for days in [1 if one.policy == "lenient" else 3650]
    ]
    stage = Stage(SHOP.model_copy(update={"events": (), "sources": tuple(sources)}))
    sent(stage, orjson.loads(file.read_bytes())["request"])

    protocol = file.parent.name
    words = protocols.wire_format(protocol).words
    for reason in (reason for item in stage.refused for reason in item.reasons):
        assert reason.field not in OURS_ALONE - THEIRS_TOO.get(protocol, set()), reason
        if reason.code is Code.UNKNOWN_EVENT:
            assert reason.field == words.fields.get("name", "name")
        if reason.code in (Code.TOO_OLD, Code.IN_FUTURE):
            assert reason.field == words.fields.get("timestamp", "timestamp")
