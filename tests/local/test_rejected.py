"""Rejected events on the deployed stack: the verdict, the list, and the replay once the plan is right."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import orjson
import pytest

from tests.local.shop import PATIENCE_LAKE, Shop, counted, eventually, track

pytestmark = pytest.mark.local

CORRECTED = """
events:
  Redeem Voucher:
    properties:
      code: {type: string, required: true}
  Complete Purchase:
    properties:
      amount: {type: number, required: true}
      currency: {type: string}
"""


@pytest.fixture
def batch(shop: Shop) -> list[dict[str, Any]]:
    """20 items are sent, 4 of them bad; the four of the list, in the order of the batch."""
    good = [track("batcher", "View Item", f"batch-{number}", item_id=f"K-{number}") for number in range(16)]
    items: list[object] = [
        *good[:5],
        track("batcher", "Complete Purchase", "batch-wrong", amount="much", currency="USD"),
        *good[5:10],
        track("batcher", "Complete Purchase", "batch-missing", amount=10),
        None,
        *good[10:],
        track("batcher", "Redeem Voucher", "batch-unknown", code="AUTUMN"),
    ]
    answer = shop.post("batch", {"batch": items})
    assert (answer.status, answer.body["accepted"]) == (200, 16)
    said = {one["index"]: one["reasons"] for one in answer.body["rejected"]}
    assert {index: [(reason["code"], reason["field"]) for reason in of_one] for index, of_one in said.items()} == {
        5: [("wrong_type", "properties.amount")],
        11: [("missing_property", "properties.currency")],
        12: [("malformed", "")],
        19: [("unknown_event", "event")],
    }  # fmt: skip
    assert all(reason["message"] for of_one in said.values() for reason in of_one)
    listed: list[dict[str, Any]] = shop.headrace("rejected", "list", "--limit", "100")
    newest = [event for event in listed if event["request"] == listed[0]["request"]]
    return sorted(newest, key=lambda event: int(event["index"]))


def test_a_batch_is_taken_but_for_its_bad_items_which_are_replayed_once_the_plan_is_right(
    shop: Shop, apply: Callable[..., None], batch: list[dict[str, Any]]
) -> None:
    wrong, missing, null, unknown = batch
    assert [event["name"] for event in batch] == [
        "Complete Purchase",
        "Complete Purchase",
        None,
        "Redeem Voucher",
    ]
    assert [event["replayed_at"] for event in batch] == [None] * 4
    shown = shop.headrace("rejected", "show", unknown["id"])
    assert shown["body"]["properties"] == {"code": "AUTUMN"}

    apply(plan__corrected=CORRECTED)
    outcomes = {
        one["id"]: one for one in shop.headrace("rejected", "replay", *(event["id"] for event in batch))
    }

    assert {event_id: one["outcome"] for event_id, one in outcomes.items()} == {
        wrong["id"]: "rejected",
        missing["id"]: "replayed",
        null["id"]: "rejected",
        unknown["id"]: "replayed",
    }
    assert outcomes[wrong["id"]]["reasons"][0]["code"] == "wrong_type"
    person = eventually(lambda: shop.person("batcher"), lambda person: counted(person, "Redeem Voucher") == 1)
    assert counted(person, "View Item") == 16
    assert counted(person, "Complete Purchase") == 1
    (redeemed,) = (
        event for event in shop.headrace("timeline", "batcher") if event["name"] == "Redeem Voucher"
    )
    assert redeemed["id"] == "batch-unknown"
    assert redeemed["received_at"][:19] == unknown["received_at"][:19]
    received = eventually(
        lambda: shop.rows("select cast(received_at as varchar) from events where event_id = 'batch-unknown'"),
        bool,
        PATIENCE_LAKE,
    )
    assert received[0][0][:19] == unknown["received_at"][:19].replace("T", " ")
    replayed = {event["id"]: event["replayed_at"] for event in shop.rejected("batcher")}
    assert [bool(replayed[event["id"]]) for event in (wrong, missing, unknown)] == [False, True, True]

    again = {one["id"]: one["outcome"] for one in shop.headrace("rejected", "replay", unknown["id"])}
    assert again == {unknown["id"]: "already_replayed"}


def test_replaying_all_tries_what_is_still_rejected_and_an_unknown_id_is_a_failure(shop: Shop) -> None:
    shop.post("track", track("hopeless", "Complete Purchase", amount="nothing"))
    (event,) = shop.rejected("hopeless")

    # Other tests' events may be of sources that are gone by now: that is a failure of the command, and not this test's.
    replayed = orjson.loads(shop.run("rejected", "replay", "--all", "--json").stdout)
    outcomes = {one["id"]: one["outcome"] for one in replayed}
    gone = shop.run("rejected", "replay", "nothing-1")

    assert outcomes[event["id"]] == "rejected"
    assert (gone.returncode, gone.stdout) == (1, "✗ nothing-1  not found\n1 not found\n")


def test_a_definition_applied_a_second_ago_is_honoured(shop: Shop, apply: Callable[..., None]) -> None:
    event = track("early", "Join Club", level=3)
    refused = shop.post("track", event)
    assert (refused.status, refused.body["rejected"][0]["reasons"][0]["code"]) == (400, "unknown_event")

    apply(plan__club="events:\n  Join Club:\n    properties:\n      level: {type: integer, required: true}\n")

    shop.accept(event)
    eventually(lambda: shop.person("early"), lambda person: counted(person, "Join Club") == 1)
