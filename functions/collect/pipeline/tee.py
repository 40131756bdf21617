"""What a request is forwarded as, if the source it came from has a vendor that gets it as well.

Whatever we answered, the vendor judges for itself. But what the client is asked to send again comes again anyway; and
whoever shows no credential of ours, or may not do with it what they ask, has no business with the vendor in our name.
Loaded when the first source with a tee sends something.
"""

from __future__ import annotations

from functions.collect.adapter.wire_format import Call, Kind
from functions.collect.http.body import Unreadable
from functions.collect.http.request import Request
from functions.collect.http.responses import MISPLACED_KEY, NO_KEY, UNKNOWN_KEY, Response
from functions.collect.pipeline.authorize import sender
from functions.collect.pipeline.own_keys import rid
from functions.collect.work import Work
from shared.plan.reasons import Code
from shared.tee import MARK, TeedRequest, is_of_the_connection
from shared.workspace.collecting import Source

SENT_AGAIN = frozenset({429, 503})

NOT_LET_IN = frozenset({401, 403})
NOT_TRUSTED = frozenset(
    {UNKNOWN_KEY, NO_KEY, MISPLACED_KEY, "wrong_signature", "origin_not_allowed", Code.NOT_TRUSTED}
)
"""Formats answer these with statuses of their own."""


def forward(work: Work, response: Response) -> None:
    """Put the request into the queue for its source's vendor, if it has one. Raises Unavailable."""
    call = work.call
    if not is_forwarded(call, response):
        return
    workspace = work.resources.workspace.get()
    known = response.report.source if response.report is not None else None
    source = workspace.source_by_id.get(known) if known is not None else None
    if known is not None and (source is None or source.tee is None):
        return
    by_credentials, credential = sender(work)
    source = source or by_credentials
    if source is not None and source.tee is not None:
        request = teed(work, response, source, credential, workspace.version)
        work.resources.tee_queue().put(request)


def is_forwarded(call: Call, response: Response) -> bool:
    """Whether such a request is forwarded at all: it brings events, or changes something else, and was not forwarded to
    us itself."""
    kind: Kind = call.route.kind
    changes = kind == "events" or (kind == "private" and call.request.method != "GET")
    if not changes or response.status in SENT_AGAIN or MARK in call.request.headers:
        return False
    if response.status in NOT_LET_IN or response.code in NOT_TRUSTED:
        return False
    report = response.report
    return not (report and report.received and report.rejected.get(Code.NOT_TRUSTED, 0) == report.received)


def teed(
    work: Work, response: Response, source: Source, credential: str | None, workspace: int
) -> TeedRequest:
    """The request with our answer's status. It has the id that its rejected events are kept under. `credential` is what
    its source was known by: one of our own keys does not go along, and where it stands among what is forwarded byte for
    byte, nothing of the request does. `workspace` is a version."""
    call = work.call
    request, report = call.request, response.report
    headers = {name: value for name, value in request.headers.items() if not is_of_the_connection(name)}
    left = rid(call, headers, credential)
    return TeedRequest(
        id=(report and report.request) or work.resources.new_id(),
        source=source.id,
        protocol=call.format.name,
        call=call.route.call,
        method=request.method,
        path=request.raw_path if left else call.route.path,
        query=left.query if left else "",
        headers=left.headers if left else {},
        body=_as_it_came(request) if left else b"",
        status=response.status,
        events=report.received if report else 0,
        rejected=sum(report.rejected.values()) if report else 0,
        received_at=work.received_at,
        workspace=workspace,
        withheld=left is None,
    )


def _as_it_came(request: Request) -> bytes:
    try:
        return request.transported_bytes()
    except Unreadable:  # base64 that is none: there is no better word for what was sent
        return request.transported.encode("utf-8", "surrogatepass")
