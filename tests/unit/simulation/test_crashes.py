"""Whatever function is killed, at whatever call to AWS, before it or after it: nothing is lost, nothing done twice."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest

from simulation.faults import Crash, PortCall, Untouched
from simulation.world import World
from tests.unit.simulation import shop

CALLS = 60


class CrashAt(Untouched):
    """At the call of that number, before it or after it."""

    def __init__(self, number: int, *, done: bool) -> None:
        self.where: PortCall | None = None
        self._number, self._done = number, done

    def before(self, call: PortCall) -> None:
        if call.number == self._number and not self._done:
            self.where = call
            raise Crash

    def after(self, call: PortCall, answer: Mapping[str, Any]) -> None:  # noqa: ARG002
        if call.number == self._number and self._done:
            self.where = call
            raise Crash


@pytest.mark.parametrize("done", [False, True], ids=["before", "after"])
def test_a_crash_at_each_of_the_first_calls_loses_nothing_and_does_nothing_twice(done: bool) -> None:
    where = set[str]()
    for number in range(1, CALLS + 1):
        crash = CrashAt(number, done=done)
        with World(shop.workspace(), seed=number, faults=[crash]) as world:
            for order in range(3):
                shop.send_until_accepted(
                    world, [shop.known(f"u{order % 2}"), shop.order(order, f"u{order % 2}")]
                )
                world.run(world.clock.now() + timedelta(seconds=3))
            world.run(world.clock.now() + timedelta(minutes=33))  # their sessions end
            assert world.drain(timedelta(hours=4)), crash.where

            counted, archived = shop.counted(world), shop.archived(world)
            assert counted["user:u0 Complete Purchase"] == 2, crash.where
            assert counted["user:u1 Complete Purchase"] == 1, crash.where
            for event in ("m0", "m1", "m2", "known-u0", "known-u1"):
                assert archived[event] >= 1, (event, crash.where)
            texts = [one.text for one in world.sent()]
            items = world.account.dynamodb.items("TablesMessages")
            uncertain = [item for item in items if item.get("status") == {"S": "uncertain"}]
            assert len(texts) <= 3, crash.where
            assert len(texts) + len(uncertain) >= 3, crash.where
        assert crash.where is not None, f"there was no call {number}"
        where.add(f"{crash.where.function} {crash.where.operation}")
    assert {one.partition(" ")[0] for one in where} >= {"collect", "process", "send-sms", "archive"}, where
