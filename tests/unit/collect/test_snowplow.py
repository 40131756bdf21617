"""Snowplow's tracker protocol beyond its pairs."""

from __future__ import annotations

import base64
import gzip
import re
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest

from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.http.documents import body_of
from functions.collect.http.request import Request
from functions.collect.protocols import find
from functions.collect.protocols.snowplow import FORMAT
from shared.workspace.model import Limits, Source
from shared.workspace.write_keys import key_hash
from tests.fakes import process_stage
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import BROWSER, NOON, OBSERVE, SHOP, STRICT, Answer, Stage, gateway_event

ROOT = Path(__file__).parents[3]
PAIRS = sorted((ROOT / "tests" / "payloads" / "snowplow").glob("*.json"))

TP2 = "/com.snowplowanalytics.snowplow/tp2"
SCHEMA = "iglu:com.snowplowanalytics.snowplow/payload_data/jsonschema/1-0-4"
ENVELOPE = "iglu:com.snowplowanalytics.snowplow/unstruct_event/jsonschema/1-0-0"
CONTEXTS = "iglu:com.snowplowanalytics.snowplow/contexts/jsonschema/1-0-1"

STRUCTURED = {"e": "se", "se_ca": "shop", "se_ac": "Look Around", "uid": "u1", "eid": "e-1"}


def posted(stage: Stage, *events: dict[str, Any], key: str = OBSERVE, **gateway: Any) -> Answer:
    data = [{"aid": key, **event} for event in events]
    return stage.request("POST", TP2, {"schema": SCHEMA, "data": data}, {}, **gateway)


def described(schema: str, data: object) -> dict[str, Any]:
    return {"schema": ENVELOPE, "data": {"schema": schema, "data": data}}


@pytest.mark.parametrize("file", PAIRS, ids=[file.stem for file in PAIRS])
def test_what_is_kept_of_an_event_is_read_again_as_the_same_event(file: Path) -> None:
    request = orjson.loads(file.read_bytes())["request"]
    raw = request["text"].encode() if "text" in request else orjson.dumps(request.get("body", {}))
    asked = Request.from_gateway(
        gateway_event(
            request.get("method", "POST"),
            request["path"],
            gzip.compress(raw) if request.get("encode") == "gzip" else raw,
            request["headers"],
            query=request.get("query", ""),
        )
    )
    found = find(asked.path)
    assert found is not None
    route = found.routes.get(asked.method)
    if route is None:
        return
    body = body_of(asked, route.document)
    if body.problem is not None:
        return
    delivery = Delivery(asked.path, NOON, False, True, asked.ip, asked.user_agent)
    parsed = FORMAT.parse(Call(FORMAT, route, {}, asked, body), delivery)
    stored = orjson.loads(orjson.dumps([parsed.raw, parsed.common]))
    for raw_item, item in zip(stored[0], parsed.items, strict=True):
        arrival, again = FORMAT.again(route.call, raw_item, stored[1], delivery)
        assert arrival.received_at == parsed.arrival.received_at
        if file.stem != "refused_no_list":  # the whole request, which is no event
            assert again == item
    assert b"hr_" not in orjson.dumps(stored)


@pytest.mark.parametrize("alphabet", [base64.b64encode, base64.urlsafe_b64encode])
@pytest.mark.parametrize("padding", [b"=", b""])
@pytest.mark.parametrize("note", ["a", "ab", "abc", "~~~???>>>", "für alle"])
def test_base64_is_read_in_both_alphabets_with_and_without_padding(
    stage: Stage, alphabet: Any, padding: bytes, note: str
) -> None:
    event = described("iglu:com.acme/note_left/jsonschema/1-0-0", {"note": note})
    encoded = alphabet(orjson.dumps(event)).rstrip(b"=")
    encoded += padding * (-len(encoded) % 4)
    posted(stage, {"e": "ue", "uid": "u1", "ue_px": encoded.decode()})
    assert [(event.name, event.properties) for event in stage.events] == [("note_left", {"note": note})]


def test_a_customers_schema_keeps_its_name_and_data_though_it_is_called_like_ours(stage: Stage) -> None:
    data = {"sku": "K1", "CT App Version": "1.2", "$set": {"plan": "gold"}}
    event = described("iglu:com.acme/add_to_cart/jsonschema/1-0-0", data)
    posted(stage, {"e": "ue", "uid": "u1", "ue_pr": orjson.dumps(event).decode()})
    assert [(event.name, event.properties) for event in stage.events] == [("add_to_cart", data)]


@pytest.mark.parametrize(
    ("event", "field"),
    [
        ({"e": "ue"}, "ue_pr"),
        ({"e": "ue", "ue_pr": "{"}, "ue_pr"),
        ({"e": "ue", "ue_px": "e30"}, "ue_px"),
        ({"e": "ue", "ue_pr": orjson.dumps(described("iglu:a/b/jsonschema/1-0-0", 5)).decode()}, "ue_pr"),
        ({"e": "pv", "co": orjson.dumps({"schema": CONTEXTS, "data": {}}).decode()}, "co"),
        ({"e": "pv", "cx": "x"}, "cx"),
        ({"e": "xx"}, "e"),
        ({}, "e"),
        ({"e": "se"}, "name"),
        ({"e": "pv", "dtm": "noon"}, "dtm"),
    ],
)
def test_an_event_that_is_not_understood_is_kept_with_the_field_that_is_wrong(
    stage: Stage, event: dict[str, Any], field: str
) -> None:
    answer = posted(stage, {"uid": "u1", **event}, key=STRICT if field == "dtm" else OBSERVE)
    assert answer.status == 400
    assert [reason["field"] for reason in answer.body["rejected"][0]["reasons"]] == [field]
    assert len(stage.refused) == 1


def test_an_app_id_is_accepted_by_a_source_that_lists_it_and_names_the_app(stage: Stage) -> None:
    source = Source(id="web", name="Web", trust="browser", key_hashes=(key_hash("shop-web"),))
    stage.apply(SHOP.model_copy(update={"sources": (*SHOP.sources, source)}))
    assert posted(stage, STRUCTURED, key="shop-web").status == 200
    query = urlencode({**STRUCTURED, "aid": "shop-web"})
    assert stage.request("GET", "/i", query=query).status == 200
    assert [event.source for event in stage.events] == ["web", "web"]
    assert {event.context["app"]["name"] for event in stage.events} == {"shop-web"}
    assert posted(stage, STRUCTURED, key="shop-app").status == 401


def test_a_write_key_is_kept_nowhere(stage: Stage) -> None:
    assert posted(stage, STRUCTURED, {**STRUCTURED, "uid": "null"}).status == 200
    assert "hr_" not in stage.events[0].model_dump_json()
    assert b"hr_" not in stage.refused[0].body


def test_the_pixel_is_a_picture_that_no_browser_keeps(stage: Stage) -> None:
    answer = stage.request("GET", "/i", query=urlencode({**STRUCTURED, "aid": OBSERVE}))
    assert (answer.status, answer.headers["content-type"]) == (200, "image/gif")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.body.startswith(b"GIF89a\x01\x00\x01\x00")
    assert answer.body.endswith(b";")


def test_a_page_may_send_with_credentials_and_the_header_for_anonymous_visitors(stage: Stage) -> None:
    origin = "https://shop.example"
    asked = {"origin": origin, "access-control-request-headers": "content-type,sp-anonymous"}
    preflight = stage.request("OPTIONS", TP2, headers=asked)
    assert "sp-anonymous" in preflight.headers["access-control-allow-headers"]
    data = [{**STRUCTURED, "aid": BROWSER}]
    headers = {"origin": origin, "sp-anonymous": "*", "user-agent": "Mozilla/5.0"}
    answer = stage.request("POST", TP2, {"schema": SCHEMA, "data": data}, headers)
    assert (answer.status, answer.body) == (200, "ok")
    assert answer.headers["access-control-allow-origin"] == origin
    assert answer.headers["access-control-allow-credentials"] == "true"
    assert not {"ip", "user_agent"} & stage.events[0].context.keys()


@pytest.mark.parametrize("fault", ["event", "request", "items"])
def test_nothing_too_large_comes_again(stage: Stage, fault: str) -> None:
    """Trackers send again what was answered with 413."""
    limits = Limits(event_bytes=2048)
    small = Source(
        id="small", name="Small", trust="server", key_hashes=(key_hash("hr_small"),), limits=limits
    )
    stage.apply(SHOP.model_copy(update={"sources": (*SHOP.sources, small)}))
    large = {**STRUCTURED, "se_la": "x" * (3000 if fault == "event" else 600_000)}
    answer = posted(stage, *([{}] * 5001 if fault == "items" else [large]), key="hr_small")
    assert (answer.status, answer.body["error"]) == (400, "too_large")
    assert len(stage.refused) == (1 if fault == "event" else 0)


def test_what_may_yet_be_taken_is_asked_for_again(stage: Stage) -> None:
    stage.stream.item_faults.planned.append("all")
    answer = posted(stage, STRUCTURED)
    assert answer.status == 503
    assert answer.headers["retry-after"]
    assert posted(stage, {**STRUCTURED, "stm": "1795262405000"}).status == 200
    process = process_stage.Stage(stage.workspaces.load(1))
    process.deliver(*[process.lambda_record(entry.key, entry.data, NOON) for entry in stage.stream.entries])
    assert process.counted("user:u1", "Look Around") == 1


def test_an_event_with_a_time_and_no_id_has_the_same_one_when_it_is_sent_again(stage: Stage) -> None:
    event = {name: value for name, value in STRUCTURED.items() if name != "eid"}
    for sent in ("1795262399000", "1795262399900"):
        posted(stage, {**event, "dtm": "1795262398000", "stm": sent})
    posted(stage, event)
    posted(stage, event)
    assert len({one.id for one in stage.events}) == 3


@pytest.mark.parametrize(
    ("ids", "visitor"),
    [
        ({"duid": "d", "nuid": "n", "sid": "s"}, "d"),
        ({"nuid": "n", "tnuid": "t", "sid": "s"}, "t"),
        ({"nuid": "n", "sid": "s"}, "n"),
        ({"sid": "s"}, "s"),
    ],
)
def test_a_visitor_is_known_by_the_most_lasting_id(stage: Stage, ids: dict[str, str], visitor: str) -> None:
    posted(stage, {"e": "pv", **ids})
    assert [(event.user_id, event.anonymous_id) for event in stage.events] == [(None, visitor)]


def test_events_of_several_trackers_in_one_request_are_of_the_source_that_is_known(stage: Stage) -> None:
    data = [{**STRUCTURED, "aid": "unknown"}, {**STRUCTURED, "aid": STRICT, "e": "pv"}]
    assert stage.request("POST", TP2, {"schema": SCHEMA, "data": data}).status == 200
    assert {event.source for event in stage.events} == {"strict"}


def test_the_pages_example_works_as_it_stands(stage: Stage) -> None:
    page = (ROOT / "docs" / "protocols" / "snowplow.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    with serving(stage) as server:
        exec(example, {"collect_url": server.url, "write_key": OBSERVE})
        for _ in range(50):
            if stage.events:
                break
            time.sleep(0.1)
    [event] = stage.events
    assert (event.name, event.user_id, event.properties) == ("basket_saved", "cust-77", {"items": 3})
