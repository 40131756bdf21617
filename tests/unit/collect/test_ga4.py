"""GA4's Measurement Protocol beyond its pairs."""

from __future__ import annotations

from typing import Any

import pytest
from ga4mp import GtagMP

from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import LENIENT, SHOP, Answer, Stage

AT = 1795262398000000
"""Microseconds: two seconds before noon."""


def sent(
    stage: Stage, *events: object, query: str = f"measurement_id=G-1&api_secret={LENIENT}", **beside: Any
) -> Answer:
    body = {"client_id": "123.456", "events": list(events), **beside}
    return stage.request("POST", "/mp/collect", body, query=query)


def test_googles_own_credentials_are_accepted_by_a_source_that_lists_them(stage: Stage) -> None:
    source = Source(id="ga", name="GA", trust="server", key_hashes=(key_hash("G-1:s3cret"),))
    stage.apply(SHOP.model_copy(update={"sources": (*SHOP.sources, source)}))
    assert sent(stage, {"name": "level_up"}, query="measurement_id=G-1&api_secret=s3cret").status == 204
    assert [event.source for event in stage.events] == ["ga"]
    assert sent(stage, {"name": "level_up"}, query="measurement_id=G-2&api_secret=s3cret").status == 401


def test_the_same_request_sent_again_has_the_same_ids_and_two_equal_events_have_two(stage: Stage) -> None:
    for _ in range(2):
        sent(stage, {"name": "jump"}, {"name": "jump"}, timestamp_micros=AT)
    ids = [event.id for event in stage.events]
    assert ids[:2] == ids[2:]
    assert len(set(ids)) == 2


def test_without_a_time_every_arrival_is_an_event_of_its_own(stage: Stage) -> None:
    for _ in range(2):
        sent(stage, {"name": "jump"})
    assert len({event.id for event in stage.events}) == 2


def test_the_debug_endpoint_stores_and_keeps_nothing(stage: Stage) -> None:
    body = {"client_id": "1.2", "events": [{"name": "level_up"}, {"name": ""}]}
    answer = stage.request(
        "POST", "/debug/mp/collect", body, query=f"measurement_id=G-1&api_secret={LENIENT}"
    )
    assert [one["fieldPath"] for one in answer.body["validationMessages"]] == ["events[1].name"]
    assert (stage.events, stage.kept) == ([], [])


@pytest.mark.parametrize("beside", [{}, {"timestamp_micros": 1795262398000000}])
def test_the_debug_endpoint_tells_the_events_fields_from_the_requests(
    stage: Stage, beside: dict[str, Any]
) -> None:
    query = f"measurement_id=G-1&api_secret={LENIENT}"
    body = {"events": [{"name": "ok"}, {"name": ""}], **beside}
    answer = stage.request("POST", "/debug/mp/collect", body, query=query)
    paths = [one["fieldPath"] for one in answer.body["validationMessages"]]
    assert paths == ["user_id", "events[1].name", "user_id"]


@pytest.mark.parametrize(
    ("event", "name", "properties"),
    [
        ({"name": "search", "params": {"search_term": "kettle"}}, "Search", {"query": "kettle"}),
        ({"name": "login", "params": {"method": "google"}}, "Login", {"method": "google"}),
        (
            {"name": "add_to_cart", "params": {"value": 79.0, "items": [{"item_id": "K1", "quantity": 2}]}},
            "Add To Cart",
            {"item_id": "K1", "quantity": "2", "value": "79.0"},
        ),
        (
            {
                "name": "begin_checkout",
                "params": {"value": 79.0, "items": [{"item_id": "K1", "quantity": 2}]},
            },
            "Start Checkout",
            {"amount": "79.0", "item_count": "2"},
        ),
        (
            {"name": "view_item_list", "params": {"item_list_name": "Tea", "items": [{"item_id": "K1"}]}},
            "View Category",
            {"category": "Tea", "items_shown": "1"},
        ),
        ({"name": "My Event", "params": {"Some Param": "x"}}, "My Event", {"Some Param": "x"}),
    ],
)
def test_recommended_events_have_the_catalogues_names_and_others_keep_theirs(
    stage: Stage, event: dict[str, Any], name: str, properties: dict[str, str]
) -> None:
    sent(stage, event)
    [found] = stage.events
    assert found.name == name
    assert properties.items() <= found.properties.items()


def test_a_page_says_where_it_was_as_other_formats_pages_do(stage: Stage) -> None:
    said = {
        "page_location": "https://shop.example/k",
        "page_title": "K",
        "page_referrer": "https://a.example/",
    }
    page = {"url": "https://shop.example/k", "title": "K", "referrer": "https://a.example/"}
    sent(stage, {"name": "page_view", "params": {**said, "plan": "gold"}}, {"name": "poured", "params": said})
    sent(stage, {"name": "screen_view", "params": {"screen_name": "Cart"}})
    view, event, screen = stage.events
    assert (view.type, view.properties, view.context["page"]) == ("page", {**page, "plan": "gold"}, page)
    assert (event.properties, event.context["page"]) == (said, page)
    assert (screen.type, screen.properties) == ("screen", {"name": "Cart"})


def test_ga4mp_sends_to_us_when_its_host_is_ours(stage: Stage) -> None:
    with serving(stage) as server:
        client = GtagMP(api_secret=LENIENT, measurement_id="G-1", client_id="123.456")
        client._base_domain = f"{server.url}/mp/collect"
        event = client.create_new_event(name="tutorial_begin")
        event.set_event_param(name="step", value="one")
        client.send(events=[event])
    [found] = stage.events
    assert (found.name, found.anonymous_id, found.properties["step"]) == ("tutorial_begin", "123.456", "one")
