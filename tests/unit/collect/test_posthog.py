"""PostHog's capture API beyond its pairs."""

from __future__ import annotations

import base64
import gzip
import re
import zlib
from pathlib import Path
from typing import Any
from urllib.parse import quote

import orjson
import pytest

from functions.collect.adapter.event_builder import Fields
from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.http.documents import body_of
from functions.collect.http.request import Request
from functions.collect.http.responses import Refused
from functions.collect.protocols import find
from functions.collect.protocols.posthog import FORMAT
from shared.workspace.model import Limits, Source
from shared.workspace.write_keys import key_hash
from tests.fakes import process_stage
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import NOON, OBSERVE, SHOP, STRICT, Answer, Api, Stage, gateway_event

ROOT = Path(__file__).parents[3]
PAIRS = sorted((ROOT / "tests" / "payloads" / "posthog").glob("*.json"))

EVENT = {"event": "Basket Saved", "distinct_id": "u1", "properties": {"items": 3}, "uuid": "e-1"}


def captured(stage: Stage, body: object, path: str = "/e/", **gateway: Any) -> Answer:
    return stage.request("POST", path, body, {"content-type": "text/plain"}, **gateway)


def keyed(*events: object, key: str = OBSERVE, **beside: object) -> dict[str, Any]:
    return {"api_key": key, "batch": list(events), **beside}


@pytest.mark.parametrize("file", PAIRS, ids=[file.stem for file in PAIRS])
def test_what_is_kept_of_an_event_is_read_again_as_the_same_event(file: Path) -> None:
    request = orjson.loads(file.read_bytes())["request"]
    raw = request["text"].encode() if "text" in request else orjson.dumps(request.get("body", {}))
    asked = Request.from_gateway(
        gateway_event(
            request.get("method", "POST"),
            request["path"],
            gzip.compress(raw) if request.get("encode") == "gzip" else raw,
            request.get("headers", {}),
            query=request.get("query", ""),
            api="rest",
        )
    )
    found = find(asked.path)
    assert found is not None
    route = found.routes.get(asked.method)
    if route is None or route.kind != "events":
        return
    body = body_of(asked, route.document)
    if body.problem is not None:
        return
    delivery = Delivery(asked.path, NOON, False, True, asked.ip, asked.user_agent)
    try:
        parsed = FORMAT.parse(Call(FORMAT, route, {}, asked, body), delivery)
    except Refused:  # nothing of it is kept
        return
    stored = orjson.loads(orjson.dumps([parsed.raw, parsed.common]))
    for raw_item, (fields, reasons) in zip(stored[0], parsed.items, strict=True):
        arrival, (again, reasons_again) = FORMAT.again(route.call, raw_item, stored[1], delivery)
        assert arrival == parsed.arrival
        if reasons != reasons_again:  # of the whole request, which is no event
            assert fields == {}
            assert reasons_again
            continue
        assert _lasting(again) == _lasting(fields)
    assert b"hr_" not in orjson.dumps(stored)


def _lasting(fields: Fields) -> Fields:
    """Without an id that was made on arrival: the stored item has it beside its body."""
    made_here = len(str(fields.get("id", ""))) == 36 and str(fields["id"])[14] == "7"
    return {name: value for name, value in fields.items() if name != "id" or not made_here}


@pytest.mark.parametrize(
    "encode",
    [
        gzip.compress,
        zlib.compress,
        base64.b64encode,
        lambda raw: base64.b64encode(raw).rstrip(b"="),
        lambda raw: base64.b64encode(gzip.compress(raw, mtime=0)),
        lambda raw: b"data=" + quote(raw).encode(),
        lambda raw: b"data=" + quote(base64.b64encode(raw), safe="").encode() + b"&ip=1",
        lambda raw: b"ver=1&data=" + base64.b64encode(raw),
        lambda raw: b"\n " + raw,
    ],
)
def test_a_body_is_the_same_in_every_form(stage: Stage, encode: Any) -> None:
    text = "käufe >>> ???"
    body = orjson.dumps(keyed({**EVENT, "properties": {"text": text}}))
    assert captured(stage, encode(body), api="rest").body == {"status": "Ok"}
    assert [event.properties for event in stage.events] == [{"text": text}]


def test_json_that_speaks_of_a_form_is_no_form(stage: Stage) -> None:
    address = "https://shop.example/?a=1&data=2"
    assert (
        captured(stage, {"properties": {"url": address}, **keyed({**EVENT, "properties": {}})}).status == 200
    )
    assert [event.name for event in stage.events] == ["Basket Saved"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"data=", 400),
        (b"data=%7Bnonsense", 400),
        (b"eyJicm9rZW4", 400),
        (b"x\x9cnot deflated", 400),
        (zlib.compress(b"[" + b" " * 5_000_000), 413),
        (base64.b64encode(gzip.compress(b"[" + b" " * 5_000_000)), 413),
        (b"\x1f\x8bnot gzip", 400),
    ],
)
def test_what_cannot_be_read_is_refused_and_no_larger_than_it_may_be(
    stage: Stage, body: bytes, status: int
) -> None:
    answer = captured(stage, body, api="rest", query=f"token={OBSERVE}")
    assert answer.status == status
    assert answer.body["type"] == "validation_error"
    assert stage.events == []


@pytest.mark.parametrize(
    ("body", "query", "headers"),
    [
        ({**EVENT, "api_key": OBSERVE}, "", {}),
        ({**EVENT, "token": OBSERVE}, "", {}),
        ({**EVENT, "properties": {"token": OBSERVE}}, "", {}),
        ({**EVENT, "properties": {"api_key": OBSERVE}}, "", {}),
        ([{**EVENT, "properties": {"token": OBSERVE}}, EVENT], "", {}),
        ({"batch": [{**EVENT, "api_key": OBSERVE}]}, "", {}),
        (EVENT, f"token={OBSERVE}", {}),
        (EVENT, f"api_key={OBSERVE}", {}),
        (EVENT, "", {"authorization": f"Bearer {OBSERVE}"}),
    ],
)
def test_the_key_is_found_wherever_clients_put_it(
    stage: Stage, body: object, query: str, headers: dict[str, str]
) -> None:
    assert stage.request("POST", "/capture", body, headers, query=query).status == 200
    assert stage.events[0].source == "observe"
    assert "hr_" not in stage.events[0].model_dump_json()


def test_posthogs_own_key_is_accepted_by_a_source_that_lists_it(stage: Stage) -> None:
    source = Source(id="web", name="Web", trust="browser", key_hashes=(key_hash("phc_project"),))
    stage.apply(SHOP.model_copy(update={"sources": (*SHOP.sources, source)}))
    assert captured(stage, keyed(EVENT, key="phc_project")).status == 200
    assert [event.source for event in stage.events] == ["web"]


def test_keys_are_not_kept_with_what_was_rejected(stage: Stage) -> None:
    event = {"event": "Dance", "properties": {"distinct_id": "u1", "token": STRICT}, "api_key": STRICT}
    assert captured(stage, [event]).status == 400
    assert b"hr_" not in stage.refused[0].body
    assert b"hr_" not in (stage.kept[0].common or b"")


def test_a_request_holds_no_more_events_than_it_may(stage: Stage) -> None:
    answer = captured(stage, keyed(*[0] * 5001))
    assert answer.status == 413
    assert answer.body["detail"] == "a request holds at most 5000 events, 5001 came"


def test_the_answer_stays_small_enough_whatever_was_sent(stage: Stage) -> None:
    limits = Limits(batch_bytes=4 * 1024 * 1024)
    source = Source(id="bulk", name="Bulk", trust="server", key_hashes=(key_hash("hr_bulk"),), limits=limits)
    stage.apply(SHOP.model_copy(update={"sources": (source,)}))
    wrong = {
        "event": 1,
        "timestamp": "x",
        "$set": 1,
        "$unset": 1,
        "properties": {"$session_id": [], "$set_once": 1},
    }
    events = [{"uuid": "x" * 256, **wrong}] * 5000
    answer = captured(stage, keyed(*events, key="hr_bulk"))
    assert answer.status == 400
    assert {len(one["reasons"]) for one in answer.body["rejected"]} == {2}
    assert len(answer.body["rejected"]) + answer.body["not_listed"] == 5000
    assert len(orjson.dumps(answer.body)) < 5 * 1024 * 1024
    assert len(captured(stage, keyed(events[0], key="hr_bulk")).body["rejected"][0]["reasons"]) > 5


def test_two_equal_events_without_time_or_uuid_are_two(stage: Stage) -> None:
    event = {"event": "Basket Saved", "distinct_id": "u1"}
    for _ in range(2):
        captured(stage, keyed(event))
    assert len({event.id for event in stage.events}) == 2


def test_an_event_with_a_time_and_no_uuid_has_the_same_id_when_it_comes_again(stage: Stage) -> None:
    event = {"event": "Basket Saved", "distinct_id": "u1", "timestamp": "2026-11-21T11:59:00Z"}
    for seconds in (0, 20):
        captured(stage, keyed(event, sent_at=f"2026-11-21T12:00:{seconds:02}Z"))
    assert len({event.id for event in stage.events}) == 1


def test_a_visitor_without_cookies_is_another_one_the_next_day_and_at_another_address(stage: Stage) -> None:
    event = {"event": "Look", "properties": {"distinct_id": "$posthog_cookieless", "$cookieless_mode": True}}
    captured(stage, keyed(event))
    captured(stage, keyed(event))
    captured(stage, keyed(event), ip="203.0.113.10")
    stage.wait(86_400)
    captured(stage, keyed(event))
    first, second, elsewhere, tomorrow = [event.anonymous_id for event in stage.events]
    assert first == second
    assert len({first, elsewhere, tomorrow}) == 3
    assert all("ip" not in event.context for event in stage.events)


def people(stage: Stage) -> process_stage.Stage:
    """What process makes of everything that came, in order."""
    process = process_stage.Stage(stage.workspaces.load(1))
    process.deliver(*[process.lambda_record(entry.key, entry.data, NOON) for entry in stage.stream.entries])
    return process


def test_a_visitor_who_is_identified_and_the_user_are_one_person(stage: Stage) -> None:
    visitor = {"distinct_id": "v-1", "$device_id": "v-1", "$is_identified": False}
    known = {"distinct_id": "u1", "$device_id": "v-1", "$is_identified": True, "$anon_distinct_id": "v-1"}
    captured(stage, keyed({"event": "Basket Saved", "properties": visitor, "uuid": "1"}))
    captured(stage, keyed({"event": "$identify", "properties": known, "uuid": "2"}))
    captured(stage, keyed({"event": "Basket Saved", "properties": known, "uuid": "3"}))
    process = people(stage)
    assert process.counted("user:u1", "Basket Saved") == 2
    assert process.counted("anonymous:v-1", "Basket Saved") == 2


@pytest.mark.parametrize(("distinct_id", "alias"), [("u1", "v-1"), ("v-1", "u1")])
@pytest.mark.parametrize("is_visitor", [True, False])
def test_an_alias_of_a_server_joins_both_whichever_way_round_it_is_said(
    stage: Stage, distinct_id: str, alias: str, is_visitor: bool
) -> None:
    before = {"$is_identified": False} if is_visitor else {}
    captured(stage, keyed({"event": "Basket Saved", "distinct_id": "v-1", "uuid": "1", "properties": before}))
    captured(stage, keyed({"event": "Basket Saved", "distinct_id": "u1", "uuid": "2"}))
    captured(
        stage,
        keyed(
            {
                "event": "$create_alias",
                "distinct_id": distinct_id,
                "uuid": "3",
                "properties": {"alias": alias, "distinct_id": distinct_id},
            }
        ),
    )
    process = people(stage)
    assert process.counted("user:u1", "Basket Saved") == 2


def test_what_comes_again_after_a_503_is_counted_once(stage: Stage) -> None:
    stage.stream.item_faults.planned.append([1])
    body = keyed({**EVENT, "uuid": "1"}, {**EVENT, "distinct_id": "u2", "uuid": "2"})
    assert [captured(stage, body).status for _ in range(2)] == [503, 200]
    process = people(stage)
    assert [process.counted(person, "Basket Saved") for person in ("user:u1", "user:u2")] == [1, 1]


def test_traits_are_set_set_once_and_removed(stage: Stage) -> None:
    for number, said in enumerate(
        (
            {"$set": {"plan": "gold", "city": "Graz"}, "$set_once": {"first_seen": "monday"}},
            {"$set": {"plan": "blue"}, "$set_once": {"first_seen": "tuesday"}, "$unset": ["city"]},
        )
    ):
        captured(
            stage, keyed({"event": "$set", "distinct_id": "u1", "properties": said, "uuid": str(number)})
        )
    traits = people(stage).profiles.person("user:u1").states.traits.values
    assert traits == {"plan": "blue", "first_seen": "monday"}


@pytest.mark.parametrize(("api", "told"), [("http", []), ("rest", ["gzip", "gzip-js", "base64"])])
@pytest.mark.parametrize(
    ("method", "path", "query"),
    [("GET", f"/array/{OBSERVE}/config", ""), ("POST", "/flags/", f"v=2&config=true&token={OBSERVE}"),
     ("POST", "/decide/", f"v=3&token={OBSERVE}")],
)  # fmt: skip
def test_posthog_js_is_told_not_to_compress_where_it_would_be_destroyed(
    stage: Stage, api: Api, told: list[str], method: str, path: str, query: str
) -> None:
    answer = stage.request(method, path, {} if method == "POST" else b"", query=query, api=api)
    assert answer.body["supportedCompression"] == told


def test_the_script_with_settings_cannot_be_broken_out_of(stage: Stage) -> None:
    key = "<!--<script>alert(1)"
    source = Source(id="odd", name="Odd", trust="browser", key_hashes=(key_hash(key),))
    stage.apply(SHOP.model_copy(update={"sources": (source,)}))
    answer = stage.request("GET", f"/array/{quote(key, safe='')}/config.js")
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/javascript")
    assert "<" not in answer.body


def test_the_pages_example_works_as_it_stands(stage: Stage) -> None:
    page = (ROOT / "docs" / "protocols" / "posthog.md").read_text()
    [example] = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    with serving(stage) as server:
        exec(example, {"collect_url": server.url, "write_key": OBSERVE})
    found = {event.name: event for event in stage.events}
    assert (found["Basket Saved"].user_id, found["Basket Saved"].properties) == ("cust-77", {"items": 3})
    assert found["identify"].traits == {"email": "ann@shop.example"}
