"""What is wrong with an event is said in the words of the format it came in."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.collect_stage import LENIENT, STRICT, Stage, basic

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
