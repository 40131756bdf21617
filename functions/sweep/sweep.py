"""One round of the sweep. It puts a timer event on the stream for everybody who is due, and the next round continues
after them.

A timer only says "look at the clock", so an extra one changes nothing. If a round dies half-way, the next one continues
from its saved progress.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple

from aws_lambda_powertools import Logger

from functions.sweep.pace import Pace
from functions.sweep.shard import ShardRound, TimersNotSent
from shared.aws.runtime import RUNTIME
from shared.failures import Unavailable
from shared.people.due import DOUBTED, Progress, ShardProgress, instant
from shared.ports.people import DueProfiles
from shared.ports.runtime import Lock, Threads
from shared.ports.streams import Stream

FIRST_LOOK = timedelta(minutes=10)
"""How far the first sweep of a new stack looks back, if nobody was due before: whoever is saved just now may be indexed
in the past. Each minute takes eight queries."""

SENDING_SECONDS = 40
"""Seconds for which a round sends; the function has 50 seconds."""

CLAIM = timedelta(seconds=50)
"""A round that was not finished by then has died."""

CROWD = 2_000
"""Timers of one round from which the next one waits for `process`. Fewer are no burden, and a few people whose records
cannot be folded stay in the index: they keep nobody waiting."""

SAMPLES_PER_SHARD = 4

PATIENCE = timedelta(minutes=10)
"""How long the next round waits for a crowd. If `process` has not handled it by then, its size is not the reason."""

logger = Logger()


class Round(NamedTuple):
    """`behind` is for how long somebody may be due without having been sent a timer; `failed` are the shards that have
    to be gone on with next time, because AWS did not answer."""

    timers: int = 0
    unsendable: int = 0
    behind: timedelta = timedelta()
    paused: bool = False
    failed: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Sweep:
    """`per_second` is how many timers may be sent. `ticks` counts seconds and never goes back."""

    due_profiles: DueProfiles
    stream: Stream
    per_second: int
    ticks: Callable[[], float] = RUNTIME.ticks
    sleep: Callable[[float], None] = RUNTIME.sleep
    at_once: int = 8
    threads: Threads = ThreadPoolExecutor
    lock: Lock = threading.Lock

    def round(self, now: datetime) -> Round | None:
        """Send a timer to everybody who is due at `now` and was sent none. None: another round is at work.

        Raises Unavailable when it cannot be known or kept how far the rounds have come.
        """
        progress = self.due_profiles.claim(now, now + CLAIM, now - FIRST_LOOK)
        if progress is None:
            return None
        if progress.is_ahead_of(now):
            progress = progress.as_of(now, self.due_profiles.soonest(now - DOUBTED))
        if self._lags(progress, now):
            self.due_profiles.save(progress, None)
            return Round(behind=_behind(progress, now), paused=True)
        kept = _Kept(progress, now + CLAIM, self.due_profiles, self.lock())
        pace = Pace(self.per_second, self.ticks() + SENDING_SECONDS, ticks=self.ticks, sleep=self.sleep)
        shards = [
            ShardRound(shard, reached, now, self.due_profiles, self.stream, pace, kept.reached)
            for shard, reached in enumerate(progress.shards)
        ]
        with self.threads(self.at_once) as pool:
            done = list(pool.map(_run, shards))
        timers = sum(shard.sent for shard in shards)
        ended = _sampled(kept.progress, shards if timers >= CROWD else [], now)
        self.due_profiles.save(ended, None)
        return Round(
            timers=timers,
            unsendable=sum(shard.unsendable for shard in shards),
            behind=_behind(ended, now),
            failed=tuple(shard.shard for shard, well in zip(shards, done, strict=True) if not well),
        )

    def _lags(self, progress: Progress, now: datetime) -> bool:
        """Whether `process` has not yet seen most of the crowd that was sent timers last."""
        if progress.sampled_at is None or now - progress.sampled_at > PATIENCE:
            return False
        waiting = sum(self.due_profiles.is_waiting(shard, place) for shard, place in progress.samples)
        return waiting * 2 > len(progress.samples)


class _Kept:
    """How far all shards have come: their threads take turns. A page of timers that was sent is kept at once, so that a
    round that dies does not send it again; that nobody was due is found again as well."""

    def __init__(
        self,
        progress: Progress,
        until: datetime,
        due_profiles: DueProfiles,
        lock: AbstractContextManager[object],
    ) -> None:
        self.progress = progress
        self._until = until
        self._due_profiles = due_profiles
        self._lock = lock

    def reached(self, shard: int, reached: ShardProgress, timers_sent: bool) -> None:
        with self._lock:
            before = self.progress.shards
            self.progress = self.progress._replace(shards=(*before[:shard], reached, *before[shard + 1 :]))
            if timers_sent:
                self._due_profiles.save(self.progress, self._until)


def _run(shard: ShardRound) -> bool:
    """Whether the shard was done with, for this round. One that is throttled keeps no other waiting."""
    try:
        shard.run()
    except (Unavailable, TimersNotSent) as error:
        logger.warning("a shard is left for the next round", extra={"shard": shard.shard, "why": str(error)})
        return False
    return True


def _sampled(progress: Progress, crowded: list[ShardRound], now: datetime) -> Progress:
    samples = tuple((one.shard, place) for one in crowded for place in _spread(one.sampled))
    return progress._replace(samples=samples, sampled_at=now if samples else None)


def _spread(places: list[str]) -> list[str]:
    """Some of them, from the first to the last."""
    step = max(1, -(-len(places) // SAMPLES_PER_SHARD))
    return places[::-1][::step]


def _behind(progress: Progress, now: datetime) -> timedelta:
    return max(timedelta(), now - min(instant(shard.sent) for shard in progress.shards))
