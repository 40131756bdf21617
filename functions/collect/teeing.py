"""What a request is forwarded as, if the source it came from has a vendor that gets it as well.

Whatever we answered, the vendor judges for itself; only what the client is told to send again comes again anyway.
Loaded when the first source with a tee sends something.
"""

from __future__ import annotations

from datetime import datetime

from uuid_utils import uuid7

from functions.collect.body import Unreadable
from functions.collect.request import Request
from functions.collect.responses import Response
from functions.collect.wire_format import Call, Kind
from shared.tee import MARK, TeedRequest, is_of_the_connection
from shared.workspace import Source

SENT_AGAIN = frozenset({429, 503})


def is_forwarded(call: Call, response: Response) -> bool:
    """Whether such a request is forwarded at all: it brings events, or changes something else, and was not forwarded to
    us itself."""
    kind: Kind = call.route.kind
    changes = kind == "events" or (kind == "private" and call.request.method != "GET")
    return changes and response.status not in SENT_AGAIN and MARK not in call.request.headers


def teed(
    call: Call, protocol: str, response: Response, source: Source, workspace: int, at: datetime
) -> TeedRequest:
    """The request with our answer's status. It has the id that its rejected events are kept under."""
    request, report = call.request, response.report
    return TeedRequest(
        id=(report and report.request) or str(uuid7()),
        source=source.id,
        protocol=protocol,
        call=call.route.call,
        method=request.method,
        path=request.raw_path,
        query=request.query,
        headers={name: value for name, value in request.headers.items() if not is_of_the_connection(name)},
        body=_as_it_came(request),
        status=response.status,
        events=report.received if report else 0,
        rejected=sum(report.rejected.values()) if report else 0,
        received_at=at,
        workspace=workspace,
    )


def _as_it_came(request: Request) -> bytes:
    try:
        return request.transported_bytes()
    except Unreadable:  # base64 that is none: there is no better word for what was sent
        return request.transported.encode("utf-8", "surrogatepass")
