"""Rejected events. They are kept with their reasons and their raw body, so that they can be replayed once the cause is
fixed."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Literal

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from shared.plan.reasons import Code


def _from_base64(value: object) -> object:
    try:
        return base64.b64decode(value, validate=True) if isinstance(value, str) else value
    except binascii.Error as error:
        raise ValueError(f"not base64: {error}") from error


RawBody = Annotated[
    bytes, BeforeValidator(_from_base64), PlainSerializer(lambda raw: base64.b64encode(raw).decode())
]
"""The unchanged bytes. They are base64 in JSON, because a rejected body may be anything."""


class RejectedReason(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: Code
    field: str
    message: str


class Dropped(BaseModel):
    """An operator's note that an event is no longer wanted. It disappears from lists and from `replay --all`, and is
    kept for its usual time. If the events of a request were dropped one by one, `at` and `by` are those of the last
    time."""

    model_config = ConfigDict(frozen=True)

    at: AwareDatetime
    by: str


class RejectedItem(BaseModel):
    """One event of a request. `body` is its raw JSON. `event_id` is the id that it keeps when replayed."""

    model_config = ConfigDict(frozen=True)

    index: int
    event_id: str | None = None
    name: str | None = None
    user_id: str | None = None
    anonymous_id: str | None = None
    other_ids: dict[str, str] = {}
    reasons: tuple[RejectedReason, ...]
    body: RawBody
    replayed_at: AwareDatetime | None = None
    dropped: Dropped | None = None


class RejectedRequest(BaseModel):
    """The rejected events of one request: one stored item.

    `form` is the form of the bodies. `protocol`: items as the client sent them; `path` and `common` have what the
    protocol needs to parse one again. `canonical`: events of a record that `process` rejected. `request` begins with
    the 36 characters of a UUIDv7, whose time determines where it is stored. `process` adds `.` and eight hex digits
    that identify the record, so a record that is rejected twice is one item.
    """

    model_config = ConfigDict(frozen=True)

    request: str
    form: Literal["protocol", "canonical"] = "protocol"
    source: str
    protocol: str
    trust: Literal["server", "browser"]
    path: str = ""
    common: RawBody = b""
    received_at: AwareDatetime
    expires_at: int
    items: tuple[RejectedItem, ...]


class RejectedEvent(BaseModel):
    """One rejected event in a list. `id` is `<request>-<index>`."""

    id: str
    request: str
    index: int
    event_id: str | None
    name: str | None
    user_id: str | None
    anonymous_id: str | None
    other_ids: dict[str, str] = {}
    source: str
    protocol: str
    received_at: AwareDatetime
    reasons: tuple[RejectedReason, ...]
    replayed_at: AwareDatetime | None
    dropped: Dropped | None = None

    @property
    def is_put_aside(self) -> bool:
        """Whether it was dropped and has not been replayed since."""
        return self.dropped is not None and self.replayed_at is None


def listed(request: RejectedRequest) -> list[RejectedEvent]:
    """The request's events, one object each."""
    return [
        RejectedEvent(
            id=f"{request.request}-{item.index}",
            request=request.request,
            source=request.source,
            protocol=request.protocol,
            received_at=request.received_at,
            **item.model_dump(exclude={"body"}),
        )
        for item in request.items
    ]
