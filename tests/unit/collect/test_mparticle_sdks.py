"""mParticle's own clients, unmodified, against the stage behind a real port."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_server import CollectServer, serving
from tests.fakes.collect_stage import BROWSER, LENIENT, SHOP, STRICT, Stage
from tests.local import mparticle_clients as clients

KEY, SECRET = "us1-0123456789abcdef", "the secret that mParticle gave out"

SWITCHED = SHOP.model_copy(
    update={
        "sources": (
            *SHOP.sources,
            Source(
                id="switched",
                name="Switched",
                trust="server",
                key_hashes=(key_hash("hr_switched"), key_hash(f"{KEY}:{SECRET}")),
            ),
        )
    }
)
"""With a source that accepts the pair mParticle gave out."""


@pytest.fixture
def server() -> Iterator[CollectServer]:
    with serving(Stage(SWITCHED)) as server:
        yield server


def test_the_python_library_sends_a_batch_by_its_old_credentials(server: CollectServer) -> None:
    api = clients.python_api(server.url, KEY, SECRET)
    batch = clients.python_batch(
        "py-1", clients.bought("ord-1"), clients.opened("main"), user_attributes={"plan": "gold"}
    )
    _, status, _ = api.upload_events(batch)
    assert status == 202
    assert {event.source for event in server.stage.events} == {"switched"}
    identified, purchase, opened = server.stage.events
    assert [event.user_id for event in server.stage.events] == ["py-1"] * 3
    assert identified.traits == {"plan": "gold"}
    assert (purchase.name, purchase.properties["amount"]) == ("Complete Purchase", 39.5)
    assert purchase.properties["items"] == [{"item_id": "K1", "name": "Kettle", "price": 39.5, "quantity": 1}]
    assert (opened.name, opened.context["custom_event_type"]) == ("Menu Opened", "navigation")


def test_the_python_library_sends_many_batches(server: CollectServer) -> None:
    api = clients.python_api(server.url, LENIENT, "any secret")
    _, status, _ = api.bulk_upload_events(
        [clients.python_batch(f"py-{at}", clients.opened("main")) for at in range(3)]
    )
    assert status == 202
    tracked = [event.user_id for event in server.stage.events if event.type == "track"]
    assert tracked == ["py-0", "py-1", "py-2"]


@pytest.mark.parametrize(
    ("key", "secret", "status"), [(KEY, "another", 403), ("nobody", "x", 403), (STRICT, "x", 400)]
)
def test_the_python_library_hears_what_was_refused(
    server: CollectServer, key: str, secret: str, status: int
) -> None:
    """With the strict source, a batch of which nothing is accepted."""
    api = clients.python_api(server.url, key, secret)
    with pytest.raises(clients.ApiException) as raised:
        api.upload_events(clients.python_batch("py-1", clients.opened("main")))
    assert raised.value.status == status


def test_the_npm_library_sends_a_batch_and_many(server: CollectServer) -> None:
    assert clients.upload(server.url, KEY, SECRET, "node-1") == [202, 202]
    identified, *tracked = server.stage.events
    assert identified.traits == {
        "Hair Color": "brown",
        "tags": ["vip", "tr"],
        "consents": {"newsletter": True},
    }
    assert [event.name for event in tracked] == ["Complete Purchase", "Menu Opened", "Menu Closed"]
    assert {event.user_id for event in server.stage.events} == {"node-1"}


def test_the_npm_library_hears_that_nobody_has_its_key(server: CollectServer) -> None:
    assert clients.upload(server.url, "us1-nobody", SECRET, "node-1") == [403, 403]


@pytest.mark.browser
def test_the_web_sdk_needs_nothing_but_the_domain(server: CollectServer) -> None:
    stage = server.stage
    with clients.shop(server.url) as shop:
        shop.visit(BROWSER)
        visitor = shop.mpid()
        shop.run("() => mParticle.logPageView('Kettles')")
        shop.run("() => mParticle.logEvent('Menu Opened', mParticle.EventType.Navigation, {menu: 'main'})")
        shop.wait(lambda: any(event.name == "Menu Opened" for event in stage.events))
        shop.login(customerid="cust-77", email="ana@shop.example")
        person = shop.mpid()
        shop.run("() => mParticle.Identity.getCurrentUser().setUserAttribute('plan', 'gold')")
        shop.run("() => mParticle.logEvent('Kettle Boiled', mParticle.EventType.Other)")
        shop.wait(lambda: any(event.name == "Kettle Boiled" for event in stage.events))
        assert {status for _, status in shop.answers} <= {200, 202}

    assert visitor.isdigit()
    assert person.isdigit()
    named = {event.name: event for event in stage.events}
    device = named["Menu Opened"].anonymous_id
    assert {event.anonymous_id for event in stage.events} == {device}
    assert named["page"].properties["name"] == "Kettles"
    assert (named["Menu Opened"].user_id, named["Menu Opened"].other_ids) == (None, {"mpid": visitor})
    assert (named["Kettle Boiled"].user_id, named["Kettle Boiled"].other_ids) == ("cust-77", {"mpid": person})
    requests = [event.properties.get("identity_request") for event in stage.events]
    assert [request for request in requests if request] == ["identify", "login"]
    [login] = [event for event in stage.events if event.properties.get("identity_request") == "login"]
    assert (login.user_id, login.traits) == ("cust-77", {"email": "ana@shop.example"})
    assert any(event.traits.get("plan") == "gold" for event in stage.events)
    assert stage.refused == []


@pytest.mark.browser
def test_the_web_sdk_sends_again_what_was_answered_with_503_and_it_counts_once(server: CollectServer) -> None:
    stage = server.stage
    with clients.shop(server.url) as shop:
        shop.visit(BROWSER)
        shop.wait(lambda: any(event.name == "App Launched" for event in stage.events))
        server.fail_next = 1
        shop.run("() => mParticle.logEvent('Kettle Boiled', mParticle.EventType.Other)")
        shop.wait(lambda: sum(event.name == "Kettle Boiled" for event in stage.events) == 2)
    boiled = [event.id for event in stage.events if event.name == "Kettle Boiled"]
    assert len(set(boiled)) == 1
