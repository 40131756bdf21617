"""A collector that stores, answers 503 once, and then works: every SDK that retries still makes one event.

In the profile by the client's message id, in the lake by the view. mParticle's and CleverTap's clients do not retry.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

import boto3
import pytest
import snowplow_tracker as snowplow
from playwright.sync_api import Browser
from posthog import Posthog
from rudderstack.analytics.client import Client as Rudder  # type: ignore[import-untyped]
from segment.analytics.client import Client as Segment

from tests.local.arrivals import assert_people, assert_rows
from tests.local.browsing import visiting
from tests.local.faltering import Faltering, faltering
from tests.local.shop import PATIENCE_LAKE, Shop, counted, eventually, track

pytestmark = pytest.mark.local

VIEW, ITEM = "View Item", {"item_id": "K-17"}
SNOWPLOW_VIEW = "iglu:shop.example/view_item/jsonschema/1-0-0"


def segment_python(collector: Faltering, key: str, user: str) -> None:
    client = Segment(key, host=collector.url, max_retries=3)
    client.track(user, VIEW, ITEM)
    client.shutdown()


def rudder_python(collector: Faltering, key: str, user: str) -> None:
    client = Rudder(key, host=collector.url, max_retries=3, gzip=False)
    client.track(user, VIEW, ITEM)
    client.shutdown()


def posthog_python(collector: Faltering, key: str, user: str) -> None:
    client = Posthog(key, host=collector.url, max_retries=3)
    client.capture(VIEW, distinct_id=user, properties=ITEM)
    client.shutdown()


def snowplow_python(collector: Faltering, key: str, user: str) -> None:
    emitter = snowplow.Emitter(
        collector.url.removeprefix("http://"),
        protocol="http",
        method="post",
        batch_size=1,
        custom_retry_codes={503: True},
    )
    subject = snowplow.Subject().set_user_id(user)
    tracker = snowplow.Tracker("t", emitters=emitter, subject=subject, app_id=key)
    tracker.track(snowplow.SelfDescribing(snowplow.SelfDescribingJson(SNOWPLOW_VIEW, ITEM)))
    eventually(lambda: len(collector.answered), lambda attempts: attempts >= 2)


def pinpoint_boto3(collector: Faltering, key: str, user: str) -> None:
    client = boto3.client(
        "pinpoint", endpoint_url=collector.url, region_name="us-east-1",
        aws_access_key_id="AKIDEXAMPLE", aws_secret_access_key="none",
    )  # fmt: skip
    event = {"EventType": VIEW, "Timestamp": datetime.now(UTC).isoformat(), "Attributes": ITEM}
    item = {"Endpoint": {"User": {"UserId": user}}, "Events": {"7c9e6679-7425-40de": event}}
    client.put_events(ApplicationId=key, EventsRequest={"BatchItem": {f"{user}-device": item}})


def by_node(sdk: str) -> Callable[[Faltering, str, str], None]:
    def send(collector: Faltering, key: str, user: str) -> None:
        node = shutil.which("node")
        assert node is not None
        script = Path(__file__).parent / "node" / "retrying.mjs"
        subprocess.run([node, str(script), sdk, collector.url, key, user], check=True, timeout=60)

    return send


class Sdk(NamedTuple):
    """`path` carries its events; `name` is the event's in the profile."""

    send: Callable[[Faltering, str, str], None]
    path: str
    name: str = VIEW


SDKS = {
    "segment-python": Sdk(segment_python, "/v1/batch"),
    "segment-node": Sdk(by_node("segment"), "/v1/batch"),
    "rudder-python": Sdk(rudder_python, "/v1/batch"),
    "posthog-python": Sdk(posthog_python, "/batch"),
    "posthog-node": Sdk(by_node("posthog"), "/batch"),
    "snowplow-python": Sdk(snowplow_python, "/com.snowplowanalytics.snowplow/tp2", "view_item"),
    "snowplow-node": Sdk(by_node("snowplow"), "/com.snowplowanalytics.snowplow/tp2", "view_item"),
    "pinpoint-boto3": Sdk(pinpoint_boto3, "/v1/apps/KEY/events"),
    "pinpoint-node": Sdk(by_node("pinpoint"), "/v1/apps/KEY/events"),
}


@pytest.mark.parametrize("called", SDKS)
def test_an_sdk_that_sends_again_makes_one_event(shop: Shop, called: str) -> None:
    sdk, user = SDKS[called], f"retry-{called}"
    key = shop.local["write_keys"]["lenient"]
    with faltering(shop.local["collect_url"], sdk.path.replace("KEY", key)) as collector:
        sdk.send(collector, key, user)
    assert collector.answered[0] == 503
    assert len(collector.answered) >= 2, "the SDK did not send again: the test shows nothing"

    shop.accept(track(user, "Login"))  # comes after both: where it has arrived, they have

    eventually(lambda: shop.person(user), lambda person: counted(person, "Login") == 1)
    rows = eventually(
        lambda: shop.rows(f"select name from events where user_id = '{user}' and type = 'track'"),
        lambda found: ("Login",) in found,
        PATIENCE_LAKE,
    )
    assert sorted(rows) == sorted([("Login",), (sdk.name,)])
    assert counted(shop.person(user), sdk.name) == 1
    assert len([event for event in shop.headrace("timeline", user) if event["name"] == sdk.name]) == 1


@pytest.mark.browser
@pytest.mark.parametrize(
    ("page", "options", "path", "protocol", "library"),
    [
        ("analytics_next", {}, "/v1/p", "twilio_segment", "analytics.js"),
        ("posthog", {"disable_compression": True}, "/e", "posthog", "web"),
        ("headrace", {}, "/flow", "twilio_segment", "headrace.js"),
    ],
)
def test_a_page_that_sends_again_makes_one_event(
    shop: Shop, browser: Browser, page: str, options: dict[str, Any], path: str, protocol: str, library: str
) -> None:
    user, key = f"retry-{page}", shop.local["write_keys"]["browser"]
    with faltering(shop.local["collect_url"], path) as collector:
        with visiting(browser, page, collector.url, key, user, **options) as visit:
            eventually(lambda: len(collector.answered), lambda answered: answered >= 2)
            assert_people(shop, visit, user)
            assert_rows(shop, visit, user, protocol, library)
        assert collector.answered[0] == 503
