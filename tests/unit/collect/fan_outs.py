"""Requests whose events share something, in every format that has such: what is small once and large given to each."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any, NamedTuple

from tests.fakes.collect_stage import LENIENT, basic

PAIR = {"authorization": basic(f"{LENIENT}:")}
APP = {"x-clevertap-account-id": LENIENT}
AT = "2026-11-21T11:59:00Z"


class FanOut(NamedTuple):
    """`body` is made of the characters of the shared part and the number of events that share it, `query` of the first
    of these where it is the part that is shared; `refused` is the status of a request that would become too large."""

    protocol: str
    path: str
    headers: dict[str, str]
    body: Callable[[int, int], Any]
    query: str | Callable[[int], str] = ""
    refused: int = 413


def context_of_a_batch(size: int, events: int) -> Any:
    tiny = {"type": "track", "event": "E", "userId": "u"}
    return {"context": {"x": "x" * size}, "batch": [tiny] * events}


def many_fields_in_the_context_of_a_batch(size: int, events: int) -> Any:
    """Each event's context is a table of its own, of which the texts are the smallest part."""
    tiny = {"type": "track", "event": "E", "userId": "u"}
    return {"context": {f"k{at}": 1 for at in range(size // 9)}, "batch": [tiny] * events}


def channel_of_a_batch(size: int, events: int) -> Any:
    return {"channel": "x" * size, "batch": [{"type": "page", "userId": "u"}] * events}


def profile_of_many_people(size: int, events: int) -> Any:
    return {"extIds": [f"u{at}" for at in range(events)], "profile": {"x": "x" * size}}


def tags_of_many_people(size: int, events: int) -> Any:
    people = [f"u{at}" for at in range(events)]
    return [{"tag": "a", "extIds": ["u"]}, {"extIds": people, "tag": ["x" * size]}]


def endpoint_of_many_events(size: int, events: int) -> Any:
    one = {"EventType": "E", "Timestamp": AT}
    endpoint = {"Demographic": {"Make": "x" * size}, "Address": "a@shop.example"}
    return {"BatchItem": {"e1": {"Endpoint": endpoint, "Events": {f"{at:020}": one for at in range(events)}}}}


def endpoint_id_of_many_events(size: int, events: int) -> Any:
    """Each event's id is made of it, and is a digest of all of that."""
    one = {"EventType": "E", "Timestamp": AT}
    return {"BatchItem": {"e" * size: {"Events": {str(at): one for at in range(events)}}}}


def device_of_many_events(size: int, events: int) -> Any:
    return {
        "client_id": "c1.2",
        "device": {"brand": "x" * size},
        "timestamp_micros": 1795262340000000,
        "events": [{"name": "e"}] * events,
    }


def client_of_many_events(size: int, events: int) -> Any:
    return {"client_id": "c" * size, "timestamp_micros": 1795262340000000, "events": [{"name": "e"}] * events}


def header_of_an_apps_batch(size: int, events: int) -> Any:
    header = {"type": "meta", "g": "g1", "af": {"Model": "x" * size}}
    return [header, *[{"type": "event", "evtName": "E", "ep": 1795262340}] * events]


def guid_of_an_apps_batch(size: int, events: int) -> Any:
    header = {"type": "meta", "g": "g" * size}
    return [header, *[{"type": "event", "evtName": "E", "ep": 1795262340}] * events]


def device_of_a_batch(size: int, events: int) -> Any:
    one = {"event_type": "custom_event", "data": {"event_name": "E"}}
    return {
        "user_identities": {"customer_id": "u"},
        "device_info": {"device_model": "x" * size},
        "events": [one] * events,
    }


def identities_of_a_batch(size: int, events: int) -> Any:
    """Each is no kind of identity, which is wrong with every event of the batch."""
    one = {"event_type": "custom_event", "data": {"event_name": "E"}}
    return {"user_identities": {f"?{at:06}": "u" for at in range(size // 14)}, "events": [one] * events}


def one_of_many_batches(size: int, events: int) -> Any:
    small = device_of_a_batch(10, 1)
    return [small, device_of_a_batch(size, events), small]


def query_of_many_events(_size: int, events: int) -> Any:
    return {"data": [{"e": "pv", "eid": f"{at:036}", "duid": "v1"} for at in range(events)]}


def page_in_a_query(size: int) -> str:
    return f"aid={LENIENT}&page={'x' * size}"


def entities_of_many_events(_size: int, events: int) -> Any:
    return query_of_many_events(_size, events)


def entities_in_a_query(size: int) -> str:
    """Lists, the smallest part of which is their text."""
    lists: list[Any] = [[] for _ in range(size // 4)]
    entity = {"schema": "iglu:com.acme/x/jsonschema/1-0-0", "data": {"a": lists}}
    contexts = {
        "schema": "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1", "data": [entity],
    }  # fmt: skip
    written = json.dumps(contexts, separators=(",", ":")).encode()
    return f"aid={LENIENT}&cx={base64.urlsafe_b64encode(written).decode()}"


NETMERA = {"x-netmera-api-key": LENIENT}

FAN_OUTS = {
    made.body.__name__: made
    for made in (
        FanOut("twilio_segment", "/v1/batch", PAIR, context_of_a_batch),
        FanOut("twilio_segment", "/v1/batch", PAIR, many_fields_in_the_context_of_a_batch),
        FanOut("twilio_segment", "/v1/batch", PAIR, channel_of_a_batch),
        FanOut("netmera", "/rest/3.0/setProfileAttributes", NETMERA, profile_of_many_people),
        FanOut("netmera", "/rest/3.0/tagUsers", NETMERA, tags_of_many_people),
        FanOut("pinpoint", f"/v1/apps/{LENIENT}/events", {}, endpoint_of_many_events),
        FanOut("pinpoint", f"/v1/apps/{LENIENT}/events", {}, endpoint_id_of_many_events),
        FanOut("ga4", "/mp/collect", {}, device_of_many_events, f"measurement_id=G-1&api_secret={LENIENT}"),
        FanOut("ga4", "/mp/collect", {}, client_of_many_events, f"measurement_id=G-1&api_secret={LENIENT}"),
        FanOut("clevertap", "/a1", APP, header_of_an_apps_batch),
        FanOut("clevertap", "/a1", APP, guid_of_an_apps_batch),
        FanOut("mparticle", "/v2/events", PAIR, device_of_a_batch),
        FanOut("mparticle", "/v2/events", PAIR, identities_of_a_batch),
        FanOut("mparticle", "/v2/bulkevents", PAIR, one_of_many_batches),
        FanOut(
            "snowplow", "/com.snowplowanalytics.snowplow/tp2", {}, query_of_many_events, page_in_a_query, 400
        ),
        FanOut(
            "snowplow",
            "/com.snowplowanalytics.snowplow/tp2",
            {},
            entities_of_many_events,
            entities_in_a_query,
            400,
        ),
    )
}

NOTHING_SHARED = {
    "cloudevents": "each event of a batch says everything itself",
    "infobip": "only the path's id of an app is shared, and a path has 10 KB at most",
    "posthog": "only the time of sending and the SDK's name, in headers",
    "user_com": "a request has one event",
}
