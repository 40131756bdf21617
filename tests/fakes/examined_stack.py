"""A stack for the doctor to examine: every stage on fakes behind a real port, and ways to plant what may be wrong."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import orjson

from cli.doctor.arrivals import Arrivals
from cli.doctor.examination import Examination
from cli.stacks import Stack
from shared import doctor
from shared.bus_entries import EventBatch, MessageRequested
from shared.fold.profile import Profile
from shared.people.timeline import TimelineEvent
from shared.ports.queries import QueryResult
from shared.workspace.model import EmailSettings, Workspace
from tests.fakes import process_stage
from tests.fakes.collect_server import serving
from tests.fakes.collect_stage import SHOP, Stage
from tests.fakes.lake import FakeLake
from tests.fakes.send_stage import SendStage

PERSON_KEY = f"user:{doctor.PERSON}"

Answer = dict[str, Any]
Front = Callable[[str, str, Any, Mapping[str, str]], Any]
"""What stands in front of `collect`: of method, path, body and headers it makes a body, or an answer of its own."""


class ExaminedStack(Stage):
    """What is accepted has gone every stage when the answer comes. Plant faults in `front`, `processing`, `sending`,
    `archiving` (False: that stage does nothing), `altering` (the text that the timeline shows instead), or in the
    stages themselves."""

    def __init__(self, workspace: Workspace = SHOP, *, sender: str | None = "hello@shop.example") -> None:
        settings = workspace.settings.model_copy(update={"email": EmailSettings(sender=sender)})
        source = doctor.source({"default_write_key": "hr_default"})
        super().__init__(workspace.model_copy(update={"doctor": source, "settings": settings}))
        self.api = "rest"  # hands every body over as it was sent
        self.front: Front = lambda _method, _path, body, _headers: body
        self.processing = self.sending = self.archiving = True
        self.altering: str | None = None
        self.lake = FakeLake()
        self.folded = process_stage.Stage()
        self.folded.profiles, self.folded.workspaces = self.profiles, self.workspaces
        self.folded.restart()
        self.send = SendStage("email")
        self.send.profiles, self.send.workspaces, self.send.stream = (
            self.profiles,
            self.workspaces,
            self.stream,
        )
        self.outputs = {"CollectApi": "rest"}
        self.requests: list[tuple[str, str]] = []
        """Method and target of each, as they came to the port."""
        self._delivered = self._announced = 0
        self._using = threading.RLock()
        """Probes read in threads of their own what requests are changing in another."""

    def handled(
        self, method: str, path: str, body: object, headers: Mapping[str, str], **gateway: Any
    ) -> Answer:
        passed = self.front(method, path, body, {name.lower(): value for name, value in headers.items()})
        if isinstance(passed, dict):
            return passed
        with self._using:
            answer = super().handled(method, path, passed, headers, **gateway)
            self.settle()
        return answer

    def settle(self) -> None:
        while self.processing and self._delivered < len(self.stream.entries):
            entry = self.stream.entries[self._delivered]
            self._delivered += 1
            self.folded.deliver(self.folded.lambda_record(entry.key, entry.data, self.now))
            self._announce()

    def _announce(self) -> None:
        for entry in self.folded.bus.entries[self._announced :]:
            if isinstance(entry, EventBatch) and self.archiving:
                for row in entry.unpacked():
                    self.lake.add(row, dt=self.now.date().isoformat())
            if isinstance(entry, MessageRequested) and self.sending:
                self.send.now = self.now
                self.send.queue_body(_envelope(entry))
                self.send.invoke()
        self._announced = len(self.folded.bus.entries)

    def person(self) -> Profile | None:
        with self._using:
            found = self.profiles.load([PERSON_KEY]).get(PERSON_KEY)
        return found if isinstance(found, Profile) else None

    def timeline(self) -> Iterable[TimelineEvent]:
        with self._using:
            found = self.folded.timeline_of(PERSON_KEY, 200)
        if self.altering is None:
            return found
        return [one.model_copy(update={"properties": {"text": self.altering}}) for one in found]

    def ask(self, sql: str) -> QueryResult:
        with self._using:
            rows = self.lake.ask(sql)
        return QueryResult(tuple(rows[0]) if rows else (), [tuple(row.values()) for row in rows], 0)


@contextmanager
def examination(stack: ExaminedStack, **changed: Any) -> Iterator[Examination]:
    """Of the stack, behind its port. Nothing is waited for long: what comes at all is there with the answer."""
    made = doctor.keys({"default_write_key": "hr_default"})
    assert made is not None
    with serving(stack) as server:
        stack.requests = server.requests
        yield replace(
            Examination(
                run="r1",
                stack=Stack("local", server.url, {"DeliveryStream": "lake", **stack.outputs}),
                keys=made,
                workspace=stack.workspaces.load(1),
                arrivals=Arrivals(stack.timeline),
                person=stack.person,
                messages=stack.send.messages,
                rejected=stack.rejected,
                ask=stack.ask,
                patience=2.0,
            ),
            **changed,
        )


def _envelope(entry: MessageRequested) -> str:
    detail = entry.model_dump(mode="json", exclude_defaults=True)
    return orjson.dumps({"detail-type": MessageRequested.detail_type, "detail": detail}).decode()
