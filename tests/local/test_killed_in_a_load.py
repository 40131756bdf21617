"""The emulator is killed while events come in, with a workspace of one's own: what is there after `headrace up`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from typing import Any

import pytest

from cli.laptop import inspection, leftovers, life, saves
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from tests.local.killing import Load, kill_everything, own_laptop, purchases, shop_of, up, wait_for_a_save
from tests.local.shop import PROGRAM, Shop, eventually, track

pytestmark = [pytest.mark.local, pytest.mark.patience]

LOST_AT_MOST = timedelta(seconds=30)

TILL, TILLS = "till", ("till-1", "till-2", "till-3", "till-4")
"""Sources: of what is lost in the first kill, and of what is lost in the last."""

EVENTS = 2
"""Of each customer, in one record."""

MILLISECOND = timedelta(milliseconds=1)
"""What is cut off when the ledger writes a time."""

PATIENCE = 240.0
"""Seconds: a message that was claimed when the emulator was killed waits until its claim is over, a minute later."""


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    with own_laptop(tmp_path_factory.mktemp("killed"), (TILL, *TILLS)) as laptop:
        yield laptop


def messages_by_user(shop: Shop) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in shop.headrace("messages", "--limit", "5000"):
        found.setdefault(message["person"], []).append(message["status"])
    return found


def test_what_came_until_30_s_before_a_kill_is_there_and_so_is_ones_own_workspace(laptop: Laptop) -> None:
    shop = shop_of(laptop)
    assert set(shop.local["write_keys"]) == {TILL, *TILLS}
    load = Load(shop, TILL)
    load.start()
    eventually(lambda: len(load.accepted), lambda accepted: accepted > 20, 60)
    wait_for_a_save(shop)
    time.sleep(3)
    emulator = holder(laptop.lock)
    assert emulator is not None
    os.kill(emulator, signal.SIGKILL)
    killed = datetime.now(UTC)
    load.join(60)
    save = saves.newest(laptop)
    assert save is not None
    assert save.at > killed - LOST_AT_MOST

    said = up()

    assert "s before" in said
    assert "may be missing" in said
    again = shop_of(laptop)
    assert again.local == shop.local  # the keys, and where it is
    assert leftovers._of(laptop, emulator) == []
    surely = [user for user, at in load.accepted.items() if at < save.at]
    perhaps = [user for user in load.asked if user not in surely]
    assert len(surely) > 20
    eventually(
        lambda: [user for user in surely if purchases(again, user) != 1], lambda left: not left, PATIENCE
    )
    assert {purchases(again, user) for user in perhaps} <= {0, 1}
    again.accept(track("after", "Complete Purchase", amount=10, currency="USD"), source=TILL)


def test_places_in_the_stream_that_are_older_than_the_tables_count_and_send_nothing_twice(
    laptop: Laptop,
) -> None:
    shop = shop_of(laptop)
    every = (f"{TILL}-customer-{number}" for number in count())
    users = list(takewhile(lambda user: purchases(shop, user) == 1, every))
    assert len(users) > 20
    sent = eventually(lambda: messages_by_user(shop), lambda sent: all_settled(users, sent), PATIENCE)
    texts = inspection.texts_by_number(shop.local["aws_endpoint_url"])
    assert texts
    life.stop(laptop)
    before = _places(laptop)
    assert max(before) > 0
    _rewind(laptop)
    assert set(_places(laptop)) == {0}

    up()
    again = shop_of(laptop)
    eventually(lambda: sum(_places(laptop)), lambda places: places >= sum(before), PATIENCE)

    assert [user for user in users if purchases(again, user) != 1] == []
    assert messages_by_user(again) == sent
    assert inspection.texts_by_number(again.local["aws_endpoint_url"]) == texts


def test_the_ledger_names_exactly_what_was_lost_when_everything_is_killed(laptop: Laptop) -> None:
    shop = shop_of(laptop)
    loads = [Load(shop, source, number, apart=0.25) for number, source in enumerate(TILLS, 1)]
    for load in loads:
        load.start()
    eventually(lambda: [len(load.accepted) for load in loads], lambda accepted: min(accepted) > 3, 60)
    wait_for_a_save(shop)
    time.sleep(1.5)
    kill_everything(laptop)
    for load in loads:
        load.join(60)

    up()
    again = shop_of(laptop)
    found = eventually(ledger, nothing_waits, PATIENCE)

    accepted = {user for load in loads for user in load.accepted}
    lacking = {user for load in loads for user in load.asked if purchases(again, user) == 0}
    named = users_of(found["missing"], loads)
    assert 0 < len(named) < len(accepted)
    assert named.keys() & accepted == lacking & accepted
    assert named.keys() <= lacking  # one that got no answer may be named
    rows = in_the_lake(again)
    assert {user: rows[user] for user in accepted} == {
        user: EVENTS if named.get(user, True) else 0 for user in accepted
    }
    assert_balanced_but_for_what_is_named(found)
    assert {one["source"] for one in found["missing"]} <= {TILL, *TILLS}  # nothing of Headrace's own

    for load in loads:
        for user in named:
            if user.startswith(f"{load.source}-"):
                load.buys(user, again)  # as the ledger asks for
        for number in range(5):
            load.buys(f"{load.source}-later-{number}", again)
    everybody = {user for load in loads for user in load.accepted}
    eventually(lambda: {purchases(again, user) for user in everybody}, lambda counts: counts == {1}, PATIENCE)
    later = eventually(ledger, nothing_waits, PATIENCE)
    assert later["missing"] == found["missing"]
    assert_balanced_but_for_what_is_named(later)
    rows = in_the_lake(again)
    assert {rows[user] for user in everybody} == {EVENTS}


def ledger() -> dict[str, Any]:
    done = subprocess.run(
        [PROGRAM, "ledger", "--json"], capture_output=True, text=True, check=False, timeout=120
    )
    content: dict[str, Any] = json.loads(done.stdout)
    assert content["balanced"] == (done.returncode == 0)
    return content


def nothing_waits(drawn: dict[str, Any]) -> bool:
    return not drawn["records_waiting"] and not drawn["lake"]["waiting"] and not drawn["lake"]["lacking"]


def assert_balanced_but_for_what_is_named(drawn: dict[str, Any]) -> None:
    assert {one["why"] for one in drawn["missing"]} == {"lost_with_the_emulator"}
    assert sum(one["missing"] for one in drawn["events"]) == sum(one["events"] for one in drawn["missing"])
    assert [one for one in drawn["events"] if one["difference"]] == []
    assert [one for one in drawn["messages"] if one["missing"]] == []
    assert drawn["lake"]["lacking"] == []


def users_of(missing: list[dict[str, Any]], loads: list[Load]) -> dict[str, bool]:
    """Whom a lost record was of, and whether the lake has it. A source asks for one after the other, and the ledger
    says when each was put: between a customer's request and its answer."""
    found: dict[str, bool] = {}
    for one in missing:
        put = datetime.fromisoformat(one["put_at"])
        for load in loads:
            if one["source"] == load.source:
                [user] = [
                    user
                    for user, asked in load.asked.items()
                    if asked - MILLISECOND <= put <= load.accepted.get(user, put)
                ]
                found[user] = one["in_the_lake"]
    return found


def in_the_lake(shop: Shop) -> Counter[str]:
    """How many events each has there: one that is there twice would count twice."""
    rows = shop.rows("select user_id from events where type <> 'system'")
    return Counter(str(user) for (user,) in rows)


def all_settled(users: list[str], sent: dict[str, list[str]]) -> bool:
    """A message that was at its provider when the emulator was killed is uncertain: nobody knows."""
    return all(set(sent.get(f"user:{user}", ["none"])) <= {"sent", "uncertain"} for user in users)


def _places(laptop: Laptop) -> list[int]:
    """How many records of each shard each function has had, in the newest save."""
    return [place for places in _stored_places(_lambda(laptop)).values() for place in places.values()]


def _lambda(laptop: Laptop) -> dict[str, Any]:
    save = saves.newest(laptop)
    assert save is not None
    content: dict[str, Any] = json.loads((save.folder / "lambda.json").read_text())
    return content


def _stored_places(content: dict[str, Any]) -> dict[str, dict[str, int]]:
    places: dict[str, dict[str, int]] = content["payload"]["kinesis_positions"]["data"]
    return places


def _rewind(laptop: Laptop) -> None:
    """A save like the newest one, but for the places: every record is delivered once more."""
    save = saves.newest(laptop)
    assert save is not None
    content = _lambda(laptop)
    for places in _stored_places(content).values():
        places.update(dict.fromkeys(places, 0))
    folder = saves.begin(laptop)
    for name in save.contents.files:
        if name != "lambda.json":
            saves.keep_from(folder, name, save)
    saves.add(folder, "lambda.json", json.dumps(content).encode(), None)
    saves.finish(laptop, folder, save.at, {})
