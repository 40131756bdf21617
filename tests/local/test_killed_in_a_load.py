"""The emulator is killed while events come in, with a workspace of one's own: what is there after `headrace up`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import count, takewhile
from pathlib import Path
from typing import Any

import pytest

from cli.applying import local_json
from cli.laptop import inspection, leftovers, life, saves
from cli.laptop.laptop import Laptop
from cli.laptop.pid_lock import holder
from cli.stacks import Stack
from shared.aws import clients
from shared.aws.tables.profiles import DynamoProfiles
from shared.stored import people
from tests.local.shop import PROGRAM, SHOP, Shop, eventually, identify, track

pytestmark = [pytest.mark.local, pytest.mark.patience]

LOST_AT_MOST = timedelta(seconds=30)

PATIENCE = 240.0
"""Seconds: a message that was claimed when the emulator was killed waits until its claim is over, a minute later."""


@pytest.fixture(scope="module")
def laptop(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Laptop]:
    """A laptop with a workspace of one's own: the sample's, but for its sources."""
    home, before = tmp_path_factory.mktemp("killed"), dict(os.environ)
    os.environ |= {
        "HEADRACE_HOME": str(home / "home"),
        "HEADRACE_COLLECT_PORT": "8380",
        "HEADRACE_GATEWAY_PORT": "4866",
    }
    laptop = Laptop.of_this_checkout()
    try:
        headrace("up", "--no-story", "--no-doctor", "--workspace", str(own_workspace(home / "bakery")))
        yield laptop
    finally:
        life.stop(laptop)
        os.environ.clear()
        os.environ.update(before)
        clients.forget()  # they are this laptop's; other tests go on with the session's


def own_workspace(folder: Path) -> Path:
    for path in SHOP.rglob("*.*"):
        target = folder / path.relative_to(SHOP)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(path.read_text())
    (folder / "sources.yaml").write_text("sources: {till: {name: Till, trust: server, policy: strict}}\n")
    return folder


def headrace(*arguments: str) -> str:
    done = subprocess.run(
        [PROGRAM, *arguments],
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
        stdin=subprocess.DEVNULL,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return " ".join(done.stdout.split())


class Load(threading.Thread):
    """New customers who buy at once, until collect is gone. `accepted` is when each got a 200."""

    def __init__(self, shop: Shop) -> None:
        super().__init__()
        self._shop = shop
        self.accepted: dict[str, datetime] = {}
        self.asked = 0

    def run(self) -> None:
        while True:
            user = f"customer-{self.asked}"
            self.asked += 1
            phone = f"+1202555{self.asked:04d}"
            try:
                self._shop.accept(
                    identify(user, phone=phone, consents={"sms": True}),
                    track(user, "Complete Purchase", amount=1500, currency="USD"),
                    source="till",
                )
            except OSError:
                return
            self.accepted[user] = datetime.now(UTC)
            time.sleep(0.1)


def shop_of(laptop: Laptop) -> Shop:
    content = local_json.read(laptop)
    assert content is not None
    return Shop(Stack.load(), content)


def purchases(shop: Shop, user: str) -> int:
    """As their profile counts them; 0 for nobody."""
    found = people.find(DynamoProfiles(shop.stack["ProfilesTable"]), user)
    counters: Any = people.presented(found)["counters"] if found is not None else {}
    return int(counters.get("Complete Purchase", {}).get("count", 0))


def messages_by_user(shop: Shop) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for message in shop.headrace("messages", "--limit", "5000"):
        found.setdefault(message["person"], []).append(message["status"])
    return found


def test_what_came_until_30_s_before_a_kill_is_there_and_so_is_ones_own_workspace(laptop: Laptop) -> None:
    shop = shop_of(laptop)
    assert set(shop.local["write_keys"]) == {"till"}
    load = Load(shop)
    load.start()
    eventually(lambda: len(load.accepted), lambda accepted: accepted > 20, 60)
    began = datetime.now(UTC)
    url = shop.local["aws_endpoint_url"]
    eventually(
        lambda: str((inspection.saves(url) or {})["saved_at"]),
        lambda at: at != "None" and datetime.fromisoformat(at) > began,
        60,
    )
    time.sleep(3)
    emulator = holder(laptop.lock)
    assert emulator is not None
    os.kill(emulator, signal.SIGKILL)
    killed = datetime.now(UTC)
    load.join(60)
    save = saves.newest(laptop)
    assert save is not None
    assert save.at > killed - LOST_AT_MOST

    said = headrace("up", "--no-story", "--no-doctor")

    assert "s before" in said
    assert "may be missing" in said
    again = shop_of(laptop)
    assert again.local == shop.local  # the keys, and where it is
    assert leftovers._of(laptop, emulator) == []
    surely = [user for user, at in load.accepted.items() if at < save.at]
    perhaps = [f"customer-{number}" for number in range(load.asked) if f"customer-{number}" not in surely]
    assert len(surely) > 20
    eventually(
        lambda: [user for user in surely if purchases(again, user) != 1], lambda left: not left, PATIENCE
    )
    assert {purchases(again, user) for user in perhaps} <= {0, 1}
    again.accept(track("after", "Complete Purchase", amount=10, currency="USD"), source="till")


def test_places_in_the_stream_that_are_older_than_the_tables_count_and_send_nothing_twice(
    laptop: Laptop,
) -> None:
    shop = shop_of(laptop)
    users = list(takewhile(lambda user: purchases(shop, user) == 1, (f"customer-{n}" for n in count())))
    assert len(users) > 20
    sent = eventually(lambda: messages_by_user(shop), lambda sent: all_settled(users, sent), PATIENCE)
    texts = inspection.texts_by_number(shop.local["aws_endpoint_url"])
    assert texts
    life.stop(laptop)
    before = _places(laptop)
    assert max(before) > 0
    _rewind(laptop)
    assert set(_places(laptop)) == {0}

    headrace("up", "--no-story", "--no-doctor")
    again = shop_of(laptop)
    eventually(lambda: sum(_places(laptop)), lambda places: places >= sum(before), PATIENCE)

    assert [user for user in users if purchases(again, user) != 1] == []
    assert messages_by_user(again) == sent
    assert inspection.texts_by_number(again.local["aws_endpoint_url"]) == texts


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
