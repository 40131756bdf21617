"""AWS's own Pinpoint clients, unmodified, against the deployed stack: profile, timeline, lake, and back again."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import ClientError

from tests.fakes.pinpoint_shop import client
from tests.local.shop import PATIENCE_LAKE, SHOP, Shop, counted, eventually

pytestmark = pytest.mark.local

APP = "3f1c9d2e8b7a4c5d9e0f1a2b3c4d5e6f"

SOURCES = f"""
  pinpoint_server:
    trust: server
    key_pair: true
  pinpoint_app:
    trust: browser
    accepts: [{APP}]
"""


class Pair(NamedTuple):
    key_id: str
    secret: str


@pytest.fixture
def pair(shop: Shop, apply: Callable[..., None]) -> Pair:
    """Of a server's source, beside which there is an app's that accepts the app id."""
    apply(sources=(SHOP / "sources.yaml").read_text() + SOURCES)
    [row] = [one for one in shop.headrace("keys", "--pairs") if one["source"] == "pinpoint_server"]
    return Pair(row["access_key_id"], row["secret_access_key"])


def by_boto3(shop: Shop, pair: Pair, user: str) -> None:
    pinpoint = client(shop.local["collect_url"], *pair)
    device = f"eu-west-1:{user}/phone ü"
    pinpoint.update_endpoint(
        ApplicationId="any",
        EndpointId=device,
        EndpointRequest={
            "Address": f"token-of-{user}",
            "ChannelType": "APNS",
            "OptOut": "NONE",
            "User": {"UserId": user, "UserAttributes": {"tier": ["gold"]}},
        },
    )
    mail = {
        "Id": f"mail-{user}",
        "ChannelType": "EMAIL",
        "Address": f"{user}@shop.example",
        "User": {"UserId": user},
    }
    pinpoint.update_endpoints_batch(ApplicationId="any", EndpointBatchRequest={"Item": [mail]})
    now, next_week = ((datetime.now(UTC) + timedelta(days=days)).isoformat() for days in (0, 7))
    events = {
        "one": {
            "EventType": "_session.start",
            "Timestamp": now,
            "Session": {"Id": f"{user}-s1", "StartTimestamp": now},
        },
        "two": {
            "EventType": "View Item",
            "Timestamp": now,
            "Attributes": {"item_id": "K-17"},
            "Metrics": {"price": 12.5},
        },
        "three": {"EventType": "View Item", "Timestamp": next_week},
    }
    answer = pinpoint.put_events(
        ApplicationId="any",
        EventsRequest={"BatchItem": {device: {"Endpoint": {"User": {"UserId": user}}, "Events": events}}},
    )
    results = answer["EventsResponse"]["Results"][device]["EventsItemResponse"]
    assert {key: one["StatusCode"] for key, one in results.items()} == {"one": 202, "two": 202, "three": 400}


def by_javascript(shop: Shop, pair: Pair, user: str) -> None:
    answers = asked_by_javascript(shop, pair, "any", user)
    assert {one.get("status") for one in answers.values()} == {202}


def asked_by_javascript(shop: Shop, pair: Pair, app: str, user: str, *more: str) -> dict[str, Any]:
    node = shutil.which("node")
    assert node is not None
    script = Path(__file__).parent / "node" / "pinpoint.mjs"
    arguments = [node, str(script), shop.local["collect_url"], *pair, app, user, *more]
    done = subprocess.run(arguments, check=True, timeout=60, capture_output=True, text=True)
    answers: dict[str, Any] = json.loads(done.stdout)
    return answers


@pytest.mark.parametrize(("send", "user"), [(by_boto3, "pp-boto3"), (by_javascript, "pp-js")])
def test_what_a_signing_client_sends_arrives(
    shop: Shop, pair: Pair, send: Callable[[Shop, Pair, str], None], user: str
) -> None:
    send(shop, pair, user)

    person = eventually(lambda: shop.person(user), lambda found: bool(counted(found, "View Item")))
    assert person["traits"] == {"tier": "gold", "email": f"{user}@shop.example"}
    assert person["consents"] == {"push": True}
    assert [(one["platform"], one["token"]) for one in person["devices"]] == [("ios", f"token-of-{user}")]
    assert counted(person, "_session.start") == 1

    timeline = shop.headrace("timeline", user)
    [view] = [event for event in timeline if event["name"] == "View Item"]
    assert view["properties"] == {"item_id": "K-17", "price": 12.5}
    rows = eventually(
        lambda: shop.rows(
            "select name, source, protocol, device_id, session_id from events"
            f" where user_id = '{user}' and type = 'track' order by name"
        ),
        lambda found: len(found) >= 2,
        PATIENCE_LAKE,
    )
    device = f"eu-west-1:{user}/phone ü"
    assert [tuple(row)[:4] for row in rows] == [
        ("View Item", "pinpoint_server", "pinpoint", device),
        ("_session.start", "pinpoint_server", "pinpoint", device),
    ]
    assert rows[1][4] == f"{user}-s1"
    [refused] = shop.rejected(user)
    assert refused["name"] == "View Item"


def test_an_endpoint_is_read_and_deleted(shop: Shop, pair: Pair) -> None:
    by_boto3(shop, pair, "pp-gone")
    pinpoint = client(shop.local["collect_url"], *pair)

    def endpoints() -> set[str]:
        try:
            found = pinpoint.get_user_endpoints(ApplicationId="any", UserId="pp-gone")
        except pinpoint.exceptions.NotFoundException:
            return set()
        return {one["Id"] for one in found["EndpointsResponse"]["Item"]}

    device = "eu-west-1:pp-gone/phone ü"
    eventually(endpoints, lambda found: found == {device, "mail-pp-gone"})
    # The last of what was sent names the device too: folded after the end of it, it would bring it back.
    eventually(lambda: shop.person("pp-gone"), lambda found: bool(counted(found, "View Item")))
    answer = pinpoint.delete_endpoint(ApplicationId="any", EndpointId=device)
    assert answer["EndpointResponse"]["Address"] == "token-of-pp-gone"
    eventually(endpoints, lambda found: found == {"mail-pp-gone"})
    pinpoint.delete_user_endpoints(ApplicationId="any", UserId="pp-gone")
    eventually(endpoints, lambda found: not found)
    person = shop.person("pp-gone")
    assert person["devices"] == []
    assert "email" not in person["traits"]


def test_a_wrong_secret_is_forbidden_and_an_app_id_sends_only(shop: Shop, pair: Pair) -> None:
    wrong = asked_by_javascript(shop, pair._replace(secret="wrong"), APP, "pp-wrong")
    assert {one["error"] for one in wrong.values()} == {"ForbiddenException"}
    cognito = Pair("ASIAOFCOGNITO", "temporary")
    public = asked_by_javascript(shop, cognito, APP, "pp-public", "reads")
    assert public["put_events"]["status"] == 202
    assert public["get_endpoint"]["error"] == "ForbiddenException"
    with pytest.raises(ClientError, match="ForbiddenException"):
        client(shop.local["collect_url"], *cognito).update_endpoint(
            ApplicationId="nobodys", EndpointId="e", EndpointRequest={}
        )
    person = eventually(lambda: shop.person("pp-public"), lambda found: bool(counted(found, "View Item")))
    assert person["devices"]
