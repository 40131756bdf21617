"""The order of work for one request: read, judge, store, keep what was rejected, answer.

Nothing is answered with 200 before it is stored. When something is not, the sender is asked to send everything again:
what was stored is then recognised by its message id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from uuid_utils import uuid7

from functions.collect.adapter.lookups import Desk
from functions.collect.adapter.wire_format import Call, Change, Outcome, WireFormat
from functions.collect.http.responses import Refused, Response, not_stored
from functions.collect.pipeline import packing
from functions.collect.pipeline.judge import Judge, Judged
from functions.collect.pipeline.quota import Quota
from functions.collect.pipeline.report import Report
from functions.collect.rejected.rejection import by_code, told_as
from shared.plan.reasons import Code
from shared.ports.rejected import Rejected
from shared.ports.streams import Stream
from shared.ports.tee import TeeQueue
from shared.workspace.model import Source, Workspace


class Intake:
    """`clock` tells when it is (UTC). `desk` opens what may be asked besides, `tee_queue` the way to vendors."""

    def __init__(
        self,
        *,
        judge: Judge,
        stream: Stream,
        rejected: Callable[[], Rejected],
        quota: Quota,
        desk: Callable[[Workspace], Desk],
        tee_queue: Callable[[], TeeQueue],
        clock: Callable[[], datetime],
    ) -> None:
        self._judge = judge
        self._stream = stream
        self._rejected = rejected
        self._quota = quota
        self._desk = desk
        self._tee_queue = tee_queue
        self._clock = clock

    def workspace_version(self) -> int:
        """Raises Unavailable while none can be read."""
        return self._judge.workspace_version()

    def take(self, call: Call, name: str, protocol: WireFormat) -> Response:
        """The answer to a request on one of the protocol's paths. Raises Refused, TooLarge or Unavailable."""
        if call.route.kind in ("events", "rehearsal"):
            judged = self._judge.hear(call, protocol, self._clock(), self._desk)
            if call.route.kind == "events":
                return self._settle(call, name, protocol, judged)
            return self._rehearsed(call, name, protocol, judged)
        now = self._clock()
        workspace, source = self._judge.asking(call, protocol, now)
        response = protocol.consult(call, source, self._desk(workspace))
        if isinstance(response, Change):
            return self._made(call, name, protocol, response, workspace, source, now)
        response.report = Report(name, call.route.call, source.id if source else None, workspace.version)
        return response

    def tee(self, call: Call, name: str, protocol: WireFormat, response: Response) -> None:
        """Forward the request, once it is answered for, to the vendor its source came from. Most have none.

        Raises Unavailable when the queue does not take it: the sender must come again.
        """
        if not self._judge.has_tees():
            return
        from functions.collect.pipeline import teeing  # what most stacks never need

        if not teeing.is_forwarded(call, response):
            return
        now = self._clock()
        known = response.report.source if response.report is not None else None
        source = self._judge.source(known) if known is not None else None
        if known is not None and (source is None or source.tee is None):
            return
        sender, shown = self._judge.sender(call, protocol, now)
        source = source or sender
        if source is not None and source.tee is not None:
            version = self._judge.workspace_version()
            self._tee_queue().put(teeing.teed(call, name, response, source, shown, version, now))

    def _settle(self, call: Call, name: str, protocol: WireFormat, judged: Judged) -> Response:
        workspace, source, delivery, parsed, (accepted, rejected, observed), shown = judged
        body = call.body
        if source.limits.events_per_second is not None:
            self._hold_to_quota(source, len(parsed.items), source.limits.events_per_second)
        if rejected:
            from functions.collect.rejected import storing  # with all that storing one takes

            rejected = storing.with_size(rejected, parsed, source.limits.event_bytes)

        request_id = str(uuid7())
        common = packing.common(
            source,
            name,
            workspace.version,
            request_id,
            parsed.arrival,
            len(accepted),
            len(rejected),
        )
        records = packing.entries(common, accepted)
        if records and self._stream.put(records):
            raise not_stored()
        if rejected:
            kept = storing.kept(
                rejected,
                parsed,
                request_id,
                source,
                name,
                call.route.call,
                delivery,
                workspace.settings,
                shown,
            )
            if self._rejected().put([kept]):
                raise not_stored()

        response = protocol.answer(call, Outcome(source, parsed, len(accepted), rejected, observed))
        asks_why = call.request.headers.get("headrace-debug") == "1" and source.trust == "server"
        if asks_why and isinstance(response.body, dict):
            from functions.collect.pipeline import (
                explaining,  # what only somebody who looks for a mistake asks
            )

            plan = self._judge.plan(workspace)
            response.body |= explaining.explained(
                common, parsed.items, rejected, response.body, workspace, plan, protocol.WORDS
            )
        if response.status >= 400:
            response.code = told_as(rejected)
        response.report = Report(
            name,
            call.route.call,
            source.id,
            workspace.version,
            len(body.raw),
            len(parsed.items),
            len(accepted),
            len(records),
            by_code(rejected),
            observed,
            request_id,
        )
        return response

    def _rehearsed(self, call: Call, name: str, protocol: WireFormat, judged: Judged) -> Response:
        """What the answer would be. The log counts no events, as none came in."""
        accepted, rejected, observed = judged.verdicts
        response = protocol.answer(
            call, Outcome(judged.source, judged.parsed, len(accepted), rejected, observed)
        )
        response.report = Report(
            name, call.route.call, judged.source.id, judged.workspace.version, len(call.body.raw)
        )
        return response

    def _made(
        self,
        call: Call,
        name: str,
        protocol: WireFormat,
        change: Change,
        workspace: Workspace,
        source: Source | None,
        now: datetime,
    ) -> Response:
        """The change's own answer, unless one of its events was rejected: then what the format says of that."""
        if source is None:
            raise Refused(403, Code.NOT_TRUSTED, "nobody is known to have asked for this change")
        judged = self._judge.changed(call, protocol, change, source, workspace, now)
        answer = self._settle(call, name, protocol, judged)
        if judged.verdicts.rejected:
            return answer
        change.response.report = answer.report
        return change.response

    def _hold_to_quota(self, source: Source, events: int, per_second: int) -> None:
        if seconds := self._quota.take(source.id, events, per_second):
            sentence = f"source {source.id} may send {per_second} events a second"
            raise Refused(429, Code.OVER_QUOTA, sentence, seconds)
