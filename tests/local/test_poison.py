"""Records made to hold up their shard, sent to the deployed stack beside innocent neighbours: nobody waits for them."""

from __future__ import annotations

import itertools
import uuid
from datetime import UTC, datetime
from typing import Any

import pytest

from shared.aws.clients import client
from shared.aws.tables.profiles import DynamoProfiles
from shared.fold import JOINS_PER_RECORD
from shared.fold.profile import Changes, Pointer
from tests.local.shop import Shop, counted, eventually, settled, track

pytestmark = pytest.mark.local

PROMISED = 15.0
"""Seconds to the profile, as without any poison."""

IDS, CHAIN, VISITORS = 90, 36, 20
"""So many visitors may join within one batch: `shared.fold.budgets` says what there is room for."""


def neighbours(name: str) -> list[dict[str, Any]]:
    return [track(f"{name}-{number}", "Login") for number in range(5)]


def assert_folded(shop: Shop, name: str) -> None:
    everybody = [event["userId"] for event in neighbours(name)]
    eventually(
        lambda: [counted(shop.person(user), "Login") for user in everybody],
        lambda found: found == [1] * len(everybody),
        PROMISED,
    )


def dead_letters(shop: Shop) -> int:
    answer = client("sqs").get_queue_attributes(
        QueueUrl=shop.stack["DeadLetterQueueUrl"], AttributeNames=["ApproximateNumberOfMessages"]
    )
    return int(answer["Attributes"]["ApproximateNumberOfMessages"])


def test_an_id_that_was_forgotten_and_is_named_again_holds_up_nobody(shop: Shop) -> None:
    """Ninety ids of this length are more than a profile remembers."""
    ids = [str(uuid.uuid5(uuid.NAMESPACE_URL, str(number))) for number in range(IDS)]
    came = [{**track("many-ids", "View Item"), "anonymousId": anonymous} for anonymous in ids]
    for start in range(0, IDS, JOINS_PER_RECORD):
        shop.accept(*came[start : start + JOINS_PER_RECORD])
    person = eventually(lambda: shop.person("many-ids"), lambda found: counted(found, "View Item") == IDS)
    forgotten = next(anonymous for anonymous in ids if f"anonymous:{anonymous}" not in person["identities"])
    letters = dead_letters(shop)

    named = [{**track("many-ids", "Search"), "anonymousId": one} for one in (str(uuid.uuid4()), forgotten)]
    shop.accept(*named, *neighbours("beside-ids"))

    assert_folded(shop, "beside-ids")
    eventually(lambda: shop.person("many-ids"), lambda found: counted(found, "Search") == 2, PROMISED)
    assert shop.person(f"anonymous:{forgotten}")["key"] == "user:many-ids"
    assert dead_letters(shop) == letters


def test_a_chain_of_aliases_from_a_browser_holds_up_nobody(shop: Shop) -> None:
    visitors = [f"link-{number}" for number in range(VISITORS)]
    shop.accept(
        *({"type": "track", "anonymousId": one, "event": "View Item"} for one in visitors), source="browser"
    )
    aliases = [
        {"type": "alias", "anonymousId": after, "previousId": before}
        for before, after in itertools.pairwise(visitors)
    ]
    shop.accept(*aliases, source="browser")
    letters = dead_letters(shop)

    shop.accept({"type": "track", "anonymousId": visitors[0], "event": "Search"}, *neighbours("beside-chain"))

    assert_folded(shop, "beside-chain")
    person = eventually(
        lambda: shop.person(visitors[0]), lambda found: counted(found, "Search") == 1, PROMISED
    )
    assert (person["key"], counted(person, "View Item")) == (f"anonymous:{visitors[-1]}", len(visitors))
    assert dead_letters(shop) == letters


def test_a_long_chain_and_a_circle_that_are_stored_hold_up_nobody(shop: Shop) -> None:
    stored = DynamoProfiles(shop.stack["ProfilesTable"])
    chain = [Pointer(f"user:hop-{number}", f"user:hop-{number + 1}") for number in range(2 * CHAIN)]
    circle = [Pointer(f"user:round-{number}", f"user:round-{(number + 1) % 3}") for number in range(3)]
    for pointer in (*chain, *circle):
        stored.save(Changes(pointers=(pointer,)), at=datetime.now(UTC))
    letters = dead_letters(shop)

    shop.accept(track("hop-0", "Search"), track("round-0", "Search"), *neighbours("beside-circle"))

    assert_folded(shop, "beside-circle")
    person = eventually(lambda: shop.person("hop-0"), lambda found: counted(found, "Search") == 1, PROMISED)
    assert person["key"] == f"user:hop-{2 * CHAIN}"
    assert stored.load(["user:hop-0"])["user:hop-0"] == Pointer("user:hop-0", person["key"], version=2)
    eventually(lambda: dead_letters(shop), lambda found: found == letters + 1)


def test_a_push_for_whoever_signed_out_of_a_device_does_not_reach_whoever_signed_in(shop: Shop) -> None:
    context = {"device": {"id": "tablet", "type": "android", "token": "token-of-the-family"}}
    for user in ("parent", "child"):
        said = {
            "type": "identify",
            "userId": user,
            "traits": {"consents": {"push": True}},
            "context": context,
        }
        shop.accept(said)
    eventually(lambda: shop.person("child"), lambda found: counted(found, "identify") == 1)

    for user in ("parent", "child"):
        shop.accept(track(user, "Add To Cart", item_id="K-17", name="Loom"))

    (skipped,) = eventually(lambda: shop.messages("parent"), settled)
    (sent,) = eventually(lambda: shop.messages("child"), settled)
    assert (skipped["status"], skipped["reason"], skipped["to"]) == (
        "skipped",
        "token_moved",
        "android/tablet",
    )
    assert (sent["status"], sent["to"]) == ("sent", "android/tablet")
