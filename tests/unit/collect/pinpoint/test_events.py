"""Pinpoint's events: names, attributes, ids and prices."""

from __future__ import annotations

import re

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect import protocols
from functions.collect.adapter.wire_format import Delivery
from functions.collect.protocols.pinpoint.standard_events import translated
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import LENIENT, NOON, Stage
from tests.fakes.pinpoint_shop import KEY_ID, SECRET, PinpointShop
from tests.unit.collect.pinpoint.api import LONG_KEY, PAGE, TIME, dance, last, post, put
from tests.unit.collect.refusals.pinpoint import is_refusal


@pytest.mark.parametrize(
    ("event_type", "consents"),
    [("_email.unsubscribe", {"email": False}), ("_SMS.OPTOUT", {"sms": False}), ("_email.open", None)],
)
def test_pinpoints_own_events_keep_their_names_and_some_withdraw(
    stage: Stage, event_type: str, consents: dict[str, bool] | None
) -> None:
    post(stage, {LONG_KEY: dance(EventType=event_type)})
    assert (last(stage).name, last(stage).traits.get("consents")) == (event_type, consents)


def test_an_attribute_called_consents_does_not_become_ours(stage: Stage) -> None:
    put(stage, "e1", {"Attributes": {"consents": ["all"]}, "User": {"UserId": "u1"}})
    assert last(stage).traits == {"_consents": "all"}


def test_a_metric_named_like_an_attribute_is_kept_beside_it(stage: Stage) -> None:
    post(stage, {LONG_KEY: dance(Attributes={"n": "x"}, Metrics={"n": 2.0, "m": 1.0})}, app="hr_observe")
    assert last(stage).properties == {"n": "x", "n_metric": 2.0, "m": 1.0}


def test_a_long_key_of_an_event_is_its_id_and_a_short_one_is_not_enough(stage: Stage) -> None:
    post(stage, {LONG_KEY: dance(), "one": dance()})
    post(stage, {"one": dance(Timestamp="2026-11-21T11:59:30.000Z")})
    post(stage, {"one": dance()})
    first, one, another, again = (event.id for event in stage.events)
    assert first == LONG_KEY
    assert one == again
    assert one.startswith("one-")
    assert another != one


def test_an_endpoint_without_a_word_of_its_own_call_or_time_is_new_each_time(stage: Stage) -> None:
    same = {"User": {"UserId": "u1"}}
    for endpoint in (same, same, {**same, "EffectiveDate": TIME}, {**same, "EffectiveDate": TIME}):
        put(stage, "e1", endpoint)
    ids = [event.id for event in stage.events]
    assert len(set(ids)) == 3
    assert ids[2] == ids[3]


def test_events_of_a_broken_endpoint_count_all_the_same(stage: Stage) -> None:
    answer = post(stage, {LONG_KEY: dance()}, {"User": "u1"})
    told = answer.body["Results"]["e1"]
    assert told["EndpointItemResponse"]["StatusCode"] == 400
    assert told["EventsItemResponse"][LONG_KEY]["StatusCode"] == 202


def test_what_was_rejected_is_read_again_as_it_was_read(stage: Stage) -> None:
    events = {LONG_KEY: dance(EventType="Complete Purchase", Metrics={"amount": -1.0})}
    endpoint = {"User": {"UserId": "u1"}, "Demographic": {"Platform": "ios"}}
    answer = post(stage, events, endpoint, app="hr_strict")
    assert answer.body["Results"]["e1"]["EventsItemResponse"][LONG_KEY]["StatusCode"] == 400
    [kept] = stage.kept
    common = orjson.loads(kept.common)
    delivery = Delivery(kept.path, NOON, is_retry=False, is_browser=False, ip=None, user_agent=None)
    pinpoint = protocols.wire_format("pinpoint")
    raw = orjson.loads(kept.items[0].body)
    _, (fields, reasons) = pinpoint.again(common["call"], raw, common["shared"], delivery)
    assert reasons == []
    assert (fields["id"], fields["user_id"], fields["anonymous_id"]) == (LONG_KEY, "u1", "e1")
    assert fields["context"]["os"] == {"name": "ios"}


def test_nothing_kept_of_a_rejected_event_names_the_credentials(stage: Stage) -> None:
    authorization = f"AWS4-HMAC-SHA256 Credential={KEY_ID}/20261121/us-east-1/mobiletargeting/aws4_request"
    put(stage, "e1", {"OptOut": "SOME"}, authorization=authorization, **{"x-api-key": LENIENT})
    [kept] = stage.kept
    assert KEY_ID.encode() not in kept.common + kept.items[0].body
    assert LENIENT.encode() not in kept.common + kept.items[0].body


def test_a_request_of_too_many_events_is_too_large(stage: Stage) -> None:
    answer = post(stage, {str(at): 0 for at in range(5001)})
    assert answer.status == 413
    assert is_refusal(answer)


def test_a_flood_is_told_to_come_back(stage: Stage) -> None:
    post(stage, {str(at): dance() for at in range(4)}, app="hr_metered")
    answer = post(stage, {LONG_KEY: dance()}, app="hr_metered")
    assert answer.status == 429
    assert is_refusal(answer)
    assert int(answer.headers["retry-after"]) >= 1


@given(
    price=st.floats(min_value=0, max_value=1e6, allow_nan=False),
    quantity=st.integers(min_value=1, max_value=1000),
)
def test_a_purchase_costs_its_price_times_its_quantity(price: float, quantity: int) -> None:
    said = {"_item_price": price, "_quantity": float(quantity), "_product_id": "K1", "mine": "kept"}
    name, properties = translated("_monetization.purchase", said)
    assert name == "Complete Purchase"
    assert properties["amount"] == pytest.approx(price * quantity)
    assert properties["item_count"] == quantity
    assert properties["items"] == [{"item_id": "K1", "price": price, "quantity": quantity}]
    assert properties["mine"] == "kept"
    assert not any(name.startswith("_") for name in properties)


def test_the_pages_example_does_what_it_says() -> None:
    [example] = re.findall(r"```python\n(.*?)```", PAGE.read_text(), re.DOTALL)
    shop = PinpointShop()
    with serving(shop) as server:
        code = example.replace("https://collect.example.com", server.url)
        code = code.replace("HR…", KEY_ID).replace("the secret beside it", SECRET)
        exec(compile(code, str(PAGE), "exec"), {})  # the page's own words, checked
    shop.settle()
    person = shop.person("user:cust-77").states
    assert person.consents.channels["push"].given
    assert [device.token for device in person.devices.known] == ["fcm-token"]
    assert person.counters.events["Add To Cart"].count == 1
