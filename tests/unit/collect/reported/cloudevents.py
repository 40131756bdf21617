"""Of the HTTP binding and the JSON format of CloudEvents 1.0.2 and 0.3, and of the project's conformance suite."""

from __future__ import annotations

import base64
from typing import Any

from tests.fakes.collect_stage import OBSERVE, Api
from tests.unit.collect.reported.row import Reported

BEARER = {"authorization": f"Bearer {OBSERVE}"}
STRUCTURED = {**BEARER, "content-type": "application/cloudevents+json; charset=UTF-8"}
BATCHED = {**BEARER, "content-type": "application/cloudevents-batch+json"}

EVENT: dict[str, Any] = {
    "specversion": "1.0", "id": "1", "source": "/shop", "type": "order.shipped", "subject": "u1",
}  # fmt: skip
IN_HEADERS = {f"ce-{name}": value for name, value in EVENT.items()}


def encoded(raw: bytes) -> str:
    return base64.b64encode(raw).decode()


def structured(properties: Any, **said: Any) -> Reported:
    event = {"user_id": "u1", "name": "order.shipped", "properties": properties}
    return Reported("/cloudevents", {**EVENT, **said}, STRUCTURED, status=204, events=(event,))


def binary(body: object, properties: Any, user: str = "u1", api: Api = "http", **headers: str) -> Reported:
    sent = {**BEARER, **IN_HEADERS, **{name.replace("_", "-"): value for name, value in headers.items()}}
    event = {"user_id": user, "properties": properties}
    return Reported("/cloudevents", body, sent, status=204, events=(event,), api=api)


def refused(told: str, **said: Any) -> Reported:
    return Reported(
        "/cloudevents",
        {**EVENT, **said},
        STRUCTURED,
        status=400,
        answer={"detail": f"no event was accepted; the first because {told}"},
        refused=(("malformed",),),
    )


ROWS = {
    "a structured body with the headers of the binary mode besides": Reported(
        "/cloudevents",
        {**EVENT, "data": {"parcels": 2}},
        {**STRUCTURED, **IN_HEADERS, "ce-subject": "somebody-else"},
        status=204,
        events=({"user_id": "u1", "name": "order.shipped", "properties": {"parcels": 2}},),
    ),
    "the same with a content type in capitals": Reported(
        "/cloudevents",
        {**EVENT, "data": {"parcels": 2}},
        {**BEARER, **IN_HEADERS, "content-type": "Application/CloudEvents+JSON"},
        status=204,
        events=({"user_id": "u1", "properties": {"parcels": 2}},),
    ),
    "a batch with the headers of the binary mode besides": Reported(
        "/cloudevents",
        [{**EVENT, "data": {"parcels": 1}}, {**EVENT, "id": "2", "data": {"parcels": 2}}],
        {**BATCHED, **IN_HEADERS},
        status=204,
        events=({"properties": {"parcels": 1}}, {"properties": {"parcels": 2}}),
    ),
    "an empty batch": Reported("/cloudevents", [], BATCHED, status=204),
    "a binary event by the bare host": binary({"parcels": 2}, {"parcels": 2}),
    "a header's value in quotes": binary({}, {}, ce_subject='"u1"'),
    "a quoted value with escaped quotes in it": binary({}, {}, 'u "1" \\', ce_subject='"u \\"1\\" \\\\"'),
    "a quoted and percent-encoded value": binary({}, {}, "zoë €", ce_subject='"zo%c3%AB%20%E2%82%AC"'),
    "a value that was percent-encoded twice is decoded once": binary({}, {}, "u%201", ce_subject="u%25201"),
    "a quotation mark within a value stays": binary({}, {}, 'u"1', ce_subject='u"1'),
    "a percent-encoded header that is not UTF-8": Reported(
        "/cloudevents",
        {"parcels": 2},
        {**BEARER, **IN_HEADERS, "ce-subject": "u1%C0%A0"},
        status=400,
        answer={"title": "rejected"},
        refused=(("malformed",),),
    ),
    "binary data that is text, though it reads like JSON": binary(
        b"12", {"data": "12"}, content_type="text/plain"
    ),
    "binary data in Latin 1": binary(
        "Zoë".encode("latin-1"),
        {"data": "Zoë"},
        api="rest",
        content_type='text/plain; charset="ISO-8859-1"',
    ),
    "binary data whose content type says nothing of JSON": binary(
        {"parcels": 2}, {"parcels": 2}, content_type="application/x-www-form-urlencoded"
    ),
    "text as base64": structured({"data": "Hello"}, datacontenttype="text/plain", data_base64="SGVsbG8="),
    "JSON as base64": structured(
        {"parcels": 2}, datacontenttype="application/json", data_base64=encoded(b'{"parcels":2}')
    ),
    "JSON of a vendor's own type as base64": structured(
        {"parcels": 2}, datacontenttype="application/vnd.shop+json", data_base64=encoded(b'{"parcels":2}')
    ),
    "bytes as base64 that are no text": structured(
        {"data": encoded(b"\xff\xfe")}, datacontenttype="image/png", data_base64=encoded(b"\xff\xfe")
    ),
    "text that is data as it is": structured({"data": "SGVsbG8="}, datacontenttype="text/plain", data="SGVsbG8="),
    "data and data_base64 at once": refused(
        "an event has either data or data_base64, both came", data="text", data_base64="SGVsbG8="
    ),
    "data of null beside data_base64": structured(
        {"data": "Hello"}, datacontenttype="text/plain", data=None, data_base64="SGVsbG8="
    ),
    "attributes of null are not set": Reported(
        "/cloudevents",
        {**EVENT, "dataschema": None, "time": None, "datacontenttype": None, "region": "eu"},
        STRUCTURED,
        status=204,
        events=({"context": {"cloudevent": {"source": "/shop", "subject": "u1", "region": "eu"}}},),
    ),
    "version 0.3 with data in base64": structured(
        {"parcels": 2},
        specversion="0.3",
        datacontenttype="application/json",
        datacontentencoding="Base64",
        data=encoded(b'{"parcels":2}'),
    ),
    "version 0.3 with text in base64": structured(
        {"data": "Hello"},
        specversion="0.3",
        datacontenttype="text/plain",
        datacontentencoding="base64",
        data="SGVsbG8=",
    ),
    "version 0.3 as it is": structured({"parcels": 2}, specversion="0.3", data={"parcels": 2}),
    "version 0.3 with data that is not in base64": refused(
        "data must be base64", specversion="0.3", datacontentencoding="base64", data={"parcels": 2}
    ),
    "a version there is not": refused("specversion must be 1.0 or 0.3, 0.9 came", specversion="0.9"),
    "a version that is a number": refused(
        "a CloudEvent needs specversion, text that is not empty", specversion=1.0
    ),
    "one bad event of a batch": Reported(
        "/cloudevents",
        [{**EVENT, "data": "x", "data_base64": "eA=="}, {**EVENT, "id": "2"}, {**EVENT, "specversion": "2.0"}],
        BATCHED,
        answer={"accepted": 1},
        events=({"user_id": "u1"},),
        refused=(("malformed",), ("malformed",)),
    ),
    "a format that is not read": Reported(
        "/cloudevents",
        b"\x0a\x00\xff",
        {**BEARER, "content-type": "application/cloudevents+avro"},
        status=400,
        answer={
            "detail": "no event was accepted; the first because CloudEvents are read as JSON, not as avro"
        },
        refused=(("malformed",),),
    ),
}  # fmt: skip
