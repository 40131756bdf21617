"""What a pair of request and record cannot say of User.com's API: ids that lead back, keys, replay, reads, types."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.http.body import Body
from functions.collect.http.request import Request
from functions.collect.protocols import find
from functions.collect.protocols.user_com import FORMAT
from functions.collect.protocols.user_com.custom_ids import plain
from functions.collect.protocols.user_com.product_events import NAMES, properties_of
from shared.fold.parts.consents import Consent, Consents
from shared.fold.parts.identities import Identities
from shared.fold.parts.traits import Traits
from shared.fold.profile import Changes, Pointer, Profile
from shared.fold.state import States
from shared.workspace.model import EventDefinition, PropertyDefinition, Source
from shared.workspace.write_keys import key_hash
from tests.fakes import process_stage
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import BROWSER, LENIENT, METERED, NOON, SHOP, Answer, Stage

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "protocols" / "user-com.md").read_text(encoding="utf-8")
REQUESTS = {
    file.stem: request
    for file in sorted((ROOT / "tests" / "payloads" / "user_com").glob("*.json"))
    if "body" in (request := orjson.loads(file.read_bytes())["request"])
    and (found := find(request["path"].rstrip("/"))) is not None
    and request["method"] in found.routes
}
"""Of the pairs, those that bring something."""

REST, SDK = "/api/public", "/api/sdk/v1"


def send(stage: Stage, path: str, body: object, key: str = LENIENT, **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return stage.post(
        path, body, {"Authorization": f"Token {key}", "Accept": "*/*; version=2", **named}, key=None
    )


def read(stage: Stage, path: str, query: str = "", **headers: str) -> Answer:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return stage.request("GET", path, b"", {"authorization": f"Token {LENIENT}", **named}, query=query)


def processed(stage: Stage) -> None:
    """What was stored so far becomes profiles, which the stage reads."""
    process = process_stage.Stage(stage.workspaces.load(1))
    process.profiles = stage.profiles
    process.restart()
    for entry in stage.stream.entries:
        process.deliver(process.lambda_record(entry.key, entry.data, stage.now))
    assert not process.dead_letters.letters
    stage.stream.entries.clear()


@pytest.fixture
def ada(stage: Stage) -> Stage:
    """A stage that knows `cust-77`, by a number, a key and an address as well."""
    states = States(
        identities=Identities(
            ("user:cust-77", "anonymous:rQ8", "user_com:431", "email:ada@example.com"), True
        ),
        traits=Traits(
            {"first_name": "Ada", "last_name": "Byron", "phone": "+48123", "Shoe size": 39, "tags": ["vip"]}
        ),
        consents=Consents({"email": Consent(False, NOON)}),
    )
    pointers = tuple(Pointer(key, "user:cust-77") for key in states.identities.known[1:])
    profile = Profile("user:cust-77", states=states, created_at=NOON)
    stage.profiles.save(Changes(profiles=(profile,), pointers=pointers), at=NOON)
    return stage


def test_an_event_names_the_user_that_was_created(stage: Stage) -> None:
    """As the plugin for Magento does: create the user, send its events under the number that came back."""
    number = send(stage, f"{REST}/users/", {"custom_id": "cust-77", "email": "ada@example.com"}).body["id"]
    send(stage, f"{REST}/events/", {"user_id": number, "name": "login", "timestamp": 1795260600, "data": {}})
    created, login = stage.events
    assert set(login.identities) & set(created.identities) == {f"user_com:{number}"}
    assert number < 2**53  # exact in JavaScript


@pytest.mark.parametrize(
    "body",
    [
        {"custom_id": "cust-77"},
        {"email": "ada@example.com"},
        {"phone_number": "+48 22 123 45 67"},
        {"key": "rQ8"},
    ],
)
def test_a_user_has_the_same_number_whenever_they_are_told_of(stage: Stage, body: dict[str, Any]) -> None:
    first = send(stage, f"{REST}/users/", {**body, "first_name": "Ada"})
    second = send(stage, f"{REST}/users/update_or_create/", {**body, "last_name": "Byron"})
    assert first.body["id"] == second.body["id"]
    assert stage.events[0].identities == stage.events[1].identities


def test_a_spelling_of_an_address_makes_no_other_user(stage: Stage) -> None:
    numbers = {send(stage, f"{REST}/users/", {"email": email}).body["id"] for email in ("a@b.io", " A@B.io")}
    assert len(numbers) == 1


def test_ids_of_different_kinds_make_different_numbers(stage: Stage) -> None:
    bodies = ({"custom_id": "a@b.io"}, {"email": "a@b.io"}, {"key": "a@b.io"})
    assert len({send(stage, f"{REST}/users/", body).body["id"] for body in bodies}) == 3


@pytest.mark.parametrize("custom_id", ["null", "0", "", "undefined", None])
def test_a_placeholder_names_nobody(stage: Stage, custom_id: object) -> None:
    answer = send(stage, f"{REST}/users/", {"custom_id": custom_id, "first_name": "Ada"})
    assert (answer.status, list(answer.body["errors"])) == (400, ["user_id"])


@pytest.mark.parametrize("number", ["9" * 19, "9" * 4400, "-1", "1.5", "x", "%EF%BC%91", "1e3"])
def test_what_is_no_number_of_user_coms_is_refused(stage: Stage, number: str) -> None:
    answer = send(stage, f"{REST}/users/{number}/set_attribute/", {"attribute": "a", "value": 1})
    assert (answer.status, list(answer.body["errors"])) == (400, ["id"])


@pytest.mark.parametrize("user_id", [-1, 1.5, 10**18, 2**63, True, [431], {"id": 431}, "431 "])
def test_an_events_number_is_one(stage: Stage, user_id: object) -> None:
    answer = send(stage, f"{REST}/events/", {"user_id": user_id, "name": "Liked"})
    assert (answer.status, list(answer.body["errors"])) == (400, ["user_id"])


def test_zero_is_nobodys_number(stage: Stage) -> None:
    assert send(stage, f"{REST}/events/", {"user_id": 0, "name": "Liked"}).status == 400
    put = {"authorization": f"Token {LENIENT}"}
    number = stage.request("PUT", f"{REST}/users/0/", {"custom_id": "cust-77"}, put).body["id"]
    assert number == send(stage, f"{REST}/users/", {"custom_id": "cust-77"}).body["id"]


def test_a_number_that_is_no_phone_number_names_nobody(stage: Stage) -> None:
    assert send(stage, f"{REST}/users/", {"phone_number": "()"}).status == 400


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


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40))
def test_an_encoded_id_is_read_where_the_request_says_so(custom_id: str) -> None:
    encoded = base64.b64encode(custom_id.encode()).decode()
    assert plain(encoded, may_be_encoded=True) == custom_id
    assert plain(encoded, may_be_encoded=False) == encoded


@pytest.mark.parametrize("custom_id", ["123", "1234", "cust-77", "TEST", "", 77, None, "AAAA", "é==="])
def test_what_is_no_encoded_text_is_an_id_as_it_is(custom_id: object) -> None:
    assert plain(custom_id, may_be_encoded=True) == custom_id


def test_an_app_keeps_the_key_it_is_given(stage: Stage) -> None:
    device = {"os_type": "Android", "sdk": "33", "model": "Pixel 7", "fcm_key": "token-1"}
    first = {"customer": {"userKey": "", "device": 1}, "device": device}
    key = send(stage, f"{SDK}/ping/", first, BROWSER, X_User_Key="").body["user"]["key"]
    login = {"customer": {"user_id": "cust-77", "userKey": key, "device": 1}, "device": device}
    assert send(stage, f"{SDK}/ping/", login, BROWSER, X_User_Key=key).body == {"user": {"key": key}}
    liked = {"event": "Liked", "timestamp": "2026-11-21T11:59:58Z", "data": {}}
    send(stage, f"{SDK}/event/", liked, BROWSER, X_User_Key=key)
    visitor, known, event = stage.events
    assert visitor.anonymous_id == known.anonymous_id == event.anonymous_id == key
    assert (visitor.user_id, known.user_id) == (None, "cust-77")
    assert known.context["device"]["token"] == "token-1"


def test_two_apps_are_given_two_keys(stage: Stage) -> None:
    keys = {send(stage, f"{SDK}/ping/", {"customer": {}}, BROWSER).body["user"]["key"] for _ in range(2)}
    assert len(keys) == 2


def test_a_key_that_is_a_placeholder_is_replaced(stage: Stage) -> None:
    ping = {"customer": {"userKey": "null", "user_id": "cust-77"}}
    key = send(stage, f"{SDK}/ping/", ping, BROWSER, X_User_Key="undefined").body["user"]["key"]
    assert len(key) == 32


@pytest.mark.parametrize("name", ["Integrations-Api-Key", "Authorization"])
def test_an_older_sdk_shows_its_key_elsewhere(stage: Stage, name: str) -> None:
    headers = {name: LENIENT if name != "Authorization" else f"Token {LENIENT}", "User-Key": "rQ8"}
    event = {"event": "Liked", "timestamp": "2026-11-21T11:59:58Z", "data": {}}
    assert stage.post(f"{SDK}/event/", event, headers, key=None).status == 200
    assert stage.events[0].anonymous_id == "rQ8"


def test_a_team_may_keep_its_vendors_key() -> None:
    source = Source(
        id="server", name="Server", trust="server", key_hashes=(key_hash("64 characters of User.com's"),)
    )
    stage = Stage(SHOP.model_copy(update={"sources": (source,)}))
    answer = send(stage, f"{REST}/events/", {"user_id": 431, "name": "A"}, "64 characters of User.com's")
    assert answer.status == 200


def test_a_flood_is_told_to_come_back(stage: Stage) -> None:
    for _ in range(2):
        assert send(stage, f"{REST}/events/", {"user_id": 431, "name": "A"}, METERED).status == 200
    answer = send(stage, f"{REST}/events/", {"user_id": 431, "name": "A"}, METERED)
    assert (answer.status, list(answer.body)) == (429, ["detail"])
    assert int(answer.headers["retry-after"]) > 0


def test_what_cannot_be_stored_is_to_be_sent_again(stage: Stage) -> None:
    stage.stream.item_faults.planned.append("all")
    answer = send(stage, f"{REST}/events/", {"user_id": 431, "name": "A"})
    assert (answer.status, list(answer.body)) == (503, ["detail"])


@pytest.mark.parametrize("depth", [90, 300, 900, 5000])
def test_data_however_deep_is_no_fault_of_ours(stage: Stage, depth: int) -> None:
    nested = '{"a":' * depth + "1" + "}" * depth
    body = '{"user_id": 431, "name": "A", "timestamp": 1795260600, "data": ' + nested + "}"
    assert send(stage, f"{REST}/events/", body).status in (200, 400)


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=REQUESTS)
def test_an_item_is_read_again_as_it_was(request_: dict[str, Any]) -> None:
    path = request_["path"].rstrip("/")
    found = find(path)
    assert found is not None
    route = found.routes[request_["method"]]
    came = Request(request_["method"], path, request_["headers"], "", None, "", False)
    call = Call(FORMAT, route, found.parameters[route.method], came, Body(b"", request_["body"], None))
    delivery = Delivery(path, NOON, False, False, None, None)
    parsed = FORMAT.parse(call, delivery)
    common = orjson.loads(orjson.dumps(parsed.common))
    again = [FORMAT.again(route.call, raw, common, delivery)[1] for raw in parsed.raw]
    if "timestamp" not in request_["body"]:
        for fields, _ in (*parsed.items, *again):
            fields.pop("id", None)  # made up at each reading; replay keeps the first
    assert again == parsed.items


def test_what_was_sent_is_read_back_under_either_id(stage: Stage) -> None:
    number = send(
        stage, f"{REST}/users/", {"custom_id": "cust-77", "first_name": "Ada", "tags": ["vip"]}
    ).body["id"]
    processed(stage)
    send(stage, f"{REST}/users/{number}/set_attribute/", {"attribute": "last_name", "value": "Byron"})
    send(stage, f"{REST}/events/", {"user_id": number, "name": "Liked"})
    processed(stage)
    by_number, by_custom_id = (
        read(stage, f"{REST}/users/{number}/"),
        read(stage, f"{REST}/users-by-id/cust-77/"),
    )
    assert by_number.body == by_custom_id.body
    assert (by_number.body["id"], by_number.body["name"], by_number.body["tags"]) == (
        number, "Ada Byron", [{"name": "vip"}],
    )  # fmt: skip


def test_a_number_of_user_coms_joins_the_custom_id_that_is_told_with_it(stage: Stage) -> None:
    send(stage, f"{REST}/events/", {"user_id": 431, "name": "Liked"})
    processed(stage)
    stage.request(
        "PUT", f"{REST}/users/431/", {"custom_id": "cust-77"}, {"authorization": f"Token {LENIENT}"}
    )
    processed(stage)
    assert read(stage, f"{REST}/users/431/").body["custom_id"] == "cust-77"


def test_a_visitor_of_an_app_is_whoever_logs_in(stage: Stage) -> None:
    key = send(stage, f"{SDK}/ping/", {"customer": {}}, BROWSER).body["user"]["key"]
    send(stage, f"{SDK}/screen_event/", {"data": {"screen_name": "Home"}}, BROWSER, X_User_Key=key)
    send(stage, f"{SDK}/ping/", {"customer": {"user_id": "cust-77"}}, BROWSER, X_User_Key=key)
    processed(stage)
    assert read(stage, f"{REST}/users/search/", f"key={key}").body["custom_id"] == "cust-77"


@pytest.mark.parametrize(
    ("path", "query"),
    [
        ("/users/431/", ""),
        ("/users-by-id/cust-77/", ""),
        ("/users/search/", "email=Ada%40example.com"),
        ("/users/search/", "email=%20ada@EXAMPLE.com"),
        ("/users/search/", "key=rQ8"),
        ("/users/search/", "custom_id=cust-77"),
    ],
)
def test_a_user_is_found_by_any_id(ada: Stage, path: str, query: str) -> None:
    user = read(ada, REST + path, query).body
    assert (user["id"], user["custom_id"], user["key"]) == (431, "cust-77", "rQ8")
    assert (user["name"], user["phone_number"], user["unsubscribed"]) == ("Ada Byron", "+48123", True)
    assert user["tags"] == [{"name": "vip"}]
    assert user["attributes"] == [{"name": "Shoe size", "name_std": "shoe_size", "value": 39}]
    assert user["created_at"] == "2026-11-21T12:00:00.000Z"


def test_several_users_are_a_list(ada: Stage) -> None:
    [user] = read(ada, f"{REST}/users/search/", "email=ada%40example.com&many=true").body
    assert user["id"] == 431


def test_an_encoded_id_in_the_path_finds_its_user(ada: Stage) -> None:
    encoded = base64.b64encode(b"cust-77").decode()
    assert read(ada, f"{REST}/users-by-id/{encoded}/").status == 404
    assert read(ada, f"{REST}/users-by-id/{encoded}/", X_Custom_Id_Encoding="base64").body["id"] == 431


def test_nobody_has_a_number_before_one_was_given(stage: Stage) -> None:
    stage.profiles.save(Changes(profiles=(Profile("user:new"),)), at=NOON)
    assert read(stage, f"{REST}/users-by-id/new/").body["id"] is None


@pytest.mark.parametrize(
    "path",
    [
        "/users/abc/",
        "/users/432/",
        f"/users/{'9' * 3000}/",
        "/users-by-id/nobody/",
        f"/users-by-id/{'x' * 3000}/",
    ],
)
def test_nobody_is_not_found(ada: Stage, path: str) -> None:
    answer = read(ada, REST + path)
    assert (answer.status, answer.body) == (404, {"detail": "Not found."})


def test_the_example_of_the_page_works(stage: Stage) -> None:
    [example] = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    with serving(stage) as server:
        environment = {**os.environ, "COLLECT_URL": server.url, "WRITE_KEY": LENIENT}
        done = subprocess.run(
            ["bash", "-ec", example], env=environment, capture_output=True, text=True, timeout=30, check=False
        )
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout)["created"] is True
    [event] = stage.events
    assert (event.name, event.user_id, event.properties) == (
        "order_paid", "cust-77", {"price": "39.5", "express": "true"},
    )  # fmt: skip


def test_half_of_a_character_in_an_address_is_written_as_its_escape(stage: Stage) -> None:
    answer = send(stage, f"{REST}/users/", b'{"email": "ana\\ud800@shop.example"}')
    assert answer.status < 300
    assert stage.events[0].other_ids["email"] == r"ana\ud800@shop.example"
