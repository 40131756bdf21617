"""The answer to the sender, and what the log says of the request."""

from __future__ import annotations

from functions.collect.adapter.rejection import by_code, told_as
from functions.collect.adapter.wire_format import Outcome
from functions.collect.http.report import Report
from functions.collect.work import Work

DEBUG = "headrace-debug"
"""The header by which a server asks what became of each event."""


def answer(work: Work) -> None:
    """In the format's own way. Everything accepted is stored by now."""
    call, source, parsed = work.call, work.source, work.parsed
    accepted, rejected, observed = work.verdicts
    response = call.format.answer(call, Outcome(source, parsed, len(accepted), rejected, observed))
    if (
        call.request.headers.get(DEBUG) == "1"
        and source.trust == "server"
        and isinstance(response.body, dict)
    ):
        from functions.collect.pipeline import debug  # what only somebody who looks for a mistake asks

        response.body |= debug.explained(work, response.body)
    if response.status >= 400:
        response.code = told_as(rejected)
    response.report = Report(
        call.format.name,
        call.route.call,
        source.id,
        work.workspace.version,
        len(call.body.raw),
        len(parsed.items),
        len(accepted),
        len(work.records),
        by_code(rejected),
        observed,
        work.request_id,
        work.steps,
        work.times,
    )
    work.response = response


def answer_rehearsal(work: Work) -> None:
    """What the answer would be. The log counts no events, as none came in."""
    call = work.call
    accepted, rejected, observed = work.verdicts
    outcome = Outcome(work.source, work.parsed, len(accepted), rejected, observed)
    response = call.format.answer(call, outcome)
    response.report = Report(
        call.format.name, call.route.call, work.source.id, work.workspace.version, len(call.body.raw)
    )
    work.response = response
