"""What was sent to User.com's API is read back, as its documentation shows it."""

from __future__ import annotations

import base64
import os
import re
import subprocess
from typing import Any

import orjson
import pytest

from functions.collect.adapter.wire_format import Call, Delivery
from functions.collect.http.body import Body
from functions.collect.http.request import Request
from functions.collect.protocols import find
from functions.collect.protocols.user_com import FORMAT
from shared.fold.profile import Changes, Profile
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import LENIENT, NOON, Stage
from tests.unit.collect.user_com.api import PAGE, REQUESTS, REST, processed, read, send


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
