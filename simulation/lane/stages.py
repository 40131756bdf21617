"""`process` and `send` on ports in memory, at the time that the lane has come to."""

from __future__ import annotations

import base64
import itertools
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import orjson

from functions.process.batch import PeopleNotSaved, Process
from functions.sweep.timers import timer
from shared.bus_entries import Entry as BusEntry
from shared.bus_entries import EventBatch, MessageRequested
from shared.compression import decompressed
from shared.events import HEADRACE, derived_id
from shared.failures import Unwritten
from shared.people.due import DueProfile
from shared.ports.streams import StreamEntry
from shared.stored.current_workspace import KEPT_SECONDS, CurrentWorkspace
from shared.workspace.model import Workspace
from simulation.lane.lines import EARLIEST
from simulation.lane.people import Stored
from simulation.lane.sending import Messages
from simulation.ports.announced import FakeDeadLetters, FakeFailedTries, FakeRefusals, FakeTimeline
from simulation.ports.stream import FakeStream
from simulation.ports.threads import InTurn
from simulation.ports.workspaces import FakeWorkspaces

LambdaRecord = dict[str, Any]

FIRST_SEQUENCE = 49_590_338_271_490_256_608_559_692_538_361_571_095_921_575_989_136_588_898

QUOTED = f'"{HEADRACE}"'.encode()
"""How rows name Headrace, where they do."""

MOST_TRIES = 5
"""Deliveries of a batch of which something must come again: what fails for its content is put aside after three."""


class Bus:
    """What was published, each thing once: `requests` of messages, and `own` events as the archive gets them, with
    their person."""

    def __init__(self) -> None:
        self.requests: dict[str, MessageRequested] = {}
        self.own: dict[tuple[str, str, str], tuple[str, dict[str, Any]]] = {}
        self._new: list[MessageRequested] = []

    def newly_asked(self) -> list[MessageRequested]:
        """Requests that nobody has taken yet."""
        new, self._new = self._new, []
        return new

    def publish(self, entries: Sequence[BusEntry]) -> Unwritten:
        for entry in entries:
            if isinstance(entry, MessageRequested):
                if self.requests.setdefault(entry.id, entry) is entry:
                    self._new.append(entry)
            elif isinstance(entry, EventBatch):
                self._keep_own(decompressed(base64.b64decode(entry.rows)))
        return Unwritten()

    def _keep_own(self, rows: bytes) -> None:
        if QUOTED not in rows:
            return  # as in most batches: to read them takes long
        for row in orjson.loads(rows):
            event = row["event"]
            if event["source"] == HEADRACE:
                self.own.setdefault((event["id"], event["name"], row["key"]), (row["person"], event))


class Stages:
    """`now` is the arrival of the latest record. `cut` counts what would have followed in a circle of the
    workspace, `too_much` what would have beyond what one event may cause."""

    def __init__(self, workspace: Workspace, profiles: Stored) -> None:
        self.now = EARLIEST
        self.profiles = profiles
        self.bus = Bus()
        self.rejected = FakeRefusals()
        self.dead_letters = FakeDeadLetters()
        self.feedback = FakeStream()
        self.cut = 0
        self.too_much = 0
        self._workspaces = FakeWorkspaces(workspace)
        self._sequences = itertools.count(FIRST_SEQUENCE)
        self._looks = 0
        self._current = CurrentWorkspace(self._workspaces, None, lambda: self._looks * KEPT_SECONDS)
        self._process = Process(
            profiles=self.profiles,
            timeline=FakeTimeline(),
            rejected=self.rejected,
            bus=self.bus,
            dead_letters=self.dead_letters,
            tries=FakeFailedTries(),
            workspace=self._current,
            clock=lambda: self.now,
            savers=1,
            threads=InTurn,
            pause=lambda _: None,
            settle=profiles.settle,
        )
        self.messages = Messages(self.profiles, self._current, self.feedback, lambda: self.now, self._new_id)

    def _new_id(self) -> str:
        return derived_id("request", str(next(self._sequences)))

    @property
    def workspace(self) -> Workspace:
        return self._current.get()

    def apply(self, workspace: Workspace, at: datetime) -> None:
        """In force at once, in every stage."""
        self._workspaces.apply(workspace, after=self._workspaces.latest_version(), at=at, by="simulation")
        self._looks += 1

    def record(self, entry: StreamEntry, at: datetime) -> LambdaRecord:
        """The next one of the lane."""
        return {
            "kinesis": {
                "partitionKey": entry.key,
                "sequenceNumber": str(next(self._sequences)),
                "data": base64.b64encode(entry.data).decode(),
                "approximateArrivalTimestamp": at.timestamp(),
            }
        }

    def tick(self, due: DueProfile, at: datetime) -> LambdaRecord:
        """The timer that `sweep` sends to somebody who is due."""
        return self.record(timer(due, at), at)

    def deliver(self, batch: Sequence[LambdaRecord], now: datetime) -> None:
        """Again, as Lambda does, while something of it must come again."""
        self.now = max(self.now, now)
        for number in range(MOST_TRIES):
            try:
                counts = self._process.batch(list(batch))
                self.cut += counts["cut"]
                self.too_much += counts["too_much"]
            except PeopleNotSaved:
                if number + 1 == MOST_TRIES:
                    raise
            else:
                return
