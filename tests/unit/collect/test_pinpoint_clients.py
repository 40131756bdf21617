"""AWS's own clients for Pinpoint, unmodified but for the endpoint: boto3 and the one for JavaScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import Api
from tests.fakes.pinpoint_shop import APP, KEY_ID, ON_ITS_OWN_HOST, SECRET, PinpointShop, client

SCRIPT = Path(__file__).parents[2] / "local" / "node" / "pinpoint.mjs"
TIMES = {"Timestamp": "2026-11-21T11:59:00.000Z"}

IDS = [
    "plain",
    "us-east-1:0b3c",
    "a/b",
    "sp ace",
    "ünï✓",
    "50% %41",
    "a+b&c=d?e",
    "~tilde-_.",
    "a//b",
    "google|1",
]


@pytest.fixture
def shop() -> PinpointShop:
    return PinpointShop()


@pytest.fixture
def server(shop: PinpointShop) -> Iterator[CollectServer]:
    with serving(shop) as server:
        yield server


def refused(call: Any, **arguments: Any) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call(**arguments)
    return caught.value.response["Error"]["Code"], caught.value.response["ResponseMetadata"]["HTTPStatusCode"]


def javascript(server: CollectServer, key_id: str, secret: str, app: str, *more: str) -> dict[str, Any]:
    node = shutil.which("node")
    assert node is not None
    arguments = [node, str(SCRIPT), server.url, key_id, secret, app, "js-1", *more]
    done = subprocess.run(arguments, check=True, timeout=60, capture_output=True, text=True)
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize(("api", "below"), [("http", ""), ("rest", ""), ("rest", ON_ITS_OWN_HOST)])
@pytest.mark.parametrize("endpoint", IDS)
def test_boto3_is_verified_whatever_an_id_is(
    shop: PinpointShop, server: CollectServer, endpoint: str, api: Api, below: str
) -> None:
    shop.api = api
    pinpoint = client(server.url + below)
    answer = pinpoint.update_endpoint(
        ApplicationId="any app",
        EndpointId=endpoint,
        EndpointRequest={"ChannelType": "GCM", "Address": "t", "User": {"UserId": "u1"}},
    )
    assert answer["MessageBody"]["Message"] == "Accepted"
    assert answer["MessageBody"]["RequestID"] == answer["ResponseMetadata"]["RequestId"]
    [event] = shop.events
    assert (event.source, event.anonymous_id) == ("server", endpoint)
    shop.settle()
    read = pinpoint.get_endpoint(ApplicationId="any app", EndpointId=endpoint)
    assert read["EndpointResponse"]["Id"] == endpoint


def test_a_wrong_secret_is_forbidden_and_says_why(shop: PinpointShop, server: CollectServer) -> None:
    pinpoint = client(server.url, KEY_ID, "k" * 39 + "l")
    with pytest.raises(pinpoint.exceptions.ForbiddenException, match="signature"):
        pinpoint.update_endpoint(ApplicationId=APP, EndpointId="e", EndpointRequest={})
    assert shop.events == []


def test_credentials_nobody_can_verify_count_by_the_app_id(shop: PinpointShop, server: CollectServer) -> None:
    pinpoint = client(server.url, "ASIAOFCOGNITO", "temporary")
    pinpoint.update_endpoint(ApplicationId=APP, EndpointId="e", EndpointRequest={"User": {"UserId": "u"}})
    assert [event.source for event in shop.events] == ["app"]
    assert refused(pinpoint.update_endpoint, ApplicationId="other", EndpointId="e", EndpointRequest={}) == (
        "ForbiddenException",
        403,
    )


def test_an_app_id_reads_and_deletes_nobody(shop: PinpointShop, server: CollectServer) -> None:
    pinpoint = client(server.url, "ASIAOFCOGNITO", "temporary")
    for call, named in (
        (pinpoint.get_endpoint, {"EndpointId": "e"}),
        (pinpoint.delete_endpoint, {"EndpointId": "e"}),
        (pinpoint.get_user_endpoints, {"UserId": "u"}),
        (pinpoint.delete_user_endpoints, {"UserId": "u"}),
    ):
        assert refused(call, ApplicationId=APP, **named) == ("ForbiddenException", 403)


def test_boto3_knows_every_error_by_its_name(shop: PinpointShop, server: CollectServer) -> None:
    pinpoint = client(server.url)
    event = {"EventType": "Dance", **TIMES}
    assert refused(pinpoint.get_endpoint, ApplicationId="a", EndpointId="e") == ("NotFoundException", 404)
    batch = {"Item": [{"Id": f"e{at}"} for at in range(101)]}
    assert refused(pinpoint.update_endpoints_batch, ApplicationId="a", EndpointBatchRequest=batch) == (
        "BadRequestException",
        400,
    )
    large = {
        "BatchItem": {"e": {"Endpoint": {}, "Events": {"x": event | {"Attributes": {"a": "x" * 600_000}}}}}
    }
    assert refused(pinpoint.put_events, ApplicationId="a", EventsRequest=large) == (
        "PayloadTooLargeException",
        413,
    )
    assert refused(pinpoint.get_app, ApplicationId="a") == ("NotFoundException", 404)
    assert refused(pinpoint.delete_event_stream, ApplicationId="a") == ("NotFoundException", 404)
    shop.secrets.failing = True
    shop.restart()
    assert refused(pinpoint.get_endpoint, ApplicationId="a", EndpointId="e") == (
        "InternalServerErrorException",
        503,
    )


def test_put_events_answers_for_each_endpoint_and_event(shop: PinpointShop, server: CollectServer) -> None:
    events = {
        "good": {"EventType": "Dance", **TIMES},
        "bad": {"EventType": "Dance", "Timestamp": "2199-01-01T00:00:00Z"},
    }
    answer = client(server.url).put_events(
        ApplicationId="a",
        EventsRequest={"BatchItem": {"e1": {"Endpoint": {"User": {"UserId": "u1"}}, "Events": events}}},
    )
    [(endpoint, told)] = answer["EventsResponse"]["Results"].items()
    assert endpoint == "e1"
    assert told["EndpointItemResponse"] == {"StatusCode": 202, "Message": "Accepted"}
    assert {key: one["StatusCode"] for key, one in told["EventsItemResponse"].items()} == {
        "good": 202,
        "bad": 400,
    }
    assert "in the future" in told["EventsItemResponse"]["bad"]["Message"]


def test_what_boto3_sends_again_is_one_event(shop: PinpointShop, server: CollectServer) -> None:
    """Stored, answered with 503, sent again: the endpoint and each event keep their ids."""
    pinpoint = client(server.url)
    events = {"one": {"EventType": "Dance", **TIMES}}
    server.fail_next = 1
    pinpoint.put_events(
        ApplicationId="a",
        EventsRequest={"BatchItem": {"e1": {"Endpoint": {"User": {"UserId": "u1"}}, "Events": events}}},
    )
    server.fail_next = 1
    pinpoint.update_endpoint(ApplicationId="a", EndpointId="e1", EndpointRequest={"User": {"UserId": "u1"}})
    assert len(server.requests) == 4
    shop.settle()
    counters = shop.person("user:u1").states.counters.events
    assert {name: counters[name].count for name in ("identify", "Dance")} == {"identify": 2, "Dance": 1}


def test_the_client_for_javascript_is_verified(shop: PinpointShop, server: CollectServer) -> None:
    answers = javascript(server, KEY_ID, SECRET, "any", "reads")
    assert answers["update_endpoint"]["status"] == 202
    assert answers["update_endpoint"]["MessageBody"]["RequestID"] == answers["update_endpoint"]["requestId"]
    results = answers["put_events"]["EventsResponse"]["Results"]["eu-west-1:js-1/phone ü"][
        "EventsItemResponse"
    ]
    assert {key: one["StatusCode"] for key, one in results.items()} == {"one": 202, "two": 202, "three": 400}
    reads = ("get_endpoint", "get_user_endpoints", "delete_endpoint", "delete_user_endpoints")
    assert {answers[name]["error"] for name in reads} == {"NotFoundException"}
    shop.settle()
    person = shop.person("user:js-1").states
    assert [(device.platform, device.token) for device in person.devices.known] == [("ios", "token-of-js-1")]
    assert person.traits.values == {"tier": "gold", "email": "js-1@shop.example"}
    assert {event.source for event in shop.events} == {"server"}


def test_what_the_client_for_javascript_sends_again_is_one_event(
    shop: PinpointShop, server: CollectServer
) -> None:
    server.fail_next = 1
    javascript(server, KEY_ID, SECRET, "any")
    assert len(server.requests) == 4
    ids = [event.id for event in shop.events]
    assert ids[0] == ids[1]
    shop.settle()
    assert shop.person("user:js-1").states.counters.events["identify"].count == 3


def test_the_client_for_javascript_with_a_wrong_secret_or_an_app_id_only(
    shop: PinpointShop, server: CollectServer
) -> None:
    wrong = javascript(server, KEY_ID, "wrong", APP)
    assert {one["error"] for one in wrong.values()} == {"ForbiddenException"}
    assert shop.events == []
    public = javascript(server, "ASIAOFCOGNITO", "temporary", APP, "reads")
    assert public["put_events"]["status"] == 202
    assert public["get_endpoint"]["error"] == "ForbiddenException"
    assert {event.source for event in shop.events} == {"app"}
