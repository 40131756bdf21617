"""Requests to Pinpoint's API are signed with a source's key pair."""

from __future__ import annotations

import pytest

from tests.fakes.collect_server import serving
from tests.fakes.pinpoint_shop import APP, KEY_ID, SECRET, SERVER_KEY, PinpointShop, client
from tests.unit.collect.pinpoint.api import put
from tests.unit.collect.refusals.pinpoint import is_refusal


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
