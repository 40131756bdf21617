"""Forward one request: its destination, the vendor's answer, and whether that answer is final."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from functions.tee.vendor_client import Reply
from functions.tee.vendor_request import VendorRequest, vendor_request
from shared.ports.runtime import Threads
from shared.ports.tee import TeeBodies, TeeLog
from shared.stored.current_workspace import CurrentWorkspace
from shared.tee import Answer, Credentials, TeedRequest
from shared.workspace.collecting import CollectingWorkspace

NO_CREDENTIALS = Credentials({}, {})

LATER = frozenset({408, 425, 429})
"""Refusals after which the same request may work; so may every 5xx. Any other status is the vendor's answer."""


class TryLater(Exception):
    """The vendor cannot accept it now. `after` is the number of seconds that it asked for."""

    def __init__(self, words: str, after: int | None = None) -> None:
        super().__init__(words)
        self.after = after


class Vendor(Protocol):
    def ask(self, vendor_request: VendorRequest) -> Reply:
        """Raises NotAllowed, NotReached or NoAnswer."""


@dataclass(frozen=True, slots=True)
class Forwarding:
    """`credentials` raises as `VendorCredentials.of`; `clock` is UTC, `ticks` counts seconds and never goes back."""

    workspace: CurrentWorkspace[CollectingWorkspace]
    credentials: Callable[[str], Credentials]
    vendor: Vendor
    bodies: TeeBodies
    log: TeeLog
    clock: Callable[[], datetime]
    ticks: Callable[[], float]
    threads: Threads

    def forward(self, request: TeedRequest) -> Answer | None:
        """The vendor's answer; None if the source no longer forwards requests.

        Raises TryLater, Unavailable, what the vendor's client raises, and LookupError when the body is gone.
        """
        source = self.workspace.at_least(request.workspace).source_by_id.get(request.source)
        if source is None or source.tee is None:
            return None
        body = self.bodies.read(request.stored_at) if request.stored_at else request.body
        # Anybody can make requests of a public key's source: our secret would vouch for them.
        credentials = self.credentials(request.source) if source.trust == "server" else NO_CREDENTIALS
        sent = vendor_request(request, body, source.tee, credentials)
        began = self.ticks()
        reply = self.vendor.ask(sent)
        milliseconds = round((self.ticks() - began) * 1000)
        if reply.status in LATER or reply.status >= 500:
            raise TryLater(f"status {reply.status}", reply.retry_after)
        return Answer(
            request=request.id,
            source=request.source,
            protocol=request.protocol,
            call=request.call,
            ours=request.status,
            theirs=reply.status,
            milliseconds=milliseconds,
            sent=len(body),
            answered=reply.size,
            content_type=reply.content_type,
            events=request.events,
            rejected=request.rejected,
            received_at=request.received_at,
            answered_at=self.clock(),
        )
