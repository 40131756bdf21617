"""The keys of User.com's apps, and what a sender is told that is to come again."""

from __future__ import annotations

import pytest

from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import BROWSER, LENIENT, METERED, SHOP, Stage
from tests.unit.collect.user_com.api import REST, SDK, send


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
