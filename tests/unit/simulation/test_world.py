"""A shop in simulated time: what a client sends goes all the way, the same way each time."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from io import StringIO
from logging import StreamHandler
from pathlib import Path
from typing import Any

import orjson
import pytest

from functions.watch import handler as watch
from simulation.aws.kinesis.shard import Record
from simulation.faults import PortCall, Untouched
from simulation.requests import Pending
from simulation.world import World
from tests.unit.simulation import shop

ROOT = Path(__file__).parents[3]

RUN = """
from tests.unit.simulation.test_world import hash_of
print(hash_of(7))
"""


def orders(world: World, count: int) -> None:
    for number in range(count):
        person = f"u{number % 4}"
        shop.begin(world, [shop.known(person), shop.order(number, person)])
        world.run(world.clock.now() + timedelta(seconds=number % 3))
    assert world.drain(timedelta(hours=2))


def hash_of(seed: int) -> str:
    with World(shop.workspace(), seed=seed) as world:
        orders(world, 12)
        return world.trace.hash


def test_a_request_becomes_a_profile_a_row_and_a_message() -> None:
    with World(shop.workspace(), seed=1) as world:
        answer = shop.send(world, [shop.known("u1"), shop.order(1, "u1")])
        assert (answer.status, answer.body) == (200, b'{"success":true,"accepted":2,"rejected":[]}')
        assert world.drain()

        assert shop.counted(world)["user:u1 Complete Purchase"] == 1
        assert shop.archived(world) >= Counter({"known-u1": 1, "m1": 1})
        [sent] = world.sent()
        assert (sent.channel, sent.to) == ("sms", "+14155552671")
        assert {one.function for one in world.invocations} >= {"collect", "process", "archive", "send-sms"}
        assert {one.outcome for one in world.invocations} == {"answered"}
        assert world.dead_letters() == [
            (name, body) for name, body in world.dead_letters() if name == "RoutesPurchases"
        ]


def test_a_session_ends_when_its_time_has_come_without_anybody_sending_anything() -> None:
    with World(shop.workspace(), seed=1) as world:
        shop.send(world, [shop.order(1, "u1")])
        world.run(world.clock.now() + timedelta(minutes=29))
        assert "Session Concluded" not in {row["name"] for row in world.lake_rows()}

        world.run(world.clock.now() + timedelta(minutes=4))
        assert "Session Concluded" in {row["name"] for row in world.lake_rows()}


def test_rejected_events_are_kept_and_come_to_the_lake_by_the_stream_of_their_table() -> None:
    with World(shop.workspace(), seed=1) as world:
        unknown = {"type": "track", "event": "", "userId": "u1", "messageId": "bad"}
        answer = shop.send(world, [shop.order(1, "u1"), unknown])
        assert answer.status == 200
        world.run(world.clock.now() + timedelta(seconds=30))

        assert [len(request.items) for request in world.rejected()] == [1]
        assert [row["event_id"] for row in world.rejected_rows()] == ["bad"]


def test_a_day_without_anybody_takes_no_round_of_the_sweep_and_nobody_is_woken_late_after_it() -> None:
    with World(shop.workspace(), seed=1) as world:
        world.run(world.clock.now() + timedelta(days=1))
        rounds = sum(one.function == "sweep" for one in world.invocations)
        assert rounds == 0

        shop.send(world, [shop.order(1, "u1")])
        world.run(world.clock.now() + timedelta(minutes=33))
        assert "Session Concluded" in {row["name"] for row in world.lake_rows()}


def test_the_same_seed_makes_the_same_calls_and_another_one_others() -> None:
    assert hash_of(1) == hash_of(1)
    assert hash_of(1) != hash_of(2)


def test_the_order_of_sets_does_not_matter() -> None:
    environment = {**os.environ, "PYTHONHASHSEED": "5", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=ROOT, env=environment, check=True, capture_output=True, text=True
    )
    assert done.stdout.strip() == hash_of(7)


def test_a_new_workspace_in_the_midst_is_used_within_a_minute() -> None:
    compiled = shop.workspace()
    quiet = compiled.model_copy(update={"campaigns": ()})
    with World(compiled, seed=1) as world:
        shop.send(world, [shop.known("u1"), shop.order(1, "u1")])
        assert world.drain()
        assert world.apply(quiet) == 2
        world.run(world.clock.now() + timedelta(seconds=61))
        shop.send(world, [shop.order(2, "u1")])
        assert world.drain()
        assert len(world.sent()) == 1


class Refused(Untouched):
    """Saves of people that the table refused: somebody else was quicker."""

    def __init__(self) -> None:
        self.saves: set[int] = set()

    def before(self, call: PortCall) -> None:
        if call.function == "process" and call.operation in ("PutItem", "TransactWriteItems"):
            self.saves.add(call.number)

    def after(self, call: PortCall, answer: Mapping[str, Any]) -> None:  # noqa: ARG002
        self.saves.discard(call.number)


def test_two_invocations_change_one_person_at_once_and_both_end_right() -> None:
    """The keys of a person's records go to different lanes: by user and by browser."""
    conflicts = 0
    for seed in range(3):
        refused, browser = Refused(), f"a{seed}"
        with World(shop.workspace(), seed=seed, faults=[refused]) as world:
            shop.send(world, [shop.known("u1") | {"anonymousId": browser}])
            assert world.drain()
            pending = []
            for number in range(12):  # the first ones find functions that have yet to start
                anonymous = shop.order(number, "") | {"anonymousId": browser}
                del anonymous["userId"]
                pending += [
                    shop.begin(world, [shop.order(100 + number, "u1")]),
                    shop.begin(world, [anonymous]),
                ]
                world.run(world.clock.now() + timedelta(seconds=2))
            assert world.drain(timedelta(hours=1))

            assert {one.answer.status for one in pending if one.answer} == {200}
            assert shop.counted(world)["user:u1 Complete Purchase"] == 24
            assert len(world.sent()) == 24
            assert set(shop.archived(world).values()) == {1}
            conflicts += len(refused.saves)
    assert conflicts > 0, "they never met"


def test_records_before_and_after_a_resharding_stay_in_order() -> None:
    with World(shop.workspace(), seed=3, shards=1) as world:
        world.stall("process", timedelta(minutes=10))
        for number in range(6):
            shop.send(world, [shop.order(number, f"u{number % 3}")])
            world.reshard(1 + number % 3)
        assert world.drain(timedelta(hours=2))

        for person in ("u0", "u1", "u2"):
            rows = [row for row in world.lake_rows() if row.get("user_id") == person]
            orders = [row["event_id"] for row in rows if row["name"] == "Complete Purchase"]
            assert orders == sorted(orders)
            assert len(orders) == 2


def test_a_restart_kills_what_runs_and_nothing_is_lost() -> None:
    with World(shop.workspace(), seed=4) as world:
        for number in range(10):
            shop.begin(world, [shop.order(number, "u1")])
        world.run(world.clock.now() + timedelta(seconds=1.5))
        world.restart("process")
        assert world.drain(timedelta(hours=1))
        assert shop.counted(world)["user:u1 Complete Purchase"] == 10


def test_a_poison_record_is_put_aside_and_holds_up_nobody() -> None:
    with World(shop.workspace(), seed=5) as world:
        world.put_raw("user:u1", b"no record")
        shop.send(world, [shop.order(1, "u1")])
        assert world.drain(timedelta(hours=1))
        assert shop.counted(world)["user:u1 Complete Purchase"] == 1
        assert [name for name, _ in world.dead_letters()].count("ProcessDeadLetters") == 1


def test_watch_finds_that_all_is_well_and_then_what_fails() -> None:
    with World(shop.workspace(), seed=6, watches=True) as world:
        shop.send(world, [shop.order(1, "u1")])
        world.run(world.clock.now() + timedelta(minutes=6))
        assert watched(world) == []

        world.account.events["headrace-prod"].rules["ArchiveBatchesRule"].enabled = False
        world.run(world.clock.now() + timedelta(minutes=6))
        [said] = watched(world)
        assert "no rule of the bus takes events for the lake" in said


def watched(world: World) -> list[str]:
    """What the last look of `watch` said that stands still."""
    last = [one for one in world.invocations if one.function == "watch"][-1]
    assert last.outcome == "answered"
    [line] = [orjson.loads(line) for line in last.lines if '"watched"' in line]
    stopped: list[str] = line["stopped"]
    return stopped


def test_the_log_of_a_function_whose_logger_was_made_for_another_output_is_its_own() -> None:
    [handler] = watch.logger.handlers
    assert isinstance(handler, StreamHandler)
    before, elsewhere = handler.stream, StringIO()
    handler.setStream(elsewhere)
    try:
        with World(shop.workspace(), seed=6, watches=True) as world:
            world.run(world.clock.now() + timedelta(minutes=2))
            assert watched(world) == []
        assert handler.stream is elsewhere
        assert elsewhere.getvalue() == ""
    finally:
        handler.setStream(before)


class LosingTheFirstRecord(Untouched):
    """The stream said it had it."""

    def __init__(self) -> None:
        self.world: World | None = None
        self.lost: Record | None = None

    def after(self, call: PortCall, answer: Mapping[str, Any]) -> None:  # noqa: ARG002
        if call.operation == "PutRecords" and self.lost is None and self.world is not None:
            [shard] = self.world.account.kinesis["Stream"].open_shards
            self.lost = shard.lose(0)


def test_watch_names_a_record_that_the_stream_lost() -> None:
    losing = LosingTheFirstRecord()
    with World(shop.workspace(), seed=6, shards=1, watches=True, faults=[losing]) as world:
        losing.world = world
        for number in (1, 2):
            shop.send(world, [shop.order(number, f"u{number}")])
        world.run(world.clock.now() + timedelta(minutes=22))
        last = [one for one in world.invocations if one.function == "watch"][-1]
        [line] = [orjson.loads(text) for text in last.lines if '"watched"' in text]
        [named] = line["missing"]
        assert losing.lost is not None
        assert losing.lost.sequence in named
        assert shop.counted(world) == {"user:u2 Complete Purchase": 1, "user:u2 Session Started": 1}


def test_a_client_learns_of_a_function_that_was_killed_and_sends_again_when_the_answer_is_there() -> None:
    with World(shop.workspace(), seed=8) as world:
        pending = shop.begin(world, [shop.order(1, "u1")])
        again: list[Pending] = []
        pending.then(lambda: again.append(shop.begin(world, [shop.order(1, "u1")])))
        world.restart("collect")
        world.run(world.clock.now() + timedelta(seconds=5))

        assert pending.answer is not None
        assert pending.answer.status == 500
        assert [one.answer.status for one in again if one.answer] == [200]
        assert world.drain()
        assert shop.counted(world)["user:u1 Complete Purchase"] == 1


def test_functions_fail_only_where_something_happens_to_them() -> None:
    with World(shop.workspace(), seed=9) as world:
        orders(world, 4)
        world.run(world.clock.now() + timedelta(minutes=40))
        assert {one.outcome for one in world.invocations} == {"answered"}
        assert "sweep" in {one.function for one in world.invocations}


@pytest.mark.parametrize("most", [None, 1])
def test_what_is_delivered_again_in_other_cuts_and_in_no_order_counts_once(most: int | None) -> None:
    with World(shop.workspace(), seed=10) as world:
        deliveries = world.deliveries
        deliveries.most, deliveries.again, deliveries.twice, deliveries.late = most, 0.4, 0.5, 30.0
        for number in range(8):
            shop.send(world, [shop.known(f"u{number % 3}"), shop.order(number, f"u{number % 3}")])
        world.run(world.clock.now() + timedelta(minutes=5))
        deliveries.again = 0.0
        assert world.drain(timedelta(hours=2))

        counted = shop.counted(world)
        assert [counted[f"user:u{person} Complete Purchase"] for person in range(3)] == [3, 3, 2]
        assert len(world.sent()) == 8
        assert all(shop.archived(world)[f"m{number}"] == 1 for number in range(8))
        assert len(world.lake_rows()) > len({row["event_id"] for row in world.lake_rows()}), (
            "nothing came twice"
        )


def test_each_environment_of_a_function_has_a_clock_that_may_be_wrong_and_is_put_right() -> None:
    with World(shop.workspace(), seed=3) as world:
        wrong = timedelta(minutes=-20)
        world.set_clocks(lambda function, _: wrong if function == "collect" else timedelta())
        began = world.clock.now()
        shop.send(world, [shop.known("u1")])
        assert world.drain()
        world.set_clocks(lambda _function, _environment: timedelta())
        shop.send(world, [shop.known("u2")])
        assert world.drain()
        received = {
            row["person"]: datetime.fromisoformat(row["received_at"]).replace(tzinfo=UTC)
            for row in world.lake_rows()
            if row["type"] == "identify"
        }
    assert abs(received["user:u1"] - (began + wrong)) < timedelta(minutes=1)
    assert received["user:u2"] >= began
