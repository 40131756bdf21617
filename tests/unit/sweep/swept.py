"""A sweep on fakes, beside a process stage that takes its timers."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from functions.sweep.sweep import Round, Sweep
from shared.fold.profile import Changes, Profile
from simulation.ports.due_profiles import FakeDueProfiles
from simulation.ports.faults import Faults
from simulation.ports.stream import FakeStream
from tests.fakes.process_stage import NOON, Stage

MINUTE = timedelta(minutes=1)
LATER = NOON + 30 * MINUTE
"""When the sessions of whoever was seen at noon are over."""


class Ticks:
    """Seconds that pass only while somebody sleeps."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


class Swept:
    """A sweep on fakes, and a process stage that takes its timers from the stream when it is told to."""

    def __init__(self, stage: Stage | None = None, *, per_second: int = 2_400, at_once: int = 1) -> None:
        self.stage = stage or Stage()
        self.faults = Faults()
        self.due = FakeDueProfiles(self.stage.profiles, self.faults)
        self.stream = FakeStream(self.faults)
        self.ticks = Ticks()
        self.sweep = Sweep(self.due, self.stream, per_second, self.ticks, self.ticks.sleep, at_once)
        self.delivered = 0

    def round(self, at: timedelta) -> Round:
        """One round, so long after noon."""
        done = self.sweep.round(NOON + at)
        assert done is not None
        return done

    def deliver(self, at: timedelta, most: int | None = None) -> None:
        """`process` gets the next timers on the stream."""
        waiting = self.stream.entries[self.delivered :][:most]
        self.delivered += len(waiting)
        for start in range(0, len(waiting), 1_000):
            batch = waiting[start : start + 1_000]
            self.stage.deliver(*(self.stage.lambda_record(*entry, NOON + at) for entry in batch))

    def crowd(self, people: int, due: timedelta, *, every: timedelta = timedelta()) -> set[str]:
        """People who are due at one instant, or one after another. They were saved long before."""
        keys = [f"user:{number}" for number in range(people)]
        for number, key in enumerate(keys):
            profile = Profile(key, due_at=NOON + due + number * every)
            self.stage.profiles.save(Changes((profile,)), at=NOON - timedelta(days=1))
        return set(keys)

    def wake(self, *keys: str) -> None:
        """What `process` does with a timer in the end, at no cost."""
        for key in keys:
            person = self.stage.profiles.person(key)
            self.stage.profiles.save(Changes((replace(person, due_at=None),)), at=NOON)

    @property
    def sent(self) -> list[str]:
        return [entry.key for entry in self.stream.entries]
