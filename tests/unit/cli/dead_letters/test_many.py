"""A hundred times as many as fit into memory: what is kept of each is its id and handle."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta

import pytest

from cli.dead_letters.choosing import Choice
from cli.dead_letters.listing import listed
from cli.dead_letters.outcome import Redriven
from cli.dead_letters.places import Holds, Place
from cli.dead_letters.retrying import redrive_queue
from shared.aws.queues import dead_letter_queues
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.failures import Unwritten

MANY, BYTES = 4_000, 50_000
NOW = datetime(2026, 11, 30, tzinfo=UTC)
PLACE = Place(("Orders",), Holds.ENTRIES, "url", ("arn:aws:sqs:::orders",))


class Queue:
    """SQS, as far as the command asks it: what is received is hidden until it is given back or deleted."""

    def __init__(self, count: int) -> None:
        self.visible = dict.fromkeys(range(count))
        self.hidden: dict[int, None] = {}

    def receive(self, _: str, *, wait: int = 0) -> list[DeadLetter]:  # noqa: ARG002  as the adapter has it
        taken = list(self.visible)[:10]
        for number in taken:
            del self.visible[number]
            self.hidden[number] = None
        return [
            DeadLetter(f"{number:036d}", str(number), "x" * BYTES, NOW, error="A" if number % 2 else "B")
            for number in taken
        ]

    def delete(self, _: str, letters: Sequence[DeadLetter]) -> int:
        for letter in letters:
            del self.hidden[int(letter.handle)]
        return 0

    def give_back(self, _: str, handles: Sequence[str]) -> None:
        for handle in handles:
            del self.hidden[int(handle)]
            self.visible[int(handle)] = None


class Nowhere:
    written = 0

    def judge(self, letter: DeadLetter) -> DeadLetter:
        return letter

    def write(self, judged: Sequence[DeadLetter]) -> Unwritten:
        self.written += len(judged)
        return Unwritten([])


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Iterator[Queue]:
    made = Queue(MANY)
    for name in ("receive", "delete", "give_back"):
        monkeypatch.setattr(dead_letter_queues, name, getattr(made, name))
    monkeypatch.setattr(dead_letter_queues, "kept", lambda _: timedelta(days=14))
    monkeypatch.setattr("cli.dead_letters.looking.depth", lambda _: _Depth)
    tracemalloc.start()
    yield made
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < MANY * BYTES / 20, "their bodies are not kept"


class _Depth:
    waiting = MANY


def test_a_list_of_all_keeps_none_of_their_bodies(queue: Queue) -> None:
    found = listed(PLACE, None)

    assert {group.cause.name: group.count for group in found.groups} == {"A": MANY // 2, "B": MANY // 2}
    assert found.is_all
    assert (len(queue.visible), queue.hidden) == (MANY, {})


def test_nor_does_a_retry_of_those_of_one_cause(queue: Queue) -> None:
    way = Nowhere()
    said = Redriven("Orders", MANY)

    redrive_queue(
        Choice(PLACE, cause="A"),
        lambda _: way,
        said,
        began=NOW,
        wait=0,
        save=None,
        advance=lambda _: None,
        watch=0,
    )

    assert (said.brought_back, said.passed_over, said.not_received, way.written) == (
        MANY // 2,
        MANY // 2,
        0,
        MANY // 2,
    )
    assert (len(queue.visible), queue.hidden) == (MANY // 2, {})


def test_those_that_come_again_because_it_takes_so_long_end_nothing(
    queue: Queue, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After five minutes SQS gives out again what was passed over, before what nobody has seen yet."""
    receive, calls = queue.receive, iter(range(10_000))

    def with_those_again(url: str, *, wait: int = 0) -> list[DeadLetter]:
        if next(calls) == 200:
            queue.visible = queue.hidden | queue.visible
            queue.hidden = {}
        return receive(url, wait=wait)

    monkeypatch.setattr(dead_letter_queues, "receive", with_those_again)
    said = Redriven("Orders", MANY)

    redrive_queue(
        Choice(PLACE, cause="A"),
        lambda _: Nowhere(),
        said,
        began=NOW,
        wait=0,
        save=None,
        advance=lambda _: None,
    )

    assert (said.brought_back, said.passed_over, said.cut_short) == (MANY // 2, MANY // 2, False)
