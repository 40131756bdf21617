"""Who a user of User.com's is: numbers and ids that lead back to one person, or to nobody."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from functions.collect.protocols.user_com.ids import plain
from tests.fakes.collect_stage import BROWSER, LENIENT, Stage
from tests.unit.collect.user_com.api import REST, SDK, processed, read, send


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


@given(st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=40))
def test_an_encoded_id_is_read_where_the_request_says_so(custom_id: str) -> None:
    encoded = base64.b64encode(custom_id.encode()).decode()
    assert plain(encoded, may_be_encoded=True) == custom_id
    assert plain(encoded, may_be_encoded=False) == encoded


@pytest.mark.parametrize("custom_id", ["123", "1234", "cust-77", "TEST", "", 77, None, "AAAA", "é==="])
def test_what_is_no_encoded_text_is_an_id_as_it_is(custom_id: object) -> None:
    assert plain(custom_id, may_be_encoded=True) == custom_id


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


def test_half_of_a_character_in_an_address_is_written_as_its_escape(stage: Stage) -> None:
    answer = send(stage, f"{REST}/users/", b'{"email": "ana\\ud800@shop.example"}')
    assert answer.status < 300
    assert stage.events[0].other_ids["email"] == r"ana\ud800@shop.example"
