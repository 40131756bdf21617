"""Bad requests to the deployed API: each has its own answer, and none is a 500."""

from __future__ import annotations

import pytest

from tests.local.shop import Shop, track

pytestmark = pytest.mark.local


def test_an_unknown_write_key_is_401(shop: Shop) -> None:
    answer = shop.post("track", track("u1", "Login"), key="hr_nobody")

    assert answer.status == 401
    assert answer.body["code"]
    assert answer.body["message"]


def test_malformed_json_is_400_and_says_where(shop: Shop) -> None:
    answer = shop.post("track", b'{"userId": "u1",\n "event": }')

    assert answer.status == 400
    assert "line 2" in answer.body["message"]


def test_a_batch_of_600_kb_is_413(shop: Shop) -> None:
    events = [track("u1", "Login", f"big-{number}", method="x" * 20_000) for number in range(30)]

    assert shop.post("batch", {"batch": events}).status == 413


def test_an_event_of_40_kb_is_rejected_as_too_large_and_its_neighbour_is_not(shop: Shop) -> None:
    answer = shop.post(
        "batch", {"batch": [track("large", "Login", method="x" * 40_000), track("large", "Login")]}
    )

    assert (answer.status, answer.body["accepted"]) == (200, 1)
    (rejected,) = answer.body["rejected"]
    assert rejected["index"] == 0
    assert rejected["reasons"][0]["code"] == "too_large"


def test_an_event_of_40_kb_alone_is_400(shop: Shop) -> None:
    answer = shop.post("track", track("large", "Login", method="x" * 40_000))

    assert answer.status == 400
    assert answer.body["rejected"][0]["reasons"][0]["code"] == "too_large"
