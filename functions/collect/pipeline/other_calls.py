"""Calls that bring no events: what clients ask for, and what changes people or the plan."""

from __future__ import annotations

from functions.collect.adapter.lookups import Change
from functions.collect.http.report import Report
from functions.collect.http.responses import Refused, Response
from functions.collect.pipeline.authorize import authorize
from functions.collect.pipeline.parse import parse_change
from functions.collect.pipeline.store import explain_rejected
from functions.collect.pipeline.validate import validate
from functions.collect.work import Step, Work
from shared.plan.reasons import Code


def respond(work: Work, store: tuple[Step, ...]) -> Response:
    """`store` are the steps for the events of a change. Raises Refused or Unavailable."""
    call = work.call
    source = None
    if call.route.kind != "open":
        authorize(work)
        source = work.source
    response = call.format.other_calls(call, source, work.resources.lookups(work.workspace))
    if not isinstance(response, Change):
        of_source = source.id if source is not None else None
        response.report = Report(call.format.name, call.route.call, of_source, work.workspace.version)
        return response
    if source is None:
        raise Refused(403, Code.NOT_TRUSTED, "nobody is known to have asked for this change")
    parse_change(work, response)
    work.run((validate, explain_rejected, *store))
    if work.verdicts.rejected:  # then the answer is what the format says of that
        return work.response
    response.response.report = work.response.report
    return response.response
