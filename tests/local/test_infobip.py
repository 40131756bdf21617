"""Infobip's API on the deployed stack, by plain HTTP: no client of theirs speaks it."""

from __future__ import annotations

import hashlib
import http.client
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import orjson
import pytest

from tests.local.shop import PATIENCE_LAKE, SHOP, Answer, Shop, counted, eventually

pytestmark = pytest.mark.local

API_KEY = "0123456789abcdef-an-infobip-api-key"
SOURCE = f"""
  infobip:
    trust: server
    policy: strict
    accepts: ["sha256:{hashlib.sha256(API_KEY.encode()).hexdigest()}"]
    may_define: true
"""

RATE_DELIVERY = {
    "definitionId": "rateDelivery",
    "title": "Delivery rated",
    "fields": [{"name": "stars", "type": "Numeric"}, {"name": "comment", "type": "String"}],
}


@pytest.fixture
def infobip(shop: Shop, apply: Callable[..., None]) -> Callable[..., Answer]:
    """Asks with the key that the source accepts."""
    apply(sources=(SHOP / "sources.yaml").read_text() + SOURCE)

    def ask(method: str, path: str, document: Any = None) -> Answer:
        connection = http.client.HTTPConnection(urlsplit(shop.local["collect_url"]).netloc, timeout=30)
        try:
            body = None if document is None else orjson.dumps(document)
            headers = {"Authorization": f"App {API_KEY}", "Content-Type": "application/json"}
            connection.request(method, path, body, headers)
            answer = connection.getresponse()
            raw = answer.read()
            return Answer(answer.status, dict(answer.getheaders()), orjson.loads(raw) if raw else {})
        finally:
            connection.close()

    return ask


def rated(person: str, query: str = "identifierType=EXTERNAL_ID") -> str:
    return f"/peopleevents/2/persons/{person}/definitions/rateDelivery/events?{query}"


def in_batch(event_id: str, person: str, type_: str, stars: object) -> dict[str, Any]:
    return {
        "eventId": event_id,
        "definitionId": "rateDelivery",
        "occurredTime": "2026-11-21T09:00:00.000Z",
        "identifier": {"id": person, "type": type_},
        "properties": {"stars": stars},
    }


def test_a_definition_its_events_and_a_batch_reach_profile_timeline_and_lake(
    shop: Shop, infobip: Callable[..., Answer]
) -> None:
    defined = infobip("POST", "/peopleevents/2/definitions", RATE_DELIVERY)
    assert defined.status == 201, defined
    assert infobip("POST", "/peopleevents/2/definitions", RATE_DELIVERY).status == 409
    listed = eventually(
        lambda: infobip("GET", "/peopleevents/2/definitions/rateDelivery"),
        lambda answer: answer.status == 200,
    )
    assert listed.body["title"] == "Delivery rated"

    stranger = infobip("POST", rated("ib-nobody", "identifierType=EXTERNAL_ID&createPerson=false"), {})
    assert stranger.status == 404
    for _ in range(2):
        sent = infobip("POST", rated("ib-1"), {"eventId": "ib-first", "properties": {"stars": "5"}})
        assert (sent.status, sent.body["eventId"], sent.body["properties"]) == (201, "ib-first", {"stars": 5})
    wrong = infobip("POST", rated("ib-1"), {"properties": {"stars": "many"}})
    assert list(wrong.body["requestError"]["serviceException"]["validationErrors"]) == ["properties.stars"]

    batch = [in_batch("ib-b1", "ib-1", "EXTERNAL_ID", 4), in_batch("ib-b2", "Ib@Shop.example", "EMAIL", 3)]
    assert infobip("POST", "/people/3/events", batch).status == 202
    refused = infobip("POST", "/people/3/events", [*batch, in_batch("ib b3", "ib-1", "EXTERNAL_ID", 1)])
    assert [(error["index"], error["code"]) for error in refused.body["errors"]] == [(2, 400504)]

    eventually(lambda: shop.person("ib-1"), lambda person: counted(person, "rateDelivery") == 2)
    eventually(lambda: shop.person("ib@shop.example"), lambda person: counted(person, "rateDelivery") == 1)
    known = infobip(
        "POST", rated("ib-1", "identifierType=EXTERNAL_ID&createPerson=false"), {"eventId": "ib-last"}
    )
    assert known.status == 201

    stars = {
        event["id"]: event["properties"].get("stars")
        for event in eventually(
            lambda: [one for one in shop.headrace("timeline", "ib-1") if one["name"] == "rateDelivery"],
            lambda found: len(found) == 3,
        )
    }
    assert stars == {"ib-b1": 4, "ib-first": 5, "ib-last": None}

    rows = eventually(
        lambda: shop.rows(
            "select event_id, protocol, element_at(properties, 'stars') from events"
            " where name = 'rateDelivery' order by event_id"
        ),
        lambda found: len(found) == 4,
        PATIENCE_LAKE,
    )
    assert rows == [
        ("ib-b1", "infobip", "4"),
        ("ib-b2", "infobip", "3"),
        ("ib-first", "infobip", "5"),
        ("ib-last", "infobip", None),
    ]
