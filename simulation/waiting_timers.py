"""Hours in which nobody is due: rounds of the sweep that would find nobody, two queries for each minute and shard, are
not run. Their progress is noted as they would note it.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from functions.sweep.shard import SETTLED
from functions.sweep.sweep import CLAIM
from shared.aws.tables.due_profiles import DynamoDueProfiles
from shared.people.due import Progress, behind
from simulation.aws.calls import Clock
from simulation.aws.dynamodb.table import Table

AHEAD = timedelta(minutes=1)


class WaitingTimers:
    """Of the table of profiles."""

    def __init__(self, profiles: Table, clock: Clock) -> None:
        self._profiles = profiles
        self._clock = clock
        self._due = DynamoDueProfiles(profiles.name)
        self._nobody_until: datetime | None = None

    def are_worth_a_sweep(self) -> bool:
        """Asked each minute."""
        now = self._clock.now()
        if not self.are_due(now + AHEAD):
            self._nobody_until = now
            return False
        if self._nobody_until is not None:
            self._pass_over(now, self._nobody_until)
            self._nobody_until = None
        return True

    def are_due(self, at: datetime) -> bool:
        """Whether somebody is, by then."""
        until = f"{at:%Y-%m-%dT%H:%M:%S}"
        return any("due_at" in item and item["due_at"]["S"] < until for item in self._profiles.items())

    def _pass_over(self, now: datetime, until: datetime) -> None:
        progress = self._due.claim(now, now + CLAIM, until)
        if progress is None:  # a round is at work
            return
        shards = tuple(
            one._replace(
                sent=max(one.sent, behind(until)), looked_again=max(one.looked_again, behind(until - SETTLED))
            )
            for one in progress.shards
        )
        noted: Progress = progress._replace(shards=shards)
        self._due.save(noted, None)
