"""The order of work for one request: read, judge, store, keep what was rejected, answer.

Nothing is answered with 200 before it is stored. When something is not, the sender is asked to send everything again:
what was stored is then recognised by its message id.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from uuid_utils import uuid7

from functions.collect import answers, packing, rejects
from functions.collect.body import TooLarge
from functions.collect.judging import Body, Judge, Judged
from functions.collect.protocols import Route
from functions.collect.report import Report
from functions.collect.request import Request
from functions.collect.responses import Refused, Response, not_stored
from shared.ports import Rejected, Stream, Unavailable
from shared.quota import Quota
from shared.reasons import Code
from shared.workspace import Source


class Intake:
    """`clock` tells the time of arrival (UTC)."""

    def __init__(
        self, *, judge: Judge, stream: Stream, rejected: Rejected, quota: Quota, clock: Callable[[], datetime]
    ) -> None:
        self._judge = judge
        self._stream = stream
        self._rejected = rejected
        self._quota = quota
        self._clock = clock

    def workspace_version(self) -> int:
        """Raises Unavailable while none can be read."""
        return self._judge.workspace_version()

    def take(self, request: Request, route: Route) -> Response:
        """The answer to a request on one of the protocols' paths."""
        try:
            body = Body.of(request)
            judged = self._judge.hear(request, route, body, self._clock())
            return self._settle(request, route, body, judged)
        except Refused as refused:
            refusal = refused
        except TooLarge as error:
            refusal = Refused(413, Code.TOO_LARGE, str(error))
        except Unavailable:
            refusal = not_stored()
        return refusal.response(Report(route.protocol, route.call))

    def _settle(self, request: Request, route: Route, body: Body, judged: Judged) -> Response:
        workspace, source, delivery, parsed, (accepted, rejected, observed) = judged
        if source.limits.events_per_second is not None:
            self._hold_to_quota(source, len(parsed.items), source.limits.events_per_second)
        if rejected:
            rejected = rejects.with_size(rejected, parsed, body.raw, source.limits.event_bytes)

        request_id = str(uuid7())
        common = packing.common(
            source,
            route.protocol,
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
            kept = rejects.kept(
                rejected, parsed, request_id, source, route.protocol, delivery, body.raw, workspace.settings
            )
            if self._rejected.put([kept]):
                raise not_stored()

        answer = answers.answer(len(accepted), rejected)
        if request.headers.get("headrace-debug") == "1" and source.trust == "server":
            answer["events"] = answers.explained(common, parsed.items, rejected)
        report = Report(
            route.protocol,
            route.call,
            source.id,
            workspace.version,
            len(body.raw),
            len(parsed.items),
            len(accepted),
            len(records),
            rejects.by_code(rejected),
            observed,
        )
        return Response(200 if accepted or not rejected else 400, answer, report=report)

    def _hold_to_quota(self, source: Source, events: int, per_second: int) -> None:
        if seconds := self._quota.take(source.id, events, per_second):
            sentence = f"source {source.id} may send {per_second} events a second"
            raise Refused(429, Code.OVER_QUOTA, sentence, seconds)
