"""No answer is larger than Lambda takes, whatever was sent: one that is fails, and the client comes again for ever."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

import orjson
import pytest

from functions.collect.http.answer_size import LARGEST, MOST, as_many_as_fit, on_its_way, size_of
from functions.collect.http.body import NotJson
from functions.collect.http.responses import FITS_IN_ANY_CASE, Response
from functions.collect.protocols import NAMES
from shared.workspace.limits import MOST_BATCH_BYTES, MOST_EVENT_BYTES
from shared.workspace.model import Limits
from tests.fakes.collect_stage import LENIENT, SHOP, STRICT, Stage, basic, purchase

LAMBDAS = 6 * 1024 * 1024
"""Bytes of the function's whole answer."""

ROOMY = Limits(event_bytes=MOST_EVENT_BYTES, batch_bytes=MOST_BATCH_BYTES)
BODY = 4_000_000

QUOTES, ASTRAL = '"\\' * 128, "\U0001f600" * 256
"""Ids that grow on the way: in JSON within JSON, and in JSON that is ASCII alone."""


class Asked(NamedTuple):
    """`body` makes the request's of an id and the number of events."""

    protocol: str
    path: str
    headers: dict[str, str]
    body: Callable[[str, int], Any]
    query: str = ""
    most: int = 5_000


PAIR = {"authorization": basic(f"{STRICT}:")}
INFOBIP = {"authorization": f"App {STRICT}"}
NETMERA = {"x-netmera-api-key": STRICT}
TIME = "2026-11-21T11:59:00Z"


def segments(id_: str, count: int) -> Any:
    wrong = {f"{id_}{at}": 1 for at in range(20)}
    items = [{"type": "track", "event": "View Item", "userId": "u", "messageId": id_} for _ in range(count)]
    return {"batch": [{**items[0], "properties": wrong}, *items[1:-1], {**items[0], "event": id_}]}


def posthogs(id_: str, count: int) -> Any:
    return {"api_key": STRICT, "batch": [{"event": "E", "uuid": f"{at}{id_}"} for at in range(count)]}


def infobips(id_: str, count: int) -> Any:
    who = {"type": "EXTERNAL_ID", "id": "u"}
    one = {"definitionId": id_[:190], "occurredTime": TIME, "identifier": who}
    return [{**one, "properties": {f"{id_}{at}": 1 for at in range(9)}} for _ in range(count)]


def apps(id_: str, count: int) -> Any:
    return {"events": [{"definitionId": id_[:190], "date": TIME} for _ in range(count)]}


def large(id_: str, _count: int) -> Any:
    return {"pushServiceToken": "t", "attributes": [id_ * (BODY // 1_100)]}


def endpoints(id_: str, count: int) -> Any:
    return {"BatchItem": {f"{id_[:60]}{at}": {"Events": {str(at): {}}} for at in range(count // 2)}}


def event_ids(id_: str, count: int) -> Any:
    return {"BatchItem": {"e": {"Events": {f"{id_[:70]}{at}": {} for at in range(count - 1)}}}}


def bulk(id_: str, count: int) -> Any:
    one = {"event_type": id_, "data": {"event_name": id_}}
    return {"user_identities": {f"?{id_[:60]}{at}": "x" for at in range(3)}, "events": [one] * count}


def ga4s(id_: str, count: int) -> Any:
    params = {f"{id_[:60]}{at}": 1 for at in range(20)}
    return {"client_id": "c1", "events": [{"name": "View Item", "params": params}] * count}


def records(id_: str, count: int) -> Any:
    return {"d": [{"type": "event", "identity": "u", "evtName": id_[:190], "evtData": {id_: id_}}] * count}


def people(_id: str, count: int) -> Any:
    return {"tag": [1], "extIds": ["u"] * count}


ASKED = (
    Asked("twilio_segment", "/v1/batch", PAIR, segments),
    Asked("twilio_segment", "/v1/batch", {**PAIR, "headrace-debug": "1"}, segments),
    Asked("cloudevents", "/", PAIR, lambda id_, count: [{"id": id_, "type": ""} for _ in range(count)]),
    Asked("posthog", "/batch", {}, posthogs),
    Asked("posthog", "/i/v1/analytics/events", {"authorization": f"Bearer {STRICT}"}, posthogs),
    Asked("snowplow", "/com.snowplowanalytics.snowplow/tp2", PAIR,
          lambda id_, count: {"data": [{"e": "?", "eid": id_, "aid": STRICT} for _ in range(count)]}),
    Asked("netmera", "/rest/3.0/tagUsers", NETMERA, people),
    Asked("infobip", "/people/3/events", INFOBIP, infobips),
    Asked("infobip", "/mobile/1/appinstance/reg-1/user/events/custom", INFOBIP, apps, "validate=true"),
    Asked("infobip", "/mobile/1/appinstance", INFOBIP, large),
    Asked("pinpoint", f"/v1/apps/{STRICT}/events", {}, endpoints),
    Asked("pinpoint", f"/v1/apps/{STRICT}/events", {}, event_ids),
    Asked("mparticle", "/v2/events", PAIR, bulk),
    Asked("ga4", "/debug/mp/collect", {}, ga4s, f"measurement_id=G-1&api_secret={STRICT}", 1_000),
    Asked("clevertap", "/1/upload", {"x-clevertap-passcode": STRICT}, records, "", 1_000),
    Asked("user_com", "/api/public/events/", {"authorization": f"Token {STRICT}"},
          lambda id_, _: {"name": "View Item", "user_id": 1, "data": {f"{id_}{at}": 1 for at in range(300)}}),
)  # fmt: skip


def roomy() -> Stage:
    sources = tuple(source.model_copy(update={"limits": ROOMY}) for source in SHOP.sources)
    return Stage(SHOP.model_copy(update={"sources": sources}))


def test_every_format_is_asked() -> None:
    assert {asked.protocol for asked in ASKED} == set(NAMES)


@pytest.mark.parametrize("asked", ASKED, ids=lambda asked: f"{asked.protocol} {asked.body.__name__}")
@pytest.mark.parametrize("id_", ["i" * 256, QUOTES, ASTRAL], ids=["plain", "quotes", "astral"])
def test_no_answer_is_larger_than_lambda_takes(asked: Asked, id_: str) -> None:
    one = (len(orjson.dumps(asked.body(id_, 20))) - len(orjson.dumps(asked.body(id_, 10)))) / 10
    count = min(asked.most, int(BODY * 0.9 / one)) if one else 1
    stage = roomy()
    answer = stage.handled("POST", asked.path, asked.body(id_, count), asked.headers, query=asked.query)
    assert len(json.dumps(answer)) <= LAMBDAS
    assert answer["statusCode"] in (200, 202, 400)
    said = orjson.loads(answer["body"])
    assert said
    if isinstance(said, dict) and isinstance(said.get("rejected"), list):
        assert len(said["rejected"]) + said.get("not_listed", 0) == len(stage.refused)


def test_events_that_have_no_room_in_the_answer_to_who_asks_why_are_counted() -> None:
    stage = roomy()
    items = [purchase(messageId=str(at), event="Dance", context={"x": '"' * 700}) for at in range(2_200)]
    answer = stage.batch(*items, key="hr_observe", headers={"headrace-debug": "1"})
    assert answer.body["accepted"] == 2_200
    shown = answer.body["events"]
    assert 1_000 < len(shown) < 2_200
    assert [one["index"] for one in shown] == list(range(len(shown)))
    assert answer.body["events_not_shown"] == 2_200 - len(shown)


def test_names_that_an_answer_of_pinpoints_must_say_are_bounded() -> None:
    stage = roomy()
    answer = stage.request("POST", f"/v1/apps/{LENIENT}/events", event_ids("x" * 70, 5_000), {})
    assert answer.status == 202
    longer: dict[str, Any] = {"x" * 80 + f"{at:06}": {} for at in range(4_800)}
    names = {"BatchItem": {"e": {"Events": longer}}}
    assert stage.request("POST", f"/v1/apps/{LENIENT}/events", names, {}).status == 413


@pytest.mark.parametrize("text", ["plain", QUOTES, "\u0130" * 300, ASTRAL, "\u0001\n"])
def test_what_an_answer_takes_on_its_way_is_never_underestimated(text: str) -> None:
    body = orjson.dumps({"id": text})
    assert len(json.dumps(body.decode())) - 2 <= on_its_way(body)


@pytest.mark.parametrize(("room", "fit"), [(0, 0), (9, 0), (10, 1), (19, 1), (20, 2), (31, 3)])
def test_as_many_are_listed_as_fit(room: int, fit: int) -> None:
    """Each of these takes nine bytes, two of them for its quotes again, and a comma."""
    assert as_many_as_fit(["abcde"] * 3, room) == ["abcde"] * fit


def test_what_json_does_not_have_is_measured_as_it_will_be_written() -> None:
    assert size_of([NotJson()]) == len('["NaN"]') + 2


@pytest.mark.parametrize(
    ("size", "is_told"),
    [(FITS_IN_ANY_CASE, True), (LARGEST - 6, True), (LARGEST - 4, True), (LARGEST, False)],
)
def test_an_answer_that_lambda_would_not_take_has_its_status_alone(size: int, is_told: bool) -> None:
    answer = Response(200, ["x" * (size - 4)]).for_gateway(None)
    assert answer["statusCode"] == 200
    assert (answer["body"] != "{}") is is_told
    assert MOST < LARGEST
