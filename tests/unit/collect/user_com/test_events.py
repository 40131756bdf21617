"""Events of User.com's API: known again, typed, and priced."""

from __future__ import annotations

from typing import Any

import pytest

from functions.collect.protocols.user_com.product_events import NAMES, properties_of
from shared.workspace.model import EventDefinition, PropertyDefinition
from tests.fakes.collect_stage import SHOP, Stage
from tests.unit.collect.user_com.api import PAGE, REST, send


def test_the_same_event_is_known_again_by_its_time(stage: Stage) -> None:
    body = {"user_id": 431, "name": "Liked", "timestamp": 1795260600, "data": {"what": "tea", "how": "hot"}}
    again = {**body, "data": {"how": "hot", "what": "tea"}}
    other = {**body, "data": {"what": "coffee"}}
    answers = [send(stage, f"{REST}/events/", one).body for one in (body, again, other)]
    ids = [event.id for event in stage.events]
    assert ids[0] == ids[1] != ids[2]
    assert answers[0] == answers[1] != answers[2]
    assert answers[0]["created"] is True


def test_without_a_time_two_equal_events_are_two(stage: Stage) -> None:
    body = {"user_id": 431, "name": "Liked"}
    assert send(stage, f"{REST}/events/", body).body["id"] != send(stage, f"{REST}/events/", body).body["id"]
    assert len({event.id for event in stage.events}) == 2


def test_what_is_not_predefined_becomes_a_string(stage: Stage) -> None:
    """As at User.com, where only attributes defined before have a type: the policy `lenient`."""
    paid = EventDefinition(
        id="order_paid",
        name="Order paid",
        properties={
            "price": PropertyDefinition(type="number"),
            "express": PropertyDefinition(type="boolean"),
            "on": PropertyDefinition(type="date"),
        },
    )
    stage.apply(SHOP.model_copy(update={"version": 2, "events": (paid,)}))
    stage.wait(120)
    data = {
        "price": "39.5",
        "express": "true",
        "on": "2026-11-20",
        "sku": 7,
        "size": 39.5,
        "gift": False,
        "box": {"a": [1]},
    }
    send(stage, f"{REST}/users-by-id/cust-77/events/", {"name": "order_paid", "data": data})
    send(stage, f"{REST}/users-by-id/cust-77/events/", {"name": "unheard_of", "data": {"price": 39.5}})
    defined, undefined = (event.properties for event in stage.events)
    assert defined == {
        "price": 39.5, "express": True, "on": "2026-11-20",
        "sku": "7", "size": "39.5", "gift": "false", "box": '{"a":[1]}',
    }  # fmt: skip
    assert undefined == {"price": "39.5"}


@pytest.mark.parametrize(("event_type", "name"), NAMES.items())
def test_a_type_of_product_event_has_our_name(stage: Stage, event_type: str, name: str) -> None:
    data = {"custom_id": "K-17", "price": 2, "currency": "EUR"}
    body = {"user_id": 431, "event_type": event_type, "data": data}
    assert send(stage, f"{REST}/products/388/product_event/", body).status == 200
    assert stage.events[0].name == name
    assert f"| `{event_type}` | `{name}` |" in PAGE


@pytest.mark.parametrize(
    ("data", "amount", "count"),
    [
        ({"price": 0.1, "quantity": 3}, 0.3, 3),
        ({"price": "19.99", "quantity": "2.0000"}, 39.98, 2),
        ({"price": 5}, 5.0, 1),
        ({"price": 5, "quantity": 0.5}, 2.5, None),
        ({"price": "free"}, None, 1),
        ({"price": 5, "amount": 4}, 4, 1),
        ({"price": "1e999"}, None, 1),
        ({}, None, 1),
    ],
)
def test_a_purchase_costs_what_its_product_costs(
    data: dict[str, Any], amount: float | None, count: int | None
) -> None:
    found = properties_of("Complete Purchase", "K-17", data)
    assert (found.get("amount"), found.get("item_count")) == (amount, count)
