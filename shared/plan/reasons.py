"""Why an event was rejected: one closed set, each with the sentence a sender can act on."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """Every reason there is. The value is what senders, operators and the lake see."""

    MALFORMED = "malformed"
    NO_IDENTITY = "no_identity"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_PROPERTY = "unknown_property"
    MISSING_PROPERTY = "missing_property"
    WRONG_TYPE = "wrong_type"
    VALUE_NOT_ALLOWED = "value_not_allowed"
    RESERVED_NAME = "reserved_name"
    NOT_TRUSTED = "not_trusted"
    TOO_LARGE = "too_large"
    TOO_OLD = "too_old"
    IN_FUTURE = "in_future"
    OVER_QUOTA = "over_quota"


class Observation(StrEnum):
    """What was left out of an event, or mended in it, so that it could be accepted, and what the plan does not define
    and a lenient source takes: counted, no reason to reject."""

    ENTRY_UNREADABLE = "entry_unreadable"
    ID_UNREADABLE = "id_unreadable"
    TIMESTAMP_UNREADABLE = "timestamp_unreadable"
    TEXT_REPAIRED = "text_repaired"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_PROPERTY = "unknown_property"


class Reason(NamedTuple):
    """One broken rule: its code, the field it concerns (a dotted path, `""` for the whole event) and a sentence.

    With an `observation` only a strict source rejects for it; others accept the event and count that.
    """

    code: Code
    field: str
    message: str
    observation: Observation | None = None

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code.value, "field": self.field, "message": self.message}
