"""Infobip's event definitions and the tracking plan: the same thing, as far as each can say it."""

from __future__ import annotations

from typing import Any

import pytest

from functions.collect.protocols.infobip.definitions import NAMES, TYPES
from shared.workspace.model import EventDefinition, PropertyDefinition
from tests.fakes.collect_stage import BROWSER, LENIENT, SHOP, STRICT, Answer, Stage

DEFINITIONS = "/peopleevents/2/definitions"

ADD_TO_CART: dict[str, Any] = {
    "definitionId": "addToCart",
    "title": "Item added to cart",
    "description": "Before the checkout",
    "fields": [
        {"name": "transactionId", "type": "String"},
        {"name": "fromPromoCampaign", "type": "Boolean"},
        {"name": "totalCost", "type": "Decimal"},
        {"name": "pieces", "type": "Numeric"},
        {"name": "addedAt", "type": "DateTime"},
        {
            "name": "itemsInCart",
            "type": "List",
            "schema": {"type": "Object", "fields": [{"name": "itemId", "type": "Decimal"}]},
        },
    ],
}


@pytest.fixture
def stage() -> Stage:
    """Every source that is a server's may define."""
    definers = (source.model_copy(update={"may_define": source.trust == "server"}) for source in SHOP.sources)
    return Stage(SHOP.model_copy(update={"sources": tuple(definers)}))


def ask(
    stage: Stage, method: str, path: str = "", body: object = b"", *, key: str = STRICT, query: str = ""
) -> Answer:
    return stage.request(method, DEFINITIONS + path, body, {"authorization": f"App {key}"}, query=query)


def refused(answer: Answer) -> dict[str, list[str]]:
    """The sentences of a 400 by field."""
    assert answer.status == 400
    errors: dict[str, list[str]] = answer.body["requestError"]["serviceException"]["validationErrors"]
    return errors


def with_fields(*fields: dict[str, Any]) -> dict[str, Any]:
    return {**ADD_TO_CART, "fields": list(fields)}


def test_a_definition_is_of_the_plan_and_the_next_event_is_held_to_it(stage: Stage) -> None:
    made = ask(stage, "POST", body=ADD_TO_CART)
    assert (made.status, made.body["isInternalDefinition"], made.body["title"]) == (
        201,
        False,
        "Item added to cart",
    )
    latest = stage.workspaces.load(2).definition_by_id["addToCart"]
    assert {name: wanted.type for name, wanted in latest.properties.items()} == {
        "transactionId": "string",
        "fromPromoCampaign": "boolean",
        "totalCost": "number",
        "pieces": "integer",
        "addedAt": "datetime",
        "itemsInCart": "list",
    }
    path = "/peopleevents/2/persons/cust-77/definitions/addToCart/events"
    headers, query = {"authorization": f"App {STRICT}"}, "identifierType=EXTERNAL_ID"
    taken = stage.request("POST", path, {"properties": {"totalCost": "42.5"}}, headers, query=query)
    wrong = stage.request("POST", path, {"properties": {"totalCost": "much"}}, headers, query=query)
    assert (taken.status, wrong.status) == (201, 400)
    assert stage.events[0].properties == {"totalCost": 42.5}


def test_what_was_defined_is_read_back_without_the_schema_of_its_list(stage: Stage) -> None:
    ask(stage, "POST", body=ADD_TO_CART)
    found = ask(stage, "GET", "/addToCart").body
    fields = sorted(
        ({"name": field["name"], "type": field["type"]} for field in ADD_TO_CART["fields"]),
        key=lambda field: field["name"],
    )
    assert sorted(found["fields"], key=lambda field: field["name"]) == fields
    assert {name: found[name] for name in ("definitionId", "title", "description")} == {
        name: ADD_TO_CART[name] for name in ("definitionId", "title", "description")
    }


def test_a_definition_that_is_there_is_a_conflict(stage: Stage) -> None:
    ask(stage, "POST", body=ADD_TO_CART)
    again = ask(stage, "POST", body=ADD_TO_CART)
    assert (again.status, again.body["requestError"]["serviceException"]["messageId"]) == (409, "CONFLICT")


@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_a_change_gives_another_title_and_adds_fields(stage: Stage, method: str) -> None:
    ask(stage, "POST", body=ADD_TO_CART)
    change = {"title": "Into the cart", "fields": [{"name": "coupon", "type": "String"}]}
    answer = ask(stage, method, "/addToCart", change)
    assert (answer.status, answer.body["title"]) == (200, "Into the cart")
    assert answer.body["description"] == "Before the checkout"
    assert len(answer.body["fields"]) == len(ADD_TO_CART["fields"]) + 1


def test_a_field_that_is_there_keeps_its_type(stage: Stage) -> None:
    ask(stage, "POST", body=ADD_TO_CART)
    errors = refused(ask(stage, "PUT", "/addToCart", {"fields": [{"name": "totalCost", "type": "String"}]}))
    assert "totalCost" in errors["fields"][0]


def test_a_date_of_the_plan_stays_one_when_infobips_client_says_datetime(stage: Stage) -> None:
    answer = ask(stage, "PUT", "/Complete%20Purchase", {"fields": [{"name": "paid_on", "type": "DateTime"}]})
    assert answer.status == 200
    assert (
        stage.workspaces.load(stage.workspaces.latest_version()).definition_by_id["Complete Purchase"]
        == (SHOP.definition_by_id["Complete Purchase"])
    )


def test_what_is_not_there_cannot_be_changed_nor_read(stage: Stage) -> None:
    assert ask(stage, "PUT", "/dance", {"title": "Dance"}).status == 404
    assert ask(stage, "GET", "/dance").status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"definitionId": "add to cart"}, "definitionId"),
        ({"definitionId": "x" * 37}, "definitionId"),
        ({"definitionId": None}, "definitionId"),
        ({"title": None}, "title"),
        ({"title": ""}, "title"),
        ({"title": "x" * 101}, "title"),
        ({"description": "x" * 2001}, "description"),
        ({"templateId": "cart"}, "templateId"),
        ({"fields": {}}, "fields"),
        ({"fields": [{"name": f"f{number}", "type": "String"} for number in range(121)]}, "fields"),
        (
            {"fields": [{"name": "one", "type": "List"}, {"name": "two", "type": "List"}]},
            "fields",
        ),
        ({"fields": ["sku"]}, "fields[0]"),
        ({"fields": [{"name": "Sku", "type": "String"}]}, "fields[0].name"),
        ({"fields": [{"name": "s ku", "type": "String"}]}, "fields[0].name"),
        ({"fields": [{"name": "x" * 129, "type": "String"}]}, "fields[0].name"),
        (
            {"fields": [{"name": "sku", "type": "String"}, {"name": "sKU", "type": "String"}]},
            "fields[1].name",
        ),
        ({"fields": [{"name": "sku", "type": "Text"}]}, "fields[0].type"),
        ({"fields": [{"name": "sku", "type": "String", "schema": {}}]}, "fields[0].schema"),
        ({"fields": [{"name": "items", "type": "List", "schema": []}]}, "fields[0].schema"),
        (
            {"fields": [{"name": "items", "type": "List", "schema": {"type": "Object", "fields": []}}]},
            "fields[0].schema.fields",
        ),
        (
            {
                "fields": [
                    {
                        "name": "items",
                        "type": "List",
                        "schema": {"type": "Object", "fields": [{"name": "parts", "type": "List"}]},
                    }
                ]
            },
            "fields[0].schema.fields[0].type",
        ),
    ],
)
def test_each_rule_of_a_definition_is_named_with_its_field(
    stage: Stage, change: dict[str, Any], field: str
) -> None:
    errors = refused(ask(stage, "POST", body={**ADD_TO_CART, **change}))
    assert list(errors) == [field]
    assert stage.workspaces.latest_version() == 1


def test_a_field_must_differ_from_those_there_by_more_than_its_case(stage: Stage) -> None:
    ask(stage, "POST", body=ADD_TO_CART)
    errors = refused(ask(stage, "PUT", "/addToCart", {"fields": [{"name": "totalcost", "type": "String"}]}))
    assert "totalCost" in errors["fields"][0]


def test_a_definition_never_gets_a_second_list(stage: Stage) -> None:
    ask(stage, "POST", body=ADD_TO_CART)
    assert refused(ask(stage, "PUT", "/addToCart", {"fields": [{"name": "more", "type": "List"}]}))
    assert (
        ask(stage, "PUT", "/addToCart", {"fields": [{"name": "itemsInCart", "type": "List"}]}).status == 200
    )


def test_a_leading_digit_is_taken_with_a_warning(stage: Stage) -> None:
    answer = ask(stage, "POST", body=with_fields({"name": "3dSecure", "type": "Boolean"}))
    assert (answer.status, len(answer.body["warnings"])) == (201, 1)
    assert "3dSecure" in stage.workspaces.load(2).definition_by_id["addToCart"].properties


@pytest.mark.parametrize("body", [b"", b"{", [], None, "addToCart"])
def test_a_body_that_is_no_definition_is_refused(stage: Stage, body: object) -> None:
    assert ask(stage, "POST", body=body).status == 400


def test_a_source_that_may_no_longer_define_is_told_what_to_set(stage: Stage) -> None:
    stage.apply(SHOP)
    stage.wait(2)
    answer = ask(stage, "POST", body=ADD_TO_CART)
    assert answer.status == 403
    assert "may_define: true" in answer.body["requestError"]["serviceException"]["text"]
    assert stage.workspaces.latest_version() == 2


def test_a_source_that_may_define_since_a_moment_ago_may(stage: Stage) -> None:
    allowed = stage.workspaces.load(1)
    stage.apply(SHOP)
    stage.wait(2)
    assert ask(stage, "POST", body=ADD_TO_CART, key=LENIENT).status == 403
    stage.apply(allowed)
    stage.wait(2)
    assert ask(stage, "POST", body=ADD_TO_CART, key=LENIENT).status == 201


def test_while_the_workspace_cannot_be_read_or_written_the_client_is_asked_to_come_back(stage: Stage) -> None:
    assert ask(stage, "GET").status == 200
    stage.workspaces.failing = True
    stage.wait(2)
    answers = [ask(stage, "POST", body=ADD_TO_CART), ask(stage, "GET", "/View%20Item")]
    assert [(answer.status, answer.headers["retry-after"]) for answer in answers] == [(503, "2")] * 2


def test_a_public_key_neither_reads_nor_defines(stage: Stage) -> None:
    assert ask(stage, "GET", key=BROWSER).status == 403
    assert ask(stage, "POST", body=ADD_TO_CART, key=BROWSER).status == 403


def test_definitions_are_listed_found_ordered_and_cut(stage: Stage) -> None:
    def ids(query: str) -> list[str]:
        return [one["definitionId"] for one in ask(stage, "GET", query=query).body or []]

    assert ids("") == ["Complete Purchase", "View Item"]
    assert ids("orderField=title&orderType=desc") == ["View Item", "Complete Purchase"]
    assert ids("offset=1&limit=5") == ["View Item"]
    assert ids("limit=0") == []
    assert ids("searchText=VIEW") == ["View Item"]
    assert ids("category=External") == ["Complete Purchase", "View Item"]
    assert ids("category=Channel") == []
    assert ask(stage, "GET", query="limit=all").status == 400


def test_every_type_of_a_property_has_a_name_and_every_name_a_type() -> None:
    of_properties = set(PropertyDefinition.model_json_schema()["properties"]["type"]["enum"])
    assert set(NAMES) == of_properties
    assert set(NAMES.values()) == set(TYPES)


def test_an_event_of_the_plan_without_a_description_has_none(stage: Stage) -> None:
    stage.apply(SHOP.model_copy(update={"events": (EventDefinition(id="a b", name="A B"),)}))
    stage.wait(2)
    assert ask(stage, "GET", "/a%20b").body["description"] is None
