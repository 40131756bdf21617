"""The process stage on fakes, and a stream whose shards deliver to it as Lambda does."""

from __future__ import annotations

import base64
import itertools
from datetime import UTC, datetime, timedelta
from typing import Any

from functions.process.batch import Process
from shared import identity, records
from shared.events import derived_id
from shared.fold.profile import Profile
from shared.people.timeline import TimelineEvent, latest_of
from shared.stored.current_workspace import CurrentWorkspace
from shared.stored.timelines import latest, recent
from shared.workspace.model import Workspace
from simulation.ports.announced import FakeBus, FakeDeadLetters, FakeFailedTries, FakeRefusals, FakeTimeline
from simulation.ports.faults import Faults
from simulation.ports.profiles import FakeProfiles
from simulation.ports.workspaces import FakeWorkspaces

NOON = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)

LambdaRecord = dict[str, Any]

BULKY = {"note": "".join(derived_id(str(part)) for part in range(100))}
"""Properties that no item of a profile has room for, so that their event goes into a chunk of the timeline at once."""


class Stage:
    """Everything outside survives a `restart`, as it does when a function dies."""

    def __init__(self, workspace: Workspace | None = None) -> None:
        self.faults = Faults()
        self.profiles = FakeProfiles(self.faults)
        self.timeline = FakeTimeline(self.faults)
        self.rejected = FakeRefusals(self.faults)
        self.bus = FakeBus(self.faults)
        self.dead_letters = FakeDeadLetters(self.faults)
        self.tries = FakeFailedTries(self.faults)
        self.workspaces = FakeWorkspaces(*([workspace] if workspace else []))
        self._sequences = itertools.count(
            49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898
        )
        self.restart()

    def restart(self) -> None:
        self.process = Process(
            profiles=self.profiles,
            timeline=self.timeline,
            rejected=self.rejected,
            bus=self.bus,
            dead_letters=self.dead_letters,
            tries=self.tries,
            pause=lambda _: None,
            workspace=CurrentWorkspace(self.workspaces, None, lambda: 0.0),
            clock=lambda: NOON,
            savers=1,
        )

    def deliver(self, *lambda_records: LambdaRecord) -> dict[str, int]:
        return self.process.batch(list(lambda_records))

    def record(
        self,
        *events: dict[str, Any],
        at: datetime | None = None,
        trust: str = "server",
        source: str = "shop",
        **common: Any,
    ) -> LambdaRecord:
        """One record on the stream, the next in order. Its key is the first event's strongest identity; it arrives `at`
        a time, else as soon as its events have happened."""
        at = at or max(NOON, *(event["occurred_at"] for event in events))
        first = events[0]
        key = identity.strongest(first.get("user_id"), first.get("anonymous_id"), first.get("other_ids", {}))
        fields = {
            "key": key,
            "source": source,
            "protocol": "twilio_segment",
            "trust": trust,
            "workspace": self.workspaces.latest_version(),
            "request": "0193504f-7b2c-7def-8000-000000000001",
            "received_at": at,
            "tally": {"received": len(events), "accepted": len(events), "rejected": 0},
            **common,
        }
        return self.lambda_record(key, records.encode(fields, list(events)), at)

    def lambda_record(self, key: str, data: bytes, at: datetime = NOON) -> LambdaRecord:
        return {
            "kinesis": {
                "partitionKey": key,
                "sequenceNumber": str(next(self._sequences)),
                "data": base64.b64encode(data).decode(),
                "approximateArrivalTimestamp": at.timestamp(),
            }
        }

    def timeline_of(self, person: str, limit: int = 100) -> list[TimelineEvent]:
        """As readers show it."""
        profile = self.profiles.person(person) if person in self.profiles.snapshot() else None
        return latest(self.timeline, profile, [person], limit, NOON)

    def timelines(self) -> list[TimelineEvent]:
        """Everybody's events, in chunks and in items."""
        items = self.profiles.snapshot().values()
        in_items = [one for item in items if isinstance(item, Profile) for one in recent(item, NOON)]
        in_chunks = self.timeline.read({person for person, _ in self.timeline.chunks}, 10_000, at=NOON)
        return latest_of([*in_chunks, *in_items], 10_000)

    def counted(self, person: str, name: str) -> int:
        counter = self.profiles.person(person).states.counters.events.get(name)
        return counter.count if counter else 0


_ids = itertools.count(1)


def event(
    name: str, *, user: str | None = "u1", anonymous: str | None = None, at: datetime = NOON, **fields: Any
) -> dict[str, Any]:
    """A track event as collect writes it into a record; `type`, `id`, `properties`, `traits`, … override."""
    made = {"id": f"e{next(_ids)}", "type": "track", "name": name, "occurred_at": at, **fields}
    if user is not None:
        made["user_id"] = user
    if anonymous is not None:
        made["anonymous_id"] = anonymous
    return made


def identify(
    *, user: str = "u1", anonymous: str | None = None, at: datetime = NOON, **traits: Any
) -> dict[str, Any]:
    """An identify as `collect` writes it into a record, with these traits."""
    return event("identify", type="identify", user=user, anonymous=anonymous, at=at, traits=traits)


def minutes(count: float) -> timedelta:
    """So many minutes, as the tests count from noon."""
    return timedelta(minutes=count)
