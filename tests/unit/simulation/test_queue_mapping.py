"""A mapping with a queue: what was not reported is deleted, the rest comes again, at last as a dead letter."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from simulation.aws.account import Account
from simulation.functions.function import Function
from simulation.mappings.deliveries import Deliveries
from simulation.mappings.queue import QueueMapping
from simulation.scheduler import Scheduler

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
DESCRIBED = {"batch": 2, "window": 0, "concurrency": 2, "reports": True}


class Taking:
    def __init__(self, *, pollers: int = 1, **described: Any) -> None:
        self.scheduler = Scheduler(NOON, random.Random(1))
        self.account = Account(self.scheduler, random.Random(2), sleep=self.scheduler.sleep)
        self.dead = self.account.sqs.create("dead")
        self.queue = self.account.sqs.create("work", visibility=60, dead_letters="dead", most_receives=3)
        self.calls: list[list[str]] = []
        self.at_once: list[int] = []
        self.failing: Callable[[Sequence[str]], Sequence[str]] = lambda _: ()
        self.raises = False
        self.deliveries = Deliveries(pollers=pollers)
        function = Function(
            "worker", 30, lambda _environment, _is_older: self._handle, self.scheduler, lambda _: None
        )
        self._function = function
        self.mapping = QueueMapping(
            DESCRIBED | described, self.queue, function, self.scheduler, random.Random(3), self.deliveries
        )
        self.mapping.start()

    def send(self, *bodies: str) -> None:
        for body in bodies:
            self.queue.send(body)
        self.scheduler.give(self.mapping.arrived)

    def run(self, **more: float) -> None:
        self.scheduler.run(self.scheduler.now() + timedelta(**more))

    def _handle(self, event: dict[str, Any], _: object) -> Any:
        bodies = [one["body"] for one in event["Records"]]
        self.calls.append(bodies)
        self.at_once.append(len(self._function.running))
        self.scheduler.sleep(5)
        if self.raises:
            raise ValueError
        failing = self.failing(bodies)
        return {
            "batchItemFailures": [
                {"itemIdentifier": one["messageId"]} for one in event["Records"] if one["body"] in failing
            ]
        }


def test_what_was_done_is_gone_and_what_was_reported_comes_again_by_itself() -> None:
    taking = Taking()
    taking.failing = lambda bodies: ["b"] if len(bodies) > 1 else []
    taking.send("a", "b")
    taking.run(seconds=30)
    assert [len(call) for call in taking.calls] == [2]
    assert not taking.mapping.is_idle

    taking.run(minutes=2)
    assert taking.calls[1:] == [["b"]]
    assert taking.mapping.is_idle


def test_what_fails_again_and_again_becomes_a_dead_letter() -> None:
    taking = Taking()
    taking.raises = True
    taking.send("a")
    taking.run(minutes=10)

    assert taking.calls == [["a"]] * 3
    assert [message.body for message in taking.dead.messages()] == ["a"]
    assert taking.mapping.is_idle


def test_no_more_functions_run_at_once_than_the_mapping_allows() -> None:
    taking = Taking()
    taking.send(*map(str, range(12)))
    taking.run(minutes=1)

    assert max(taking.at_once) == 2
    assert sorted(body for call in taking.calls for body in call) == sorted(map(str, range(12)))


def test_a_window_gathers_messages() -> None:
    taking = Taking(batch=10, window=10)
    taking.send("a")
    taking.run(seconds=4)
    taking.send("b")
    taking.run(seconds=4)
    assert taking.calls == []
    taking.run(seconds=4)
    assert [sorted(call) for call in taking.calls] == [["a", "b"]]


def test_a_stalled_function_gets_nothing_until_it_is_called_again() -> None:
    taking = Taking()
    taking.deliveries.stalled["worker"] = NOON + timedelta(hours=1)
    taking.send("a")
    taking.run(minutes=59)
    assert taking.calls == []
    taking.run(minutes=2)
    assert taking.calls == [["a"]]


def test_each_poller_gathers_a_batch_of_its_own() -> None:
    """Five of them have a few messages each where one would have all."""
    sizes = {}
    for pollers in (1, 5):
        taking = Taking(pollers=pollers, batch=50, window=10, concurrency=None)
        for tenth in range(50):
            taking.scheduler.at(NOON + timedelta(seconds=tenth / 10), partial(taking.send, str(tenth)))
        taking.run(seconds=30)
        assert sorted(int(body) for call in taking.calls for body in call) == list(range(50))
        assert taking.mapping.is_idle
        sizes[pollers] = len(taking.calls)
    assert sizes == {1: 1, 5: 5}
