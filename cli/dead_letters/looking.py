"""Looking through a place without taking anything out of it: page by page, and nothing is kept but handles."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from cli.dead_letters.causes import Cause, cause_of, cause_of_batch
from cli.dead_letters.places import Place
from shared.aws.queues import dead_letter_queues, given_up
from shared.aws.queues.dead_letter_queues import DeadLetter
from shared.aws.queues.queue_depth import depth

SHORT = 8
"""Characters of a message's id that are shown where there is little room."""

SHORT_KEY = 12
"""Characters of an object's key: its end, because keys begin with their function and day."""


@dataclass(frozen=True)
class Found:
    """One dead letter. `letter` is None for a batch, whose `key` is in `id`. `since`: when it was first sent, or the
    batch given up."""

    place: Place
    id: str
    since: datetime
    cause: Cause
    letter: DeadLetter | None = None

    @property
    def name(self) -> str:
        """What other commands take for it."""
        short = self.id[-SHORT_KEY:] if self.place.is_bucket else self.id[:SHORT]
        return f"{self.place.names[0]}:{short}"

    @property
    def whole_name(self) -> str:
        return f"{self.place.names[0]}:{self.id}"


def look(place: Place, most: int | None = None) -> Iterator[Found]:
    """Raises Unavailable."""
    if place.is_bucket:
        for batch in islice(given_up.batches(place.at), most):
            cause = cause_of_batch(given_up.head(place.at, batch.key))
            yield Found(place, batch.key, batch.at, cause)
        return
    with closing(dead_letter_queues.each(place.at, most)) as letters:
        for letter in letters:
            yield Found(place, letter.id, letter.sent_at, cause_of(place, letter), letter)


def is_named(id_: str, typed: str, place: Place) -> bool:
    """Whether what somebody typed is that id: whole, or as much of it as is shown."""
    return id_.endswith(typed) if place.is_bucket else id_.startswith(typed.lower())


def waiting(place: Place) -> int:
    """How many wait, as SQS estimates it; of batches, exactly. Raises Unavailable."""
    if place.is_bucket:
        return sum(1 for _ in given_up.batches(place.at))
    return depth(place.at).waiting
