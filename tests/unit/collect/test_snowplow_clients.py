"""Snowplow's own trackers for Python and Node, unmodified, against the collect stage behind a port of this machine."""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from snowplow_tracker.emitters import Emitter
from snowplow_tracker.events.page_ping import PagePing
from snowplow_tracker.events.page_view import PageView
from snowplow_tracker.events.screen_view import ScreenView
from snowplow_tracker.events.self_describing import SelfDescribing
from snowplow_tracker.events.structured_event import StructuredEvent
from snowplow_tracker.self_describing_json import SelfDescribingJson
from snowplow_tracker.subject import Subject
from snowplow_tracker.tracker import Tracker
from snowplow_tracker.typing import Method

from shared.events import Event
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import LENIENT, OBSERVE, STRICT, Stage

ROOT = Path(__file__).parents[3]
METHODS = ("post", "get")

NODE = """
import * as snowplow from '@snowplow/node-tracker'

const [url, appId, eventMethod, calls] = process.argv.slice(1)
const tracker = snowplow.newTracker({ namespace: 'shop', appId }, { endpoint: url, eventMethod, bufferSize: 1 })
tracker.setUserId('u1')
tracker.setDomainUserId('visitor-1')
tracker.setSessionId('s1')
const basketSaved = { schema: 'iglu:com.acme/basket_saved/jsonschema/1-0-0', data: { items: 3, note: 'für alle?>' } }
tracker.track(snowplow.buildSelfDescribingEvent({ event: basketSaved }))
if (calls === 'all') {
  tracker.track(snowplow.buildPageView({ pageUrl: 'https://shop.example/kettles', pageTitle: 'Kettles' }))
  tracker.track(snowplow.buildStructEvent({ category: 'shop', action: 'Look Around', value: 2.5 }))
  tracker.track(snowplow.buildAddToCart({ sku: 'K1', name: 'Kettle', unitPrice: 39.5, quantity: 1, currency: 'EUR' }))
  tracker.track(snowplow.buildEcommerceTransaction({ orderId: 'ord-1881', total: 39.5, currency: 'EUR' }))
}
const rounds = Number(process.argv[5])
for (let round = 0; round < rounds; round++) {
  await new Promise((done) => setTimeout(done, 400))
  await tracker.flush()
}
"""


@pytest.fixture
def server() -> Iterator[CollectServer]:
    stage = Stage()
    with serving(stage) as server:
        yield server


def python(server: CollectServer, method: Method, key: str = OBSERVE) -> Tracker:
    emitter = Emitter(server.host, protocol="http", method=method, batch_size=1)
    subject = Subject().set_user_id("u1").set_domain_user_id("visitor-1").set_domain_session_id("s1")
    return Tracker("shop", emitter, app_id=key, subject=subject)


def basket_saved() -> SelfDescribing:
    data = {"items": 3, "note": "für alle?>"}
    event = SelfDescribingJson("iglu:com.acme/basket_saved/jsonschema/1-0-0", data)
    tier = SelfDescribingJson("iglu:com.acme/membership/jsonschema/1-0-0", {"tier": "gold"})
    return SelfDescribing(event, context=[tier])


def node(server: CollectServer, method: str, calls: str, rounds: int) -> None:
    path = shutil.which("node")
    assert path is not None
    arguments = [path, "--input-type=module", "-e", NODE, server.url, OBSERVE, method, calls, str(rounds)]
    subprocess.run(arguments, cwd=ROOT, check=True, timeout=60)


def arrived(server: CollectServer, count: int) -> list[Event]:
    for _ in range(100):
        if len(server.stage.events) >= count:
            return server.stage.events
        time.sleep(0.1)
    pytest.fail(f"only {[event.name for event in server.stage.events]} arrived")


@pytest.mark.parametrize("method", METHODS)
def test_every_kind_of_event_of_the_python_tracker_arrives(server: CollectServer, method: Method) -> None:
    tracker = python(server, method)
    url = "https://shop.example/kettles?utm_source=news"
    tracker.track(PageView(page_url=url, page_title="Kettles", referrer="https://search.example/"))
    tracker.track(PagePing(page_url=url, page_title="Kettles", min_x=0, max_x=5))
    tracker.track(StructuredEvent(category="shop", action="Look Around", value=2.5))
    tracker.track(basket_saved())
    tracker.track(ScreenView(id_="s1", name="Cart"))
    tracker.flush()
    found = {event.name: event for event in arrived(server, 5)}
    assert set(found) == {"page", "page_ping", "Look Around", "basket_saved", "screen"}
    assert {(event.user_id, event.anonymous_id, event.session_id) for event in found.values()} == {
        ("u1", "visitor-1", "s1")
    }
    assert found["page"].properties["title"] == "Kettles"
    assert found["page"].context["campaign"] == {"source": "news"}
    assert found["Look Around"].properties == {"category": "shop", "action": "Look Around", "value": 2.5}
    assert found["basket_saved"].properties == {"items": 3, "note": "für alle?>"}
    context = found["basket_saved"].context["snowplow"]
    assert context["schema"] == "iglu:com.acme/basket_saved/jsonschema/1-0-0"
    assert context["entities"]["membership"][0]["data"] == {"tier": "gold"}
    assert (found["screen"].type, found["screen"].properties["name"]) == ("screen", "Cart")


@pytest.mark.parametrize("method", METHODS)
def test_what_the_python_tracker_sends_again_has_the_same_id(server: CollectServer, method: Method) -> None:
    server.fail_next = 1
    tracker = python(server, method)
    tracker.track(basket_saved())
    first, second = arrived(server, 2)
    assert (first.id, first.name) == (second.id, second.name)
    assert len(server.requests) == 2


@pytest.mark.parametrize("method", METHODS)
def test_the_python_tracker_drops_what_is_refused(server: CollectServer, method: Method) -> None:
    """Any status but a few would make it send the event for ever."""
    tracker = python(server, method, STRICT)
    tracker.track(basket_saved())
    time.sleep(1.5)
    assert len(server.requests) == 1
    assert [item.name for item in server.stage.refused] == ["basket_saved"]


def test_the_python_tracker_drops_what_no_key_fits(server: CollectServer) -> None:
    tracker = python(server, "post", "hr_gone")
    tracker.track(basket_saved())
    time.sleep(1.5)
    assert len(server.requests) == 1


def test_the_python_tracker_drops_what_is_too_large(server: CollectServer) -> None:
    tracker = python(server, "post", LENIENT)
    tracker.track(StructuredEvent(category="shop", action="Look Around", label="x" * 600_000))
    time.sleep(1.5)
    assert len(server.requests) == 1


@pytest.mark.parametrize("method", METHODS)
def test_every_kind_of_event_of_the_node_tracker_arrives(server: CollectServer, method: str) -> None:
    node(server, method, "all", 2)
    found = {event.name: event for event in arrived(server, 5)}
    assert set(found) == {"basket_saved", "page", "Look Around", "Add To Cart", "Complete Purchase"}
    assert {(event.user_id, event.anonymous_id, event.session_id) for event in found.values()} == {
        ("u1", "visitor-1", "s1")
    }
    assert found["basket_saved"].properties == {"items": 3, "note": "für alle?>"}
    assert found["Add To Cart"].properties["item_id"] == "K1"
    assert found["Complete Purchase"].properties == {
        "order_id": "ord-1881",
        "amount": 39.5,
        "currency": "EUR",
    }


@pytest.mark.parametrize("method", METHODS)
def test_what_the_node_tracker_sends_again_has_the_same_id(server: CollectServer, method: str) -> None:
    server.fail_next = 1
    node(server, method, "one", 4)
    first, second = arrived(server, 2)
    assert (first.id, first.name) == (second.id, second.name)
