"""The collect stage on fakes, asked for one request after the other, as one container serves many."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from unittest import mock

from functions.collect import telemetry
from functions.collect.auth.quota import Quota
from functions.collect.http.report import Report
from functions.collect.http.request import Request
from functions.collect.http.responses import Response
from functions.collect.routing import router
from functions.collect.work import Work
from shared.fold.profile import Changes
from shared.ledger.places import Place
from shared.ports.streams import StreamEntry
from shared.records import Record, decode
from shared.rejected import RejectedRequest
from shared.workspace.collecting import Tee
from shared.workspace.model import Source
from shared.workspace.write_keys import key_hash
from tests.fakes.collect_stage import NOON, SHOP, Answer, Stage, answered
from tests.fakes.folding import Person, did
from tests.fuzz.corpus import DEFINER
from tests.fuzz.numbered_stream import FIRST, NumberedStream
from tests.fuzz.seeded_ids import SeededIds
from tests.fuzz.sent import Sent

SECRET_TRAIT = "known-of-ann-alone"
"""Of a person who is kept. Only who asks for people by a server's key may read it."""

WORKSPACE = SHOP.model_copy(
    update={
        "sources": (
            *SHOP.sources,
            Source(
                id="definer",
                name="Definer",
                trust="server",
                may_define=True,
                key_hashes=(key_hash(DEFINER),),
                tee=Tee(host="https://vendor.example"),
            ),
        )
    }
)


@dataclass(frozen=True)
class Reply:
    """What became of a request: `answer` as a client reads it, `text` as it is sent, and what was stored. `report` is
    None where the request was none of a format's, and `work` where nobody was to look at it. `lines` are those of the
    log, `places` where the `entries` are on the stream."""

    answer: Answer
    text: str
    report: Report | None
    work: Work | None
    lines: list[str]
    entries: list[StreamEntry]
    places: list[Place]
    kept: list[RejectedRequest]
    teed: list[bytes]
    """What is forwarded to the vendor: its path, query, headers and body."""

    @cached_property
    def records(self) -> list[Record]:
        return [decode(entry.data) for entry in self.entries]

    @property
    def label(self) -> str:
        """Which call of which format was answered how."""
        called = "none" if self.report is None else f"{self.report.protocol} {self.report.call}"
        return f"{called} {self.answer.status}"


class Target:
    def __init__(self) -> None:
        self._numbers = self.numbers()
        self.renew()

    def numbers(self) -> Iterator[int]:
        """Of the records, for as long as it lives."""
        return itertools.count(FIRST)

    def renew(self) -> None:
        self.stage = Stage(WORKSPACE)
        self.stream = NumberedStream(self._numbers, self.stage.faults)
        self.stage.stream = self.stage.resources.stream = self.stream
        self.stage.resources.new_id = SeededIds(1)
        ann = Person()
        ann.does(
            did("View Item", user_id="u1"),
            did("identify", type="identify", user_id="u1", traits={"first_name": SECRET_TRAIT}),
        )
        self.stage.profiles.save(Changes(profiles=(ann.profile,)), at=NOON)

    def ask(self, sent: Sent) -> Reply:
        """Raises what the handler would answer with 503, and AssertionError where the gateway would not pass it on."""
        stage = self.stage
        self.stream.clear()
        stage.rejected.requests.clear()
        stage.tee.messages.clear()
        stage.resources.quota = Quota(lambda: 0.0)  # nothing of it is used up
        reports: list[Report | None] = []
        works: list[Work] = []
        lines: list[str] = []
        write = telemetry.report

        def report(request: Request | None, response: Response, *more: Any) -> None:
            reports.append(response.report)
            write(request, response, *more)

        def work(*of: Any) -> Work:
            works.append(Work(*of))
            return works[-1]

        with ExitStack() as patched:
            patched.enter_context(mock.patch.object(telemetry, "report", report))
            patched.enter_context(mock.patch.object(telemetry, "print", lines.append, create=True))
            patched.enter_context(mock.patch.object(router, "Work", work))
            answer = stage.handled(
                sent.method, sent.path, sent.body, sent.headers, query=sent.query, api=sent.api
            )
        teed = [f"{one.path}?{one.query}{one.headers}".encode() + one.body for one in stage.tee.requests]
        if sent.method == "HEAD":  # has the headers of a body, and none
            answer = {**answer, "headers": {**answer["headers"], "content-type": "text/plain"}}
        reply = Reply(
            answered(answer),
            answer["body"],
            reports[0],
            works[0] if works else None,
            lines,
            list(self.stream.entries),
            self.stream.places,
            stage.kept,
            teed,
        )
        if stage.workspaces.latest_version() > WORKSPACE.version:  # it was a definition, and was carried out
            self.renew()
        return reply
