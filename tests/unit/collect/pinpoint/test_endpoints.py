"""Pinpoint: what pairs of request and record cannot say. People behind endpoints, reads, deletions, replays, limits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect import protocols
from functions.collect.adapter.wire_format import Delivery
from functions.collect.protocols.pinpoint.standard_events import translated
from shared.events import Event
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import LENIENT, NOON, Answer, Stage
from tests.fakes.pinpoint_shop import APP, KEY_ID, SECRET, SERVER_KEY, PinpointShop, client
from tests.unit.collect.refusals.pinpoint import is_refusal

PAGE = Path(__file__).parents[3] / "docs" / "protocols" / "pinpoint.md"

TIME = "2026-11-21T11:59:00.000Z"
LONG_KEY = "0f3b9c0e-5b43-4c55-8f9d-6a2f3b1c9d01"


def put(stage: Stage, endpoint: str, body: object, *, app: str = LENIENT, **headers: str) -> Answer:
    return stage.request("PUT", f"/v1/apps/{app}/endpoints/{endpoint}", body, headers)


def post(
    stage: Stage, events: object, endpoint: object = None, *, app: str = LENIENT, of: str = "e1"
) -> Answer:
    batch = {of: {"Endpoint": {} if endpoint is None else endpoint, "Events": events}}
    return stage.request("POST", f"/v1/apps/{app}/events", {"BatchItem": batch})


def dance(**fields: Any) -> dict[str, Any]:
    return {"EventType": "Dance", "Timestamp": TIME, **fields}


def last(stage: Stage) -> Event:
    return stage.events[-1]


class Api:
    """The real client against the shop; what it did is folded before anything is read."""

    def __init__(self, shop: PinpointShop, server: CollectServer) -> None:
        self.shop = shop
        self.client = client(server.url)

    def update(self, endpoint: str, **request: Any) -> None:
        self.client.update_endpoint(ApplicationId="a", EndpointId=endpoint, EndpointRequest=request)
        self.shop.settle()

    def endpoint(self, endpoint: str) -> dict[str, Any] | None:
        return self._read(self.client.get_endpoint, "EndpointResponse", EndpointId=endpoint)

    def endpoints(self, user: str) -> list[dict[str, Any]]:
        found = self._read(self.client.get_user_endpoints, "EndpointsResponse", UserId=user)
        return found["Item"] if found else []

    def _read(self, call: Any, part: str, **named: str) -> dict[str, Any] | None:
        try:
            found: dict[str, Any] = call(ApplicationId="a", **named)[part]
        except self.client.exceptions.NotFoundException:
            return None
        return found


@pytest.fixture
def api() -> Any:
    shop = PinpointShop()
    with serving(shop) as server:
        yield Api(shop, server)


PHONE = {
    "Address": "token-1",
    "ChannelType": "APNS",
    "OptOut": "NONE",
    "Demographic": {"Model": "iPhone16,1", "Platform": "ios"},
    "Metrics": {"points": 41.0},
    "User": {"UserId": "u1", "UserAttributes": {"tier": ["gold"], "likes": ["tea", "music"]}},
}
MAIL = {"Address": "ana@shop.example", "ChannelType": "EMAIL", "User": {"UserId": "u1"}}


def test_a_device_is_read_back(api: Api) -> None:
    api.update("e1", **PHONE)
    found = api.endpoint("e1")
    assert found is not None
    assert {name: found[name] for name in ("Id", "Address", "ChannelType", "EndpointStatus", "OptOut")} == {
        "Id": "e1",
        "Address": "token-1",
        "ChannelType": "APNS",
        "EndpointStatus": "ACTIVE",
        "OptOut": "NONE",
    }
    assert found["User"] == {"UserId": "u1", "UserAttributes": {"tier": ["gold"], "likes": ["tea", "music"]}}
    assert found["Metrics"] == {"points": 41.0}
    assert found["Demographic"]["Model"] == "iPhone16,1"


def test_a_user_has_devices_and_addresses(api: Api) -> None:
    api.update("e1", **PHONE)
    api.update("m1", **MAIL, OptOut="ALL")
    api.update("s1", Address="+49 30 123456", ChannelType="SMS", User={"UserId": "u1"})
    found = {one["Id"]: (one["ChannelType"], one["Address"], one["OptOut"]) for one in api.endpoints("u1")}
    assert found == {
        "e1": ("APNS", "token-1", "NONE"),
        "m1": ("EMAIL", "ana@shop.example", "ALL"),
        "s1": ("SMS", "+49 30 123456", "NONE"),
    }
    assert api.endpoints("nobody") == []


def test_a_deleted_device_is_answered_as_it_was_and_gone(api: Api) -> None:
    api.update("e1", **PHONE)
    answer = api.client.delete_endpoint(ApplicationId="a", EndpointId="e1")
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 202
    assert answer["EndpointResponse"]["Address"] == "token-1"
    api.shop.settle()
    assert api.endpoint("e1") is None
    person = api.shop.person("user:u1").states
    assert person.devices.known == ()
    assert person.traits.values["tier"] == "gold"


def test_a_deleted_address_goes_only_if_it_is_still_the_persons(api: Api) -> None:
    api.update("old", **MAIL)
    api.update("new", **{**MAIL, "Address": "ana@new.example"})
    assert api.endpoint("old") is None
    found = api.endpoint("new")
    assert found is not None
    assert found["Address"] == "ana@new.example"
    api.client.delete_endpoint(ApplicationId="a", EndpointId="new")
    api.shop.settle()
    assert "email" not in api.shop.person("user:u1").states.traits.values
    assert api.endpoint("new") is None


def test_a_deleted_user_has_no_devices_and_no_addresses(api: Api) -> None:
    api.update("e1", **PHONE)
    api.update("e2", **{**PHONE, "Address": "token-2"})
    api.update("m1", **MAIL)
    answer = api.client.delete_user_endpoints(ApplicationId="a", UserId="u1")
    assert {one["Id"] for one in answer["EndpointsResponse"]["Item"]} == {"e1", "e2", "m1"}
    api.shop.settle()
    assert api.endpoints("u1") == []
    assert api.shop.person("user:u1").states.devices.known == ()
    with pytest.raises(api.client.exceptions.NotFoundException):
        api.client.delete_user_endpoints(ApplicationId="a", UserId="u1")


def test_a_deletion_is_not_answered_before_it_is_stored(api: Api) -> None:
    api.update("e1", **PHONE)
    api.shop.stream.item_faults.planned.extend(["all"] * 9)
    with pytest.raises(api.client.exceptions.InternalServerErrorException):
        api.client.delete_endpoint(ApplicationId="a", EndpointId="e1")


def test_an_endpoint_that_is_an_address_makes_no_device(api: Api) -> None:
    api.update("m1", **MAIL)
    assert api.shop.person("user:u1").states.devices.known == ()


def test_an_inactive_device_loses_its_token_and_stays(api: Api) -> None:
    api.update("e1", **PHONE)
    api.update("e1", ChannelType="APNS", EndpointStatus="INACTIVE", User={"UserId": "u1"})
    found = api.endpoint("e1")
    assert found is not None
    assert (found["EndpointStatus"], found.get("Address")) == ("INACTIVE", None)


@pytest.mark.parametrize(
    ("endpoint", "consents"),
    [
        ({"ChannelType": "EMAIL", "OptOut": "ALL"}, {"email": False}),
        ({"ChannelType": "SMS", "OptOut": "NONE"}, {"sms": True}),
        ({"ChannelType": "VOICE", "OptOut": "ALL"}, {"voice": False}),
        ({"ChannelType": "BAIDU", "OptOut": "NONE"}, {"push": True}),
        ({"OptOut": "ALL"}, {"email": False, "sms": False, "push": False}),
        ({"OptOut": "NONE"}, None),
        ({"ChannelType": "EMAIL", "EndpointStatus": "INACTIVE", "OptOut": "NONE"}, {"email": False}),
        ({"ChannelType": "GCM", "EndpointStatus": "INACTIVE"}, None),
    ],
)
def test_opting_out_is_a_consent_of_the_channel(
    stage: Stage, endpoint: dict[str, Any], consents: dict[str, bool] | None
) -> None:
    put(stage, "e1", endpoint)
    assert last(stage).traits.get("consents") == consents


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


def test_a_source_with_a_key_pair_takes_nothing_unsigned() -> None:
    shop = PinpointShop()
    for app, headers in (("server-app", {}), (SERVER_KEY, {}), ("x", {"x-api-key": SERVER_KEY})):
        answer = put(shop, "e1", {}, app=app, **headers)
        assert answer.status == 403
        assert is_refusal(answer)
        assert "signed" in answer.body["Message"]
    assert put(shop, "e1", {"User": {"UserId": "u"}}, app=APP).status == 202


def test_a_key_pair_switched_off_signs_nothing() -> None:
    shop = PinpointShop()
    off = shop.workspaces.load(1).sources[-2].model_copy(update={"key_pair": False, "access_key_id": None})
    shop.apply(shop.workspaces.load(1).model_copy(update={"sources": (off,)}))
    shop.restart()
    with serving(shop) as server:
        pinpoint = client(server.url, KEY_ID, SECRET)
        with pytest.raises(pinpoint.exceptions.ForbiddenException, match="key pair"):
            pinpoint.update_endpoint(ApplicationId="nobodys", EndpointId="e", EndpointRequest={})


def test_a_key_pair_applied_a_moment_ago_works_at_once() -> None:
    shop = PinpointShop()
    pairs = shop.secrets.value["sources"]
    shop.secrets.value["sources"] = {}
    with serving(shop) as server:
        pinpoint = client(server.url)
        with pytest.raises(pinpoint.exceptions.ForbiddenException):
            pinpoint.update_endpoint(ApplicationId="a", EndpointId="e", EndpointRequest={})
        shop.secrets.value["sources"] = pairs
        shop.wait(1)
        pinpoint.update_endpoint(ApplicationId="a", EndpointId="e", EndpointRequest={"User": {"UserId": "u"}})


def test_wrong_secrets_cost_no_look_and_missing_ones_one_a_second() -> None:
    shop = PinpointShop()
    with serving(shop) as server:
        wrong = client(server.url, KEY_ID, "wrong")
        for _ in range(5):
            with pytest.raises(wrong.exceptions.ForbiddenException):
                wrong.update_endpoint(ApplicationId="a", EndpointId="e", EndpointRequest={})
        assert shop.secrets.reads == 1
        shop.secrets.value["sources"] = {}
        shop.restart()
        for _ in range(5):
            with pytest.raises(wrong.exceptions.ForbiddenException):
                wrong.update_endpoint(ApplicationId="a", EndpointId="e", EndpointRequest={})
        assert shop.secrets.reads == 2


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
