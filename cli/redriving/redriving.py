"""Bringing back what a place held at one moment: each once, whatever comes meanwhile, and however often it fails."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from cli.redriving.places import Place
from cli.redriving.ways import NeverAgain, Way
from shared.aws import dead_letter_queues, given_up
from shared.aws.dead_letter_queues import DeadLetter
from shared.aws.stream import KinesisStream
from shared.ports import Unavailable

MOST_IN_VAIN = 10
"""Receives in a row with nothing that was there at the start: what fails again comes in as fast as it goes out."""

REFUSED = "AWS refuses it for its content"
TOO_LARGE = "one of its records is refused by the stream for its content"

Save = Callable[[str, str, str], None]
"""Called with the id, the content and the reason of what can never be brought back, before it is deleted."""

Advance = Callable[[int], object]


@dataclass
class Redriven:
    """What became of those that were there at the start. `came_since` are others: they wait for the next time.

    `never` counts reasons of those that can never be brought back; as many as `saved` are in a file now, and nowhere
    else. `not_written` were not taken by AWS; `not_deleted` were, and are still here as well: again does no harm.
    """

    name: str
    waited: int
    brought_back: int = 0
    not_written: int = 0
    not_deleted: int = 0
    came_since: int = 0
    saved: int = 0
    never: Counter[str] = field(default_factory=Counter)

    @property
    def is_all(self) -> bool:
        """Nothing of what was there at the start is there still."""
        return not (self.not_written or self.not_deleted or self.never.total() > self.saved)


def redrive_queue(
    place: Place,
    way_of: Callable[[DeadLetter], Way],
    said: Redriven,
    *,
    began: datetime,
    wait: int,
    save: Save | None,
    advance: Advance,
) -> None:
    """`began` is of SQS's own clock. Fills `said` as it goes. Raises Unavailable."""
    held: dict[str, DeadLetter] = {}
    seen: set[str] = set()
    in_vain = 0
    try:
        while in_vain < MOST_IN_VAIN:
            received = dead_letter_queues.receive(place.at, wait=wait)
            if not received:
                break
            held |= {letter.id: letter for letter in received}
            fresh = [letter for letter in received if letter.id not in seen]
            seen |= {letter.id for letter in received}
            waited = [letter for letter in fresh if letter.sent_at <= began]
            said.came_since += len(fresh) - len(waited)
            in_vain = 0 if waited else in_vain + 1
            if waited:
                done = _brought_back(waited, way_of, said, save)
                kept = dead_letter_queues.delete(place.at, done) if done else 0
                said.not_deleted += kept
                if not kept:
                    for letter in done:
                        del held[letter.id]
                advance(len(waited))
    finally:
        dead_letter_queues.give_back(place.at, list(held.values()))


def _brought_back(
    letters: Sequence[DeadLetter], way_of: Callable[[DeadLetter], Way], said: Redriven, save: Save | None
) -> list[DeadLetter]:
    """Those that are elsewhere now: to be deleted."""
    done: list[DeadLetter] = []
    by_way: dict[int, tuple[Way, list[tuple[DeadLetter, Any]]]] = {}

    def never(letter: DeadLetter, reason: str) -> None:
        said.never[reason] += 1
        if save is not None:
            save(letter.id, letter.body, reason)
            said.saved += 1
            done.append(letter)

    for letter in letters:
        way = way_of(letter)
        try:
            judged = way.judge(letter)
        except NeverAgain as error:
            never(letter, str(error))
        except Unavailable:
            said.not_written += 1
        else:
            by_way.setdefault(id(way), (way, []))[1].append((letter, judged))
    for way, some in by_way.values():
        unwritten = way.write([judged for _, judged in some])
        for position, (letter, _) in enumerate(some):
            if position in unwritten.refused:
                never(letter, REFUSED)
            elif position in unwritten:
                said.not_written += 1
            else:
                said.brought_back += 1
                done.append(letter)
    return done


def redrive_bucket(
    bucket: str, stream: str, said: Redriven, *, began: datetime, save: Save | None, advance: Advance
) -> None:
    """Batches that were given up. One of which the stream did not take all is kept whole. Raises Unavailable."""
    for batch in given_up.batches(bucket):
        if batch.at > began:
            said.came_since += 1
            continue
        advance(1)
        try:
            entries = given_up.read(bucket, batch.key)
        except given_up.NoBatch as error:
            said.never[str(error)] += 1
            if save is not None:
                save(batch.key, error.content, str(error))
                given_up.delete(bucket, batch.key)
                said.saved += 1
            continue
        unwritten = KinesisStream(stream).put(entries)
        if not unwritten:
            given_up.delete(bucket, batch.key)
            said.brought_back += 1
        elif len(unwritten) == len(unwritten.refused):
            said.never[TOO_LARGE] += 1
        else:
            said.not_written += 1
