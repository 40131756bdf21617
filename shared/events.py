"""The canonical event. Every protocol is translated into it, and the rest of Headrace knows only this form."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, get_args

from pydantic import AfterValidator, BaseModel, ConfigDict

from shared import identity
from shared.times import UtcDatetime

EventType = Literal["track", "identify", "page", "screen", "group", "alias", "system"]

SYSTEM: EventType = "system"
"""The type of Headrace's own events."""

CLIENT_TYPES: frozenset[str] = frozenset(get_args(EventType)) - {SYSTEM}
"""What a client may send."""

HEADRACE = "headrace"
"""The source of Headrace's own events (`type: system`). No client may claim it."""

DOCTOR = "headrace-doctor"
"""The source of `headrace doctor`, see `shared.doctor`. Nothing in a workspace may have this id."""

TELLS_OF_THE_PERSON: frozenset[str] = frozenset({"identify", "track", "page", "screen"})
"""Types of events whose traits belong to the person. A group event's traits belong to the group; an alias has none."""


def _an_other_kind(kind: str) -> str:
    if not identity.is_other_kind(kind):
        raise ValueError("not a kind of identity that other_ids may have")
    return kind


class Event(BaseModel):
    """Something a person did.

    At least one of `user_id`, `anonymous_id` and `other_ids` is given; `other_ids` has identities by kind (`email`,
    `phone`, `device`, or a vendor's own), each in its normalised spelling. `trait_changes` has changes that depend on
    what is stored, by word (`increment`, `append`, `remove`, `set_once`) and trait. `occurred_at` is
    `original_timestamp` (or the arrival) corrected for the client's clock. `verified` lists the ids whose hash the
    client proved to know (`user`, `previous`).
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    type: EventType
    name: str
    user_id: str | None = None
    anonymous_id: str | None = None
    previous_id: str | None = None
    other_ids: dict[Annotated[str, AfterValidator(_an_other_kind)], str] = {}
    properties: dict[str, Any] = {}
    traits: dict[str, Any] = {}
    trait_changes: dict[str, dict[str, Any]] = {}
    context: dict[str, Any] = {}
    session_id: str | None = None
    source: str
    protocol: str
    occurred_at: UtcDatetime
    original_timestamp: UtcDatetime | None = None
    sent_at: UtcDatetime | None = None
    received_at: UtcDatetime
    verified: tuple[Literal["user", "previous"], ...] = ()

    def said(self) -> dict[str, Any]:
        """Its fields without empty ones and defaults, like `model_dump(exclude_defaults=True)`, but faster. A text is
        never a default: an empty one stays."""
        return {name: value for name, value in self.__dict__.items() if value or value == ""}

    @property
    def happened_at(self) -> datetime:
        """`occurred_at`, or the arrival if that was earlier. So a value from a clock that is ahead does not win over
        later ones."""
        occurred, received = self.occurred_at, self.received_at
        # `min` takes twice as long, and this is asked several times for every event.
        return occurred if occurred < received else received  # noqa: FURB136

    @property
    def identities(self) -> tuple[str, ...]:
        """The identity keys by which the event names its person, strongest first."""
        return identity.keys(self.user_id, self.anonymous_id, self.other_ids)


def system_event(
    name: str, cause: Event, properties: dict[str, Any], at: datetime, token: str | None = None
) -> Event:
    """One of Headrace's own events, caused by the event `cause`. Its id is the same every time it is derived.

    If it may have several causes, like the end of a session, `token` identifies it instead of the cause.
    """
    made_of = (token,) if token is not None else (cause.source, cause.id, cause.name)
    return Event(
        id=derived_id(name, *made_of),
        type="system",
        name=name,
        user_id=cause.user_id,
        anonymous_id=cause.anonymous_id,
        other_ids=cause.other_ids,
        properties=properties,
        source=HEADRACE,
        protocol=HEADRACE,
        occurred_at=at,
        received_at=cause.received_at,
    )


def derived_id(*parts: str) -> str:
    """A deterministic id of 32 hex digits, derived from the parts."""
    return hashlib.blake2b("\x1f".join(parts).encode(), digest_size=16).hexdigest()


def utc_text(at: datetime) -> str:
    """`2026-11-21T18:10:00.123Z`: UTC, milliseconds, fixed width, so that text order is time order."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds")[:-6] + "Z"
