"""Pinpoint's endpoints and users: read back, deleted, opted out."""

from __future__ import annotations

from typing import Any

import pytest

from tests.fakes.collect_stage import Stage
from tests.unit.collect.pinpoint.api import MAIL, PHONE, Api, last, put


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
