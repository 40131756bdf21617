"""Bringing back what a place held at one moment: each once, whatever comes meanwhile, and however often it fails."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from cli.dead_letters.causes import cause_of
from cli.dead_letters.choosing import Choice
from cli.dead_letters.outcome import Redriven
from cli.dead_letters.ways import NeverAgain, OfOthers, Way, mark
from shared.aws.queues import dead_letter_queues, given_up
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.aws.queues.queue_depth import depth
from shared.aws.streams.stream import KinesisStream
from shared.failures import Unavailable, Unwritten
from shared.ports.streams import StreamEntry

MOST_IN_VAIN = 10
"""Receives in a row with nothing that was there at the start: what fails again comes in as fast as it goes out."""

MOST_PAUSES, PAUSE_SECONDS = 20, 1.0
"""Between puts of what a shard did not take: it takes 1 MB a second, and a batch is up to 6 MB. So many in a row are
made while nothing at all is taken, however many batches there are; after that each batch is tried once."""

REFUSED = "AWS refuses its content"
TOO_LARGE = "the stream refuses the content of one of its records"

Save = Callable[[str, str, str], None]
"""Called with the id, the content and the reason of what can never be brought back, before it is deleted."""

Advance = Callable[[int], object]


def redrive_queue(
    choice: Choice,
    way_of: Callable[[DeadLetter], Way],
    said: Redriven,
    *,
    began: datetime,
    wait: int,
    save: Save | None,
    advance: Advance,
    watch: float = 0,
    monotonic: Callable[[], float] = time.monotonic,
) -> None:
    """`began` is of SQS's own clock. `watch`: seconds after which what is not a dead letter again is taken to have gone
    well. Fills `said` as it goes. Raises Unavailable.

    Whatever is not deleted is held until the end, by its handle only, so that each is received once.
    """
    place = choice.place
    held: dict[str, str] = {}
    seen: set[str] = set()
    marks: set[bytes] = set()
    in_vain = 0

    def received(seconds: int) -> list[DeadLetter] | None:
        """Those not seen before that were there at the start; None if there is nothing at all. Others may be some of
        those once more."""
        letters = dead_letter_queues.receive(place.at, wait=seconds)
        if not letters:
            return None
        held.update({letter.id: letter.handle for letter in letters})
        fresh = [letter for letter in letters if letter.id not in seen]
        seen.update(letter.id for letter in letters)
        for letter in fresh:
            if letter.sent_at > began:
                said.came_since += 1
                if (again := mark(letter)) in marks:
                    marks.discard(again)
                    said.failed_again[cause_of(place, letter).name] += 1
        return [letter for letter in fresh if letter.sent_at <= began]

    try:
        # Those that are passed over are received again after five minutes: one round of them is no reason to stop.
        while in_vain < MOST_IN_VAIN + said.passed_over // dead_letter_queues.MOST_A_CALL:
            waited = received(wait)
            if waited is None:
                break
            in_vain = 0 if waited else in_vain + 1
            if chosen := [letter for letter in waited if choice.takes_letter(letter)]:
                done = _brought_back(chosen, way_of, said, save)
                kept = dead_letter_queues.delete(place.at, done) if done else 0
                said.not_deleted += kept
                if not kept:
                    for letter in done:
                        held.pop(letter.id, None)
                marks |= {mark(letter) for letter in done} if watch else set()
            said.passed_over += len(waited) - len(chosen)
            advance(len(waited))
        said.cut_short = in_vain >= MOST_IN_VAIN and said.came_since > 0
        until = monotonic() + watch
        while marks and (left := until - monotonic()) > 0:
            received(max(1, min(dead_letter_queues.WAIT_SECONDS, int(left))))
    finally:
        dead_letter_queues.give_back(place.at, list(held.values()))
    said.not_received = said.unseen
    if said.unseen and not said.cut_short:
        # SQS only estimated: there must be more now than what we gave back.
        said.not_received = min(said.unseen, max(0, depth(place.at).waiting - len(held)))


def _brought_back(
    letters: Sequence[DeadLetter], way_of: Callable[[DeadLetter], Way], said: Redriven, save: Save | None
) -> list[DeadLetter]:
    """Those that are elsewhere now: to be deleted."""
    done: list[DeadLetter] = []
    by_way: dict[int, tuple[Way, list[tuple[DeadLetter, Any]]]] = {}

    def never(letter: DeadLetter, reason: str) -> None:
        said.note_never(letter.id, reason)
        if save is not None:
            save(letter.id, letter.body, reason)
            said.saved += 1
            done.append(letter)

    for letter in letters:
        try:
            way = way_of(letter)
            judged = way.judge(letter)
        except NeverAgain as error:
            never(letter, str(error))
        except OfOthers as error:
            said.of_others[str(error)] += 1
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
    choice: Choice,
    stream: str,
    said: Redriven,
    *,
    began: datetime,
    save: Save | None,
    advance: Advance,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Batches that were given up. Of one of which the stream takes a part, the others stay. Raises Unavailable."""
    bucket = choice.place.at
    patient = Patient(KinesisStream(stream), sleep)
    for batch in given_up.batches(bucket):
        if batch.at > began:
            said.came_since += 1
            continue
        advance(1)
        if not choice.takes_batch(batch):
            said.passed_over += 1
            continue
        try:
            content = given_up.read(bucket, batch.key)
        except given_up.NoBatch as error:
            said.note_never(batch.key, str(error))
            if save is not None:
                save(batch.key, error.content, str(error))
                given_up.delete(bucket, batch.key)
                said.saved += 1
            continue
        unwritten = patient.put(content.entries)
        left = set(unwritten)
        if len(left) > len(unwritten.refused):
            said.not_written += 1
        elif unwritten.refused:
            said.note_never(batch.key, TOO_LARGE)
            if save is not None:
                save(batch.key, content.only(left).decode(), TOO_LARGE)
                said.saved += 1
                left.clear()
        if not left:
            given_up.delete(bucket, batch.key)
        elif len(left) < len(content.entries):
            given_up.replace(bucket, batch.key, content.only(left))
        if not unwritten:
            said.brought_back += 1


class Patient:
    """Puts records until the stream has taken all that it does not refuse, or takes nothing more."""

    def __init__(self, stream: KinesisStream, sleep: Callable[[float], None]) -> None:
        self._stream = stream
        self._sleep = sleep
        self._in_vain = 0

    def put(self, entries: Sequence[StreamEntry]) -> Unwritten:
        left = list(range(len(entries)))
        refused: list[int] = []
        while left:
            unwritten = self._stream.put([entries[position] for position in left])
            refused += [left[index] for index in unwritten.refused]
            again = [left[index] for index in unwritten if index not in unwritten.refused]
            self._in_vain = self._in_vain + 1 if len(again) == len(left) else 0
            left = again
            if not left or self._in_vain > MOST_PAUSES:
                break
            self._sleep(PAUSE_SECONDS)
        return Unwritten(left, refused)
