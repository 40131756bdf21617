"""The reasons for rejecting an event: one closed set, each with a sentence for the sender."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple


class Code(StrEnum):
    """All reasons. Senders, operators and the lake see the value."""

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
    """Remarks about an accepted event: what was left out or repaired, and what a lenient source accepts although the
    plan does not define it. They are counted, but are no reason to reject."""

    ENTRY_UNREADABLE = "entry_unreadable"
    ID_UNREADABLE = "id_unreadable"
    TIMESTAMP_UNREADABLE = "timestamp_unreadable"
    TEXT_REPAIRED = "text_repaired"
    UNKNOWN_EVENT = "unknown_event"
    UNKNOWN_PROPERTY = "unknown_property"


class Reason(NamedTuple):
    """One broken rule: its code, the field it concerns (a dotted path, `""` for the whole event) and a sentence.

    With an `observation`, only a strict source rejects the event. Others accept it and count the observation.
    """

    code: Code
    field: str
    message: str
    observation: Observation | None = None

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code.value, "field": self.field, "message": self.message}
